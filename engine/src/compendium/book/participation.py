"""The pages on which readers take part: code blind, walk through claims as a reviewer, check a paragraph.

Their script (static/participation.js) takes what it shows from a script of data, so that all of it works from a disk.
What a page gives back is a CSV file; `codings add` and `walk add` take it (authoring/returned.py).
"""

import json
from pathlib import Path

from compendium.base.files import write_atomic
from compendium.base.texts import find_catalogue_file, read_catalogue
from compendium.base.vocabulary import ANSWERS, DIFFERENCES, WEIGHTS
from compendium.book.edition import LanguageEdition
from compendium.ledger import coding
from compendium.ledger.claims import LISTS
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.readings import count_votes, list_claim_interpretations
from compendium.ledger.record import LedgerRow
from compendium.pages import participation, quotes

NAME, CATALOGUE = "participation-data.js", "compendium/book"
PAGES = ("code", "walk", "paragraph")
SCRIPT_KEY = "script-"  # keys of texts/book.toml: what the script says, which fills {n} and the like itself


def render_participation_pages(edition: LanguageEdition) -> dict[str, str]:
    """Return the pages by their place in the book."""
    script = f'<div class="participation" data-page="{{}}"></div>\n<script src="../_static/{NAME}"></script>\n'
    return {f"part/{page}.md": f"{edition(f'participation-{page}')}\n\n{script.format(page)}" for page in PAGES}


def write_participation_data(edition: LanguageEdition, folder: Path) -> None:
    """Write what the pages of an edition show, as a script that defines GIVEN, beside the scripts of the book."""
    language, texts = edition.language, read_catalogue(find_catalogue_file(CATALOGUE))
    data = {
        "version": edition.c.declaration.version,
        "language": language,
        "languages": list(edition.c.languages),
        "said": {
            key.removeprefix(SCRIPT_KEY): one[language] for key, one in texts.items() if key.startswith(SCRIPT_KEY)
        },
        "differences": {key: word[language] for key, word in DIFFERENCES.items()},
        "claims": collect_claims(edition),
    } | collect_coding_data(edition)
    text = f"const GIVEN = {json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"
    write_atomic(folder / NAME, text.replace("</", "<\\/").encode("utf-8"))


def collect_coding_data(edition: LanguageEdition) -> dict[str, object]:
    """Return what the coding page draws from: rows with what coders read, planted statements, readings to vote on."""
    pool, language, data = participation.read_coding_pool(edition.c), edition.language, EvidenceTables(edition.c)
    codings = coding.list_codings(data)
    codes = {key: mine[coding.CODES].to_numpy().tolist() for key, mine in codings.groupby("evidence_id")}
    most = coding.list_majority_codes(codings).set_axis(codings.groupby(level=0)["evidence_id"].first())
    rows = {
        key: {stem: row[f"{stem}_{language}"] for stem in coding.READ}
        | {"claim": row["claim_id"], "codes": codes[key], "most": most.loc[key].tolist()}
        for key, row in pool.rows.to_dict("index").items()
    }  # fmt: skip
    statements = {
        item: {"statement": row[f"statement_{language}"], "says": find_decisive_sentence(edition, row["claim_id"]),
               "claim": row["claim_id"], "as_is": row["kind"] == participation.UNTOUCHED,
               "printed": edition.statements[row["claim_id"]]}
        for item, row in pool.statements.items()
    }  # fmt: skip
    ballots = {}
    for ballot, claim_id in pool.ballots.items():
        known, names = list_claim_interpretations(claim_id, data), count_votes(ballot, data)
        said = {name: known.loc[name, f"reading_{language}"] for name in names if name in known.index}
        said |= {name: "" for name in names if name not in said}
        readings = {name: {"said": words, "points": round(names[name].points)} for name, words in said.items()}
        ballots[ballot] = {"statement": edition.statements[claim_id], "readings": readings}
    columns = {"coding": participation.CODING_COLUMNS, "walk": participation.WALK_COLUMNS}
    return {"pool": pool.digest, "columns": columns, "rows": rows, "statements": statements, "ballots": ballots}


def collect_claims(edition: LanguageEdition) -> dict[str, dict[str, object]]:
    """Return the claims of substance by id: what walk and paragraph show of them."""
    found: dict[str, dict[str, object]] = {}
    for claim_id, one in edition.ledger.items():
        if one.weight == LISTS:
            continue
        quote = edition.quotes.get(claim_id)
        answer = ANSWERS[one.answer]
        stated = edition.c.tables("claims").set_index("claim_id").loc[claim_id]
        found[claim_id] = {
            "says": {code: stated[f"statement_{code}"] for code in edition.c.languages},
            "printed": {code: stated[f"printed_{code}"] for code in edition.c.languages},
            "place": edition.place(one), "weight": one.weight, "kind": WEIGHTS[one.weight][edition.language],
            "answer": answer[edition.language], "colour": answer.colour, "why": one.why[edition.language],
            **describe_retold_source(edition, one),
            "quote": quote.said[edition.language] if quote and quote.stands else "",
            "cite": quotes.render_citation(edition.c, claim_id, one.verdict)[edition.language],
        }  # fmt: skip
    return found


def find_decisive_sentence(edition: LanguageEdition, claim_id: str) -> str:
    """Return what the first row that decides a claim says; else what to quote instead, or why it is judged so."""
    one, rows = edition.ledger[claim_id], edition.c.tables("claim_evidence").set_index("evidence_id")
    if first := next((row for row in one.evidence_rows if row in rows.index), ""):
        return str(rows.loc[first, f"says_{edition.language}"])
    quote = edition.quotes.get(claim_id)
    return (quote.said if quote else one.why)[edition.language]


def describe_retold_source(edition: LanguageEdition, one: LedgerRow) -> dict[str, str]:
    """Return what a row that decides a claim retells, and the source: one with an excerpt, else with an address.

    Empty where a claim rests on no such row, or where nobody could open its source; an untrusted site is no link.
    """
    rows = edition.c.tables("claim_evidence").set_index("evidence_id")
    found = []
    for key in (key for key in one.evidence_rows if key in rows.index):
        source = edition.sources.loc[name := rows.loc[key, "source_id"]]
        read = edition.excerpts[edition.excerpts["row_key"].eq(key) & edition.excerpts["source_id"].eq(name)]
        safe = {part: source[part] if source["host_trust"] != "unsafe" else "" for part in ("url", "archived")}
        said = {"retold": rows.loc[key, f"says_{edition.language}"], "source": source[f"name_{edition.language}"]}
        found.append({**said, "excerpt": next(iter(read["excerpt"]), ""), **safe})
    best = max(found, key=lambda one: (one["excerpt"] != "", one["url"] != ""), default={})
    return best if best.get("excerpt") or best.get("url") else {}
