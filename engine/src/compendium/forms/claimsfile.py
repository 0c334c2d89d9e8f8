"""All claims in one file for programs, claims.json.

templates/claims.schema.json says what each field means. Equal facts give equal bytes: no day of making stands in it.
"""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import pandas as pd

from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger import claims
from compendium.ledger.evidence import Data
from compendium.ledger.record import Record, show_values
from compendium.run import sweep
from compendium.texts import Spoken, Text, of
from compendium.vocabulary import VERDICTS, answered

NAME, FORMAT = "claims.json", 1


def content(c: Compendium) -> bytes:
    """Return the file, of the committed ledger."""
    return f"{json.dumps(collect(c), ensure_ascii=False, indent=1)}\n".encode()


def collect(c: Compendium) -> dict[str, Any]:
    """Return what the file holds: of compendium and paper, the verdicts, every claim."""
    own, paper = c.declaration, c.declaration.paper
    return {
        "format": FORMAT,
        "compendium": {
            "name": own.name,
            "version": own.version,
            "released": own.released.isoformat(),
            "title": own.title,
            "languages": own.languages,
            "authors": [{key: value for key, value in vars(author).items() if value} for author in own.authors],
            "licence": own.rights.data,
            "engine": version("compendium"),
        },
        "paper": {
            "title": paper.title,
            "authors": paper.authors,
            "journal": paper.journal or None,
            "year": paper.year,
            "doi": paper.doi or None,
        },
        "verdicts": {
            key: {
                "word": by_language(c, word),
                "means": by_language(c, word.means),
                "answer": answered(key),
                "terms": [term._asdict() for term in word.terms],
            }
            for key, word in VERDICTS.items()
        },
        "claims": list_claims(c),
    }


def by_language(c: Compendium, text: Text | Spoken) -> dict[str, str]:
    """Return a text by language, as JSON holds it."""
    return {language: text[language] for language in c.languages}


def list_claims(c: Compendium) -> list[dict[str, Any]]:
    """Return the claims in the order of the ledger."""
    data, swept, addresses = Data(c), read_sweep(c), open_addresses(c)
    stated, sources, origins = (
        c.tables(f"{one}s").set_index(f"{one}_id", drop=False).to_dict("index") for one in ("claim", "source", "origin")
    )

    def origin(name: str) -> dict[str, Any]:
        return {"id": name, "name": by_language(c, of(origins[name], "name"))}

    def source(name: str, table: str) -> dict[str, Any]:
        row, (url, archived) = sources[name], addresses[name]
        told = {"title": row["title"], "publisher": row["publisher"], "url": url, "archived": archived}
        told |= {"grade": row["grade"], "trust": row["host_trust"], "origin": origin(data.origin(name, table)[0])}
        return {"id": name, "name": by_language(c, of(row, "name"))} | told

    return [
        describe_claim(c, one, stated[name], swept.get((name, one.verdict)))
        | {"origin": origin(stated[name]["origin_id"])}
        | {"sources": [source(cited, stated[name]["check_table"]) for cited in one.evidence]}
        for name, one in claims.read_ledger(c, c.root).items()
    ]


def describe_claim(c: Compendium, one: Record, stated: Mapping[Any, Any], swept: dict | None) -> dict:
    """Return a claim without its sources: its record, its row of the table claims, what the sweep gave for it."""
    ends = {"low": as_number(stated["value_low"]), "high": as_number(stated["value_high"])}
    turned = {"to": one.flip or None, "distance_pct": as_number(one.flip_distance_pct)}
    return {
        "id": one.claim_id,
        "statement": by_language(c, of(stated, "statement")),
        "section": one.section,
        "figure": stated["figure"] or None,
        "topic": one.topic,
        "weight": one.weight,
        "kind": one.kind,
        "printed": by_language(c, one.printed),
        "value": {"text": one.value_printed, **ends, "unit": stated["unit"]},
        "year": {"start": as_number(stated["year_start"]), "end": as_number(stated["year_end"])},
        "verdict": one.verdict,
        "answer": one.answer,
        "found": by_language(c, one.found),
        "computed": show_values(one.value_computed) or None,
        "agreement": one.agreement,
        "direction": one.direction or None,
        "trace": one.trace,
        "rule": one.rule,
        "strength": one.strength or None,
        "grade": one.lowest_grade or None,
        "trust": one.trust or None,
        "reason": by_language(c, one.reason),
        "turns": turned | {"text": by_language(c, one.flip_said)} if one.flip else None,
        "choices": swept,
        "terms": [term._asdict() for term in VERDICTS[one.verdict].terms],
        "shown": {"notebook": one.notebook, "cell": one.cell} if one.notebook else None,
    }


def as_number(value: Any) -> int | float | None:
    """Return a number of a table, one without a fraction as whole; None for none."""
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def read_sweep(c: Compendium) -> dict[tuple[str, str], dict[str, Any]]:
    """Return, by claim and verdict, what the committed sweep of the choices gave; nothing where none was made."""
    if not sweep.committed_path(c, "robustness").is_file():
        return {}
    return {
        (row["item"], row["verdict"]): {"combinations": int(row["judged"]), "share": as_number(row["share"])}
        | {column: split_list(row[column]) for column in ("verdicts", "flipped_by", "moved_by")}
        for row in sweep.read_table(c, "robustness").to_dict("records")
        if row["verdict"]
    }


def open_addresses(c: Compendium) -> dict[str, tuple[str | None, str | None]]:
    """Return by source its address and that of its copy; none on a host that is unsafe for any source, with or without
    the labels `www` and `m`, defanged or not."""
    sources = c.tables("sources").set_index("source_id")
    hosts = sources["url"].str.replace("[.]", ".").str.extract(r"^\w+://(?:www\.|m\.)?([^/:]*)")[0].str.lower()
    sources.loc[hosts.isin(hosts[sources["host_trust"].eq("unsafe")]), ["url", "archived"]] = ""
    return {row.Index: (row.url or None, row.archived or None) for row in sources.itertuples()}
