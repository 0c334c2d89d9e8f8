"""Claims in a terminal, read without pandas, which takes longer to start than to show them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from compendium import CompendiumError, languages, paths
from compendium.data.datapackage import LIST
from compendium.files import keyed
from compendium.languages import plain, plain_first
from compendium.vocabulary import ANSWERS, RULES, STRENGTHS, VERDICTS, Word, answered, by_coding, found, marked

PLACE = ("notebook", "cell")


def accepted(name: str) -> Path:
    """Return where a committed processed table is, whatever notebooks run by hand have written elsewhere."""
    return paths.processed(name, paths.project().root)


def judged() -> dict[str, dict[str, str]]:
    """Return the rows of the committed ledger by claim, with the notebook and the cell that show it.

    Raises:
        CompendiumError: there is no ledger, or one with verdicts that are none.
    """
    file, remedy, rows = accepted("claims"), "Remedy: make, then make accept", ledger()
    shown = keyed(accepted("shown"), "name") if accepted("shown").is_file() else {}
    for name, row in rows.items():
        if row["verdict"] not in VERDICTS:
            raise CompendiumError(f"{paths.shown(file)}, {name}: {row['verdict']!r} is no verdict. {remedy}")
        row |= {key: shown.get(name, {}).get(key, "") for key in PLACE}
    return rows


def astray(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Yield what rows of the committed ledger rest on and the raw tables no longer hold, with the remedy."""
    raw, file = paths.project().raw, paths.shown(accepted("claims"))
    tables = {name: keyed(raw / f"{name}.csv", key) for name, key in (("claims", "claim_id"), ("sources", "source_id"))}
    for row in rows:
        named = [*row["evidence"].split(LIST), *row["told_beside"].split(LIST)]
        wanted = [("claims", row["claim_id"]), *(("sources", source) for source in dict.fromkeys(filter(None, named)))]
        for table, name in wanted:
            if name not in tables[table]:
                lost = f"{name} is no longer in {paths.shown(raw / table)}.csv"
                yield f"{file}, {row['claim_id']}: {lost}. Remedy: make, then make accept; or bring the row back"


def every() -> Iterator[str]:
    """Yield one line a claim: answer, verdict, mark of the evidence, what the paper prints, what is found."""
    yield f"{'claim':<5} {'answer':<16} {'verdict':<25} {'printed':<40} we find"
    for row in judged().values():
        told = f"{row['claim_id']:<5} {answer(row)[plain()]:<16} {marked(row, plain()):<25}"
        yield f"{told} {row[f'printed_{plain()}']:<40} {found(row, plain())}"
    yield "  ".join(f"{word.mark} {word[plain()] or word.means(plain())}" for word in STRENGTHS.values() if word.mark)


def answer(row: dict[str, str]) -> Word:
    """Return the answer that the verdict of a row of the ledger belongs to."""
    return ANSWERS[answered(row["verdict"])]


def claim(claim_id: str) -> list[str]:
    """Return all that the ledger says of a claim and what was read for it.

    Raises:
        CompendiumError: there is no such claim, or none with a verdict, or the raw tables lack what it rests on.
    """
    rows, statements = judged(), keyed(paths.project().raw / "claims.csv", "claim_id")
    if claim_id in statements.keys() - rows.keys():
        raise CompendiumError(f"{claim_id} has no accepted verdict yet. Remedy: make, then make accept")
    if claim_id not in rows:
        raise CompendiumError(f"no claim {claim_id!r}; {ids(list(statements))}; those of withdrawn claims stay free")
    row = rows[claim_id]
    if lost := next(astray([row]), ""):
        raise CompendiumError(lost)
    made = paths.processed("claims", paths.project().build / "run")
    last = keyed(made, "claim_id").get(claim_id, row) if made.is_file() else row
    moved = any(last[key] != row[key] for key in ("verdict", "value_computed"))
    codings = " ".join(by_coding(row, language) for language in plain_first())
    decides = row["evidence_rows"].split(LIST)
    mine = evidence(claim_id)
    read, idle = excerpts(mine), {name: one for name, one in mine.items() if name not in decides}
    beside = [line for name, one in idle.items() for line in (told(one), *read.get(name, ()))]
    below = {one["source_id"] for one in idle.values()}
    besides = [source for source in row["told_beside"].split(LIST) if source and source not in below]
    return [
        *facts(statements[claim_id], row),
        *([f"codings   each alone: {codings}; the majority decides"] if codings.strip() else []),
        *([f"last run  {last['verdict']}, {found(last, plain())}; not accepted"] if moved else []),
        *reasons(row),
        f"shown in  {row['notebook'] or '-'}, cell {row['cell'] or '-'}",
        *(["rests on"] if row["evidence"] else []),
        *cited([source for source in row["evidence"].split(LIST) if source]),
        *(line for name in decides for line in read.get(name, ())),
        *(["told beside, and decides nothing"] if besides else []),
        *cited(besides),
        *(["read as well, and decides nothing"] if beside else []),
        *beside,
    ]


def ids(known: Sequence[str]) -> str:
    """Return from where to where the ids of claims run, or how the first is added."""
    return f"ids run from {known[0]} to {known[-1]}" if known else "there is none yet. Remedy: compendium claim add"


def facts(statement: dict[str, str], row: dict[str, str]) -> list[str]:
    """Return what the paper states, what is found and the answer, from the row of the ledger or of the judge."""
    judged, order = answer(row), plain_first()
    return [
        f"{row['claim_id']}  section {statement['section']}, {statement['weight']}",
        *(statement[key] for key in languages.columns("statement")),
        f"printed   {' '.join(row[f'printed_{language}'] for language in order)}",
        f"we find   {' '.join(dict.fromkeys(found(row, language) for language in order))}",
        f"answer    {' '.join(judged[language] for language in order)}",
        f"verdict   {' '.join(marked(row, language) for language in order)}   rule: {RULES[row['rule']][plain()]}   "
        f"trace: {row['trace']}",
    ]


def reasons(row: dict[str, str]) -> list[str]:
    """Return why a verdict is so and what would turn it, in each language."""
    return [row[key] for stem in ("reason", "flip") for key in languages.columns(stem) if row[key]]


def rejudged(rows: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield all that was judged of some claims, and if the committed ledger says otherwise."""
    statements, committed = keyed(paths.project().raw / "claims.csv", "claim_id"), ledger()
    for claim_id, row in rows.items():
        yield from facts(statements[claim_id], row)
        yield from reasons(row)
        if not (before := committed.get(claim_id)):
            yield "committed the ledger has no verdict of it yet"
        elif any(before[key] != row[key] for key in ("verdict", "value_computed")):
            yield f"committed otherwise: {before['verdict']}, {found(before, plain())}"


def counted(rows: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield how many claims have which answer and verdict, and each to which the committed ledger gives another."""
    number, committed = Counter(row["verdict"] for row in rows.values()), ledger()
    for one in ANSWERS.values():
        if every := sum(number[word] for word in one.verdicts):
            yield f"{one[plain()]:<18} {every:>4}"
            yield from (f"  {word:<16} {number[word]:>4}" for word in one.verdicts if number[word])
    before = {name: committed[name]["verdict"] if name in committed else "no verdict" for name in rows}
    moved = [name for name, row in rows.items() if before[name] != row["verdict"]]
    yield from (f"{name:<5} {rows[name]['verdict']}; in the committed ledger {before[name]}" for name in moved)
    yield f"{len(rows)} claims judged; {len(moved)} of them otherwise than in the committed ledger"


def ledger() -> dict[str, dict[str, str]]:
    """Return the rows of the committed ledger by claim; none where there is no ledger yet."""
    return keyed(path, "claim_id") if (path := accepted("claims")).is_file() else {}


def cited(names: list[str]) -> Iterator[str]:
    """Yield one line a source: its grade, id and names."""
    sources = keyed(paths.project().raw / "sources.csv", "source_id")
    for name in names:
        source = sources[name]
        grade = source["grade"] + (" untrusted host" if source["host_trust"] == "unsafe" else "")
        yield f"  [{grade}] {name}: {' / '.join(source[key] for key in languages.columns('name'))}"


def evidence(claim_id: str) -> dict[str, dict[str, str]]:
    """Return the rows of claim_evidence of a claim by their id."""
    every = keyed(paths.project().raw / "claim_evidence.csv", "evidence_id")
    return {name: row for name, row in every.items() if row["claim_id"] == claim_id}


def told(row: dict[str, str]) -> str:
    """Return one line: the source of a row of claim_evidence, its id, what it says."""
    return f"  {row['source_id']}, {row['evidence_id']}: {' '.join(row[key] for key in languages.columns('says'))}"


def excerpts(mine: Iterable[str]) -> dict[str, list[str]]:
    """Return one line an excerpt by the row of claim_evidence that it was read for: source, row, kind, text."""
    found, file = dict[str, list[str]](), paths.project().raw / "excerpts.csv"
    for one in keyed(file, "excerpt_id").values() if file.is_file() else ():
        if one["table"] == "claim_evidence" and one["row_key"] in mine:
            line = f"  {one['source_id']}, read for {one['row_key']} ({one['kind']}): {one['excerpt']}"
            found.setdefault(one["row_key"], []).append(line)
    return found
