"""How a number travels: from a raw row to the finding in README that tells it, through few enough functions to follow.

Counted are the functions of engine and study that hand it on. What carries any letters whatever (texts, files, escape)
is followed too, and counted by itself.
"""

import numbers
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from worlds import HERE, at

from compendium.base import paths
from compendium.base.files import fingerprint
from compendium.base.texts import NOTHING
from compendium.ledger import claims, gate
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.recording import record_claim
from compendium.pages import findings
from compendium.run import judge_all

TRACER, MOST = 90097, 25  # what the final list of 2017 is made to say; functions on its way
CARRIERS = ("texts.py", "files.py", "escape.py")
OWN = (f"{paths.CODE}/compendium/", f"{paths.HOME}/study/")


def holds(value: object, depth: int = 7) -> bool:
    """Tell whether a value is the tracer, or holds it."""
    if isinstance(value, str):
        return re.search(rf"(?<!\d){TRACER}(?!\d)", value.replace(",", "")) is not None
    if isinstance(value, numbers.Number):
        return bool(value == TRACER)
    if not depth:
        return False
    if isinstance(value, pd.DataFrame):
        return bool(value.eq(TRACER).any(axis=None))
    if isinstance(value, pd.Series | list | tuple | set):
        return any(holds(one, depth - 1) for one in value)
    parts = (
        value.values() if isinstance(value, dict) else vars(value).values() if hasattr(value, "__match_args__") else ()
    )
    return any(holds(one, depth - 1) for one in parts)


def stations(do: Callable[[], object]) -> list[str]:
    """Return the functions of engine and study that return the tracer while something is done, in their order."""
    seen: dict[str, None] = {}

    def watch(frame, event, value):
        code = frame.f_code
        if event == "return" and code.co_filename.startswith(OWN) and code.co_name[0] != "<":
            name = (
                f"{code.co_filename.removeprefix(f'{paths.CODE}/').removeprefix(f'{paths.HOME}/')}: {code.co_qualname}"
            )
            if name not in seen and holds(value):
                seen[name] = None

    sys.setprofile(watch)
    try:
        do()
    finally:
        sys.setprofile(None)
    return list(seen)


@pytest.mark.release
def test_a_number_travels_from_its_raw_row_to_a_finding_through_few_functions(tmp_path):
    for name in ("data", "notebooks"):
        shutil.copytree(HERE.root / name, tmp_path / name, ignore=shutil.ignore_patterns("*.ipynb"))
    shutil.copy(HERE.root / "compendium.toml", tmp_path)
    edits = {"pilot_batches": ("2017,final,97,,,,,seen", f"2017,final,{TRACER},,,,,seen")}
    edits["claims"] = (  # so that what the paper prints is another number
        "97,97,97,projects,97个项目,97 projects",
        ">90000,90000,,projects,超过90000个项目,more than 90000 projects",
    )
    package = tmp_path / "data" / "raw" / "datapackage.json"
    for name, (old, new) in edits.items():  # past the gate, which would ask what the source prints
        path = package.with_name(f"{name}.csv")
        before = path.read_bytes()
        path.write_bytes(before.replace(old.encode(), new.encode()))
        hashes = fingerprint(before), fingerprint(path.read_bytes())
        package.write_text(package.read_text(encoding="utf-8").replace(*hashes), encoding="utf-8")
    c = at(tmp_path)

    def travel() -> str:
        data = EvidenceTables(c)
        made = record_claim(gate.load_judgements(HERE), data.claim("Q16"), data, {})
        made = replace(made, why=NOTHING, reason=NOTHING, flip_said=NOTHING)  # which go to other pages
        judge_all.write_ledger(
            c, {name: claims.read_ledger(HERE)[name] for name in ("Q12", "Q14", "Q15", "Q17")} | {"Q16": made}
        )
        found = findings.fill_findings(c, claims.read_ledger(c))
        return findings.render_findings_list(found, "en")

    way = stations(travel)
    assert (
        way[0] == "compendium/data/tables.py: type_table"
        and way[-1] == "compendium/pages/findings.py: render_findings_list"
    )
    handed = [name for name in way if not name.partition(":")[0].endswith(CARRIERS)]
    assert len(handed) <= MOST, "\n".join(handed)
