"""Figures that other programs drew are compared by what the eye sees, and what it would see is noticed."""

import base64

import matplotlib.pyplot as plt
import pytest
from matplotlib.transforms import ScaledTranslation
from nbformat.v4 import new_code_cell, new_output

from compendium import paths
from compendium.compendium import Compendium
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.run import comparison, drawings
from compendium.run.contents import Notebook
from compendium.show import figures, wording
from compendium.show.wording import Texts, Wording
from compendium.texts import both

pytestmark = pytest.mark.usefixtures("frozen_tables")


@pytest.fixture
def drawn(tmp_path, frozen_root, monkeypatch):
    """Draw a figure with a curve and labels, after `work` was done to it; return the English one by ending."""

    def draw(work=lambda page: None):
        texts = Texts.model_validate({"texts": {key: {"zh": "发现", "en": "finding"} for key in ("a", "a-heading")}})
        monkeypatch.setattr(wording, "parse", lambda *_: texts)
        for page in figures.draw(Wording(Compendium(frozen_root, tmp_path), "99-t"), "99-t", "a", ["paper"]):
            page.axes.plot([1, 2, 3, 4], [3, 1, 4, 2], color=figures.BLUE)
            page.label = page.axes.text(2, 3, "46 projects")
            work(page)
        plt.close("all")
        return comparison.read_figure(tmp_path / "figures" / "en" / "99-t.svg")

    return draw


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
    assert set(drawings.differences(made, kept)) == {"svg", "png"}
    seen = drawings.differences(made, kept, by_eye=True)
    assert seen.get("svg", "") == (f"the figure differs: {line}" if line else "")
    assert ("png" in seen) == pixels


def test_where_other_programs_drew_the_reference_a_line_says_so_and_the_look_counts(drawn, tmp_path):
    record = tmp_path / drawings.RECORD
    assert drawings.elsewhere(tmp_path) == "", "no record: byte for byte"
    record.parent.mkdir()
    record.write_text(f"{', '.join(drawings.programs())}\n", encoding="utf-8")
    assert drawings.elsewhere(tmp_path) == ""
    freetype = next(name for name in drawings.programs() if name.startswith("FreeType"))
    record.write_text(record.read_text(encoding="utf-8").replace(freetype, "FreeType 2.1.0"), encoding="utf-8")
    said = f"figures are drawn with {freetype}, the reference with FreeType 2.1.0:"
    assert drawings.elsewhere(tmp_path).startswith(said)


def test_the_description_of_an_svg_is_compared_too():
    first, other = (f"<dc:description>{said}</dc:description>".encode() for said in ("a curve", "curves"))
    assert drawings.texts(other, first) == "the text a curve is curves" and drawings.texts(first, first) == ""


def test_a_png_that_cannot_be_read_or_has_another_size_differs(drawn):
    kept = drawn()
    assert "cannot be read" in drawings.pixels(kept["png"][:200], kept["png"])
    other = drawn(lambda page: page.figure.set_size_inches(5, 3))
    assert "its size" in drawings.pixels(other["png"], kept["png"])


def test_a_drawing_in_a_notebook_counts_as_the_files_do(drawn):
    def cell(svg, png, text="a curve"):
        data = {"image/svg+xml": svg.decode(), "image/png": base64.b64encode(png).decode(), "text/plain": text}
        return new_code_cell(outputs=[new_output("display_data", data)])

    kept, nudged = drawn(), drawn(lambda page: moved(page.label, 0.02))
    other = drawn(lambda page: page.axes.lines[0].set_color(figures.SKY))
    assert alike(cell(**nudged), cell(**kept), True) and not alike(cell(**nudged), cell(**kept), False)
    assert not alike(cell(**other), cell(**kept), True) and not alike(cell(**nudged, text="b"), cell(**kept), True)


def alike(now, was, by_eye):
    wanted = comparison.outputs(was)
    return comparison.outputs(comparison.settle_drawings(now, was, by_eye)) == wanted


def test_the_files_of_figures_are_compared_by_notebook_and_figure(tmp_path):
    run, kept = tmp_path / "run", tmp_path / "kept"
    for place, name, data in ((run, "1-a", b"a"), (run, "1-b", b"a"), (kept, "1-b", b"b"), (run, "2-c", b"a")):
        write_atomic(place / f"figures/en/{name}.svg", data)
    made = b"notebook,cell,kind,name\n1-intro,a,figure,1-a\n1-intro,a,figure,1-b\n2,a,figure,2-c\n"
    write_atomic(paths.processed_path(claims.SHOWN, run), made)
    intro = Notebook("1-intro", "1", both("", ""), frozenset(), False, tmp_path / "1-intro.ipynb")
    missing, differs = comparison.compare_figures(run, kept, intro, False)
    assert missing.endswith("figures/en/1-a.svg: missing, the run makes it")
    assert differs.endswith("figures/en/1-b.svg: the figure differs")
