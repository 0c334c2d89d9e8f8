"""What notebook 12 reads besides the ledger."""

import pandas as pd
import pytest
from languages import notebook

from compendium import CompendiumError
from compendium.ledger import claims
from compendium.run import sweep
from study import report


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
