"""The book: complete, linked, bilingual, readable offline; looked at in a real Chromium where there is one."""

import base64
import html
import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import matplotlib
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from chromium import FLAGS, HEIGHT, LOOKED, PROGRAM, WIDTHS, barriers, browsing, opened
from chromium import browser as browser
from chromium import window as window
from worlds import HERE

from compendium import cells
from compendium.book import building, edition, links
from compendium.files import write_atomic
from compendium.forms import claimsfile
from compendium.ledger import claims
from compendium.run import RunError, caching, contents, notebookfile, preloading
from compendium.show import halves
from compendium.show.wording import Wording
from compendium.vocabulary import ANSWERS, VERDICTS, WEIGHTS

pytestmark = pytest.mark.slow
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
        self.loads += [found["src"]] if "src" in found else []
        self.loads += [found["href"]] if tag == "link" and "href" in found else []
        self.images += [(found.get("src"), found.get("alt"))] if tag == "img" else []
        self.levels += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []


def figure(name, language="en"):
    text = HERE.figure_path(name, language, "svg").read_text(encoding="utf-8")
    return text[text.index("<svg") :]


def described(name, language="en"):
    return html.unescape(re.search(r"<dc:description>(.*?)</dc:description>", figure(name, language), re.S)[1])


@pytest.fixture(scope="module")
def built(tmp_path_factory, one_fork_server):
    """Both editions, from nothing, where a locale is set that is not installed."""
    target = tmp_path_factory.mktemp("book") / "made"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(preloading, "fork_kernels", one_fork_server)
        patch.setenv("LC_ALL", "xx_XX.UTF-8")
        building.build(HERE, target, lambda _: None, os.cpu_count() or 1)
    return target


@pytest.fixture(scope="module")
def pages(built):
    found = [path for path in sorted(built.rglob("*.html")) if "_static" not in path.parts]
    return {path.relative_to(built).as_posix(): Page(path) for path in found}


def in_both(pages, name):
    return [pages[f"{language}/{name}"] for language in ("zh", "en")]


def test_the_runs_behind_the_editions_are_measured(built):
    for language in HERE.languages:
        run = caching.previous(HERE.build / "editions" / language)
        assert set(run.seconds) == set(contents.catalogue(HERE))
        assert all(seconds > 0 for seconds in run.seconds.values())


def test_both_editions_have_the_same_pages_and_the_same_places_a_place_for_every_cell(pages):
    names, due = {n.partition("/")[2] for n in pages if "/" in n}, {}
    for name, notebook in contents.catalogue(HERE).items():
        due[f"notebooks/{name}.html"] = [f"cell-{c.id}" for c in notebookfile.read(notebook.path).cells]
    assert {f"{language}/{name}" for language in ("zh", "en") for name in names} == set(pages) - {"index.html"}
    assert due.keys() < names
    for name in names:
        places = [[i for i in p.ids if i.startswith(("cell-", "term-", "table-"))] for p in in_both(pages, name)]
        assert places[0] == places[1], name
        assert [i for i in places[0] if i.startswith("cell-")] == due.get(name, []), name


def test_every_claim_has_a_page_in_both_languages_that_leads_to_its_cell(pages):
    ledger, statements = claims.read_ledger(HERE), HERE.tables("claims").set_index("claim_id")
    assert set(ledger) == set(statements.index)
    for name, one in ledger.items():
        for page, language in zip(in_both(pages, f"claims/{name}.html"), ("zh", "en"), strict=True):
            assert f"../notebooks/{one.notebook}.html#cell-{one.cell}" in page.links
            title = re.search(r"<h1>(.*?)<a", page.text)[1]
            printed = f"{name} {statements.at[name, f'statement_{language}']}".rstrip("。.")
            assert html.unescape(title).replace("’", "'") == printed
            assert (VERDICTS[one.verdict].zh if language == "zh" else one.verdict) in page.text


def test_every_claim_is_in_the_file_for_programs(built):
    whole = json.loads((built / claimsfile.NAME).read_text(encoding="utf-8"))
    assert {claim["id"] for claim in whole["claims"]} == set(HERE.tables("claims")["claim_id"])


def test_every_mention_of_a_claim_leads_to_its_page(pages):
    plain = re.compile(r'<(pre|h\d|nav|code|a)\b.*?</\1>|<span class="math.*?</span>|<[^>]*>', re.S)
    for name, page in pages.items():
        if "/notebooks/" in name:
            body = page.text[page.text.index("<article") : page.text.index("</article>")]
            assert links.CLAIM.findall(plain.sub(" ", body)) == [], name
            assert any("../claims/Q" in link for link in page.links), name


def test_links_lead_somewhere_and_what_is_loaded_is_there(pages, built):
    for name, page in pages.items():
        for link in (link for link in page.links if not urlsplit(link).scheme):
            path, wanted = (unquote(part) for part in (urlsplit(link).path, urlsplit(link).fragment))
            target = (page.path.parent / path).resolve() if path else page.path.resolve()
            assert target.is_file(), f"{name}: {link}"
            known = pages[target.relative_to(built.resolve()).as_posix()].ids if target.suffix == ".html" else []
            assert not wanted or wanted in known, f"{name}: {link}"
        for load in (urlsplit(load) for load in page.loads):
            there = load.scheme or not load.path or (page.path.parent / unquote(load.path)).is_file()
            assert there, f"{name}: {load.path}"


def test_nothing_is_loaded_from_elsewhere_only_safe_hosts_are_linked_and_headings_are_in_order(pages):
    sources = HERE.tables("sources")
    safe = {urlsplit(u).hostname for u in sources[sources["host_trust"] != "unsafe"]["url"]}
    safe |= {"doi.org", "www.sphinx-doc.org", "sphinx-book-theme.readthedocs.io"}
    for name, page in pages.items():
        assert [u for u in page.loads if urlsplit(u).scheme not in ("", "data")] == [], name
        assert {urlsplit(u).hostname for u in page.links if urlsplit(u).scheme} <= safe, name
        assert not re.search(r"""url\(["']?https?:|@import\s+["']?https?:""", page.text), name
        assert page.levels[0] == 1 and page.levels.count(1) == 1, name
        assert all(b <= a + 1 for a, b in pairwise(page.levels)), f"{name}: {page.levels}"


def test_figures_are_in_the_language_of_the_page_and_say_what_they_show(pages):
    for name in contents.catalogue(HERE):
        outputs = [o for c in notebookfile.read(HERE.notebooks / f"{name}.ipynb").cells for o in c.get("outputs", [])]
        shown = [o.data["image/svg+xml"] for o in outputs if "image/svg+xml" in o.data]
        figures = [re.search(r"<title>(.*?)</title>", svg)[1] for svg in shown]
        for page, language in zip(in_both(pages, f"notebooks/{name}.html"), ("zh", "en"), strict=True):
            assert [alt for _, alt in page.images] == [described(f, language) for f in figures]
            for (source, _), wanted in zip(page.images, figures, strict=True):
                drawn = (page.path.parent / source).read_text(encoding="utf-8")
                assert drawn.strip() == figure(wanted, language).strip()


def test_each_edition_speaks_its_language(pages):
    for name in contents.catalogue(HERE):
        chinese, english = (
            re.sub(r"<pre.*?</pre>", "", p.text, flags=re.S).replace(HERE.declaration.paper.title, "")
            for p in in_both(pages, f"notebooks/{name}.html")
        )
        assert '<html lang="zh-CN"' in chinese and '<html lang="en"' in english
        for text, wrong in ((english, r"[\u4e00-\u9fff]{3} [a-z]{3}"), (chinese, r"[\u4e00-\u9fff] [a-z]{3,}</th>")):
            assert re.findall(wrong, text) == [], name
        assert len(re.findall(r"<details", chinese)) == len(re.findall(r"<details", english)) >= 2


def test_the_glossary_is_used_and_leads_back(pages):
    rows = pd.read_csv(HERE.root / "docs" / "book" / "glossary.csv", dtype=str)
    assert len(rows) >= 40 and not rows.isna().any(axis=None)
    assert rows["term_en"].is_unique and rows["term_zh"].is_unique
    for page, language in zip(in_both(pages, "glossary.html"), ("zh", "en"), strict=True):
        for row in rows.to_dict("records"):
            part = page.text.split(f'id="term-{links.slug(row["term_en"])}"')[1].split('<div class="place"')[0]
            assert all(row[c].split(" / ")[0].replace("&", "&amp;") in part for c in ("term_zh", "term_en")), row
            assert "#cell-" in part, f"{language}: {row['term_en']} is used nowhere"
    for name in contents.catalogue(HERE):
        words = BeautifulSoup(pages[f"en/notebooks/{name}.html"].text, "html.parser").select(":is(p, li) > a.term")
        terms = [word["href"] for word in words]
        assert terms and len(terms) == len(set(terms)), name


def words(page):
    """Return the terms that a page explains, and its text without what is kept from links."""
    article = BeautifulSoup(ARTICLE.search(page.text)[0], "html.parser")
    told = {word["href"].partition("#term-")[2] for word in article.select("a.term")}
    for part in article.select("pre, code, script, h1, h2, h3, nav, summary, .copied, a:not(.term), .prev-next-footer"):
        part.decompose()
    return told, article.get_text(" ")


def test_every_page_explains_the_words_of_the_vocabulary_that_it_uses(pages):
    made = edition.Edition(replace(HERE, language="en"))
    vocabulary = {links.slug(word.en) for word in [*ANSWERS.values(), *VERDICTS.values()]}
    vocabulary |= {"weak-evidence", "firm-evidence"}
    for name in {n.partition("/")[2] for n in pages if "/" in n} - {"glossary.html", "search.html"}:
        (told_zh, zh), (told_en, en) = (words(page) for page in in_both(pages, name))
        used = {t for t in vocabulary if made.patterns[t]["zh"].search(zh) and made.patterns[t]["en"].search(en)}
        assert (used - told_zh, used - told_en) == (set(), set()), name


def test_every_page_leads_to_the_next_and_every_notebook_brings_its_file(pages):
    for name, page in pages.items():
        if "/" in name and not name.endswith("search.html"):
            assert re.search('class="(left-prev|right-next|around)"', page.text), name
    for name, notebook in contents.catalogue(HERE).items():
        for page in in_both(pages, f"notebooks/{name}.html"):
            assert (page.path.parent / f"{name}.ipynb").read_bytes() == notebook.path.read_bytes()
            assert page.text.index("<img") < page.text.index('class="take"') and f"{name}.ipynb" in page.links


def test_a_fault_leaves_the_last_book_in_place(tmp_path, monkeypatch):
    target = tmp_path / "made"
    target.mkdir()
    (target / "index.html").write_text("the last one", encoding="utf-8")
    monkeypatch.setattr(building, "texts", lambda _: {})
    monkeypatch.setattr(building, "write", lambda *given: write_atomic(given[-1] / "index.md", b"# A\n[b](c.md)\n"))
    with pytest.raises(RunError, match=r"the book has faults\n.*index.md:2: .*c.md"):
        building.make([replace(HERE, language=one) for one in ("zh", "en")], target, lambda _: None)
    assert [p.name for p in tmp_path.iterdir()] == ["made"] and (target / "index.html").read_text() == "the last one"


# In the browser


class Seen(NamedTuple):
    """What a page shows: its faults; if it is of the sample its barriers; where the key figure stands at first."""

    faults: list
    barriers: list
    figure: list


def look(window, address, name=""):
    """Open a page from disk and look at it at each width. Pictures of the sample stay for people."""
    sample = name.partition("/")[2]
    window.faults.clear()
    window.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    window.goto(address)
    window.evaluate("document.querySelector('.math') && MathJax.startup.promise.then(() => true)")
    for chart in window.locator("div.explorer").all():
        chart.locator("svg").wait_for()
    missing = "[...document.images].filter(i => !(i.complete && i.naturalWidth)).map(i => 'no image: ' + i.src)"
    seen = Seen(window.faults + window.evaluate(missing), [], [])
    for width in WIDTHS:
        window.set_viewport_size({"width": width, "height": HEIGHT})
        place = "document.querySelector('.cell_output img')?.getBoundingClientRect().toJSON()"
        seen.figure.append(window.evaluate(place))
        wide = window.evaluate("document.documentElement.scrollWidth")
        seen.faults.extend([f"{wide} pixels wide on a window of {width}"] if wide > width else [])
        cut = 0 if sample.startswith(SCROLLED) else window.evaluate(CUT)
        seen.faults.extend([f"{cut} cells of tables are cut on a window of {width}"] if cut else [])
    for width in WIDTHS if name in AXE else ():  # last, for of what is alike it leaves one
        window.set_viewport_size({"width": width, "height": HEIGHT})
        window.reload()  # the theme says what can be scrolled when a page opens, and late after a change of width
        window.screenshot(path=LOOKED / f"{name.replace('/', '-')}-{width}.png")
        if width < WIDTHS[0] and (sample in LONG or name.startswith("en/")):
            continue  # the frame, which alone differs on a phone, is that of the short pages, in both languages
        violations = barriers(window, runOnly=WCAG)
        seen.barriers.extend((width, v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in violations)
    return seen._replace(faults=list(dict.fromkeys(seen.faults)))


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
    LOOKED.mkdir(parents=True, exist_ok=True)
    window, found = opened(browser), {}
    for language in ("zh", "en"):
        names, text = together(pages, language)
        seen = look_once(window, built / language / "claims" / "together.html", text)
        if not seen.faults:  # else each is opened below, which tells whose fault it is
            found |= dict.fromkeys(names, seen)
    for name in set(pages) - set(found):
        found[name] = look(window, pages[name].path.as_uri(), name.removesuffix(".html"))
    window.close()
    return found


@browsing
def test_every_page_opens_from_disk_without_a_fault(looked):
    lines = [f"{name}\t{'; '.join(seen.faults) or 'ok'}\n" for name, seen in sorted(looked.items())]
    (LOOKED / "pages.log").write_text("".join(lines), encoding="utf-8")
    assert {name: seen.faults for name, seen in looked.items() if seen.faults} == {}


@browsing
@pytest.mark.parametrize("name", AXE)
def test_axe_finds_no_barrier(looked, name):
    assert looked[f"{name}.html"].barriers == []


@browsing
@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ('<img src="https://example.org/a.png" alt="a">', "external: https://example.org/a.png"),
        ("<script>console.error('oh')</script>", "console: oh"),
        ("<script>nothing()</script>", "script: nothing is not defined"),
        ('<img src="missing.svg" alt="a">', "no image: "),
        (TOO_WIDE, "pixels wide on a window of 390"),
        (f"<div class='wide'>{TOO_WIDE}</div>", "cells of tables are cut on a window of 390"),
    ],
)
def test_looking_finds_what_is_planted(built, window, seed, said, tmp_path):
    text = (built / "en" / "runs.html").read_text(encoding="utf-8").replace("</article>", f"{seed}</article>")
    faults = look_once(window, built / "en" / "planted.html", text).faults
    assert any(said in fault for fault in faults), faults


@browsing
def test_looking_at_the_claims_together_finds_what_stands_on_one_page(built, pages, window):
    names, _ = together(pages, "en")
    planted = dict(pages)
    planted[names[-1]] = SimpleNamespace(text=pages[names[-1]].text.replace("</article>", f"{TOO_WIDE}</article>"))
    faults = look_once(window, built / "en" / "claims" / "planted.html", together(planted, "en")[1]).faults
    assert len(names) > 100 and [fault for fault in faults if "pixels wide on a window of 390" in fault] == faults != []


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


@browsing
@pytest.mark.parametrize(
    ("language", "query", "answer"),
    [
        ("zh", "精确界", "试点项目的地区分布"),
        ("zh", "区位商的界", "产业聚集区"),
        ("en", "sharp bounds", "Where the pilot projects are"),
        ("en", "Q15", "Q15"),
    ],
)
def test_search_finds(built, window, language, query, answer):
    follow(window, search(window, built / language / "index.html", query).filter(has_text=answer).first)
    assert query.split("的")[0].casefold() in window.locator("article").inner_text().casefold()
    assert window.faults == []


FIRST = {  # hit of a query: the claim that is about it
    **{
        "305": "Q12",
        "97": "Q16",
        "75%": "Q42",
        "７５％": "Q42",
        "86%": "Q61",
        "2.4%": "Q76",
        "2.4": "Q76",
        "Q16": "Q16",
    },
    **{"1,000": "Q37", "1000": "Q37", "人才缺口": "Q71", "talent gap": "Q71", "试点": "Q12", "pilot projects": "Q12"},
}


@browsing
@pytest.mark.parametrize("language", ["zh", "en"])
def test_search_leads_to_the_claim_that_is_meant_with_its_answer_and_a_line_then_to_its_notebook(
    built, window, language
):
    ledger = claims.read_ledger(HERE)
    for query, claim_id in FIRST.items():
        hits = hit(window, f"{(built / language / 'search.html').as_uri()}?q={quote(query)}")
        found, one = [leads(link) for link in hits.all()], ledger[claim_id]
        kinds = [page.split("/")[0].split(".")[0] for page in found]
        order = [
            ["claims", "findings", "notebooks"].index(k) if k in ("claims", "findings", "notebooks") else 3
            for k in kinds
        ]
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
@pytest.mark.parametrize("language", ["zh", "en"])
def test_search_takes_a_number_as_a_whole(built, window, language):
    page = built / language / "index.html"
    first, second = (leads(search(window, page, query).first) for query in ("20", "2020"))
    assert first != second == "claims/Q05.html"
    assert search(window, page, "6543210.5").count() == 0 and window.locator("#search [role=status] span").is_visible()
    follow(window, search(window, page, "2.4").first)
    window.locator("article .highlighted", has_text="2.4").first.wait_for()


@browsing
def test_a_hit_shows_the_number_as_a_whole_wherever_the_page_has_it(built, window):
    follow(window, search(window, built / "en" / "index.html", "909.0").filter(has_text="The talent gap").first)
    window.wait_for_function("scrollY > 0")
    [number] = window.locator("article .highlighted").all()
    assert number.inner_text() == "909.0" and 0 < number.bounding_box()["y"] < HEIGHT
    follow(window, search(window, built / "en" / "index.html", "20").first)
    window.wait_for_timeout(300)
    around = "marks => marks.map(m => [m.previousSibling?.textContent ?? '', m.nextSibling?.textContent ?? ''])"
    beside = window.locator("article .highlighted").evaluate_all(around)
    assert beside and not [sides for sides in beside if re.search(r"\d$", sides[0]) or re.match(r"\d", sides[1])]


@browsing
@pytest.mark.parametrize(
    ("language", "first", "moved"),
    [
        ("zh", "2025年缺514万人（供给净增−3.0%一年）", "2025年缺450万人（供给净增0.0%一年）"),
        ("en", "5.14 million people short in 2025", "4.50 million people short in 2025"),
    ],
)
def test_an_explorer_follows_its_choices(built, window, language, first, moved):
    window.goto((built / language / "notebooks" / "07-talent-gap.html").as_uri())
    explorer = window.locator("div.explorer")
    explorer.locator("text", has_text=first).wait_for()
    explorer.get_by_role("slider").nth(1).fill("0")  # nobody leaves
    explorer.get_by_role("radio", name="2015").check()
    explorer.locator("text", has_text=moved).wait_for()
    explorer.screenshot(path=LOOKED / f"explorer-{language}.png")
    assert window.faults == []


EXERCISES = [
    (name, c.id)
    for name, n in contents.catalogue(HERE).items()
    for c in notebookfile.read(n.path).cells
    if "exercise" in c.metadata.get("tags", [])
]


def test_every_exercise_has_a_field_for_its_answer_and_no_solution_in_clear(pages):
    for language in HERE.languages:
        text = {name: pages[f"{language}/notebooks/{name}.html"].text for name, _ in EXERCISES}
        fields = [
            (name, field) for name, page in text.items() for field in re.findall(r'id="([\w-]+)-check-field"', page)
        ]
        assert fields == EXERCISES
        for name, exercise in EXERCISES:
            code = cells.solution(cells.read(HERE.notebooks / f"{name}.ipynb"), exercise)
            start = text[name].index(f'id="cell-{exercise}"')
            part = text[name][start : text[name].index("</details>", start)]
            plain = BeautifulSoup(part, "html.parser").get_text()
            lines = [line for line in code.splitlines() if len(line) > 12 and not line.startswith("from ")]  # hints may
            assert [line for line in lines if line.strip() in plain] == [], exercise
            [held] = re.findall(r'<details class="solution" data-held="([^"]+)">', part)
            solution = BeautifulSoup(base64.b64decode(held).decode("utf-8"), "html.parser").get_text()
            assert all(
                line.strip() in solution for line in halves.pick_comments(code, language, HERE.languages).splitlines()
            )


@browsing
@pytest.mark.parametrize(("language", "right"), [("zh", "✓ 对"), ("en", "✓ right")])
def test_an_exercise_is_answered_by_key_and_on_a_phone(built, window, language, right):
    """No answer, a typical wrong one, a right one in wide digits; the solution when it is opened."""
    said = Wording(HERE, "07-talent-gap").part("exercise-1-people")[language]
    window.set_viewport_size({"width": WIDTHS[1], "height": HEIGHT})
    window.goto((built / language / "notebooks" / "07-talent-gap.html").as_uri())
    field, told = window.locator("#exercise-1-check-field"), window.locator("form.exercise output").first
    field.focus()
    for typed, due in (
        ("", "尚未作答" if language == "zh" else "no answer yet"),
        ("10.76%", said),
        ("９．８６％", right),
    ):
        field.fill(typed)
        window.keyboard.press("Tab")
        window.keyboard.press("Enter")  # on the button
        assert due in told.inner_text()
        field.focus()
    field.fill("9,86")
    window.keyboard.press("Enter")
    assert ("逗号" if language == "zh" else "without commas") in told.inner_text()
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
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_to_quote_is_copied_and_a_verdict_tells_its_meaning_by_key(built, window, language):
    window.goto((built / language / "claims" / "Q61.html").as_uri())
    window.locator("button.copy").first.click()
    assert window.evaluate("getSelection().toString()") == window.locator(".copied").first.inner_text()
    word, means = window.locator(".answer ~ a.term").first, window.locator("#means")
    for reach in (word.focus, word.hover):
        assert means.is_hidden()
        reach()
        assert means.inner_text() == getattr(VERDICTS["depends on the reading"], f"means_{language}")
        assert word.get_attribute("aria-describedby") == means.get_attribute("id")
        window.keyboard.press("Escape")
    assert means.is_hidden() and window.faults == []


@browsing
def test_a_first_tap_tells_the_meaning_and_a_second_leads_to_the_glossary(built, browser):
    phone = browser.new_page(viewport={"width": WIDTHS[1], "height": HEIGHT}, has_touch=True)
    phone.goto((built / "en" / "notebooks" / "07-talent-gap.html").as_uri())
    word, means = phone.locator("table.story a.term", has_text="depends on the reading").first, phone.locator("#means")
    word.tap()
    box = means.bounding_box()
    assert means.inner_text() == VERDICTS["depends on the reading"].means_en
    assert 0 <= box["x"] <= WIDTHS[1] - box["width"]
    phone.locator("article h1").tap()
    assert means.is_hidden()
    word.tap()
    word.tap()
    phone.wait_for_url("**/glossary.html#term-depends-on-the-reading")
    phone.close()


@browsing
def test_chinese_is_read_where_the_machine_has_no_chinese_font(built, browser, tmp_path):
    latin, settings = Path(matplotlib.get_data_path()) / "fonts" / "ttf", tmp_path / "fonts.conf"
    settings.write_text(f"<fontconfig><dir>{latin}</dir><cachedir>{tmp_path}</cachedir></fontconfig>", encoding="utf-8")
    own = os.environ | {"FONTCONFIG_FILE": str(settings)}
    bare = browser.browser_type.launch(executable_path=PROGRAM, args=FLAGS, env=own)
    parts = "h1, .sidebar-primary-item p, nav .caption, th.key, pre, b, a.switch"
    for name in ("index", "zh/claims/Q42", "zh/notebooks/07-talent-gap", "en/index"):
        window = opened(bare)
        window.goto((built / f"{name}.html").as_uri())
        window.evaluate("document.fonts.ready.then(() => true)")
        protocol = window.context.new_cdp_session(window)
        for domain in ("DOM", "CSS"):
            protocol.send(f"{domain}.enable")
        root = protocol.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        nodes = protocol.send("DOM.querySelectorAll", {"nodeId": root, "selector": parts})["nodeIds"]
        seen = "parts => parts.map(part => part.checkVisibility() ? part.textContent : '')"
        for node, text in zip(nodes, window.locator(parts).evaluate_all(seen), strict=True):
            fonts = protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            drawn = sum(font["glyphCount"] for font in fonts if font["isCustomFont"])
            assert drawn >= len(re.findall(r"[\u4e00-\u9fff]", text)), (name, text)
        window.close()
    bare.close()


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
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_list_of_claims_shows_ten_on_a_screen_and_is_filtered_by_answer_verdict_and_word(built, window, language):
    ledger = [one for one in claims.read_ledger(HERE).values() if one.weight != claims.LISTS]
    verdict, answer = "depends on the reading", ANSWERS["unsettled"]
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
    answers, weights, sections = window.get_by_role("combobox").all()
    for menu, value, own in (
        (weights, WEIGHTS["headline"][language], [one for one in ledger if one.weight == "headline"]),
        (sections, "2.2", [one for one in ledger if one.section == "2.2"]),
    ):
        menu.select_option(value)
        assert shown.count() == len(own)
        menu.select_option("")
    choose = answers.select_option
    choose(answer[language])
    assert shown.count() == sum(one.verdict in answer.verdicts for one in ledger) > len(mine)
    choose(VERDICTS[verdict][language])
    assert shown.count() == len(mine) == int(window.locator("output").inner_text())
    word = mine[0].printed[language]
    window.get_by_role("searchbox").last.fill(word)
    assert 0 < shown.count() <= len(mine) and word in shown.first.inner_text()
    assert window.faults == []


@browsing
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", [n.name for n in contents.catalogue(HERE).values()])
def test_the_first_screen_shows_the_key_figure(looked, language, name):
    """On the wide window all of it, on a phone its beginning."""
    wide, phone = looked[f"{language}/notebooks/{name}.html"].figure
    assert wide["bottom"] < HEIGHT and phone["top"] < HEIGHT


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


@browsing
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_claim_leads_to_its_cell_and_the_cell_to_the_claim(built, window, language):
    one = claims.read_ledger(HERE)["Q15"]
    window.goto((built / language / "claims" / "Q15.html").as_uri())
    window.locator(f"a[href$='#cell-{one.cell}']").first.click()
    window.wait_for_url(f"**/notebooks/{one.notebook}.html#cell-{one.cell}")
    story = window.locator(f"#cell-{one.cell} ~ .cell table.story").first
    assert story.bounding_box()["y"] < HEIGHT
    story.locator("a", has_text="Q14").click()
    window.wait_for_url("**/claims/Q14.html")
    assert window.faults == []
