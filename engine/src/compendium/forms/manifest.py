"""The exhibits, each with the cell that makes it and the claims it serves; codecheck.yml.

That file is for codecheckers, by their specification, version 1.0 (2020-02-06).
"""

import html
import re

import yaml

from compendium import CompendiumError
from compendium.base import cells as notebooks
from compendium.base import paths
from compendium.base.languages import name_language
from compendium.base.texts import TranslatedText, catalogue, make_translated_text
from compendium.compendium import Compendium
from compendium.ledger.claims import CLAIM, OF_RUN, abbreviate_claim_ids, parse_claim_number, read_cell_outputs_frame
from compendium.notebook.wording import read_notebook_texts
from compendium.run import contents

CODECHECK = "codecheck.yml"
text = catalogue("compendium/forms")
SPECIFICATION = "https://codecheck.org.uk/spec/config/1.0/"
SUMMARY = (
    "Not yet checked. Codechecker, report, certificate and time of the check are for the codechecker to add; the "
    "authors of the paper are named on the publisher's page, which the reference leads to. How to re-run: make; it "
    "compares every file of the manifest with a new one. The form of data editors is docs/forms/data-editors.md."
)
SOURCE = "All of it is in this folder; the sources of every raw table are named in data/raw/sources.csv."


def list_manifest_items(c: Compendium) -> list[dict[str, str]]:
    """Return an item of the manifest for each figure and processed table, by notebook as the run saw it, figures first.

    It serves the claims that the cell which makes it names, else those of the notebook, else all.
    """
    seen = read_cell_outputs_frame(c, c.out)
    items = [make_manifest_item(c, "table", name, text(name), "compendium run. Claims: all") for name in OF_RUN]
    for notebook in contents.list_declared_notebooks(c):
        mine = seen[seen["notebook"] == notebook]
        sources = {cell.id: cell.source for cell in notebooks.read_notebook_cells(c.notebooks / f"{notebook}.ipynb")}
        judged = set(mine.loc[mine["kind"] == "claim", "name"])
        made = mine[mine["kind"] != "claim"].sort_values(["kind", "name"], kind="stable")
        named = {cell: set(CLAIM.findall(sources[cell])) for cell in made["cell"]}
        others = judged or set().union(*named.values())
        for cell, kind, name in made[["cell", "kind", "name"]].itertuples(index=False):
            claims = abbreviate_claim_ids(sorted(named[cell] or others, key=parse_claim_number))
            whose = "Claims" if named[cell] or not claims else "Claims of this notebook"
            how = f"notebooks/{notebook}.ipynb, cell {cell}. {whose}: {claims or 'all'}"
            items.append(make_manifest_item(c, kind, name, find_exhibit_title(c, kind, name, notebook), how))
    return items


def make_manifest_item(c: Compendium, kind: str, name: str, title: TranslatedText, how: str) -> dict[str, str]:
    """Return the item of a figure or a table: where it is, what it shows, how it is made."""
    plain, others = c.languages.plain, [language for language in c.languages if language != c.languages.plain]
    told = " / ".join(title[language] for language in others)
    if kind == "figure":
        folders = "".join(f"also in {name_language(language, 'en')} in figures/{language}, and " for language in others)
        file, also = f"figures/{plain}/{name}.png", f"; {folders}as SVG{': ' if told else ''}{told}"
    else:
        file, also = f"data/processed/{name}.csv", f" ({told})" if told else ""
    return {"file": file, "comment": f"{title[plain]}{also}. Made by {how}."}


def find_exhibit_title(c: Compendium, kind: str, name: str, notebook: str) -> TranslatedText:
    """Return what an exhibit shows: of a figure its description, of a table its title in the texts of the notebook."""
    if kind == "figure":
        return make_translated_text({language: read_figure_description(c, name, language) for language in c.languages})
    titles = read_notebook_texts(c, notebook).tables
    if name not in titles:
        raise CompendiumError(f"notebooks/texts/{notebook}.toml: table {name} has no title. Remedy: add it to [tables]")
    return make_translated_text(titles[name].words)


def read_figure_description(c: Compendium, name: str, language: str) -> str:
    """Return what a figure shows, as it stands in its file: of the outputs, else the committed one."""
    made = c.figure_path(name, language, "svg")
    path = made if made.is_file() else paths.figure_path(name, language, "svg", c.root)
    found = re.search("<dc:description>(.*?)</dc:description>", path.read_text(encoding="utf-8"), re.S)
    if not found:
        raise CompendiumError(f"{paths.format_path(path)}: has no description. Remedy: compendium run")
    return " ".join(html.unescape(found[1]).split())


def render_codecheck_yml(c: Compendium) -> str:
    """Return codecheck.yml: one item an exhibit, the paper, the source; what a codechecker adds is left out."""
    content = {
        "version": SPECIFICATION,
        "manifest": list_manifest_items(c),
        "paper": {"title": c.declaration.paper.title, "reference": c.declaration.paper.url or "#paper"},
        "source": SOURCE,
        "summary": SUMMARY,
    }
    dumped = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=118)
    return f"%YAML 1.1\n---\n# Made by `compendium accept`; do not edit by hand.\n{dumped}"
