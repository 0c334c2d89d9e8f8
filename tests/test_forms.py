"""The forms of editors and archives: every heading answered, every exhibit in one row, one source of facts."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from worlds import HERE, text

from compendium import CompendiumError
from compendium.base import cells, paths
from compendium.base.files import InputError
from compendium.forms import form, manifest
from compendium.ledger import claims
from compendium.run import contents

FORMS = {"docs/forms/data-editors.md": "en", "docs/forms/data-editors.zh-CN.md": "zh"}
# The template README of the Social Science Data Editors, version 1.1 (DOI 10.5281/zenodo.7293838), without examples.
HEADINGS = """
## Overview; ## Data Availability and Provenance Statements; ### Statement about Rights; ### License for Data;
### Summary of Availability; ### Details on each Data Source; ## Dataset list; ## Computational requirements;
### Software Requirements; ### Controlled Randomness; ### Memory, Runtime, Storage Requirements; #### Summary;
#### Details; ## Description of programs/code; ### License for Code; ## Instructions to Replicators; ### Details;
## List of tables and programs; ## References; ## Acknowledgements"""


def part(name, which):
    """Return the rows of a table, or the lines of another part, that is generated in a page."""
    return re.search(rf"<!-- generated:{which} -->\n(.*?)<!-- /generated:{which} -->", text(name), re.S)[1]


def beside(name, which):
    """Return the page of a long list beside a form, to which the form leads."""
    page = name.replace("data-editors", which)
    assert f"]({page.rpartition('/')[2]})" in text(name)
    return page


def exhibits_there():
    """Return the names of all figures and processed tables that lie here."""
    return {p.stem for place in ("figures/*/*", "data/processed/*.csv") for p in paths.HOME.glob(place)}


# The form of data editors


@pytest.mark.parametrize("name", FORMS)
def test_every_heading_of_the_template_is_answered_in_order(name):
    found = re.findall(r"^(##+) (?:[^\n]* · )?([^\n]+)$", text(name), re.M)
    headings = [f"{level} {heading}" for level, heading in found]
    assert headings == HEADINGS[1:].replace("\n", " ").split("; ")
    sections = re.split(r"^##+ [^\n]+$", text(name), flags=re.M)[1:]
    empty = [h for h, said in zip(headings, sections, strict=True) if not said.strip()]
    assert empty == ["## Computational requirements", "### Memory, Runtime, Storage Requirements"]  # their parts follow


@pytest.mark.parametrize("name", FORMS)
def test_the_box_of_chance_is_ticked_as_the_code_is(name):
    files = (file.read_text(encoding="utf-8") for file in paths.HOME.glob("study/**/*.py"))
    trees = (tree for one in contents.list_declared_notebooks(HERE).values() for _, tree in cells.parse_code(one.path))
    code = "".join([*files, *map(ast.unparse, trees)])
    seeded, unseeded = re.findall(r"^- \[(.)\] .*(?:[Rr]andom|随机)", text(name), re.M)
    chance = "default_rng(" in code
    assert (seeded, unseeded) == (("x", " ") if chance else (" ", "x"))
    assert not re.search(r"default_rng\(\)|np\.random\.(?!default_rng)|\brandom\.(?!default_rng)\w+\(", code)


@pytest.mark.parametrize("name", FORMS)
def test_every_raw_table_and_every_good_source_stands_in_the_form(name):
    rows = [re.match(r"\| \[(\w+)\]", line)[1] for line in part(beside(name, "raw-tables"), "raw").splitlines()[2:]]
    assert rows == list(HERE.tables.resources)
    known, citations = HERE.tables("sources"), part(beside(name, "citations"), "citations")
    good = known.loc[known["grade"].isin(form.CITED), "source_id"]
    assert sorted(re.findall(r"^- ([\w.-]+) ?[(（][AB][)）]", citations, re.M)) == sorted(good)
    assert re.search(rf"(?<!\d){len(known) - len(good)}(?!\d)", citations)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unsafe_address_is_no_link(language):
    row = {"source_id": "s", "grade": "B", "title": "t", "publisher": "p", "published": "", "accessed": "2026-01-01"}
    copy = "https://web.archive.org/web/2019/hxxp://a[.]b/"
    said = form.render_reference_line(
        row | {"url": "hxxp://a[.]b/", "archived": copy, "host_trust": "unsafe"}, language
    )
    assert "`hxxp://a[.]b/`" in said and f"`{copy}`" in said and "<" not in said
    row |= {"url": "https://a.b/", "host_trust": "ok"}
    assert "<https://a.b/>; archived: <https://doi.org/10.1/a>," in form.render_reference_line(
        row | {"archived": "https://doi.org/10.1/a"}, "en"
    )
    assert form.render_reference_line(row | {"archived": "https://a.b/"}, language).count("<https://a.b/>") == 1


def test_a_run_that_was_not_measured_is_named(monkeypatch):
    monkeypatch.setitem(form.CASES, "compendium fly", "fly")
    with pytest.raises(InputError, match="compendium fly"):
        form.describe_runtime_and_memory(HERE, "en")


def test_what_is_generated_is_up_to_date():
    assert form.list_outdated(HERE) == []


def test_what_is_out_of_date_is_named(monkeypatch):
    monkeypatch.setitem(form.PAGES[next(iter(FORMS))], "software", lambda *_: "other")
    monkeypatch.setattr(manifest, "render_codecheck_yml", lambda _: "other")
    named = [line.split(":")[0] for line in form.list_outdated(HERE)]
    assert named == [*FORMS, manifest.CODECHECK]


# Exhibits


def test_an_exhibit_serves_the_claims_its_cell_names_else_those_of_its_notebook():
    seen, both = claims.read_cell_outputs_frame(HERE, HERE.root), set()
    shows = seen[seen["kind"] == "claim"].groupby("notebook")["name"].agg(set)
    cell_of = r"(?:compendium run|notebooks/(.+)\.ipynb, cell (.+))\. Claims( of this notebook)?: (.+)\."
    for item in manifest.list_manifest_items(HERE):
        notebook, cell, others, served = re.search(f"Made by {cell_of}", item["comment"]).groups()
        if not notebook:
            assert served == "all" and Path(item["file"]).stem in ("claims", claims.FROM, claims.SHOWN)
            continue
        code = next(
            one.source for one in cells.read_notebook_cells(HERE.notebooks / f"{notebook}.ipynb") if one.id == cell
        )
        named = {*re.findall(r"Q\d+", code)}
        if whose := named or shows.get(notebook):
            assert served == claims.abbreviate_claim_ids(sorted(whose, key=claims.parse_claim_number)), item
        assert bool(others) == (not named and served != "all"), item
        both.add(bool(named))
    assert both == {True, False}


def test_a_table_without_a_title_is_refused():
    with pytest.raises(CompendiumError, match="has no title"):
        manifest.find_exhibit_title(HERE, "table", "unheard-of", next(iter(contents.list_declared_notebooks(HERE))))


# codecheck.yml


def test_the_manifest_is_as_specified_and_names_every_exhibit_once():
    written = text(manifest.CODECHECK)
    content = yaml.safe_load(written)
    assert re.search("^---$", written, re.M) and content["version"] == manifest.SPECIFICATION
    assert all(content["paper"][key] for key in ("title", "reference")) and isinstance(content["source"], str)
    files = [item["file"] for item in content["manifest"]]
    assert all((paths.HOME / file).is_file() and ".." not in file for file in files)
    assert all(isinstance(item["comment"], str) for item in content["manifest"])
    assert sorted(file.rpartition("/")[2].partition(".")[0] for file in files) == sorted(exhibits_there())


def test_nothing_is_said_of_a_check_that_was_not_made():
    content = yaml.safe_load(text(manifest.CODECHECK))
    assert set(content) == {"version", "manifest", "paper", "source", "summary"} and "authors" not in content["paper"]
    assert content["summary"].startswith("Not yet checked.")


# CITATION.cff


def test_one_source_of_facts():
    cited, own = yaml.safe_load(text("CITATION.cff")), tomllib.loads(text("compendium.toml"))
    assert [author["name"] for author in cited["authors"]] == [author["name"] for author in own["authors"]]
    assert (cited["version"], cited["date-released"]) == (own["version"], own["released"])
    assert cited["version"] == HERE.tables.package["version"] and cited["title"] == own["title"]["en"]
    assert own["rights"]["code"] in cited["license"] and own["rights"]["data"] in str(HERE.tables.package["licenses"])
    assert [reference["doi"] for reference in cited["references"]] == [own["paper"]["doi"]]
