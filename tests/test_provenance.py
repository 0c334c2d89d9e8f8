"""What the rows of the raw tables rest on, as notebook 00 shows it."""

import pandas as pd
import pytest

from compendium import CompendiumError
from study.analysis import provenance


def test_a_source_is_accepted_by_grade_and_host():
    sources = pd.DataFrame({"grade": ["A", "B", "C", "A"], "host_trust": ["ok", "ok", "ok", "unsafe"]})
    assert provenance.mask_accepted_sources(sources, "B", accept_unsafe=False).tolist() == [True, True, False, False]
    assert provenance.mask_accepted_sources(sources, "C", accept_unsafe=True).all()
    with pytest.raises(CompendiumError, match=r"lowest_grade is 'D'\. Remedy: A, B, C"):
        provenance.mask_accepted_sources(sources, "D", accept_unsafe=False)
