"""The figure house refuses what a reader could not read, and gives the same bytes twice."""

import io
import re

import matplotlib.pyplot as plt
import pytest
import worlds
from IPython.core.interactiveshell import InteractiveShell
from languages import notebook
from PIL import Image

from compendium import CompendiumError
from compendium.run import comparison
from compendium.show import figures, wording
from compendium.texts import both


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    plt.close("all")


@pytest.fixture
def c(frozen_tables, folder):
    """The compendium of the frozen tables, whose figures go to the folder."""
    return worlds.at(frozen_tables.root, folder)


TEXTS = {"alt-heading": both("发现", "finding"), "alt": both("试图", "trial")}


@pytest.fixture(autouse=True)
def texts(monkeypatch):
    """The texts of the notebook."""
    said = {key: {language: text[language] for language in ("zh", "en")} for key, text in TEXTS.items()}
    monkeypatch.setattr(wording, "parse", lambda *_: wording.Texts.model_validate({"texts": said}))


def draw(c, language="", sources=("paper",), work=lambda page: None):
    for page in figures.draw(notebook(language, c=c), "99-test", "alt", list(sources)):
        page.axes.bar([1, 2], [3, 4])
        page.axes.set_ylabel(page("项目数（个）", "projects"))
        work(page)


def drawing(c, language="zh"):
    """Return the figure that was drawn, for display."""
    return figures.Drawing(c.figure_path("99-test", language, "svg"))


@pytest.mark.parametrize(("language", "drawn"), [("", ("en", "zh")), ("zh", ("zh",)), ("en", ("en",))])
def test_a_figure_is_written_in_both_formats_and_in_the_languages_that_are_asked_for(c, folder, language, drawn):
    seen = {}
    draw(c, language, work=lambda page: seen.setdefault(page.language, (page.figure, page.column("name"))))
    found = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("99-*"))
    assert found == [f"figures/{lang}/99-test.{end}" for lang in drawn for end in ("png", "svg")]
    for own in drawn:
        figure, column = seen[own]
        assert column == f"name_{own}" and figure.get_suptitle() == TEXTS["alt-heading"][own]
        svg, shown = c.figure_path("99-test", own, "svg").read_text("utf-8"), drawing(c, own)
        assert "<text" not in svg and TEXTS["alt"][own] in svg and "dc:date" not in svg
        assert svg.endswith(shown._repr_svg_()) and repr(shown) == TEXTS["alt"][own]


def test_a_notebook_holds_the_drawing_and_beside_it_the_same_in_pixels(c, folder):
    draw(c)
    data, metadata = InteractiveShell.instance().display_formatter.format(drawing(c))
    assert set(data) == {"text/plain", "image/svg+xml", "image/png"}
    assert data["image/png"] == (folder / "figures/zh/99-test.png").read_bytes()
    image = Image.open(io.BytesIO(data["image/png"]))
    assert (image.width, image.mode) == (840, "P") and metadata["image/png"] == {"width": 403}
    blue = tuple(bytes.fromhex(figures.BLUE[1:]))
    near = [max(abs(a - b) for a, b in zip(one, blue, strict=True)) for _, one in image.convert("RGB").getcolors(10**6)]
    assert min(near) <= 2, "the palette keeps the colours"


def test_the_same_drawing_gives_the_same_bytes(c, folder):
    draw(c)
    first = {p: p.read_bytes() for p in folder.rglob("99-*.*")}
    draw(c)
    assert {p: p.read_bytes() for p in first} == first
    draw(c, work=lambda page: page.axes.bar([3], [1]))
    assert all(p.read_bytes() != content for p, content in first.items())


def clash(page):
    page.axes.text(1, 2, "first <label>")
    page.axes.text(1.01, 2, "second label")


@pytest.mark.parametrize(
    ("work", "fault"),
    [
        (clash, "'first <label>' overlaps 'second label'"),
        (lambda page: page.axes.set_xticks([1, 1.01], ["first", "second"]), "'first' overlaps 'second'"),
        (lambda page: page.figure.text(0.99, 0.5, "too far"), "'too far' leaves the page"),
        (lambda page: page.figure.text(0.5, 0.5, "tiny", fontsize=7.5), "'tiny' is 8.9 pixels high on a phone, not 10"),
    ],
)
def test_what_a_reader_would_stumble_over_is_drawn_and_told(c, folder, work, fault):
    draw(c, work=work)
    told = [f"figure 99-test ({tongue}): {fault}. Remedy: " for tongue in ("en", "zh")]
    found = comparison.list_crowded(folder)
    assert len(found) == 2 and all(line.startswith(head) for line, head in zip(found, told, strict=True))
    draw(c, work=lambda page: page.axes.set(xticks=[1, 2, 200, 201], xlim=(0, 3)))
    assert not comparison.list_crowded(folder), "nor do hidden labels of ticks overlap"


def test_the_title_of_a_vertical_axis_stands_level_above_it(c):
    kept = []
    draw(c, work=lambda page: kept.append(page.axes))
    label, box = kept[0].yaxis.label, kept[0].get_window_extent()
    assert label.get_rotation() == 0 and label.get_window_extent().y0 >= box.y1


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"work": lambda page: page.axes.set_title("\U0001f600")}, figures.FigureError, r"[Gg]lyph"),
        ({"sources": ["nowhere"]}, figures.FigureError, "'nowhere' is not in the table sources"),
        ({"language": "fr"}, CompendiumError, r"no language 'fr'. Remedy: use zh or en"),
    ],
)
def test_a_missing_glyph_and_an_unknown_source_or_language_are_refused(c, asked, error, said):
    with pytest.raises(error, match=said):
        draw(c, **asked)


def test_source_line_names_at_most_two_bodies_with_the_years_of_their_sources(c):
    bodies = c.tables("origins").set_index("origin_id")
    line = figures.source_line(c, ["shelec-2015", "paper", "paper", "claims"], "en")
    named = f"authors of the paper (2022); {bodies.at['O-MIIT-PILOT', 'name_en']}"
    assert re.sub(r"\s+", " ", line) == f"Sources: {named}; this audit"
    line = figures.source_line(c, ["rd_intensity_countries"], "zh").replace("\n", "")
    assert re.fullmatch("来源：[^；]+（20[0-9–]+）；[^；]+（20[0-9–]+）；另1个", line), line
    assert c.figure_path("a", "zh", "svg").name == "a.svg"


def test_a_value_that_no_text_takes_is_refused(c):
    with pytest.raises(figures.FigureError, match="figure 99-x: no placeholder n"):
        next(figures.draw(notebook(c=c), "99-x", "alt", ["paper"], n=1))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五", 3, ["一二三", "四五"]),
        ("一二三，四五", 3, ["一二", "三，", "四五"]),
        ("一二三四，五六七", 6, ["一二三四，", "五六七"]),
        ("一二三四\u200b五六七", 6, ["一二三四", "五六七"]),
        ("一二（三）四", 3, ["一二", "（三）", "四"]),
        ("some words here", 6, ["some words", "here"]),
        ("增长2018年", 3, ["增长", "2018", "年"]),
        ("unbreakable", 1, ["unbreakable"]),
        ("一二三四五六七八九", 8, ["一二三四五六七", "八九"]),
        ("", 3, [""]),
    ],
)
def test_long_texts_are_folded_where_their_language_allows(text, width, lines):
    assert figures.fold_text(text, width).split("\n") == lines
    assert figures.fold_text(text, 10**6) == text.replace("\u200b", "")


def test_crowded_labels_are_moved_up_and_keep_their_order():
    assert figures.spread([10, 1, 9.5], 2) == [11.5, 1, 9.5]
    assert figures.spread([1, 5], 2) == [1, 5] and figures.spread([3, 3, 3], 1) == [3, 4, 5]
    assert figures.spread([], 1) == []
