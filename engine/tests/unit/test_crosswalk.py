"""The verdicts in terms of CiTO and FORRT: each has some, none says more than the verdict does."""

import re

import pytest

from compendium import CompendiumError
from compendium.ledger import crosswalk
from compendium.pages import readme
from compendium.vocabulary import VERDICTS

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
    assert set(crosswalk.table()) == set(VERDICTS)
    for verdict, row in crosswalk.table().items():
        assert row.cito[0] in CITO.split(), verdict
        assert row.forrt is None or row.forrt[0] in FORRT.split("|"), verdict
        found = crosswalk.terms(verdict)
        assert found[0].iri == f"http://purl.org/spar/cito/{crosswalk.table()[verdict].cito[0]}"
        assert [term.vocabulary for term in found] == ["CiTO", "FORRT"][: len(found)]


def test_only_what_was_measured_anew_or_recomputed_is_said_to_be_right():
    assert upheld(crosswalk.table()) == {"confirmed", "recomputed", "reproduced"}
    assert [v for v, row in crosswalk.table().items() if row.cito[0] == "confirms"] == ["confirmed"]
    assert crosswalk.table()["recomputed"].forrt == ("reproduction computationally successful", "close")
    assert crosswalk.table()["reproduced"].forrt[1] == "related", "the data are not shown to be those of the paper"


def test_traced_never_says_that_somebody_found_it_right():
    rows = crosswalk.table()
    assert "traced" not in upheld(rows) and rows["traced"].forrt is None
    wrong = crosswalk.Terms.model_validate({"cito": ["agreesWith", "exact"]})
    assert "traced" in upheld(rows | {"traced": wrong}), "the test would notice"


@pytest.mark.parametrize("entry", ['cito = ["reviews", "same"]', 'cito = ["reviews"]', 'forrt = ["a", "close"]'])
def test_an_entry_without_a_term_or_with_an_unknown_match_is_refused(monkeypatch, tmp_path, entry):
    (tmp_path / "terms.toml").write_text(f"[traced]\n{entry}\n", encoding="utf-8")
    monkeypatch.setattr(crosswalk, "FILE", tmp_path / "terms.toml")
    with pytest.raises(CompendiumError, match=r"terms\.toml, traced\.\w+"):
        crosswalk.table.__wrapped__()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_on_verdicts_shows_the_table(language):
    rows = [line.split(" | ") for line in readme.list_terms(language).splitlines()[2:]]
    assert [row[0].removeprefix("| ") for row in rows] == [getattr(word, language) for word in VERDICTS.values()]
    for verdict, row in zip(VERDICTS, rows, strict=True):
        assert row[1].startswith(f"cito:{crosswalk.table()[verdict].cito[0]}")
        assert (row[2] == "– |") == (crosswalk.table()[verdict].forrt is None)
