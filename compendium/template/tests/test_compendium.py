"""What must hold whatever the data say."""

import re

import pandas as pd
from click.testing import CliRunner

from compendium import cells, paths
from compendium.__main__ import main
from compendium.data import tables
from compendium.ledger import gate
from compendium.ledger.evidence import Change, Data
from compendium.run import contents, notebookfile
from compendium.show.halves import HAN, MARK, half
from study.judgements import judges


def test_the_tables_are_valid():
    assert gate.check() == []


def test_the_notebooks_are_executed_in_order_and_hold_no_error():
    assert [line for notebook in contents.select(()) for line in notebookfile.faults(notebook.path)] == []


def test_what_lies_here_is_in_order():
    """Findings can be read, and tables, figures, notebooks and READMEs are those of the last accepted run."""
    done = CliRunner(env={paths.OUT: str(paths.project().root)}).invoke(main, ["check"])
    assert done.exit_code == 0, done.output


def test_text_cells_hold_both_languages():
    texts = [(name, cell) for name in contents.catalogue() for cell in cells.of(name) if cell.kind == "markdown"]
    for name, cell in texts:
        assert cell.source.startswith("<!-- zh -->") and cell.source.count(MARK) == 1, (name, cell.id)
        zh, en = (half(cell.source, language) for language in ("zh", "en"))
        assert HAN.search(zh) and re.search("[A-Za-z]{3}", en), (name, cell.id)
        assert sorted(re.findall(r"\d+", zh)) == sorted(re.findall(r"\d+", en)), (name, cell.id)


def test_every_claim_has_the_expected_verdict():
    expected = pd.read_csv(paths.project().root / "tests" / "expected-verdicts.csv").set_index("claim_id")["verdict"]
    found = {name: judges.assess(name, Data()).verdict for name in tables.raw("claims")["claim_id"]}
    assert found == expected.to_dict()


def test_another_count_contradicts():
    counts = Data()("counts")
    last = counts.index[counts["year"] == 2022]
    doubled = Change("set", "counts", tuple(last), "cyclists", (2000,))
    assert judges.assess("Q01", Data().having(doubled)).verdict == "contradicted"
