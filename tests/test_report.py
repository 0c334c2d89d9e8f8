"""What notebook 12 reads besides the ledger."""

import pandas as pd
import pytest
from languages import notebook

from compendium import CompendiumError
from compendium.ledger import claims
from compendium.run import sweep
from compendium.vocabulary import QUALIFIED, VERDICTS
from study import report


def test_claims_are_told_by_weight_then_by_verdict(c):
    ledger = claims.frame(claims.read_ledger(c))
    told = report.told(ledger, "supporting", ", ".join(QUALIFIED))
    mine = ledger[ledger["verdict"].isin(QUALIFIED) & ledger["weight"].ne("structural")]
    assert sorted(told["claim_id"]) == sorted(mine["claim_id"]) != []
    order = list(zip(told["weight"], told["verdict"].map(list(VERDICTS.values()).index), strict=True))
    assert order == sorted(order)
    assert set(report.told(ledger, "headline", "all")["weight"]) == {"headline"}


@pytest.mark.parametrize(
    ("weight", "verdicts", "said"),
    [
        ("structural", "all", r"lowest_weight: there is no 'structural'\. Remedy: headline, supporting"),
        ("headline", "mixed, wrong", r"verdicts_told: there is no 'wrong'\. Remedy: contradicted, "),
    ],
)
def test_another_weight_or_verdict_is_refused(c, weight, verdicts, said):
    with pytest.raises(CompendiumError, match=said):
        report.told(claims.frame(claims.read_ledger(c)), weight, verdicts)


def test_what_moves_with_the_choices_is_told_in_words(monkeypatch):
    columns = ["item", "verdict", "share", "values", "verdicts", "flipped_by", "moved_by"]
    rows = [
        ("Q01", "traced", 1, 1, "traced", "", ""),
        ("Q24", "bounded", 0.5, 2, "bounded ; open", "evidence_tier=1 ; evidence_tier=2", "gdp_vintage=prelim"),
        ("pearl_delta", "not_above", 1, 3, "not_above", "", "evidence_tier=1"),
    ]
    monkeypatch.setattr(sweep, "read_table", lambda *_: pd.DataFrame(rows, columns=columns))
    claim, result = report.moving(notebook(name="12-reproduction-report")).to_dict("records")
    assert claim["item"] == "Q24" and claim["share_pct"] == 50 and claim["verdicts"].en == "bounded; open"
    assert claim["flipped_by"].en == "evidence tier" and claim["moved_by"].zh == "GDP 版本"
    assert result["item"].en.startswith("Pearl River delta") and result["verdict"].en == "not above one"


def test_a_curve_holds_only_the_choices_that_concern_it():
    curve = report.curve(notebook(), "pearl_delta")
    concern = set(curve) - {"verdict", "low", "high"}
    assert "evidence_tier" in concern and "confidence_level" not in concern
    assert (curve["low"] <= curve["high"]).all()
