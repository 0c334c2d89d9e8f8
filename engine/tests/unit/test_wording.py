"""Words in both languages: keys, placeholders and values fit; values are text, parts Markdown; one is shown alone."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from languages import in_each, notebook
from poison import POISON, READERS, shown

from compendium import CompendiumError
from compendium.base.texts import NOTHING, TomlTranslations, TranslatedText, join_texts, make_bilingual_text, of
from compendium.base.vocabulary import VERDICTS
from compendium.notebook import figures, wording

TEXTS = """
[texts]
plain = { zh = "没有数。", en = "No number." }
named = { zh = "见{who}。", en = "See {who}." }
strong = { zh = "**{who}**", en = "**{who}**" }
again = { zh = "{a}、{b}、{a}", en = "{b}, {a}" }
doubled = { zh = "{{1}} {n}", en = "{n} {{1}}" }
pages = { zh = "{n}页{n:|}", en = "{n} {n:page|pages}" }

[texts.values]
zh = "共{n}个，占{share:.1f}%，{row.name}为{by[gap]:.0f}。"
en = "{n} in all, {share:.1f} %; {row.name} is {by[gap]:.0f}."
"""
ROW = SimpleNamespace(name="x")


@pytest.fixture(autouse=True)
def texts(running):
    return running(TEXTS)


# A sentence


def shown_in_each(key, **values):
    """Return a text as a cell shows it in Chinese and in English, after looking at it in both."""
    zh, en, two = in_each(lambda notebook: notebook.say(key, **values)._repr_markdown_())
    assert two == f"<!-- zh -->\n{zh}\n\n<!-- en -->\n{en}"
    return zh, en


def test_a_sentence_takes_its_values_in_each_language():
    given = {"n": 3, "row": ROW, "by": {"gap": 4.6}}
    zh, en = shown_in_each("values", share=12.345, **given)
    assert zh == "共3个，占12.3%，x为5。" and en == "3 in all, 12.3 %; x is 5."
    zh, en = shown_in_each("values", share=make_bilingual_text(12.34, 0.1234), **given)  # 10,000 and millions
    assert zh.startswith("共3个，占12.3%") and en.startswith("3 in all, 0.1 %")


def test_a_text_is_markdown_where_it_is_shown_and_as_it_stands_in_a_figure():
    inner = notebook().say("named", who="a*b")
    for who, said in ((inner, "See a*b."), (join_texts([inner, "c*d"]), "See a*b., c*d")):
        assert who.en == said and notebook().say("strong", who=who).en == f"**{said}**"
        assert shown_in_each("strong", who=who)[1] == f"**{said}**".replace("a*b", r"a\*b").replace("c*d", r"c\*d")


@pytest.mark.parametrize(
    ("key", "values", "forms"),
    [
        ("again", {"a": 1, "b": 2}, ("1、2、1", "2, 1")),
        ("doubled", {"n": 2}, ("{1} 2", "2 {1}")),
        ("pages", {"n": 1}, ("1页", "1 page")),
        ("pages", {"n": 2}, ("2页", "2 pages")),
        ("pages", {"n": 0}, ("0页", "0 pages")),
        ("named", {"who": make_bilingual_text("甲", "first")}, ("见甲。", "See first.")),
        ("named", {"who": TomlTranslations(zh="甲", en="first")}, ("见甲。", "See first.")),
        ("named", {"who": VERDICTS["traced"]}, (f"见{VERDICTS['traced'].zh}。", "See traced.")),
    ],
)
def test_placeholders_stand_in_any_order_choose_by_number_and_take_a_value_in_its_language(key, values, forms):
    assert notebook().label(key, **values).forms == forms


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("nothing", {}, "text nothing: there is none. Remedy: add it, or correct the key"),
        ("named", {}, "text named: who is given no value"),
        ("plain", {"who": 1}, "text plain: who has no placeholder"),
        ("values", {"n": 3, "share": 1.0, "row": ROW}, "text values: by is given no value"),
        ("named", {"who": float("nan")}, "text named: a value is nan. Remedy: give a value that is there, or say that"),
        ("named", {"who": None}, "text named: a value is None. Remedy: give a value that is there, or say that"),
    ],
)
def test_keys_and_values_must_fit_the_texts(key, values, message):
    for make in ("say", "part", "label"):
        with pytest.raises(CompendiumError, match=f"^{re.escape(f'notebooks/texts/01-a.toml, {message}')}"):
            _ = getattr(notebook(), make)(key, **values).forms


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ('zh = "{n}个"\nen = "{m}"', ": placeholders differ: zh has ['n'], en has ['m']. Remedy: correct the entry"),
        ('zh = "无"\nen = "{row.name} of {n:.1f}"', ": placeholders differ: zh has [], en has ['n', 'row.name']."),
        ('zh = "a"', ".en: the key is missing. Remedy"),
    ],
)
def test_both_languages_are_there_and_have_the_same_placeholders(running, texts, said):
    running(f"{TEXTS}\n[texts.odd]\n{texts}\n")
    with pytest.raises(CompendiumError, match=f"^{re.escape(f'notebooks/texts/01-a.toml, texts.odd{said}')}"):
        notebook().say("plain")


def test_a_file_that_was_changed_is_read_again(running):
    assert notebook().say("plain").en == "No number."
    running(TEXTS.replace("No number.", "None."))
    assert notebook().say("plain").en == "None."


# Values


@pytest.mark.parametrize("value", [POISON, make_bilingual_text(POISON, POISON), TomlTranslations(zh=POISON, en=POISON)])
def test_a_value_stands_in_a_sentence_as_it_is(value):
    for said in shown_in_each("named", who=value):
        for read in READERS.values():
            text, tags, _ = shown(read(said))
            assert " ".join(POISON.split()) in text and tags <= {"p", "span"}


def test_a_part_is_markdown_and_its_own_values_are_not():
    strong = notebook().part("strong", who="*a*")
    assert strong.marked and strong.forms == (r"**\*a\***", r"**\*a\***")
    assert shown_in_each("named", who=strong) == (r"见**\*a\***。", r"See **\*a\***.")
    assert shown_in_each("named", who=make_bilingual_text(*strong.forms))[1].count(r"\*\*") == 2, (
        "a text that looks like one is none"
    )


def test_a_label_is_plain_and_a_page_says_it_in_its_language():
    name = notebook().label("named", who="a*b_<c>")
    assert name.forms == ("见a*b_<c>。", "See a*b_<c>.") and type(name) is TranslatedText
    page = figures.FigurePage(notebook(), "en", "99-x", None, None)
    assert (
        page.label("named", who=make_bilingual_text("甲", "a*b")) == "See a*b." and page(*name.forms) == "See a*b_<c>."
    )


# Short texts


def test_a_short_text_is_shown_once_in_each_language_and_texts_stand_in_the_order_of_the_chinese():
    for words, said in (
        (make_bilingual_text("甲", "first"), ["甲", "first", "甲 first"]),
        (make_bilingual_text("GDP", "GDP"), ["GDP", "GDP", "GDP"]),
        (make_bilingual_text("甲", ""), ["甲", "", "甲"]),
        (make_bilingual_text("", "first"), ["", "first", "first"]),
    ):
        assert in_each(lambda notebook, words=words: wording.render_bilingual_words(words, notebook.c.shown)) == said
    first, second = make_bilingual_text("a", "z"), make_bilingual_text("b", "y")
    assert sorted([second, make_bilingual_text("a", "zz"), first]) == [first, make_bilingual_text("a", "zz"), second]


def test_of_takes_the_twin_columns_of_a_row_or_of_several():
    rows = pd.DataFrame({"name_zh": ["甲", "乙"], "name_en": ["first", "second"], "n": [1, 2]})
    assert of(rows.iloc[0], "name") == make_bilingual_text("甲", "first")
    assert of(rows, "name") == make_bilingual_text("甲、乙", "first, second")
    assert of(rows.iloc[:0], "name") == NOTHING
    with pytest.raises(KeyError):
        of(rows.iloc[0], "n")


def test_a_list_is_joined_in_the_way_of_each_language_and_one_of_parts_is_a_part():
    listed = make_bilingual_text(f"1、a、甲、{VERDICTS['mixed'].zh}", "1, a, first, mixed")
    assert join_texts(iter([1, "a", make_bilingual_text("甲", "first"), VERDICTS["mixed"]])) == listed
    assert join_texts(["a", "b"], separator=("；", "; ")) == make_bilingual_text("a；b", "a; b")
    assert join_texts([make_bilingual_text("甲", ""), "b", make_bilingual_text("", "c")]) == make_bilingual_text(
        "甲、b", "b, c"
    ), "empty texts are left out"
    none = make_bilingual_text("无", "none")
    assert join_texts([]) == NOTHING and join_texts([], empty=none) == join_texts([NOTHING], empty=none) == none
    assert join_texts(["a"], empty=none) == make_bilingual_text("a", "a")
    parts = [notebook().part("strong", who=name) for name in "ab"]
    assert join_texts(parts).markdown.zh == join_texts(parts).zh == "**a**、**b**"
    assert join_texts([*parts, "*c*"]).markdown.en == r"**a**, **b**, \*c\*"
    assert shown_in_each("named", who=join_texts([*parts, "*c*"]))[0] == r"见**a**、**b**、\*c\*。"
