"""The certificate says what the ledger says, in the same bytes each time, and only of a complete run."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import pypdf
import pytest
from click.testing import CliRunner
from small_project import project as project
from small_project import shared as shared
from worlds import HERE, at

from compendium import paths
from compendium.__main__ import main
from compendium.forms import certificate
from compendium.run import RunError, caching, contents, judge
from compendium.vocabulary import ANSWERS, QUALIFIED, VERDICTS

PAGES = 5
FINISHED = "2026-02-03T04:05:06+00:00"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(data):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def plain(text):
    """Return a text without spaces, hyphens and quotation marks, which the page sets as it needs."""
    return re.sub(r"[\s\-\u00ad\u2010\"“”`]", "", text)


def run_in(folder):
    """Return the compendium whose run lies in a folder."""
    return at(paths.HOME, folder)


def note(root):
    """Write the summary that a run of all notebooks leaves, for the outputs below `root`."""
    every, c = contents.catalogue(HERE), run_in(root)
    summary = {"finished": FINISHED, "files": {name: caching.fingerprints(name, root) for name in every}}
    keys = caching.Keys(c, root, list(every.values()), {}, judge.judge_claims(c), caching.previous(root))
    summary["keys"] = {name: keys.key(name) for name in every}
    (root / "run.json").write_text(json.dumps(summary), encoding="utf-8")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The committed outputs as a run of them leaves them."""
    root = tmp_path_factory.mktemp("certificate") / "一次 run"
    root.mkdir()
    for name in ("figures", "notebooks"):
        (root / name).symlink_to(paths.HOME / name)
    shutil.copytree(paths.HOME / "data" / "processed", root / "data" / "processed")
    note(root)
    return root


@pytest.fixture(scope="module")
def told(kept):
    return certificate.collect_facts(run_in(kept))


@pytest.fixture(scope="module")
def drawn(told):
    return certificate.draw(json.dumps(told, ensure_ascii=False))


@pytest.fixture(scope="module")
def ledger():
    return rows(paths.HOME / "data" / "processed" / "claims.csv")


def test_the_counts_are_those_of_the_ledger(told, ledger):
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


def test_every_claim_in_doubt_or_open_to_readings_is_told_in_full_headline_first(told, ledger):
    doubted = {row["claim_id"]: row for row in ledger if row["verdict"] in QUALIFIED}
    assert {claim["claim_id"] for claim in told["doubted"]} == set(doubted) != set() and len(told["doubted"]) == len(
        doubted
    )
    weights = [claim["weight"] for claim in told["doubted"]]
    assert weights == sorted(weights, key=["headline", "supporting", "structural"].index)
    names = {row["source_id"]: row["name_zh"] for row in rows(paths.HOME / "data" / "raw" / "sources.csv")}
    for claim in told["doubted"]:
        row = doubted[claim["claim_id"]]
        assert all(
            claim[key] == row[key] for key in ("verdict", "printed_zh", "reason_zh", "reason_en", "lowest_grade")
        )
        assert claim["verdict"] in ANSWERS[claim["answer"]].verdicts
        assert claim["quote_zh"] and claim["quote_en"] and claim["claim_id"] in claim["cite_en"]
        assert " ; ".join(source["id"] for source in claim["sources"]) == row["evidence"]
        assert all(source["name_zh"] == names[source["id"]] for source in claim["sources"])


def test_every_doubted_claim_tells_what_to_quote_and_how_to_cite(told, ledger):
    beside = {row["claim_id"]: f"{row['evidence']} ; {row['told_beside']}".split(" ; ") for row in ledger}
    for claim in told["doubted"]:
        name = claim["claim_id"]
        assert claim["quote_sources"] and set(claim["quote_sources"]) <= set(beside[name])
        for tongue in ("zh", "en"):
            quote, cite = claim[f"quote_{tongue}"], claim[f"cite_{tongue}"]
            assert quote != claim[f"statement_{tongue}"] and not re.search(r"[{}\\]", quote)
            assert name in cite and told["compendium"]["version"] in cite
            assert told["paper"]["url"].removeprefix("https://doi.org/") in cite


def test_every_claim_that_awaits_a_record_has_one(told, ledger):
    waiting = {row["claim_id"] for row in ledger if row["verdict"] == "not obtained"}
    assert {claim["claim_id"] for claim in told["not_obtained"]["claims"]} == waiting
    assert {name for record in told["not_obtained"]["records"] for name in record["claims"]} == waiting
    table = [row for row in rows(paths.HOME / "data" / "raw" / "records.csv") if row["obtained"] == "false"]
    assert len(told["not_obtained"]["records"]) + told["not_obtained"]["more"] == len(table)


def test_outputs_are_counted_and_their_digests_are_those_of_sha256sum(told):
    listed = (paths.HOME / "data" / "SHA256SUMS").read_bytes()
    kinds = Counter(line.split("  ")[1].split("/")[0] for line in listed.decode("utf-8").splitlines())
    compared = told["agreement_with_own_outputs"]
    assert (compared["tables"], compared["figure_files"], compared["notebooks"]) == (
        kinds["data"],
        kinds["figures"],
        kinds["notebooks"],
    )
    assert (compared["differences"], compared["first"]) == (0, [])
    assert told["digests"]["outputs"]["sha256"] == hashlib.sha256(listed).hexdigest()
    assert told["digests"]["outputs"]["sha256_of_run"] == hashlib.sha256(listed).hexdigest()
    package = (paths.HOME / "data" / "raw" / "datapackage.json").read_bytes()
    assert told["digests"]["raw"]["sha256"] == hashlib.sha256(package).hexdigest()
    for table in json.loads(package)["resources"]:
        assert told["digests"]["raw"]["sources_sha256"].get(table["name"]) == table.get("sources_sha256")


def test_what_each_command_notices_is_what_the_page_on_checks_says(told):
    for name, language in {"docs/checks.md": "en", "docs/checks.zh-CN.md": "zh"}.items():
        page = (paths.HOME / name).read_text(encoding="utf-8")
        for row in [told["notices"]["head"], *told["notices"]["rows"]]:
            *cells, reader = (entry[language] for entry in row.values())
            assert f"| {' | '.join(cells)} | {reader} |\n" in page or f"| {' | '.join(cells)} |\n" in page
    assert len(told["notices"]["rows"]) > 15


def test_each_rate_of_the_checks_stands_with_its_day_and_commit(told, drawn):
    assert told["rates"] == rows(paths.HOME / "data/verification/rates.csv")
    packed = plain(text_of(drawn))
    for rate in told["rates"]:
        shown = f"{rate['rate_pct']} ({rate['low_pct']}–{rate['high_pct']})"
        when = f"{rate['day']},{rate['version']}" if rate["day"] else "unknown"
        assert all(plain(text) in packed for text in (rate["rate_zh"], rate["rate_en"], shown, when, rate["commit"]))


def test_the_pdf_is_short_and_says_of_every_claim_in_doubt_what_to_quote(told, drawn, ledger):
    reader = pypdf.PdfReader(io.BytesIO(drawn))
    assert len(reader.pages) <= PAGES
    assert reader.metadata.creation_date.date().isoformat() == FINISHED[:10]
    packed = plain(text_of(drawn))
    for row in ledger:
        if row["verdict"] in QUALIFIED:
            assert row["claim_id"] in packed
    for claim in told["doubted"]:
        assert plain(claim["quote_zh"]) in packed and plain(claim["quote_en"]) in packed
    for entry in told["untried"]:
        assert plain(entry["zh"]) in packed and "{" not in entry["zh"] + entry["en"]
    for verdict, line in told["counts"].items():
        if verdict in VERDICTS:
            word = told["words"]["verdicts"][verdict]
            assert plain(f"{word['zh']}{word['en']}{line['all']}") in packed
            assert plain(word["means_zh"]) in packed and plain(word["means_en"]) in packed


def test_the_first_half_page_tells_what_was_checked_and_found(drawn, told):
    page = pypdf.PdfReader(io.BytesIO(drawn)).pages[0]
    seen = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: seen.append((tm[5] * cm[3] + cm[5], text)))
    upper = "".join("".join(text for height, text in seen if height > page.mediabox.height / 2).split())
    for said in ("论断核对证书", "Certificateofacheckofstatements", "不是复现论文", "notareproductionofthepaper"):
        assert said in upper
    assert "".join(told["basis"]["en"].split()) in upper and "".join(told["basis"]["zh"].split()) in upper
    assert plain(told["summary"]["zh"]) in plain(upper) and plain(told["summary"]["en"]) in plain(upper)
    for answer, line in told["answers"].items():
        name = ANSWERS[answer].en.replace(" ", "") if answer in ANSWERS else "all"
        assert f"{name}{''.join(map(str, line.values()))}" in upper, answer
    first, last = (
        next(c for c in told["doubted"][::step] if c["weight"] == "headline")["claim_id"] for step in (1, -1)
    )
    assert first in upper and last in "".join(page.extract_text().split())
    assert FINISHED[:10] in upper and "".join(told["compendium"]["version"].split()) in upper
    said = "".join(text_of(drawn).split())
    assert said.index(told["machine"]["python"].replace(" ", "")) > said.index("这次运行")
    assert "compendium'sowncommittedoutputs,differencesofthisrun:0." in said
    assert "re-run" not in text_of(drawn) and "Certificate of reproduction" not in text_of(drawn)


def test_who_coded_and_where_the_codings_part_are_told(told, drawn, ledger):
    other = {r["claim_id"]: r for r in ledger if len(set(r["verdict_codings"].split(" ; "))) > 1}
    assert {claim["claim_id"] for claim in told["coding"]["parted"]} == set(other)
    said = "".join(text_of(drawn).split())
    for claim in told["coding"]["parted"]:
        assert all(claim[key] == other[claim["claim_id"]][key] for key in ("weight", "verdict"))
        assert " ; ".join(claim["codings"]) == other[claim["claim_id"]]["verdict_codings"]
    core = [claim["claim_id"] for claim in told["coding"]["parted"] if claim["weight"] == "headline"]
    assert f"wouldchange:{len(other)},headlineonesamongthem{','.join(core)};" in said and core
    for word, tongue in (
        ("三次", "zh"),
        ("机器", "zh"),
        ("外部人员", "zh"),
        ("machine", "en"),
        ("outside person", "en"),
    ):
        assert word in told["coding"]["coders"][tongue]
    assert "".join(told["coding"]["coders"]["zh"].split()) in said


def git(folder, *words):
    line = ["git", "-C", folder, "-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", *words]
    return subprocess.run(line, check=True, capture_output=True, text=True).stdout.strip()


def test_the_commit_and_whether_all_is_as_there_are_told(tmp_path):
    (tmp_path / "a").write_text("x")
    assert certificate.read_state(at(tmp_path)) == {"commit": None, "archive": False, "clean": None}
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "m")
    known = {"commit": git(tmp_path, "rev-parse", "HEAD"), "archive": False}
    assert certificate.read_state(at(tmp_path)) == known | {"clean": True}
    (tmp_path / "b").write_text("x")
    assert certificate.read_state(at(tmp_path)) == known | {"clean": False}


def test_an_unpacked_archive_is_told_by_its_version(tmp_path, told):
    (tmp_path / "a").write_text("x")
    (tmp_path / paths.MANIFEST).write_text(f"{hashlib.sha256(b'x').hexdigest()}  a\n")
    known = {"commit": None, "archive": True}
    assert certificate.read_state(at(tmp_path)) == known | {"clean": True}
    (tmp_path / "a").write_text("y")
    assert certificate.read_state(at(tmp_path)) == known | {"clean": False}
    text = json.dumps(told | {"run": told["run"] | known}, ensure_ascii=False)
    assert f"unpackedarchiveofversion{told['compendium']['version']}" in "".join(
        text_of(certificate.draw(text)).split()
    )


def test_equal_facts_give_the_same_bytes_in_another_process(told, drawn, tmp_path):
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from compendium.forms import certificate;"
        "sys.stdout.buffer.write(certificate.draw(Path(sys.argv[1]).read_text(encoding='utf-8')))"
    )
    environment = os.environ | {"PYTHONPATH": str(paths.HOME), "TZ": "Asia/Shanghai", "LANG": "C"}
    again = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, env=environment, cwd=tmp_path)
    assert again.stdout == drawn, again.stderr


def test_no_address_of_this_machine_is_in_it(told, drawn):
    assert str(paths.HOME) not in json.dumps(told) and str(paths.HOME).encode() not in drawn


def test_a_change_of_the_ledger_shows(kept, ledger, tmp_path):
    """In the counts, in the claims told, as a difference, and in the digest."""
    shutil.copytree(kept, tmp_path / "run", symlinks=True)
    path = tmp_path / "run" / "data" / "processed" / "claims.csv"
    first = next(row for row in ledger if row["verdict"] == "traced" and row["weight"] == "headline")
    changed = [row | {"verdict": "contradicted"} if row is first else row for row in ledger]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ledger[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(changed)
    told = certificate.collect_facts(run_in(tmp_path / "run"))
    before = sum(row["verdict"] == "contradicted" for row in ledger)
    assert told["counts"]["contradicted"]["all"] == before + 1
    assert first["claim_id"] in {claim["claim_id"] for claim in told["doubted"]}
    assert told["agreement_with_own_outputs"]["differences"] == 2
    assert (
        told["agreement_with_own_outputs"]["first"][0]
        == f"verdict of {first['claim_id']}: traced committed, contradicted computed"
    )
    assert told["digests"]["outputs"]["sha256_of_run"] != told["digests"]["outputs"]["sha256"]
    assert first["claim_id"] in text_of(certificate.draw(json.dumps(told)))
    with pytest.raises(RunError, match=r"no complete run of what lies here\. Remedy: make"):
        certificate.require_run(run_in(tmp_path / "run"))


def test_only_a_complete_run_of_what_lies_here_is_certified(kept, tmp_path):
    certificate.require_run(run_in(kept))
    with pytest.raises(RunError, match="no complete run"):
        certificate.require_run(run_in(tmp_path))
    root = shutil.copytree(kept, tmp_path / "run", symlinks=True)
    summary = json.loads((root / "run.json").read_text(encoding="utf-8"))
    summary["keys"].popitem()
    (root / "run.json").write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(RunError, match="no complete run"):
        certificate.require_run(run_in(root))


def test_without_a_run_the_command_says_so_in_one_line(project):
    said = CliRunner().invoke(main, ["certificate"])
    assert said.exit_code == 1
    assert said.output == "Error: build/run holds no complete run of what lies here. Remedy: make\n"
    assert not list(at(project).build.glob("certificate.*"))


def test_a_sign_that_the_font_lacks_is_told_in_one_line(told):
    text = json.dumps(told | {"untried": [{"zh": "𠮷", "en": "a rare sign"}]})
    with pytest.raises(RunError, match=r"cannot be drawn: .*𠮷.* Remedy"):
        certificate.draw(text)


def test_what_was_not_tried_is_told_in_both_languages():
    for file in (paths.HOME / "notebooks", paths.CODE / "compendium" / "template" / "example" / "notebooks"):
        for entry in certificate.toml.tables(file / certificate.UNTRIED, certificate.Spoken, HERE.languages).values():
            assert entry["zh"].endswith("。") and entry["en"].endswith(".")
