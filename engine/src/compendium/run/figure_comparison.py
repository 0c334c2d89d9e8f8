"""Two drawings of one figure: the same bytes where the same programs drew both, else the same to the eye."""

import io
import platform
import re
from collections.abc import Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path

import numpy as np
from PIL import Image

RECORD = "data/drawn-with.txt"
OFF, SHARE = 64, 5e-5  # of 255, by which that share of the pixels of a PNG may be off
RMS = 0.5  # of 255, by which all may be off together
TEXT = re.compile("(?<=<!-- ).*?(?= -->)|(?<=<dc:description>).*?(?=</dc:description>)", re.DOTALL)  # shown or told


@cache
def list_drawing_programs() -> list[str]:
    """Return what drawings made here owe their bytes to: programs with their versions, and the kind of computer."""
    import PIL
    from matplotlib import __version__, ft2font
    from PIL import features

    ng = features.version("zlib_ng")
    return [
        f"Matplotlib {__version__}",
        f"FreeType {ft2font.__freetype_version__}",
        f"Raqm {getattr(ft2font, '__libraqm_version__', 'none')}",
        f"Pillow {PIL.__version__}",
        f"zlib-ng {ng}" if ng else f"zlib {features.version('zlib')}",
        f"{platform.system()} {platform.machine()}",
    ]


def describe_other_programs(reference: Path) -> str:
    """Return in words that other programs drew the reference, as it records; empty if the same did, or no record is."""
    record = reference / RECORD
    there, here = (
        record.read_text(encoding="utf-8").strip().split(", ") if record.is_file() else list_drawing_programs(),
        list_drawing_programs(),
    )
    if there == here:
        return ""
    ours, theirs = (
        ", ".join(name for name in one if name not in other) for one, other in ((here, there), (there, here))
    )
    return f"figures are drawn with {ours}, the reference with {theirs}: where bytes differ, the look is compared"


def compare_figure_files(made: Mapping[str, bytes], kept: Mapping[str, bytes], by_eye: bool = False) -> dict[str, str]:
    """Return how two drawings of a figure differ, by ending: in a byte, or `by_eye` in texts or pixels."""
    apart = [ending for ending in made if ending in kept and made[ending] != kept[ending]]
    if not by_eye:
        return dict.fromkeys(apart, "the figure differs")
    seen = {
        ending: {"svg": compare_svg_texts, "png": compare_png_pixels}[ending](made[ending], kept[ending])
        for ending in apart
    }
    return {ending: f"the figure differs: {how}" for ending, how in seen.items() if how}


def compare_svg_texts(made: bytes, kept: bytes) -> str:
    """Return how what two SVGs say differs; empty if it does not. What else they draw shows in their PNGs."""
    for now, was in zip_longest(
        *(TEXT.findall(data.decode("utf-8", "replace")) for data in (made, kept)), fillvalue="none"
    ):
        if now != was:
            return f"the text {was} is {now}"
    return ""


def compare_png_pixels(made: bytes, kept: bytes) -> str:
    """Return how two PNGs differ to the eye; empty if they do not."""
    try:
        new, old = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), dtype=float) for data in (made, kept))
    except (OSError, SyntaxError, ValueError):
        return "it cannot be read"
    if new.shape != old.shape:
        return "its size"
    off = np.abs(new - old).max(axis=2) > OFF
    rms = float(np.sqrt(((new - old) ** 2).mean()))
    if off.mean() <= SHARE and rms <= RMS:
        return ""
    return f"{off.sum()} pixels by more than {OFF} of 255, all by {rms:.2g} together"
