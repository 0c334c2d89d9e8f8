"""build/paper.html: a reader's own copy of the paper, each sentence coloured by its answer, leading to its claims."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from compendium import html, paths
from compendium.data import tables
from compendium.files import write_atomic
from compendium.ledger import claims, sentences
from compendium.ledger.paper import Read, written
from compendium.show.report import english
from compendium.vocabulary import ANSWERS, VERDICTS, answered, found

Asserted = dict[str, tuple[list[str], list[str]]]  # by sentence: see `asserted`
WIDE = "[\u2e80-\u9fff\uff00-\uffef]"  # signs between which a break of the line is no blank
MARKS = {"correct": "✗", "unsettled": "?", "matches": "✓", "none": "…", "lists": "#"}


@dataclass
class Sentence:
    """A sentence of the page.

    Its `answer` is the gravest of its claims; `lists` if they only count what it lists, `none` if data could touch it
    and it has no claim, empty if data could not.
    """

    name: str
    text: str
    kind: str
    answer: str = ""
    claims: list[dict] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass
class Block:
    """A heading, a paragraph, a caption, or what no sentence explains: h2, h3, p, caption or other."""

    kind: str
    sentences: list[Sentence]


def write(read: Read) -> Path:
    """Write the page of a copy that was read, which stays outside of what git keeps, and return its path."""
    path = paths.project().build / "paper.html"
    write_atomic(path, page(read).encode("utf-8"))
    return path


def page(read: Read) -> str:
    """Return the page as a single file of HTML, in the language of the copy."""
    language = read.copy.language
    told = judged(language)
    blocks = list(laid_out(read, told, asserted(language)))
    every = [sentence for block in blocks for sentence in block.sentences]
    linked = [sentence for sentence in every if sentence.answer]
    grave = {claim["id"]: (claim, s.name) for s in linked for claim in s.claims if claim["answer"] == "correct"}
    return html.render(
        "paper",
        language=language,
        paper=tables.raw("sources").set_index("source_id").loc["paper"],
        blocks=blocks,
        linked=linked,
        grave=sorted(grave.values(), key=lambda pair: pair[0]["order"]),
        counts=Counter(sentence.answer for sentence in linked),
        answers=ANSWERS,
        marks=MARKS,
        missing=read.missing,
        english=english,
    )


def judged(language: str) -> dict[str, dict]:
    """Return what the page tells of each claim, in a language, by its id."""
    ledger = claims.stored("claims").set_index("claim_id")
    told = {}
    for row in tables.raw("claims").to_dict("records"):
        name = row["claim_id"]
        one = {
            "id": name,
            "statement": row[f"statement_{language}"],
            "answer": "unsettled",
            "verdict": "",
            "reason": "",
        }
        one |= {"printed": row[f"printed_{language}"], "found": "", "weight": row["weight"]}
        if name in ledger.index:
            told_of = ledger.loc[name].to_dict()
            one |= {"answer": answered(told_of["verdict"]), "reason": told_of[f"reason_{language}"]}
            one |= {"verdict": VERDICTS[told_of["verdict"]][language], "found": found(told_of, language)}
        one["order"] = list(ANSWERS).index(one["answer"]), claims.WEIGHED.index(row["weight"])
        book = f"book/{language}/claims/{name}.html"
        told[name] = one | {"book": book if (paths.project().build / book).is_file() else ""}
    return told


def asserted(language: str) -> Asserted:
    """Return by sentence the claims that its assertions are taken up by, and what can be checked and is in no claim."""
    rows, claims = tables.raw(sentences.ASSERTIONS), sentences.printing()
    rows = rows[rows["reason"].ne("")]
    left = rows.groupby("sentence_id")[f"assertion_{language}"].agg(list).to_dict()
    return {name: (claims.get(name, []), left.get(name, [])) for name in {*claims, *left}}


def laid_out(read: Read, told: dict[str, dict], of: Asserted) -> Iterator[Block]:
    """Yield the blocks of the page, in the order of the copy."""
    order = [(spans[0][0], name) for name, spans in read.search.found.items()]
    order += [(start, read.copy.written((start, end))) for start, end in read.search.free()]
    block, before = Block("", []), None
    for _, name in sorted(order):
        if name not in read.rows.index:
            if re.search(r"\w", name):
                if block.sentences:
                    yield block
                block, before = Block("other", [Sentence("", flowing(name), "")]), None
            continue
        row = read.rows.loc[name]
        here = (row["section"], row["paragraph"])
        if here != before or not row["paragraph"]:
            if block.sentences:
                yield block
            block, before = Block(shape(row), []), here
        text = flowing(written(read.search, name))
        block.sentences.append(sentence(name, row["kind"], text, told, of))
    yield block


def shape(row: pd.Series) -> str:
    """Return the kind of block that a sentence opens."""
    if row["kind"] == "heading" and not row["paragraph"]:
        return "h3" if "." in row["section"] else "h2"
    return "caption" if row["kind"] in ("caption", "figure") else "p"


def sentence(name: str, kind: str, text: str, told: dict[str, dict], of: Asserted) -> Sentence:
    """Return a sentence with its text in a copy, what is told of its claims, and what no claim takes up."""
    claims, left = of.get(name, ([], []))
    mine = sorted((told[claim] for claim in claims), key=lambda claim: claim["order"])
    weighed = [claim["answer"] for claim in mine if claim["weight"] != "structural" or claim["answer"] == "correct"]
    answer = weighed[0] if weighed else "lists" if mine else "none" if left else ""
    return Sentence(name, text, kind, answer, mine, left)


def flowing(text: str) -> str:
    """Return a text without the breaks of its lines."""
    text = re.sub(rf"(?<={WIDE})\s*[\n\f]\s*|\s*[\n\f]\s*(?={WIDE})", "", text)
    return " ".join(text.split())
