"""Slides and handout of a lesson: question, figure, formulas, task, quote; no answer before it is due."""

import io
import re

import pypdf
import pytest
from click.testing import CliRunner
from small_project import LEDGER
from worlds import HERE, at

from compendium.__main__ import main
from compendium.forms import slides
from compendium.ledger import claims
from compendium.pages import quotes
from compendium.run import RunError, judge
from compendium.vocabulary import QUALIFIED

TITLE, LOOK, EVIDENCE, FORMULA, TASK, QUOTE = range(6)


@pytest.fixture(scope="module")
def ledger():
    return claims.read_ledger(HERE, HERE.root)


@pytest.fixture(scope="module", params=("zh", "en"))
def told(request, ledger):
    """The facts of the lesson in a language."""
    return slides.collect_facts(HERE, ledger, request.param)


def pages(told, kind):
    return pypdf.PdfReader(io.BytesIO(slides.draw(told, kind))).pages


def plain(said):
    """Return a text without spaces, hyphens, quotation marks and stars, which the page sets as it needs."""
    return re.sub(r"[\s\-\u00ad\u2010\"“”*]", "", said)


def test_the_slides_go_from_the_question_to_what_can_be_quoted_the_first_figure_without_its_heading(told, ledger):
    shown = [plain(page.extract_text()) for page in pages(told, "slides")]
    assert len(shown) == QUOTE + 1
    assert plain(told["title"]) in shown[TITLE] and plain(told["question"]) in shown[TITLE]
    assert plain(told["task"]) in shown[TASK] and "<details>" not in told["task"]
    assert [len(told[part]) for part in ("figures", "formulas", "quotes")] == [2, 3, 3]
    instead = quotes.quotes(HERE, ledger)
    for name, one in ledger.items():
        if one.notebook == "07-talent-gap" and one.weight == "headline" and one.verdict in QUALIFIED:
            assert plain(instead[name].said[told["language"]]) in shown[QUOTE]
    assert not any(plain(said) in page for said in told["quotes"] for page in shown[:QUOTE])
    first, second = told["figures"]
    assert first["svg"].count(slides.HEADING) == 1 and '<g opacity="0"' in first["svg"], "the line of sources is left"
    assert '<g opacity="0"' not in second["svg"] and first["alt"] and second["alt"]


def test_the_handout_is_one_page_with_the_question_and_the_task_and_without_an_answer_and_no_text_leaves_a_page(told):
    [page] = pages(told, "handout")
    said = plain(page.extract_text())
    assert plain(told["question"]) in said and plain(told["task"]) in said
    assert not any(plain(quote) in said for quote in told["quotes"])
    for page in (page for kind in slides.KINDS for page in pages(told, kind)):
        seen = []
        page.extract_text(visitor_text=lambda said, cm, tm, font, size, seen=seen: seen.append((said, tm, cm)))
        places = {(tm[4] * cm[0] + cm[4], round(tm[5] * cm[3] + cm[5])) for said, tm, cm in seen if said.strip()}
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert all(20 < x < width - 20 and 10 < y < height - 20 for x, y in places)


def test_what_does_not_fit_or_the_font_lacks_is_refused_in_one_line(ledger):
    told, much = slides.collect_facts(HERE, ledger, "en"), "A task that goes on and on. " * 400
    rules = (("slides", much, "a slide cannot"), ("slides", "𠮷", "𠮷"), ("handout", much, "a handout cannot"))
    for kind, said, rule in rules:
        with pytest.raises(RunError, match=rf"^{kind}\.pdf cannot be drawn: .*{rule}.*Remedy.*$"):
            slides.draw(told | {"task": said}, kind)


def test_a_compendium_without_figures_and_exercises_has_a_title_and_a_handout(project):
    judge.write(at(project), LEDGER, project)
    done = CliRunner().invoke(main, ["slides"])
    made = [f"build/slides/{name}.pdf" for name in ("zh", "zh-handout", "en", "en-handout")]
    assert done.exit_code == 0 and done.output.split() == made
    assert all(len(pypdf.PdfReader(project / name).pages) == 1 for name in made)
