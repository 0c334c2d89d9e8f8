"""What the rows of the raw tables rest on, as notebook 00 shows it."""

import pandas as pd
import pytest

from compendium import CompendiumError
from study import provenance


def test_a_source_is_accepted_by_grade_and_host():
    sources = pd.DataFrame({"grade": ["A", "B", "C", "A"], "host_trust": ["ok", "ok", "ok", "unsafe"]})
    assert provenance.accepted(sources, "B", unsafe=False).tolist() == [True, True, False, False]
    assert provenance.accepted(sources, "C", unsafe=True).all()
    with pytest.raises(CompendiumError, match=r"lowest_grade is 'D'\. Remedy: A, B, C"):
        provenance.accepted(sources, "D", unsafe=False)
