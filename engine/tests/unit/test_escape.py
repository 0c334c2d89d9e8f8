"""Text from tables is shown as it stands and never acts: in Markdown, in a terminal; tests/whole looks at pages."""

from urllib.parse import quote

import frozen
import jinja2
import pandas as pd
import pytest
import worlds
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from poison import PLACES, POISON, READERS, SIGNS, shown

from compendium import CompendiumError
from compendium.__main__ import main
from compendium.base import declaration, escape, html
from compendium.book import pages
from compendium.forms import form
from compendium.pages import quotes
from compendium.run import judge_all


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("place", PLACES)
@example(text=POISON)
@example(text="_a_ &lt; &#60; \\(y\\)")
@example(text="- a")
@example(text="-")
@example(text="--- a")
@example(text="1) a")
@example(text="1.")
@example(text="x  #")
@example(text="x # ##")
@example(text="x\u3000#")
@given(text=st.lists(st.sampled_from(SIGNS), min_size=1).map("".join))
def test_any_text_stands_in_markdown_as_it_is(reader, place, text):
    text = text.strip() or "a"
    said, tags, _ = shown(READERS[reader](place.format(escape.markdown(text))))
    assert " ".join(text.split()) in said
    assert tags <= PLACES[place] | {"span"}


def test_what_is_filled_into_a_template_is_text_unless_a_template_made_it():
    fill = html.environment().from_string("<b>{{ a }}</b>").render
    said, tags, _ = shown(fill(a=POISON))
    assert said == " ".join(POISON.split()) and tags <= {"b", "span"}
    assert fill(a=3.5) == "<b>3.5</b>" and fill(a=None) == "<b>None</b>"
    card = html.render("book_facts", facts=[("$x$", "<i>")])
    assert fill(a=card) == f"<b>{card}</b>" and "<i>" not in card and "$" not in card
    address = 'https://example.org/$a?b=\\c&d="e"<f>'
    fill_address = html.environment().from_string(TEMPLATE).render
    assert shown(fill_address(a=address))[2][0] == {"href": address} and shown(fill_address(a=address))[0] == address
    with pytest.raises(jinja2.UndefinedError, match="'a' is undefined"):
        fill(b=1)


def test_signs_that_steer_a_terminal_are_shown_by_their_number(tmp_path, monkeypatch):
    frozen.folder(tmp_path / "data" / "raw")
    path = tmp_path / "data" / "raw" / "claims.csv"
    text = path.read_text(encoding="utf-8")
    steered = text.replace("In 2016 there were 63 ", "In 2016 \x1b[31mthere were 63\u202e ")
    assert steered != text
    path.write_text(steered, encoding="utf-8")
    one = worlds.judged(claim_id="Q15", verdict="traced", rule="printed", evidence="paper")
    judge_all.write_ledger(worlds.at(tmp_path), {"Q15": one})
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["claims", "Q15"])
    assert result.exception is None, result.exception
    said = result.output
    assert r"In 2016 \x1b[31mthere were 63\u202e intelligent" in said and "\x1b" not in said


# Addresses and names, whoever wrote them: each that is shown leads where it says, all others are refused

ALLOWED = [  # odd and honest
    "https://example.org/pages/GDP-历年个省份.py",
    "http://192.0.2.1:8080/news,14251.html?a=1&b=*x*&copy=_y_#~z~",
    "https://example.org/2021-%0A---rates(1)%7C%60%3Cb%3E.html;v=1",
    "https://web.archive.org/web/20200101/http://example.org/!a*b_c~d/?q=--x",
    "https://doi.org/10.1016/S0140-6736(05)66912-7",
]
REFUSED = ["http://gov.cn@evil.example/", "javascript:alert(1)", "http://x.org/&lt;b&gt;", "http://x.org/&#124;"]
TEMPLATE = '<a href="{{ a | forceescape }}">{{ a }}</a>'
SHOWN = {  # by place: the HTML that shows an address there
    "book": lambda address: pages.render_url(address, False),
    "template": lambda address: html.environment().from_string(TEMPLATE).render(a=address),
    **{f"list, {name}": lambda address, read=read: read(reference(address)) for name, read in READERS.items()},
    **{f"table, {name}": lambda address, read=read: read(f"| a |\n| --- |\n| {linked(address)} |")
       for name, read in READERS.items()},
}  # fmt: skip


def row(address):
    told = {"source_id": "s", "title": "T", "publisher": "P", "published": "", "grade": "B", "accessed": "2026-01-01"}
    return told | {"name_zh": "名", "name_en": "N", "host_trust": "ok", "url": address, "archived": ""}


def reference(address):
    return form.render_reference_line(row(address), "en")


def linked(address):
    return quotes.render_source_link(pd.Series(row(address))).markdown["en"]


def coded(address):
    return quote(address, safe="%:/?#&=*,;()!~_-.+")


@pytest.mark.parametrize("place", SHOWN)
def test_what_may_be_shown_leads_there_from_each_page_and_what_seems_to_lead_elsewhere_may_not(place):
    for address in ALLOWED:
        assert escape.is_safe_url(address)
        [link] = BeautifulSoup(SHOWN[place](address), "html.parser").find_all("a")
        assert coded(link["href"]) == coded(address)
    for one in REFUSED:
        assert not escape.is_safe_url(one) and not escape.is_safe_url(one.replace("http", "hxxp").replace(".", "[.]"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('lite = ""', 'lite = "javascript:alert(1)"', "lite: must be an http(s) address"),
        ('lite = ""', 'lite = "https://gov.cn@evil.example/"', "lite: must be an http(s) address"),
        ('doi = "10.', 'doi = "x|`10.', "paper.doi: must be a DOI such as 10.1000/1"),
        ('journal = "S', 'journal = "S\\n# ', "paper.journal: must be one line of signs that are seen"),
        ("authors = []", 'authors = ["a\\u202eb"]', "paper.authors.0: must be one line"),
        ("body = true", 'orcid = "javascript:alert(1)"', "authors.0.orcid: string should match pattern"),
        ("body = true", 'affiliation = "a\\tb"', "authors.0.affiliation: must be one line"),
        ('code = "MIT"', 'code = "../x"', "rights.code: string should match pattern"),
        ('name = "intelligent', 'name = "../intelligent', "name: string should match pattern"),
    ],
)
def test_what_a_compendium_declares_is_held_to_it_too(old, new, said, tmp_path):
    file = worlds.declare(tmp_path) / declaration.NAME
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CompendiumError) as refused:
        declaration.read_compendium_toml(tmp_path)
    assert f"compendium.toml, {said}" in str(refused.value) and "\n" not in str(refused.value)
