"""The pages of one language."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from markupsafe import Markup

from compendium import html, paths
from compendium.book.links import CLAIM, KEPT, claim_links, outside, slug
from compendium.data import tables
from compendium.forms import claimsfile
from compendium.languages import plain, spoken
from compendium.ledger import claims
from compendium.run import contents, notebookfile
from compendium.show.halves import half, parts
from compendium.show.quotes import quotes
from compendium.texts import SEMICOLON, Text, catalogue, joined
from compendium.vocabulary import ANSWERS, SINCE, STRENGTHS, TRUSTS, VERDICTS, Word, answered, named

text = catalogue("compendium/book")


def book() -> Path:
    """Return the folder of what a compendium has of its own for the book: a glossary, start pages, or neither."""
    return paths.project().root / "book"


def defined(answer: Word) -> Word:
    """Return an answer with what it means: the verdicts that it stands for."""
    words = (VERDICTS[verdict] for verdict in answer.verdicts)
    means = text("answer-means", verdicts=joined(words))
    return replace(answer, means_zh=means["zh"], means_en=means["en"])


def termed(word: Word) -> dict[str, str]:
    """Return a word of the vocabulary as a row of the glossary."""
    said = {f"term_{one}": word[one] for one in spoken()}
    return said | {f"definition_{one}": word.means(one) for one in spoken()}


def sought(forms: Iterable[str], language: str) -> re.Pattern:
    """Return the regular expression that finds a term in one of its forms: whole words, in Chinese anywhere."""
    either = "|".join(map(re.escape, forms))
    return re.compile(either) if language == "zh" else re.compile(rf"(?<![\w-])(?:{either})s?(?![\w-])", re.I)


class Edition:
    """The pages of one language.

    Args:
        language: which.
        folder: the executed notebooks, figures in this language.
        measures: seconds and MB by notebook.
    """

    def __init__(self, language: str, folder: Path, measures: dict[str, tuple[float, int | None]]):
        self.language, self.measures = language, measures
        self.notebooks = {name: notebookfile.read(folder / f"{name}.ipynb") for name in contents.catalogue()}
        self.bilingual = {
            name: {cell.id: cell for cell in notebookfile.read(notebook.path).cells}
            for name, notebook in contents.catalogue().items()
        }
        self.ledger = claims.stored("claims", paths.project().root).set_index("claim_id", drop=False)
        self.quotes = quotes(self.ledger.reset_index(drop=True), Text)
        self.statements = tables.raw("claims").set_index("claim_id")
        self.sources = tables.raw("sources").set_index("source_id")
        self.excerpts = tables.raw("excerpts").query("table == 'claim_evidence'")
        terms = book() / "glossary.csv"
        rows = pd.read_csv(terms, dtype=str, encoding="utf-8").to_dict("records") if terms.is_file() else []
        rows += [termed(word) for word in [*SINCE.values(), *map(defined, ANSWERS.values())]]
        self.headings = {name: self.headed(notebook) for name, notebook in self.notebooks.items()}
        self.terms = {slug(row[f"term_{plain()}"]): row for row in rows}

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue in the language of this edition."""
        return text(key, **values)[self.language]

    def word(self, word: Word) -> str:
        """Return a word of the vocabulary in the language of this edition."""
        return word[self.language]

    def meaning(self, word: Word) -> str:
        """Return what a word of the vocabulary means in the language of this edition."""
        return word.means(self.language)

    def told(self, facts: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return facts, given by the key of their heading, under their headings; empty ones are left out."""
        return [(self(key), said) for key, said in facts.items() if said]

    def headed(self, notebook: nbformat.NotebookNode) -> dict[str, str]:
        """Return the heading above each cell, by its id; the first is the title."""
        found, heading = {}, ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown" and (
                named := re.search(r"^#+ (.+)$", half(cell.source, self.language), re.M)
            ):
                heading = named[1]
            found[cell.id] = heading
        return found

    def answer(self, row: pd.Series) -> Markup:
        """Return the answer on a claim in its colour, then its verdict, with the side of evidence that is related."""
        answer = ANSWERS[answered(row["verdict"])]
        verdict = self.explained(VERDICTS[row["verdict"]], named(row, self.language))
        return html.render("book_answer", answer=answer, said=self.word(answer), verdict=verdict)

    def explained(self, word: Word, said: str) -> Markup:
        """Return a verdict as `said`, with its meaning; for a page in a folder of the edition."""
        return Markup("{}{}</a>").format(self.opened(slug(word[plain()]), "../"), said)

    def opened(self, term: str, up: str) -> Markup:
        """Return the start of a link to the glossary that tells what a term means; `up` leads to the root."""
        start = '<a class="term" href="{}glossary.html#term-{}" data-means="{}">'
        opened = Markup(start).format(up, term, self.terms[term][f"definition_{self.language}"])
        return Markup(str(opened).replace("|", "&#124;"))  # which would end a cell of a table in Markdown

    def ground(self, row: pd.Series) -> Markup:
        """Return grade, strength and trust of the evidence of a claim; weak evidence with its meaning."""
        strength, trust = self.word(STRENGTHS[row["strength"]]), self.word(TRUSTS[row["trust"] or "ok"])
        if row["strength"] == "weak" and "weak-evidence" in self.terms:
            strength = Markup("{}{}</a>").format(self.opened("weak-evidence", "../"), strength)
        return Markup(" · ").join(part for part in (row["lowest_grade"], strength, trust) if part) or Markup("–")

    def machine_readable(self, claim_id: str) -> Markup:
        """Return the element by which other programs read a claim and its verdict from its page."""
        return Markup(claimsfile.script(self.whole, self.told_of[claim_id], self.language))

    @cached_property
    def whole(self) -> dict[str, Any]:
        """What claims.json holds."""
        return claimsfile.whole()

    @cached_property
    def told_of(self) -> dict[str, dict[str, Any]]:
        """What claims.json holds of each claim, by its id."""
        return {claim["id"]: claim for claim in self.whole["claims"]}

    @cached_property
    def uses(self) -> dict[str, list[tuple[str, str]]]:
        """The notebooks and cells that mention a claim, by its id, or a term, by its name in addresses."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, cells in self.bilingual.items():
            for cell in cells.values():
                texts = [cell.source] if cell.cell_type == "markdown" else []
                for output in cell.get("outputs", []):
                    texts += [output.get("data", {}).get(kind, "") for kind in ("text/markdown", "text/html")]
                mentioned = [word for text in texts for word in (*CLAIM.findall(text), *self.used(text))]
                for word in dict.fromkeys(mentioned):
                    found[word].append((name, cell.id))
        return found

    def used(self, text: str) -> list[str]:
        """Return the terms that a text uses in each of its languages: a word of one alone may mean something else."""
        said = {one: KEPT.sub(" ", half(text, one)) for one in spoken()} if parts(text) else {}
        told = said or dict.fromkeys(spoken(), KEPT.sub(" ", text))
        return [t for t, known in self.patterns.items() if all(known[one].search(told[one]) for one in told)]

    @cached_property
    def patterns(self) -> dict[str, dict[str, re.Pattern]]:
        """The regular expressions that find each term in each language."""
        return {
            term: {one: sought(row[f"term_{one}"].split(" / "), one) for one in spoken()}
            for term, row in self.terms.items()
        }

    def linked(self, text: str, up: str, wholes: Iterable[str], seen: set[str]) -> str:
        """Return a text with links from each claim to its page and from the first use of a term to the glossary.

        Args:
            text: Markdown or HTML in this language.
            up: what leads from the page to the root of the edition.
            wholes: the text or its pieces in each language, to tell which terms it uses.
            seen: the terms already linked on this page; receives those linked now.
        """
        terms = {term for whole in wholes for term in self.used(whole)} - seen
        for term in sorted(terms, key=lambda t: (-len(self.terms[t][f"term_{self.language}"]), t)):
            changed = outside(text, self.patterns[term][self.language], str(self.opened(term, up)), once=True)
            if changed != text:
                text = changed
                seen.add(term)
        return claim_links(text, up)

    def places(self, uses: Iterable[tuple[str, str]], up: str) -> str:
        """Return links to cells, by notebook; of the cells under one heading the first, by the name of the heading."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for name, cell in uses:
            found[name].setdefault(self.headings[name][cell], cell)
        links = {
            name: joined(f'<a href="{up}notebooks/{name}.html#cell-{cell}">{at}</a>' for at, cell in cells.items())
            for name, cells in found.items()
        }
        return joined((f"{name[:2]} {cells[self.language]}" for name, cells in links.items()), SEMICOLON)[self.language]
