"""The book: complete, linked, bilingual, readable offline; looked at in a real Chromium where there is one."""

import base64
import html
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, unquote, urlsplit

import matplotlib
import pytest
from bs4 import BeautifulSoup
from chromium import FLAGS, HEIGHT, LOOKED, PROGRAM, WIDTHS, barriers, browsing, opened
from chromium import browser as browser
from chromium import window as window
from fontTools.ttLib import TTFont
from worlds import HERE

from compendium.authoring import returned
from compendium.base import cells
from compendium.base.files import write_atomic
from compendium.base.vocabulary import ANSWERS, VERDICTS, WEIGHTS
from compendium.book import building, edition, links
from compendium.ledger import claims, readings
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook import bilingual
from compendium.notebook.wording import NotebookWording
from compendium.pages import participation, report
from compendium.run import RunError, contents, notebookfile, preload

pytestmark = pytest.mark.slow
LANGUAGES = "zh", "en"
NOTEBOOKS = list(contents.list_declared_notebooks(HERE))
SAMPLE = ["index", "notebooks/03-regional-distribution", "claims/Q15", "claims/Q61", "claims/index"]
SAMPLE += ["findings", "glossary", "codebook", "search"]
LONG = SAMPLE[1], "glossary", "codebook"
AXE = [f"zh/{name}" for name in SAMPLE] + [f"en/{name}" for name in (*SAMPLE[:3], "search")]  # of the same templates
TOO_WIDE = "<table><tr><td style='min-width: 900px'>wide</td></tr></table>"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SCROLLED = "notebooks/", "codebook", "docs/"  # pages with long tables, which may be wider than a phone
CUT = """() => [...document.querySelectorAll('th, td')].filter(cell => {
    const boxes = []
    for (let box = cell; box = box.parentElement;) boxes.push(box)
    const end = cell.getBoundingClientRect().right - 1
    return boxes.some(b => getComputedStyle(b).overflowX !== 'visible' && end > b.getBoundingClientRect().right)
}).length"""  # what a box hides or shows only to who scrolls it
ARTICLE = re.compile("<article.*</article>", re.S)
UNLINKED = re.compile(
    r"<(pre|code|script|h[1-3]|nav|summary)\b.*?</\1>|"
    r'<span class="copied".*?</span>|<a (?!class="term").*?</a>|<div class="prev-next.*|<[^>]*>',
    re.S,
)


class Page(HTMLParser):
    """What one page holds: ids, links, images, headings, everything it loads."""

    def __init__(self, path):
        super().__init__()
        self.path, self.text = path, path.read_text(encoding="utf-8")
        self.ids, self.links, self.loads, self.images, self.levels = [], [], [], [], []
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids += [found["id"]] if "id" in found else []
        self.levels = [] if tag == "article" else self.levels  # before it stands a copy for print only
        self.links += [found["href"]] if tag == "a" and "href" in found else []
        self.loads += [found[key] for key in ("src", "href") if key in found and (key == "src" or tag == "link")]
        self.images += [(found.get("src"), found.get("alt"))] if tag == "img" else []
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []


@pytest.fixture(scope="module")
def built(tmp_path_factory, one_fork_server):
    """Both editions, from nothing, where a locale is set that is not installed."""
    target = tmp_path_factory.mktemp("book") / "made"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preload, "fork_kernels", one_fork_server)
        patch.setenv("LC_ALL", "xx_XX.UTF-8")
        building.build_book(HERE, target, lambda _: None, os.cpu_count() or 1)
    return target


@pytest.fixture(scope="module")
def pages(built):
    found = [path for path in sorted(built.rglob("*.html")) if "_static" not in path.parts]
    return {path.relative_to(built).as_posix(): Page(path) for path in found}


def in_both(pages, name):
    """Return by language a page of both editions."""
    return {language: pages[f"{language}/{name}.html"] for language in LANGUAGES}


def test_both_editions_have_the_same_pages_and_the_same_places_a_place_for_every_cell(pages):
    names = {name.partition("/")[2].removesuffix(".html") for name in pages if "/" in name}
    every = {
        f"notebooks/{name}": notebookfile.read_notebook(HERE.notebooks / f"{name}.ipynb").cells for name in NOTEBOOKS
    }
    assert {f"{language}/{name}.html" for language in LANGUAGES for name in names} == set(pages) - {"index.html"}
    assert every.keys() < names
    for name in names:
        zh, en = in_both(pages, name).values()
        places = [[i for i in page.ids if i.startswith(("cell-", "term-", "table-"))] for page in (zh, en)]
        due = [f"cell-{cell.id}" for cell in every.get(name, [])]
        assert places[0] == places[1] and [i for i in places[0] if i.startswith("cell-")] == due, name


def test_every_claim_has_a_page_in_both_languages_that_leads_to_its_cell(pages):
    ledger, statements = claims.read_ledger(HERE), HERE.tables("claims").set_index("claim_id")
    assert set(ledger) == set(statements.index)
    for name, one in ledger.items():
        for language, page in in_both(pages, f"claims/{name}").items():
            assert f"../notebooks/{one.notebook}.html#cell-{one.cell}" in page.links
            title = html.unescape(re.search(r"<h1>(.*?)<a", page.text)[1]).replace("’", "'")
            assert title == f"{name} {statements.at[name, f'statement_{language}']}".rstrip("。.")
            assert VERDICTS[one.verdict][language] in page.text


def test_links_lead_somewhere_and_nothing_is_loaded_from_elsewhere(pages, built):
    sources = HERE.tables("sources")
    safe = {urlsplit(u).hostname for u in sources[sources["host_trust"] != "unsafe"]["url"]}
    safe |= {"doi.org", "www.sphinx-doc.org", "sphinx-book-theme.readthedocs.io"}
    for name, page in pages.items():
        assert {urlsplit(u).hostname for u in page.links if urlsplit(u).scheme} <= safe, name
        for link in (urlsplit(link) for link in page.links if not urlsplit(link).scheme):
            target = (page.path.parent / unquote(link.path)).resolve() if link.path else page.path.resolve()
            assert target.is_file(), f"{name}: {link}"
            known = pages[target.relative_to(built.resolve()).as_posix()].ids if target.suffix == ".html" else []
            assert not link.fragment or unquote(link.fragment) in known, f"{name}: {link}"
        for load in map(urlsplit, page.loads):
            assert load.scheme == "data" or not load.scheme, f"{name}: {load}"
            assert load.scheme or not load.path or (page.path.parent / unquote(load.path)).is_file(), f"{name}: {load}"
        assert not re.search(r"""url\(["']?https?:|@import\s+["']?https?:""", page.text), name
        assert page.levels[0] == 1 and page.levels.count(1) == 1, name
        assert all(b <= a + 1 for a, b in pairwise(page.levels)), f"{name}: {page.levels}"
        around = re.search('class="(left-prev|right-next|around)"', page.text)
        assert around or "/" not in name or name.endswith("search.html"), f"{name} leads to no other"
    held = {code for font in building.FONTS for code in TTFont(built / font).getBestCmap()}
    lost = {sign for page in pages.values() for sign in page.text if sign >= building.HAN and ord(sign) not in held}
    assert lost == set(), "every machine shows every sign"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_speaks_the_language_of_its_page_in_figures_too_and_is_brought_along(pages, name):
    plain = re.compile(r'<(pre|h\d|nav|code|summary|a)\b.*?</\1>|<span class="math.*?</span>|<[^>]*>', re.S)
    file = HERE.notebooks / f"{name}.ipynb"
    outputs = [o for cell in notebookfile.read_notebook(file).cells for o in cell.get("outputs", [])]
    shown = [o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.data]
    figures = [re.search(r"<title>(.*?)</title>", svg)[1] for svg in shown]
    for language, page in in_both(pages, f"notebooks/{name}").items():
        for (source, alt), figure in zip(page.images, figures, strict=True):
            drawn = HERE.figure_path(figure, language, "svg").read_text(encoding="utf-8")
            assert alt == html.unescape(re.search(r"<dc:description>(.*?)</dc:description>", drawn, re.S)[1])
            assert (page.path.parent / source).read_text("utf-8").strip() == drawn[drawn.index("<svg") :].strip()
        article = ARTICLE.search(page.text)[0]
        assert links.CLAIM.findall(plain.sub(" ", article)) == [], "each mention of a claim leads to its page"
        assert any("../claims/Q" in link for link in page.links)
        said = re.sub(r"<pre.*?</pre>", "", page.text, flags=re.S).replace(HERE.declaration.paper.title, "")
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in said and said.count("<details") >= 2
        other = {"en": r"[\u4e00-\u9fff]{3} [a-z]{3}", "zh": r"[\u4e00-\u9fff] [a-z]{3,}</th>"}[language]
        assert re.findall(other, said) == []
        terms = [word["href"] for word in BeautifulSoup(page.text, "html.parser").select(":is(p, li) > a.term")]
        assert terms and len(terms) == len(set(terms)), "a word is explained once"
        assert (page.path.parent / file.name).read_bytes() == file.read_bytes() and file.name in page.links
        assert page.text.index("<img") < page.text.index('class="take"')


def words(page):
    """Return the terms that a page explains, and its text without what is kept from links."""
    article = ARTICLE.search(page.text)[0]
    return {*re.findall(r'#term-([\w-]+)" data-means', article)}, html.unescape(UNLINKED.sub(" ", article))


def test_every_page_explains_the_words_of_the_vocabulary_that_it_uses_and_the_glossary_all(pages):
    made = edition.LanguageEdition(replace(HERE, language="en"))
    assert len(made.terms) >= 40
    for page in in_both(pages, "glossary").values():
        for term, row in made.terms.items():
            part = page.text.split(f'id="term-{term}"')[1].split('<div class="place"')[0]
            assert all(html.escape(row[f"term_{one}"].split(" / ")[0], False) in part for one in LANGUAGES), term
    vocabulary = {links.slugify_term(word.en) for word in [*ANSWERS.values(), *VERDICTS.values()]}
    vocabulary |= {"weak-evidence", "firm-evidence"}
    for name in {n.partition("/")[2].removesuffix(".html") for n in pages if "/" in n} - {"glossary", "search"}:
        (told_zh, zh), (told_en, en) = map(words, in_both(pages, name).values())
        used = {t for t in vocabulary if made.patterns[t]["zh"].search(zh) and made.patterns[t]["en"].search(en)}
        assert (used - told_zh, used - told_en) == (set(), set()), name


def test_a_fault_leaves_the_last_book_in_place(tmp_path, monkeypatch):
    target = tmp_path / "made"
    target.mkdir()
    (target / "index.html").write_text("the last one", encoding="utf-8")
    monkeypatch.setattr(building, "render_all_pages", lambda _: {})
    monkeypatch.setattr(
        building, "write_sphinx_sources", lambda *given: write_atomic(given[-1] / "index.md", b"# A\n[b](c.md)\n")
    )
    with pytest.raises(RunError, match=r"the book has faults\n.*index.md:2: .*c.md"):
        building.write_editions([replace(HERE, language=one) for one in LANGUAGES], target, lambda _: None)
    assert [p.name for p in tmp_path.iterdir()] == ["made"] and (target / "index.html").read_text() == "the last one"


EXERCISES = [
    (name, cell.id)
    for name in NOTEBOOKS
    for cell in notebookfile.read_notebook(HERE.notebooks / f"{name}.ipynb").cells
    if "exercise" in cell.metadata.get("tags", [])
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_has_a_field_for_its_answer_and_no_solution_in_clear(pages, language):
    text = {name: pages[f"{language}/notebooks/{name}.html"].text for name in NOTEBOOKS}
    fields = [(name, one) for name, page in text.items() for one in re.findall(r'id="([\w-]+)-check-field"', page)]
    assert fields == EXERCISES
    for name, exercise in EXERCISES:
        code = cells.find_solution_code(cells.read_notebook_cells(HERE.notebooks / f"{name}.ipynb"), exercise)
        part = text[name].split(f'id="cell-{exercise}"')[1].partition("</details>")[0]
        plain = BeautifulSoup(part, "html.parser").get_text()
        lines = [line for line in code.splitlines() if len(line) > 12 and not line.startswith("from ")]  # hints may
        assert [line for line in lines if line.strip() in plain] == [], exercise
        [held] = re.findall(r'<details class="solution" data-held="([^"]+)">', part)
        solution = BeautifulSoup(base64.b64decode(held).decode("utf-8"), "html.parser").get_text()
        due = bilingual.select_comment_language(code, language, HERE.languages).splitlines()
        assert [line for line in due if line.strip() not in solution] == []


# In the browser


def look(window, address, name=""):
    """Open a page from disk and look at it at each width: its faults, of the sample its barriers; where the key figure
    stands at first. Pictures of the sample stay for people."""
    sample, seen = name.partition("/")[2], SimpleNamespace(barriers=[], figure=[])
    window.faults.clear()
    window.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    window.goto(address)
    window.evaluate("document.querySelector('.math') && MathJax.startup.promise.then(() => true)")
    for chart in window.locator("div.explorer").all():
        chart.locator("svg").wait_for()
    missing = "[...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => 'no image: ' + i.src)"
    faults = window.faults + window.evaluate(missing)
    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": HEIGHT})
        place = "document.querySelector('.cell_output img')?.getBoundingClientRect().toJSON()"
        seen.figure.append(window.evaluate(place))
        wide = window.evaluate("document.documentElement.scrollWidth")
        faults += [f"{wide} pixels wide on a window of {width}"] if wide > width else []
        cut = 0 if sample.startswith(SCROLLED) else window.evaluate(CUT)
        faults += [f"{cut} cells of tables are cut on a window of {width}"] if cut else []
    for width in WIDTHS if name in AXE else ():  # last, for of what is alike it leaves one
        window.set_viewport_size({"width": width, "height": HEIGHT})
        window.reload()  # the theme says what can be scrolled when a page opens, and late after a change of width
        window.screenshot(path=LOOKED / f"{name.replace('/', '-')}-{width}.png")
        if width < WIDTHS[0] and (sample in LONG or name.startswith("en/")):
            continue  # the frame, which alone differs on a phone, is that of the short pages, in both languages
        violations = barriers(window, runOnly=WCAG)
        seen.barriers += [(width, v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in violations]
    seen.faults = list(dict.fromkeys(faults))
    return seen


def look_once(window, file, text):
    """Look at a page that is there no longer than that."""
    file.write_text(text, encoding="utf-8")
    seen = look(window, file.as_uri())
    file.unlink()
    return seen


def together(pages, language):
    """Return the names of the claims' pages of an edition, without the sample, and a page with the articles of all."""
    names = [name for name in pages if name.startswith(f"{language}/claims/Q")]
    names = [name for name in names if name.removesuffix(".html").partition("/")[2] not in SAMPLE]
    articles = [ARTICLE.search(pages[name].text)[0] for name in names]
    return names, pages[names[0]].text.replace(articles[0], "\n".join(articles))


@pytest.fixture(scope="module")
def looked(pages, browser, built):
    """What pages show, by name. Those of claims are alike in all but their articles, which are looked at together."""
    window, found = opened(browser), {}
    for language in LANGUAGES:
        names, text = together(pages, language)
        seen = look_once(window, built / language / "claims" / "together.html", text)
        if not seen.faults:  # else each is opened below, which tells whose fault it is
            found |= dict.fromkeys(names, seen)
    for name in set(pages) - set(found):
        found[name] = look(window, pages[name].path.as_uri(), name.removesuffix(".html"))
    window.close()
    return found


@browsing
def test_every_page_opens_from_disk_without_a_fault_and_shows_its_key_figure_at_first(looked):
    """Of a notebook, on the wide window all of it, on a phone its beginning."""
    lines = [f"{name}\t{'; '.join(seen.faults) or 'ok'}\n" for name, seen in sorted(looked.items())]
    (LOOKED / "pages.log").write_text("".join(lines), encoding="utf-8")
    assert {name: seen.faults for name, seen in looked.items() if seen.faults} == {}
    assert {name: looked[f"{name}.html"].barriers for name in AXE if looked[f"{name}.html"].barriers} == {}
    places = {name: seen.figure for name, seen in looked.items() if "/notebooks/" in name}
    assert [name for name, (wide, _) in places.items() if wide["bottom"] >= HEIGHT] == []
    assert [name for name, (_, phone) in places.items() if phone["top"] >= HEIGHT] == []


@browsing
def test_looking_finds_what_is_planted(built, window):
    text = (built / "en" / "search.html").read_text(encoding="utf-8")
    for seed, said in (
        ('<img src="https://example.org/a.png" alt="a">', "external: https://example.org/a.png"),
        ("<script>console.error('oh')</script>", "console: oh"),
        ("<script>nothing()</script>", "script: nothing is not defined"),
        ('<img src="missing.svg" alt="a">', "no image: "),
        (TOO_WIDE, "pixels wide on a window of 390"),
        (f"<div class='wide'>{TOO_WIDE}</div>", "cells of tables are cut on a window of 390"),
    ):
        planted = text.replace("</article>", f"{seed}</article>")
        faults = look_once(window, built / "en" / "planted.html", planted).faults
        assert any(said in fault for fault in faults), (said, faults)


def search(window, page, query):
    """Type a query into the field of a page and return the links to what is found."""
    window.goto(page.as_uri())
    window.locator(".search-button-field:visible").first.click()
    field = window.locator("input[name=q]:visible")
    field.fill(query)
    field.press("Enter")
    window.wait_for_url("**/search.html?*")
    return hit(window)


def hit(window, address=""):
    """Return the links to what a page of results, here or at an address, has found and shows at first."""
    if address:
        window.goto(address)
    window.wait_for_function("document.querySelector('#search')?.dataset.sought")
    return window.locator("#search .hits > ol > li > a")


def leads(link):
    """Return the page to which a hit leads."""
    return link.get_attribute("href").partition("?")[0]


def follow(window, link):
    """Click a hit and wait for the page it leads to, which has an article just as the page of results has."""
    link.click()
    window.wait_for_url(lambda url: "/search.html" not in url)


FIRST = {"305": "Q12", "97": "Q16", "75%": "Q42", "７５％": "Q42", "86%": "Q61", "2.4%": "Q76", "2.4": "Q76"}
FIRST |= {"1,000": "Q37", "1000": "Q37", "人才缺口": "Q71", "talent gap": "Q71", "试点": "Q12", "pilot projects": "Q12"}
KINDS = ["claims", "findings", "notebooks"]  # in the order in which hits of a query are shown, then the rest


@browsing
@pytest.mark.parametrize("language", LANGUAGES)
def test_search_leads_to_the_claim_that_is_meant_with_its_answer_and_a_line_then_to_its_notebook(
    built, window, language
):
    ledger = claims.read_ledger(HERE)
    for query, claim_id in (FIRST | {"Q16": "Q16"}).items():
        hits = hit(window, f"{(built / language / 'search.html').as_uri()}?q={quote(query)}")
        found, one = [leads(link) for link in hits.all()], ledger[claim_id]
        order = [[*KINDS, kind].index(kind) for kind in (re.split(r"[/.]", page)[0] for page in found)]
        assert len(set(found)) == len(found) and order == sorted(order), query
        assert found[0] == f"claims/{claim_id}.html" and f"notebooks/{one.notebook}.html" in found, query
        first = window.locator("#search li").first
        assert first.locator(".answer").inner_text() == ANSWERS[one.answer][language]
        assert one.printed[language] in first.locator("p").inner_text()
    icon, field = (
        window.locator(f"#search form > {part}").bounding_box() for part in ("i, #search form > svg", "input")
    )
    assert icon["x"] + icon["width"] <= field["x"], "the icon stands beside the word"
    assert window.faults == []


@browsing
def test_search_finds_words_and_takes_a_number_as_a_whole_which_is_marked_wherever_the_page_has_it(built, window):
    start = built / "en" / "index.html"
    for page, query, answer in (
        (built / "zh" / "index.html", "精确界", "试点项目的地区分布"),
        (built / "zh" / "index.html", "区位商的界", "产业聚集区"),
        (start, "sharp bounds", "Where the pilot projects are"),
    ):
        follow(window, search(window, page, query).filter(has_text=answer).first)
        assert query.split("的")[0].casefold() in window.locator("article").inner_text().casefold()
    first, second = (leads(search(window, start, query).first) for query in ("20", "2020"))
    assert first != second == "claims/Q05.html"
    assert search(window, start, "6543210.5").count() == 0
    assert window.locator("#search [role=status] span").is_visible()
    follow(window, search(window, start, "909.0").filter(has_text="The talent gap").first)
    window.wait_for_function("scrollY > 0")
    [number] = window.locator("article .highlighted").all()
    assert number.inner_text() == "909.0" and 0 < number.bounding_box()["y"] < HEIGHT
    follow(window, search(window, start, "20").first)
    window.wait_for_timeout(300)
    around = "marks => marks.map(m => [m.previousSibling?.textContent ?? '', m.nextSibling?.textContent ?? ''])"
    beside = window.locator("article .highlighted").evaluate_all(around)
    assert beside and not [sides for sides in beside if re.search(r"\d$", sides[0]) or re.match(r"\d", sides[1])]
    assert window.faults == []


SAID = {
    "zh": ("2025年缺514万人（供给净增−3.0%一年）", "2025年缺450万人（供给净增0.0%一年）", "尚未作答", "✓ 对", "逗号"),
    "en": ("5.14 million people short", "4.50 million people short", "no answer yet", "✓ right", "without commas"),
}


@browsing
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_explorer_follows_its_choices_and_an_exercise_is_answered_by_key_and_on_a_phone(built, window, language):
    """No answer, a typical wrong one, a right one in wide digits; the solution when it is opened."""
    first, moved, none, right, comma = SAID[language]
    window.goto((built / language / "notebooks" / "07-talent-gap.html").as_uri())
    explorer = window.locator("div.explorer")
    explorer.locator("text", has_text=first).wait_for()
    explorer.get_by_role("slider").nth(1).fill("0")  # nobody leaves
    explorer.get_by_role("radio", name="2015").check()
    explorer.locator("text", has_text=moved).wait_for()
    explorer.screenshot(path=LOOKED / f"explorer-{language}.png")
    window.set_viewport_size({"width": WIDTHS[1], "height": HEIGHT})
    field, told = window.locator("#exercise-1-check-field"), window.locator("form.exercise output").first
    said = NotebookWording(HERE, "07-talent-gap").part("exercise-1-people")[language]
    for typed, due in (("", none), ("10.76%", said), ("９．８６％", right), ("9,86", comma)):
        field.focus()
        field.fill(typed)
        window.keyboard.press("Tab")
        window.keyboard.press("Enter")  # on the button
        assert due in told.inner_text()
    box, button = field.bounding_box(), window.locator("form.exercise button").first.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= WIDTHS[1] and min(box["height"], button["height"]) >= 36
    solution = window.locator("details.solution").first
    assert solution.locator("pre").count() == 0
    solution.locator("summary").click()
    solution.locator("div").first.wait_for()
    assert "compound_rate" in solution.inner_text()
    window.locator("form.exercise").first.screenshot(path=LOOKED / f"exercise-{language}.png")
    assert window.faults == []


@browsing
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_quote_is_copied_a_verdict_tells_its_meaning_and_a_claim_leads_to_its_cell_and_back(
    built, window, language
):
    window.goto((built / language / "claims" / "Q61.html").as_uri())
    window.locator("button.copy").first.click()
    assert window.evaluate("getSelection().toString()") == window.locator(".copied").first.inner_text()
    word, means = window.locator(".answer ~ a.term").first, window.locator("#means")
    for reach in (word.focus, word.hover):
        assert means.is_hidden()
        reach()
        assert means.inner_text() == VERDICTS["relabelled"].means[language]
        assert word.get_attribute("aria-describedby") == means.get_attribute("id")
        window.keyboard.press("Escape")
    assert means.is_hidden()
    one = claims.read_ledger(HERE)["Q15"]
    window.goto((built / language / "claims" / "Q15.html").as_uri())
    window.locator("summary").last.click()
    window.locator(f"a[href$='#cell-{one.cell}']").first.click()
    window.wait_for_url(f"**/notebooks/{one.notebook}.html#cell-{one.cell}")
    story = window.locator(f"#cell-{one.cell} ~ .cell table.story").first
    assert story.bounding_box()["y"] < HEIGHT
    story.locator("a", has_text="Q14").click()
    window.wait_for_url("**/claims/Q14.html")
    assert window.faults == []


@browsing
def test_a_first_tap_tells_the_meaning_and_a_second_leads_to_the_glossary(built, browser):
    phone = browser.new_page(viewport={"width": WIDTHS[1], "height": HEIGHT}, has_touch=True)
    phone.goto((built / "en" / "notebooks" / "07-talent-gap.html").as_uri())
    word, means = phone.locator("table.story a.term", has_text="relabelled").first, phone.locator("#means")
    word.tap()
    box = means.bounding_box()
    assert means.inner_text() == VERDICTS["relabelled"].means.en
    assert 0 <= box["x"] <= WIDTHS[1] - box["width"]
    phone.locator("article h1").tap()
    assert means.is_hidden()
    word.tap()
    word.tap()
    phone.wait_for_url("**/glossary.html#term-relabelled")
    phone.close()


@browsing
def test_chinese_is_read_where_the_machine_has_no_chinese_font(built, browser, tmp_path):
    latin, settings = Path(matplotlib.get_data_path()) / "fonts" / "ttf", tmp_path / "fonts.conf"
    settings.write_text(f"<fontconfig><dir>{latin}</dir><cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8")
    own = os.environ | {"FONTCONFIG_FILE": str(settings)}
    window = opened(browser.browser_type.launch(executable_path=PROGRAM, args=FLAGS, env=own))
    protocol = window.context.new_cdp_session(window)
    for name in ("index", "zh/claims/Q42", "zh/notebooks/07-talent-gap", "en/index"):
        window.goto((built / f"{name}.html").as_uri())
        window.evaluate("document.fonts.ready.then(() => true)")
        for domain in ("DOM", "CSS"):
            protocol.send(f"{domain}.enable")
        root = protocol.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        parts = "h1, .sidebar-primary-item p, nav .caption, th.key, pre, b, a.switch"
        nodes = protocol.send("DOM.querySelectorAll", {"nodeId": root, "selector": parts})["nodeIds"]
        seen = "parts => parts.map(part => part.checkVisibility() ? part.textContent : '')"
        for node, text in zip(nodes, window.locator(parts).evaluate_all(seen), strict=True):
            fonts = protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            drawn = sum(font["glyphCount"] for font in fonts if font["isCustomFont"])
            assert drawn >= len(re.findall(r"[\u4e00-\u9fff]", text)), (name, text)
    window.context.browser.close()


@browsing
def test_axe_finds_no_barrier_in_the_report_and_one_that_is_planted(window, tmp_path):
    text = report.render_report(HERE, claims.read_ledger(HERE))
    faded = text.replace("small{color:#5a5a5a}", "small{color:#aaa}").replace('<html lang="zh-CN">', "<html>")
    for said, due in ((text, set()), (faded, {"color-contrast", "html-has-lang"})):
        (tmp_path / "report.html").write_text(said, encoding="utf-8")
        assert look(window, (tmp_path / "report.html").as_uri()).faults == []
        window.screenshot(path=LOOKED / "report.png")
        assert {found["id"] for found in barriers(window)} == due


@browsing
@pytest.mark.parametrize("name", ["notebooks/07-talent-gap", "claims/Q61", "index"])
def test_on_dark_ground_everything_can_be_read(built, window, name):
    window.goto((built / "en" / f"{name}.html").as_uri())
    window.locator(".theme-switch-button:visible").click()
    window.locator(".theme-change-button[data-mode=dark]").click()
    assert window.evaluate("document.documentElement.dataset.theme") == "dark"
    window.evaluate("document.querySelector('a.term').focus()")
    window.locator("#means").wait_for()
    window.mouse.move(0, 0)
    window.wait_for_function("!document.querySelector('.tooltip')")  # that of the button fades out
    window.screenshot(path=LOOKED / f"dark-{name.replace('/', '-')}.png")
    looks = "images => images.map(i => getComputedStyle(i)).map(look => [look.backgroundColor, look.filter])"
    cards = window.locator("article img").evaluate_all(looks)
    assert all(card == ["rgb(255, 255, 255)", "none"] for card in cards)
    assert barriers(window, runOnly=WCAG) == []


@browsing
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_claims_shows_ten_on_a_screen_and_is_filtered_by_answer_verdict_and_word(built, window, language):
    ledger = [one for one in claims.read_ledger(HERE).values() if one.weight != claims.LISTS]
    verdict, answer = "relabelled", ANSWERS["precise"]
    mine = [one for one in ledger if one.verdict == verdict]
    window.goto((built / language / "claims" / "index.html").as_uri())
    window.evaluate("document.querySelector('.filter table').scrollIntoView()")
    top = window.locator(".bd-header-article").bounding_box()
    rows = [row.bounding_box() for row in window.locator(".filter tbody tr").all()]
    seen = [r for r in rows if top["y"] + top["height"] <= r["y"] and r["y"] + r["height"] <= HEIGHT]
    ten = max(b["y"] + b["height"] - a["y"] for a, b in zip(rows, rows[9:], strict=False))
    assert len(seen) >= 10 and ten < HEIGHT - top["height"], "wherever the list is scrolled to"
    shown = window.locator(".wide.filter tbody tr:visible")
    assert shown.count() == len(ledger)
    window.set_viewport_size({"width": WIDTHS[1], "height": HEIGHT})
    answers, weights, sections, dial = window.get_by_role("combobox").all()
    for menu, value, own in (
        (weights, WEIGHTS["headline"][language], [one for one in ledger if one.weight == "headline"]),
        (sections, "2.2", [one for one in ledger if one.section == "2.2"]),
    ):
        menu.select_option(value)
        assert shown.count() == len(own)
        menu.select_option("")
    data, gravest = EvidenceTables(HERE), ANSWERS["correct"][language]
    strictest = [readings.answer_by_strictness(one, data)["strictest"] for one in ledger]
    dial.select_option("strictest")
    told = window.locator(".filter .answer").all_inner_texts()
    assert told.count(gravest) == strictest.count("correct") > sum(one.answer == "correct" for one in ledger)
    dial.select_option("rule")
    answers.select_option(answer[language])
    assert shown.count() == sum(one.verdict in answer.verdicts for one in ledger) > len(mine)
    answers.select_option(VERDICTS[verdict][language])
    assert shown.count() == len(mine) == int(window.locator("output").inner_text())
    word = mine[0].printed[language]
    window.get_by_role("searchbox").last.fill(word)
    assert 0 < shown.count() <= len(mine) and word in shown.first.inner_text()
    assert window.faults == []


@browsing
@pytest.mark.parametrize(("language", "width"), [*zip(LANGUAGES, WIDTHS[::-1], strict=True)])
def test_a_reader_codes_leaves_goes_on_votes_and_saves_what_the_seed_draws(built, window, tmp_path, language, width):
    window.set_viewport_size({"width": width, "height": HEIGHT})
    window.goto((built / language / "part" / "code.html").as_uri() + "?seed=7")
    window.get_by_role("textbox").last.focus()
    window.keyboard.type("Ada 甲")
    window.keyboard.press("Enter")
    assert barriers(window, runOnly=WCAG) == []
    window.reload()
    go_on, pool = window.locator("[data-do=go-on]"), participation.read_coding_pool(HERE)
    go_on.click()
    shown, ballots = pool.draw(7)
    for number in range(len(shown)):
        if number == 1:
            window.locator("[data-do=back]").click()
            assert window.locator("[name=side]").first.is_checked() and window.locator("select").input_value() == "same"
            window.locator("form button").first.click()
        window.locator("[name=side]").nth(number % 2).check()
        window.keyboard.press("Enter")  # in what they differ is to be said
        window.locator("select").select_option(index=1 + number % 3)
        window.locator("form button").first.click()
        if number == 3:
            window.reload()
            go_on.click()
    assert window.locator("legend").count() > 1
    for _ in ballots:
        for mark in window.locator("select").all():
            mark.select_option("possible")
        points = window.locator("[type=number]")
        points.first.fill("60")
        window.keyboard.press("Enter")  # 40 points are left to give
        points.last.fill("40")
        window.keyboard.press("Enter")
    window.locator("[data-do=save]").wait_for()
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    window.screenshot(path=LOOKED / f"coded-{language}-{width}.png", full_page=True)
    with window.expect_download() as saving:
        window.locator("[data-do=save]").click()
    saving.value.save_as(tmp_path / "coded.csv")
    file = returned.read_returned_file(HERE, tmp_path / "coded.csv", participation.CODING_COLUMNS)
    returned.raise_unless_as_drawn(file, pool, EvidenceTables(HERE))
    assert [row["id"] for row in file.rows][: len(shown)] == shown and file.rows[0]["name"] == "Ada 甲"
    assert barriers(window, runOnly=WCAG) == [] and window.faults == []


@browsing
@pytest.mark.parametrize(("language", "width"), [*zip(LANGUAGES, WIDTHS, strict=True)])
def test_a_reviewer_sees_our_answer_after_the_own_one_and_ends_with_a_bound(built, window, tmp_path, language, width):
    window.set_viewport_size({"width": width, "height": HEIGHT})
    window.goto((built / language / "part" / "walk.html").as_uri())
    window.locator("[name=name]").fill("Rui")
    window.locator("[value='20']").check()
    window.keyboard.press("Enter")
    for number in range(10):
        assert window.locator(".ours").inner_text() == ""
        window.locator("[name=answer]").nth(0 if number else 3).check()
        window.locator("[name=remark]").fill("=1+1 <b>" if number == 1 else "")
        window.keyboard.press("Enter")
        window.locator("[data-do=next]").click()
    assert f"{round(100 * participation.compute_error_bound(0, 9))}%" in window.locator(".participation").inner_text()
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    window.screenshot(path=LOOKED / f"walked-{language}-{width}.png", full_page=True)
    with window.expect_download() as saving:
        window.locator("[data-do=save]").click()
    saving.value.save_as(tmp_path / "walk.csv")
    file = returned.read_returned_file(HERE, tmp_path / "walk.csv", participation.WALK_COLUMNS)
    answers = [row["answer"] for row in file.rows]
    assert answers == ["unreached", *["so"] * 9] and file.rows[1]["remark"] == "1+1 b"
    assert barriers(window, runOnly=WCAG) == [] and window.faults == []


@browsing
@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "The gap reached 3 million talents in intelligent manufacturing in 2020.", ["Q71"]),
        ("en", "The import rate of key new materials was 68%.", ["Q61"]),
        ("zh", "2020年全社会研发投入占GDP的2.4%。天空是蓝的。", ["Q76", ""]),
        ("zh", "<b onclick=x>到2025年</b>智能制造人才缺口将达450万人。", ["Q72"]),
        ("zh", "首批仅四十六项，次年增至六十三项。合计三百零五项。", ["Q14", "Q12"]),
        ("zh", "关键新材料的本土供给只占百分之十四。", ["Q62"]),
        ("en", "The field of intelligent manufacturing lacked three million talents.", ["Q71"]),
        ("en", "The revised guide is titled 《国家智能制造标准体系建设指南》 (2018).", ["Q07"]),
        ("en", "We followed forty-six patients, seventy-five per cent of whom slept well.", [""]),
    ],
)
def test_a_pasted_paragraph_finds_the_claims_that_it_leans_on(built, window, language, text, found):
    window.goto((built / language / "part" / "paragraph.html").as_uri())
    window.locator("textarea").fill(text)
    window.locator(".participation button").click()
    sections = window.locator(".results section").all()
    assert "".join(one.locator("blockquote").inner_text() for one in sections) == text
    first = [one.locator(".card a").first.inner_text() if one.locator(".card").count() else "" for one in sections]
    assert first == found
    other = window.locator(".card strong").all_inner_texts()
    assert bool(other) == ("68%" in text) and all("86%" in one for one in other[:1])
    assert barriers(window, runOnly=WCAG) == [] and window.faults == []


@browsing
def test_the_language_switch_keeps_the_place(built, window):
    window.goto((built / "zh" / "notebooks" / "03-regional-distribution.html").as_uri() + "#cell-map-read")
    for language in ("en", "zh"):
        switch = window.locator("a.switch").bounding_box()
        window.mouse.click(switch["x"] + 5, switch["y"] + 5)
        window.wait_for_url(f"**/{language}/notebooks/03-regional-distribution.html#cell-map-read")
        place = window.evaluate("document.querySelector('#cell-map-read').getBoundingClientRect().top")
        assert 0 <= place <= 150
    window.goto((built / "zh" / "search.html").as_uri() + "?q=HHI")
    window.locator("a.switch").click()
    window.wait_for_url("**/en/search.html?q=HHI")
