"""A real Chromium, where there is one, for tests that look at pages: fixtures to import."""

import shutil
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from compendium.base import paths

PROGRAMS = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"  # the first computes least
PROGRAM = next(filter(None, map(shutil.which, PROGRAMS)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
LOOKED = paths.HOME / "build" / "browser"  # log and pictures of the last test, for people

WIDTHS, HEIGHT = (1280, 390), 900
CONTRAST = "color-contrast"
ONE_OF_EACH = """() => {
    const seen = new Set(), look = e => [e.tagName, e.getAttribute('class'), e.getAttribute('style')].join(' ')
    const around = e => e ? [look(e), ...around(e.parentElement)] : []
    for (const part of document.querySelectorAll('section section, tbody tr, li, pre span')) {
        const inside = [...part.querySelectorAll('*')].map(e => look(e.parentElement) + ' > ' + look(e))
        const looks = [part.rowIndex % 2, ...around(part), ...[...new Set(inside)].sort()].join('; ')
        if (seen.has(looks)) { part.hidden = true; part.replaceChildren() } else seen.add(looks)
    }
}"""  # of sections, rows, points and tokens that are alike in all but their texts only the first keeps its content


def browsing(test):
    """Mark a test that looks at pages: only `make test-all` runs it, and only where there is a Chromium."""
    remedy = "no Chromium here; apt-get install chromium brings the browser tests"
    return pytest.mark.slow(pytest.mark.skipif(not PROGRAM, reason=remedy)(test))


@pytest.fixture(scope="module")
def browser():
    """Chromium, started once."""
    LOOKED.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def window(browser):
    """A window with a list `faults` of console errors, failed and external requests; hosts elsewhere are cut off."""
    page = opened(browser)
    yield page
    page.close()


def opened(browser):
    """Open a window such as the fixture `window` gives."""
    page = browser.new_page(viewport={"width": WIDTHS[0], "height": HEIGHT})
    page.set_default_timeout(60_000)  # other tests keep the processors busy
    page.faults = []
    page.on("console", lambda m: page.faults.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.faults.append(f"script: {e}"))
    page.on("requestfailed", lambda r: page.faults.append(f"not loaded: {r.url}"))
    page.on("request", lambda r: page.faults.append(f"external: {r.url}") if foreign(r.url) else None)
    return page


def foreign(url: str) -> bool:
    """Tell whether an address leads away from this machine."""
    return urlsplit(url).scheme not in ("file", "data", "blob", "about") and urlsplit(url).hostname != "127.0.0.1"


def barriers(window, **options) -> list[dict]:
    """Return what axe finds on a page, which is to be loaded again afterwards.

    Contrast, which takes most of the time on a long page, is looked at last, in one of the parts that are alike in all
    but their texts.
    """
    options |= {"resultTypes": ["violations"]}
    options["preload"] = False  # else axe asks for the style sheets itself, which a page from disk may not
    found = Axe().run(window, options=options | {"rules": {CONTRAST: {"enabled": False}}}).response["violations"]
    window.evaluate(ONE_OF_EACH)
    return found + Axe().run(window, options=options | {"runOnly": [CONTRAST]}).response["violations"]
