"""Text from tables is shown as it stands and never acts: in Markdown, in a terminal; tests/whole looks at pages."""

import frozen
import jinja2
import pytest
import worlds
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from poison import PLACES, POISON, READERS, SIGNS, shown

from compendium import escape, html
from compendium.__main__ import main
from compendium.run import judge


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
    with pytest.raises(jinja2.UndefinedError, match="'a' is undefined"):
        fill(b=1)


def test_an_address_in_a_template_stays_an_address():
    fill = html.environment().from_string('<a href="{{ a | forceescape }}">{{ a }}</a>').render
    address = 'https://example.org/$a?b=\\c&d="e"<f>'
    assert shown(fill(a=address))[2][0] == {"href": address} and shown(fill(a=address))[0] == address


def test_signs_that_steer_a_terminal_are_shown_by_their_number(tmp_path, monkeypatch):
    frozen.folder(tmp_path / "data" / "raw")
    path = tmp_path / "data" / "raw" / "claims.csv"
    text = path.read_text(encoding="utf-8")
    steered = text.replace("In 2016 there were 63 ", "In 2016 \x1b[31mthere were 63\u202e ")
    assert steered != text
    path.write_text(steered, encoding="utf-8")
    one = worlds.judged(claim_id="Q15", verdict="traced", rule="printed", evidence="paper")
    judge.write(worlds.at(tmp_path), {"Q15": one})
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["claims", "Q15"])
    assert result.exception is None, result.exception
    said = result.output
    assert r"In 2016 \x1b[31mthere were 63\u202e intelligent" in said and "\x1b" not in said
