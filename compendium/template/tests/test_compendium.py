"""What must hold whatever the data say."""

import pandas as pd

from compendium import paths
from compendium.data import tables
from compendium.ledger import gate
from compendium.ledger.evidence import Change, Data
from compendium.run import contents, notebookfile
from study.judgements import judges


def test_the_tables_are_valid():
    assert gate.check() == []


def test_the_notebooks_are_executed_in_order_and_hold_no_error():
    assert [line for notebook in contents.select(()) for line in notebookfile.faults(notebook.path)] == []


def test_every_claim_has_the_expected_verdict():
    expected = pd.read_csv(paths.project().root / "tests" / "expected-verdicts.csv").set_index("claim_id")["verdict"]
    found = {name: judges.assess(name, Data()).verdict for name in tables.raw("claims")["claim_id"]}
    assert found == expected.to_dict()


def test_another_count_contradicts():
    counts = Data()("counts")
    last = counts.index[counts["year"] == 2022]
    doubled = Change("set", "counts", tuple(last), "cyclists", (2000,))
    assert judges.assess("Q01", Data().having(doubled)).verdict == "contradicted"
