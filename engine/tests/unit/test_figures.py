"""The figure house refuses what a reader could not read, gives the same bytes twice, and compares by the eye."""

import base64
import io
import re

import matplotlib.pyplot as plt
import pytest
import worlds
from IPython.core.interactiveshell import InteractiveShell
from languages import notebook
from matplotlib.transforms import ScaledTranslation
from nbformat.v4 import new_code_cell, new_output
from PIL import Image

from compendium import CompendiumError
from compendium.base import paths
from compendium.base.files import write_atomic
from compendium.base.texts import make_bilingual_text
from compendium.ledger import claims
from compendium.notebook import figures, wording
from compendium.run import comparison, figure_comparison
from compendium.run.contents import DeclaredNotebook


@pytest.fixture
def folder(tmp_path):
    yield tmp_path
    plt.close("all")


@pytest.fixture
def c(frozen_tables, folder):
    """The compendium of the frozen tables, whose figures go to the folder."""
    return worlds.at(frozen_tables.root, folder)


TEXTS = {"alt-heading": make_bilingual_text("发现", "finding"), "alt": make_bilingual_text("试图", "trial")}


@pytest.fixture(autouse=True)
def texts(monkeypatch):
    """The texts of the notebook."""
    said = {key: {language: text[language] for language in ("zh", "en")} for key, text in TEXTS.items()}
    monkeypatch.setattr(
        wording, "parse_notebook_texts", lambda *_: wording.NotebookTextsFile.model_validate({"texts": said})
    )


def draw(c, language="", sources=("paper",), work=lambda page: None):
    for page in figures.draw_figure(notebook(language, c=c), "99-test", "alt", list(sources)):
        page.axes.bar([1, 2], [3, 4])
        page.axes.set_ylabel(page("项目数（个）", "projects"))
        work(page)


def drawing(c, language="zh"):
    """Return the figure that was drawn, for display."""
    return figures.SavedFigure(c.figure_path("99-test", language, "svg"))


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
    found = comparison.list_overlapping_labels(folder)
    assert len(found) == 2 and all(line.startswith(head) for line, head in zip(found, told, strict=True))
    draw(c, work=lambda page: page.axes.set(xticks=[1, 2, 200, 201], xlim=(0, 3)))
    assert not comparison.list_overlapping_labels(folder), "nor do hidden labels of ticks overlap"


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


def test_a_value_that_no_text_takes_is_refused(c):
    with pytest.raises(figures.FigureError, match="figure 99-x: no placeholder n"):
        next(figures.draw_figure(notebook(c=c), "99-x", "alt", ["paper"], n=1))


def test_source_line_names_at_most_two_bodies_with_the_years_of_their_sources(c):
    bodies = c.tables("origins").set_index("origin_id")
    line = figures.render_source_line(c, ["shelec-2015", "paper", "paper", "claims"], "en")
    named = f"authors of the paper (2022); {bodies.at['O-MIIT-PILOT', 'name_en']}"
    assert re.sub(r"\s+", " ", line) == f"Sources: {named}; this audit"
    line = figures.render_source_line(c, ["rd_intensity_countries"], "zh").replace("\n", "")
    assert re.fullmatch("来源：[^；]+（20[0-9–]+）；[^；]+（20[0-9–]+）；另1个", line), line


def test_long_texts_are_folded_where_their_language_allows_and_crowded_labels_moved_up():
    for text, width, lines in (
        ("一二三，四五", 3, ["一二", "三，", "四五"]),
        ("一二三四，五六七", 6, ["一二三四，", "五六七"]),
        ("一二三四\u200b五六七", 6, ["一二三四", "五六七"]),
        ("一二（三）四", 3, ["一二", "（三）", "四"]),
        ("some words here", 6, ["some words", "here"]),
        ("增长2018年", 3, ["增长", "2018", "年"]),
        ("一二三四五六七八九", 8, ["一二三四五六七", "八九"]),
    ):
        assert figures.wrap_text(text, width).split("\n") == lines
        assert figures.wrap_text(text, 10**6) == text.replace("\u200b", "")
    assert (
        figures.spread_label_positions([10, 1, 9.5], 2) == [11.5, 1, 9.5]
        and figures.spread_label_positions([], 1) == []
    )
    assert figures.spread_label_positions([1, 5], 2) == [1, 5] and figures.spread_label_positions([3, 3, 3], 1) == [
        3,
        4,
        5,
    ]


# Figures that other programs drew: what the eye would see is noticed


@pytest.fixture
def drawn(c, folder):
    """Draw a figure with a curve and a label, after `work` was done to it; return the English one by ending."""

    def draw_curve(work=lambda page: None):
        def curve(page):
            page.axes.plot([1, 2, 3, 4], [3, 1, 4, 2], color=figures.BLUE)
            page.label = page.axes.text(2, 3, "46 projects")
            work(page)

        draw(c, work=curve)
        plt.close("all")
        return comparison.read_figure_files(folder / "figures" / "en" / "99-test.svg")

    return draw_curve


def moved(artist, right, up=0.0):
    """Move an artist by points."""
    artist.set_transform(artist.get_transform() + ScaledTranslation(right / 72, up / 72, artist.figure.dpi_scale_trans))


@pytest.mark.parametrize(
    ("work", "line", "pixels"),
    [
        (lambda page: page.label.set_text("48 projects"), "the text 46 projects is 48 projects", True),
        (lambda page: page.label.set_text("46 project"), "the text 46 projects is 46 project", True),
        (lambda page: moved(page.label, 0.36), "", True),
        (lambda page: moved(page.axes.lines[0], 0, 0.36), "", True),
        (lambda page: page.axes.lines[0].set_color(figures.SKY), "", True),
        (lambda page: page.axes.lines[0].set_visible(False), "", True),
        (lambda page: moved(page.label, 0.02), "", False),
    ],
)
def test_what_the_eye_would_see_is_noticed_in_the_svg_and_in_the_png(drawn, work, line, pixels):
    kept, made = drawn(), drawn(work)
    assert set(figure_comparison.compare_figure_files(made, kept)) == {"svg", "png"}
    seen = figure_comparison.compare_figure_files(made, kept, by_eye=True)
    assert seen.get("svg", "") == (f"the figure differs: {line}" if line else "")
    assert ("png" in seen) == pixels


def test_where_other_programs_drew_the_reference_a_line_says_so_and_the_look_counts(drawn, tmp_path):
    record = tmp_path / figure_comparison.RECORD
    assert figure_comparison.describe_other_programs(tmp_path) == "", "no record: byte for byte"
    record.parent.mkdir()
    record.write_text(f"{', '.join(figure_comparison.list_drawing_programs())}\n", encoding="utf-8")
    assert figure_comparison.describe_other_programs(tmp_path) == ""
    freetype = next(name for name in figure_comparison.list_drawing_programs() if name.startswith("FreeType"))
    record.write_text(record.read_text(encoding="utf-8").replace(freetype, "FreeType 2.1.0"), encoding="utf-8")
    said = f"figures are drawn with {freetype}, the reference with FreeType 2.1.0:"
    assert figure_comparison.describe_other_programs(tmp_path).startswith(said)


def test_the_description_of_an_svg_is_compared_too():
    first, other = (f"<dc:description>{said}</dc:description>".encode() for said in ("a curve", "curves"))
    assert (
        figure_comparison.compare_svg_texts(other, first) == "the text a curve is curves"
        and figure_comparison.compare_svg_texts(first, first) == ""
    )


def test_a_png_that_cannot_be_read_or_has_another_size_differs(drawn):
    kept = drawn()
    assert "cannot be read" in figure_comparison.compare_png_pixels(kept["png"][:200], kept["png"])
    other = drawn(lambda page: page.figure.set_size_inches(5, 3))
    assert "its size" in figure_comparison.compare_png_pixels(other["png"], kept["png"])


def test_a_drawing_in_a_notebook_counts_as_the_files_do(drawn):
    def cell(svg, png, text="a curve"):
        data = {"image/svg+xml": svg.decode(), "image/png": base64.b64encode(png).decode(), "text/plain": text}
        return new_code_cell(outputs=[new_output("display_data", data)])

    kept, nudged = drawn(), drawn(lambda page: moved(page.label, 0.02))
    other = drawn(lambda page: page.axes.lines[0].set_color(figures.SKY))
    assert alike(cell(**nudged), cell(**kept), True) and not alike(cell(**nudged), cell(**kept), False)
    assert not alike(cell(**other), cell(**kept), True) and not alike(cell(**nudged, text="b"), cell(**kept), True)


def alike(now, was, by_eye):
    wanted = comparison.render_outputs_as_text(was)
    return comparison.render_outputs_as_text(comparison.keep_equal_drawings(now, was, by_eye)) == wanted


def test_the_files_of_figures_are_compared_by_notebook_and_figure(tmp_path):
    run, kept = tmp_path / "run", tmp_path / "kept"
    for place, name, data in ((run, "1-a", b"a"), (run, "1-b", b"a"), (kept, "1-b", b"b"), (run, "2-c", b"a")):
        write_atomic(place / f"figures/en/{name}.svg", data)
    made = b"notebook,cell,kind,name\n1-intro,a,figure,1-a\n1-intro,a,figure,1-b\n2,a,figure,2-c\n"
    write_atomic(paths.processed_path(claims.SHOWN, run), made)
    intro = DeclaredNotebook(
        "1-intro", "1", make_bilingual_text("", ""), frozenset(), False, tmp_path / "1-intro.ipynb"
    )
    missing, differs = comparison.compare_figures(run, kept, intro, False)
    assert missing.endswith("figures/en/1-a.svg: missing, the run makes it")
    assert differs.endswith("figures/en/1-b.svg: the figure differs")
