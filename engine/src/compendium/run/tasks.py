"""What a process of a pool is asked: to judge a claim, or what a claim or a result comes to with some choices."""

from functools import lru_cache
from typing import NamedTuple

from compendium.compendium import Compendium
from compendium.data.datapackage import LIST
from compendium.ledger import gate
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.record import show_values
from compendium.ledger.recording import normalise_computed_values, record_claim
from compendium.run import RunError, sweep_choices
from compendium.run.fingerprint import InputHashes
from compendium.run.sweep_choices import Value

Chosen = tuple[tuple[str, Value], ...]


@lru_cache(maxsize=1)
def open_evidence_tables(c: Compendium, state: str) -> EvidenceTables:
    """Return the raw tables as they are in a state, so that claims judged in one process share what is made of them."""
    return EvidenceTables(c)


def judge_claim(c: Compendium, claim_id: str, choices: dict, state: str) -> dict[str, str]:
    """Judge one claim and return its cells of the ledger."""
    data = open_evidence_tables(c, state)
    return record_claim(gate.load_judgements(c), data.claim(claim_id), data, choices).cells(c.languages)


class SweepTask(NamedTuple):
    """A claim or a result, with those of the parameters that reach it that differ from their defaults."""

    item: str
    chosen: Chosen

    def __str__(self) -> str:
        return LIST.join(f"{name}={value}" for name, value in self.chosen) or "defaults"


def hash_sweep_inputs(c: Compendium) -> str:
    """Return the hash of the code and the tables that claims and results depend on, as they lie here now."""
    functions = (result.function for result in sweep_choices.read_choices_file(c).results.values())
    return InputHashes(c).state(*(function.partition(":")[0] for function in functions))


def evaluate_task(c: Compendium, task: SweepTask, state: str) -> tuple[str, str]:
    """Return value and verdict of a claim, value and status of a result; a RunError says what failed."""
    try:
        if task.item in sweep_choices.read_choices_file(c).results:
            found = sweep_choices.import_swept_function(c, task.item)(
                open_evidence_tables(c, state), **dict(task.chosen)
            )
            value, status = found if isinstance(found, tuple) and isinstance(found[-1], str) else (found, "")
        else:
            assessment = gate.load_judgements(c).assess(task.item, open_evidence_tables(c, state), **dict(task.chosen))
            value, status = assessment.judged.computed, assessment.verdict
        return show_values(normalise_computed_values(value)), status
    except Exception as error:
        said = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
        raise RunError(f"{task.item}, {task}: {said}") from None
