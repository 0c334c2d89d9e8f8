"""report.html in a real Chromium where there is one: nothing external, fits a phone, no barrier that axe finds."""

from itertools import islice

from chromium import HEIGHT, LOOKED, WIDTHS, barriers, browsing
from chromium import browser as browser
from chromium import window as window
from worlds import HERE

from compendium.ledger import claims
from compendium.pages import report


def text(rows=None):
    """Return the report of the committed ledger, or of its first rows."""
    return report.render_report(HERE, dict(islice(claims.read_ledger(HERE).items(), rows)))


def found(window, file, text):
    """Open a text as a page from disk and return what axe finds, all its rules, at each width."""
    file.write_text(text, encoding="utf-8")
    rules = set()
    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": HEIGHT})
        window.goto(file.as_uri())
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        rules |= {v["id"] for v in barriers(window)}
    return rules


@browsing
def test_axe_finds_no_barrier_in_the_report(window, tmp_path):
    assert found(window, tmp_path / "report.html", text()) == set() and window.faults == []
    LOOKED.mkdir(parents=True, exist_ok=True)
    window.reload()
    window.screenshot(path=LOOKED / "report.png")


@browsing
def test_axe_finds_a_barrier_that_is_planted(window, tmp_path):
    faded = text(3).replace("small{color:#5a5a5a}", "small{color:#aaa}").replace('<html lang="zh-CN">', "<html>")
    assert {"color-contrast", "html-has-lang"} <= found(window, tmp_path / "report.html", faded)
