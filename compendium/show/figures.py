"""House style of the figures: multilingual, colour-blind safe, the same bytes on every machine."""

import html
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.patches import Patch
from matplotlib.text import Text
from PIL import Image

from compendium import CompendiumError, languages, paths, texts
from compendium.data import datapackage, tables
from compendium.files import write_atomic
from compendium.show.wording import Tongue, fitting, multilingual, say

text = texts.catalogue("compendium/show")

FONT = paths.FONTS / "NotoSansSC-GB2312.otf"
# Okabe and Ito, safe for the common forms of colour blindness.
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#7F7F7F",
)
font_manager.fontManager.addfont(FONT)
NAMED = 4
NAMES = 17  # em: how wide names may be beside a vertical axis
WIDTH, PIXELS = 5.6, 96  # inches, and how many pixels of a page an inch is
HEADING, UNITS, SMALL = 12, 9, 8  # points; nothing is smaller than the last, 7 pixels on a phone
# What a line is made of: a Chinese character or a word, with the marks that open and close it, and the blanks after it.
PIECE = re.compile(
    r"[“‘（《「]*(?:[\u2e80-\u9fff]|[^\s\u2e80-\u9fff“‘（《「，。、；：？！）》」”’·]+)?[，。、；：？！）》」”’·]*\s*"
)
DIM = "#595959"
# How the paper's own value is marked, in every figure and in nothing else.
PAPER: dict[str, Any] = {"marker": "D", "ms": 8, "mfc": "white", "mec": RED, "mew": 1.8, "ls": "none", "zorder": 5}
PAPER_LINE: dict[str, Any] = {"color": RED, "ls": (0, (4, 2)), "lw": 1.6}
STYLE: dict[str, Any] = {
    "font.family": font_manager.FontProperties(fname=FONT).get_name(),
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.prop_cycle": plt.cycler(color=[BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "compendium",
}


class FigureError(CompendiumError):
    """A figure cannot be drawn as the house style wants it: too wide, an unknown source, or a glyph is missing."""


class Page(Tongue):
    """One figure in one language.

    Attributes:
        name: file name without ending.
        figure: the matplotlib figure.
        axes: its axes; a single Axes, or an array where more than one row or column was asked for.
    """

    def __init__(self, name: str, language: str, figure: Figure, axes: Axes | np.ndarray):
        super().__init__(language)
        self.name, self.figure = name, figure
        self.axes: Any = axes

    def paper_at(self, x: Any, y: Any, axes: Axes | None = None) -> None:
        """Mark the paper's own values, as in every figure."""
        (axes or self.axes).plot(x, y, label=self.paper, **PAPER)

    def paper_line(self, x: float, axes: Axes | None = None) -> None:
        """Draw an upright line at a value of the paper."""
        (axes or self.axes).axvline(x, **PAPER_LINE)


def pages(
    name: str,
    *,
    alt: texts.Text,
    sources: Sequence[str],
    heading: texts.Text,
    size: tuple[float, float] = (WIDTH, 3.4),
    **subplots: Any,
) -> Iterator[Page]:
    """Yield one page a language, of those asked for; after each turn the page is checked and saved as SVG and PNG.

    Args:
        name: file name without ending, beginning with the number of the notebook: `02-batches`.
        alt: what the figure shows, for readers who cannot see it.
        heading: the finding, above the figure.
        sources: source ids named in the line under the figure; for counts of a raw table, the name of that table.
        size: width and height in inches; wider than `WIDTH` it would be too small to read on a phone.
        **subplots: passed on to `matplotlib.pyplot.subplots`.

    Raises:
        FigureError: too wide, a source is unknown, or the font lacks a glyph.
    """
    if size[0] > WIDTH:
        raise FigureError(f"figure {name}: {size[0]} inches wide. Remedy: at most {WIDTH}, which a phone can show")
    for language in languages.shown():
        with plt.rc_context(STYLE):  # type: ignore[arg-type]
            figure, axes = plt.subplots(figsize=size, **subplots)
            page = Page(name, language, figure, axes)
            yield page
            level(figure)
            fold_names(figure)
            said = folded(heading[language], 0.97 * size[0] * 72 / HEADING)
            figure.suptitle(said, x=0.01, ha="left", fontsize=HEADING)
            figure.supxlabel(source_line(sources, language, size[0]), x=0.01, ha="left", fontsize=SMALL, color=DIM)
            save(page, alt[language])
            plt.close(figure)


def draw(
    name: str,
    key: str,
    sources: Sequence[str],
    *,
    heading: str = "",
    size: tuple[float, float] = (WIDTH, 3.4),
    grid: Mapping[str, Any] | None = None,
    **values: object,
) -> Iterator[Page]:
    """Yield a page to draw on for each language, in the house style; then show the figure, also where it stood before.

    Args:
        name: file name without ending, beginning with the number of the notebook: `02-batches`.
        key: the text of the notebook that says what the figure shows; its heading has the key KEY-heading.
        sources: source ids named in the line under the figure; for counts of a raw table, the name of that table.
        heading: key of another heading.
        size: width and height in inches.
        grid: what `matplotlib.pyplot.subplots` takes, such as `nrows`, for more than one field of axes.
        **values: what fills these two texts.

    Raises:
        FigureError: too wide, a source is unknown, or the font lacks a glyph.
        CompendiumError: there are no such texts, or a value has no placeholder.
    """
    heading = heading or f"{key}-heading"
    title, alt = fitting(heading, values), fitting(key, values)
    if odd := set(values).difference(title, alt):
        raise FigureError(f"figure {name}: no placeholder {min(odd)} in the texts {heading} and {key}")
    yield from pages(name, alt=say(key, **alt), sources=sources, heading=say(heading, **title), size=size, **grid or {})
    display(show(name), display_id=name)


def foreshown(name: str) -> None:
    """Show a figure before the cell that draws it: as it was drawn last, until that cell has run."""
    path = paths.current(paths.figure(name, languages.shown()[0], "svg"))
    display(Drawing(path) if path.is_file() else multilingual(text("figure-below")), display_id=name)


def level(figure: Figure) -> None:
    """Write the title of each vertical axis level above it; its numbers need level lines only, no spine, no ticks."""
    for axes in figure.axes:
        if axes.get_ylabel():
            axes.yaxis.label.set(rotation=0, ha="left", va="bottom", size=UNITS, color=DIM)
            axes.yaxis.set_label_coords(0, 1.02)
            axes.spines["left"].set_visible(False)
            axes.grid(visible=False, axis="x")
            axes.tick_params(axis="y", which="both", length=0)


def fold_names(figure: Figure) -> None:
    """Write names beside a vertical axis in lines of at most `NAMES` em."""
    for axes in figure.axes:
        names = [label.get_text() for label in axes.get_yticklabels()]
        if any(sum(map(advance, name)) > NAMES for name in names):
            axes.set_yticks(axes.get_yticks(), [folded(name, NAMES) for name in names])


def legend(axes: Axes, columns: Sequence[tuple[str, Sequence[str]]], names: Mapping[str, str], **place: Any) -> None:
    """Draw the legend of axes in columns: a heading, and of the labels under it those that were drawn, by `names`."""
    handles, labels = axes.get_legend_handles_labels()
    drawn, blank = dict(zip(labels, handles, strict=True)), Patch(alpha=0)
    shown = [(heading, [word for word in words if word in drawn]) for heading, words in columns]
    height, entries = max(len(words) for _, words in shown), []
    for heading, words in shown:
        entries += [(blank, heading), *((drawn[word], names[word]) for word in words)]
        entries += [(blank, "")] * (height - len(words))
    axes.legend(*zip(*entries, strict=True), ncols=len(columns), **place)


def source_line(sources: Sequence[str], language: str, width: float) -> str:
    """Return the line under a figure: the sources by their names for readers, wrapped to `width` inches.

    A raw table, which names its own sources, stands under its title. Beyond `NAMED` sources the rest is counted.
    """
    known, raw = tables.raw("sources").set_index("source_id"), datapackage.names()
    unknown = [s for s in sources if s not in known.index and s not in raw]
    if unknown:
        raise FigureError(f"source {unknown[0]!r} is not in the table sources")
    names = [texts.of(known.loc[s], "name") for s in dict.fromkeys(sources) if s not in raw]
    if len(names) > NAMED + 1:
        names = [*names[:NAMED], text("sources-more", rest=len(names) - NAMED)]
    tabled = [datapackage.titles(s)[""] for s in dict.fromkeys(sources) if s in raw]
    if titles := [text("sources-table", title=title) for title in tabled]:
        many = "sources-data" if len(titles) == 1 else "sources-data-many"
        names.append(text(many, titles=texts.joined(titles)))
    line = text("sources", names=texts.joined(names, texts.SEMICOLON))[language]
    return folded(line, 0.97 * width * 72 / SMALL)


@cache
def advance(sign: str) -> float:
    """Return how wide the font of the figures draws a sign, in em; one it does not have counts as one."""
    font, code = font_in_units(), ord(sign)
    if not font.get_char_index(code):
        return 1.0
    return font.load_char(code, LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM


@cache
def font_in_units() -> FT2Font:
    """Return the font of the figures, apart from the one that matplotlib scales and draws with."""
    return FT2Font(str(FONT))  # Matplotlib 3.10 takes no path


def folded(text: str, width: float) -> str:
    """Return a text in lines of at most `width` em, as wide as the font draws them.

    A line may end at a blank and beside any Chinese character, but does not begin with a punctuation mark.
    """
    lines, taken = [""], 0.0
    for piece in filter(None, PIECE.findall(text)):
        size = sum(map(advance, piece.rstrip()))
        if lines[-1] and taken + size > width:
            lines.append("")
            taken = 0.0
        lines[-1] += piece
        taken += size + advance(" ") * piece.endswith(" ")
    return "\n".join(line.rstrip() for line in lines)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return places for labels beside these, in the same order, at least `gap` apart: crowded ones are moved up."""
    moved: dict[int, float] = {}
    least = -np.inf
    for index in sorted(range(len(places)), key=lambda i: places[i]):
        moved[index] = least = max(places[index], least + gap)
    return [moved[index] for index in range(len(places))]


def save(page: Page, alt: str) -> None:
    """Check a page and write it as SVG and PNG, the same bytes on every machine.

    What a reader would stumble over is kept as keywords of the SVG, for `comparison.crowded`: data that are added may
    crowd a figure, and the run goes on.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            page.figure.draw_without_rendering()
        except UserWarning as warning:
            raise FigureError(f"figure {page.name} ({page.language}): {warning}") from None
    page.figure.set_layout_engine("none")  # the layout is made; drawing again must not spend time on it
    faults = unreadable(page.figure)
    kept = {"Keywords": faults} if faults else {}
    said = {"Date": None, "Title": page.name, "Description": alt, **kept}
    # The canvases are asked directly: savefig would lay out every page twice more.
    drawn = io.BytesIO()
    FigureCanvasSVG(page.figure).print_svg(drawn, metadata=said)
    for ending, content in (("svg", drawn.getvalue()), ("png", pixels(page.figure))):
        write_atomic(paths.figure(page.name, page.language, ending), content)


def pixels(figure: Figure) -> bytes:
    """Return a figure as PNG with a palette, a third as large as without: notebooks hold it beside the SVG."""
    figure.set_dpi(plt.rcParams["savefig.dpi"])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image = image.quantize(method=Image.Quantize.FASTOCTREE)
    image.save(buffer := io.BytesIO(), "png", optimize=True)
    return buffer.getvalue()


def unreadable(figure: Figure) -> list[str]:
    """Return what a reader would stumble over: texts that are too small, overlap each other or leave the page."""
    renderer, page, texts = figure.canvas.get_renderer(), figure.bbox, drawn_texts(figure)  # type: ignore[attr-defined]
    boxes = [(t.get_text().replace("\n", " "), t.get_window_extent(renderer).padded(-1.0)) for t in texts]
    small = [text for text, t in zip((b[0] for b in boxes), texts, strict=True) if float(t.get_fontsize()) < SMALL]
    faults = [f"{text!r} is smaller than {SMALL} points" for text in small]
    faults += [f"{text!r} leaves the page" for text, box in boxes if not inside(page, box)]
    for (one, first), (two, second) in combinations(boxes, 2):
        if first.overlaps(second):
            faults.append(f"{one!r} overlaps {two!r}")
    return faults


def drawn_texts(figure: Figure) -> list[Text]:
    """Return the texts that are really drawn: not those of ticks outside the limits, nor of axes switched off."""
    hidden: set[Text] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            kept = axis._update_ticks() if axes.axison and axis.get_visible() else []  # type: ignore[union-attr]
            texts = {t for tick in (*axis.majorTicks, *axis.minorTicks) for t in (tick.label1, tick.label2)}
            hidden |= texts - {t for tick in kept for t in (tick.label1, tick.label2)}
            if not axes.axison:
                hidden.add(axis.label)
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in hidden]


def inside(page: matplotlib.transforms.BboxBase, box: matplotlib.transforms.BboxBase) -> bool:
    """Tell whether `box` lies on the page, give or take one pixel."""
    return box.x0 >= page.x0 - 1 and box.y0 >= page.y0 - 1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1


class Drawing:
    """A saved figure for display: the very bytes of its files, with its description as plain text.

    A page draws the SVG; what shows no drawing of a file it did not run, such as JupyterLab, shows the PNG.
    """

    def __init__(self, path: Path):
        self.data = path.read_text(encoding="utf-8")
        self.png = png.read_bytes() if (png := path.with_suffix(".png")).is_file() else None

    def __repr__(self) -> str:
        return html.unescape(self.data.partition("<dc:description>")[2].partition("</dc:description>")[0])

    def _repr_svg_(self) -> str:
        return self.data[self.data.index("<svg") :]

    def _repr_png_(self) -> tuple[bytes, dict[str, int]] | None:
        return (self.png, {"width": round(WIDTH * PIXELS)}) if self.png else None


def show(name: str) -> Drawing:
    """Return the saved figure for display, in the language that is asked for, else in the first."""
    return Drawing(paths.figure(name, languages.shown()[0], "svg"))
