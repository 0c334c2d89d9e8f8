"""Claims in a terminal, read without pandas, which takes longer to start than to show them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from compendium import CompendiumError, paths
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.files import keyed
from compendium.vocabulary import ANSWERS, RULES, STRENGTHS, VERDICTS, answered, by_coding, found, marked

Row = dict[str, str]


def read_rows(path: Path, key: str) -> dict[str, Row]:
    """Return the rows of a table by a column; none where there is no such table."""
    return keyed(path, key) if path.is_file() else {}


def read_ledger(c: Compendium) -> dict[str, Row]:
    """Return the rows of the committed ledger by claim, with the notebook and the cell that show it; none if there is
    no ledger yet, whatever notebooks run by hand have written elsewhere.

    Raises:
        CompendiumError: a verdict is none.
    """
    file = paths.processed("claims", c.root)
    rows, places = read_rows(file, "claim_id"), read_rows(paths.processed("shown", c.root), "name")
    for name, row in rows.items():
        if row["verdict"] not in VERDICTS:
            remedy = "Remedy: make, then make accept"
            raise CompendiumError(f"{paths.shown(file)}, {name}: {row['verdict']!r} is no verdict. {remedy}")
        row |= {key: places.get(name, {}).get(key, "") for key in ("notebook", "cell")}
    return rows


def list_lost(c: Compendium, rows: Iterable[Row]) -> Iterator[str]:
    """Yield what rows of the committed ledger rest on and the raw tables no longer hold, with the remedy."""
    file = paths.shown(paths.processed("claims", c.root))
    known = {f"{name}s": keyed(c.raw / f"{name}s.csv", f"{name}_id") for name in ("claim", "source")}
    for row in rows:
        named = dict.fromkeys([*split(row["evidence"]), *split(row["told_beside"])])
        for table, name in [("claims", row["claim_id"]), *(("sources", source) for source in named)]:
            if name not in known[table]:
                lost = f"{name} is no longer in {paths.shown(c.raw / table)}.csv"
                yield f"{file}, {row['claim_id']}: {lost}. Remedy: make, then make accept; or bring the row back"


def split(cell: str) -> list[str]:
    """Return what a cell lists."""
    return [one for one in cell.split(LIST) if one]


def moved(one: Row, other: Row) -> bool:
    """Tell whether two rows of one claim differ in what they say of it."""
    return any(one[key] != other[key] for key in ("verdict", "value_computed"))


def list_claims(c: Compendium) -> Iterator[str]:
    """Yield one line a claim: answer, verdict, mark of the evidence, what the paper prints, what is found."""
    plain = c.languages.plain
    yield f"{'claim':<5} {'answer':<16} {'verdict':<25} {'printed':<40} we find"
    for row in read_ledger(c).values():
        answer = ANSWERS[answered(row["verdict"])][plain]
        first = f"{row['claim_id']:<5} {answer:<16} {marked(row, plain):<25}"
        yield f"{first} {row[f'printed_{plain}']:<40} {found(row, plain)}"
    yield "  ".join(f"{word.mark} {word[plain] or word.means(plain)}" for word in STRENGTHS.values() if word.mark)


def show_claim(c: Compendium, claim_id: str) -> list[str]:
    """Return all that the ledger says of a claim and what was read for it.

    Raises:
        CompendiumError: there is no such claim, or none with a verdict, or the raw tables lack what it rests on.
    """
    rows, statements = read_ledger(c), keyed(c.raw / "claims.csv", "claim_id")
    if claim_id not in rows:
        if claim_id in statements:
            raise CompendiumError(f"{claim_id} has no accepted verdict yet. Remedy: make, then make accept")
        raise CompendiumError(f"no claim {claim_id!r}; {ids(list(statements))}; those of withdrawn claims stay free")
    row = rows[claim_id]
    if lost := next(list_lost(c, [row]), ""):
        raise CompendiumError(lost)
    codings = " ".join(filter(None, (by_coding(row, language) for language in c.languages.plain_first)))
    last = read_rows(paths.processed("claims", c.build / "run"), "claim_id").get(claim_id, row)
    notes = [f"codings   each alone: {codings}; the majority decides"] if codings else []
    notes += (
        [f"last run  {last['verdict']}, {found(last, c.languages.plain)}; not accepted"] if moved(last, row) else []
    )
    place = f"shown in  {row['notebook'] or '-'}, cell {row['cell'] or '-'}"
    return [*describe(c, statements[claim_id], row, notes), place, *list_evidence(c, row)]


def ids(known: Sequence[str]) -> str:
    """Return from where to where the ids of claims run, or how the first is added."""
    return f"ids run from {known[0]} to {known[-1]}" if known else "there is none yet. Remedy: compendium claim add"


def describe(c: Compendium, statement: Row, row: Row, notes: Iterable[str] = ()) -> Iterator[str]:
    """Yield what the paper states, what is found, answer and verdict, from the row of the ledger or of the judge; then
    notes, why it is so and what would turn it, in each language."""
    answer, order = ANSWERS[answered(row["verdict"])], c.languages.plain_first
    yield f"{row['claim_id']}  section {statement['section']}, {statement['weight']}"
    yield from (statement[key] for key in c.languages.columns("statement"))
    yield f"printed   {' '.join(row[f'printed_{language}'] for language in order)}"
    yield f"we find   {' '.join(dict.fromkeys(found(row, language) for language in order))}"
    yield f"answer    {' '.join(answer[language] for language in order)}"
    verdict = " ".join(marked(row, language) for language in order)
    yield f"verdict   {verdict}   rule: {RULES[row['rule']][c.languages.plain]}   trace: {row['trace']}"
    yield from notes
    yield from (row[key] for stem in ("reason", "flip") for key in c.languages.columns(stem) if row[key])


def list_evidence(c: Compendium, row: Row) -> Iterator[str]:
    """Yield the sources of a claim, a row of the ledger, and what was read there: what decides, then what does not."""
    every = keyed(c.raw / "claim_evidence.csv", "evidence_id")
    mine = {name: one for name, one in every.items() if one["claim_id"] == row["claim_id"]}
    decides = split(row["evidence_rows"])
    idle = {name: one for name, one in mine.items() if name not in decides}
    read: dict[str, list[str]] = {name: [] for name in mine}
    for one in read_rows(c.raw / "excerpts.csv", "excerpt_id").values():
        if one["table"] == "claim_evidence" and one["row_key"] in mine:
            line = f"  {one['source_id']}, read for {one['row_key']} ({one['kind']}): {one['excerpt']}"
            read[one["row_key"]].append(line)
    if sources := split(row["evidence"]):
        yield "rests on"
        yield from list_sources(c, sources)
    yield from (line for name in decides for line in read.get(name, ()))
    below = {one["source_id"] for one in idle.values()}
    if beside := [source for source in split(row["told_beside"]) if source not in below]:
        yield "told beside, and decides nothing"
        yield from list_sources(c, beside)
    if idle:
        yield "read as well, and decides nothing"
    for name, one in idle.items():
        yield f"  {one['source_id']}, {name}: {' '.join(one[key] for key in c.languages.columns('says'))}"
        yield from read[name]


def list_sources(c: Compendium, names: list[str]) -> Iterator[str]:
    """Yield one line a source: its grade, id and names."""
    sources = keyed(c.raw / "sources.csv", "source_id")
    for name in names:
        source = sources[name]
        grade = source["grade"] + (" untrusted host" if source["host_trust"] == "unsafe" else "")
        yield f"  [{grade}] {name}: {' / '.join(source[key] for key in c.languages.columns('name'))}"


def compare_claims(c: Compendium, rows: dict[str, Row], committed: dict[str, Row]) -> Iterator[str]:
    """Yield all that was judged of some claims, and if the committed ledger says otherwise."""
    statements = keyed(c.raw / "claims.csv", "claim_id")
    for claim_id, row in rows.items():
        yield from describe(c, statements[claim_id], row)
        if not (before := committed.get(claim_id)):
            yield "committed the ledger has no verdict of it yet"
        elif moved(before, row):
            yield f"committed otherwise: {before['verdict']}, {found(before, c.languages.plain)}"


def count_claims(c: Compendium, rows: dict[str, Row], committed: dict[str, Row]) -> Iterator[str]:
    """Yield how many claims have which answer and verdict, and each to which the committed ledger gives another."""
    number = Counter(row["verdict"] for row in rows.values())
    for one in ANSWERS.values():
        if every := sum(number[word] for word in one.verdicts):
            yield f"{one[c.languages.plain]:<18} {every:>4}"
            yield from (f"  {word:<16} {number[word]:>4}" for word in one.verdicts if number[word])
    before = {name: committed[name]["verdict"] if name in committed else "no verdict" for name in rows}
    other = [name for name, row in rows.items() if before[name] != row["verdict"]]
    yield from (f"{name:<5} {rows[name]['verdict']}; in the committed ledger {before[name]}" for name in other)
    yield f"{len(rows)} claims judged; {len(other)} of them otherwise than in the committed ledger"
