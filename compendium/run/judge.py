"""The ledger, judged from the raw tables: kept by what each judgement read, and asked anew if it moved.

An answer depends on the code of the engine and of the study, on the choices given, on what datapackage.json says of the
tables, and on those tables and texts that were asked for while the claim was judged and its flip searched.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from compendium import CompendiumError, paths, texts
from compendium.data import datapackage
from compendium.data.datapackage import LIST
from compendium.data.sourcing import DIGEST
from compendium.files import csv_text, fingerprint, keyed, write_atomic

if TYPE_CHECKING:
    from compendium.ledger.evidence import Data
    from compendium.ledger.judges import Judges

# Folders of the engine and of the study that no judgement uses.
ABOVE = [f"compendium/{name}" for name in ("show", "adding", "forms", "book")]
ABOVE += [f"study/{name}" for name in ("figures", "sentences", "explorers")]
Row = dict[str, str]
Choices = dict[str, Any]


def folder() -> Path:
    """Return the folder of what is judged and kept."""
    return paths.project().build / "judge"


class Inputs(NamedTuple):
    """Hashes of what answers depend on: code and descriptions of the tables, and each table and catalogue by name."""

    common: str
    tables: dict[str, str]

    def key(self, choices: Choices, reads: Sequence[str]) -> str:
        """Return the hash of what an answer depends on that was given with these choices and read these tables."""
        return hashed([self.common, choices, {name: self.tables.get(name) for name in sorted(reads)}])


def hashed(content: object) -> str:
    """Return the SHA-256 of what JSON can hold."""
    return fingerprint(json.dumps(content, ensure_ascii=False).encode("utf-8"))


def code() -> str:
    """Return the hash of the code that judges, with the versions of what it uses, and without the texts."""
    root = paths.project().root
    above = [*(place / name for name in ABOVE for place in (paths.HOME, root)), *texts.folders()]
    files = [p for p in paths.project().code() if not any(p.is_relative_to(place) for place in above)]
    files += [p for p in (root / "requirements.lock", root / "compendium.toml") if p.is_file()]
    return hashed([sys.version, [(paths.shown(p), fingerprint(p.read_bytes())) for p in files]])


def inputs() -> Inputs:
    """Return the hashes of what lies here now."""
    package = datapackage.descriptor()
    described = [{k: v for k, v in r.items() if k not in ("hash", "bytes", DIGEST)} for r in package.pop("resources")]
    del package["created"]
    found = {f"{place.parent.name}/{file.stem}": file for place in texts.folders() for file in place.glob("*.toml")}
    catalogues = {name: fingerprint(path.read_bytes()) for name, path in found.items()}
    raw = {r["name"]: paths.project().raw / r["path"] for r in described}
    tables = {name: fingerprint(path.read_bytes()) for name, path in raw.items() if path.is_file()}
    return Inputs(hashed([code(), package, described]), tables | catalogues)


def recorded() -> dict[str, str]:
    """Return the hashes of the raw tables by name, as datapackage.json records them."""
    return {r["name"]: r.get("hash", "") for r in datapackage.descriptor()["resources"]}


def study() -> "Judges":
    """Return the judgements of the study.

    Raises:
        CompendiumError: they cannot be imported; file and line are told.
    """
    from compendium.ledger import gate

    judges: Judges = gate.study("judgements").judges
    return judges


def chosen(claim_ids: Sequence[str], given: Mapping[str, object]) -> dict[str, Choices]:
    """Return by claim the given choices that its judgement takes, in the type of their defaults and if they differ.

    Raises:
        CompendiumError: no judgement of these claims takes a choice, or its value has another type.
    """
    if not given:
        return {claim_id: {} for claim_id in claim_ids}
    from compendium.run.contents import typed

    judges = study()
    defaults = {claim_id: judges.defaults(claim_id) for claim_id in claim_ids}
    if idle := sorted(set(given).difference(*defaults.values())):
        every = sorted(set().union(*defaults.values()))
        raise CompendiumError(
            f"{', '.join(idle)}: no judgement of these claims takes it; there are {', '.join(every) or 'no choices'}"
        )
    found = {}
    for claim_id, known in defaults.items():
        values = {name: typed(name, str(given[name]), known[name]) for name in sorted(set(known) & set(given))}
        found[claim_id] = {name: value for name, value in values.items() if value != known[name]}
    return found


def taken(chosen: Iterable[Choices]) -> Choices:
    """Return of the choices of notebooks those that some judgement takes."""
    if not any(chosen := list(chosen)):
        return {}
    known = set().union(*map(study().takes, study().known))
    return {name: value for choices in chosen for name, value in choices.items() if name in known}


def judged(claim_ids: Sequence[str] = (), given: Mapping[str, object] | None = None, jobs: int = 1) -> dict[str, Row]:
    """Return rows of the ledger as texts, judged with their flips where nothing is kept that holds still.

    Args:
        claim_ids: identifiers in the table claims; all if there are none.
        given: choices by name, for the judgements that take them.
        jobs: processes.

    Raises:
        CompendiumError: an unknown claim or choice, invalid tables, a claim that cannot be judged.
    """
    known = list(keyed(paths.project().raw / "claims.csv", "claim_id"))
    if unknown := [claim_id for claim_id in claim_ids if claim_id not in known]:
        ids = f"ids run from {known[0]} to {known[-1]}" if known else "there is none yet"
        raise CompendiumError(f"no claim {unknown[0]!r}; {ids}")
    now, before = inputs(), remembered()
    choices = chosen(claim_ids or known, given or {})
    names = {claim_id: LIST.join([claim_id, *(f"{n}={v}" for n, v in of.items())]) for claim_id, of in choices.items()}
    kept = {name: of for name, of in before["kept"].items() if name.partition(LIST)[0] in known}
    todo = [c for c, n in names.items() if n not in kept or kept[n]["key"] != now.key(choices[c], kept[n]["reads"])]
    if todo or before["checked"] != hashed(now):
        from compendium.ledger import gate

        gate.raise_if_bad()
        for claim_id, row, reads in answers({c: choices[c] for c in todo}, hashed(now), jobs):
            kept[names[claim_id]] = {"key": now.key(choices[claim_id], reads), "reads": reads, "row": row}
        note = json.dumps({"checked": hashed(now), "kept": kept}, ensure_ascii=False)
        write_atomic(folder() / "kept.json", note.encode("utf-8"))
    return {claim_id: kept[name]["row"] for claim_id, name in names.items()}


def remembered() -> dict[str, Any]:
    """Return what is kept from before: the state that was last found valid, and the answers by claim and choices."""
    try:
        note: dict[str, Any] = json.loads((folder() / "kept.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        note = {}
    return {"checked": "", "kept": {}} | note


def write(rows: Mapping[str, Row], root: Path | None = None) -> None:
    """Write the ledger, with the raw tables that it was judged from, below `root` (default: where outputs go)."""
    from compendium.ledger.claims import FROM, columns

    for name, header, lines in (
        ("claims", columns(), [row.values() for row in rows.values()]),
        (FROM, ("table", "sha256"), recorded().items()),
    ):
        write_atomic(paths.processed(name, root), csv_text(header, lines).encode("utf-8"))


def older() -> str:
    """Return that the ledger was judged from other tables than lie here, with the remedy; empty if it was not."""
    from compendium.ledger.claims import FROM, counting

    was, now = keyed(counting(FROM), "table"), recorded()
    moved = [name for name in was | now if was.get(name, {}).get("sha256") != now.get(name)]
    if not moved:
        return ""
    others = f" and {len(moved) - 1} more" if len(moved) > 1 else ""
    return f"The ledger is older than data/raw/{moved[0]}.csv{others}. Remedy: compendium judge"


def answers(wanted: Mapping[str, Choices], state: str, jobs: int) -> Iterator[tuple[str, Row, list[str]]]:
    """Judge claims in some processes and yield each with its facts and the tables read; slow work shows a bar."""
    from tqdm import tqdm

    from compendium.run import workers

    study()  # imported before the processes are forked
    if jobs == 1 or len(wanted) < 2:
        for claim_id, choices in tqdm(wanted.items(), "claims", delay=2, unit="claim"):
            yield ask(claim_id, choices, state)
        return
    with workers.pool(min(jobs, len(wanted)), folder() / "log.txt") as executor:
        waiting = [executor.submit(ask, claim_id, choices, state) for claim_id, choices in wanted.items()]
        for future in tqdm(as_completed(waiting), "claims", len(waiting), delay=2, unit="claim"):
            yield future.result()


def ask(claim_id: str, choices: Choices, state: str) -> tuple[str, Row, list[str]]:
    """Judge one claim; return it with its facts as texts and the names of the raw tables asked for meanwhile."""
    import pandas as pd

    from compendium.data import tables
    from compendium.ledger.claims import columns
    from compendium.ledger.recording import record

    data = opened(state).having()
    data.read = set()
    tables.asked.clear()
    texts.asked.clear()
    facts = record(study(), data.claim(claim_id), data, choices)
    text = tables.text(pd.DataFrame([facts], columns=columns()))
    return claim_id, next(csv.DictReader(io.StringIO(text))), sorted(data.read | tables.asked | texts.asked)


@lru_cache(maxsize=1)
def opened(state: str) -> "Data":
    """Return the raw tables as they are in a state, so that claims judged in one process share what is made of them."""
    from compendium.ledger.evidence import Data

    return Data()
