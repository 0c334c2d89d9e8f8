"""The verdicts in terms of CiTO and FORRT: each has some, none says more than the verdict does."""

import re

import pytest
from pydantic import ValidationError

from compendium.pages import readme
from compendium.vocabulary import VERDICTS, Word

# Names of properties in CiTO that a review may have to a statement, and the outcomes that FORRT codes.
CITO = "agreesWith confirms corrects critiques disagreesWith discusses disputes qualifies refutes reviews supports"
FORRT = "replication successful|replication mixed|replication failed"
FORRT += "|reproduction computationally successful|reproduction computational issues"
UPHOLDS = re.compile(r"confirm|support|agree|valid|verif|corroborat|replicat|reproduc|success|robust", re.I)


def upheld(rows):
    """Return the verdicts of which a term says that somebody found the statement right."""
    said = {verdict: f"{row.cito[0]} {row.forrt[0] if row.forrt else ''}" for verdict, row in rows.items()}
    return {v for v, s in said.items() if UPHOLDS.search(s) and not re.search("disagrees|failed|mixed", s)}


def test_every_verdict_has_terms_of_their_vocabularies():
    for verdict, row in VERDICTS.items():
        assert row.cito[0] in CITO.split(), verdict
        assert row.forrt is None or row.forrt[0] in FORRT.split("|"), verdict
        found = row.terms
        assert found[0].iri == f"http://purl.org/spar/cito/{VERDICTS[verdict].cito[0]}"
        assert [term.vocabulary for term in found] == ["CiTO", "FORRT"][: len(found)]


def test_only_what_was_measured_anew_or_recomputed_is_said_to_be_right():
    assert upheld(VERDICTS) == {"confirmed", "recomputed", "reproduced"}
    assert [v for v, row in VERDICTS.items() if row.cito[0] == "confirms"] == ["confirmed"]
    assert VERDICTS["recomputed"].forrt == ("reproduction computationally successful", "close")
    assert VERDICTS["reproduced"].forrt[1] == "related", "the data are not shown to be those of the paper"


def test_traced_never_says_that_somebody_found_it_right():
    assert "traced" not in upheld(VERDICTS) and VERDICTS["traced"].forrt is None
    wrong = Word(zh="", en="", cito=["agreesWith", "exact"])
    assert "traced" in upheld(VERDICTS | {"traced": wrong}), "the test would notice"


@pytest.mark.parametrize("entry", [["reviews", "same"], ["reviews"], "close"])
def test_an_entry_without_a_term_or_with_an_unknown_match_is_refused(entry):
    with pytest.raises(ValidationError, match="cito"):
        Word(zh="", en="", cito=entry)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_on_verdicts_shows_the_table(language):
    rows = [line.split(" | ") for line in readme.list_terms(language).splitlines()[2:]]
    assert [row[0].removeprefix("| ") for row in rows] == [getattr(word, language) for word in VERDICTS.values()]
    for verdict, row in zip(VERDICTS, rows, strict=True):
        assert row[1].startswith(f"cito:{VERDICTS[verdict].cito[0]}")
        assert (row[2] == "– |") == (VERDICTS[verdict].forrt is None)
