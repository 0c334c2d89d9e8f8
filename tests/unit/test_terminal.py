"""Claims in a terminal: whatever lies in the tables, what cannot be told is one line with a remedy."""

import pytest
import worlds
from click.testing import CliRunner

from compendium import paths
from compendium.__main__ import main
from compendium.pages import terminal

LEDGER = {"claim_id": "Q01", "verdict": "traced", "strength": "firm", "evidence": "s1"}
LEDGER |= {"value_computed": "46", "value_printed": "46", "printed_zh": "46个", "printed_en": "46 projects"}
LEDGER |= {"agreement": "same", "rule": "printed", "trace": "copy", "reason_en": "Because."}
LEDGER = worlds.judged(**LEDGER).cells(worlds.HERE.languages)
CLAIM = {"claim_id": "Q01", "section": "1", "weight": "headline", "statement_zh": "句", "statement_en": "Said."}
SOURCE = {"source_id": "s1", "grade": "A", "host_trust": "ok", "name_zh": "甲", "name_en": "First paper"}
TABLES = {
    "raw/claims": CLAIM,
    "raw/sources": SOURCE,
    "raw/claim_evidence": {"evidence_id": "V001", "claim_id": "Q02"},
    "raw/excerpts": {"excerpt_id": "X001", "table": "", "row_key": ""},
    "processed/claims": LEDGER,
}


@pytest.fixture
def c(tmp_path):
    """A compendium of one claim."""
    return worlds.at(worlds.declare(tmp_path))


@pytest.fixture
def put(c, monkeypatch):
    """A function that writes a row as one of the tables of that compendium."""

    def write(name, row):
        file = c.root / "data" / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
        return file

    for name, row in TABLES.items():
        write(name, row)
    monkeypatch.setenv(paths.ROOT, str(c.root))
    return write


def told():
    outcome = CliRunner().invoke(main, ["claims", "Q01"])
    assert outcome.exit_code == 1 and outcome.output.count("\n") == 1
    return outcome.output


def test_a_claim_is_told_with_its_source(c, put):
    assert {"  [A] s1: 甲 / First paper", "Because."} <= {*terminal.show_claim(c, "Q01")}


def test_a_compendium_without_excerpts_tells_its_claims(c, put):
    put("raw/excerpts", {}).unlink()
    assert "Because." in terminal.show_claim(c, "Q01")


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("raw/sources", SOURCE | {"source_id": "mine"}, "s1 is no longer in data/raw/sources.csv. Remedy: make, then"),
        ("raw/sources", {"source_id": "s1", "grade": "A"}, "sources.csv: is no table with a column host_trust. Remedy"),
        ("raw/sources", {"a": "b"}, "sources.csv: is no table with a column source_id. Remedy"),
        ("raw/claims", {"claim_id": "Q01", "x": ""}, "claims.csv: is no table with a column section. Remedy"),
        ("processed/claims", {"claim_id": "Q01", "verdict": "traced"}, "with a column section. Remedy"),
        ("processed/claims", LEDGER | {"value_computed": "4x"}, "claims.csv: Q01 is no judged claim. Remedy: take"),
        ("processed/claims", LEDGER | {"verdict": "trusted"}, "Q01: 'trusted' is no verdict. Remedy: make, then make"),
    ],
)
def test_what_was_replaced_is_told_in_one_line(put, name, row, said):
    put(name, row)
    assert said in told()


def test_a_missing_ledger_and_one_that_is_no_text_are_told(c, put):
    put("processed/claims", LEDGER).write_bytes(b"\xff\xfe\x00")
    assert "is no table in UTF-8. Remedy" in told()
    paths.processed_path("claims", c.root).unlink()
    assert "Q01 has no accepted verdict yet. Remedy: make, then make accept" in told()
