"""The exhibits, each with the cell that makes it and the claims it serves; codecheck.yml.

That file is for codecheckers, by their specification, version 1.0 (2020-02-06).
"""

import html
import re
from dataclasses import dataclass

import yaml

from compendium import CompendiumError, paths
from compendium import cells as notebooks
from compendium.compendium import Compendium
from compendium.languages import name_language
from compendium.ledger.claims import CLAIM, OF_RUN, read_shown, spans
from compendium.run import contents
from compendium.show.wording import read
from compendium.texts import Text, catalogue, given

CODECHECK = "codecheck.yml"
text = catalogue("compendium/forms")
SPECIFICATION = "https://codecheck.org.uk/spec/config/1.0/"
SUMMARY = (
    "Not yet checked. Codechecker, report, certificate and time of the check are for the codechecker to add; the "
    "authors of the paper are named on the publisher's page, which the reference leads to. How to re-run: make; it "
    "compares every file of the manifest with a new one. The form of data editors is docs/forms/data-editors.md."
)
SOURCE = "All of it is in this folder; the sources of every raw table are named in data/raw/sources.csv."


@dataclass(frozen=True)
class Exhibit:
    """A figure or a processed table: what it shows, and the cell that makes it, empty for judging and running."""

    kind: str  # figure or table
    name: str  # without folder and ending
    title: Text
    notebook: str = ""
    cell: str = ""
    claims: tuple[str, ...] = ()  # those that the cell names, else those that the notebook does; none: it serves all
    named: bool = False  # whether the cell names them


def list_exhibits(c: Compendium) -> list[Exhibit]:
    """Return every figure and every processed table, by notebook as the run saw it, figures first."""
    seen = read_shown(c, c.out)
    found = [Exhibit("table", name, text(name)) for name in OF_RUN]
    for notebook in contents.catalogue(c):
        mine = seen[seen["notebook"] == notebook]
        sources = {cell.id: cell.source for cell in notebooks.read(c.notebooks / f"{notebook}.ipynb")}
        judged = set(mine.loc[mine["kind"] == "claim", "name"])
        made = mine[mine["kind"] != "claim"].sort_values(["kind", "name"], kind="stable")
        named = {cell: set(CLAIM.findall(sources[cell])) for cell in made["cell"]}
        others = judged or set().union(*named.values())
        for cell, kind, name in made[["cell", "kind", "name"]].itertuples(index=False):
            claims = tuple(sorted(named[cell] or others, key=lambda claim: int(claim[1:])))
            title = find_title(c, kind, name, notebook)
            found.append(Exhibit(kind, name, title, notebook, cell, claims, bool(named[cell])))
    return found


def find_title(c: Compendium, kind: str, name: str, notebook: str) -> Text:
    """Return what an exhibit shows: of a figure its description, of a table its title in the texts of the notebook."""
    if kind == "figure":
        return given({language: read_description(c, name, language) for language in c.languages})
    titles = read(c, notebook).tables
    if name not in titles:
        raise CompendiumError(f"notebooks/texts/{notebook}.toml: table {name} has no title. Remedy: add it to [tables]")
    return given(titles[name].words)


def read_description(c: Compendium, name: str, language: str) -> str:
    """Return what a figure shows, as it stands in its file: of the outputs, else the committed one."""
    made = c.figure_path(name, language, "svg")
    path = made if made.is_file() else paths.figure_path(name, language, "svg", c.root)
    found = re.search("<dc:description>(.*?)</dc:description>", path.read_text(encoding="utf-8"), re.S)
    if not found:
        raise CompendiumError(f"{paths.shown(path)}: has no description. Remedy: compendium run")
    return " ".join(html.unescape(found[1]).split())


def write_codecheck(c: Compendium) -> str:
    """Return codecheck.yml: one item an exhibit, the paper, the source; what a codechecker adds is left out."""
    figures, tables = f"figures/{c.languages.plain}/{{}}.png", "data/processed/{}.csv"
    content = {
        "version": SPECIFICATION,
        "manifest": [
            {"file": (figures if one.kind == "figure" else tables).format(one.name), "comment": comment_on(c, one)}
            for one in list_exhibits(c)
        ],
        "paper": {"title": c.declaration.paper.title, "reference": c.declaration.paper.url or "#paper"},
        "source": SOURCE,
        "summary": SUMMARY,
    }
    dumped = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=118)
    return f"%YAML 1.1\n---\n# Made by `compendium accept`; do not edit by hand.\n{dumped}"


def comment_on(c: Compendium, exhibit: Exhibit) -> str:
    """Return what the manifest says of an exhibit."""
    others = [language for language in c.languages if language != c.languages.plain]
    told = " / ".join(exhibit.title[language] for language in others)
    if exhibit.kind == "figure":
        folders = "".join(f"also in {name_language(language, 'en')} in figures/{language}, and " for language in others)
        also = f"; {folders}as SVG{': ' if told else ''}{told}"
    else:
        also = f" ({told})" if told else ""
    whose = "Claims" if exhibit.named or not exhibit.claims else "Claims of this notebook"
    place = f"notebooks/{exhibit.notebook}.ipynb, cell {exhibit.cell}" if exhibit.notebook else "compendium run"
    return f"{exhibit.title[c.languages.plain]}{also}. Made by {place}. {whose}: {spans(exhibit.claims) or 'all'}."
