"""The sentences of the paper and what each asserts: the checks of their tables, and what became of it, counted.

The table of sentences holds no text: a sentence is known by its place, the number of its characters and their hash.
"""

from collections.abc import Iterator

from compendium.base.files import InputError
from compendium.base.texts import NOTHING, TranslatedText, catalogue
from compendium.data.checks import Table, TypedRow, requires_tables
from compendium.data.datapackage import split_list
from compendium.data.tables import RawTables
from compendium.ledger.coding import digest

NAME, ASSERTIONS, FIDELITY = "paper_sentences", "assertions", "fidelity"
text = catalogue("compendium/ledger")


@requires_tables(NAME)
def sentences_in_order(sentences: Table) -> Iterator[InputError]:
    """Ids count the rows; sections follow one another, paragraphs and sentences are numbered within them."""
    before, seen = ("", 0, 0), set()
    for number, row in enumerate(sentences, 1):
        section, paragraph, place = row["section"], row["paragraph"], row["place"]
        due = (before[1], before[2] + 1) if before[:2] == (section, paragraph) else (paragraph, 1)
        follows = paragraph - before[1] in (0, 1) if section == before[0] else paragraph in (0, 1)
        if int(row["sentence_id"][1:]) != number:
            yield row.fault("sentence_id", f"must be S{number:03d}: ids count the sentences in the order of the text")
        elif section != before[0] and section in seen:
            yield row.fault("section", "must not come again: the sentences of a section stand together")
        elif not follows:
            yield row.fault("paragraph", "must be that of the sentence before or the next, and begin with 0 or 1")
        elif (paragraph, place) != due:
            yield row.fault("place", f"must be {due[1]}: sentences are numbered within their paragraph")
        else:
            before = (section, paragraph, place)
            seen.add(section)
            continue
        return


@requires_tables(ASSERTIONS, NAME)
def assertions_in_order(assertions: Table, sentences: Table) -> Iterator[InputError]:
    """Assertions count the rows, in the order of their sentences; one that can be checked has claims, or a reason why
    not, and no other has a reason."""
    place, last = {row["sentence_id"]: number for number, row in enumerate(sentences)}, 0
    for number, row in enumerate(assertions, 1):
        checkable, claims = row["kind"] == "checkable", row["claim_ids"] is not None
        if int(row["assertion_id"][1:]) != number:
            yield row.fault("assertion_id", f"must be A{number:03d}: ids count the assertions in the order of the text")
            return
        if place[row["sentence_id"]] < last:
            yield row.fault("sentence_id", "must not come before that of the assertion above")
        last = max(last, place[row["sentence_id"]])
        if (checkable and not claims) != (row["reason"] is not None):
            with_claims = f"claims {row['claim_ids']}" if claims else "no claim"
            rule = f"must be {'empty' if row['reason'] else 'given'} with kind {row['kind']} and {with_claims}"
            yield row.fault("reason", rule, "name the claims that take it up, or say why a checkable one has none")


@requires_tables(NAME, ASSERTIONS, "claims")
def claims_stand_in_sentences(sentences: Table, assertions: Table, claims: Table) -> Iterator[InputError]:
    """Each claim takes up an assertion, and its section is that of the sentence of one of them."""
    section = {row["sentence_id"]: row["section"] for row in sentences}
    sections: dict[str, list[str]] = {}
    for row in assertions:
        for claim in split_list(row["claim_ids"] or ""):
            sections.setdefault(claim, []).append(section[row["sentence_id"]])
    remedy = f"write its id into claim_ids of the assertion in {ASSERTIONS}.csv that it takes up"
    for row in claims:
        name, found = row["claim_id"], sections.get(row["claim_id"], [])
        if not found:
            yield row.fault("claim_id", f"no assertion of {ASSERTIONS}.csv is taken up by it", remedy)
        elif row["section"] not in found:
            rule = f"must be a section of the sentences that print {name}: {', '.join(dict.fromkeys(found))}"
            yield row.fault("section", rule, f"correct the section, or {remedy}")


@requires_tables(FIDELITY, "claims")
def statements_are_faithful(fidelity: Table, claims: Table) -> Iterator[InputError]:
    """Most readers of a claim of substance say that its statement, as it is worded now, says what its sentence says."""
    read: dict[str, list[TypedRow]] = {}
    for row in fidelity:
        if row["round"] == "after":
            read.setdefault(row["claim_id"], []).append(row)
    for claim in claims:
        name, mine = claim["claim_id"], read.get(claim["claim_id"], [])
        words = digest(claim.values, "statement")
        if claim["weight"] == "structural":
            continue
        if stale := next((row for row in mine if row["words"] != words), None):
            rule = f"must be {words}: the statement of {name} in claims.csv was reworded since it was read"
            yield stale.fault("words", rule, "put the words back, or have three fresh readers compare it anew")
        elif not mine:
            remedy = f"have three fresh readers compare the two, and write what they say into {FIDELITY}.csv"
            yield claim.fault("claim_id", "no reader has compared its statement with its sentence", remedy)
        elif 2 * sum(row["compared"] == "same" for row in mine) <= len(mine):
            said = ", ".join(row["compared"] for row in mine)
            rule = f"most readers must say that it says the same as its sentence, and they say {said}"
            yield claim.fault("claim_id", rule, "write the statement anew beside its sentence, and have it read again")


def list_claims_by_sentence(tables: RawTables) -> dict[str, list[str]]:
    """Return the claims that the assertions of each sentence are taken up by, by sentence, each once."""
    found: dict[str, list[str]] = {}
    for row in tables(ASSERTIONS).itertuples():
        mine = found.setdefault(row.sentence_id, [])
        mine += [claim for claim in split_list(row.claim_ids) if claim not in mine]
    return found


def has_sentences(tables: RawTables) -> bool:
    """Return whether there are tables of the sentences of the paper and of what they assert."""
    return {NAME, ASSERTIONS} <= set(tables.resources)


def describe_assertion_counts(tables: RawTables) -> TranslatedText:
    """Return in a sentence what became of the assertions of the paper, counted; empty without a table of them."""
    if not has_sentences(tables):
        return NOTHING
    rows = tables(ASSERTIONS)
    checkable = rows[rows["kind"] == "checkable"]
    reasons = checkable["reason"].value_counts()
    numbers = {key: int(reasons.get(key, 0)) for key in ("no_measure", "not_examined", "self")}
    values = {
        "sentences": len(tables(NAME)),
        "assertions": len(rows),
        "checkable": len(checkable),
        "claimed": int(checkable["claim_ids"].ne("").sum()),
        "advice": int(rows["kind"].eq("recommendation").sum()),
        "other": int((~rows["kind"].isin(["checkable", "recommendation"])).sum()),
    }
    return text("assertions", **values, **numbers)
