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

from compendium.base import escape, paths
from compendium.base.vocabulary import ANSWERS, RULES, VERDICTS
from compendium.book import building, edition, notebooks, pages
from compendium.notebook.bilingual import MARK
from compendium.pages.findings import render_summary_paragraph
from compendium.run import contents

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def editions():
    """Both editions of what is committed."""
    return {language: edition.LanguageEdition(worlds.at(paths.HOME, language=language)) for language in ("zh", "en")}


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
        text = str(notebooks.render_dataframe_html(made, frame._repr_html_()))
    rows = BeautifulSoup(text, "html.parser").find_all("tr")
    cells = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in rows]
    return cells[0], cells[1:], text


def test_a_table_keeps_its_cells_as_text_and_loses_the_empty_index(editions):
    frame = pd.DataFrame({"年份": ["2016", "2017"], "项目": ["−3.5", "a–b"], "说明": ["", "1,024"]})
    head, rows, text = drawn(editions["zh"], frame)
    assert head == ["年份", "项目", "说明"] and rows == [["2016", "−3.5", ""], ["2017", "a–b", "1,024"]]
    assert text.startswith('<div class="wide" tabindex="0" role="region" aria-label="表">')
    assert re.findall(r"<th\b[^>]*>", text) == ['<th scope="col">'] * 3
    assert text.count('<td class="n">') == 4, "numbers stand at the right"
    named = pd.DataFrame({"n": ["1"]}, index=pd.Index(["a"], name="kind"))
    text = str(notebooks.render_dataframe_html(editions["en"], named._repr_html_()))
    assert '<th scope="row">a</th>' in text and "kind" in text and 'aria-label="table"' in text
    said, tags, _ = shown(drawn(editions["en"], pd.DataFrame({POISON: [POISON]}))[2])
    assert said.count(" ".join(POISON.split())) == said.count("document.title") == 2
    assert tags <= {"div", "table", "thead", "tbody", "tr", "th", "td", "span"}


def test_the_ground_of_a_verdict_names_grade_strength_and_trust(editions):
    weak = worlds.judged(strength="weak", lowest_grade="C", trust="unsafe")
    told = BeautifulSoup(editions["en"].ground(weak), "html.parser")
    assert told.get_text() == "C · weak · untrusted site" and len(told.select("a.term")) == 1
    firm, none = worlds.judged(strength="firm", lowest_grade="B", trust="ok"), worlds.judged()
    assert [editions["en"].ground(one) for one in (firm, none)] == ["B", "–"]


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
        page = pages.render_claim_page(made, claim_id)
        top = BeautifulSoup(page.split("\n## ")[0], "html.parser")
        answer = next(one for one in ANSWERS.values() if verdict in one.verdicts)
        assert top.select_one(".answer").get_text() == answer[language]
        assert answer.colour in top.select_one(".answer")["style"]
        assert top.select_one(".answer ~ a.term")["data-means"] == VERDICTS[verdict].means[language]
        copied = [place.get_text() for place in top.select(".copied")]
        assert len(copied) == copies and claim_id in copied[-1]
        assert copies == 1 or copied[0] == made.quotes[claim_id].said[language]
        rule = RULES[made.ledger[claim_id].rule].means[language]
        assert rule not in top.get_text() and rule in page


def test_a_page_says_near_the_top_in_words_why_and_how_firmly(editions):
    for language, made in editions.items():
        for one in list(made.ledger.values())[::5]:
            top = BeautifulSoup(pages.render_claim_page(made, one.claim_id).split("\n## ")[0], "html.parser")
            assert top.select_one(".why").get_text().startswith(one.why[language])
            strength = top.find("th", string=made("firmness"))
            assert bool(strength) == bool(one.strength), one.claim_id
            assert not strength or made.mark(one).striptags() in strength.find_next("td").get_text()
    made = editions["en"]
    row = made.c.tables("claim_evidence").query("differs_in == 'time'").iloc[0]["evidence_id"]
    other = replace(made.ledger["Q42"], agreement="relabelled", evidence_rows=(row,))
    said = BeautifulSoup(pages.render_finding_of_claim(made, other), "html.parser").get_text()
    assert said.startswith("75% (another sense or time)") and said.endswith("What differs: time.")
    weak = worlds.judged(strength="weak", lowest_grade="C", trust="unsafe")
    said = BeautifulSoup(made.firmness(weak), "html.parser").get_text()
    assert said == "○ weak evidence: the verdict hangs on a mirror or aggregator (grade C), an untrusted site"
    assert made("firm-why") in made.firmness(worlds.judged(strength="firm", lowest_grade="B", trust="ok"))


def test_the_list_of_claims_begins_with_what_needs_correcting_and_each_leads_to_those_around_it(editions, monkeypatch):
    made = editions["en"]
    monkeypatch.setattr(made, "ledger", worlds.altered(made.ledger, "Q10", verdict="contradicted"))
    rows = BeautifulSoup(pages.render_claim_list_page(made, made.ledger), "html.parser").select("tbody tr")
    listed = [made.ledger[row.th.get_text()] for row in rows]
    assert listed[0].claim_id == "Q10" and len(listed) == len(made.ledger)
    assert listed == sorted(listed, key=lambda one: (*pages.make_urgency_sort_key(one), int(one.claim_id[1:])))
    for row, one in zip(rows, listed, strict=True):
        assert made.mark(one).striptags() in row.td.get_text() and row.select_one(".why").get_text() == one.why.en
        assert row.select("td.f")[-1].get_text() == one.section
    ids = list(made.ledger)
    around = [pages.render_claim_page(made, claim_id).rpartition("<nav ")[2] for claim_id in (ids[0], ids[1], ids[-1])]
    due = [["index", ids[1]], [ids[0], "index", ids[2]], [ids[-2], "index"]]
    assert [re.findall(r'href="(.*?)\.html"', text) for text in around] == due


@pytest.mark.release
def test_the_start_page_says_what_sums_up_and_no_more_than_three_findings(editions):
    for language, made in editions.items():
        page = pages.render_start_page(made)
        assert render_summary_paragraph(made.c, made.ledger).markdown[language] in page
        assert re.findall(r"^(\d)\. ", page, re.M) == ["1", "2", "3"]
        [(shown, name)] = re.findall(r"!\[(.+)\]\(/figures/([\w-]+)\.svg\)", page)
        assert escape.markdown(pages.read_committed_figure(made, name)) == shown and bool(HAN.search(shown)) == (
            language == "zh"
        )
        assert not [name for name in ("traced", "relabelled", "indirect") if VERDICTS[name][language] in page]


# Pages


@pytest.mark.parametrize(
    ("language", "lite", "root"),
    [("zh", "", ""), ("en", "../lite", "../../../lite"), ("en", "https://a.org/lite/", "https://a.org/lite")],
)
def test_a_page_marks_every_cell_and_below_the_first_figure_opens_brings_and_cites_its_notebook(language, lite, root):
    name, made = "07-talent-gap", edition.LanguageEdition(worlds.at(paths.HOME, language=language), lite)
    ids = {cell.id: "exercise" in cell.metadata.get("tags", []) for cell in made.notebooks[name].cells}
    cells = nbformat.reads(notebooks.render_notebook_page(made, name), 4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    marks = [re.findall(r'<div class="place" id="cell-(.*?)"></div>', text) for text in texts]
    assert [mark for found in marks for mark in found] == [*ids] and max(map(len, marks)) == 1
    assert not any(MARK.search(text) for text in texts)
    comments = [said for c in cells if c.cell_type == "code" for said in re.findall(r"(?<=# ).+$", c.source, re.M)]
    assert comments and all(bool(HAN.search(said)) == (language == "zh") for said in comments)
    [place] = [i for i, cell in enumerate(cells) if 'class="take"' in cell.source]
    first = next(i for i, cell in enumerate(cells) if notebooks.list_figure_outputs(cell))
    *story, read = cells[first + 1 : place]
    assert re.search("怎样读|How to read", read.source)
    assert all(c.cell_type == "code" or 'class="place"' in c.source for c in story)
    row = BeautifulSoup(cells[place].source, "html.parser")
    assert row.select_one("a[download]")["href"] == f"{name}.ipynb" and row.code.get_text().startswith("make lab")
    cited = row.select_one(".copied").get_text()
    assert made.c.declaration.version in cited and name in cited and made.titles[name] in cited
    links = [link["href"] for link in BeautifulSoup("".join(texts), "html.parser").select("a.run")]
    site = f"{root}/notebooks/index.html?path=en/{name}.ipynb"
    due = [site, *(f"{site}#cell-id={cell}" for cell, exercise in ids.items() if exercise)]
    assert len(due) > 2 and links == (due if lite else [])


@pytest.mark.parametrize("name", contents.list_declared_notebooks(worlds.HERE))
def test_a_page_shows_no_code_before_its_first_figure_and_all_of_it_later(editions, name):
    code = [cell for cell in editions["en"].notebooks[name].cells if cell.cell_type == "code"]
    page = nbformat.reads(notebooks.render_notebook_page(editions["en"], name), 4)
    made = [cell for cell in page.cells if cell.cell_type == "code"]
    shown = [cell for cell in made if "remove-input" not in cell.metadata.get("tags", [])]
    first = next(place for place, cell in enumerate(made) if notebooks.list_figure_outputs(cell))
    assert not any(cell in shown for cell in made[: first + 1])
    assert sum(len(cell.outputs) for cell in made) == sum(len(cell.outputs) for cell in code)
    assert "\n\n".join(cell.source for cell in shown) == "\n\n".join(cell.source for cell in code)


def test_links_keep_out_of_code_formulas_and_headings(editions):
    text = "# Q15\n见**Q15**、Q24–Q31，`Q15`，$Q15$，[Q15](a.md)，**Q16 也**\n"
    assert editions["zh"].linked(text, "../", (), set()) == (
        '# Q15\n见<a href="../claims/Q15.html"><strong>Q15</strong></a>、<a href="../claims/Q24.html">Q24</a>–'
        '<a href="../claims/Q31.html">Q31</a>，`Q15`，$Q15$，[Q15](a.md)，**Q16 也**\n'
    )


def test_a_word_is_explained_where_it_stands_first_if_both_languages_use_it_as_text_in_an_attribute(
    editions, monkeypatch
):
    made, both = editions["en"], "判定与“判定”，○。<!-- en -->A verdict on a claim, a *verdict*; ○."
    text = '---\nprinted: "verdict"\n---\n<span class="copied">verdict</span> a *verdict* on a claim, a verdict ○ ○'
    page = BeautifulSoup(made.linked(text, "../", [both], seen := set()), "html.parser")
    words = [(word.get_text(), word["href"].rpartition("-")[2], word["data-means"]) for word in page.select("a.term")]
    terms = [made.terms[term]["definition_en"] for term in ("verdict", "weak-evidence")]
    assert words == [("verdict", "verdict", terms[0]), ("○", "evidence", terms[1])]
    assert page.get_text() == BeautifulSoup(text, "html.parser").get_text().replace("a *verdict*", "a verdict")
    assert made.linked("a verdict", "", [both], seen) == "a verdict" and seen == {"verdict", "weak-evidence"}
    monkeypatch.setitem(made.terms, "claim", made.terms["claim"] | {"definition_en": POISON})
    for place in ("{}", "| a |\n| --- |\n| {} |"):
        page = READERS["book"](made.linked(place.format("a claim $"), "", ["论断<!-- en -->claim"], set()))
        assert [found["data-means"] for found in shown(page)[2] if "data-means" in found] == [POISON]


def test_a_book_leads_to_the_site_beside_it_unless_an_address_is_declared(tmp_path):
    for site in ("", "../lite"):
        for address in ("", "https://example.org"):
            declared = SimpleNamespace(declaration=SimpleNamespace(lite=address))
            assert building.find_browser_site_url(declared, tmp_path / "book") == (address or site)
        (tmp_path / "lite").mkdir(exist_ok=True)


def test_an_unsafe_address_is_shown_and_never_linked_and_an_archived_one_stands_beside_it_once(editions, monkeypatch):
    made = editions["zh"]
    sources, safe = made.sources, made.sources.query("host_trust == 'ok'")
    unsafe = sources[sources["host_trust"] == "unsafe"].iloc[[0]]
    own = safe.index[safe["archived"].eq(safe["url"])][0]
    links = {name: re.findall(r'href="(.*?)"', pages.render_source_line(made, name)) for name in ("paper", own)}
    assert links == {"paper": list(sources.loc["paper", ["url", "archived"]]), own: [sources.at[own, "url"]]}
    assert "；存档：" in pages.render_source_line(made, "paper") and "可疑站点" not in pages.render_source_line(
        made, own
    )
    copy = f"https://web.archive.org/web/2019/{unsafe['url'].iloc[0]}"
    monkeypatch.setattr(made, "sources", unsafe.assign(archived=copy))
    said = pages.render_source_line(made, unsafe.index[0])
    assert "href" not in said and "可疑站点" in said and escape.html(unsafe["url"].iloc[0]) in said
    assert escape.html(copy) in said


def test_a_source_has_a_title_in_the_language_of_the_reader_first(editions, monkeypatch):
    for language, title, said in (
        ("zh", "某报告", "某报告，"),
        ("zh", "A report", "名字（A report），"),
        ("en", "某报告", "Name (某报告), "),
        ("en", "[Report by 张]", "Name, "),
        ("en", "A report", "A report, "),
    ):
        made = editions[language]
        monkeypatch.setattr(made, "sources", made.sources.assign(title=title, name_zh="名字", name_en="Name"))
        assert pages.render_source_line(made, made.sources.index[0]).startswith(said), title


def test_the_font_holds_the_chinese_of_the_pages_and_no_more(tmp_path):
    (tmp_path / "a.html").write_text("<p>论断 claim，㈱臺</p>", encoding="utf-8")
    building.write_subset_fonts(tmp_path)
    held = [{chr(code) for code in TTFont(tmp_path / name).getBestCmap()} for name in building.FONTS]
    assert held == [set("论断，"), set("臺")]
    assert (tmp_path / building.LICENCE).read_text(encoding="utf-8").count("OPEN FONT LICENSE")


def test_what_was_read_stands_beside_its_source_as_text(editions, monkeypatch):
    made = editions["en"]
    read = made.excerpts.query("kind == 'verbatim'").iloc[0]
    claim_id = next(name for name, one in made.ledger.items() if read["row_key"] in one.evidence_rows)
    page = pages.render_claim_page(made, claim_id)
    line = next(line for line in page.splitlines() if line.startswith("* ") and f"`{read['source_id']}`" in line)
    assert f"“{escape.markdown(read['excerpt'])}”" in line.partition("<br>")[2]
    assert (
        pages.render_source_rows(made, [read["row_key"]], "no-such-source")
        == pages.render_source_rows(made, [], read["source_id"])
        == ""
    )
    monkeypatch.setattr(made, "excerpts", made.excerpts.assign(excerpt=POISON))
    assert escape.markdown(POISON) in pages.render_source_rows(made, [read["row_key"]], read["source_id"])


# Pages of docs


def test_the_pages_of_docs_are_in_both_editions_and_lead_to_pages_of_the_book(editions):
    made = {language: pages.render_docs_pages(edition) for language, edition in editions.items()}
    assert made["zh"].keys() == made["en"].keys() and len(made["en"]) > 5
    assert all(
        f"\n{name.removesuffix('.md')}\n" in pages.render_toctree(editions["en"], made["en"]) for name in made["en"]
    )
    every = [(language, name, text) for language, texts in made.items() for name, text in texts.items()]
    for language, name, text in every:
        plain = language == "en" and name != "docs/queries.md"  # which proposes wordings in both languages
        assert (HAN.search(text) is None) == plain
        assert "zh-CN.md)" not in text and "generated:" not in text
        targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)<]+)\)", text)]
        assert all(target in pages.HERE.values() or f"docs/{target}" in made[language] for target in targets)
    said = "[a](forms/data-editors.md), [b](../notebooks/02-x.ipynb), [c](other.zh-CN.md#d)"
    told = re.sub(r"\[([^\]]+)\]\(([^)]+)\)", partial(pages.rewrite_docs_link, editions["en"].c), said)
    assert told == 'a, <a href="../notebooks/02-x.html">b</a>, [c](other.md#d)', "what the book lacks becomes words"


def test_the_page_on_the_engine_is_for_readers_only_where_another_leads_to_it(tmp_path):
    c = worlds.at(worlds.declare(tmp_path))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/engine.md").write_text("# The engine\n\n[here](engine.md)\n", encoding="utf-8")
    for led, made in (("", {"docs/other.md"}), ("[it](engine.md#a)\n", {"docs/other.md", "docs/engine.md"})):
        (tmp_path / "docs/other.md").write_text(f"# Other\n{led}", encoding="utf-8")
        assert set(pages.render_docs_pages(SimpleNamespace(c=c, language="en"))) == made
