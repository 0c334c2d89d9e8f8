"""The house itself: one source of versions, pages that agree in both languages, commands that exist, clean code."""

import hashlib
import json
import re
import shlex
import tomllib
from collections import Counter

import click
import pandas as pd
import pytest
import yaml
from packaging.requirements import Requirement
from worlds import HERE, text

from compendium.__main__ import main
from compendium.base import paths
from compendium.base.vocabulary import ANSWERS
from compendium.ledger import claims
from compendium.pages import readme
from compendium.run import accept, contents

READMES = ("README.md", "README.zh-CN.md")
DOCS = sorted(f"docs/{page.name}" for page in (paths.HOME / "docs").glob("*.md"))
PAGES = (*READMES, *DOCS)
PAIRS = [(name, name.replace(".md", ".zh-CN.md")) for name in PAGES if not name.endswith(".zh-CN.md")]
SAME = ((".zh-CN", ""), ("figures/zh/", "figures/en/"), ("LANGUAGE=zh", "LANGUAGE=en"))  # what differs by language
GENERATED = r"<!-- generated:(\w+) -->.*?<!-- /generated:\1 -->"
NAMING = (*READMES, "CITATION.cff", "data/raw/datapackage.json", "docs/book/start.en.md", "docs/book/start.zh.md")
# SHA-256 of the text of MIT in the SPDX list, without title and copyright line, in small letters, blanks as one
MIT = "56959050891f7b737ac4e803051170c7197f02df73d80bd9a78d968e305bf558"
PACKAGE_ALONE = "pip install --no-deps --no-build-isolation -e engine"


def pinned():
    """Return the versions that the lock fixes, by name."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text("requirements.lock"), re.M))


def test_the_lock_satisfies_every_direct_requirement_and_names_no_registry():
    project, lock = tomllib.loads(text("engine/pyproject.toml")), text("requirements.lock")
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]  # --no-build-isolation needs
    wanted += [line for group in project["project"]["optional-dependencies"].values() for line in group]
    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned()[requirement.name]), requirement
    assert lock.count("--hash=sha256:") >= len(pinned())
    assert "://" not in lock and "--index" not in lock


def test_the_conda_door_leads_to_the_same_versions():
    environment = yaml.safe_load(text("environment.yml"))
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert pip == ["-r requirements.lock"]
    python = next(d for d in environment["dependencies"] if str(d).startswith("python "))
    assert python.split(" ")[1] == tomllib.loads(text("engine/pyproject.toml"))["project"]["requires-python"]
    for command in ("conda env create -f environment.yml", f"conda run -n {environment['name']} {PACKAGE_ALONE}"):
        assert f"# {command}\n" in text("environment.yml")
        assert all(f"`{command}`" in text(name) for name in ("docs/running.md", "docs/running.zh-CN.md"))


def test_every_page_is_there_in_both_languages():
    assert sorted(name for pair in PAIRS for name in pair) == sorted(PAGES) and len(PAIRS) > 5


def alike(said):
    """Return a page with what differs by language as the English one has it."""
    for chinese, english in SAME:
        said = said.replace(chinese, english)
    return said


def commands(said):
    """Return the commands of a page, those in blocks without their comments, as a Counter."""
    blocks = re.findall(r"^(?:make|compendium|\.|cd) ?[^#\n]*", said, re.M)
    inline = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", said, flags=re.S))
    inline = [word for word in inline if re.match(r"(?:make|compendium|conda|docker|git|sha256sum|\.)[ /]", word)]
    return Counter(line.strip() for line in blocks + inline)


def numbers(page):
    """Return the numbers of each section of a page as Counters, without code and addresses."""
    sections = re.split(r"^#+ ", re.sub(r"`[^`]*`|\]\([^)]*\)", "", page), flags=re.M)
    return [Counter(re.findall(r"\d+(?:\.\d+)?", section)) for section in sections]


def codes(page):
    """Return what stands in a page as code, as a Counter, but for texts in a language."""
    return Counter(code for code in re.findall(r"`[^`\n]+`", page) if not re.search(r'= ?"|--languages', code))


@pytest.mark.parametrize("pair", PAIRS)
def test_both_languages_of_a_page_say_the_same(pair):
    english, chinese = (alike(text(name)) for name in pair)
    assert commands(english) == commands(chinese)
    for kind in (r"^#+ ", r"^(?:\* |\d\. |\||- \[.\])", r"^<!-- .* -->$"):
        assert re.findall(kind, english, re.M) == re.findall(kind, chinese, re.M), kind
    targets = [Counter(re.findall(r"\]\(([^)#]+)", page)) for page in (english, chinese)]
    assert targets[0] == targets[1]
    english, chinese = (re.sub(rf"{GENERATED}|```.*?```", "", page, flags=re.S) for page in (english, chinese))
    assert codes(english) == codes(chinese)
    assert numbers(english) == numbers(chinese), "section by section"


def anchors(page):
    """Return the places in a page that links lead to: marked ones, and headings as code hosts name them."""
    headings = re.findall(r"^#+ (.+)$", page, re.M)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="(\w+)">', page))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_of_a_page_leads_somewhere(name):
    folder = (paths.HOME / name).parent
    targets = [t for t in re.findall(r"\]\(([^)]+)\)", text(name)) if "://" not in t]
    for page, _, place in (target.partition("#") for target in targets):
        assert (folder / page).exists(), page
        assert not place or place in anchors((folder / page).read_text("utf-8") if page else text(name)), place
    assert targets


@pytest.mark.parametrize("name", PAGES)
def test_every_command_that_a_page_names_exists(name):
    made = text("Makefile") + text("engine/verification/targets.mk")
    for line in commands(text(name)):
        first, _, rest = line.removeprefix(".venv/bin/").partition(" ")
        if first == "make" and (target := re.match(r"[a-z][a-z-]*", rest)):
            assert re.search(rf"^{target[0]}(?: [a-z-]+)*:", made, re.M), line
        elif first == "compendium":
            parse(shlex.split(re.sub(r"\bFILE(\.csv)?\b", "README.md", rest)))


def parse(words):
    """Read a command as the command line does, without running it; an unknown one or a wrong option is an error."""
    command = main
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    command.make_context("", words)


def test_the_paper_is_named_alike_everywhere():
    """The row `paper` of sources.csv is what the others must agree with."""
    paper = HERE.tables("sources").set_index("source_id").loc["paper"]
    doi, journal = re.search(r"10\.\d{4,}/\S+", paper["url"])[0], paper["publisher"].partition(" (")[0]
    assert re.search(r"DOI ([^ ;]+)", paper["note"])[1] == doi
    for name in NAMING:
        assert paper["title"] in text(name), name
        assert {doi} >= set(re.findall(r"10\.\d{4,}/[\w./-]*\w", text(name), re.A)), name
    [cited] = yaml.safe_load(text("CITATION.cff"))["references"]
    declared, known = tomllib.loads(text("compendium.toml"))["paper"], ("title", "journal", "year", "doi")
    wanted = [paper["title"], journal, int(paper["published"]), doi]
    assert [cited[key] for key in known] == [declared[key] for key in known] == wanted


@pytest.mark.release
def test_a_version_has_one_date_and_holds_no_later_data():
    changes, citation = text("CHANGELOG.md"), yaml.safe_load(text("CITATION.cff"))
    headings = re.findall(r"^## (\S+)(?: \(([\d-]+)\))?$", changes, re.M)
    released = [heading for heading in headings if heading[0] != "Unreleased"]
    assert released[0] == (citation["version"], str(citation["date-released"]))
    created = json.loads(text("data/raw/datapackage.json"))["created"][:10]
    assert created <= released[0][1] or headings[0][0] == "Unreleased"


INNER = re.compile(
    r"\b(?:(?:sub)?agents?|helpers?|sessions?|prompts?|chat ?bots?|language models?)\b"
    r"|/(?:work|home|tmp|root)/|会话|助手|大模型",
    re.IGNORECASE,
)


@pytest.mark.release
def test_no_page_names_the_place_where_it_was_written():
    places = ("*.md", "docs/*.md", "notebooks/**/*.toml", "docs/book/*.md", "CITATION.cff", "data/raw/CHANGES.md")
    found = {page: INNER.findall(text(page)) for place in places for page in paths.HOME.glob(place)}
    assert {page: words for page, words in found.items() if words} == {}


def test_the_licences_are_what_they_are_called():
    project, citation = tomllib.loads(text("engine/pyproject.toml"))["project"], yaml.safe_load(text("CITATION.cff"))
    title, owner, terms = text("LICENSE").split("\n\n", 2)
    holders = " and ".join(author["name"] for author in citation["authors"])
    assert title == "MIT License" and re.fullmatch(rf"Copyright \(c\) \d{{4}} {holders}", owner)
    assert hashlib.sha256(" ".join(terms.lower().split()).encode()).hexdigest() == MIT
    assert project["license"].startswith("MIT AND ") and project["license-files"] == ["LICENSE"]
    assert tomllib.loads(text("compendium.toml"))["rights"]["code"] == citation["license"] == "MIT"
    [compiled, _] = json.loads(text("data/raw/datapackage.json"))["licenses"]
    assert compiled["name"] == "CC-BY-4.0"
    assert f"{compiled['path']}legalcode" in text("data/LICENSE")
    for name in READMES:
        assert "MIT" in text(name) and "(LICENSE)" in text(name) and "CC BY 4.0" in text(name), name


@pytest.mark.release
def test_contributing_names_files_that_exist():
    named = re.findall(r"`((?:data|notebooks|study|tests)/[\w./-]*)`", text(".github/CONTRIBUTING.md"))
    missing = [name for name in named if not re.search("NAME|TOPIC", name) and not (paths.HOME / name).exists()]
    assert len(named) > 20 and missing == []


@pytest.mark.release
def test_the_readme_counts_the_corrections_of_the_other_audit():
    rows_of = pd.read_csv(paths.HOME / "engine/examples/growth-and-debt/data/processed/claims.csv")
    judged = rows_of[rows_of["weight"] != "structural"]["verdict"]
    wrong = judged.isin(ANSWERS["correct"].verdicts).sum()
    assert f"{wrong} of its {len(judged)} claims need correcting" in text("README.md")
    assert f"{len(judged)}条论断里{wrong}条须更正" in text("README.zh-CN.md")


def test_generated_parts_are_up_to_date():
    assert readme.list_outdated(HERE) == [] and accept.list_unrecorded_files(HERE) == []


def test_what_is_noticed_is_renewed_on_the_page_on_checks_and_asked_of_nobody_else(monkeypatch):
    monkeypatch.setattr(readme.rates, "render_detection_rates", lambda *_: "| other |")
    due = [HERE.languages.page(readme.CHECKS, language) for language in HERE.languages.plain_first]
    assert [line.split(":")[0] for line in readme.list_outdated(HERE)] == due
    monkeypatch.setattr(readme.rates, "RATES", "none.csv")  # a compendium where nothing was measured
    assert not {*due} & {line.split(":")[0] for line in readme.list_outdated(HERE)}


def test_all_that_a_run_saw_made_is_committed_and_nothing_else():
    seen = claims.read_cell_outputs_frame(HERE, HERE.root)
    names = ("claims", claims.FROM, claims.SHOWN, *seen["name"][seen["kind"] == "table"])
    tables = {HERE.processed_path(name) for name in names}
    made = seen["name"][seen["kind"] == "figure"]
    figures = {HERE.figure_path(name, lang, end) for name in made for lang in ("zh", "en") for end in ("svg", "png")}
    there = {path for place in ("data/processed", "figures") for path in HERE.root.glob(f"{place}/**/*.*")}
    assert tables | figures == there
    assert set(seen["notebook"]) == set(contents.list_declared_notebooks(HERE))
