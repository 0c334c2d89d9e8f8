"""What all parts of the research object crate are made of: texts, references, files, citation, licences."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pandas as pd
import yaml

from compendium import paths
from compendium.data import datapackage, tables
from compendium.data.datapackage import LIST
from compendium.files import InputError, fingerprint, read_plain
from compendium.ledger import crosswalk
from compendium.texts import Text, catalogue
from compendium.vocabulary import VERDICTS

text = catalogue("compendium/forms")
README, CITATION = "README.md", "CITATION.cff"
DOI = "https://doi.org/"
FORMATS = {
    **{".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".toml": "application/toml", ".md": "text/markdown"},
    **{".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".cff": "application/yaml"},
}


def named(text: Text) -> str:
    """Return a name in all languages as one, once where they are the same."""
    return " / ".join(dict.fromkeys(text))


def said(text: Text) -> str:
    """Return sentences in all languages, each on a line of its own, or once where they are the same."""
    return "\n".join(dict.fromkeys(text))


def to(ids: Iterable[str]) -> list[dict] | dict | None:
    """Return references to entities, each once, in order; a single one stands alone, and none is left out."""
    found = [{"@id": each} for each in sorted(set(ids))]
    return found if len(found) > 1 else found[0] if found else None


def file(path: str, **told: object) -> dict:
    """Return the entity of a file: path, type, format, size, SHA-256 and what is `told` besides."""
    return held(path, read_plain(paths.project().root / path), **told)


def held(path: str, data: bytes, **told: object) -> dict:
    """Return the entity of a file with this content."""
    return {
        "@id": path,
        "@type": "File",
        "encodingFormat": FORMATS.get(Path(path).suffix, "text/plain"),
        "contentSize": str(len(data)),
        "sha256": fingerprint(data).removeprefix("sha256:"),
        **told,
    }


def citation() -> dict:
    """Return CITATION.cff, in which the paper is the first reference of type article.

    Raises:
        InputError: it is missing, no YAML, or lacks a field that the crate needs.
    """
    path, remedy = paths.project().root / CITATION, "write it by the Citation File Format 1.2"
    try:
        found = yaml.safe_load(read_plain(path).decode("utf-8"))
    except FileNotFoundError:
        raise InputError(CITATION, "is missing", remedy) from None
    except (ValueError, yaml.YAMLError):
        raise InputError(CITATION, "must be YAML in UTF-8", remedy) from None
    needed = ("title", "version", "date-released", "license", "authors", "references")
    lacking = [key for key in needed if not (isinstance(found, dict) and found.get(key))]
    articles = [] if lacking else [r for r in found["references"] if r.get("type") == "article" and r.get("title")]
    if not articles:
        raise InputError(CITATION, f"lacks {', '.join(lacking) or 'a reference of type article'}", remedy)
    return found | {"paper": articles[0]}


def article(cited: dict) -> str:
    """Return the id of the paper: its DOI as an address, if it has one."""
    return DOI + str(cited["paper"]["doi"]) if cited["paper"].get("doi") else "#paper"


def authors(cited: dict) -> list[dict]:
    """Return the authors of the compendium: people, or bodies that give a name only."""
    found = []
    for number, author in enumerate(cited["authors"], 1):
        name = author.get("name") or f"{author.get('given-names', '')} {author.get('family-names', '')}".strip()
        kind = "Organization" if "name" in author else "Person"
        found.append({"@id": f"#author-{number}", "@type": kind, "name": name, "url": to([README])})
    return found


def granted() -> Iterator[dict]:
    """Yield the licences that the data package names, for itself and for its tables."""
    package = datapackage.descriptor()
    yield from chain(package["licenses"], *(table.get("licenses", []) for table in package["resources"]))


def terms(licence: dict) -> str:
    """Return the id of a licence of the data package."""
    return licence.get("path", f"#licence-{licence['name']}")


def licences(cited: dict) -> dict[str, str]:
    """Return the ids of the licences by name: those of the data, and that of the code."""
    code = {cited["license"]: f"https://spdx.org/licenses/{cited['license']}"}
    return code | {licence["name"]: terms(licence) for licence in granted()}


def compiled() -> str:
    """Return the id of the licence of what the compilers wrote: the first that the data package names."""
    return terms(datapackage.descriptor()["licenses"][0])


def cited_sources(table: dict) -> set[str]:
    """Return the sources that the rows of a raw table name."""
    columns = [c for c, (other, _) in datapackage.links(table["schema"], table["name"]) if other == "sources"]
    frame = tables.raw(table["name"])  # refuses bytes that are not the recorded ones
    cells = chain.from_iterable(frame[column].dropna() for column in columns)
    return {part for cell in cells for part in cell.split(LIST) if part}


def archives() -> dict[str, int]:
    """Return how many sources have an archived address: a DOI, their own address as it names a commit, another one."""
    known = tables.raw("sources")
    doi, own = known["archived"].str.startswith(DOI), known["archived"].eq(known["url"])
    return {"doi": int(doi.sum()), "own": int(own.sum()), "other": int((known["archived"].ne("") & ~doi & ~own).sum())}


def opened(sources: pd.DataFrame) -> dict[str, tuple[str | None, str | None]]:
    """Return by source its address and that of its copy, for whoever may open them; none of untrusted sites.

    A host that is unsafe for one source is so for all.
    """
    rows = sources.to_dict("records")
    unsafe = {host(row["url"]) for row in rows if row["host_trust"] == "unsafe"}
    given = {row["source_id"]: (row["url"] or None, row["archived"] or None) for row in rows}
    return given | {row["source_id"]: (None, None) for row in rows if host(row["url"]) in unsafe}


def host(address: str) -> str:
    """Return the host of an address, also of a defanged one, without the labels `www` and `m`."""
    found = re.match(r"\w+://(?:www\.|m\.)?([^/:]*)", address.replace("[.]", "."))
    return found[1].lower() if found else ""


def terminology() -> Iterator[dict]:
    """Yield the terms of other vocabularies that verdicts are told in."""
    for term in {term_id(term): term for key in VERDICTS for term in crosswalk.terms(key)}.values():
        yield {"@id": term_id(term), "@type": "DefinedTerm", "name": term.term, "url": term.iri}


def term_id(term: crosswalk.Term) -> str:
    """Return the id of a term: its address, or one here where it shares its page with others."""
    return term.iri if term.vocabulary == "CiTO" else f"#{term.vocabulary}-{term.term.replace(' ', '-')}"


def where(row: dict | pd.Series) -> list[str]:
    """Return where the paper states a claim: the section, and the figure if it is read from one."""
    return [place for place in (row["section"], row["figure"]) if place]


def section(place: str) -> str:
    """Return the id of a section or figure of the paper."""
    return f"#paper-{re.sub(r'[^A-Za-z0-9.]+', '-', place)}"


def titled(place: str) -> Text:
    """Return how a section or figure of the paper is called."""
    if place[0].isdigit():
        return text("section", number=place)
    if place == "abstract":
        return text("abstract")
    number = place.removeprefix("Fig. ")
    return Text(lambda _: place) if number == place else text("figure", number=number)
