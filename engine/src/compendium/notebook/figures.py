"""House style of the figures: multilingual, colour-blind safe, the same bytes on every machine."""

import html
import io
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.text import Text
from PIL import Image

from compendium import CompendiumError
from compendium.base import paths, texts
from compendium.base.files import write_atomic
from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.evidence import EvidenceTables, list_origins
from compendium.notebook.wording import (
    NotebookLanguage,
    NotebookWording,
    read_notebook_texts,
    render_bilingual_markdown,
)

text = texts.catalogue("compendium/show")

FONT = paths.FONTS / "NotoSansSC-GB2312.otf"
QUOTES = paths.FONTS / "NotoSansSC-Quotes.otf"  # quotation marks as wide as in Latin letters, for what is not Chinese
# Okabe and Ito, safe for the common forms of colour blindness.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#7F7F7F")
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY = COLOURS
NAMED = 2  # bodies in the line of sources
NAMES = 13  # em: how wide names may be beside a vertical axis
WIDTH, PIXELS = 4.2, 96  # inches, and how many pixels of a page an inch is
HEADING, SMALL = 11, 8.5  # points
PHONE, LEAST = 358, 10  # pixels: how wide a figure is on a phone, and how high its letters are there at least
# What a line is made of: a Chinese character or a word, with the marks that open and close it, and the blanks after it.
PIECE = re.compile(
    r"[“‘（《「]*(?:[\u2e80-\u9fff]|[^\s\u2e80-\u9fff“‘（《「，。、；：？！）》」”’·]+)?[，。、；：？！）》」”’·]*\s*"
)
PHRASE = re.compile(r".+?(?:[，。、；：？！）》」”’\u200b]+\s*|\s+|$)")  # a line rather ends behind one
DIM = "#595959"
# How the paper's own value is marked, in every figure and in nothing else.
PAPER: dict[str, Any] = {"marker": "D", "ms": 8, "mfc": "white", "mec": RED, "mew": 1.8, "ls": "none", "zorder": 5}
PAPER_LINE: dict[str, Any] = {"color": RED, "ls": (0, (4, 2)), "lw": 1.6}
STYLE: dict[str, Any] = {"font.size": 9, "axes.titlesize": 9.5, "axes.titlelocation": "left", "text.parse_math": False}
STYLE |= {"axes.prop_cycle": plt.cycler(color=COLOURS), "axes.unicode_minus": True, "legend.frameon": False}
STYLE |= {"axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "axes.axisbelow": True}
STYLE |= {"grid.color": "#E3E3E3", "grid.linewidth": 0.6, "figure.constrained_layout.use": True}
STYLE |= {"figure.dpi": 100, "savefig.dpi": 200, "svg.fonttype": "path", "svg.hashsalt": "compendium"}


class FigureError(CompendiumError):
    """A figure cannot be drawn as the house style wants it: a source is unknown, or a glyph is missing."""


class FigurePage(NotebookLanguage):
    """One figure in one language; `axes` is a single Axes, or an array where several rows or columns were asked for."""

    def __init__(self, notebook: NotebookWording, language: str, name: str, figure: Figure, axes: Any):
        super().__init__(notebook, language)
        self.name, self.figure, self.axes = name, figure, axes

    def fold(self, text: str, width: float) -> str:
        """Return a text in lines of at most `width` em."""
        return wrap_text(text, width)

    def paper_at(self, x: Any, y: Any, axes: Axes | None = None) -> None:
        """Mark the paper's own values, as in every figure."""
        (axes or self.axes).plot(x, y, label=self.paper, **PAPER)

    def paper_line(self, x: float, axes: Axes | None = None) -> None:
        """Draw an upright line at a value of the paper."""
        (axes or self.axes).axvline(x, **PAPER_LINE)


@cache
def list_font_names(language: str) -> list[str]:
    """Return the names of the fonts of the figures in a language, once matplotlib knows them."""
    files = [FONT] if language == "zh" else [QUOTES, FONT]
    for file in files:
        font_manager.fontManager.addfont(file)
    return [font_manager.FontProperties(fname=file).get_name() for file in files]


def draw_figure(
    notebook: NotebookWording,
    name: str,
    key: str,
    sources: Sequence[str],
    *,
    heading: str = "",
    height: float = 3.4,
    grid: Mapping[str, Any] | None = None,
    **values: object,
) -> Iterator[FigurePage]:
    """Yield a page to draw on for each language, in the house style; then show the figure, also where it stood before.

    Args:
        notebook: that draws it.
        name: file name without ending, beginning with the number of the notebook: `02-batches`.
        key: the text of the notebook that says what the figure shows; its heading has the key KEY-heading.
        sources: source ids named in the line under the figure; for counts of a raw table, the name of that table.
        heading: key of another heading.
        height: in inches.
        grid: what `matplotlib.pyplot.subplots` takes, such as `nrows`, for more than one field of axes.
        **values: what fills these two texts.

    Raises:
        FigureError: a source is unknown, or the font lacks a glyph.
        CompendiumError: there are no such texts, or a value has no placeholder.
    """
    known, keys = read_notebook_texts(notebook.c, notebook.name).texts, (heading or f"{key}-heading", key)
    takes = [known[one].takes if one in known else frozenset() for one in keys]
    if odd := set(values).difference(*takes):
        raise FigureError(f"figure {name}: no placeholder {min(odd)} in the texts {keys[0]} and {key}")
    title, alt = (
        notebook.say(one, **{value: values[value] for value in names & values.keys()})
        for one, names in zip(keys, takes, strict=True)
    )
    for language in notebook.c.shown:
        with plt.rc_context({"font.family": list_font_names(language)} | STYLE):
            figure, axes = plt.subplots(figsize=(WIDTH, height), **grid or {})
            page = FigurePage(notebook, language, name, figure, axes)
            yield page
            apply_house_style(figure)
            said, look = wrap_text(title[language], 0.97 * WIDTH * 72 / HEADING), {"ha": "left", "linespacing": 1.3}
            figure.suptitle(said, x=0.01, fontsize=HEADING, **look)
            line = render_source_line(notebook.c, sources, language)
            figure.supxlabel(line, x=0.01, fontsize=SMALL, color=DIM, **look)
            save_figure(page, alt[language])
            plt.close(figure)
    display(SavedFigure(notebook.c.figure_path(name, notebook.c.shown[0], "svg")), display_id=name)


def show_last_drawn_figure(notebook: NotebookWording, name: str) -> None:
    """Show a figure before the cell that draws it, as it was drawn last until then."""
    c, language = notebook.c, notebook.c.shown[0]
    places = [path for out in (c.out, c.root) if (path := paths.figure_path(name, language, "svg", out)).is_file()]
    display(
        SavedFigure(places[0]) if places else render_bilingual_markdown(text("figure-below"), c.shown), display_id=name
    )


def apply_house_style(figure: Figure) -> None:
    """Write the title of a vertical axis level above it, without spine and ticks, and fold names to `NAMES` em."""
    for axes in figure.axes:
        if axes.get_ylabel():
            axes.yaxis.label.set(rotation=0, ha="left", va="bottom", size=SMALL, color=DIM)
            axes.yaxis.set_label_coords(0, 1.02)
            axes.spines["left"].set_visible(False)
            axes.grid(visible=False, axis="x")
            axes.tick_params(axis="y", which="both", length=0)
        names = [label.get_text() for label in axes.get_yticklabels()]
        if any(sum(map(measure_glyph_em, name)) > NAMES for name in names):
            axes.set_yticks(axes.get_yticks(), [wrap_text(name, NAMES) for name in names])


def render_source_line(c: Compendium, sources: Sequence[str], language: str) -> str:
    """Return the line under a figure, wrapped to its width: whose numbers it shows, and of which years.

    Named are the bodies that first produced them, those with most rows first; beyond `NAMED` the rest is counted. A raw
    table stands for the sources of its rows, `table/source` for one source of it, as one source may print numbers of
    several bodies; the claims, which have none, for this audit.
    """
    known, bodies = c.tables("sources").set_index("source_id"), c.tables("origins").set_index("origin_id")
    origins, years = list_origins(EvidenceTables(c)), defaultdict(list)
    first = {source: origin for (source, _), (origin, _) in sorted(origins.items(), reverse=True)}  # for other tables
    for name in sources:
        table, _, alone = name.rpartition("/")
        cells = c.tables(name).get("source_id", ()) if name in c.tables.resources else [alone]
        for source in (one for ids in cells for one in split_list(ids)):
            if source not in known.index:
                raise FigureError(f"source {source!r} is not in the table sources")
            origin, _ = origins.get((source, table or name), (first[source], ""))
            several = bodies.at[origin, "collective"]  # not one body, but some of a kind
            body = texts.of(known.loc[source] if several else bodies.loc[origin], "name")[language]
            years[body].append(known.at[source, "published"][:4])
    ranked, said = sorted(years, key=lambda name: -len(years[name])), []
    for name in ranked[:NAMED]:
        dated = sorted(filter(None, years[name]))  # not told where they are unknown or the name tells them
        span = "–".join(dict.fromkeys((dated[0], dated[-1]))) if dated else ""
        said.append(text("sources-dated", name=name, years=span)[language] if span and span not in name else name)
    said += [text("sources-own")[language]] * ("claims" in sources)
    said += [text("sources-more", rest=len(ranked) - NAMED)[language]] if len(ranked) > NAMED else []
    line = text("sources", names=texts.join_texts(said, texts.SEMICOLON))[language]
    return wrap_text(line, 0.97 * WIDTH * 72 / SMALL)


@cache
def load_measuring_font() -> FT2Font:
    """Return the font of the figures, apart from the one that matplotlib draws with; once forked, for it reads on."""
    return FT2Font(str(FONT))  # Matplotlib 3.10 takes no path


@cache
def measure_glyph_em(sign: str) -> float:
    """Return how wide the font of the figures draws a sign, in em; one it does not have counts as one."""
    font, code = load_measuring_font(), ord(sign)
    known = font.get_char_index(code)
    return font.load_char(code, LoadFlags.NO_SCALE).horiAdvance / font.units_per_EM if known else 1.0


def wrap_text(text: str, width: float) -> str:
    """Return a text in lines of at most `width` em; narrower ones, if else little were left for the last."""
    lines = break_text_into_lines(text, width)
    narrower = (break_text_into_lines(text, width - less) for less in range(int(width / 2)))
    even = (one for one in narrower if len(one) == len(lines) and measure_text_em(one[-1]) >= width / 4)
    return "\n".join(next(even, lines) if len(lines) > 1 else lines)


def break_text_into_lines(text: str, width: float) -> list[str]:
    """Return the lines of a text, at most `width` em and as wide as the font draws them.

    A line may end at a blank and beside any Chinese character, but does not begin with a punctuation mark. Once it is
    half full it rather ends where a phrase does: behind a punctuation mark, or a zero-width space in the text.
    """
    lines, taken = [""], 0.0
    for phrase in PHRASE.findall(text):
        early = taken > width / 2 and taken + measure_text_em(phrase) > width
        for piece in filter(None, PIECE.findall(phrase.replace("\u200b", ""))):
            if early or (lines[-1] and taken + measure_text_em(piece) > width):
                lines, taken, early = [*lines, ""], 0.0, False
            lines[-1] += piece
            taken = (
                0.0 if "\n" in piece else taken + measure_text_em(piece) + measure_glyph_em(" ") * piece.endswith(" ")
            )
    return [line.rstrip() for line in lines]


def measure_text_em(text: str) -> float:
    """Return how wide a text is without blanks at its end, in em."""
    return sum(map(measure_glyph_em, text.rstrip().replace("\u200b", "")))


def spread_label_positions(positions: Sequence[float], gap: float) -> list[float]:
    """Return places for labels beside these, in the same order, at least `gap` apart: crowded ones are moved up."""
    moved, least = list(positions), -np.inf
    for index in sorted(range(len(positions)), key=lambda i: positions[i]):
        moved[index] = least = max(positions[index], least + gap)
    return moved


def save_figure(page: FigurePage, alt: str) -> None:
    """Check a page and write it as SVG and PNG, the same bytes on every machine.

    What a reader would stumble over is kept as keywords of the SVG, for `comparison.list_crowded`; the run goes on.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            page.figure.draw_without_rendering()
        except UserWarning as warning:
            raise FigureError(f"figure {page.name} ({page.language}): {warning}") from None
    page.figure.set_layout_engine("none")  # the layout is made; drawing again must not spend time on it
    said: dict[str, Any] = {"Date": None, "Title": page.name, "Description": alt}
    said |= {"Keywords": faults} if (faults := list_unreadable_texts(page.figure)) else {}
    drawn = io.BytesIO()
    FigureCanvasSVG(page.figure).print_svg(drawn, metadata=said)  # savefig would lay out every page twice more
    for ending, content in (("svg", drawn.getvalue()), ("png", render_palette_png(page.figure))):
        write_atomic(page.notebook.c.figure_path(page.name, page.language, ending), content)


def render_palette_png(figure: Figure) -> bytes:
    """Return a figure as PNG with a palette, a third as large as without: notebooks hold it beside the SVG."""
    figure.set_dpi(plt.rcParams["savefig.dpi"])
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.quantize(method=Image.Quantize.FASTOCTREE).save(buffer := io.BytesIO(), "png", optimize=True)
    return buffer.getvalue()


def list_unreadable_texts(figure: Figure) -> list[str]:
    """Return what a reader would stumble over: texts that are too small, overlap each other or leave the page.

    Looked at is what is really drawn: no ticks outside the limits, no axes switched off.
    """
    hidden: set[Text] = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        shown = axis.axes.axison and axis.get_visible()
        kept = axis._update_ticks() if shown else []  # type: ignore[union-attr]
        hidden |= {t for tick in (*axis.majorTicks, *axis.minorTicks) for t in (tick.label1, tick.label2)}
        hidden -= {t for tick in kept for t in (tick.label1, tick.label2)}
        hidden |= set() if axis.axes.axison else {axis.label}
    drawn = (t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip() and t not in hidden)
    renderer, page = figure.canvas.get_renderer(), figure.bbox.padded(1)  # type: ignore[attr-defined]
    boxes = [(t.get_text().replace("\n", " "), t.get_window_extent(renderer).padded(-1.0), t) for t in drawn]
    pixel = 72 * figure.get_figwidth() / PHONE  # in points
    high = [(said, float(t.get_fontsize()) / pixel) for said, _, t in boxes]
    faults = [f"{said!r} is {size:.1f} pixels high on a phone, not {LEAST}" for said, size in high if size < LEAST]
    inside = [all(page.contains(*end) for end in (box.min, box.max)) for _, box, _ in boxes]
    faults += [f"{said!r} leaves the page" for (said, _, _), fits in zip(boxes, inside, strict=True) if not fits]
    pairs = combinations(boxes, 2)
    return faults + [f"{one!r} overlaps {two!r}" for (one, a, _), (two, b, _) in pairs if a.overlaps(b)]


class SavedFigure:
    """A saved figure for display: its SVG; its PNG for what shows no SVG of a file it did not run, as JupyterLab."""

    def __init__(self, path: Path):
        self.data = path.read_text(encoding="utf-8")
        self.png = png.read_bytes() if (png := path.with_suffix(".png")).is_file() else None

    def __repr__(self) -> str:
        return html.unescape(self.data.partition("<dc:description>")[2].partition("</dc:description>")[0])

    def _repr_svg_(self) -> str:
        return self.data[self.data.index("<svg") :]

    def _repr_png_(self) -> tuple[bytes, dict[str, int]] | None:
        return (self.png, {"width": round(WIDTH * PIXELS)}) if self.png else None
