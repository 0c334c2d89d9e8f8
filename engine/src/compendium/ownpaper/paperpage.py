"""build/paper.html: a reader's own copy of the paper, each sentence coloured by its answer, leading to its claims."""

import re
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from compendium import html
from compendium.compendium import Compendium
from compendium.ledger import claims, sentences
from compendium.ownpaper.paper import Read
from compendium.pages.report import english
from compendium.vocabulary import ANSWERS, VERDICTS

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


def render_page(c: Compendium, read: Read) -> str:
    """Return the page as a single file of HTML, in the language of the copy."""
    blocks = lay_out(read, mark_sentences(c, read))
    linked = [sentence for block in blocks for sentence in block.sentences if sentence.answer]
    grave = {claim["id"]: (claim, s.name) for s in linked for claim in s.claims if claim["answer"] == "correct"}
    return html.render(
        "paper",
        language=read.copy.language,
        paper=c.tables("sources").set_index("source_id").loc["paper"],
        blocks=blocks,
        linked=linked,
        grave=sorted(grave.values(), key=lambda pair: pair[0]["order"]),
        counts=Counter(sentence.answer for sentence in linked),
        answers=ANSWERS,
        marks=MARKS,
        missing=read.missing,
        english=english,
    )


def describe_claims(c: Compendium, language: str) -> dict[str, dict]:
    """Return what is told of each claim, in a language, by its id."""
    ledger, described = claims.read_ledger(c), {}
    for row in c.tables("claims").to_dict("records"):
        name = row["claim_id"]
        judged = ledger.get(name)
        answer = judged.answer if judged else "unsettled"
        book = f"book/{language}/claims/{name}.html"
        described[name] = {
            "id": name,
            "statement": row[f"statement_{language}"],
            "printed": row[f"printed_{language}"],
            "weight": row["weight"],
            "answer": answer,
            "order": (list(ANSWERS).index(answer), claims.WEIGHED.index(row["weight"])),
            "verdict": VERDICTS[judged.verdict][language] if judged else "",
            "reason": judged.reason[language] if judged else "",
            "found": judged.found[language] if judged else "",
            "book": book if (c.build / book).is_file() else "",
        }
    return described


def mark_sentences(c: Compendium, read: Read) -> dict[str, Sentence]:
    """Return by name the sentences that were found, with their claims and what they assert besides."""
    known, printing = describe_claims(c, read.copy.language), sentences.list_claims(c.tables)
    rows = c.tables(sentences.ASSERTIONS)
    rows = rows[rows["reason"].ne("")]
    unclaimed = rows.groupby("sentence_id")[f"assertion_{read.copy.language}"].agg(list).to_dict()
    marked = {}
    for name, kind in read.rows["kind"].items():
        if name in read.search.found:
            mine = sorted((known[claim] for claim in printing.get(name, [])), key=lambda claim: claim["order"])
            weighed = [one["answer"] for one in mine if one["weight"] != claims.LISTS or one["answer"] == "correct"]
            left = unclaimed.get(name, [])
            answer = weighed[0] if weighed else "lists" if mine else "none" if left else ""
            marked[name] = Sentence(name, flow(read.search.written(name)), kind, answer, mine, left)
    return marked


def lay_out(read: Read, marked: dict[str, Sentence]) -> list[Block]:
    """Return the blocks of the page, in the order of the copy."""
    order = [(spans[0][0], marked[name]) for name, spans in read.search.found.items()]
    rest = [(start, read.copy.written((start, end))) for start, end in read.search.free()]
    order += [(start, Sentence("", flow(text), "")) for start, text in rest if re.search(r"\w", text)]
    blocks, before = list[Block](), None
    for _, one in sorted(order, key=lambda pair: pair[0]):
        row = read.rows.loc[one.name] if one.name else None
        here = None if row is None else (row["section"], row["paragraph"])
        if row is None or here != before or not row["paragraph"]:
            blocks.append(Block("other" if row is None else name_block(row), []))
        blocks[-1].sentences.append(one)
        before = here
    return blocks


def name_block(row: pd.Series) -> str:
    """Return the kind of block that a sentence opens."""
    if row["kind"] == "heading" and not row["paragraph"]:
        return "h3" if "." in row["section"] else "h2"
    return "caption" if row["kind"] in ("caption", "figure") else "p"


def flow(text: str) -> str:
    """Return a text without the breaks of its lines."""
    text = re.sub(rf"(?<={WIDE})\s*[\n\f]\s*|\s*[\n\f]\s*(?={WIDE})", "", text)
    return " ".join(text.split())
