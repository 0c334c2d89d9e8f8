"""What the rows of the raw tables rest on, as notebook 00 shows it."""

import pandas as pd
import pytest

from compendium import CompendiumError
from compendium.show.notebook import Notebook
from study import provenance
from study.judgements import judges


def test_every_fact_is_there_once_for_each_source_it_names(c):
    cited = provenance.cited(Notebook(c, "00-sources-and-claims", judges))
    assert not cited.duplicated(["table", "row", "source_id"]).any()
    assert not provenance.ABOUT_SOURCES & set(cited["table"])
    batches = c.tables("pilot_batches")
    named = batches["source_id"].ne("").sum() + batches["also_in"].str.split(" ; ").explode().ne("").sum()
    assert (cited["table"] == "pilot_batches").sum() == named


def test_a_source_is_accepted_by_grade_and_host():
    sources = pd.DataFrame({"grade": ["A", "B", "C", "A"], "host_trust": ["ok", "ok", "ok", "unsafe"]})
    assert provenance.accepted(sources, "B", unsafe=False).tolist() == [True, True, False, False]
    assert provenance.accepted(sources, "C", unsafe=True).all()
    with pytest.raises(CompendiumError, match=r"lowest_grade is 'D'\. Remedy: A, B, C"):
        provenance.accepted(sources, "D", unsafe=False)
