"""The findings a reader takes away: declared sentences, filled from the ledger and the tables, or withdrawn."""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from compendium import escape, paths, toml
from compendium.data import tables
from compendium.ledger import claims
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import LedgerError
from compendium.show.listing import counts, lists, ordered
from compendium.vocabulary import DOUBTED, STRENGTHS, UNSETTLED, VERDICTS, computed

FILE = "findings.toml"


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


class Entry(toml.Strict):
    """One table of notebooks/findings.toml."""

    expects: dict[str, Annotated[str, AfterValidator(known)]]
    zh: str
    en: str
    cells: dict[str, Cell] = Field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """One of the findings a reader takes away.

    Attributes:
        zh, en: the sentence, with its numbers filled in.
        claims: the claims it rests on, each with its verdict.
        weight: the highest weight among them.
        verdict: the gravest verdict among them.
        grade: the lowest grade any of them needs; empty without outside evidence.
        strength: `weak` if any of them is weak, `firm` if outside evidence carries them, else empty.
        notebooks: the notebooks that judge them.
        faults: why the sentence is withdrawn, in Chinese and in English; none as long as it stands.
    """

    zh: str
    en: str
    claims: dict[str, str]
    weight: str
    verdict: str
    grade: str
    strength: str
    notebooks: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]


class Unfit(Exception):
    """A cell no longer fits the sentence of a finding; the arguments say so in Chinese and in English."""


def key_findings(ledger: pd.DataFrame) -> list[Finding]:
    """Return the declared findings, filled from the joined ledger and the tables, by weight, strength and verdict.

    A finding whose claims or cells are no longer what its sentence was written for is withdrawn: it stands at the end,
    and all its `faults` are told in place of the sentence until it is rewritten.
    """
    declared = toml.tables(paths.project().notebooks / FILE, Entry)
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


def finding(name: str, entry: Entry, ledger: pd.DataFrame, ours: Mapping[str, float]) -> Finding:
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
    faults: list[tuple[str, str]] = []
    values: dict[str, object] = dict(ours)
    for claim_id, verdict in entry.expects.items():
        if (now := rows.at[claim_id, "verdict"]) != verdict:
            zh = f"{claim_id} 现为“{VERDICTS[now].zh}”，不是“{VERDICTS[verdict].zh}”"
            faults.append((zh, f"{claim_id} is now {now}, not {verdict}"))
    for key, where in entry.cells.items():
        try:
            values[key] = cell(where)
        except Unfit as unfit:
            faults.append((str(unfit.args[0]), str(unfit.args[1])))
    if not faults:
        try:
            zh, en = (
                Sentence().vformat(getattr(entry, language), (), values | told_values(rows, language))
                for language in ("zh", "en")
            )
        except (KeyError, AttributeError, ValueError) as error:
            faults.append((f"填不出 {error}", f"cannot fill in {error}"))
    faults = list(dict.fromkeys(faults))
    if faults:
        zh, en = ("；".join(map(escape.markdown, said)) for said in zip(*faults, strict=True))
        zh, en = f"已撤下，待改写 `{name}`：{zh}。", f"Withdrawn until `{name}` is rewritten: {en.replace('；', '; ')}."
    grade = max(rows["lowest_grade"])
    strength = max(rows["strength"], key=("", "firm", "weak").index)
    weight = min(rows["weight"], key=claims.WEIGHED.index)
    verdict = min(rows["verdict"], key=list(VERDICTS).index)
    notebooks = tuple(sorted(set(rows["notebook"])))
    return Finding(zh, en, rows["verdict"].to_dict(), weight, verdict, grade, strength, notebooks, tuple(faults))


class Sentence(string.Formatter):
    """Fills in a sentence written in Markdown; what is filled in is text."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value in the form that the sentence asks for, for Markdown."""
        return escape.markdown(super().format_field(value, format_spec))


def told_values(rows: pd.DataFrame, language: str) -> dict[str, SimpleNamespace]:
    """Return claim id -> its printed value, with and without its words, and its computed value, as text."""
    return {
        row.Index: SimpleNamespace(
            printed=row.value_printed,
            said=getattr(row, f"printed_{language}"),
            computed=computed(row.value_computed, language),
        )
        for row in rows.itertuples()
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
            raise Unfit(f"{name} 没有列 {column}", f"{name} has no column {column}")
    for column, wanted in where.where.items():
        frame = frame[frame[column] == wanted]
    column, place = where.column, f"{name} ({', '.join(map(str, where.where.values()))})"
    if frame.empty:
        sought = ", ".join(f"{column} {wanted}" for column, wanted in where.where.items())
        raise Unfit(f"{name} 里已没有它所说的那一行（{sought}）", f"the row of {name} it speaks of is gone ({sought})")
    if len(frame) > 1:
        raise Unfit(f"{place} 有{len(frame)}行，应为一行", f"{place} has {len(frame)} rows, not one")
    if pd.isna(value := frame[column].iloc[0]) or value == "":
        raise Unfit(f"{place} 的 {column} 为空", f"{column} of {place} is empty")
    if value != (due := where.must if where.must is not None else value):
        raise Unfit(f"{place} 的 {column} 现为 {value}，不是 {due}", f"{column} of {place} is now {value}, not {due}")
    return value


def listed(found: Sequence[Finding], language: str, folder: str = "") -> str:
    """Return findings as a numbered Markdown list with claims, evidence and links; `folder` leads to the notebooks."""
    zh = language == "zh"
    comma, stop = ("，", "；") if zh else (", ", "; ")
    items = []
    for number, f in enumerate(found, 1):
        ground = "无外部证据" if zh else "no outside evidence"
        if f.grade:
            grade, word = f"{f.grade} 级" if zh else f"grade {f.grade}", STRENGTHS[f.strength]
            ground = comma.join(filter(None, (grade, word.zh if zh else word.en)))
        links = comma.join(f"[{name[:2]}]({folder}{name}.ipynb)" for name in f.notebooks)
        note = stop.join((judged(f.claims, language), ground, ("笔记本 " if zh else "notebook ") + links))
        text = f.zh if zh else f.en
        items.append(f"{number}. {text}（{note}）" if zh else f"{number}. {text} ({note})")
    return "\n".join(items)


def judged(claims: Mapping[str, str], language: str) -> str:
    """Return claims by verdict, those of one verdict together."""
    by = {verdict: [name for name in claims if claims[name] == verdict] for verdict in claims.values()}
    if language == "zh":
        return "，".join(f"{'、'.join(names)}{VERDICTS[verdict].zh}" for verdict, names in by.items())
    return ", ".join(f"{', '.join(names)} {verdict}" for verdict, names in by.items())


def findings(ledger: pd.DataFrame, language: str, reasons: str) -> str:
    """Return verdicts by weight, the findings one by one, what to know before quoting; `reasons` links to them all."""
    found = key_findings(ledger)
    if language == "zh":
        title = "主要发现，先按权重，再按证据强度，再按判定："
        tails = [
            headline(ledger, DOUBTED, "引用论文前须知的核心论断（{}）：{}。", language),
            headline(ledger, UNSETTLED, "尚不能定的核心论断（{}）：{}。", language),
            f"逐条理由与证据见 {reasons}。",
        ]
    else:
        title = "Main findings, by weight, then by strength of evidence, then by verdict:"
        tails = [
            headline(ledger, DOUBTED, "Headline claims to be known before the paper is quoted ({}): {}.", language),
            headline(ledger, UNSETTLED, "Headline claims that are not settled ({}): {}.", language),
            f"Every reason and its evidence: {reasons}.",
        ]
    listing = listed(found, language, "notebooks/")
    return "\n\n".join((in_short(ledger, language), counts(ledger, language), title, listing, *filter(None, tails)))


def headline(ledger: pd.DataFrame, verdicts: Sequence[str], sentence: str, language: str) -> str:
    """Return the sentence on the headline claims with one of the verdicts, with links; nothing if there are none."""
    rows = ordered(ledger[ledger["verdict"].isin(verdicts) & (ledger["weight"] == "headline")])
    if rows.empty:
        return ""
    zh = language == "zh"
    words = [VERDICTS[v].zh if zh else VERDICTS[v].en for v in verdicts if v in set(rows["verdict"])]
    ids = [f"[{row.claim_id}](notebooks/{row.notebook}.ipynb)" for row in rows.itertuples()]
    return sentence.format("、".join(words) if zh else ", ".join(words), ("，" if zh else ", ").join(ids))


def in_short(ledger: pd.DataFrame, language: str) -> str:
    """Return in a sentence or two how the headline claims fare, each verdict by itself; no two are added up."""
    headline, substance = ledger[ledger["weight"] == "headline"], int(ledger["weight"].ne(claims.LISTS).sum())
    number = headline["verdict"].value_counts()
    given = [v for v in VERDICTS if v in number]
    weak = headline[headline["strength"] == "weak"]
    doubted = weak["verdict"].isin(DOUBTED).sum()
    words = [v for v in DOUBTED if v in number]
    absent = [v for v in DOUBTED if v not in set(ledger["verdict"])]
    if language == "zh":
        told = "，".join(f"{VERDICTS[v].zh} {number[v]}" for v in given)
        grave = f"，其中{doubted}条属于{'、'.join(VERDICTS[v].zh for v in words)}" if words else ""
        none = f"没有一条论断判为{'、'.join(VERDICTS[v].zh for v in absent)}。" if absent else ""
        return (
            f"论文有实质内容的论断共{substance}条，其中{len(headline)}条是核心论断。核心论断的判定：{told}。{none}"
            f"{len(weak)}条核心论断是弱证据{grave}。“{VERDICTS['traced'].zh}”只说明别处也这样说，不是第二次测量。"
            f"{lists(ledger, language)}"
        )
    told = ", ".join(f"{v} {number[v]}" for v in given)
    grave = f", {doubted} of them {' or '.join(words)}" if words else ""
    none = f"No claim is {' or '.join(absent)}. " if absent else ""
    return (
        f"The paper makes {substance} claims of substance, {len(headline)} of them headline. "
        f"Headline claims by verdict: {told}. "
        f"{none}"
        f"{len(weak)} headline claims rest on weak evidence{grave}. "
        f"“Traced” means said elsewhere too, not measured a second time. {lists(ledger, language)}"
    )
