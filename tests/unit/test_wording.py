"""Words in both languages: keys, placeholders and values fit; values are text, parts Markdown; one is shown alone."""

from types import SimpleNamespace

import pandas as pd
import pytest
from languages import in_each, notebook
from poison import POISON, READERS, shown

from compendium import CompendiumError
from compendium.show import figures, wording
from compendium.texts import NOTHING, Text, both, joined, of
from compendium.vocabulary import VERDICTS, Word

TEXTS = """
[texts.plain]
zh = "没有数。"
en = "No number."

[texts.values]
zh = "共{n}个，占{share:.1f}%，{row.name}为{by[gap]:.0f}。"
en = "{n} in all, {share:.1f} %; {row.name} is {by[gap]:.0f}."

[texts.named]
zh = "见{who}。"
en = "See {who}."

[texts.strong]
zh = "**{who}**"
en = "**{who}**"

[texts.again]
zh = "{a}、{b}、{a}"
en = "{b}, {a}"
"""
ROW = SimpleNamespace(name="x")


@pytest.fixture(autouse=True)
def texts(running):
    return running(TEXTS)


# A sentence


def test_a_sentence_takes_its_values_in_each_language():
    zh, en, two = in_each(
        lambda notebook: notebook.say("values", n=3, share=12.345, row=ROW, by={"gap": 4.6})._repr_markdown_()
    )
    assert zh == "共3个，占12.3%，x为5。" and en == "3 in all, 12.3 %; x is 5."
    assert two == f"<!-- zh -->\n{zh}\n\n<!-- en -->\n{en}"
    assert in_each(lambda notebook: notebook.say("plain")._repr_markdown_()) == [
        "没有数。",
        "No number.",
        "<!-- zh -->\n没有数。\n\n<!-- en -->\nNo number.",
    ]


def test_a_text_is_markdown_where_it_is_shown_and_as_it_stands_in_a_figure():
    inner = notebook().say("named", who="a*b")
    assert inner.en == "See a*b." and notebook().say("strong", who=inner).en == "**See a*b.**"
    assert notebook().say("strong", who=inner)._repr_markdown_().endswith(r"**See a\*b.**")
    listed = joined([inner, "c*d"])
    assert listed.en == "See a*b., c*d" and notebook().say("strong", who=listed)._repr_markdown_().endswith(
        r"**See a\*b., c\*d**"
    )


def test_the_blanks_around_a_text_are_cut_off():
    assert in_each(lambda notebook: wording.multilingual(both(" 中文 \n", "\nEnglish "), notebook.c.shown).data) == [
        "中文",
        "English",
        "<!-- zh -->\n中文\n\n<!-- en -->\nEnglish",
    ]


def test_a_placeholder_may_stand_twice_and_in_any_order():
    assert notebook().label("again", a=1, b=2).forms == ("1、2、1", "2, 1")


@pytest.mark.parametrize("make", ["say", "part", "label"])
@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("nothing", {}, "text nothing: there is none. Remedy: add it, or correct the key"),
        ("named", {}, "text named: who is given no value"),
        ("plain", {"who": 1}, "text plain: who has no placeholder"),
        ("named", {"whom": 1}, "text named: who is given no value"),
        ("values", {"n": 3, "share": 1.0, "row": ROW}, "text values: by is given no value"),
        ("named", {"who": 1, "why": 2}, "text named: why has no placeholder"),
        (
            "named",
            {"who": float("nan")},
            "text named: a value is nan. Remedy: give a value that is there, or say that there is none",
        ),
        (
            "named",
            {"who": None},
            "text named: a value is None. Remedy: give a value that is there, or say that there is none",
        ),
    ],
)
def test_keys_and_values_must_fit_the_texts(make, key, values, message):
    with pytest.raises(CompendiumError) as caught:
        _ = getattr(notebook(), make)(key, **values).forms
    assert str(caught.value) == f"notebooks/texts/01-a.toml, {message}"


@pytest.mark.parametrize(
    ("zh", "en", "said"),
    [
        ("{n}个", "{m}", "zh has ['n'], en has ['m']"),
        ("{n}个", "none", "zh has ['n'], en has []"),
        ("无", "{row.name} of {n:.1f}", "zh has [], en has ['n', 'row.name']"),
        ("{row.A}", "{row.b}", "zh has ['row.A'], en has ['row.b']"),
    ],
)
def test_both_languages_have_the_same_placeholders(running, zh, en, said):
    running(f'[texts.odd]\nzh = "{zh}"\nen = "{en}"\n')
    with pytest.raises(CompendiumError) as caught:
        notebook().say("plain")
    assert str(caught.value) == (
        f"notebooks/texts/01-a.toml, texts.odd: placeholders differ: {said}. Remedy: correct the entry"
    )


def test_braces_that_are_doubled_are_no_placeholders(running):
    running('[texts.set]\nzh = "{{1}} {n}"\nen = "{n} {{1}}"\n')
    assert notebook().label("set", n=2).forms == ("{1} 2", "2 {1}")


@pytest.mark.parametrize("missing", ["zh", "en"])
def test_no_language_may_be_missing(running, missing):
    running("[texts.odd]\n" + "".join(f'{tongue} = "a"\n' for tongue in ("zh", "en") if tongue != missing))
    with pytest.raises(CompendiumError, match=rf"01-a\.toml, texts\.odd\.{missing}: the key is missing\. Remedy"):
        notebook().say("odd")


def test_a_file_that_was_changed_is_read_again(running):
    assert notebook().say("plain")._repr_markdown_().endswith("No number.")
    running(TEXTS.replace("No number.", "None."))
    assert notebook().say("plain")._repr_markdown_().endswith("None.")


def test_a_notebook_without_texts_is_told(texts):
    texts.unlink()
    with pytest.raises(CompendiumError, match=r"^notebooks/texts/01-a\.toml is missing\. Remedy: "):
        notebook().say("plain")


# Values


def test_a_value_in_both_languages_is_shown_in_that_of_the_sentence():
    assert notebook().label("named", who=both("甲", "first")).forms == ("见甲。", "See first.")
    word = Word("甲", "first", "指甲", "means first")
    assert notebook().label("named", who=word).forms == ("见甲。", "See first.")
    assert notebook().label("named", who=VERDICTS["traced"]).forms == (f"见{VERDICTS['traced'].zh}。", "See traced.")
    numbers = both(12.34, 0.1234)  # 10,000 and millions
    assert notebook().label("values", n=1, share=numbers, row=ROW, by={"gap": 0}).zh.startswith("共1个，占12.3%")
    assert notebook().label("values", n=1, share=numbers, row=ROW, by={"gap": 0}).en.startswith("1 in all, 0.1 %")


@pytest.mark.parametrize("value", [POISON, both(POISON, POISON), Word(POISON, POISON)])
def test_a_value_stands_in_a_sentence_as_it_is(value):
    for said in in_each(lambda notebook: notebook.say("named", who=value)._repr_markdown_())[:2]:
        for read in READERS.values():
            text, tags, _ = shown(read(said))
            assert " ".join(POISON.split()) in text and tags <= {"p", "span"}


def test_values_within_a_value_are_escaped_too():
    said = (
        notebook().say("values", n="*a*", share=1.0, row=SimpleNamespace(name="<b>"), by={"gap": 1})._repr_markdown_()
    )
    assert said.count(r"\*a\*") == 2 and said.count("&lt;b>") == 2


def test_a_part_is_markdown_and_its_own_values_are_not():
    strong = notebook().part("strong", who="*a*")
    assert strong.marked and strong.forms == (r"**\*a\***", r"**\*a\***")
    assert in_each(lambda notebook: notebook.say("named", who=strong)._repr_markdown_())[:2] == [
        r"见**\*a\***。",
        r"See **\*a\***.",
    ]
    assert notebook().say("named", who=both(*strong.forms))._repr_markdown_().count(r"\*\*") == 4, (
        "a text that looks like one is none"
    )


def test_a_label_is_plain():
    name = notebook().label("named", who="a*b_<c>")
    assert name.forms == ("见a*b_<c>。", "See a*b_<c>.") and type(name) is Text
    page = figures.Page(notebook(), "en", "99-x", None, None)
    assert page.label("named", who="a*b") == "See a*b." and page(*name.forms) == "See a*b_<c>."
    assert figures.Page(notebook(), "zh", "99-x", None, None).label("named", who=both("甲", "b")) == "见甲。"


# Short texts


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (both("甲", "first"), ["甲", "first", "甲 first"]),
        (both("GDP", "GDP"), ["GDP", "GDP", "GDP"]),
        (both("甲", ""), ["甲", "", "甲"]),
        (both("", "first"), ["", "first", "first"]),
    ],
)
def test_a_short_text_is_shown_once_in_each_language(words, said):
    assert in_each(lambda notebook: wording.show_words(words, notebook.c.shown)) == said


def test_of_takes_the_twin_columns_of_a_row_or_of_several():
    rows = pd.DataFrame({"name_zh": ["甲", "乙"], "name_en": ["first", "second"], "n": [1, 2]})
    assert of(rows.iloc[0], "name") == both("甲", "first")
    assert of(rows, "name") == both("甲、乙", "first, second")
    assert of(rows.iloc[:0], "name") == NOTHING
    with pytest.raises(KeyError):
        of(rows.iloc[0], "n")


def test_a_list_is_joined_in_the_way_of_each_language():
    assert joined([1, "a", both("甲", "first"), VERDICTS["mixed"]]) == both(
        f"1、a、甲、{VERDICTS['mixed'].zh}",
        "1, a, first, mixed",
    )
    assert joined(["a", "b"], between=("；", "; ")) == both("a；b", "a; b")
    assert joined(iter(["a"])) == both("a", "a")


def test_a_list_of_parts_is_a_part():
    parts = [notebook().part("strong", who=name) for name in "ab"]
    assert joined(parts).markdown.zh == joined(parts).zh == "**a**、**b**"
    assert joined([*parts, "*c*"]).markdown.en == r"**a**, **b**, \*c\*"
    assert notebook().say("named", who=joined([*parts, "*c*"]))._repr_markdown_().count(r"\*c\*") == 2


def test_a_list_leaves_empty_texts_out():
    assert joined([both("甲", ""), "b", both("", "c")]) == both("甲、b", "b, c")


def test_texts_stand_in_the_order_of_the_chinese_then_the_english():
    first, second = both("a", "z"), both("b", "y")
    assert sorted([second, both("a", "zz"), first]) == [first, both("a", "zz"), second]


def test_a_text_is_filled_where_it_is_read_and_once(monkeypatch):
    asked = []
    monkeypatch.setattr(wording.texts, "filled", lambda *given: asked.append(given[2]) or "said")
    name = notebook().label("named", who="a")
    assert asked == []
    assert (name.en, name.en, name.zh) == ("said",) * 3 and asked == ["named"] * 2


@pytest.mark.parametrize(("n", "said"), [(1, "1 page"), (2, "2 pages"), (0, "0 pages")])
def test_a_number_chooses_between_one_and_more(running, n, said):
    running('[texts.pages]\nzh = "{n}页{n:|}"\nen = "{n} {n:page|pages}"\n')
    assert notebook().label("pages", n=n).forms == (f"{n}页", said)


def test_an_empty_list_says_what_stands_for_it():
    none = both("无", "none")
    assert joined([]) == NOTHING and joined([], empty=none) == joined([NOTHING], empty=none) == none
    assert joined(["a"], empty=none) == both("a", "a")
