"""Trials: each attack of attacks.py alone in a copy; which command notices it?

The hand that plants an attack goes on as far as attacks.py says: it renews the hashes of the raw tables (`data
refresh`), runs and takes the run as reference (`run`, `accept`), and commits whatever the commands have said. Then
everyone else starts `check` and `run`, which is what `make` does, and, where neither stops, the tests of TESTS until
one fails: of `make test` those that look at what is committed rather than at made-up compendia. Where these notice
nothing, others of `make test` may. A command notices if it fails or tells a note; `accept` if it fails or names what
to look at first.
"""

import subprocess
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from verification import harness
from verification.attacks import ATTACKS, CONTROL, Attack
from verification.harness import ROOT, Found

LOG = ROOT / "data" / "verification" / "trials.csv"
COLUMNS = ("tree", "trial", "notice", "command", "committed", "exit_status", "noticed", "line")
LONG = 160
OWN = (
    "texts", "wording", "notebooks", "doors", "verification", "provenance", "lessons", "in_view", "sentences", "paper",
    "independence", "project", "forms", "claims", "judging", "reproduction",
)  # fmt: skip
SLOW = ("what_commands_notice", "rewording_every_note", "no_judgement_breaks", "one_changed_digit")  # of these tests
LINES = {"refresh": ["data", "refresh"], "run": ["run", "--jobs", "1"]}


def list_tests(names: Iterable[str]) -> list[str]:
    """Return the files of the tests of these names that there are, from the root on."""
    places = [ROOT / "tests", ROOT / "engine/tests/unit"]
    found = [place / f"test_{name}.py" for name in names for place in places]
    return sorted(file.relative_to(ROOT).as_posix() for file in found if file.is_file())


def line_of(command: str, tests: Iterable[str]) -> list[str]:
    """Return the words of a command; of `test`, these tests until one fails."""
    if command == "test":
        chosen = ["-m", "not slow and not release", "-k", f"not ({' or '.join(SLOW)})", *list_tests(tests)]
        return ["pytest", "-q", "-x", "-rfE", "--tb=line", "-n", "0", *chosen]
    return LINES.get(command, [command])


def commit(copy: Path) -> None:
    for words in (["add", "-A"], ["commit", "-q", "-m", "planted", "--allow-empty"]):
        subprocess.run([*harness.SELF, *words], cwd=copy, check=True, capture_output=True)


def plant(attack: Attack, copy: Path) -> list[tuple[str, ...]]:
    """Plant an attack, let the hand go on and the commands start; return the rows of the log but for the tree."""
    found, committed = [], "no"

    def start(name: str) -> bool:
        made = {"PYTHONSAFEPATH": "1"} if name == "test" else {}  # as make sets it
        status, lines = harness.ended(harness.started(copy, line_of(name, OWN), **made), copy)
        said = harness.telling(name, status, lines)
        row = attack.name, attack.notice, name, committed, str(status), "yes" if said else "no", said[:LONG]
        found.append(row)
        return status == 0

    attack.plant(copy)
    held = attack.hand == "commits" or start("refresh")
    if held and attack.hand == "accepts":
        start("run")
        start("accept")
    commit(copy)
    committed = "yes"
    if all([start("check"), start("run")]):
        start("test")
    return found


def trial(name: str) -> list[tuple[str, ...]]:
    """Return the rows of the log on an attack, planted in a copy of its own; what is harmless must not be noticed."""
    attack = next(attack for attack in ATTACKS if attack.name == name)
    with harness.copy() as copy:
        found = plant(attack, copy)
    if attack.notice == CONTROL and (told := [line for *_, noticed, line in found if noticed == "yes"]):
        raise RuntimeError(f"{name} is harmless, but a command says: {told[0]}")
    return found


def measure(options: Namespace) -> Found:
    """Try the attacks, all or those that are named."""
    names = [attack.name for attack in ATTACKS]
    if unknown := set(options.names) - set(names):
        raise RuntimeError(f"no attack {', '.join(sorted(unknown))}. Remedy: {', '.join(names)}")
    chosen = options.names or names[: options.take or None]
    found = harness.tried("trials", chosen, trial, options.jobs, not (options.take or options.names))
    log = pd.DataFrame([(harness.stamp(), *row) for rows in found.values() for row in rows], columns=COLUMNS)
    whole = f"{len(found)} trials are in {LOG.relative_to(ROOT)}. Next: make, make accept"
    return Found({"trials": log}, whole if chosen == names else log.drop(columns="tree"))
