"""The findings a reader takes away: declared sentences, filled from the ledger and the tables, or withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from compendium import paths, toml
from compendium.data import tables
from compendium.ledger import claims
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import LedgerError
from compendium.show.listing import counts, lists, ordered
from compendium.texts import CLAUSE, NOTHING, SEMICOLON, Filling, Part, Text, both, catalogue, joined, of
from compendium.vocabulary import DOUBTED, STRENGTHS, UNSETTLED, VERDICTS, computed

FILE = "findings.toml"
text = catalogue("compendium/show", Part)
OR = ("、", " or ")


def known(verdict: str) -> str:
    """Return a verdict as it is written.

    Raises:
        ValueError: there is no such verdict.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"{verdict!r} is no verdict; there are {', '.join(VERDICTS)}")
    return verdict


class Cell(toml.Strict):
    """One cell that a sentence quotes: a column of the one row of a table that fits."""

    table: str = ""
    raw: str = ""
    where: dict[str, bool | int | float | str]
    column: str
    must: bool | int | float | str | None = None


class Declared(toml.Strict):
    """One table of notebooks/findings.toml."""

    expects: dict[str, Annotated[str, AfterValidator(known)]]
    zh: str
    en: str
    cells: dict[str, Cell] = Field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One of the findings a reader takes away.

    Attributes:
        said: the sentence, with its numbers filled in; in its place the faults if it is withdrawn.
        claims: the claims it rests on, each with its verdict.
        weight: the highest weight among them.
        verdict: the gravest verdict among them.
        grade: the lowest grade any of them needs; empty without outside evidence.
        strength: `weak` if any of them is weak, `firm` if outside evidence carries them, else empty.
        notebooks: the notebooks that judge them.
        faults: why the sentence is withdrawn; none as long as it stands.
    """

    said: Text
    claims: dict[str, str]
    weight: str
    verdict: str
    grade: str
    strength: str
    notebooks: tuple[str, ...]
    faults: tuple[Text, ...]


class Unfit(Exception):
    """A cell no longer fits the sentence of a finding.

    Attributes:
        told: why.
    """

    def __init__(self, key: str, **values: object):
        self.told = text(f"unfit-{key}", **values)


def key_findings(ledger: pd.DataFrame) -> list[Finding]:
    """Return the declared findings, filled from the joined ledger and the tables, by weight, strength and verdict.

    A finding whose claims or cells are no longer what its sentence was written for is withdrawn: it stands at the end,
    and all its `faults` are told in place of the sentence until it is rewritten.
    """
    declared = toml.tables(paths.project().notebooks / FILE, Declared)
    ours = {row.derived_id: row.value for row in quantities().itertuples()}
    found = [finding(name, entry, ledger, ours) for name, entry in declared.items()]
    weights, strengths, verdicts = claims.WEIGHED, list(STRENGTHS), list(VERDICTS)
    return sorted(
        found,
        key=lambda f: (
            bool(f.faults),
            weights.index(f.weight),
            strengths.index(f.strength),
            verdicts.index(f.verdict),
        ),
    )


def finding(name: str, entry: Declared, ledger: pd.DataFrame, ours: Mapping[str, float]) -> Finding:
    """Return the finding `name`, declared as `entry`, with its numbers or its faults; `ours`: the derived quantities.

    Raises:
        LedgerError: it names a claim that does not exist.
    """
    rows = ledger.set_index("claim_id").reindex(list(entry.expects))
    if rows["verdict"].isna().any():
        lost, ids = rows.index[rows["verdict"].isna()][0], list(ledger["claim_id"].sort_values(key=claims.by_number))
        raise LedgerError(
            f"{paths.shown(paths.project().notebooks / FILE)}, {name}.expects.{lost}: {lost!r} is no claim of the "
            f"ledger; ids run from {ids[0]} to {ids[-1]}. Remedy: correct the entry"
        )
    values: dict[str, object] = {**ours, **told_values(rows)}
    faults = [
        text("moved", claim=claim_id, now=VERDICTS[rows.at[claim_id, "verdict"]], due=VERDICTS[verdict])
        for claim_id, verdict in entry.expects.items()
        if rows.at[claim_id, "verdict"] != verdict
    ]
    for key, where in entry.cells.items():
        try:
            values[key] = cell(where)
        except Unfit as unfit:
            faults.append(unfit.told)
    said: Text = Part(lambda language: Filling(language, markdown=True).vformat(getattr(entry, language), (), values))
    if not faults:
        try:
            tuple(said)
        except (KeyError, AttributeError, ValueError) as error:
            faults.append(text("unfilled", error=error))
    if faults:
        faults = list(dict.fromkeys(faults))
        said = text("withdrawn", name=name, faults=joined(faults, SEMICOLON))
    grade = max(rows["lowest_grade"])
    strength = max(rows["strength"], key=("", "firm", "weak").index)
    weight = min(rows["weight"], key=claims.WEIGHED.index)
    verdict = min(rows["verdict"], key=list(VERDICTS).index)
    notebooks = tuple(sorted(set(rows["notebook"])))
    return Finding(said, rows["verdict"].to_dict(), weight, verdict, grade, strength, notebooks, tuple(faults))


def told_values(rows: pd.DataFrame) -> dict[str, object]:
    """Return claim id -> its printed value, with and without its words, and its computed value, as text."""
    return {
        name: SimpleNamespace(
            printed=row["value_printed"],
            said=of(row, "printed"),
            computed=Text(partial(computed, row["value_computed"])),
        )
        for name, row in rows.iterrows()
    }


def cell(where: Cell) -> object:
    """Return the cell that a finding names: a column of the one row of a table that fits.

    Raises:
        Unfit: no row or several fit, the cell is empty, or it is not what it must be.
    """
    name = where.raw or where.table
    frame = tables.raw(name) if where.raw else tables.processed(name)
    for column in (*where.where, where.column):
        if column not in frame:
            raise Unfit("column", table=name, column=column)
    for column, wanted in where.where.items():
        frame = frame[frame[column] == wanted]
    column, place = where.column, f"{name} ({', '.join(map(str, where.where.values()))})"
    if frame.empty:
        sought = ", ".join(f"{column} {wanted}" for column, wanted in where.where.items())
        raise Unfit("gone", table=name, sought=sought)
    if len(frame) > 1:
        raise Unfit("several", place=place, n=len(frame))
    if pd.isna(value := frame[column].iloc[0]) or value == "":
        raise Unfit("empty", place=place, column=column)
    if value != (due := where.must if where.must is not None else value):
        raise Unfit("otherwise", place=place, column=column, value=value, due=due)
    return value


def listed(found: Sequence[Finding], language: str, folder: str = "") -> str:
    """Return findings as a numbered Markdown list with claims, evidence and links; `folder` leads to the notebooks."""
    items = []
    for number, one in enumerate(found, 1):
        grounds = [text("grade", grade=one.grade), STRENGTHS[one.strength]] if one.grade else [text("no-evidence")]
        told = text(
            "finding",
            number=number,
            said=one.said,
            judged=judged(one.claims),
            ground=joined(grounds, CLAUSE),
            links=joined((link(name[:2], name, folder) for name in one.notebooks), CLAUSE),
        )
        items.append(told[language])
    return "\n".join(items)


def link(shown: str, notebook: str, folder: str = "notebooks/") -> Part:
    """Return a link to a notebook."""
    return Part(lambda language: f"[{shown}]({folder}{notebook}.ipynb)")


def judged(claims: Mapping[str, str]) -> Text:
    """Return claims by verdict, those of one verdict together."""
    by = {verdict: [name for name in claims if claims[name] == verdict] for verdict in claims.values()}
    return joined((text("judged", claims=joined(by[verdict]), verdict=VERDICTS[verdict]) for verdict in by), CLAUSE)


def findings(ledger: pd.DataFrame, language: str, reasons: str) -> str:
    """Return verdicts by weight, the findings one by one, what to know before quoting; `reasons` links to them all."""
    pieces = [
        in_short(ledger, language),
        counts(ledger, language),
        text("findings")[language],
        listed(key_findings(ledger), language, "notebooks/"),
        headline(ledger, DOUBTED, "headline-doubted")[language],
        headline(ledger, UNSETTLED, "headline-unsettled")[language],
        text("reasons", reasons=Part(lambda _: reasons))[language],
    ]
    return "\n\n".join(filter(None, pieces))


def headline(ledger: pd.DataFrame, verdicts: Sequence[str], key: str) -> Text:
    """Return the text `key` on the headline claims with one of the verdicts, with links; nothing if there are none."""
    rows = ordered(ledger[ledger["verdict"].isin(verdicts) & (ledger["weight"] == "headline")])
    if rows.empty:
        return NOTHING
    given = set(rows["verdict"])
    links = joined((link(row.claim_id, row.notebook) for row in rows.itertuples()), CLAUSE)
    return text(key, verdicts=joined(VERDICTS[v] for v in verdicts if v in given), claims=links)


def in_short(ledger: pd.DataFrame, language: str) -> str:
    """Return in a sentence or two how the headline claims fare, each verdict by itself; no two are added up."""
    headline, substance = ledger[ledger["weight"] == "headline"], int(ledger["weight"].ne(claims.LISTS).sum())
    number = headline["verdict"].value_counts()
    weak = headline[headline["strength"] == "weak"]
    words = joined((VERDICTS[v] for v in DOUBTED if v in number), OR)
    absent = joined((VERDICTS[v] for v in DOUBTED if v not in set(ledger["verdict"])), OR)
    told = text(
        "in-short",
        substance=substance,
        headline=len(headline),
        told=joined((text("number", verdict=VERDICTS[v], n=number[v]) for v in VERDICTS if v in number), CLAUSE),
        none=text("in-short-none", verdicts=absent) if absent else "",
        weak=len(weak),
        grave=text("in-short-grave", n=weak["verdict"].isin(DOUBTED).sum(), verdicts=words) if words else "",
        traced=both(VERDICTS["traced"].zh, VERDICTS["traced"].en.capitalize()),
        lists=lists(ledger, language),
    )
    return told[language]
