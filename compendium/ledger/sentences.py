"""The sentences of the paper: the checks of their table, and what became of them, counted.

The table holds no text: a sentence is known by its place, the number of its characters and their hash.
"""

from collections import Counter
from collections.abc import Iterator

from compendium import languages
from compendium.data import datapackage, tables
from compendium.data.checks import Table, needs
from compendium.data.datapackage import LIST
from compendium.files import InputError
from compendium.texts import catalogue

NAME = "paper_sentences"
text = catalogue("compendium/ledger")


@needs(NAME)
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


@needs(NAME)
def statements_are_covered(sentences: Table) -> Iterator[InputError]:
    """Of a statement is said how much of it is in claims, and in words what is not; of other sentences nothing."""
    for row in sentences:
        coverage, statement = row["coverage"], row["kind"] == "statement"
        if statement != (coverage is not None):
            yield row.fault("coverage", f"must be {'given' if statement else 'empty'} with kind {row['kind']}")
        elif statement and (coverage == "none") != (row["claim_ids"] is None):
            rule = f"must be {'empty' if coverage == 'none' else 'given'} with coverage {coverage}"
            yield row.fault("claim_ids", rule, "name the claims that the sentence prints, or set coverage to none")
        for column in languages.columns("left"):
            if (coverage in ("part", "none")) != (row[column] is not None):
                rule = f"must be {'empty' if row[column] else 'given'} with coverage {coverage or 'empty'}"
                yield row.fault(column, rule, "say there what of the statement is in no claim, and nothing else")


@needs(NAME, "claims")
def claims_stand_in_sentences(sentences: Table, claims: Table) -> Iterator[InputError]:
    """Each claim is printed by a sentence, and its section is that of one of them."""
    sections: dict[str, list[str]] = {}
    for row in sentences:
        for claim in (row["claim_ids"] or "").split(LIST):
            sections.setdefault(claim, []).append(row["section"])
    remedy = f"write its id into claim_ids of the sentence in {NAME}.csv that prints it"
    for row in claims:
        name, found = row["claim_id"], sections.get(row["claim_id"], [])
        if not found:
            yield row.fault("claim_id", f"no sentence of {NAME}.csv prints it", remedy)
        elif row["section"] not in found:
            rule = f"must be a section of the sentences that print {name}: {', '.join(dict.fromkeys(found))}"
            yield row.fault("section", rule, f"correct the section, or {remedy}")


def told() -> bool:
    """Return whether this compendium has a table of the sentences of its paper."""
    return NAME in datapackage.names()


def accounted(language: str) -> str:
    """Return in a few words how many of the sentences that state something claims cover; empty without a table."""
    if not told():
        return ""
    coverage = Counter(tables.raw(NAME).query("kind == 'statement'")["coverage"])
    statements = coverage.total()
    if coverage["full"] == statements:
        return text("sentences-all", statements=statements)[language]
    parts = {key: coverage[key] for key in ("full", "part", "none")}
    return text("sentences", statements=statements, **parts)[language]
