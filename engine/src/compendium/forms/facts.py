"""What the forms share: texts by language, pieces of JSON-LD, and facts on makers, licences, sources and the paper."""

import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from compendium import paths
from compendium.compendium import Compendium
from compendium.files import fingerprint, read_plain
from compendium.texts import Text, catalogue
from compendium.vocabulary import Word

text = catalogue("compendium/forms")
README = "README.md"
NAMES = ("name", "alternateName")  # properties of an entity that are one line
DOI = "https://doi.org/"
SPDX = "https://spdx.org/licenses/"
FORMATS = {
    **{".csv": "text/csv", ".ipynb": "application/x-ipynb+json", ".toml": "application/toml", ".md": "text/markdown"},
    **{".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".cff": "application/yaml"},
}


def by_language(c: Compendium, text: Text | Word) -> dict[str, str]:
    """Return a text by language, as JSON holds it."""
    return {language: text[language] for language in c.languages}


def read_lock(c: Compendium) -> dict[str, str]:
    """Return the versions of packages that the lock fixes, by name."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", paths.lock(c.root).read_text(encoding="utf-8"), re.M))


def make_entity(c: Compendium, place: str, kind: str | list[str], **properties: object) -> dict[str, Any]:
    """Return an entity of JSON-LD by its id, without what is empty.

    Of its properties a text, or a dictionary by language, stands in all languages as one, once where they are the same:
    a name on one line, anything else with a line for each. A set stands for references to the entities of these ids,
    each once, in order; a single one stands alone.
    """
    made: dict[str, Any] = {"@id": place, "@type": kind}
    for key, value in properties.items():
        if isinstance(value, Text | Word):
            value = by_language(c, value)
        if isinstance(value, dict):
            value = (" / " if key in NAMES else "\n").join(dict.fromkeys(value.values()))
        if isinstance(value, set):
            found = [{"@id": each} for each in sorted(value)]
            value = found if len(found) > 1 else found[0] if found else None
        if value:
            made[key] = value
    return made


def describe_file(
    c: Compendium, path: str, *kinds: str, content: bytes | None = None, **properties: object
) -> dict[str, Any]:
    """Return the entity of a file by its path from the root; its `content` is given where it is not there yet."""
    data = read_plain(c.root / path) if content is None else content
    told = {"contentSize": str(len(data)), "sha256": fingerprint(data).removeprefix("sha256:")}
    told["encodingFormat"] = FORMATS.get(Path(path).suffix, "text/plain")
    return make_entity(c, path, ["File", *kinds] if kinds else "File", **told, **properties)


def paper_id(c: Compendium) -> str:
    """Return the id of the paper: its DOI as an address, if it has one."""
    return c.declaration.paper.url or "#paper"


def describe_author(author: Mapping[str, Any]) -> dict[str, Any]:
    """Return an author of the compendium, a person or a body, from what compendium.toml says."""
    told: dict[str, Any] = {"@type": "Organization" if author.get("body") else "Person", "name": author["name"]}
    told |= {"@id": f"https://orcid.org/{author['orcid']}"} if author.get("orcid") else {}
    place = {"@type": "Organization", "name": author.get("affiliation")}
    return told | ({"affiliation": place} if author.get("affiliation") else {})


def list_licences(c: Compendium) -> list[dict]:
    """Return the licences that the data package names, for itself and for its tables."""
    return [*c.tables.package["licenses"], *chain(*(one.get("licenses", []) for one in c.tables.resources.values()))]


def licence_id(licence: dict) -> str:
    """Return the id of a licence of the data package."""
    return licence.get("path", f"#licence-{licence['name']}")


def licence_ids(c: Compendium) -> dict[str, str]:
    """Return the ids of the licences by name: those of the data, and that of the code."""
    code = c.declaration.rights.code
    return {code: SPDX + code} | {licence["name"]: licence_id(licence) for licence in list_licences(c)}


def compiled_licence(c: Compendium) -> str:
    """Return the id of the licence of what the compilers wrote: the first that the data package names."""
    return licence_id(c.tables.package["licenses"][0])


def count_archived(c: Compendium) -> dict[str, int]:
    """Return how many sources have an archived address: a DOI, their own address as it names a commit, another one."""
    sources = c.tables("sources")
    doi, own = sources["archived"].str.startswith(DOI), sources["archived"].eq(sources["url"])
    other = sources["archived"].ne("") & ~doi & ~own
    return {"doi": int(doi.sum()), "own": int(own.sum()), "other": int(other.sum())}


def open_addresses(c: Compendium) -> dict[str, tuple[str | None, str | None]]:
    """Return by source its address and that of its copy; none on a host that is unsafe for any source."""
    sources = c.tables("sources").set_index("source_id")
    hosts = sources["url"].map(host)
    sources.loc[hosts.isin(hosts[sources["host_trust"].eq("unsafe")]), ["url", "archived"]] = ""
    return {row.Index: (row.url or None, row.archived or None) for row in sources.itertuples()}


def host(address: str) -> str:
    """Return the host of an address, also of a defanged one, without the labels `www` and `m`."""
    found = re.match(r"\w+://(?:www\.|m\.)?([^/:]*)", address.replace("[.]", "."))
    return found[1].lower() if found else ""


def list_places(row: Mapping[str, Any]) -> list[str]:
    """Return where the paper states a claim: the section, and the figure if it is read from one."""
    return [place for place in (row["section"], row["figure"]) if place]


def place_id(place: str) -> str:
    """Return the id of a section or figure of the paper."""
    return f"#paper-{re.sub(r'[^A-Za-z0-9.]+', '-', place)}"


def name_place(place: str) -> Text:
    """Return how a section or figure of the paper is called."""
    if place[0].isdigit():
        return text("section", number=place)
    if place == "abstract":
        return text("abstract")
    number = place.removeprefix("Fig. ")
    return Text(lambda _: place) if number == place else text("figure", number=number)
