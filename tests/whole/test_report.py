"""report.html in a real Chromium where there is one: nothing external, fits a phone, no barrier that axe finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from chromium import LOOKED, browsing
from chromium import browser as browser
from chromium import window as window

from compendium import paths
from compendium.ledger import claims
from compendium.show import report

WIDTHS = (1280, 390)


def text(rows=None):
    """Return the report of the committed ledger, or of its first rows."""
    return report.report(claims.stored("claims", paths.project().root)[:rows])


def barriers(window, file, text):
    """Open a text as a page from disk and return what axe finds, all its rules, at each width."""
    file.write_text(text, encoding="utf-8")
    found = set()
    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": 900})
        window.goto(file.as_uri())
        assert window.evaluate("document.documentElement.scrollWidth") <= width
        found |= {v["id"] for v in Axe().run(window, options={"preload": False}).response["violations"]}
    return found


@browsing
def test_axe_finds_no_barrier_in_the_report(window, tmp_path):
    assert barriers(window, tmp_path / "report.html", text()) == set() and window.faults == []
    LOOKED.mkdir(parents=True, exist_ok=True)
    window.screenshot(path=LOOKED / "report.png")


@browsing
@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("main>", "div>", "landmark-one-main"),
        ('<html lang="zh-CN">', "<html>", "html-has-lang"),
        ('lang="en"', 'lang="english words"', "valid-lang"),
        ('scope="col"', 'scope="columns"', "scope-attr-valid"),
        ("a{color:#0b5394}", "a{color:#0b5394;text-decoration:none}", "link-in-text-block"),
        ("small{color:#5a5a5a}", "small{color:#aaa}", "color-contrast"),
    ],
)
def test_axe_finds_a_barrier_that_is_planted(window, tmp_path, old, new, found):
    assert old in text(3)
    assert found in barriers(window, tmp_path / "report.html", text(3).replace(old, new))
