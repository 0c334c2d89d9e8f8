"""Sentences declared in notebooks/*.toml: filled from the ledger and the tables, or withdrawn with the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated

import pandas as pd
from pydantic import AfterValidator, Field

from compendium.base import paths, toml
from compendium.base.texts import (
    SEMICOLON,
    TomlTranslations,
    TranslatedText,
    TranslationFormatter,
    catalogue,
    join_texts,
    make_text_with_markdown,
)
from compendium.base.vocabulary import VERDICTS
from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import EvidenceTables, LedgerError
from compendium.ledger.record import Ledger

text = catalogue("compendium/show")
UNJUDGED = text("unjudged")


def validate_verdict(verdict: str) -> str:
    """Return a verdict, if it is one."""
    if verdict not in VERDICTS:
        raise ValueError(f"{verdict!r} is no verdict; there are {', '.join(VERDICTS)}")
    return verdict


class QuotedCell(toml.StrictTomlTable):
    """One cell that a sentence quotes: a column of the one row of a table that fits."""

    table: str = ""
    raw: str = ""
    where: dict[str, bool | int | float | str]
    column: str
    must: bool | int | float | str | None = None


class DeclaredSentence(TomlTranslations):
    """One declared sentence: the verdicts it was written for, its text, the cells it quotes."""

    expects: dict[str, Annotated[str, AfterValidator(validate_verdict)]]
    cells: dict[str, QuotedCell] = Field(default_factory=dict)
    withdrawn: bool = False  # kept, and not published


@dataclass(frozen=True)
class FilledSentence:
    """A declared sentence, with its numbers filled in."""

    said: TranslatedText  # the faults in its place if it is withdrawn
    expects: tuple[str, ...]  # the claims it rests on
    claims: Ledger  # those of them that are judged
    sources: tuple[str, ...]  # of the rows it quotes, in their order
    notebooks: tuple[str, ...]  # that show its claims
    faults: tuple[TranslatedText, ...]  # why it is withdrawn; none as long as it stands


class CellMismatchError(Exception):
    """A cell no longer fits its sentence; `reason` says why."""

    def __init__(self, key: str, **values: object):
        self.reason = text(f"unfit-{key}", **values)


def fill_sentences(c: Compendium, file: str, ledger: Ledger) -> dict[str, FilledSentence]:
    """Return the sentences that a file of the folder notebooks declares, filled from the ledger and the tables.

    Where there is no such file, there are none. One whose claims or cells are no longer what it was written for is
    withdrawn: all its faults are told in its place.
    """
    declared = toml.read_tables(c.notebooks / file, DeclaredSentence, c.languages)
    ids = list(c.tables("claims")["claim_id"])
    for name, entry in declared.items():
        if lost := [claim_id for claim_id in entry.expects if claim_id not in ids]:
            raise LedgerError(
                f"{paths.format_path(c.notebooks / file)}, {name}.expects.{lost[0]}: {lost[0]!r} is no claim; "
                f"ids run from {ids[0]} to {ids[-1]}. Remedy: correct the entry"
            )
    ours = quantities(EvidenceTables(c)).set_index("derived_id")["value"].to_dict() if declared else {}
    filled = {name: fill_sentence(c, name, entry, ledger, ours) for name, entry in declared.items()}
    return {name: one for name, one in filled.items() if not declared[name].withdrawn}


def fill_sentence(
    c: Compendium, name: str, entry: DeclaredSentence, ledger: Ledger, ours: Mapping[str, float]
) -> FilledSentence:
    """Return the sentence `name`, with its numbers or its faults; `ours`: the derived quantities."""
    judged = {claim: ledger[claim] for claim in entry.expects if claim in ledger}
    values: dict[str, object] = {**ours}
    for claim, one in judged.items():
        alone = [value for span in one.value_computed for value in span]
        single = len(alone) == 1 and not isinstance(alone[0], bool)  # a number, for the sentence to round
        computed = alone[0] if single else one.computed
        told = {"printed": one.value_printed, "said": one.printed, "computed": computed, "measured": one.measured}
        values[claim] = SimpleNamespace(**told)
    sources: list[str] = []
    given = {claim: judged[claim].verdict if claim in judged else "" for claim in entry.expects}
    faults = [
        text("moved", claim=claim, now=VERDICTS.get(given[claim], UNJUDGED), due=VERDICTS[due])
        for claim, due in entry.expects.items()
        if given[claim] != due
    ]
    for key, where in entry.cells.items():
        try:
            values[key], quoted = find_quoted_cell(c, where)
            sources += quoted
        except CellMismatchError as unfit:
            faults.append(unfit.reason)
    said = make_text_with_markdown(
        lambda language, markdown: TranslationFormatter(language, markdown).vformat(entry[language], (), values)
    )
    if not faults:
        try:
            [said[language] for language in c.languages]
        except (LookupError, AttributeError, ValueError, TypeError, ArithmeticError) as error:
            faults.append(text("unfilled", error=error))
    if faults:
        faults = list(dict.fromkeys(faults))
        said = text("withdrawn", name=name, faults=join_texts(faults, SEMICOLON))
    return FilledSentence(
        said,
        expects=tuple(entry.expects),
        claims=judged,
        sources=tuple(dict.fromkeys(sources)),
        notebooks=tuple(sorted({one.notebook for one in judged.values()})),
        faults=tuple(faults),
    )


def find_quoted_cell(c: Compendium, quoted: QuotedCell) -> tuple[object, Sequence[str]]:
    """Return the cell that a sentence names and the sources of its row; Unfit if it is not the one that is due."""
    name, column = quoted.raw or quoted.table, quoted.column
    frame = c.tables(name) if quoted.raw else c.processed(name)
    if missing := [column for column in (*quoted.where, column) if column not in frame]:
        raise CellMismatchError("column", table=name, column=missing[0])
    for key, wanted in quoted.where.items():
        frame = frame[frame[key] == wanted]
    if frame.empty:
        sought = ", ".join(f"{key} {wanted}" for key, wanted in quoted.where.items())
        raise CellMismatchError("gone", table=name, sought=sought)
    place = f"{name} ({', '.join(map(str, quoted.where.values()))})"
    if len(frame) > 1:
        raise CellMismatchError("several", place=place, n=len(frame))
    row = frame.iloc[0]
    value = row[column]
    if pd.isna(value) or value == "":
        raise CellMismatchError("empty", place=place, column=column)
    if quoted.must is not None and value != quoted.must:
        raise CellMismatchError("otherwise", place=place, column=column, value=value, due=quoted.must)
    return value, split_list(row.get("source_id", ""))
