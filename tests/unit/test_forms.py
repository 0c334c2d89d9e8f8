"""The forms of editors and archives: every heading answered, every exhibit in one row, one source of facts."""

import ast
import json
import re
import tomllib

import pytest
import yaml
from worlds import HERE, at, holding

from compendium import CompendiumError, cells, declaration, paths
from compendium.files import InputError
from compendium.forms import facts, form, manifest
from compendium.ledger import claims
from compendium.run import contents
from compendium.show import wording

FORMS = {"FORM.md": "en", "FORM.zh-CN.md": "zh"}
# The template README of the Social Science Data Editors, version 1.1 (DOI 10.5281/zenodo.7293838), without examples.
HEADINGS = (
    "## Overview",
    "## Data Availability and Provenance Statements",
    "### Statement about Rights",
    "### License for Data",
    "### Summary of Availability",
    "### Details on each Data Source",
    "## Dataset list",
    "## Computational requirements",
    "### Software Requirements",
    "### Controlled Randomness",
    "### Memory, Runtime, Storage Requirements",
    "#### Summary",
    "#### Details",
    "## Description of programs/code",
    "### License for Code",
    "## Instructions to Replicators",
    "### Details",
    "## List of tables and programs",
    "## References",
    "## Acknowledgements",
)


def text(name):
    return (paths.HOME / name).read_text(encoding="utf-8")


def parts(name):
    """Return the generated parts of a page by name."""
    found = re.findall(r"<!-- generated:(\w+) -->\n(.*?)<!-- /generated:\1 -->", text(name), re.S)
    return dict(found)


def exhibits_there():
    """Return the names of all figures and processed tables that lie here."""
    root = paths.HOME
    return {p.stem for p in (*root.glob("figures/*/*"), *root.glob("data/processed/*.csv"))}


# The form of data editors


@pytest.mark.parametrize("name", FORMS)
def test_every_heading_of_the_template_is_answered_in_order(name):
    found = re.findall(r"^(##+) (?:[^\n]* · )?([^\n]+)$", text(name), re.M)
    assert tuple(f"{level} {heading}" for level, heading in found) == HEADINGS
    sections = re.split(r"^##+ [^\n]+$", text(name), flags=re.M)[1:]
    empty = [h for h, said in zip(HEADINGS, sections, strict=True) if not said.strip()]
    assert empty == ["## Computational requirements", "### Memory, Runtime, Storage Requirements"]  # their parts follow


def test_both_forms_say_the_same():
    english, chinese = (
        re.sub(r"(<!-- generated:(\w+) -->).*?<!-- /generated:\2 -->", r"\1", text(name), flags=re.S) for name in FORMS
    )
    patterns = (r"- \[.\]", r"`[^`]*`", r"<!-- \S+ -->", r"^\d\. ")
    for pattern in patterns:
        assert sorted(re.findall(pattern, english, re.M)) == sorted(re.findall(pattern, chinese, re.M)), pattern
    plain = [re.sub(r"`[^`]*`|\]\([^)]*\)", "", t) for t in (english, chinese)]
    assert sorted(re.findall(r"\d+", plain[0])) == sorted(re.findall(r"\d+", plain[1]))
    targets = [
        {re.sub(r"\.zh-CN|#.*", "", t) for t in re.findall(r"\]\(([^)]+)\)", said) if not t.startswith("#")}
        for said in (english, chinese)
    ]
    assert targets[0] == targets[1]


@pytest.mark.parametrize("name", FORMS)
def test_the_box_of_chance_is_ticked_as_the_code_is(name):
    root = paths.HOME
    code = "".join(path.read_text(encoding="utf-8") for path in root.glob("study/**/*.py"))
    for notebook in contents.catalogue(HERE).values():
        code += "".join(ast.unparse(tree) for _, tree in cells.parse_code(notebook.path))
    seeded, unseeded = re.findall(r"^- \[(.)\] .*(?:[Rr]andom|随机)", text(name), re.M)
    chance = "default_rng(" in code
    assert (seeded, unseeded) == (("x", " ") if chance else (" ", "x"))
    assert not re.search(r"default_rng\(\)|np\.random\.(?!default_rng)|\brandom\.(?!default_rng)\w+\(", code)


@pytest.mark.parametrize("name", FORMS)
def test_links_of_a_form_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)]+)\)", text(name)):
        if not target.startswith(("http", "#")):
            page, _, place = target.partition("#")
            assert (paths.HOME / page).exists(), target
            anchors = (
                {
                    re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-")
                    for h in re.findall(r"^#+ (.+)$", text(page), re.M)
                }
                if place
                else {""}
            )
            assert place in anchors, target


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_leads_to_the_form(name):
    assert f"({name.replace('README', 'FORM')})" in text(name) and "(codecheck.yml)" in text(name)


@pytest.mark.parametrize(("name", "language"), FORMS.items())
def test_every_exhibit_has_one_row_with_program_and_file(name, language):
    rows = [line.split(" | ") for line in parts(name)["exhibits"].splitlines()[2:]]
    names = [re.match(r"\| \[([^\]]+)\]", row[0])[1] for row in rows]
    assert sorted(names) == sorted(exhibits_there())
    maker = re.compile(r"\[.+\]\(notebooks/.+\.ipynb\), `.+`|`compendium \w+`")
    assert all(row[1] and maker.fullmatch(row[2]) and row[3] for row in rows)
    assert all(f"(figures/{language}/" in row[0] or "(data/processed/" in row[0] for row in rows)


@pytest.mark.parametrize("name", FORMS)
def test_every_raw_table_and_every_good_source_stands_in_the_form(name):
    rows = [re.match(r"\| \[(\w+)\]", line)[1] for line in parts(name)["raw"].splitlines()[2:]]
    assert rows == list(HERE.tables.resources)
    known = HERE.tables("sources")
    good = known[known["grade"].isin(form.CITED)]
    cited = re.findall(r"^- ([\w.-]+) ?[(（][AB][)）]", parts(name)["citations"], re.M)
    assert sorted(cited) == sorted(good["source_id"])
    assert re.search(rf"(?<!\d){len(known) - len(good)}(?!\d)", parts(name)["citations"])


def test_rows_from_data_files_are_counted_by_table():
    def counted(c):
        rows = [line.split(" | ") for line in form.list_tables(c, "en").splitlines()[2:]]
        return {re.match(r"\| \[(\w+)\]", row[0])[1]: row[3] for row in rows}

    known, countries = HERE.tables("sources"), HERE.tables("rd_intensity_countries")
    files = known.loc[known["taken_from"].eq("file"), "source_id"]
    taken = counted(HERE)
    assert taken["rd_intensity_countries"] == str(sum(countries["source_id"].isin(files)))
    assert taken["manufacturing_value_added"] == str(len(HERE.tables("manufacturing_value_added")))
    assert taken["chips"] == "0" and taken["provinces"] == taken["origins"] == "–"
    every = {name: HERE.tables(name) for name in HERE.tables.resources}
    assert set(counted(holding(every | {"sources": known.assign(taken_from="page")})).values()) == {"0", "–"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_licences_of_sources_are_counted(language):
    known = HERE.tables("sources")
    noted, said = known[known["licence"].ne("")], form.tell_terms(HERE, language)
    assert {str(len(known)), str(len(noted)), str(known["taken_from"].eq("file").sum())} <= set(
        re.findall(r"\d+", said)
    )
    for name, count in noted["licence"].value_counts().items():
        assert re.search(rf"`{re.escape(name)}` {count}\b|`{re.escape(name)}` {count}个", said)
    assert all(source in said for source in noted.loc[noted["licence"].eq(form.NONE), "source_id"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_unsafe_address_is_no_link(language):
    row = {"source_id": "s", "grade": "B", "title": "t", "publisher": "p", "published": "", "accessed": "2026-01-01"}
    copy = "https://web.archive.org/web/2019/hxxp://a[.]b/"
    said = form.write_reference(row | {"url": "hxxp://a[.]b/", "archived": copy, "host_trust": "unsafe"}, language)
    assert "`hxxp://a[.]b/`" in said and f"`{copy}`" in said and "<" not in said
    row |= {"url": "https://a.b/", "host_trust": "ok"}
    assert "<https://a.b/>; archived: <https://doi.org/10.1/a>," in form.write_reference(
        row | {"archived": "https://doi.org/10.1/a"}, "en"
    )
    assert form.write_reference(row | {"archived": "https://a.b/"}, language).count("<https://a.b/>") == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_archived_addresses_are_counted(language):
    every = HERE.tables("sources")
    said, archived = form.tell_archived(HERE, language), every["archived"].ne("").sum()
    assert {str(len(every)), str(archived)} <= set(re.findall(r"\d+", said))
    more = every.assign(
        archived=every["archived"].where(every["archived"].ne(""), "https://web.archive.org/web/2019/x")
    )
    known = facts.count_archived(holding({"sources": more}))
    assert sum(known.values()) == len(every) and known["other"] == every["archived"].eq("").sum()


def test_a_run_that_was_not_measured_is_named(monkeypatch):
    monkeypatch.setitem(form.CASES, "compendium fly", "fly")
    with pytest.raises(InputError, match="compendium fly"):
        form.tell_runtime(HERE, "en")


def test_what_is_generated_is_up_to_date():
    assert form.list_outdated(HERE) == []


def test_what_is_out_of_date_is_named(monkeypatch):
    monkeypatch.setitem(form.PARTS, "software", lambda *_: "other")
    monkeypatch.setitem(form.FILES, manifest.ZENODO, lambda _: "other")
    named = [line.split(":")[0] for line in form.list_outdated(HERE)]
    assert named == [*FORMS, manifest.ZENODO]


# Exhibits


def test_an_exhibit_serves_the_claims_its_cell_names_else_those_of_its_notebook():
    seen, named, own = claims.read_shown(HERE, HERE.root), 0, 0
    shows = seen[seen["kind"] == "claim"].groupby("notebook")["name"].agg(set)
    for exhibit in manifest.list_exhibits(HERE):
        if not exhibit.notebook:
            assert exhibit.claims == () and exhibit.name in ("claims", claims.FROM, claims.SHOWN)
            continue
        source = next(
            cell.source for cell in cells.read(HERE.notebooks / f"{exhibit.notebook}.ipynb") if cell.id == exhibit.cell
        )
        by_cell = set(re.findall(r"Q\d+", source))
        assert exhibit.named == bool(by_cell) and (not by_cell or set(exhibit.claims) == by_cell), exhibit
        if not by_cell and exhibit.notebook in shows:
            assert set(exhibit.claims) == shows[exhibit.notebook], exhibit
            own += 1
        named += exhibit.named
    assert named and own


def test_titles_belong_to_tables_that_are_written():
    seen = claims.read_shown(HERE, HERE.root)
    for notebook in contents.catalogue(HERE):
        made = seen["name"][seen["notebook"].eq(notebook) & seen["kind"].eq("table")]
        assert set(wording.read(HERE, notebook).tables) <= set(made), notebook


def test_a_table_without_a_title_is_refused():
    with pytest.raises(CompendiumError, match="has no title"):
        manifest.find_title(HERE, "table", "unheard-of", next(iter(contents.catalogue(HERE))))


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


# codemeta.json and .zenodo.json


def test_people_may_be_authors_and_a_paper_may_have_no_doi():
    here, paper = at(paths.HOME), HERE.declaration.paper.model_copy(update={"doi": ""})
    changed = {"authors": [declaration.Person(name="Ada Lovelace")], "paper": paper}
    vars(here)["declaration"] = HERE.declaration.model_copy(update=changed)
    assert json.loads(manifest.write_codemeta(here))["author"] == [{"@type": "Person", "name": "Ada Lovelace"}]
    deposit = json.loads(manifest.write_zenodo(here))
    assert deposit["creators"] == [{"name": "Ada Lovelace"}] and deposit["related_identifiers"] == []


def test_one_source_of_facts():
    cited, data = yaml.safe_load(text("CITATION.cff")), HERE.tables.package
    project = tomllib.loads(text("engine/pyproject.toml"))["project"]
    own = tomllib.loads(text("compendium.toml"))
    meta, deposit = json.loads(text(manifest.CODEMETA)), json.loads(text(manifest.ZENODO))
    names = [author["name"] for author in cited["authors"]]
    [paper] = cited["references"]
    assert meta["name"] == deposit["title"] == cited["title"]
    assert meta["version"] == deposit["version"] == cited["version"] == own["version"] == data["version"]
    assert meta["datePublished"] == deposit["publication_date"] == str(cited["date-released"])
    assert [a["name"] for a in meta["author"]] == [c["name"] for c in deposit["creators"]] == names
    assert meta["license"].endswith("/MIT") and deposit["license"] == own["rights"]["code"] == "MIT"
    assert meta["supportingData"]["license"] == ["https://creativecommons.org/licenses/by/4.0/"]
    assert all(licence["name"] in deposit["notes"] for licence in data["licenses"])
    assert meta["referencePublication"]["@id"] == f"https://doi.org/{paper['doi']}"
    assert [related["identifier"] for related in deposit["related_identifiers"]] == [paper["doi"]]
    assert meta["softwareRequirements"] == project["dependencies"]
