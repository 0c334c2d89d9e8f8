"""The exhibits, each with the cell that makes it and the claims it serves; codecheck.yml, codemeta.json, .zenodo.json.

The rules of codecheck.yml are those of the CODECHECK configuration file specification, version 1.0 (2020-02-06).
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from compendium import CompendiumError, engine, paths
from compendium import cells as notebooks
from compendium.data import datapackage
from compendium.declaration import declared
from compendium.forms.entities import README, article, authors, citation
from compendium.languages import called, key, plain, plain_first, spoken
from compendium.ledger.claims import CLAIM, OF_RUN, shown, spans
from compendium.run import contents
from compendium.show.wording import read
from compendium.texts import Text, catalogue, given

CODECHECK, CODEMETA, ZENODO = "codecheck.yml", "codemeta.json", ".zenodo.json"
text = catalogue("compendium/forms")
SPECIFICATION = "https://codecheck.org.uk/spec/config/1.0/"
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
CERTIFICATE = re.compile(r"\d{4}-\d{3}")
SUMMARY = (
    "Not yet checked. Codechecker, report, certificate and time of the check are for the codechecker to add; the "
    "authors of the paper are named on the publisher's page, which the reference leads to. How to re-run: make; it "
    "compares every file of the manifest with a new one. The form of data editors is FORM.md."
)
SOURCE = "All of it is in this folder; the sources of every raw table are named in data/raw/sources.csv."


@dataclass(frozen=True)
class Exhibit:
    """A figure or a processed table.

    Attributes:
        kind: `figure` or `table`.
        name: that of the figure or table, without folder and ending.
        title: what it shows.
        notebook, cell: what makes it; empty for what judging and running do.
        claims: those that the cell names, else those that the notebook judges or names; empty where it serves all.
        named: whether the cell names them.
    """

    kind: str
    name: str
    title: Text
    notebook: str
    cell: str
    claims: tuple[str, ...]
    named: bool

    @property
    def figure(self) -> bool:
        """Tell whether it is a figure."""
        return self.kind == "figure"

    def file(self, language: str) -> str:
        """Return its path from the root; of a figure the picture in `language`."""
        return f"figures/{language}/{self.name}.png" if self.figure else f"data/processed/{self.name}.csv"


def exhibits() -> list[Exhibit]:
    """Return every figure and every processed table, by notebook as the run saw it, figures first.

    Raises:
        CompendiumError: a table has no title.
    """
    seen = shown()
    found = [Exhibit("table", name, text(name), "", "", (), False) for name in OF_RUN]
    for notebook in contents.catalogue():
        mine, sources = seen[seen["notebook"] == notebook], {cell.id: cell.source for cell in notebooks.of(notebook)}
        judged = set(mine.loc[mine["kind"] == "claim", "name"])
        made = mine[mine["kind"] != "claim"].sort_values(["kind", "name"])
        named = {cell: set(CLAIM.findall(sources[cell])) for cell in made["cell"]}
        others = judged or set().union(*named.values())
        for cell, kind, name in made[["cell", "kind", "name"]].itertuples(index=False):
            claims = numbered(named[cell] or others)
            found.append(Exhibit(kind, name, title(kind, name, notebook), notebook, cell, claims, bool(named[cell])))
    return found


def numbered(claims: Iterable[str]) -> tuple[str, ...]:
    """Return claims in the order of their numbers."""
    return tuple(sorted(claims, key=lambda name: int(name[1:])))


def title(kind: str, name: str, notebook: str) -> Text:
    """Return what an exhibit shows: of a figure its description, of a table its title in the texts of the notebook."""
    if kind == "figure":
        return given({language: description(name, language) for language in spoken()})
    titles = read(notebook).tables
    if name not in titles:
        raise CompendiumError(f"notebooks/texts/{notebook}.toml: table {name} has no title. Remedy: add it to [tables]")
    return given(titles[name].words)


def description(name: str, language: str) -> str:
    """Return what a figure shows, as it stands in its file."""
    path = paths.current(paths.figure(name, language, "svg"))
    found = re.search("<dc:description>(.*?)</dc:description>", path.read_text(encoding="utf-8"), re.S)
    if not found:
        raise CompendiumError(f"{paths.shown(path)}: has no description. Remedy: compendium run")
    return " ".join(html.unescape(found[1]).split())


# codecheck.yml


def codecheck() -> str:
    """Return codecheck.yml: one item an exhibit, the paper, the source; what a codechecker adds is left out."""
    cited = citation()
    content = {
        "version": SPECIFICATION,
        "manifest": [{"file": exhibit.file(plain()), "comment": comment(exhibit)} for exhibit in exhibits()],
        "paper": {"title": cited["paper"]["title"], "reference": article(cited)},
        "source": SOURCE,
        "summary": SUMMARY,
    }
    dumped = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=118)
    return f"%YAML 1.1\n---\n# Made by `compendium accept`; do not edit by hand.\n{dumped}"


def comment(exhibit: Exhibit) -> str:
    """Return what the manifest says of an exhibit."""
    others = [language for language in spoken() if language != plain()]
    told = " / ".join(exhibit.title[language] for language in others)
    folders = "".join(f"also in {called(language, 'en')} in figures/{language}, and " for language in others)
    also = f"; {folders}as SVG{': ' if told else ''}{told}" if exhibit.figure else f" ({told})" if told else ""
    said = exhibit.title[plain()] + also
    whose = "Claims" if exhibit.named or not exhibit.claims else "Claims of this notebook"
    place = f"notebooks/{exhibit.notebook}.ipynb, cell {exhibit.cell}" if exhibit.notebook else "compendium run"
    return f"{said}. Made by {place}. {whose}: {spans(exhibit.claims) or 'all'}."


def faults(data: bytes) -> list[str]:
    """Return what the specification, or this compendium, forbids in a codecheck.yml with these bytes."""
    try:
        decoded = data.decode("utf-8")  # "Format, name and encoding": MUST be encoded in UTF-8
        if not re.search("^---$", decoded, re.M):  # "Explicit document and directive": MUST
            return ["must have the document start marker ---"]
        content = yaml.safe_load(decoded)
    except (UnicodeDecodeError, yaml.YAMLError):
        return ["must be YAML in UTF-8"]
    if not isinstance(content, dict):
        return ["must hold nodes at its root"]
    return [*manifest_faults(content.get("manifest")), *paper_faults(content), *check_faults(content)]


def manifest_faults(items: Any) -> Iterator[str]:
    """Yield faults of the manifest ("Manifest list"), and exhibits without a row."""
    if not isinstance(items, list) or not items:
        yield "must have a sequence `manifest` at its root"
        return
    files = []
    for item in items:
        file = item.get("file") if isinstance(item, dict) else None
        if not isinstance(file, str):
            yield "each item of the manifest must have a node `file`"
            continue
        files.append(file)
        if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts:
            yield f"{file}: the path must be relative to codecheck.yml and lie beside or below it"
        elif not (paths.project().root / file).is_file():
            yield f"{file}: is in the manifest, but there is no such file"
        if not isinstance(item.get("comment"), str):
            yield f"{file}: has no comment"
    yield from (f"{file}: stands twice in the manifest" for file in sorted({f for f in files if files.count(f) > 1}))
    yield from (f"{file}: has no row in the manifest" for file in sorted(set(there()) - set(files)))


def there() -> Iterator[str]:
    """Yield the exhibits that lie below the root, declared or not, as the manifest names them."""
    root = paths.project().root
    yield from (f"data/processed/{path.name}" for path in root.glob("data/processed/*.csv"))
    yield from {f"figures/{plain()}/{path.stem}.png" for path in root.glob("figures/*/*")}


def paper_faults(content: dict) -> Iterator[str]:
    """Yield faults of the metadata of the paper ("Version", "Author and submission metadata")."""
    paper = content.get("paper")
    if content.get("version") != SPECIFICATION:
        yield f"`version` should be {SPECIFICATION}"
    if not isinstance(paper, dict) or not paper.get("title") or not paper.get("reference"):
        yield "`paper` should have a title and a reference"
    if isinstance(paper, dict) and "authors" in paper:
        yield from people("paper.authors", paper["authors"])
    if not isinstance(content.get("source"), str):  # MUST where the material comes from several sources, as here
        yield "`source` must say where the material comes from"


def check_faults(content: dict) -> Iterator[str]:
    """Yield faults of what a codechecker adds ("Codecheck metadata"); before a check there is none of it."""
    added = {"codechecker", "report", "check_time", "certificate"} & set(content)
    if added:
        yield from people("codechecker", content.get("codechecker"))
        if not isinstance(content.get("report"), str):
            yield "`report` must identify the published report once there was a check"
    if "certificate" in added and not CERTIFICATE.fullmatch(str(content["certificate"])):
        yield "`certificate` must be the number in the CODECHECK register, YYYY-NNN"


def people(node: str, items: Any) -> Iterator[str]:
    """Yield faults of a sequence of people: at least one, each with a name, an ORCID without the address."""
    if not isinstance(items, list) or not items or not all(isinstance(p, dict) and p.get("name") for p in items):
        yield f"`{node}` must name at least one, each by a node `name`"
        return
    for person in items:
        if "ORCID" in person and not ORCID.fullmatch(str(person["ORCID"])):
            yield f"`{node}`: ORCID {person['ORCID']} must be the plain number"


# codemeta.json and .zenodo.json


def written(content: dict) -> str:
    """Return a JSON file."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def codemeta() -> str:
    """Return codemeta.json, by CodeMeta 3.0: of CITATION.cff, compendium.toml and the data package."""
    cited, data = citation(), datapackage.descriptor()
    paper = declared().paper
    place = ", ".join(filter(None, [paper.journal, str(paper.year)]))
    content = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": cited["title"],
        "description": f"Re-runs {paper.title} ({place}) number by number",
        "version": cited["version"],
        "datePublished": str(cited["date-released"]),
        "license": f"https://spdx.org/licenses/{cited['license']}",
        "author": [{key: author[key] for key in ("@type", "name")} for author in authors(cited)],
        "programmingLanguage": "Python",
        "runtimePlatform": f"Python {engine.python()}",
        "softwareRequirements": engine.requirements(),
        "operatingSystem": "Linux",
        "inLanguage": [*spoken()],
        "readme": README,
        "referencePublication": {
            "@type": "ScholarlyArticle",
            "@id": article(cited),
            "name": cited["paper"]["title"],
        },
        "supportingData": {
            "@type": "Dataset",
            "name": data["title"],
            "description": data["description"],
            "version": data["version"],
            "license": [licence["path"] for licence in data["licenses"] if "path" in licence],
        },
    }
    return written(content)


def zenodo() -> str:
    """Return .zenodo.json, by which Zenodo describes a deposit; it has room for one licence, that of the code."""
    cited, data = citation(), datapackage.descriptor()
    licences = "; ".join(f"{licence['name']} ({licence['title']})" for licence in data["licenses"])
    content = {
        "title": cited["title"],
        "upload_type": "software",
        "description": "".join(f"<p>{html.escape(data[key('description', one)])}</p>" for one in plain_first()),
        "creators": [{"name": author["name"]} for author in authors(cited)],
        "version": cited["version"],
        "publication_date": str(cited["date-released"]),
        "access_right": "open",
        "license": cited["license"],
        "notes": f"Code: {cited['license']}. Text, figures and data: {licences}.",
        "related_identifiers": [
            {"identifier": paper["doi"], "relation": "references", "resource_type": "publication-article"}
            for paper in cited["references"]
            if paper.get("doi")
        ],
    }
    return written(content)
