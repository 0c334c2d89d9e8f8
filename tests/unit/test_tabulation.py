"""Tables for display: where headings come from, what cells say, and all of it in one language or in both."""

import pandas as pd
import pytest
from languages import in_each, notebook

from compendium import CompendiumError
from compendium.show import tabulation
from compendium.show.tabulation import heading, name_column, source_names, table
from compendium.texts import both

TEXTS = """
[headings]
share = { zh = "占比", en = "Share" }
firms = { zh = "我们的企业", en = "Our firms" }
"""


@pytest.fixture(autouse=True)
def texts(running):
    return running(TEXTS)


def columns(frame, *names, **options):
    return in_each(lambda notebook: table(notebook, frame, *names, **options).columns.tolist())


# Headings


def test_headings_come_from_the_texts_else_from_the_data_package():
    frame = pd.DataFrame({"year": [1], "firms": [2], "share": [0.5], "source_id": ["s1"]})
    assert columns(frame) == [
        ["年份", "我们的企业", "占比", "来源"],
        ["Year", "Our firms", "Share", "Source"],
        ["年份 Year", "我们的企业 Our firms", "占比 Share", "来源 Source"],
    ]


def test_a_heading_given_on_the_spot_comes_first():
    given = {"firms": both("2016年", "of 2016"), "year": both("年", "year")}
    frame = pd.DataFrame({"year": [1], "firms": [2]})
    assert columns(frame, headings=given)[2] == ["年 year", "2016年 of 2016"]


def test_of_several_titles_that_of_the_table_at_hand_is_taken():
    """`people` is a number in one table and a rate in the other; a frame of `c.tables` knows its table."""
    frame = pd.DataFrame({"people": [1]})
    for name, said in (("counts", "人数（万人） People (10,000)"), ("rates", "比率（%） Rate (%)")):
        frame.attrs["table"] = name
        assert columns(frame)[2] == [said]
        assert columns(frame.query("people > 0").reset_index(drop=True))[2] == [said], "lost on the way"
    assert heading(notebook(), "people", "counts") == both("人数（万人）", "People (10,000)")
    assert notebook().c.tables("sources").attrs["table"] == "sources"


def test_what_all_tables_call_alike_needs_no_table():
    assert (
        heading(notebook(), "kind")
        == heading(notebook(), "kind", "counts")
        == heading(notebook(), "kind", "unread")
        == both("种类", "Kind")
    )


@pytest.mark.parametrize(("column", "titles"), [("people", 2), ("hidden", 0), ("nothing", 0)])
def test_a_column_with_no_title_or_several_is_an_error_that_says_where_to_put_one(running, column, titles):
    with pytest.raises(CompendiumError) as caught:
        table(notebook(), pd.DataFrame({column: [1]}))
    reads = "if it is that of unread, add that to `reads` in notebooks/contents.toml; else "
    assert str(caught.value) == (
        f"column {column} has {titles} titles in the raw tables that 01-a reads. Remedy: "
        f"{reads if column == 'hidden' else ''}give it one in [headings] of notebooks/texts/01-a.toml"
    )
    assert columns(pd.DataFrame({column: [1]}), headings={column: both("甲", "a")})[2] == ["甲 a"]
    running(f'[headings]\n{column} = {{ zh = "乙", en = "b" }}\n')
    assert columns(pd.DataFrame({column: [1]}))[2] == ["乙 b"]


def test_the_tables_of_the_ledger_need_not_be_declared():
    assert heading(notebook(), "name_zh") == both("名称", "") and heading(notebook(), "name_en") == both("", "Name")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"name": "a", "title": "Firms", "title_zh": "企业数"}, ("企业数", "Firms")),
        ({"name": "a", "title": "Share", "title_zh": "占比", "unit": "%", "unit_zh": "%"}, ("占比（%）", "Share (%)")),
        ({"name": "a", "title": "Start", "title_zh": "始", "unit": "year", "unit_zh": "年"}, ("始", "Start")),
        ({"name": "a", "title": "Firms", "title_zh": "企业数", "unit": "firms", "unit_zh": "家"}, ("企业数", "Firms")),
        ({"name": "a", "title": "Low", "title_zh": "低", "unit": "see column u", "unit_zh": "见u列"}, ("低", "Low")),
        ({"name": "a", "title": "Low", "title_zh": "低", "unit": "unit of b", "unit_zh": "同b"}, ("低", "Low")),
        ({"name": "a_zh", "title": "Place, Chinese", "title_zh": "地点（中文）"}, ("地点", "")),
        ({"name": "a_en", "title": "Place, English", "title_zh": "地点（英文）"}, ("", "Place")),
    ],
)
def test_a_title_has_its_unit_where_that_is_not_told_elsewhere(field, said):
    assert name_column(notebook().c, field).forms == said


# Columns


def test_twins_stand_in_their_languages():
    frame = pd.DataFrame({"place_zh": ["甲地"], "place_en": ["Place A"], "year": [1]})
    assert columns(frame, "year", "place") == [["年份", "地点"], ["Year", "Place"], ["年份 Year", "地点", "Place"]]
    shown = in_each(lambda notebook: table(notebook, frame, "place").to_numpy().tolist())
    assert shown == [[["甲地"]], [["Place A"]], [["甲地", "Place A"]]]


@pytest.mark.parametrize("name", ["nothing", "year", "place_fr"])
def test_a_column_that_is_not_there_is_told_with_those_that_are(name):
    frame = pd.DataFrame({"place_zh": ["甲地"], "place_en": ["Place A"]})
    with pytest.raises(CompendiumError) as caught:
        table(notebook(), frame, "place", name)
    assert str(caught.value) == f"the table has no column {name}. Remedy: use place_zh, place_en"


def test_columns_come_in_the_order_asked_for_and_may_be_levels_of_the_index():
    frame = pd.DataFrame({"year": [1, 2], "firms": [3, 4], "share": [0.1, 0.2]}).set_index("year")
    assert columns(frame, "share", "year")[1] == ["Share", "Year"]
    assert columns(frame)[1] == ["Year", "Our firms", "Share"]
    assert columns(frame.set_index("firms", append=True), "firms", "share")[1] == ["Our firms", "Share"]
    assert frame.index.name == "year" and frame.columns.tolist() == ["firms", "share"], "the frame stays as it is"
    shown = table(notebook(), frame)
    assert set(shown.index) == {""} and shown.columns.name is None and shown.index.name is None


# Cells


def cells(values, name="share", **options):
    """Return the cells of one column in Chinese, in English, and in both."""
    frame = pd.DataFrame({name: values})
    return in_each(lambda notebook: table(notebook, frame, **options).iloc[:, 0].tolist())


def alike(*texts):
    return [list(texts)] * 3


def test_floats_have_fixed_digits_by_column_or_for_all():
    assert cells([1.239, 20.0]) == alike("1.24", "20.00")
    assert cells([1.239, 20.0], digits=0) == alike("1", "20")
    assert cells([1.239, 20.0], digits={"share": 1}) == alike("1.2", "20.0")
    assert cells([1.239, 20.0], digits={"other": 1}) == alike("1.24", "20.00")
    assert cells([1, 20], digits=1) == alike("1", "20"), "whole numbers stay so"


@pytest.mark.parametrize(
    "values",
    [[1.0, None], pd.array([1, None], dtype="Int64"), ["1", ""], ["1", None], pd.array(["1", pd.NA], dtype="str")],
)
def test_empty_cells_are_a_dash(values):
    assert cells(values, digits=0) == alike("1", "–")


def test_days_are_days():
    assert cells(pd.to_datetime(["2016-05-01", None])) == alike("2016-05-01", "–")


def test_truth_values_are_words():
    assert cells([True, False]) == [["是", "否"], ["yes", "no"], ["是 yes", "否 no"]]
    assert cells(pd.array([True, None], dtype="boolean")) == [["是", "–"], ["yes", "–"], ["是 yes", "–"]]
    assert cells(["yes", "True"]) == alike("yes", "True")


def test_sources_have_their_names():
    assert cells(["s1", "s2"], "source_id")[2] == ["甲报 First paper", "乙报 Second paper"]
    assert cells(["s2"], "source_id")[:2] == [["乙报"], ["Second paper"]]
    assert source_names(notebook().c) == {"s1": both("甲报", "First paper"), "s2": both("乙报", "Second paper")}


def test_a_source_that_is_not_in_the_table_keeps_its_id():
    assert cells(["s1", "elsewhere", ""], "source_id")[1] == ["First paper", "elsewhere", "–"]


def test_cells_in_both_languages_and_codes_in_words():
    assert cells([both("甲", "a"), "b"]) == [["甲", "b"], ["a", "b"], ["甲 a", "b"]]
    assert notebook().c.tables.labels("counts", "kind") == {"a": both("甲", "first"), "b": both("乙", "second")}
    codes = pd.Series(["b", "a"]).map(notebook().c.tables.labels("counts", "kind"))
    assert cells(codes, "kind") == [["乙", "甲"], ["second", "first"], ["乙 second", "甲 first"]]


def test_long_texts_are_not_cut():
    long = "长" * 400
    with pd.option_context("display.max_colwidth", None):  # as `begin` sets it
        assert long in table(notebook(), pd.DataFrame({"share": [long]}))._repr_html_()
    assert tabulation.EMPTY == "–"


# Codes


def kinds(values, table="counts"):
    """Return the cells of a column of a raw table in Chinese, in English, and in both."""
    frame = pd.DataFrame({"kind": values})
    frame.attrs["table"] = table
    return in_each(lambda notebook: tabulation.table(notebook, frame).iloc[:, 0].tolist())


def test_codes_are_shown_in_the_words_of_the_data_package_whether_the_table_is_known_or_not():
    for table_of in ("counts", ""):
        assert kinds(["b", "a", None], table_of) == [
            ["乙", "甲", "–"],
            ["second", "first", "–"],
            ["乙 second", "甲 first", "–"],
        ]
    assert kinds(["a"], "rates") == alike("a"), "a table whose column has no labels"


def test_codes_within_a_list_are_in_words_too_if_all_are_known():
    assert kinds(["b ; a", "b ; other"]) == [
        ["乙、甲", "b ; other"],
        ["second, first", "b ; other"],
        ["乙、甲 second, first", "b ; other"],
    ]


def test_numbers_grades_and_what_no_code_says_stay_as_they_are():
    labels = {code: {"zh": "甲", "en": "first"} for code in ("A", "1", "a")}
    described = {"counts": {"labels": labels}}
    assert tabulation.in_words(notebook(), pd.Series(["A", "a", "1", "x"]), described).tolist() == [
        "A",
        both("甲", "first"),
        both("甲", "first"),
        "x",
    ]
    assert tabulation.in_words(notebook(), pd.Series([1, 2]), described).tolist() == [1, 2]


def test_a_code_with_several_words_must_be_chosen():
    described = {name: {"labels": {"a": {"zh": zh, "en": "first"}}} for name, zh in (("counts", "甲"), ("rates", "一"))}
    column = pd.Series(["a"], name="kind")
    assert tabulation.in_words(notebook(), column, described, "rates").tolist() == [both("一", "first")]
    with pytest.raises(CompendiumError) as caught:
        tabulation.in_words(notebook(), column, described)
    assert str(caught.value) == (
        "a of column kind has 2 labels in the raw tables that 01-a reads. Remedy: choose by "
        '.map(notebook.labels("TABLE", "kind"))'
    )
