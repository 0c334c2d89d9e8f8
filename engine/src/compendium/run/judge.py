"""The ledger, judged from the raw tables: kept by what each judgement read, and asked anew if that moved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from compendium import CompendiumError, paths
from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.files import csv_text, read_keyed, read_note, write_atomic, write_note
from compendium.ledger.record import Ledger, columns, from_cells
from compendium.run.memory import JUDGEMENTS, Memory

Choices = dict[str, Any]
KEPT = "kept.json"


@dataclass
class Answer:
    """The cells of a judged claim, the tables that it read, and the hash of all that they depend on."""

    key: str
    reads: list[str]
    row: dict[str, str]


@dataclass
class Kept:
    """What is kept: the state that was last found valid, the modules that judge in it, by claim, and the answers by
    claim and choices."""

    checked: str = ""
    modules: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, Answer] = field(default_factory=dict)


def folder(c: Compendium) -> Path:
    """Return the folder of what is judged and kept."""
    return c.build / "judge"


def list_hashes(c: Compendium) -> dict[str, str]:
    """Return the hashes of the raw tables by name, as datapackage.json records them."""
    return {name: resource.get("hash", "") for name, resource in c.tables.resources.items()}


def check_choices(c: Compendium, claim_ids: Sequence[str], given: Mapping[str, object]) -> dict[str, Choices]:
    """Return by claim the given choices that its judgement takes; a CompendiumError says that none takes one."""
    if not given:
        return {claim_id: {} for claim_id in claim_ids}
    from compendium.ledger import gate
    from compendium.run.contents import type_choices

    judges = gate.judges(c)
    defaults = {claim_id: judges.defaults(claim_id) for claim_id in claim_ids}
    if idle := sorted(set(given).difference(*defaults.values())):
        every = sorted(set().union(*defaults.values()))
        raise CompendiumError(
            f"{', '.join(idle)}: no judgement of these claims takes it; there are {', '.join(every) or 'no choices'}"
        )
    return type_choices(defaults, dict(sorted(given.items())))


def pick_choices(c: Compendium, chosen: Iterable[Choices]) -> Choices:
    """Return of the choices of notebooks those that some judgement takes."""
    if not (wanted := {name: value for choices in chosen for name, value in choices.items()}):
        return {}
    from compendium.ledger import gate

    judges = gate.judges(c)
    known = set().union(*map(judges.defaults, judges.known))
    return {name: value for name, value in wanted.items() if name in known}


def find_modules(c: Compendium) -> dict[str, list[str]]:
    """Return by judged claim the modules of judgements that speak of it; all where none spells out its id."""
    from compendium.ledger import gate

    files = sorted((c.root / "study" / "judgements").glob("*.py"))
    texts = {f"study.judgements.{file.stem}": file.read_text(encoding="utf-8") for file in files}
    known = {claim_id: [m for m, text in texts.items() if claim_id in text] for claim_id in gate.judges(c).known}
    return {claim_id: modules or [JUDGEMENTS] for claim_id, modules in known.items()}


def judge_claims(
    c: Compendium,
    claim_ids: Sequence[str] = (),
    given: Mapping[str, object] | None = None,
    jobs: int = 1,
    anew: bool = False,
) -> Ledger:
    """Return the ledger, or some claims of it, judged with their flips where nothing is kept that holds still, or anew.

    Of the choices that are given each judgement gets those that it takes; `jobs` are processes. A CompendiumError tells
    of an unknown claim or choice, invalid tables, a claim that cannot be judged.
    """
    known = list(read_keyed(c.raw / "claims.csv", "claim_id"))
    if unknown := [claim_id for claim_id in claim_ids if claim_id not in known]:
        ids = f"ids run from {known[0]} to {known[-1]}" if known else "there is none yet"
        raise CompendiumError(f"no claim {unknown[0]!r}; {ids}")
    memory, before = Memory(c), read_kept(c)
    state, choices, modules = memory.state(), check_choices(c, claim_ids or known, given or {}), before.modules
    names = {claim_id: LIST.join([claim_id, *(f"{n}={v}" for n, v in of.items())]) for claim_id, of in choices.items()}
    kept = {name: of for name, of in before.kept.items() if name.partition(LIST)[0] in known}
    if before.checked != state:
        from compendium.ledger import gate

        gate.raise_if_bad(c)
        modules = find_modules(c)

    def key(claim_id: str, reads: Sequence[str]) -> str:
        return memory.verdict(modules.get(claim_id, ()), choices[claim_id], reads)

    todo = [one for one, n in names.items() if anew or n not in kept or kept[n].key != key(one, kept[n].reads)]
    for claim_id, cells, reads in ask_judgements(c, {claim_id: choices[claim_id] for claim_id in todo}, state, jobs):
        kept[names[claim_id]] = Answer(key(claim_id, reads), reads, cells)
    if todo or before.checked != state:
        write_note(folder(c) / KEPT, Kept(state, modules, kept))
    return {claim_id: from_cells(kept[name].row) for claim_id, name in names.items()}


def list_touched(c: Compendium) -> list[str]:
    """Return the claims that are to be judged anew, as what they rest on changed since; none where nothing is kept."""
    memory, kept, modules = Memory(c), read_kept(c).kept, find_modules(c)
    held = {name for name, of in kept.items() if of.key == memory.verdict(modules.get(name, ()), {}, of.reads)}
    return [name for name in read_keyed(c.raw / "claims.csv", "claim_id") if kept and name not in held]


def read_kept(c: Compendium) -> Kept:
    """Return what is kept from before, if anything is."""
    return read_note(folder(c) / KEPT, Kept) or Kept()


def write(c: Compendium, ledger: Ledger, root: Path | None = None) -> list[Path]:
    """Write the ledger, with the raw tables that it was judged from, below `root` (default: where outputs go), and
    return the files."""
    from compendium.ledger.claims import FROM

    texts = {
        "claims": csv_text(columns(c.languages), [one.cells(c.languages).values() for one in ledger.values()]),
        FROM: csv_text(("table", "sha256"), list_hashes(c).items()),
    }
    made = {paths.processed_path(name, root or c.out): text for name, text in texts.items()}
    for path, text in made.items():
        write_atomic(path, text.encode("utf-8"))
    return list(made)


def tell_older(c: Compendium) -> str:
    """Return that the ledger was judged from other tables than lie here, with the remedy; empty if it was not."""
    from compendium.ledger.claims import FROM, counting

    was, now = read_keyed(counting(c, FROM), "table"), list_hashes(c)
    moved = [name for name in was | now if was.get(name, {}).get("sha256") != now.get(name)]
    if not moved:
        return ""
    others = f" and {len(moved) - 1} more" if len(moved) > 1 else ""
    return f"The ledger is older than data/raw/{moved[0]}.csv{others}. Remedy: compendium judge"


def ask_judgements(
    c: Compendium, wanted: Mapping[str, Choices], state: str, jobs: int
) -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Judge claims in some processes, yield each with its cells and the tables read; slow work shows a bar."""
    from tqdm import tqdm

    from compendium.ledger import gate
    from compendium.run import asking, workers

    gate.judges(c)  # before the processes are forked
    if jobs == 1 or len(wanted) < 2:
        for claim_id, choices in tqdm(wanted.items(), "claims", delay=2, unit="claim"):
            yield asking.judge_claim(c, claim_id, choices, state)
        return
    with workers.pool(min(jobs, len(wanted)), folder(c) / "log.txt") as executor:
        ask, bare = asking.judge_claim, replace(c)  # without the tables that it holds
        waiting = [executor.submit(ask, bare, claim_id, choices, state) for claim_id, choices in wanted.items()]
        for future in tqdm(as_completed(waiting), "claims", len(waiting), delay=2, unit="claim"):
            yield future.result()
