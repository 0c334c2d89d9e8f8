"""The gate: what is wrong in the code of a study is told in one line, with file and line, before anything runs."""

import sys

import pytest

import study
from compendium import CompendiumError
from compendium.data import tables
from compendium.ledger import gate
from study.judgements import judges

TWICE = """
from compendium.ledger.judges import Judges

judges = Judges()
judges("Q01")(print)
judges("Q01")(print)
"""
SLIPS = [
    ("x = 1\ny = (\n", "line 2: '(' was never closed"),
    ("\nimport statsmodel\n", "line 2: ModuleNotFoundError: No module named 'statsmodel'"),
    ("x = 1\ny = z\n", "line 2: NameError: name 'z' is not defined"),
    (TWICE, "line 6: Q01: two judgements"),
]


@pytest.mark.parametrize(("code", "said"), SLIPS)
def test_a_slip_in_the_code_of_a_study_is_told(code, said, tmp_path, monkeypatch):
    file = tmp_path / "slip.py"
    file.write_text(code, encoding="utf-8")
    monkeypatch.setattr(study, "__path__", [*study.__path__, str(tmp_path)])
    with pytest.raises(CompendiumError) as caught:
        gate.study("slip")
    assert str(caught.value) == f"{file}, {said}. Remedy: correct the code"
    assert "study.slip" not in sys.modules


def judgement(claim, data):
    """Stand for a judgement whose id is mistyped."""


def test_a_judgement_of_no_claim_is_refused(monkeypatch):
    monkeypatch.setitem(judges.known, "Q999", judgement)
    with pytest.raises(CompendiumError) as caught:
        gate.raise_if_bad()
    place = f"tests/unit/test_gate.py, line {judgement.__code__.co_firstlineno}"
    assert str(caught.value) == f"{place}: Q999 is no claim of data/raw/claims.csv. Remedy: correct the id"


def test_a_number_for_a_claim_that_prints_none_is_refused_wherever_it_stands(monkeypatch):
    rows, known = tables.raw("claim_evidence"), next(iter(judges.known))
    claims = tables.raw("claims")
    wordless = claims.loc[claims["value_low"].isna() & ~claims["claim_id"].isin(judges.known), "claim_id"].iloc[0]
    given = rows.head(2).assign(claim_id=[known, wordless], comparison="value", value=7.0)
    monkeypatch.setattr(gate.tables, "raw", {"claims": claims, "claim_evidence": given}.__getitem__)
    with pytest.raises(CompendiumError, match=rf"row 3, column value: value '7' — cannot be compared with {wordless}"):
        gate.raise_if_unjudged()
