"""Pages of the book in one language: texts, tables, cards, marks at cells, links to claims; the copy of MathJax."""

import hashlib
import re
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
import worlds
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from poison import POISON, READERS, shown

from compendium import escape, paths
from compendium.book import building, edition, font, notebooks, pages
from compendium.pages.findings import summary
from compendium.run import contents
from compendium.run.caching import Summary
from compendium.show.halves import MARK
from compendium.show.tabulation import YES_NO
from compendium.texts import both
from compendium.vocabulary import ANSWERS, RULES, VERDICTS

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def editions():
    """Both editions of what is committed."""
    return {language: made_in(language) for language in ("zh", "en")}


def made_in(language):
    """The edition in a language, of the committed notebooks; those of which a page is made are spent."""
    return edition.Edition(worlds.at(paths.HOME, language=language))


@pytest.mark.parametrize(("library", "files"), [("mathjax", 1), ("vega", 3)])
def test_what_the_book_brings_is_what_its_note_names(library, files):
    folder = building.SETTINGS / "static" / library
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.js")]
    note = (folder / "README.md").read_text(encoding="utf-8")
    assert len(digests) == files and all(f"`{digest}`" in note for digest in digests)


# Tables


def drawn(made, frame):
    """Return what the book makes of a frame as a notebook shows it: heads, rows of cells, and the HTML."""
    frame.index = [""] * len(frame)
    with pd.option_context("display.max_colwidth", None):  # as `begin` sets it
        text = str(notebooks.table(made, frame._repr_html_()))
    rows = BeautifulSoup(text, "html.parser").find_all("tr")
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]
    return cells[0], cells[1:], text


def test_a_table_keeps_its_cells_and_loses_the_empty_index(editions):
    frame = pd.DataFrame({"年份": ["2016", "2017"], "项目": ["−3.5", "a–b"], "说明": ["", "1,024"]})
    head, rows, text = drawn(editions["zh"], frame)
    assert head == ["年份", "项目", "说明"]
    assert rows == [["2016", "−3.5", ""], ["2017", "a–b", "1,024"]]
    assert text.startswith('<div class="wide" tabindex="0" role="region" aria-label="表">')
    assert re.findall(r"<th\b[^>]*>", text) == ['<th scope="col">'] * 3
    assert text.count('<td class="n">') == 4, "numbers stand at the right"
    named = pd.DataFrame({"n": ["1"]}, index=pd.Index(["a"], name="kind"))
    text = str(notebooks.table(editions["en"], named._repr_html_()))
    assert '<th scope="row">a</th>' in text and "kind" in text and 'aria-label="table"' in text


def test_what_a_table_holds_stays_text(editions):
    text = drawn(editions["en"], pd.DataFrame({POISON: [POISON]}))[2]
    said, tags, _ = shown(text)
    assert said.count(" ".join(POISON.split())) == said.count("document.title") == 2
    assert tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "span"}


# Cards


@pytest.mark.parametrize("claim_id", ["Q12", "Q20", "Q42"])
def test_a_card_is_in_the_language_of_its_edition(editions, claim_id):
    one = editions["en"].ledger[claim_id]
    word, told = VERDICTS[one.verdict], {"zh": ("论断",), "en": ("claim", one.computed.en or "–")}
    for language, other in (("zh", "en"), ("en", "zh")):
        said = BeautifulSoup(notebooks.card(editions[language], claim_id), "html.parser").get_text(" ")
        parts = (one.printed, one.reason, one.flip_said, word)
        assert all(part in said for part in (*told[language], *(part[language] for part in parts)))
        assert one.reason[other] not in said and word[other] not in said
        assert language == "zh" or not HAN.search(said)


def test_the_ground_of_a_claim_is_in_words_of_its_edition(editions):
    for ground, zh, en in (
        (("C", "weak", "unsafe"), "C · 弱证据 · 可疑站点", "C · weak · untrusted site"),
        (("B", "firm", "ok"), "B", "B"),
        (("", "", ""), "–", "–"),
    ):
        one = worlds.judged(**dict(zip(("lowest_grade", "strength", "trust"), ground, strict=True)))
        said = [BeautifulSoup(editions[language].ground(one), "html.parser") for language in ("zh", "en")]
        assert [text.get_text() for text in said] == [zh, en]
        assert [len(text.select("a.term")) for text in said] == [int(one.strength == "weak")] * 2


def test_what_is_found_is_in_words_of_its_edition(editions):
    for made, words in zip(editions.values(), (("不能定", "750万人"), ("open", "7.5 million people")), strict=True):
        for name, word in zip(("Q25", "Q70"), words, strict=True):
            page = pages.claim(made, name)
            assert f"<td>{word}" in page and made.ledger[name].flip_said[made.language][:9] in page
    assert YES_NO[True] == both("是", "yes")


# Answers


@pytest.mark.parametrize(
    ("claim_id", "verdict", "copies"),
    [("Q42", "relabelled", 2), ("Q71", "depends on the reading", 2), ("Q16", "traced", 1), ("Q31", "not obtained", 1)],
)
def test_a_page_gives_the_answer_first_and_what_to_quote_where_it_is_needed(
    editions, monkeypatch, claim_id, verdict, copies
):
    for language, made in editions.items():
        monkeypatch.setattr(made, "ledger", worlds.altered(made.ledger, claim_id, verdict=verdict))
        page = pages.claim(made, claim_id)
        top = BeautifulSoup(page.split("\n## ")[0], "html.parser")
        answer = next(one for one in ANSWERS.values() if verdict in one.verdicts)
        assert top.select_one(".answer").get_text() == answer[language]
        assert answer.colour in top.select_one(".answer")["style"]
        assert top.select_one(".answer ~ a.term")["data-means"] == VERDICTS[verdict].means(language)
        copied = [place.get_text() for place in top.select(".copied")]
        assert len(copied) == copies and claim_id in copied[-1]
        if copies > 1:
            assert copied[0] == made.quotes[claim_id].said[language]
        rule = RULES[made.ledger[claim_id].rule].means(language)
        assert rule not in top.get_text() and rule in page


def test_a_page_says_near_the_top_in_words_why_and_how_firmly(editions):
    for language, made in editions.items():
        for one in made.ledger.values():
            top = BeautifulSoup(pages.claim(made, one.claim_id).split("\n## ")[0], "html.parser")
            assert top.select_one(".why").get_text() == one.why[language]
            strength = top.find("th", string=made("firmness"))
            assert bool(strength) == bool(one.strength), one.claim_id
            assert not strength or made.mark(one).striptags() in strength.find_next("td").get_text()
    made = editions["en"]
    row = made.c.tables("claim_evidence").query("differs_in == 'time'").iloc[0]["evidence_id"]
    other = replace(made.ledger["Q42"], agreement="relabelled", evidence_rows=(row,))
    said = BeautifulSoup(pages.found(made, other), "html.parser").get_text()
    assert said.startswith("75% (another sense or time)") and said.endswith("What differs: time.")
    weak = worlds.judged(strength="weak", lowest_grade="C", trust="unsafe")
    said = BeautifulSoup(editions["en"].firmness(weak), "html.parser").get_text()
    assert said == "○ weak evidence: the verdict hangs on a mirror or aggregator (grade C), an untrusted site"


def test_the_list_of_claims_begins_with_what_needs_correcting_and_gives_mark_reason_and_section(editions, monkeypatch):
    made = editions["en"]
    monkeypatch.setattr(made, "ledger", worlds.altered(made.ledger, "Q99", verdict="contradicted"))
    rows = BeautifulSoup(pages.claim_list(made, made.ledger), "html.parser").select("tbody tr")
    listed = [made.ledger[row.th.get_text()] for row in rows]
    assert listed[0].claim_id == "Q99" and len(listed) == len(made.ledger)
    assert listed == sorted(listed, key=lambda one: (*pages.urgency(one), int(one.claim_id[1:])))
    for row, one in zip(rows, listed, strict=True):
        assert made.mark(one).striptags() in row.td.get_text() and row.select_one(".why").get_text() == one.why.en
        assert row.select("td.f")[-1].get_text() == one.section


def test_a_verdict_in_a_table_carries_its_meaning(editions):
    made = editions["en"]
    frame = pd.DataFrame({"Verdict": ["traced", "2"], "agreement": ["open", "mixed"]})
    found = BeautifulSoup(drawn(made, frame)[2], "html.parser").select("a.term")
    assert [(word.get_text(), word["data-means"]) for word in found] == [("traced", VERDICTS["traced"].means_en)]
    cell = '<td data-label="Verdict:" style="text-align:left;border-left:6px solid #000"><b>{}</b></td><td>open</td>'
    text = cell.format("inconsistent / no source found (weak)")
    found = BeautifulSoup(notebooks.story(made, text), "html.parser")
    assert [word.get_text() for word in found.select("a.term")] == ["inconsistent", "no source found"]
    assert found.get_text() == BeautifulSoup(text, "html.parser").get_text()


@pytest.mark.release
def test_the_start_page_says_what_sums_up_and_no_more_than_three_findings(editions):
    for language, made in editions.items():
        page = pages.start(made)
        assert summary(made.c, made.ledger).markdown[language] in page
        assert re.findall(r"^(\d)\. ", page, re.M) == ["1", "2", "3"]
        [(shown, name)] = re.findall(r"!\[(.+)\]\(/figures/([\w-]+)\.svg\)", page)
        assert escape.markdown(pages.figure(made, name)) == shown and bool(HAN.search(shown)) == (language == "zh")
        assert not [name for name in ("traced", "relabelled", "indirect") if VERDICTS[name][language] in page]


# Pages


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_of_a_notebook_is_in_one_language_with_a_mark_at_every_cell(language):
    made = made_in(language)
    cells = [cell.id for cell in made.notebooks["07-talent-gap"].cells]
    page = nbformat.reads(notebooks.notebook(made, "07-talent-gap"), 4)
    texts = [cell.source for cell in page.cells if cell.cell_type == "markdown"]
    marks = [re.findall(r'<div class="place" id="cell-(.*?)"></div>', text) for text in texts]
    assert [mark for found in marks for mark in found] == cells and max(map(len, marks)) == 1
    assert not any(MARK.search(text) for text in texts)
    comments = [said for c in page.cells if c.cell_type == "code" for said in re.findall(r"(?<=# ).+$", c.source, re.M)]
    assert comments and all(bool(HAN.search(said)) == (language == "zh") for said in comments)
    prose = re.sub(r"<[^>]*>|```.*?```|`[^`]*`", "", "\n".join(texts), flags=re.S)
    share = len(HAN.findall(prose)) / len(re.findall(r"\w", prose))
    assert share > 0.5 if language == "zh" else share < 0.02
    images = [o for c in page.cells for o in c.get("outputs", []) if "image/svg+xml" in o.get("data", {})]
    named = [c.metadata["mystnb"]["image"]["alt"] for c in page.cells if "mystnb" in c.metadata]
    assert named == [o.data["text/plain"] for o in images] != []


@pytest.mark.parametrize("name", contents.catalogue(worlds.HERE))
def test_a_page_shows_no_code_before_its_first_figure_and_all_of_it_later(editions, name):
    code = [cell for cell in editions["en"].notebooks[name].cells if cell.cell_type == "code"]
    page = nbformat.reads(notebooks.notebook(editions["en"], name), 4)
    made = [cell for cell in page.cells if cell.cell_type == "code"]
    shown = [cell for cell in made if "remove-input" not in cell.metadata.get("tags", [])]
    first = next(place for place, cell in enumerate(made) if notebooks.figures(cell))
    assert not any(cell in shown for cell in made[: first + 1])
    assert sum(len(cell.outputs) for cell in made) == sum(len(cell.outputs) for cell in code)
    assert "\n\n".join(cell.source for cell in shown) == "\n\n".join(cell.source for cell in code)


def test_links_keep_out_of_code_formulas_and_headings(editions):
    text = "# Q15\n见**Q15**、Q24–Q31，`Q15`，$Q15$，[Q15](a.md)\n"
    assert editions["zh"].linked(text, "../", (), set()) == (
        '# Q15\n见<a href="../claims/Q15.html"><strong>Q15</strong></a>、<a href="../claims/Q24.html">Q24</a>–'
        '<a href="../claims/Q31.html">Q31</a>，`Q15`，$Q15$，[Q15](a.md)\n'
    )


def test_a_word_is_explained_where_it_stands_first_if_both_languages_use_it(editions):
    both = "判定与“判定”，○。<!-- en -->A verdict on a claim, a *verdict*; ○."
    text = '---\nprinted: "verdict"\n---\n<span class="copied">verdict</span> a *verdict* on a claim, a verdict ○ ○'
    page = BeautifulSoup(editions["en"].linked(text, "../", [both], seen := set()), "html.parser")
    words = [(word.get_text(), word["href"].rpartition("-")[2], word["data-means"]) for word in page.select("a.term")]
    terms = [editions["en"].terms[term]["definition_en"] for term in ("verdict", "weak-evidence")]
    assert words == [("verdict", "verdict", terms[0]), ("○", "evidence", terms[1])]
    assert page.get_text() == BeautifulSoup(text, "html.parser").get_text().replace("a *verdict*", "a verdict")
    assert editions["en"].linked("a verdict", "", [both], seen) == "a verdict" and seen == {"verdict", "weak-evidence"}


@pytest.mark.parametrize("place", ["{}", "| a |\n| --- |\n| {} |", "<p>{}</p>"])
def test_what_a_word_means_is_text_in_an_attribute(editions, monkeypatch, place):
    made = editions["en"]
    monkeypatch.setitem(made.terms, "claim", made.terms["claim"] | {"definition_en": POISON})
    page = READERS["book"](made.linked(place.format("a claim $"), "", ["论断<!-- en -->claim"], set()))
    said, tags, attributes = shown(page)
    assert said in ("a claim $", "a a claim $") and tags <= {"p", "a", "table", "thead", "tbody", "tr", "th", "td"}
    assert [found["data-means"] for found in attributes if "data-means" in found] == [POISON]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda one: pages.docs(one)["docs/verdicts.md"], "claim verdict headline needs-correcting confirmed"),
        (pages.start, "headline gap"),
        (lambda one: pages.claim(one, "Q11"), "not-settled depends-on-the-reading untrusted-site headline grade"),
        (
            lambda one: pages.claim_list(one, {k: v for k, v in one.ledger.items() if v.weight != "structural"}),
            "claim supporting not-settled matches-a-source depends-on-the-reading traced",
        ),
    ],
)
def test_pages_of_docs_and_claims_explain_their_words(editions, make, words):
    told = {language: make(one) for language, one in editions.items()}
    for language, text in told.items():
        page = BeautifulSoup(editions[language].linked(text, "../", pages.pair(told), set()), "html.parser")
        assert {word["href"].partition("#term-")[2] for word in page.select("a.term")} >= {*words.split()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_row_below_the_first_figure_opens_brings_and_cites_the_notebook(language):
    name, made = "07-talent-gap", made_in(language)
    cells = nbformat.reads(notebooks.notebook(made, name), 4).cells
    [place] = [i for i, cell in enumerate(cells) if 'class="take"' in cell.source]
    first = next(i for i, cell in enumerate(cells) if notebooks.figures(cell))
    row = BeautifulSoup(cells[place].source, "html.parser")
    *story, read = cells[first + 1 : place]
    assert re.search("怎样读|How to read", read.source)
    assert all(c.cell_type == "code" or 'class="place"' in c.source for c in story)
    assert row.a["href"] == f"{name}.ipynb" and row.code.get_text().startswith("make lab")
    cited = row.select_one(".copied").get_text()
    assert made.c.declaration.version in cited and name in cited and next(iter(made.headings[name].values())) in cited


@pytest.mark.parametrize(
    ("lite", "root"),
    [("", ""), ("../lite", "../../../lite"), ("https://example.org/lite/", "https://example.org/lite")],
)
def test_a_page_and_each_exercise_open_in_the_browser_where_that_is_known(lite, root):
    name, made = "07-talent-gap", edition.Edition(worlds.at(paths.HOME, language="en"), lite)
    exercises = [cell.id for cell in made.notebooks[name].cells if "exercise" in cell.metadata.get("tags", [])]
    page = "".join(cell.source for cell in nbformat.reads(notebooks.notebook(made, name), 4).cells)
    links = [link["href"] for link in BeautifulSoup(page, "html.parser").select("a.run")]
    first = f"{root}/notebooks/index.html?path=en/{name}.ipynb"
    assert len(exercises) > 1
    assert links == ([first, *(f"{first}#cell-id={cell}" for cell in exercises)] if lite else [])


def test_a_book_leads_to_the_site_beside_it_unless_an_address_is_declared(tmp_path):
    def found(address=""):
        return building.find_lite(SimpleNamespace(declaration=SimpleNamespace(lite=address)), tmp_path / "book")

    assert found() == "" and found("https://example.org") == "https://example.org"
    (tmp_path / "lite").mkdir()
    assert found() == "../lite" and found("https://example.org") == "https://example.org"


def test_headings_of_both_editions_stand_above_the_same_cells(editions):
    zh, en = (made.headings["07-talent-gap"] for made in editions.values())
    assert list(zh) == list(en) == [cell.id for cell in editions["zh"].notebooks["07-talent-gap"].cells]
    assert all(HAN.search(heading) for heading in zh.values()) and not any(map(HAN.search, en.values()))


def test_the_claims_before_and_after_are_a_click_away(editions):
    ids = list(editions["en"].ledger)
    around = [pages.claim(editions["en"], claim_id).rpartition("<nav ")[2] for claim_id in (ids[0], ids[1], ids[-1])]
    due = [["index", ids[1]], [ids[0], "index", ids[2]], [ids[-2], "index"]]
    assert [re.findall(r'href="(.*?)\.html"', text) for text in around] == due
    assert 'aria-label="全部论断"' in pages.claim(editions["zh"], ids[0])


def test_an_unsafe_address_is_shown_and_never_linked(editions):
    sources = editions["en"].sources
    for trust, linked in (("unsafe", False), ("ok", True)):
        name = sources.index[sources["host_trust"] == trust][0]
        text = BeautifulSoup(pages.source(editions["en"], name), "html.parser")
        assert sources.at[name, "url"] in text.get_text() and bool(text.find("a")) == linked
        assert ("untrusted site" in text.get_text()) != linked


@pytest.mark.parametrize(
    ("language", "title", "shown"),
    [
        ("zh", "某报告", "某报告，"),
        ("zh", "A report", "名字（A report），"),
        ("en", "某报告", "Name (某报告), "),
        ("en", "[Report by 张]", "Name, "),
        ("en", "A report", "A report, "),
    ],
)
def test_a_source_has_a_title_in_the_language_of_the_reader_first(editions, monkeypatch, language, title, shown):
    made = editions[language]
    name = made.sources.index[0]
    monkeypatch.setattr(made, "sources", made.sources.assign(title=title, name_zh="名字", name_en="Name"))
    assert pages.source(made, name).startswith(shown)


def test_the_font_holds_the_chinese_of_the_pages_and_no_more(tmp_path):
    (tmp_path / "a.html").write_text("<p>论断 claim，㈱</p>", encoding="utf-8")
    font.write_font(tmp_path)
    held = {chr(code) for code in TTFont(tmp_path / font.NAME).getBestCmap()}
    assert held == set("论断，") and (tmp_path / font.LICENCE).read_text(encoding="utf-8").count("OPEN FONT LICENSE")


def test_an_archived_address_stands_beside_the_address_and_is_not_repeated(editions):
    made, sources = editions["zh"], editions["en"].sources
    own = sources.index[sources["archived"].eq(sources["url"])][0]
    links = {name: re.findall(r'href="(.*?)"', pages.source(made, name)) for name in ("paper", own)}
    assert links == {"paper": list(sources.loc["paper", ["url", "archived"]]), own: [sources.at[own, "url"]]}
    assert "；存档：" in pages.source(made, "paper")
    unsafe = sources[sources["host_trust"] == "unsafe"].iloc[[0]]
    copy = f"https://web.archive.org/web/2019/{unsafe['url'].iloc[0]}"
    kept, made.sources = made.sources, unsafe.assign(archived=copy)
    said, made.sources = pages.source(made, unsafe.index[0]), kept
    assert "href" not in said and escape.html(copy) in said


def test_what_was_read_stands_beside_its_source_as_text(editions, monkeypatch):
    made = editions["en"]
    read = made.excerpts.query("kind == 'verbatim'").iloc[0]
    claim_id = next(name for name, one in made.ledger.items() if read["row_key"] in one.evidence_rows)
    page = pages.claim(made, claim_id)
    line = next(line for line in page.splitlines() if line.startswith("* ") and f"`{read['source_id']}`" in line)
    assert f"{read['row_key']} “{escape.markdown(read['excerpt'])}”" in line
    assert pages.read(made, [read["row_key"]], "no-such-source") == pages.read(made, [], read["source_id"]) == ""
    monkeypatch.setattr(made, "excerpts", made.excerpts.assign(excerpt=POISON))
    assert escape.markdown(POISON) in pages.read(made, [read["row_key"]], read["source_id"])


def test_run_times_are_those_measured(editions, monkeypatch):
    made = editions["en"]
    run = Summary(seconds=dict.fromkeys(made.notebooks, 1.25) | {"02-pilot-growth": 2.5})
    monkeypatch.setattr(pages.caching, "previous", lambda _: run)
    times = pages.runs(made)
    lines = [line for line in times.splitlines() if line.startswith("| ")]
    assert len(lines) == 2 + len(made.notebooks)
    assert re.fullmatch(r"\| .*02.* \| 2\.5 \|", next(line for line in lines if "02-pilot-growth" in line))


# Pages of docs


def test_the_pages_of_docs_are_in_both_editions_and_lead_to_pages_of_the_book(editions):
    made = {language: pages.docs(edition) for language, edition in editions.items()}
    assert made["zh"].keys() == made["en"].keys() and len(made["en"]) > 5
    assert all(f"\n{name.removesuffix('.md')}\n" in pages.tree(editions["en"], made["en"]) for name in made["en"])
    for language, text in ((tongue, text) for tongue, texts in made.items() for text in texts.values()):
        assert (HAN.search(text) is None) == (language == "en")
        assert "zh-CN.md)" not in text and "generated:" not in text
        targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)<]+)\)", text)]
        assert all(target in pages.HERE.values() or f"docs/{target}" in made[language] for target in targets)


@pytest.mark.parametrize("led", [True, False])
def test_the_page_on_the_engine_is_for_readers_only_where_another_leads_to_it(tmp_path, led):
    c = worlds.at(worlds.declare(tmp_path))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/engine.md").write_text("# The engine\n\n[here](engine.md)\n", encoding="utf-8")
    (tmp_path / "docs/other.md").write_text("# Other\n" + "[it](engine.md#a)\n" * led, encoding="utf-8")
    made = pages.docs(SimpleNamespace(c=c, language="en"))
    assert set(made) == {"docs/other.md"} | ({"docs/engine.md"} if led else set())


def test_a_link_to_what_the_book_does_not_hold_becomes_its_words(editions):
    said = "[a](forms/data-editors.md), [b](../notebooks/02-x.ipynb), [c](other.zh-CN.md#d)"
    told = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", partial(pages.lead, editions["en"].c), said)
    assert told == 'a, <a href="../notebooks/02-x.html">b</a>, [c](other.md#d)'
