"""Files that readers bring back from the pages of the book: codings and votes, and what a reviewer saw on a walk.

For a lecturer (`codings add`), a reviewer or an editor (`walk add`). A file is taken whole, or refused in one line.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from compendium.authoring.transaction import append_raw_row, edit_copy_then_commit, read_raw_rows
from compendium.base import paths
from compendium.base.files import InputError, csv_text, parse_rows, read_user_supplied_file, write_atomic
from compendium.base.languages import format_count
from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.ledger import coding
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.readings import count_votes
from compendium.pages import participation

LARGEST = 1_000_000  # bytes: a file of the page has some 5,000
ANSWERS = ("so", "partly", "not_so", "unreached")
MARKS = ("plain", "possible", "farfetched")
OTHER_NAME = "use another pseudonym"
AGAIN = "save it anew with the page, and change nothing in it"
text = catalogue("compendium/adding")


@dataclass(frozen=True)
class ReturnedFile:
    """A file that came back: its place and its rows, cells as text by column; the first is row 2, as in an editor."""

    place: str
    rows: list[dict[str, str]]

    def fault(self, row: int, column: str, rule: str, remedy: str = AGAIN) -> InputError:
        """Return a fault in a cell, by the place of its row in `rows`."""
        return InputError(self.place, rule, remedy, row + 2, column, self.rows[row][column])

    def raise_unless(self, column: str, allowed: Collection[str], rule: str, remedy: str = AGAIN) -> None:
        """Refuse a column in which a cell is none of those allowed."""
        for number, row in enumerate(self.rows):
            if row[column] not in allowed:
                raise self.fault(number, column, rule, remedy)


def read_returned_file(c: Compendium, path: Path, columns: Sequence[str]) -> ReturnedFile:
    """Return a file of a page once what all have in common is right: form, version, one name, one day.

    Raises:
        InputError: it is none of this version, or not as the page wrote it.
    """
    place = paths.format_path(path)
    try:
        table = parse_rows(read_user_supplied_file(path, LARGEST).decode("utf-8-sig"))
        header, rows = tuple(table.fieldnames or ()), list(table)
    except OSError as error:
        raise InputError(place, str(error.strerror).lower(), "name the file that the page saved") from None
    except UnicodeDecodeError:
        raise InputError(place, "is not text in UTF-8", AGAIN) from None
    if header != columns or not rows:
        raise InputError(place, f"must have the columns {', '.join(columns)} and rows below", AGAIN)
    file = ReturnedFile(place, rows)
    for number, row in enumerate(rows):
        if None in row or None in row.values():
            raise InputError(place, f"must have {len(columns)} cells in each row", AGAIN, number + 2)
        if unsafe := next((name for name in columns if re.search("^[=+@-]|[<>]|[\x00-\x1f]", row[name])), ""):
            raise file.fault(number, unsafe, "must begin with no sign of a formula and hold no markup")
    rule = f"must be {c.declaration.version}, the version that lies here"
    file.raise_unless("version", {c.declaration.version}, rule, "use the page of this version")
    for column in ("name", "day"):
        file.raise_unless(column, {rows[0][column]}, f"must be the same {column} in all rows")
    if not re.fullmatch(participation.NAME, rows[0]["name"]):
        raise file.fault(0, "name", "must be at most 20 letters, digits, blanks, points and hyphens", OTHER_NAME)
    if not is_past_day(rows[0]["day"]):
        raise file.fault(0, "day", "must be a day such as 2026-01-31, not one to come")
    return file


def is_past_day(cell: str) -> bool:
    """Tell whether a cell is an ISO date of today, of here or where the day is one ahead, or earlier."""
    try:
        return (date.fromisoformat(cell) - date.today()).days <= 1
    except ValueError:
        return False


def add_codings(c: Compendium, files: Sequence[Path]) -> list[str]:
    """Enter what readers coded and voted, as made by persons, all files or none; return what to tell.

    The rows on which most coders now read otherwise are changed in claim_evidence.
    """
    pool, data = participation.read_coding_pool(c), EvidenceTables(c)
    taken, returned = [row["coder"] for row in read_raw_rows(c, "coders")], list[ReturnedFile]()
    for path in files:
        file = read_returned_file(c, path, participation.CODING_COLUMNS)
        raise_unless_as_drawn(file, pool, data)
        raise_if_name_taken(file, "coder", taken)
        returned.append(file)
    told, before = [summarise_hits(file, pool) for file in returned], coding.list_codings(data)
    with edit_copy_then_commit(c) as copy:
        for file in returned:
            append_answers(copy, file, pool)
        told += update_majority_codes(copy, before, returned)
    return told


def raise_if_name_taken(file: ReturnedFile, what: str, taken: list[str]) -> None:
    """Refuse a pseudonym that stands in the tables or in an earlier file, and note it in `taken`."""
    name = file.rows[0]["name"]
    if name in taken:
        raise file.fault(0, "name", f"is that of a {what} already taken in", f"leave the file out, or {OTHER_NAME}")
    taken.append(name)


def raise_unless_as_drawn(file: ReturnedFile, pool: participation.CodingPool, data: EvidenceTables) -> None:
    """Refuse a file that does not answer, once and as asked, what its seed draws from the pool."""
    seed = file.rows[0]["seed"]
    file.raise_unless("pool", {pool.digest}, f"must be {pool.digest}: rows were added or reworded since", "code anew")
    file.raise_unless("seed", {seed} if re.fullmatch(r"\d{1,9}", seed) else (), "must be one whole number in all rows")
    shown, ballots = pool.draw(int(seed))
    asked = dict.fromkeys((item, "") for item in shown)
    asked |= {(ballot, reading): None for ballot in ballots for reading in count_votes(ballot, data)}
    given = [(row["id"], row["reading"]) for row in file.rows]
    for number, one in enumerate(given):
        if one not in asked or one in given[:number]:
            column = "reading" if one[1] else "id"
            raise file.fault(number, column, f"must be one that seed {seed} draws, and stand there once")
    if lost := next((one for one in asked if one not in given), None):
        raise InputError(file.place, f"has no row on {' '.join(lost).strip()}, which seed {seed} draws", AGAIN)
    kinds = {"comparison": ("holds", "fails"), "differs_in": ("", *list_difference_codes(data))}
    for number, row in enumerate(file.rows):
        vote = row["reading"] != ""
        allowed = {
            "side": ("",) if vote else kinds["comparison"],
            "differs_in": ("",) if vote else kinds["differs_in"],
            "points": [str(points) for points in range(101)] if vote else ("",),
            "mark": MARKS if vote and row["reading"] != participation.SOMETHING_ELSE else ("",),
        }
        for column, codes in allowed.items():
            if row[column] not in codes:
                rule = "a whole number from 0 to 100" if len(codes) > 100 else " or ".join(codes) or "empty"
                raise file.fault(number, column, f"must be {rule}")
    for ballot in ballots:
        points = [int(row["points"]) for row in file.rows if row["id"] == ballot]
        if sum(points) != 100:
            raise InputError(file.place, f"gives {ballot} {sum(points)} points, not 100", AGAIN)


def list_difference_codes(data: EvidenceTables) -> list[str]:
    """Return the codes that the column differs_in of claim_evidence may hold."""
    return data.c.tables.field("claim_evidence", "differs_in")["constraints"]["enum"]


def summarise_hits(file: ReturnedFile, pool: participation.CodingPool) -> str:
    """Return how many falsified statements a reader called wrong, and how many that were left as they are."""
    said = {row["id"]: row["side"] == "fails" for row in file.rows if row["id"] in pool.statements}
    as_is = [failed for item, failed in said.items() if pool.statements[item]["kind"] == participation.UNTOUCHED]
    hits, false = sum(said.values()) - sum(as_is), len(said) - len(as_is)
    told = f"{hits} of {false} falsified statements found, {sum(as_is)} of {len(as_is)} others called wrong"
    return f"{file.rows[0]['name']}: {told}"


def append_answers(c: Compendium, file: ReturnedFile, pool: participation.CodingPool) -> None:
    """Write what a reader coded and voted into the tables, as made by a person; planted statements are left out."""
    name, day = file.rows[0]["name"], file.rows[0]["day"]
    person = {"made_by": "person"}
    read = {f"read_{code}": text("read-by-person")[code] for code in c.languages}
    append_raw_row(c, "coders", {"coder": name, "blind": "true"} | person | read)
    for row in file.rows:
        if row["id"] in pool.rows.index:
            codes = {"comparison": row["side"], "differs_in": row["differs_in"], "words": pool.rows["words"][row["id"]]}
            append_raw_row(c, "codings", {"evidence_id": row["id"], "coder": name} | codes)
    if any(row["reading"] for row in file.rows):
        role = {f"role_{code}": text("role-of-person")[code] for code in c.languages}
        append_raw_row(c, "voters", {"voter": name, "voted_on": day} | person | role)
    for row in file.rows:
        if row["reading"]:
            vote = {key: row[key] for key in ("reading", "points", "mark")}
            append_raw_row(c, "reading_votes", {"ballot": row["id"], "voter": name} | vote)


def update_majority_codes(c: Compendium, before: pd.DataFrame, files: Sequence[ReturnedFile]) -> list[str]:
    """Write into claim_evidence what most coders of a row now read where it moved; return a line on each such row.

    Args:
        c: the copy that is written to.
        before: the codings so far, as `coding.list_codings` returns them.
        files: what persons coded besides.
    """
    places = pd.Series(before.index, before["evidence_id"]).groupby(level=0).first()
    new = [
        (places[row["id"]], row["id"], row["name"], row["side"], row["differs_in"], "person")
        for file in files
        for row in file.rows
        if row["id"] in places.index
    ]
    columns = ["row", "evidence_id", "coder", *coding.CODES, "made_by"]
    both = pd.concat([before, pd.DataFrame(new, columns=columns).set_index("row")])
    was, now = coding.list_majority_codes(before), coding.list_majority_codes(both)
    rows, told = read_raw_rows(c, "claim_evidence"), list[str]()
    for place in now.index[now.ne(was).any(axis=1)]:
        rows[place] |= now.loc[place].to_dict()
        parted = (" ".join(codes.loc[place]).strip() for codes in (now, was))
        told.append("{} of {}: most coders now read it as {}, not {}".format(*list(rows[place].values())[:2], *parted))
    if told:
        made = csv_text(rows[0], (row.values() for row in rows))
        write_atomic(c.raw / "claim_evidence.csv", made.encode("utf-8"))
    return told


def add_walk(c: Compendium, path: Path) -> str:
    """Enter what a reviewer saw who opened the sources of some claims; return what to tell."""
    file = read_returned_file(c, path, participation.WALK_COLUMNS)
    known = {row["claim_id"] for row in read_raw_rows(c, "claims")}
    file.raise_unless("claim_id", known, "must be a claim of data/raw/claims.csv")
    file.raise_unless("answer", ANSWERS, f"must be {' or '.join(ANSWERS)}")
    counted = Counter(row["claim_id"] for row in file.rows)
    for number, row in enumerate(file.rows):
        if counted[row["claim_id"]] > 1:
            raise file.fault(number, "claim_id", "must stand there once")
    walks = read_raw_rows(c, "walks") if "walks" in c.tables.resources else []
    raise_if_name_taken(file, "reviewer", [row["reviewer"] for row in walks])
    with edit_copy_then_commit(c) as copy:
        for row in file.rows:
            seen = {"reviewer": row["name"], "walked_on": row["day"]}
            append_raw_row(copy, "walks", seen | {key: row[key] for key in ("version", "claim_id", "answer", "remark")})
    answers = Counter(row["answer"] for row in file.rows)
    judged = format_count(len(file.rows) - answers["unreached"], "source")
    rest = f"{answers['not_so']} not so, {answers['partly']} in part, {answers['unreached']} not reached"
    return f"{file.rows[0]['name']}: {judged} judged, {rest}"
