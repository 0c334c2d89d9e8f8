"""The words of the ledger: in both languages, those to be known before quoting first; values as each language reads."""

import re

import pytest
from worlds import judged

from compendium.texts import both
from compendium.vocabulary import ANSWERS, DOUBTED, VERDICTS, WORDS, answered


@pytest.mark.parametrize("name", [*WORDS.keys() - {"signs"}])
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
    assert tuple(VERDICTS)[: len(DOUBTED)] == DOUBTED == ("contradicted", "inconsistent", "mixed", "relabelled")


def test_each_verdict_belongs_to_one_of_three_answers_the_gravest_first():
    verdicts = [verdict for answer in ANSWERS.values() for verdict in answer.verdicts]
    assert sorted(verdicts) == sorted(VERDICTS) and list(ANSWERS) == ["correct", "unsettled", "matches"]
    assert {answered(verdict) for verdict in DOUBTED} == {"correct"} and answered("traced") == "matches"
    assert len({answer.colour for answer in ANSWERS.values()}) == 3


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("", ""),
        ("yes", "是"),
        ("2016 to 2020 / 2018", "2016至2020 / 2018"),
        ("-1.5 to 2", "-1.5至2"),
        ("no to yes", "不能定"),
    ],
)
def test_a_computed_value_is_read_in_each_language(text, zh):
    assert judged(value_computed=text).computed == both(zh, "open" if text == "no to yes" else text)
