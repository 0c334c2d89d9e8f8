"""The slides say what findings and quotes say, one a finding, and nothing of them leaves the page."""

import io
import re

import pypdf
import pytest
from click.testing import CliRunner
from small_project import LEDGER
from small_project import project as project
from small_project import shared as shared
from worlds import HERE, at

from compendium.__main__ import main
from compendium.files import InputError
from compendium.forms import manifest, slides
from compendium.ledger import claims
from compendium.pages import findings, quotes
from compendium.run import RunError, judge
from compendium.vocabulary import QUALIFIED

BESIDE = 3  # the title, what is checked, how to check


@pytest.fixture(scope="module")
def ledger():
    return claims.read_ledger(HERE, HERE.root)


@pytest.fixture(scope="module", params=("zh", "en"))
def made(request, ledger):
    """The facts of the slides in a language and the pages of the PDF."""
    told = slides.collect_facts(HERE, ledger, request.param)
    return told, pypdf.PdfReader(io.BytesIO(slides.draw(told))).pages


def plain(said):
    """Return a text without spaces, hyphens, quotation marks and stars, which the page sets as it needs."""
    return re.sub(r"[\s\-\u00ad\u2010\"“”*]", "", said)


def test_each_finding_has_a_slide_with_its_quotes_and_claims_and_there_are_three_more(made, ledger):
    told, pages = made
    found, instead = findings.key_findings(HERE, ledger), quotes.quotes(HERE, ledger)
    assert len(pages) == len(found) + BESIDE > BESIDE
    first, checked, *shown, last = (plain(page.extract_text()) for page in pages)
    assert plain(told["title"]) in first and plain(told["paper"]) in first
    assert plain(told["summary"]) in checked
    assert all(plain(command) in last and plain(says) in last for command, says in told["steps"])
    for one, page in zip(found, shown, strict=True):
        said = one.said[told["language"]]
        assert all(plain(part).strip("。.") in page for part in said.split("**")), said
        for name, judged in one.claims.items():
            assert name in page
            assert (plain(instead[name].said[told["language"]]) in page) if judged.verdict in QUALIFIED else True


def test_no_text_leaves_the_page_or_runs_into_its_foot(made):
    """Inside the margins the two lowest lines, the foot of the slide and that of the page, stand by themselves."""
    for page in made[1]:
        seen = []
        page.extract_text(visitor_text=lambda said, cm, tm, font, size, seen=seen: seen.append((said, tm, cm)))
        places = {(tm[4] * cm[0] + cm[4], round(tm[5] * cm[3] + cm[5])) for said, tm, cm in seen if said.strip()}
        width, height = float(page.mediabox.width), float(page.mediabox.height)
        assert all(20 < x < width - 20 and 10 < y < height - 20 for x, y in places)
        lowest, foot, above, *_ = sorted({y for _, y in places})
        assert lowest + 12 < foot and foot + 12 < above, page.extract_text()


def test_a_finding_has_the_figure_that_is_declared_or_the_first_of_its_notebook(ledger):
    seen = claims.read_shown(HERE, HERE.root).query("kind == 'figure'")
    for one in findings.key_findings(HERE, ledger):
        first = next(iter(seen.loc[seen["notebook"].isin(one.notebooks), "name"]), "")
        name = first if one.figure is None else one.figure
        for language in ("zh", "en"):
            drawn = slides.read_figure(HERE, one, language)
            assert (drawn["alt"] == manifest.read_description(HERE, name, language)) if name else (drawn is None)


def test_a_figure_that_is_not_there_is_told_with_those_that_are(ledger):
    one = next(f for f in findings.key_findings(HERE, ledger) if f.notebooks == ("07-talent-gap",))
    odd = slides.Sentence(**{**vars(one), "figure": "07-tens"})
    with pytest.raises(InputError, match=r"findings\.toml: there is no figure 07-tens\. Remedy: .*07-"):
        slides.read_figure(HERE, odd, "en")


@pytest.mark.parametrize(
    ("key", "said", "rule"),
    [
        ("lead", "A long title that goes on and on " * 40, "the title of a slide is too long: A long title"),
        ("rest", "Evidence that goes on and on. " * 400, "a slide cannot hold its text"),
        ("rest", "𠮷", "𠮷"),
    ],
)
def test_what_does_not_fit_on_a_slide_is_refused_in_one_line(ledger, key, said, rule):
    told = slides.collect_facts(HERE, ledger, "en")
    told["findings"][0][key] = said
    with pytest.raises(RunError, match=rf"slides\.pdf cannot be drawn: .*{rule}.*Remedy") as error:
        slides.draw(told)
    assert "\n" not in str(error.value)


def test_equal_facts_give_the_same_bytes(made):
    assert slides.draw(made[0]) == slides.draw(made[0])


def test_a_compendium_without_findings_has_the_other_three(project):
    judge.write(at(project), LEDGER, project)
    done = CliRunner().invoke(main, ["slides"])
    assert done.exit_code == 0 and done.output == "build/slides/zh.pdf\nbuild/slides/en.pdf\n"
    for language in ("zh", "en"):
        pages = pypdf.PdfReader(project / f"build/slides/{language}.pdf").pages
        assert len(pages) == BESIDE and "Q14" in pages[-1].extract_text()
