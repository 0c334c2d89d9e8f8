"""Text from tables is shown as it stands and never acts: in the notebooks, the book and the report of spoilt tables."""

import ast
import json
import re
import shutil
from dataclasses import replace
from urllib.parse import unquote

import copies
import nbformat
import pandas as pd
import pytest
from chromium import browser as browser
from chromium import browsing, foreign
from chromium import window as window
from IPython.core.formatters import DisplayFormatter
from poison import POISON, READERS, shown
from worlds import at

from compendium.base import paths, values
from compendium.base.files import fingerprint, write_atomic
from compendium.book import building, edition, pages, search
from compendium.book.notebooks import render_notebook_page
from compendium.data import datapackage, validity
from compendium.ledger import claims, coding, gate
from compendium.ledger.coding import digest
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.recording import record_claim
from compendium.notebook import begin as show
from compendium.notebook import figures
from compendium.pages import report
from compendium.run import contents, judge_all, notebookfile

FLIPS = ("Q14", "Q15")  # of these claims the sentences on flips are looked at too, which take long to find

# A copy with this in every free text of every table


def free(field):
    """Tell whether a column holds text that no rule restricts."""
    restricted = {"enum", "pattern"} & set(field.get("constraints", {}))
    return field["type"] == "string" and not restricted and not {"listOf", "labels"} & set(field)


TEXTS = [f"{text}{language}" for text in ("title", "description", "unit") for language in ("", "_zh")]


def spoil(folder):
    """Put POISON behind every free text of the tables in `folder` and of their description."""
    path = folder / datapackage.PACKAGE
    package = json.loads(path.read_text(encoding="utf-8"))
    for thing in (package, *package["resources"], *(f for r in package["resources"] for f in r["schema"]["fields"])):
        free_texts = [key for key in TEXTS if key in thing]
        thing |= {key: f"{thing[key]} {POISON}" for key in free_texts if not thing[key].startswith("see column ")}
        for label in thing.get("labels", {}).values():
            label |= {language: f"{text} {POISON}" for language, text in label.items()}
    for table in package["resources"]:
        schema, file = table["schema"], folder / table["path"]
        keys = {*schema["primaryKey"], *(k["fields"][0] for k in schema.get("foreignKeys", []))}
        keys |= CODES.get(table["name"], set())
        columns = [f["name"] for f in schema["fields"] if free(f) and f["name"] not in keys]
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        bare = frame.copy()
        frame[columns] = frame[columns].map(lambda text: text and f"{text} {POISON}")
        if "value_text" in frame:  # in the forms of numbers nothing else can stand
            frame["value_text"] = frame["value_text"].where(bare["value_text"].map(is_words), bare["value_text"])
        frame.to_csv(file, index=False, lineterminator="\n")
        table["hash"] = fingerprint(file.read_bytes())
    path.write_text(json.dumps(package), encoding="utf-8")


def is_words(text):
    try:
        return values.parse_value_text(text).form == "words"
    except values.Malformed:  # of a table that is not held to these forms
        return True


# What the notebooks look for, or take apart, in columns that hold other texts besides
CODES = {
    "policy_targets": {"unit"},
    "claims": {"note"},
    "provinces": {"province_zh", "province_en"},
    "claim_evidence": {"part_zh", "part_en"},
    "claim_items": {"item_zh", "item_en"},
    "records": {"claim_ids"},
}


def unspoilt(row, *stems):
    """Return the digest of what was read of a row when it was coded."""
    return digest({name: str(cell or "").replace(f" {POISON}", "") for name, cell in row.items()}, *stems)


def judged(c):
    """Return the ledger of the tables of a compendium."""
    data, judges = EvidenceTables(c), gate.load_judgements(c)
    names = c.tables("claims")["claim_id"]
    return {name: record_claim(judges, data.claim(name), data, {}, flips=name in FLIPS) for name in names}


def played(c, name, patch):
    """Return a notebook with what its code shows now; without its figures."""
    notebook, namespace, displayed = notebookfile.read_notebook(contents.list_declared_notebooks(c)[name].path), {}, []
    patch.setattr(show, "display", lambda thing, **_: displayed.append(thing))
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, name, "exec"), namespace)
        displayed.append(eval(compile(ast.Expression(last.value), name, "eval"), namespace) if last else None)
        told = [DisplayFormatter().format(thing)[0] for thing in displayed if thing is not None]
        cell.outputs = [nbformat.v4.new_output("display_data", data) for data in told if data]
        displayed.clear()
    return notebook


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory):
    """A compendium with spoilt tables, what the notebooks make of them, and the notebooks with these outputs."""
    parts = ("compendium.toml", "data/raw", "data/sweep", "data/verification", "notebooks", "docs/book")
    root = copies.parts(tmp_path_factory.mktemp("spoilt"), *parts)
    for name in ("figures", "study"):
        (root / name).symlink_to(paths.HOME / name)
    spoil(root / "data" / "raw")
    c = at(root)
    validity.write_codebook(c.tables)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(paths.ROOT, str(root))  # where the notebooks find it
        patch.setenv(paths.OUT, str(root))
        patch.setattr(show.Notebook, "draw", lambda *args, **named: ())
        patch.setattr(figures, "SavedFigure", lambda path: None)
        patch.setattr(figures, "display", lambda *args, **named: None)
        patch.setattr(coding, "digest", unspoilt)
        judge_all.write_ledger(c, judged(c))
        shutil.copy(paths.processed_path(claims.SHOWN, paths.HOME), root / "data" / "processed")
        for name in contents.list_declared_notebooks(c):
            nbformat.write(played(c, name, patch), root / "notebooks" / f"{name}.ipynb")
        yield c


def outputs(c):
    """Yield what the notebooks of a compendium show in Markdown or HTML: notebook, cell, kind, text."""
    for name in contents.list_declared_notebooks(c):
        for cell in notebookfile.read_notebook(c.notebooks / f"{name}.ipynb").cells:
            for output in cell.get("outputs", []):
                shown = (item for item in output.data.items() if item[0] != "text/plain")
                yield from ((name, cell.id, *item) for item in shown)


def literal(said):
    """Tell whether a text shows POISON, and nothing of it apart from the whole; quotes and dashes may be curled."""
    said = " ".join(said.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "--"}).split())
    return said.count("document.title") == said.count(POISON) > 0


@pytest.mark.slow
def test_no_text_of_a_table_acts_in_a_notebook(spoilt):
    poisoned = [(*place, text) for *place, text in outputs(spoilt) if "document.title" in text]
    assert {name for name, *_ in poisoned} == set(contents.list_declared_notebooks(spoilt))
    for *place, kind, text in poisoned:
        said, tags, attributes = shown(READERS["book"](text) if kind == "text/markdown" else text)
        assert literal(said) and tags <= TAGS, (place, kind, tags - TAGS)
        links = {a["href"] for a in attributes if "href" in a}
        assert all(re.fullmatch(r"\d\d-[\w-]+\.ipynb", link) for link in links), (place, links)


TAGS = {"p", "ul", "ol", "li", "strong", "em", "code", "a", "span", "small", "div", "style", "table", "thead", "tbody"}
TAGS |= {"tr", "th", "td", "br", "b", "col", "colgroup", "h2", "details", "summary"}
NOTEBOOKS = ("01-policy-layout", "12-reproduction-report")
PAGES = ["findings", "glossary", "codebook", "claims/index", "claims/Q15", *(f"notebooks/{name}" for name in NOTEBOOKS)]


@pytest.fixture(scope="module")
def built(spoilt, tmp_path_factory):
    """The English edition of some pages made from the spoilt compendium, and the report."""
    place = tmp_path_factory.mktemp("book")
    made = edition.LanguageEdition(replace(spoilt, language="en"))
    for row in made.terms.values():
        row |= {key: f"{text} {POISON}" for key, text in row.items()}
    texts = {name: getattr(pages, f"render_{name}_page")(made) for name in ("findings", "glossary", "codebook")}
    texts |= {
        "claims/index": pages.render_claim_list_page(made, made.ledger),
        "claims/Q15": pages.render_claim_page(made, "Q15"),
    }
    for name, text in texts.items():
        said = made.linked(text, "", pages.split_into_search_units(dict.fromkeys(spoilt.languages, text)), set())
        write_atomic(place / "source" / f"{name}.md", said.encode("utf-8"))
    for name in NOTEBOOKS:
        write_atomic(place / "source" / "notebooks" / f"{name}.ipynb", render_notebook_page(made, name).encode("utf-8"))
    listed = "\n".join(name for name in PAGES if name != "claims/Q15")
    write_atomic(place / "source" / "index.md", f"# Some pages\n\n```{{toctree}}\n{listed}\n```\n".encode())
    assert building.wait_for_sphinx_warnings(building.start_sphinx(made.c, place)) == ""
    for name in made.ledger.keys() - {"Q15"}:
        write_atomic(place / "html" / "claims" / f"{name}.html", b"<article></article>")
    search.write_search_index(made, place / "html")
    told = report.render_report(spoilt, claims.read_ledger(spoilt))
    write_atomic(place / "html" / "report.html", told.encode("utf-8"))
    return place / "html"


@browsing
@pytest.mark.parametrize("name", [*PAGES, "report", "search"])
def test_no_text_of_a_table_acts_in_the_book_or_the_report(spoilt, built, window, name):
    window.goto((built / f"{name}.html").as_uri() + "?q=javascript" * (name == "search"))
    if name == "search":
        window.locator("#search li").first.wait_for()
    if window.locator(".math").count():
        window.evaluate("MathJax.startup.promise.then(() => true)")
    assert window.faults == [] and window.title() != "x"
    assert literal(window.locator("body").inner_text()) or name == "search"
    links = map(unquote, window.evaluate("[...document.links].map(a => a.href)"))
    known = {unquote(url) for url in spoilt.tables("sources")["url"]}
    assert [link for link in links if not link.startswith("file:") and link not in known and foreign(link)] == []
    assert window.locator("img, mjx-container a").count() == 0
