"""Mutation testing of the core with mutmut: how many small faults in a module do its own tests notice?

Usage: python tests/verification/mutants.py [module ...]

Each module is mutated in its own copy under build/mutants; there `mutmut show` and `mutmut browse` tell more. Writes
the rates to data/verification/mutants.csv, and day and version to measured.csv there. Fails if a rate is below the
floor, or if a mutant survives that mutants-survivors.csv does not explain. It knows a survivor by its function and its
changed lines, as the numbers of mutants move when a function is edited.
"""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from verification.measured import record

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "data" / "verification"
MUTMUT = Path(sys.executable).with_name("mutmut")
MODULES = {
    "statistics": ("study.statistics",),
    "tables": ("compendium.data.tables", "compendium.data.datapackage"),
    "claims": ("compendium.ledger.claims", "compendium.ledger.recording"),
    "bounds": ("study.bounds", "study.problem", "study.programme", "study.majorisation", "study.inequality"),
}  # what is measured together, by its own tests: tests/unit/test_<name>.py
# bounds has many mutants and slow tests: of its mutants those are taken whose number ends in 0 or 5, and its tests on
# the real data and by the largest enumeration are left out, so that its rate is a lower bound.
TAKEN = {"bounds": "*[05]"}
LEFT_OUT = {"bounds": ["-k", "not real_ and not every_bound"]}
FLOOR = 90.0
COLUMNS = ["module", "mutants", "killed", "timeout", "survived", "rate_pct"]
CONFIG = """
[tool.mutmut]
source_paths = ["compendium", "study"]
only_mutate = {files}
also_copy = ["conftest.py", "data", "notebooks", "requirements.lock"]
pytest_add_cli_args = ["-o", "addopts=", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {selection}
process_isolation = "forkserver"
timeout_multiplier = 4.0
timeout_constant = 5.0
"""
# Quick tests first, and no time spent on a shorter example once a property has failed.
CONFTEST = """

import json
from pathlib import Path

import hypothesis

hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.generate])
hypothesis.settings.load_profile("mutants")


def pytest_collection_modifyitems(items):
    stats = Path("mutmut-stats.json")
    if stats.is_file():
        seconds = json.loads(stats.read_text())["duration_by_test"]
        items.sort(key=lambda item: seconds.get(item.nodeid, 0))
"""


def group(mutant: str) -> str:
    """Return what the module of a mutant is measured with, by the name of that module, here or in older tables."""
    module = mutant.rpartition(".")[0]
    return next((name for name, modules in MODULES.items() if module in modules), module.rpartition(".")[2])


def copy(name: str) -> Path:
    """Return a fresh copy of the project that is set up to mutate the modules of `name`."""
    folder = ROOT / "build" / "mutants" / name
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("compendium", "study", "data", "notebooks", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "requirements.lock", folder / "requirements.lock")
    files = [f"{module.replace('.', '/')}.py" for module in MODULES[name]]
    config = CONFIG.format(files=files, selection=[f"tests/unit/test_{name}.py", *LEFT_OUT.get(name, [])])
    for file, more in (("conftest.py", CONFTEST), ("pyproject.toml", config)):
        (folder / file).write_text((ROOT / file).read_text("utf-8") + more, "utf-8")
    return folder


def mutmut(folder: Path, *arguments: str, **options) -> str:
    """Run mutmut in `folder` and return what it printed."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    command = [str(MUTMUT), *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, text=True, **options).stdout


def outcomes(folder: Path) -> dict[str, str]:
    """Return mutant -> outcome, such as killed, timeout or survived, of those that were run."""
    lines = mutmut(folder, "results", "--all", "true", stdout=subprocess.PIPE).splitlines()
    found = dict(line.strip().rsplit(": ", 1) for line in lines if ": " in line)
    return {mutant: outcome for mutant, outcome in found.items() if outcome != "not checked"}


def change(folder: Path, mutant: str) -> str:
    """Return the changed lines of a mutant: before => after."""
    lines = mutmut(folder, "show", mutant, stdout=subprocess.PIPE).splitlines()
    sides = [[line[1:].strip() for line in lines if line[:1] == sign and line[:3] != 3 * sign] for sign in "-+"]
    return " => ".join(" ".join(side) for side in sides)


def function(mutant: str) -> str:
    """Return the name of a mutant without its number."""
    return mutant.rpartition("__mutmut_")[0]


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, none if it does not exist."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measure(name: str) -> tuple[dict, list[str]]:
    """Return the row of mutants.csv for the modules of one name, and what is wrong with it."""
    folder = copy(name)
    taken = [f"{path}.{TAKEN.get(name, '*')}" for path in MODULES[name]]
    mutmut(folder, "run", "--max-children", "1", *taken)
    found = outcomes(folder)
    killed, late = (sum(outcome == end for outcome in found.values()) for end in ("killed", "timeout"))
    rate = 100 * (killed + late) / len(found)
    numbers = [len(found), killed, late, len(found) - killed - late, f"{rate:.1f}"]
    faults = [f"{name}: {rate:.1f} % of the mutants are killed, must be {FLOOR:g} %"] if rate < FLOOR else []
    explained = {(function(row["mutant"]), row["change"]) for row in rows(TABLES / "mutants-survivors.csv")}
    for mutant, outcome in found.items():
        if (
            outcome not in ("killed", "timeout")
            and (function(mutant), changed := change(folder, mutant)) not in explained
        ):
            faults.append(f"{mutant}: {outcome}, not explained in mutants-survivors.csv: {changed}")
    return dict(zip(COLUMNS, [name, *numbers], strict=True)), faults


def main(modules: list[str]) -> int:
    """Measure `modules`, all if none is named, and return the exit status."""
    if unknown := set(modules) - set(MODULES):
        sys.exit(f"mutants: no module {', '.join(sorted(unknown))}; use {', '.join(MODULES)}")
    if not MUTMUT.is_file():
        sys.exit(f"mutants: {MUTMUT} is missing. Remedy: pip install mutmut==3.8.1")
    path = TABLES / "mutants.csv"
    table, faults = {row["module"]: row for row in rows(path)}, []
    for module in modules or MODULES:
        table[module], wrong = measure(module)
        faults += wrong
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(table[name] for name in MODULES if name in table)
        record(f"mutants {module}")
    print(path.read_text("utf-8"), end="")
    for fault in faults:
        print(f"mutants: {fault}", file=sys.stderr)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
