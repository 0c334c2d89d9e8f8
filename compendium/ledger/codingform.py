"""The blind form for people who would code: written blank, taken in filled."""

import csv
import io
from pathlib import Path

import pandas as pd

from compendium import html, paths
from compendium.data import tables
from compendium.data.datapackage import resource
from compendium.files import InputError, read_plain, write_atomic
from compendium.ledger.coding import CODES, READ, by_majority, coded, digest, rows_in_words
from compendium.ledger.evidence import Data
from compendium.texts import catalogue

COLUMNS = ["evidence_id", *READ, *CODES]
text = catalogue("compendium/ledger")


def blank(data: Data) -> tuple[bytes, bytes]:
    """Return the form as a CSV table and as a page to print: all rows in words, shuffled, without any code."""
    rows = rows_in_words(data).sort_values("words")
    rows = rows.assign(**dict.fromkeys(CODES, ""))[COLUMNS]
    fields = {field["name"]: field for field in resource("codings")["schema"]["fields"]}
    page = html.render("coding", rows=rows.to_dict("records"), differences=fields["differs_in"]["labels"])
    return rows.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"), page.encode("utf-8")


def take(file: Path, coder: str, made_by: str) -> list[str]:
    """Take a filled form into the tables codings, coders and claim_evidence, and return which rows now read otherwise.

    Args:
        file: the form; rows without `comparison` are left out.
        coder: a name that is not in the table coders yet.
        made_by: person or machine.

    Raises:
        InputError: a row that is none in words, was changed since, or has a code that there is not; nothing is written.
    """
    raw = paths.project().raw
    coders, codings, evidence = (tables.texts(name) for name in ("coders", "codings", "claim_evidence"))
    if coder in set(coders["coder"]):
        raise InputError(paths.shown(raw / "coders.csv"), f"{coder} has coded already", "give another name")
    taken = pd.DataFrame(filled(file, Data()))
    codings = pd.concat([codings, taken.assign(coder=coder)[codings.columns]], ignore_index=True)
    asked = text("coding-read")
    new = {"coder": coder, "made_by": made_by, "blind": "true", "read_zh": asked.zh, "read_en": asked.en}
    coders = pd.concat([coders, pd.DataFrame([new])[coders.columns]], ignore_index=True)
    known = {"codings": codings.assign(table="codings"), "coders": coders.assign(table="coders")}
    due = by_majority(coded(Data(known=known)))
    other = due[due.ne(evidence.loc[due.index, CODES]).any(axis=1)]
    before = evidence.loc[other.index]
    evidence.loc[other.index, CODES] = other
    for name, table in {"codings": codings, "coders": coders, "claim_evidence": evidence}.items():
        write_atomic(raw / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    return [
        f"{row.evidence_id}, {row.claim_id}: {row.comparison} {row.differs_in or '-'} -> {now.comparison} "
        f"{now.differs_in or '-'}"
        for row, now in zip(before.itertuples(), other.itertuples(), strict=True)
    ]


def filled(file: Path, data: Data) -> list[dict[str, str]]:
    """Return the codings that a filled form holds: evidence_id, comparison, differs_in, words."""
    rows = rows_in_words(data).set_index("evidence_id")["words"]
    fields = {field["name"]: field["constraints"] for field in resource("codings")["schema"]["fields"]}
    try:
        read = csv.DictReader(io.StringIO(read_plain(file).decode("utf-8-sig"), newline=""))
        lines = list(read)
    except UnicodeDecodeError:
        raise InputError(str(file), "is no text in UTF-8", "save it as CSV in UTF-8") from None
    if missing := [column for column in COLUMNS if column not in (read.fieldnames or ())]:
        raise InputError(str(file), f"lacks the column {missing[0]}", "fill in what `compendium coding form` writes")
    found = []
    for number, line in enumerate(lines, start=2):

        def fault(column: str, rule: str, remedy: str = "correct the cell", at: tuple = (number, line)) -> InputError:
            return InputError(str(file), rule, remedy, at[0], column, at[1][column])

        codes = {column: (line[column] or "").strip() for column in CODES}
        if not any(codes.values()):
            continue
        name = line["evidence_id"]
        if name not in rows.index:
            raise fault("evidence_id", "must be a row of claim_evidence in words")
        if digest(line) != rows[name]:
            raise fault("says_en", "must read as in the tables of today", "write a new form and copy the codes")
        for column, code in codes.items():
            allowed = [*fields[column]["enum"], *([] if fields[column].get("required") else [""])]
            if code not in allowed:
                raise fault(column, f"must be one of {', '.join(word or 'empty' for word in allowed)}")
        found.append({"evidence_id": name, **codes, "words": rows[name]})
    if not found:
        raise InputError(str(file), "holds no code", "fill in the column comparison")
    return found
