"""The ledger, judged from the raw tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from compendium import CompendiumError
from compendium.base import paths
from compendium.base.files import csv_text, fingerprint_json, read_rows_by_key, write_atomic
from compendium.compendium import Compendium
from compendium.ledger.record import Ledger, list_ledger_columns, parse_ledger_row
from compendium.run.fingerprint import InputHashes

Choices = dict[str, Any]


def list_raw_table_hashes(c: Compendium) -> dict[str, str]:
    """Return the hashes of the raw tables by name, as datapackage.json records them."""
    return {name: resource.get("hash", "") for name, resource in c.tables.resources.items()}


def hash_ledger_inputs(c: Compendium, choices: Choices) -> str:
    """Return the hash of what a ledger depends on: engine, study, raw tables, and the choices of its judgements."""
    return fingerprint_json([InputHashes(c).state(), choices])


def select_choices_by_claim(
    c: Compendium, claim_ids: Sequence[str], choices: Mapping[str, object]
) -> dict[str, Choices]:
    """Return by claim the given choices that its judgement takes; a CompendiumError says that none takes one."""
    if not choices:
        return {claim_id: {} for claim_id in claim_ids}
    from compendium.ledger import gate
    from compendium.run.contents import convert_choices_to_types

    judges = gate.load_judgements(c)
    defaults = {claim_id: judges.defaults(claim_id) for claim_id in claim_ids}
    if idle := sorted(set(choices).difference(*defaults.values())):
        every = sorted(set().union(*defaults.values()))
        raise CompendiumError(
            f"{', '.join(idle)}: no judgement of these claims takes it; there are {', '.join(every) or 'no choices'}"
        )
    return convert_choices_to_types(defaults, dict(sorted(choices.items())))


def select_judgement_choices(c: Compendium, chosen: Iterable[Choices]) -> Choices:
    """Return of the choices of notebooks those that some judgement takes."""
    if not (wanted := {name: value for choices in chosen for name, value in choices.items()}):
        return {}
    from compendium.ledger import gate

    judges = gate.load_judgements(c)
    known = set().union(*map(judges.defaults, judges.known))
    return {name: value for name, value in wanted.items() if name in known}


def judge_claims(
    c: Compendium, claim_ids: Sequence[str] = (), given: Mapping[str, object] | None = None, jobs: int = 1
) -> Ledger:
    """Return the ledger, or some claims of it, judged from the raw tables, each with what would turn its verdict.

    Args:
        c: the compendium, whose raw tables were found valid.
        claim_ids: which; default: all.
        given: choices by name; each judgement gets those that it takes.
        jobs: processes at once.

    Raises:
        CompendiumError: a claim or a choice is unknown, or a claim cannot be judged.
    """
    known = list(read_rows_by_key(c.raw / "claims.csv", "claim_id"))
    if unknown := [claim_id for claim_id in claim_ids if claim_id not in known]:
        ids = f"ids run from {known[0]} to {known[-1]}" if known else "there is none yet"
        raise CompendiumError(f"no claim {unknown[0]!r}; {ids}")
    choices = select_choices_by_claim(c, claim_ids or known, given or {})
    return {claim_id: parse_ledger_row(cells) for claim_id, cells in judge_claims_in_processes(c, choices, jobs)}


def write_ledger(c: Compendium, ledger: Ledger, root: Path | None = None) -> list[Path]:
    """Write the ledger, with the raw tables that it was judged from, below `root` (default: where outputs go), and
    return the files."""
    from compendium.ledger.claims import FROM

    texts = {
        "claims": csv_text(
            list_ledger_columns(c.languages), [one.cells(c.languages).values() for one in ledger.values()]
        ),
        FROM: csv_text(("table", "sha256"), list_raw_table_hashes(c).items()),
    }
    made = {paths.processed_path(name, root or c.out): text for name, text in texts.items()}
    for path, text in made.items():
        write_atomic(path, text.encode("utf-8"))
    return list(made)


def describe_outdated_ledger(c: Compendium) -> str:
    """Return that the ledger was judged from other tables than lie here, with the remedy; empty if it was not."""
    from compendium.ledger.claims import FROM, find_current_ledger_path

    was, now = read_rows_by_key(find_current_ledger_path(c, FROM), "table"), list_raw_table_hashes(c)
    moved = [name for name in was | now if was.get(name, {}).get("sha256") != now.get(name)]
    if not moved:
        return ""
    others = f" and {len(moved) - 1} more" if len(moved) > 1 else ""
    return f"The ledger is older than data/raw/{moved[0]}.csv{others}. Remedy: compendium judge"


def judge_claims_in_processes(
    c: Compendium, wanted: Mapping[str, Choices], jobs: int
) -> Iterator[tuple[str, dict[str, str]]]:
    """Judge claims by their choices in some processes, yield each with its cells; slow work shows a bar."""
    from tqdm import tqdm

    from compendium.ledger import gate
    from compendium.run import tasks, workers

    gate.load_judgements(c)  # before the processes are forked
    state = InputHashes(c).state()
    if jobs == 1 or len(wanted) < 2:
        for claim_id, choices in tqdm(wanted.items(), "claims", delay=2, unit="claim"):
            yield claim_id, tasks.judge_claim(c, claim_id, choices, state)
        return
    with workers.open_process_pool(min(jobs, len(wanted)), c.build / "judge.log") as executor:
        bare = replace(c)  # without the tables that it holds
        waiting = [executor.submit(tasks.judge_claim, bare, *one, state) for one in wanted.items()]
        for claim_id, future in zip(wanted, tqdm(waiting, "claims", delay=2, unit="claim"), strict=True):
            yield claim_id, future.result()
