"""PDFs made with typst from JSON and a template, in the vendored font: equal facts give equal bytes."""

from datetime import datetime

import typst

from compendium import paths
from compendium.run import RunError


def pdf(template: str, text: str, day: datetime) -> bytes:
    """Return what a template, such as `certificate`, makes of the JSON `text`, as a PDF of that day; a RunError says
    that the vendored font lacks a sign, or that the template refuses a text as too long."""
    # The standards, for archives and screen readers, refuse a sign that the font cannot show.
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(paths.FONTS)])
    path = paths.CODE / "compendium" / "templates" / f"{template}.typ"
    compiler = typst.Compiler(str(path), font_paths=fonts, sys_inputs={"facts": text})
    try:
        made = compiler.compile(format="pdf", timestamp=day, pdf_standards=["a-2a", "ua-1"])
    except typst.TypstError as error:
        raise RunError(f"{template}.pdf cannot be drawn: {error.message}. Remedy: correct the text it names") from None
    assert isinstance(made, bytes)
    return made
