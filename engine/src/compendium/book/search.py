"""The search of an edition: what its pages say in one script, which a page that is opened from disk may load."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from compendium.base.files import write_atomic
from compendium.base.texts import join_texts
from compendium.base.vocabulary import ANSWERS
from compendium.book.edition import LanguageEdition
from compendium.pages.findings import fill_findings
from compendium.run import contents

NAME = "search-index.js"
KINDS = ("claims", "findings", "notebooks", "rest")  # in the order in which hits are shown
FORMS = ("notebooks/*.html", "[!fs]*.html", "docs/*.html")  # not findings, which have entries of their own, and search
UNREAD = re.compile(r'(?s)<(script|style|pre|nav|button)\b.*?</\1>|<a class="headerlink".*?</a>')
WITHIN = re.compile(r"</?(?:a|b|i|em|strong|span|code|small)\b[^>]*>")  # tags inside a word or sentence
Entry = dict[str, str | int]


def write_search_index(edition: LanguageEdition, root: Path) -> None:
    """Write the index of an edition beside the pages that Sphinx made below `root`."""
    entries = [*list_claim_entries(edition, root), *list_finding_entries(edition), *list_page_entries(edition, root)]
    text = f"const ENTRIES = {json.dumps(entries, ensure_ascii=False, indent=0)};\n"
    write_atomic(root / "_static" / NAME, text.encode("utf-8"))


def list_claim_entries(edition: LanguageEdition, root: Path) -> Iterator[Entry]:
    """Return the claims, each with its answer; `told` lifts headline claims and those of findings among like hits."""
    language, stated = edition.language, edition.c.tables("claims").set_index("claim_id")
    others = [f"statement_{other}" for other in edition.c.languages if other != language]
    found = {name for finding in fill_findings(edition.c, edition.ledger) for name in finding.claims}
    for name, one in edition.ledger.items():
        answer, printed, page = ANSWERS[one.answer], one.printed[language], f"claims/{name}.html"
        said = {"title": f"{name} {edition.statements[name]}", "also": " ".join(stated.loc[name, others])}
        said |= {"answer": answer[language], "colour": answer.colour, "printed": printed}
        said["brief"] = edition("search-claim", printed=printed, found=one.found[language], why=one.why[language])
        said["text"] = strip_html_tags(read_page_body(root / page).partition("</table>")[2])
        yield {"kind": "claims", "page": page, **said, "told": 10 * (one.weight == "headline") + 5 * (name in found)}


def list_finding_entries(edition: LanguageEdition) -> Iterator[Entry]:
    """Return the findings, each with the claims it rests on."""
    for number, one in enumerate(fill_findings(edition.c, edition.ledger), 1):
        title = one.said[edition.language].replace("**", "")
        brief = join_texts(one.claims)[edition.language]
        yield {"kind": "findings", "page": f"findings.html#finding-{number}", "title": title, "brief": brief}


def list_page_entries(edition: LanguageEdition, root: Path) -> Iterator[Entry]:
    """Return the notebooks, each with its question, then the other pages, with all that they say."""
    notebooks = contents.list_declared_notebooks(edition.c)
    for path in [path for form in FORMS for path in sorted(root.glob(form))]:
        (head, _, text), page = read_page_body(path).partition("</h1>"), path.relative_to(root).as_posix()
        entry: Entry = {"kind": "rest", "page": page, "title": strip_html_tags(head), "text": strip_html_tags(text)}
        if found := notebooks.get(path.stem):
            title = next(iter(edition.bilingual[found.name].values())).source
            judged = [claim for claim, one in edition.ledger.items() if one.notebook == found.name]
            own = {
                "also": " ".join([title, *judged]),
                "brief": contents.render_answers(edition.c, found, edition.language),
            }
            entry |= {"kind": "notebooks", "title": f"{found.name[:2]} {entry['title']}", **own}
        yield entry


def read_page_body(path: Path) -> str:
    """Return what a page says as HTML, without code and what leads elsewhere."""
    text = path.read_text(encoding="utf-8")
    return UNREAD.sub(" ", text[text.index("<article") : text.index("</article>")])


def strip_html_tags(text: str) -> str:
    """Return HTML as text."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", WITHIN.sub("", text))).split())
