"""Claims in a terminal, read without pandas, which takes longer to start than to show them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from compendium import CompendiumError
from compendium.base import paths
from compendium.base.files import read_rows, read_rows_by_key
from compendium.base.languages import format_count
from compendium.base.vocabulary import ANSWERS, RULES, STRENGTHS
from compendium.compendium import Compendium
from compendium.ledger import record
from compendium.ledger.record import Ledger, LedgerRow

Row = dict[str, str]
NONE = "there is no claim yet. Next: compendium claim add"


def read_ledger(c: Compendium) -> Ledger:
    """Return the committed ledger, with the cells that show its claims; empty if there is none yet."""
    file, shown = (paths.processed_path(name, c.root) for name in ("claims", "shown"))
    return record.read_ledger_file(file, read_rows(shown, "name", True)) if file.is_file() else {}


def list_dangling_references(c: Compendium, records: Iterable[LedgerRow]) -> Iterator[str]:
    """Yield what records of the committed ledger rest on and the raw tables no longer hold, with the remedy."""
    file = paths.format_path(paths.processed_path("claims", c.root))
    known = {f"{name}s": read_rows_by_key(c.raw / f"{name}s.csv", f"{name}_id") for name in ("claim", "source")}
    for one in records:
        named = dict.fromkeys(one.evidence + one.told_beside)
        for table, name in [("claims", one.claim_id), *(("sources", source) for source in named)]:
            if name not in known[table]:
                lost = f"{name} is no longer in {paths.format_path(c.raw / table)}.csv"
                yield f"{file}, {one.claim_id}: {lost}. Remedy: make, then make accept; or bring the row back"


def render_claim_lines(c: Compendium, ledger: Ledger) -> Iterator[str]:
    """Yield one line a claim: answer, verdict, mark of the evidence, what the paper prints, what is found."""
    if not ledger:
        yield NONE
        return
    plain = c.languages.plain
    width = min(40, max([len("printed"), *(len(one.printed[plain]) for one in ledger.values())]))
    yield f"{'claim':<5} {'answer':<16} {'verdict':<25} {'printed':<{width}} we find"
    for one in ledger.values():
        first = f"{one.claim_id:<5} {ANSWERS[one.answer][plain]:<16} {one.marked[plain]:<25}"
        yield f"{first} {one.printed[plain]:<{width}} {one.found[plain]}"
    yield "  ".join(f"{word.mark} {word[plain] or word.means[plain]}" for word in STRENGTHS.values() if word.mark)


def render_claim_in_full(c: Compendium, claim_id: str) -> list[str]:
    """Return all that the ledger says of a claim and what was read for it."""
    ledger, statements = read_ledger(c), read_rows_by_key(c.raw / "claims.csv", "claim_id")
    if claim_id not in ledger:
        if claim_id in statements:
            raise CompendiumError(f"{claim_id} has no accepted verdict yet. Remedy: make, then make accept")
        first, final = next(iter(statements), ""), next(reversed(statements), "")
        known = f"ids run from {first} to {final}" if first else NONE
        raise CompendiumError(f"no claim {claim_id!r}; {known}; those of withdrawn claims stay free")
    one = ledger[claim_id]
    if lost := next(list_dangling_references(c, [one]), ""):
        raise CompendiumError(lost)
    codings = " ".join(one.codings[language] for language in c.languages.plain_first if one.codings)
    notes = [f"codings   each alone: {codings}; the majority decides"] if codings else []
    place = f"shown in  {one.notebook or '-'}, cell {one.cell or '-'}"
    return [*describe_claim(c, statements[claim_id], one, notes), place, *render_evidence_lines(c, one)]


def describe_claim(c: Compendium, statement: Row, one: LedgerRow, notes: Iterable[str] = ()) -> Iterator[str]:
    """Yield what the paper states, what is found, answer and verdict; notes, why it is so, what would turn it."""
    answer, order = ANSWERS[one.answer], c.languages.plain_first
    yield f"{one.claim_id}  section {statement['section']}, {statement['weight']}"
    yield from (statement[key] for key in c.languages.columns("statement"))
    yield f"printed   {' '.join(one.printed[language] for language in order)}"
    yield f"we find   {' '.join(dict.fromkeys(one.found[language] for language in order))}"
    yield f"answer    {' '.join(answer[language] for language in order)}"
    verdict = " ".join(one.marked[language] for language in order)
    yield f"verdict   {verdict}   rule: {RULES[one.rule][c.languages.plain]}   trace: {one.trace}"
    yield from notes
    yield from (said[language] for said in (one.reason, one.flip_said) for language in c.languages if said)


def render_evidence_lines(c: Compendium, judged: LedgerRow) -> Iterator[str]:
    """Yield the sources of a judged claim, and what was read there: what decides, then what does not."""
    every = read_rows_by_key(c.raw / "claim_evidence.csv", "evidence_id")
    mine = {name: one for name, one in every.items() if one["claim_id"] == judged.claim_id}
    decides = judged.evidence_rows
    idle = {name: one for name, one in mine.items() if name not in decides}
    read: dict[str, list[str]] = {name: [] for name in mine}
    for one in read_rows_by_key(c.raw / "excerpts.csv", "excerpt_id", True).values():
        if one["table"] == "claim_evidence" and one["row_key"] in mine:
            line = f"  {one['source_id']}, read for {one['row_key']} ({one['kind']}): {one['excerpt']}"
            read[one["row_key"]].append(line)
    if judged.evidence:
        yield "rests on"
        yield from render_source_lines(c, judged.evidence)
    yield from (line for name in decides for line in read.get(name, ()))
    below = {one["source_id"] for one in idle.values()}
    if beside := [source for source in judged.told_beside if source not in below]:
        yield "told beside, and decides nothing"
        yield from render_source_lines(c, beside)
    if idle:
        yield "read as well, and decides nothing"
    for name, one in idle.items():
        yield f"  {one['source_id']}, {name}: {' '.join(one[key] for key in c.languages.columns('says'))}"
        yield from read[name]


def render_source_lines(c: Compendium, names: Iterable[str]) -> Iterator[str]:
    """Yield one line a source: its grade, id and names."""
    sources = read_rows_by_key(c.raw / "sources.csv", "source_id")
    for name in names:
        source = sources[name]
        grade = source["grade"] + (" untrusted host" if source["host_trust"] == "unsafe" else "")
        yield f"  [{grade}] {name}: {' / '.join(source[key] for key in c.languages.columns('name'))}"


def compare_with_committed(c: Compendium, ledger: Ledger, committed: Ledger) -> Iterator[str]:
    """Yield all that was judged of some claims, and if the committed ledger says otherwise."""
    statements = read_rows_by_key(c.raw / "claims.csv", "claim_id")
    for claim_id, one in ledger.items():
        yield from describe_claim(c, statements[claim_id], one)
        if not (before := committed.get(claim_id)):
            yield "committed the ledger has no verdict of it yet"
        elif (before.verdict, before.value_computed) != (one.verdict, one.value_computed):
            yield f"committed otherwise: {before.verdict}, {before.found[c.languages.plain]}"


def describe_falsified_outcomes(c: Compendium, claim_ids: Iterable[str]) -> Iterator[str]:
    """Yield what becomes of claims whose printed number is falsified: each number, and the verdict that it gets."""
    from compendium.ledger import gate
    from compendium.ledger.evidence import EvidenceTables
    from compendium.ledger.falsify import falsify

    judges, data = gate.load_judgements(c), EvidenceTables(c)
    for one in (one for claim_id in claim_ids for one in falsify(judges, claim_id, data)):
        outcome = "noticed" if one.noticed else "not noticed"
        yield f"falsified {one.claim_id}: {one.printed} -> {one.falsified} ({one.kind}): {one.verdict_then}, {outcome}"


def render_verdict_counts(c: Compendium, ledger: Ledger, committed: Ledger) -> Iterator[str]:
    """Yield how many claims have which answer and verdict, and each to which the committed ledger gives another."""
    number = Counter(one.verdict for one in ledger.values())
    for one in ANSWERS.values():
        if every := sum(number[word] for word in one.verdicts):
            yield f"{one[c.languages.plain]:<18} {every:>4}"
            yield from (f"  {word:<16} {number[word]:>4}" for word in one.verdicts if number[word])
    before = {name: committed[name].verdict if name in committed else "no verdict" for name in ledger}
    other = [name for name, one in ledger.items() if before[name] != one.verdict]
    yield from (f"{name:<5} {ledger[name].verdict}; in the committed ledger {before[name]}" for name in other)
    judged = f"{format_count(len(ledger), 'claim')} judged; {len(other)} of them otherwise than in the committed ledger"
    yield judged if ledger else NONE
