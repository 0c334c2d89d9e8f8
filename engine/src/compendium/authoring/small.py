"""The smallest use: a folder with `claims.csv`, `judgements.py` and tables of data, judged as the compendium that it
stands for, which is written to build/small; and the tests of pytest that prove it."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from compendium.authoring import new, rows, tables, transaction
from compendium.base import paths
from compendium.base.files import InputError, write_atomic
from compendium.compendium import Compendium
from compendium.data import validity
from compendium.ledger import gate
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.bilingual import HAN

(CLAIMS, JUDGEMENTS), DATA = paths.SMALL, "data"  # its files, and the one source of its tables
BUILT = "build/small"
NEEDED = ("claim_id", "section", "statement", "value", "unit")
OURS = {"study/judgements/__init__.py": JUDGEMENTS, ", note why in data/raw/CHANGES.md, then run": "", "data/raw/": ""}
OURS |= {" `compendium data refresh`": "", "column value_text": "column value", "--value": "value", "--statement": "it"}


def expand_small_project(folder: Path) -> Compendium:
    """Write the compendium that a folder stands for anew and return it; what was judged before is kept.

    Its tables are one source, that of the paper, of which nothing more is known: what agrees with it is traced, never
    confirmed, and the evidence is weak.

    Raises:
        CompendiumError: a table or the code is not as it must be.
    """
    claims, root = read_claims(folder), folder / BUILT
    for name in ("data", "study"):
        shutil.rmtree(root / name, ignore_errors=True)
    language = "zh" if HAN.search("".join(claim["statement"] for claim in claims)) else "en"
    declared = new.render_compendium_toml(folder.name, folder.name, "", ["-"], [language])
    write_atomic(root / "compendium.toml", declared.encode("utf-8"))
    c = Compendium(root, root)
    made = new.render_empty_ledger_tables(c, published=False) | {
        "data/raw/datapackage.json": json.dumps(new.make_datapackage_json(c, with_example=False))
    }
    made |= {"notebooks/contents.toml": "", "study/__init__.py": ""}
    made["study/judgements/__init__.py"] = (folder / JUDGEMENTS).read_text(encoding="utf-8")
    for name, text in made.items():
        write_atomic(root / name, text.encode("utf-8"))
    named = {"source_id": DATA, "title": DATA, "publisher": DATA, "url": "https://example.org/data", "grade": "C"}
    c = add_rows(c, "sources", [named | {"origin": DATA, "origin_kind": "statistics"}])
    for file in sorted(folder.glob("*.csv")):
        if file.name != CLAIMS:
            tables.add_table(replace(c), file, file.stem.lower().replace(" ", "_"), DATA, ())
    renamed = {"value": "value_text", "statement": f"statement_{language}"}
    told = [{renamed.get(name, name): cell for name, cell in one.items() if name != "verdict"} for one in claims]
    return add_rows(c, "claims", [one | {"origin_id": "O-DATA"} for one in told])


def reword_error_for_small_project(message: str) -> str:
    """Return an error about the compendium that a folder stands for as one about the folder."""
    for theirs, ours in OURS.items():
        message = message.replace(theirs, ours)
    return message


def add_rows(c: Compendium, table: str, rows_of: Sequence[dict[str, str]]) -> Compendium:
    """Add rows to a table, each completed by the tables so far, and return the compendium as it then is."""
    c = check_and_rehash(c)
    for name, cells in [made for row in rows_of for made in rows.complete_row(c, table, row)]:
        transaction.append_raw_row(c, name, cells)
    return check_and_rehash(c)


def check_and_rehash(c: Compendium) -> Compendium:
    """Check the tables, renew their hashes, and return the compendium as it then is."""
    c = replace(c)  # which reads what was written
    validity.refresh_hashes_and_codebook(c.tables, gate.all_checks(c))
    return replace(c)


def read_claims(folder: Path) -> list[dict[str, str]]:
    """Return the rows of the table of claims, which must have the columns `NEEDED` and may have `verdict`."""
    (folder / BUILT).mkdir(parents=True, exist_ok=True)
    frame = tables.read_csv_as_texts(folder / CLAIMS, folder / BUILT / CLAIMS)
    if lacking := [name for name in NEEDED if name not in frame]:
        raise InputError(CLAIMS, f"has no column {lacking[0]}", f"write {','.join(NEEDED)} in its first line", 1)
    return frame.to_dict("records")


def test_each_claim_has_the_verdict_that_stands_beside_it() -> None:
    """The judgements give what the column `verdict` of claims.csv says; where it says nothing, they give something."""
    c = expand_small_project(folder := Path.cwd())
    gate.raise_if_inputs_invalid(c)
    judges, data, claims = gate.load_judgements(c), EvidenceTables(c), read_claims(folder)
    found = {claim["claim_id"]: judges.assess(claim["claim_id"], data).verdict for claim in claims}
    due = {claim["claim_id"]: claim["verdict"] for claim in claims if claim.get("verdict")}
    moved = [f"{name}: {one} in claims.csv, {found[name]} computed" for name, one in due.items() if one != found[name]]
    assert not moved, "\n".join(moved)
