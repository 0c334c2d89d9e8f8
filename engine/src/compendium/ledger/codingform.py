"""The blind form for people who would code: written blank, taken in filled."""

from pathlib import Path

import pandas as pd

from compendium import html
from compendium.compendium import Compendium
from compendium.data.parsing import read_given
from compendium.files import InputError, write_atomic
from compendium.languages import Languages
from compendium.ledger.coding import CODES, by_majority, digest, list_codings, read, rows_in_words
from compendium.ledger.evidence import Data
from compendium.ledger.record import by_column
from compendium.texts import catalogue

text = catalogue("compendium/ledger")


def columns(languages: Languages) -> list[str]:
    """Return the columns of the form."""
    stems = ("statement", "part", "says")
    return ["evidence_id", *(column for stem in stems for column in languages.columns(stem)), *CODES]


def blank(data: Data) -> tuple[bytes, bytes]:
    """Return the form as a CSV table and as a page to print: all rows in words, shuffled, without any code."""
    rows = rows_in_words(data).sort_values("words", kind="stable")
    rows = rows.assign(**dict.fromkeys(CODES, ""))[columns(data.languages)]
    labels = data.tables.field("codings", "differs_in")["labels"]
    page = html.render("coding", languages=data.languages, rows=rows.to_dict("records"), differences=labels)
    return rows.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"), page.encode("utf-8")


def take(c: Compendium, file: Path, coder: str, made_by: str) -> list[str]:
    """Take a filled form into the tables codings, coders and claim_evidence, and return which rows now read otherwise.

    Args:
        c: the compendium.
        file: the form; rows without `comparison` are left out.
        coder: a name that is not in the table coders yet.
        made_by: person or machine.

    Raises:
        InputError: a row that is none in words, was changed since, or has a code that there is not; nothing is written.
    """
    coders, codings, evidence = (c.tables.cells(name) for name in ("coders", "codings", "claim_evidence"))
    if coder in set(coders["coder"]):
        raise InputError("data/raw/coders.csv", f"{coder} has coded already", "give another name")
    taken = pd.DataFrame(read_codings(file, Data(c)))
    codings = pd.concat([codings, taken.assign(coder=coder)[codings.columns]], ignore_index=True)
    new = {"coder": coder, "made_by": made_by, "blind": "true", **by_column("read", text("coding-read"), c.languages)}
    coders = pd.concat([coders, pd.DataFrame([new])[coders.columns]], ignore_index=True)
    known = {"codings": codings.assign(table="codings"), "coders": coders.assign(table="coders")}
    due = by_majority(list_codings(Data(c, known=known)))
    other = due[due.ne(evidence.loc[due.index, CODES]).any(axis=1)]
    before = evidence.loc[other.index]
    evidence.loc[other.index, CODES] = other
    for name, table in {"codings": codings, "coders": coders, "claim_evidence": evidence}.items():
        write_atomic(c.raw / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    return [
        f"{row.evidence_id}, {row.claim_id}: {row.comparison} {row.differs_in or '-'} -> {now.comparison} "
        f"{now.differs_in or '-'}"
        for row, now in zip(before.itertuples(), other.itertuples(), strict=True)
    ]


def read_codings(file: Path, data: Data) -> list[dict[str, str]]:
    """Return the codings that a filled form holds: evidence_id, comparison, differs_in, words."""
    rows = rows_in_words(data).set_index("evidence_id")["words"]
    found = []
    for number, line in enumerate(_lines(file, data.languages), start=2):
        codes = {column: line[column].strip() for column in CODES}
        if any(codes.values()):
            if fault := _misfit(line, codes, rows, data):
                column, rule, remedy = fault
                raise InputError(str(file), rule, remedy, number, column, line[column])
            found.append({"evidence_id": line["evidence_id"], **codes, "words": rows[line["evidence_id"]]})
    if not found:
        raise InputError(str(file), "holds no code", "fill in the column comparison")
    return found


def _lines(file: Path, languages: Languages) -> list[dict[str, str]]:
    """Return the rows of a filled form."""
    header, *rows = read_given(file)
    if missing := [column for column in columns(languages) if column not in header]:
        raise InputError(str(file), f"lacks the column {missing[0]}", "fill in what `compendium coding form` writes")
    return [dict.fromkeys(header, "") | dict(zip(header, row, strict=False)) for row in rows]


def _misfit(line: dict[str, str], codes: dict[str, str], rows: pd.Series, data: Data) -> tuple[str, str, str] | None:
    """Return column, rule and remedy of what is wrong in a row of a filled form, if anything."""
    if line["evidence_id"] not in rows.index:
        return "evidence_id", "must be a row of claim_evidence in words", "correct the cell"
    if digest(line) != rows[line["evidence_id"]]:
        return read(line)[-1], "must read as in the tables of today", "write a new form and copy the codes"
    fields = {field["name"]: field["constraints"] for field in data.tables.schema("codings")["fields"]}
    for column, code in codes.items():
        allowed = [*fields[column]["enum"], *([] if fields[column].get("required") else [""])]
        if code not in allowed:
            return column, f"must be one of {', '.join(word or 'empty' for word in allowed)}", "correct the cell"
    return None
