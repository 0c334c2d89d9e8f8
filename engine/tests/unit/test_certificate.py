"""The certificate says what the ledger says, in the same bytes each time, and only of a complete run."""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import replace
from html import unescape

import pypdf
import pytest
from chromium import barriers, browsing
from chromium import browser as browser
from chromium import window as window
from click.testing import CliRunner
from copies import git
from worlds import HERE, altered, at, rows

from compendium.__main__ import main
from compendium.base import html, paths
from compendium.base.files import write_checksummed_json
from compendium.base.vocabulary import ANSWERS, QUALIFIED, VERDICTS
from compendium.forms import certificate
from compendium.ledger.claims import read_ledger
from compendium.run import RunError, cache, contents, judge_all

PAGES = 5
FINISHED = "2026-02-03T04:05:06+00:00"


def draw(told):
    return html.render("certificate", **told)


def plain(said):
    """Return what a page or a text says, without tags, style, spaces and hyphens; its signs as they are typed."""
    said = unescape(re.sub(r"(?s)<style>.*?</style>|<[^<>]+>", "", said))
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", said))


def run_in(folder):
    """Return the compendium whose run lies in a folder."""
    return at(paths.HOME, folder)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The committed outputs as a run of them leaves them, with the summary of a run of all notebooks."""
    root = tmp_path_factory.mktemp("certificate") / "一次 run"
    root.mkdir()
    for name in ("figures", "notebooks"):
        (root / name).symlink_to(paths.HOME / name)
    shutil.copytree(paths.HOME / "data" / "processed", root / "data" / "processed")
    every, c = contents.list_declared_notebooks(HERE), run_in(root)
    files = {name: cache.hash_notebook_outputs(name, root) for name in every}
    keys = cache.NotebookCacheKeys(
        c, root, list(every.values()), {}, read_ledger(c, root), cache.read_run_summary(root)
    )
    summary = cache.RunSummary(
        finished=FINISHED, state=judge_all.hash_ledger_inputs(c, {}), files=files, made=cache.hash_run_files(root)
    )
    summary.keys = {name: keys.key(name) for name in every}
    write_checksummed_json(root / cache.NOTE, summary)
    return root


@pytest.fixture(scope="module")
def told(kept):
    return certificate.collect_facts(run_in(kept))


@pytest.fixture(scope="module")
def drawn(told):
    return draw(told)


@pytest.fixture(scope="module")
def ledger():
    return rows("claims", "processed")


def test_what_is_counted_is_as_in_the_ledger_and_the_tables(told, ledger):
    substance = [row for row in ledger if row["weight"] != "structural"]
    counted = Counter((row["verdict"], row["weight"]) for row in substance)
    said = {(v, w): n for v, line in told["counts"].items() for w, n in line.items() if "all" not in (v, w) and n}
    assert said == counted
    assert told["counts"]["all"]["all"] == len(substance) < len(ledger)
    for answer, word in ANSWERS.items():
        for weight, number in told["answers"][answer].items():
            assert number == sum(counted[v, w] for v, w in counted if v in word.verdicts and weight in (w, "all"))
    assert told["answers"]["all"] == told["counts"]["all"]
    assert told["weak_headline"] == sum(r["weight"] == "headline" and r["strength"] == "weak" for r in ledger)
    waiting, missing = {row["claim_id"] for row in ledger if row["verdict"] == "not obtained"}, told["not_obtained"]
    assert {claim["claim_id"] for claim in missing["claims"]} == waiting
    assert {name for record in missing["records"] for name in record["claims"]} == waiting
    assert len(missing["records"]) + missing["more"] == sum(row["obtained"] == "false" for row in rows("records"))
    assert told["rates"] == rows("rates", "verification")


def test_every_claim_in_doubt_is_told_in_full_headline_first_with_what_to_quote_and_how_to_cite(told, ledger):
    doubted = {row["claim_id"]: row for row in ledger if row["verdict"] in QUALIFIED}
    assert sorted(claim["claim_id"] for claim in told["doubted"]) == sorted(doubted) != []
    weights = [claim["weight"] for claim in told["doubted"]]
    assert weights == sorted(weights, key=["headline", "supporting", "structural"].index)
    names = {row["source_id"]: row["name_zh"] for row in rows("sources")}
    for claim in told["doubted"]:
        name, row = claim["claim_id"], doubted[claim["claim_id"]]
        for key in ("verdict", "printed_zh", "reason_zh", "reason_en", "lowest_grade"):
            assert claim[key] == row[key]
        assert claim["verdict"] in ANSWERS[claim["answer"]].verdicts
        evidence = row["evidence"].split(" ; ")
        assert [(source["id"], source["name_zh"]) for source in claim["sources"]] == [(s, names[s]) for s in evidence]
        assert set() < set(claim["quote_sources"]) <= {*evidence, *row["told_beside"].split(" ; ")}
        for tongue in ("zh", "en"):
            quote, cite = claim[f"quote_{tongue}"], claim[f"cite_{tongue}"]
            assert quote and quote != claim[f"statement_{tongue}"] and not re.search(r"[{}\\]", quote)
            assert name in cite and told["compendium"]["version"] in cite
            assert told["paper"]["url"].removeprefix("https://doi.org/") in cite


def test_outputs_are_counted_and_their_digests_are_those_of_sha256sum(told):
    listed, package = ((paths.HOME / name).read_bytes() for name in ("data/SHA256SUMS", "data/raw/datapackage.json"))
    kinds = Counter(line.split("  ")[1].split("/")[0] for line in listed.decode("utf-8").splitlines())
    compared, digests = told["agreement_with_own_outputs"], told["digests"]
    for kind, folder in (("tables", "data"), ("figure_files", "figures"), ("notebooks", "notebooks")):
        assert compared[kind] == kinds[folder]
    assert (compared["differences"], compared["first"]) == (0, [])
    wanted = hashlib.sha256(listed).hexdigest()
    assert digests["outputs"]["sha256"] == digests["outputs"]["sha256_of_run"] == wanted
    assert digests["raw"]["sha256"] == hashlib.sha256(package).hexdigest()


def test_the_page_says_what_to_quote_who_coded_and_what_the_checks_are_worth(told, drawn, ledger):
    words, packed = told["words"]["verdicts"], plain(drawn)
    said = [claim[key] for claim in told["doubted"] for key in ("claim_id", "quote_zh", "quote_en")]
    said += [entry["zh"] for entry in told["untried"]]
    for verdict in set(VERDICTS) & set(told["counts"]):
        word = words[verdict]
        said += [f"{word['zh']}{word['en']}{told['counts'][verdict]['all']}", word["means_zh"], word["means_en"]]
    for rate in told["rates"]:
        said += [rate["rate_zh"], rate["rate_en"], f"{rate['rate_pct']} ({rate['low_pct']}–{rate['high_pct']})"]
        said += [f"{rate['day']},{rate['version']}" if rate["day"] else "unknown", rate["commit"]]
    other = {r["claim_id"]: r for r in ledger if len(set(r["verdict_codings"].split(" ; "))) > 1}
    parted, coders = told["coding"]["parted"], told["coding"]["coders"]
    assert {claim["claim_id"] for claim in parted} == set(other)
    for claim in parted:
        row = other[claim["claim_id"]]
        assert (claim["weight"], claim["verdict"]) == (row["weight"], row["verdict"])
        assert " ; ".join(claim["codings"]) == row["verdict_codings"]
    core = [claim["claim_id"] for claim in parted if claim["weight"] == "headline"]
    said += [f"wouldchange:{len(other)},headlineonesamongthem{','.join(core)};", coders["zh"], coders["en"]]
    said += ["compendium's own committed outputs, differences of this run: 0."]
    assert core and [text for text in said if plain(text) not in packed] == []
    assert "{" not in "".join(entry["zh"] + entry["en"] for entry in told["untried"])


@browsing
def test_it_prints_on_few_pages_the_first_half_of_which_tells_what_was_checked_and_found(drawn, told, window, tmp_path):
    (tmp_path / "certificate.html").write_text(drawn, encoding="utf-8")
    window.goto((tmp_path / "certificate.html").as_uri())
    pages, seen = pypdf.PdfReader(io.BytesIO(window.pdf(prefer_css_page_size=True))).pages, []
    pages[0].extract_text(visitor_text=lambda text, cm, tm, font, size: seen.append((tm[5] * cm[3] + cm[5], text)))
    upper = plain("".join(text for height, text in seen if height > pages[0].mediabox.height / 2))
    wanted = ["不是复现论文", "not a reproduction of the paper", told["basis"]["en"], told["summary"]["en"]]
    for answer, line in told["answers"].items():
        wanted.append(f"{ANSWERS[answer].en if answer in ANSWERS else 'all'}{''.join(map(str, line.values()))}")
    wanted += [FINISHED[:10], told["compendium"]["version"]]
    assert len(pages) <= PAGES and [text for text in wanted if plain(text) not in upper] == []
    assert window.faults == barriers(window) == []


def test_what_an_audit_does_not_have_leaves_no_gap_and_one_is_no_plural(told):
    less = told | {"doubted": [], "untried": [], "rates": [], "coding": {"coders": None, "parted": []}}
    less |= {"not_obtained": {"claims": [], "records": [], "more": 0}, "languages": ["en"]}
    less |= {"paper": told["paper"] | {"url": ""}}
    counted = {"tables": 1, "figures": 1, "figure_files": 2, "notebooks": 1}
    less["agreement_with_own_outputs"] = told["agreement_with_own_outputs"] | counted
    said = draw(less)
    assert re.findall("<h2>(.*)</h2>", said) == ["Result", "The run", "What the verdicts mean"]
    assert "1 table (cell by cell), 1 figure (2 files, byte for byte) and the outputs of 1 notebook." in said
    assert "docs/checks" not in said


def test_the_commit_and_whether_all_is_as_there_are_told(tmp_path, told):
    def state():
        found = certificate.read_git_state(at(tmp_path))
        return found["commit"], found["clean"]

    (tmp_path / "a").write_text("x")
    assert state() == (None, None)
    run = told["run"] | certificate.read_git_state(at(tmp_path))
    assert "unknown: git does not keep it" in draw(told | {"run": run})
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "m"]):
        git(tmp_path, *words)
    assert state() == (commit := git(tmp_path, "rev-parse", "HEAD"), True)
    (tmp_path / "b").write_text("x")
    assert state() == (commit, False)


def test_equal_facts_give_the_same_bytes_in_another_process_and_name_no_place_of_this_machine(told, drawn, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    code = (
        "import json, sys; from pathlib import Path; from compendium.base import html;"
        "told = json.loads(Path(sys.argv[1]).read_text(encoding='utf-8'));"
        "sys.stdout.buffer.write(html.render('certificate', **told).encode('utf-8'))"
    )
    environment = os.environ | {"PYTHONPATH": str(paths.CODE), "TZ": "Asia/Shanghai", "LANG": "C"}
    again = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, env=environment, cwd=tmp_path)
    assert again.stdout.decode("utf-8") == drawn, again.stderr
    assert str(paths.HOME) not in json.dumps(told) + drawn


def test_a_change_of_the_ledger_shows_and_only_a_complete_run_of_what_lies_here_is_certified(kept, ledger, tmp_path):
    """In the counts, in the claims told, as a difference, and in the digest."""
    certificate.raise_if_run_outdated(run_in(kept))
    run = run_in(shutil.copytree(kept, tmp_path / "run", symlinks=True))
    name = next(r["claim_id"] for r in ledger if (r["verdict"], r["weight"]) == ("traced", "headline"))
    known = cache.read_run_summary(run.out)
    judge_all.write_ledger(run, altered(read_ledger(HERE, HERE.root), name, verdict="contradicted"))
    write_checksummed_json(run.out / cache.NOTE, replace(known, made=cache.hash_run_files(run.out)))
    told = certificate.collect_facts(run)
    before = sum(row["verdict"] == "contradicted" for row in ledger)
    assert told["counts"]["contradicted"]["all"] == before + 1
    assert name in {claim["claim_id"] for claim in told["doubted"]}
    compared, digests = told["agreement_with_own_outputs"], told["digests"]["outputs"]
    assert compared["differences"] == 2
    assert compared["first"][0] == f"verdict of {name}: traced committed, contradicted computed"
    assert digests["sha256_of_run"] != digests["sha256"]
    part = run_in(shutil.copytree(kept, tmp_path / "part", symlinks=True))
    known.keys.popitem()
    write_checksummed_json(part.out / cache.NOTE, known)
    for refused in (run, part):
        with pytest.raises(RunError, match=r"no complete run of what lies here\. Remedy: make"):
            certificate.raise_if_run_outdated(refused)


def test_without_a_run_the_command_says_so_in_one_line(project):
    said = CliRunner().invoke(main, ["certificate"])
    assert said.exit_code == 1
    assert said.output == "Error: build/run holds no complete run of what lies here. Remedy: make\n"
    assert not list(at(project).build.glob("certificate.*"))
