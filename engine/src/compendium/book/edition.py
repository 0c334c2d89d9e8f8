"""The book in one language: what its pages draw on, its words, its links."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from markupsafe import Markup

from compendium.base import html
from compendium.base.files import read_rows
from compendium.base.texts import catalogue, join_texts
from compendium.base.vocabulary import ANSWERS, SINCE, STRENGTHS, TRUSTS, VERDICTS
from compendium.book.links import CLAIM, KEPT, link_words, slugify_term
from compendium.compendium import Compendium
from compendium.ledger import claims, sentences
from compendium.ledger.record import LedgerRow
from compendium.notebook import bilingual
from compendium.pages import quotes
from compendium.run import contents, notebookfile

T = TypeVar("T")
text = catalogue("compendium/book")


def list_glossary_rows(c: Compendium) -> Iterator[dict[str, str]]:
    """Yield the rows of the glossary, then words of the vocabulary; an answer means the verdicts that it stands for."""
    yield from read_rows(c.root / "docs" / "book" / "glossary.csv", f"term_{c.languages.plain}", True)
    for word in (*SINCE.values(), *ANSWERS.values()):
        verdicts = text("answer-means", verdicts=join_texts(VERDICTS[verdict] for verdict in word.verdicts))
        means = {f"definition_{one}": verdicts[one] if word.verdicts else word.means[one] for one in c.languages}
        yield {f"term_{one}": word[one] for one in c.languages} | means


def compile_term_pattern(forms: Iterable[str], language: str) -> re.Pattern:
    """Return the regular expression that finds a term in one of its forms: whole words, in Chinese anywhere."""
    either = "|".join(map(re.escape, forms))
    return re.compile(either) if language == "zh" else re.compile(rf"(?<![\w-])(?:{either})s?(?![\w-])", re.I)


class LanguageEdition:
    """The book in one language, that of the compendium; its `out` is a run that shows figures in it.

    `lite` is where the notebooks run in a browser: an address, or a place as seen from the book; empty for nowhere.
    """

    def __init__(self, c: Compendium, lite: str = ""):
        self.c, self.language, self.lite = c, c.language, lite
        names = contents.list_declared_notebooks(c)
        self.notebooks = {name: notebookfile.read_notebook(c.out / "notebooks" / f"{name}.ipynb") for name in names}
        committed = {name: notebookfile.read_notebook(c.notebooks / f"{name}.ipynb").cells for name in names}
        self.bilingual = {name: {cell.id: cell for cell in cells} for name, cells in committed.items()}
        first = {
            name: bilingual.select_language_part(node.cells[0].source, c.language)
            for name, node in self.notebooks.items()
        }
        self.titles = {name: "".join(re.findall(r"\A# (.+)$", text, re.M)) or name for name, text in first.items()}
        statements = c.tables("claims").set_index("claim_id")[f"statement_{self.language}"]
        self.statements, self.ledger = statements.to_dict(), claims.read_ledger(c, c.root)
        self.quotes = quotes.list_proposed_quotes(c, self.ledger)
        self.sources = c.tables("sources").set_index("source_id")
        self.excerpts = c.tables("excerpts").query("table == 'claim_evidence'")
        self.terms = {slugify_term(row[f"term_{c.languages.plain}"]): row for row in list_glossary_rows(c)}
        self.patterns = {
            term: {one: compile_term_pattern(row[f"term_{one}"].split(" / "), one) for one in c.languages}
            for term, row in self.terms.items()
        }

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue in the language of this edition."""
        return text(key, **values)[self.language]

    def label(self, facts: Mapping[str, T]) -> list[tuple[str, T]]:
        """Return facts, given by the key of their heading, under their headings; empty ones are left out."""
        return [(self(key), fact) for key, fact in facts.items() if fact]

    def answer(self, one: LedgerRow) -> Markup:
        """Return the answer on a claim in its colour, then its verdict, with the side of evidence that is related."""
        answer = ANSWERS[one.answer]
        verdict = self.term(slugify_term(VERDICTS[one.verdict][self.c.languages.plain]), one.named[self.language])
        return html.render("book_answer", answer=answer, said=answer[self.language], verdict=verdict)

    def mark(self, one: LedgerRow) -> Markup:
        """Return the mark of firm or weak evidence with its word, whose meaning is told; empty where there is none."""
        said = one.strength and f"{STRENGTHS[one.strength].mark} {self(one.strength)}"
        return self.term(f"{one.strength}-evidence", said)

    def firmness(self, one: LedgerRow) -> Markup:
        """Return whether the evidence of a claim is firm or weak, and why."""
        weak = {"weak-grade": one.lowest_grade == "C", "weak-trust": one.trust == "unsafe"}
        what = join_texts(text(key) for key, holds in weak.items() if holds)
        why = self("weak-why", what=what) if one.strength == "weak" else self("firm-why")
        alone = self("one-source") if len(one.evidence) == 1 else ""
        return self.mark(one) + why + alone if one.strength else Markup()

    def section(self, one: LedgerRow) -> str:
        """Return the section of the paper that a claim stands in."""
        return self("section-abstract") if one.section == "abstract" else one.section

    def place(self, one: LedgerRow) -> str:
        """Return where a claim stands in the paper: its section and, where sentences are told, which sentence."""
        tables, section = self.c.tables, self.section(one)
        if not sentences.has_sentences(tables):
            return section
        mine = [name for name, claims in sentences.list_claims_by_sentence(tables).items() if one.claim_id in claims]
        rows = tables(sentences.NAME)
        rows = rows[rows["sentence_id"].isin(mine) & rows["section"].eq(one.section)]
        row = rows.sort_values("kind", key=lambda kind: kind.eq("heading"), kind="stable").iloc[0]
        if row["kind"] == "heading":
            return self("heading-place", section=section)
        return self("sentence-place", section=section, paragraph=row["paragraph"], sentence=row["place"])

    def term(self, term: str, shown: str) -> Markup:
        """Return a text with the meaning of a term, if that is known; for a page in a folder of the edition."""
        start, end = (self.open_term(term, "../"), Markup("</a>")) if term in self.terms else (Markup(), Markup())
        return start + shown + end

    def open_term(self, term: str, up: str) -> Markup:
        """Return the start of a link to the glossary that tells what a term means; `up` leads to the root."""
        start = '<a class="term" href="{}glossary.html#term-{}" data-means="{}">'
        opened = Markup(start).format(up, term, self.terms[term][f"definition_{self.language}"])
        return Markup(str(opened).replace("|", "&#124;"))  # which would end a cell of a table in Markdown

    def ground(self, one: LedgerRow) -> Markup:
        """Return grade, strength and trust of the evidence of a claim; weak evidence with its meaning."""
        strength, trust = STRENGTHS[one.strength][self.language], TRUSTS[one.trust or "ok"][self.language]
        strength = self.term("weak-evidence" if one.strength == "weak" else "", strength)
        return Markup(" · ").join(part for part in (one.lowest_grade, strength, trust) if part) or Markup("–")

    def find_used(self, text: str) -> list[str]:
        """Return the terms that a text uses in each of its languages: a word of one alone may mean something else."""
        plain = {one: KEPT.sub(" ", bilingual.select_language_part(text, one)) for one in self.c.languages}
        return [t for t, known in self.patterns.items() if all(known[one].search(plain[one]) for one in plain)]

    def linked(self, text: str, up: str, wholes: Iterable[str], seen: set[str]) -> str:
        """Return Markdown or HTML with links from claims to their pages and from first uses of terms to the glossary.

        `up` leads from the page to the root of the edition; `wholes` are the text or its pieces in each language, to
        tell which terms it uses; `seen` are the terms already linked on this page and receives those linked now.
        """
        terms = {term for whole in wholes for term in self.find_used(whole)} - seen
        for term in sorted(terms, key=lambda t: (-len(self.terms[t][f"term_{self.language}"]), t)):
            before = text
            text = link_words(text, self.patterns[term][self.language], str(self.open_term(term, up)), once=True)
            seen |= {term} if text != before else set()
        return link_words(text, CLAIM, f'<a href="{up}claims/{{word}}.html">')
