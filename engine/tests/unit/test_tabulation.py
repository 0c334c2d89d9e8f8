"""Tables for display: where headings come from, what cells say, and all of it in one language or in both."""

import pandas as pd
import pytest
from languages import in_each, notebook

from compendium import CompendiumError
from compendium.base.texts import make_bilingual_text
from compendium.notebook import tables
from compendium.notebook.tables import find_column_heading, render_column_title, render_table

TEXTS = """
[headings]
share = { zh = "占比", en = "Share" }
firms = { zh = "我们的企业", en = "Our firms" }
"""


@pytest.fixture(autouse=True)
def texts(running):
    return running(TEXTS)


def columns(frame, *names, **options):
    return in_each(lambda notebook: render_table(notebook, frame, *names, **options).columns.tolist())


def cells(values, name="share", origin="", **options):
    """Return the cells of one column, as one of a raw table if need be, in Chinese, in English, and in both."""
    frame = pd.DataFrame({name: values})
    frame.attrs["table"] = origin
    return in_each(lambda notebook: render_table(notebook, frame, **options).iloc[:, 0].tolist())


def spoken(zh, en):
    """Return cells in Chinese, in English, and in both, where they say it twice unless it is the same."""
    return [zh, en, [one if one == other else f"{one} {other}" for one, other in zip(zh, en, strict=True)]]


def alike(*texts):
    return spoken([*texts], [*texts])


# Headings


def test_headings_come_from_the_texts_else_from_the_data_package_and_one_given_on_the_spot_comes_first():
    frame = pd.DataFrame({"year": [1], "firms": [2], "share": [0.5], "source_id": ["s1"]})
    zh, en = ["年份", "我们的企业", "占比", "来源"], ["Year", "Our firms", "Share", "Source"]
    assert columns(frame) == spoken(zh, en)
    given = {"firms": make_bilingual_text("2016年", "of 2016"), "year": make_bilingual_text("年", "year")}
    assert columns(frame, "year", "firms", headings=given)[2] == ["年 year", "2016年 of 2016"]


def test_of_several_titles_that_of_the_table_at_hand_is_taken():
    """`people` is a number in one table and a rate in the other; a frame of `c.tables` knows its table."""
    frame = pd.DataFrame({"people": [1]})
    for name, said in (("counts", "人数（万人） People (10,000)"), ("rates", "比率（%） Rate (%)")):
        frame.attrs["table"] = name
        assert columns(frame)[2] == [said]
        assert columns(frame.query("people > 0").reset_index(drop=True))[2] == [said], "lost on the way"
    assert find_column_heading(notebook(), "people", "counts") == make_bilingual_text("人数（万人）", "People (10,000)")
    assert notebook().c.tables("sources").attrs["table"] == "sources"
    for name in ("", "counts", "unread"):
        assert find_column_heading(notebook(), "kind", name) == make_bilingual_text("种类", "Kind"), (
            "what all tables call alike needs no table"
        )


@pytest.mark.parametrize(("column", "titles"), [("people", 2), ("hidden", 0), ("nothing", 0)])
def test_a_column_with_no_title_or_several_is_an_error_that_says_where_to_put_one(running, column, titles):
    frame = pd.DataFrame({column: [1]})
    with pytest.raises(CompendiumError) as caught:
        render_table(notebook(), frame)
    reads = "if it is that of unread, add that to `reads` in notebooks/contents.toml; else "
    assert str(caught.value) == (
        f"column {column} has {titles} titles in the raw tables that 01-a reads. Remedy: "
        f"{reads if column == 'hidden' else ''}give it one in [headings] of notebooks/texts/01-a.toml"
    )
    running(f'[headings]\n{column} = {{ zh = "乙", en = "b" }}\n')
    assert columns(frame)[2] == ["乙 b"]


@pytest.mark.parametrize(
    ("title", "unit", "said"),
    [
        (("企业数", "Firms"), (), ("企业数", "Firms")),
        (("占比", "Share"), ("%", "%"), ("占比（%）", "Share (%)")),
        (("始", "Start"), ("年", "year"), ("始", "Start")),
        (("低", "Low"), ("见u列", "see column u"), ("低", "Low")),
        (("低", "Low"), ("同b", "unit of b"), ("低", "Low")),
    ],
)
def test_a_title_has_its_unit_where_that_is_not_told_elsewhere(title, unit, said):
    field = {"name": "a"} | dict(zip(("title_zh", "title", "unit_zh", "unit"), title + unit, strict=False))
    assert render_column_title(notebook().c, field).forms == said


# Columns


def test_twins_stand_in_their_languages_and_those_of_the_ledger_need_not_be_declared():
    frame = pd.DataFrame({"place_zh": ["甲地"], "place_en": ["Place A"], "year": [1]})
    assert columns(frame, "year", "place") == [["年份", "地点"], ["Year", "Place"], ["年份 Year", "地点", "Place"]]
    shown = in_each(lambda notebook: render_table(notebook, frame, "place").to_numpy().tolist())
    assert shown == [[["甲地"]], [["Place A"]], [["甲地", "Place A"]]]
    assert find_column_heading(notebook(), "name_zh") == make_bilingual_text("名称", "") and find_column_heading(
        notebook(), "name_en"
    ) == make_bilingual_text("", "Name")
    for name in ("nothing", "place_fr"):
        with pytest.raises(CompendiumError, match=f"^the table has no column {name}. Remedy: use place_zh, place_en"):
            render_table(notebook(), frame, "place", name)


def test_columns_come_in_the_order_asked_for_and_may_be_levels_of_the_index():
    frame = pd.DataFrame({"year": [1, 2], "firms": [3, 4], "share": [0.1, 0.2]}).set_index("year")
    assert columns(frame, "share", "year")[1] == ["Share", "Year"]
    assert columns(frame)[1] == ["Year", "Our firms", "Share"]
    assert columns(frame.set_index("firms", append=True), "firms", "share")[1] == ["Our firms", "Share"]
    assert frame.index.name == "year" and frame.columns.tolist() == ["firms", "share"], "the frame stays as it is"
    shown = render_table(notebook(), frame)
    assert set(shown.index) == {""} and shown.columns.name is None and shown.index.name is None


# Cells


@pytest.mark.parametrize(
    ("name", "values", "digits", "said"),
    [
        ("share", [1.239, 20.0, -0.001], 2, alike("1.24", "20.00", "0.00")),
        ("share", [1.239, 20.0], 0, alike("1", "20")),
        ("share", [1.239, 20.0], {"share": 1}, alike("1.2", "20.0")),
        ("share", [1.239, 20.0], {"other": 1}, alike("1.24", "20.00")),
        ("share", [1, 20], 1, alike("1", "20")),
        ("share", [1.0, None], 0, alike("1", "–")),
        ("share", pd.array([1, None], dtype="Int64"), 2, alike("1", "–")),
        ("share", ["1", ""], 2, alike("1", "–")),
        ("share", pd.array(["1", pd.NA], dtype="str"), 2, alike("1", "–")),
        ("share", pd.to_datetime(["2016-05-01", None]), 2, alike("2016-05-01", "–")),
        ("share", [True, False], 2, spoken(["是", "否"], ["yes", "no"])),
        ("share", pd.array([True, None], dtype="boolean"), 2, spoken(["是", "–"], ["yes", "–"])),
        ("share", ["yes", "True"], 2, alike("yes", "True")),
        ("share", [make_bilingual_text("甲", "a"), "b"], 2, spoken(["甲", "b"], ["a", "b"])),
        ("source_id", ["s1", "else", ""], 2, spoken(["甲报", "else", "–"], ["First paper", "else", "–"])),
        ("kind", ["b", "a", None], 2, spoken(["乙", "甲", "–"], ["second", "first", "–"])),
        ("kind", ["b ; a", "b ; other"], 2, spoken(["乙、甲", "b ; other"], ["second, first", "b ; other"])),
        ("share", ["长" * 400], 2, alike("长" * 400)),
    ],
)
def test_floats_have_fixed_digits_empty_cells_a_dash_and_the_rest_is_in_words(name, values, digits, said):
    for origin in ("counts", ""):
        assert cells(values, name, origin, digits=digits) == said


def test_a_code_with_several_words_must_be_chosen_and_what_no_code_says_stays_as_it_is():
    described = {"counts": {"labels": {code: {"zh": "甲", "en": "first"} for code in ("A", "1", "a")}}}
    for column, said in (
        (["A", "a", "1", "x"], ["A", *[make_bilingual_text("甲", "first")] * 2, "x"]),
        ([1, 2], [1, 2]),
    ):
        assert tables.replace_codes_by_labels(notebook(), pd.Series(column), described).tolist() == said
    described["rates"] = {"labels": {"a": {"zh": "一", "en": "first"}}}
    column = pd.Series(["a"], name="kind")
    assert tables.replace_codes_by_labels(notebook(), column, described, "rates").tolist() == [
        make_bilingual_text("一", "first")
    ]
    said = r'^a of column kind has 2 labels in .*. Remedy: choose by .map\(notebook.labels\("TABLE", "kind"\)\)$'
    with pytest.raises(CompendiumError, match=said):
        tables.replace_codes_by_labels(notebook(), column, described)
