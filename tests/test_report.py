"""What notebook 12 reads besides the ledger."""

import pytest

from compendium import CompendiumError
from compendium.ledger import claims
from study.analysis import report


@pytest.mark.parametrize(
    ("weight", "verdicts", "said"),
    [
        ("structural", "all", r"lowest_weight: there is no 'structural'\. Remedy: headline, supporting"),
        ("headline", "mixed, wrong", r"verdicts_told: there is no 'wrong'\. Remedy: contradicted, "),
    ],
)
def test_another_weight_or_verdict_is_refused(c, weight, verdicts, said):
    with pytest.raises(CompendiumError, match=said):
        report.select_claims_by_verdict(claims.ledger_to_frame(claims.read_ledger(c)), weight, verdicts)
