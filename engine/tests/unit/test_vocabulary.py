"""The words of the ledger, in both languages and in terms of CiTO and FORRT; values as each language reads them."""

import re

import pytest

from compendium.base.vocabulary import ANSWERS, QUALIFIED, VERDICTS, WORDS, find_answer_category


@pytest.mark.parametrize("name", sorted(WORDS.keys() - {"signs"}))
def test_every_word_is_in_both_languages(name):
    for key, word in WORDS[name].items():
        if key not in ("", "ok", "firm"):  # nothing to say is said with no word
            assert re.search(r"[\u4e00-\u9fff]", word.zh) and re.search("[a-z]", word.en), key
        assert not re.search(r"[\u4e00-\u9fff]", word.en + word.means.en)
        assert bool(word.means.zh) == bool(word.means.en)
        assert word.means.zh or name not in ("verdicts", "rules")


def test_a_verdict_is_its_english_word_with_a_colour_of_its_own_the_gravest_first():
    assert [word.en for word in VERDICTS.values()] == list(VERDICTS)
    colours = [word.colour for word in VERDICTS.values()]
    assert len(set(colours)) == len(colours) and all(re.fullmatch("#[0-9A-F]{6}", colour) for colour in colours)
    assert tuple(VERDICTS)[: len(QUALIFIED)] == QUALIFIED


def test_each_verdict_belongs_to_one_of_four_answers_the_gravest_first():
    verdicts = [verdict for answer in ANSWERS.values() for verdict in answer.verdicts]
    assert sorted(verdicts) == sorted(VERDICTS) and list(ANSWERS) == ["correct", "precise", "unsettled", "matches"]
    assert [find_answer_category(word) for word in ("contradicted", "misquoted", "relabelled", "traced")] == [
        *["correct"] * 2, "precise", "matches"
    ]  # fmt: skip
    assert len({answer.colour for answer in ANSWERS.values()}) == 4


# The verdicts in terms of CiTO and FORRT: none says more than the verdict does

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


def test_only_what_was_measured_anew_or_recomputed_is_said_to_be_right():
    assert upheld(VERDICTS) == {"confirmed", "recomputed", "reproduced"}
    assert [v for v, row in VERDICTS.items() if row.cito[0] == "confirms"] == ["confirmed"]
    assert VERDICTS["recomputed"].forrt == ("reproduction computationally successful", "close")
    assert VERDICTS["reproduced"].forrt[1] == "related", "the data are not shown to be those of the paper"
