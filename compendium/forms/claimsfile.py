"""All claims in one file for programs, claims.json, and each claim as a ClaimReview of schema.org for its page.

templates/claims.schema.json says what each field means. Equal facts give equal bytes: no day of making stands in it.
"""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from compendium import paths
from compendium.data import tables
from compendium.data.datapackage import LIST
from compendium.declaration import Person, declared
from compendium.forms.entities import DOI, opened
from compendium.languages import spoken
from compendium.ledger import claims, crosswalk
from compendium.ledger.evidence import Data
from compendium.run import sweep
from compendium.vocabulary import SINCE, VERDICTS, answered, found

NAME, FORMAT = "claims.json", 1


def content() -> bytes:
    """Return the file, of the committed ledger."""
    return f"{json.dumps(whole(), ensure_ascii=False, indent=1)}\n".encode()


def whole() -> dict[str, Any]:
    """Return what the file holds: of compendium and paper, the verdicts, every claim."""
    said = declared()
    return {
        "format": FORMAT,
        "compendium": {
            "name": said.name,
            "version": said.version,
            "released": said.released.isoformat(),
            "title": said.title,
            "languages": said.languages,
            "authors": [named(author) for author in said.authors],
            "licence": said.rights.data,
            "engine": version("compendium"),
        },
        "paper": {
            "title": said.paper.title,
            "authors": said.paper.authors,
            "journal": said.paper.journal or None,
            "year": said.paper.year,
            "doi": said.paper.doi or None,
        },
        "verdicts": {key: verdict(key) for key in VERDICTS},
        "claims": every(),
    }


def named(author: Person) -> dict[str, Any]:
    """Return an author without what is not given."""
    return {key: value for key, value in author.model_dump().items() if value}


def verdict(key: str) -> dict[str, Any]:
    """Return a verdict by language: the word, what it means, its answer and its terms in other vocabularies."""
    word = VERDICTS[key]
    return {
        "word": {language: word[language] for language in spoken()},
        "means": {language: word.means(language) for language in spoken()},
        "answer": answered(key),
        "terms": [term._asdict() for term in crosswalk.terms(key)],
    }


def every() -> list[dict[str, Any]]:
    """Return the claims in the order of the ledger."""
    data, swept = Data(), tried()
    stated, sources, origins = (by_id(name) for name in ("claims", "sources", "origins"))
    addresses = opened(tables.raw("sources"))

    def origin(name: str) -> dict[str, Any]:
        return {"id": name, "name": spoken_of(origins[name], "name")}

    def source(name: str, table: str) -> dict[str, Any]:
        row, (url, archived) = sources[name], addresses[name]
        told = {"id": name, "name": spoken_of(row, "name"), "title": row["title"], "publisher": row["publisher"]}
        told |= {"url": url, "archived": archived, "grade": row["grade"], "trust": row["host_trust"]}
        return told | {"origin": origin(data.origin(name, table)[0])}

    def told(row: dict[str, Any]) -> dict[str, Any]:
        own = stated[row["claim_id"]]
        rest = claim(row, own, swept.get((row["claim_id"], row["verdict"])))
        cited = [source(name, own["check_table"]) for name in listed(row["evidence"])]
        return rest | {"origin": origin(own["origin_id"]), "sources": cited}

    return [told(row) for row in claims.stored("claims", paths.project().root).to_dict("records")]


def by_id(name: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a raw table by its first column, their id."""
    rows = tables.raw(name).to_dict("records")
    return {next(iter(row.values())): row for row in rows}


def claim(row: Mapping[str, Any], stated: Mapping[str, Any], swept: dict | None) -> dict[str, Any]:
    """Return a claim, a row of the ledger, without its sources.

    Args:
        row: of the joined ledger.
        stated: its row of the table claims.
        swept: what `tried` returns for it and its verdict.
    """
    years = {"start": number(stated["year_start"]), "end": number(stated["year_end"])}
    ends = {"low": number(stated["value_low"]), "high": number(stated["value_high"])}
    turned = {"to": row["flip"] or None, "distance_pct": number(pd.to_numeric(row["flip_distance_pct"]))}
    return {
        "id": row["claim_id"],
        "statement": spoken_of(stated, "statement"),
        "section": row["section"],
        "figure": stated["figure"] or None,
        "topic": row["topic"],
        "weight": row["weight"],
        "kind": row["kind"],
        "printed": spoken_of(row, "printed"),
        "value": {"text": row["value_printed"], **ends, "unit": stated["unit"]},
        "year": years,
        "verdict": row["verdict"],
        "answer": answered(row["verdict"]),
        "found": {language: found(row, language) for language in spoken()},
        "computed": row["value_computed"] or None,
        "agreement": row["agreement"],
        "direction": row["direction"] or None,
        "trace": row["trace"],
        "rule": row["rule"],
        "strength": row["strength"] or None,
        "grade": row["lowest_grade"] or None,
        "trust": row["trust"] or None,
        "reason": spoken_of(row, "reason"),
        "turns": turned | {"text": spoken_of(row, "flip")} if row["flip"] else None,
        "choices": swept,
        "terms": [term._asdict() for term in crosswalk.terms(row["verdict"])],
        "shown": {"notebook": row["notebook"], "cell": row["cell"]} if row["notebook"] else None,
    }


def spoken_of(row: Mapping[str, Any], stem: str) -> dict[str, str]:
    """Return what the columns of a row with this stem hold, by language."""
    return {language: row[f"{stem}_{language}"] for language in spoken()}


def number(value: Any) -> int | float | None:
    """Return a number of a table, one without a fraction as whole; None for none."""
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def listed(cell: str) -> list[str]:
    """Return the parts of a cell that holds a list."""
    return [part for part in cell.split(LIST) if part]


def tried() -> dict[tuple[str, str], dict[str, Any]]:
    """Return, by claim and verdict, what the committed sweep of the choices gave; nothing where none was made."""
    if not sweep.committed("robustness").is_file():
        return {}
    return {
        (row["item"], row["verdict"]): {
            "combinations": int(row["judged"]),
            "share": number(row["share"]),
            "verdicts": listed(row["verdicts"]),
            "flipped_by": listed(row["flipped_by"]),
            "moved_by": listed(row["moved_by"]),
        }
        for row in sweep.stored("robustness").to_dict("records")
        if row["verdict"]
    }


# For the page of a claim


def review(held: Mapping[str, Any], told: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a claim as a ClaimReview of schema.org in JSON-LD, for its page in a language.

    The verdict is a word and no mark on a scale, so the rating has no value. Claim and review are named by the DOI of
    the paper, since a book may lie anywhere; where there is no DOI, within the page.

    Args:
        held: what `whole` returns.
        told: one of its claims.
        language: of the page.
    """
    made, paper = held["compendium"], held["paper"]
    place = DOI + paper["doi"] if paper["doi"] else ""
    article = {"@type": "ScholarlyArticle", "@id": place, "name": paper["title"], "datePublished": str(paper["year"])}
    article |= {"identifier": f"doi:{paper['doi']}"} if place else {}
    article |= {"isPartOf": {"@type": "Periodical", "name": paper["journal"]}} if paper["journal"] else {}
    about = f"{place}#{told['id']}"
    cited = [
        {"@type": "CreativeWork", "@id": source["url"] or f"#{source['id']}", "name": source["name"][language]}
        for source in told["sources"]
    ]
    return {
        "@context": ["https://schema.org", {"cito": crosswalk.CITO}],
        "@type": "ClaimReview",
        "@id": f"{place}#review-{told['id']}",
        "url": f"{told['id']}.html",
        "inLanguage": language,
        "license": f"https://spdx.org/licenses/{made['licence']}",
        "author": [reviewer(author) for author in made["authors"]],
        "datePublished": made["released"],
        "version": made["version"],
        "claimReviewed": told["statement"][language],
        "itemReviewed": {
            "@type": "Claim",
            "@id": about,
            "identifier": told["id"],
            "text": told["statement"][language],
            "appearance": {key: value for key, value in article.items() if value},
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": SINCE[told["verdict"]][language],
            "ratingExplanation": told["reason"][language],
        },
        f"cito:{crosswalk.relation(told['verdict'])}": {"@id": about},
        **({"citation": cited, f"cito:{crosswalk.EVIDENCE}": [{"@id": s["@id"]} for s in cited]} if cited else {}),
        "isPartOf": {"@type": "Dataset", "name": made["title"][language], "version": made["version"]},
    }


def reviewer(author: Mapping[str, Any]) -> dict[str, Any]:
    """Return an author for schema.org."""
    told = {"@type": "Organization" if author.get("body") else "Person", "name": author["name"]}
    told |= {"@id": f"https://orcid.org/{author['orcid']}"} if "orcid" in author else {}
    works = {"affiliation": {"@type": "Organization", "name": author.get("affiliation")}}
    return told | (works if "affiliation" in author else {})


def script(held: Mapping[str, Any], told: Mapping[str, Any], language: str) -> str:
    """Return `review` as the element that a page holds; no sign in it ends the element or begins a comment."""
    said = json.dumps(review(held, told, language), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{said}</script>'
