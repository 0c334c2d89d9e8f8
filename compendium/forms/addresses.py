"""Addresses of sources to be archived, for the form of an archive, and what the archive answered, taken in."""

import csv
import ipaddress
import re
from collections import Counter
from datetime import date
from pathlib import Path

from compendium import paths
from compendium.adding.draft import draft, rows
from compendium.files import InputError, csv_text, read_plain, write_atomic
from compendium.forms.entities import host

LISTED, LEFT_OUT = "addresses.txt", "addresses-left-out.csv"
STAMP = re.compile(r"/web/(\d{4,14})/")  # when a web archive made a copy
FORM = "an address, a comma or a tab, the archived address and, if known, the day (YYYY-MM-DD)"
AS_LISTED = f"write the address as build/{LISTED} has it, or delete the row"


def write() -> tuple[Path, int, Counter[str]]:
    """Write the addresses without an archived one to build, one a line, and those left out with the reason to another.

    Returns:
        The list, how many addresses it has, and how many sources were left out by reason.
    """
    every = rows("sources")
    unsafe = {host(row["url"]) for row in every if row["host_trust"] == "unsafe"}
    why = {row["source_id"]: reason(row["url"], unsafe) for row in every if not row["archived"]}
    listed = [row["url"] for row in every if why.get(row["source_id"]) == ""]
    left_out = [(name, said) for name, said in why.items() if said]
    build = paths.project().build
    write_atomic(build / LISTED, "".join(f"{url}\n" for url in listed).encode("utf-8"))
    write_atomic(build / LEFT_OUT, csv_text(["source_id", "reason"], left_out).encode("utf-8"))
    return build / LISTED, len(listed), Counter(said for _, said in left_out)


def reason(url: str, unsafe: set[str]) -> str:
    """Return why an address is not to be archived; empty if it is.

    Args:
        url: the address.
        unsafe: hosts of untrusted sites.
    """
    name = host(url)
    if url.startswith("hxxp"):
        return "defanged, as its site is not trusted"
    if name in unsafe:
        return "on a host that is not trusted for another source"
    try:
        public = ipaddress.ip_address(name).is_global
    except ValueError:
        public = "." in name and not name.endswith((".local", ".internal", ".lan", ".test"))
    return "" if public else "internal: no archive can reach it"


def take(file: Path) -> int:
    """Write the archived addresses that an archive answered into sources, and return how many are new.

    All of it is taken or nothing. A file names each source by its address, a row each: `FORM`, with a header or not.

    Raises:
        InputError: a row has not that form, is of no source, no copy of its address, or another than that on record.
        CompendiumError: the tables are not valid with it.
    """
    with draft():
        known = rows("sources")
        by_url = {row["url"]: row for row in known}
        new = 0
        for number, cells in answered(file):
            row, copy = match(file.name, number, cells, by_url)
            new += not row["archived"]
            row["archived"] = copy
        text = csv_text(known[0], [row.values() for row in known])
        (paths.project().raw / "sources.csv").write_text(text, encoding="utf-8", newline="\n")
    return new


def answered(file: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of an answer with their numbers, without a header and empty lines."""
    try:
        lines = read_plain(file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(file.name, "must be text in UTF-8", "save it as UTF-8") from None
    found = [
        (number, [cell.strip() for cell in next(csv.reader([line], delimiter="\t" if "\t" in line else ","))])
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    head = bool(found) and not any("://" in cell for cell in found[0][1])
    if not found[head:]:
        raise InputError(file.name, "holds no row", f"write rows of {FORM}")
    return found[head:]


def match(name: str, number: int, cells: list[str], by_url: dict[str, dict[str, str]]) -> tuple[dict[str, str], str]:
    """Return the source that a row of an answer is about, and the archived address.

    Raises:
        InputError: it is none of those that `take` takes.
    """

    def fault(rule: str, remedy: str, column: int) -> InputError:
        return InputError(name, rule, remedy, number, str(column + 1), cells[column] if column < len(cells) else "")

    if not 2 <= len(cells) <= 3:
        raise InputError(name, f"must be {FORM}", "put quotation marks around an address with a comma", number)
    url, copy, *day = cells
    if url not in by_url:
        raise fault("no source has this address", AS_LISTED, 0)
    row = by_url[url]
    if not re.match("https?://", copy) or copy == url or not copy.endswith(f"/{url}"):
        raise fault(
            f"must be the address of a copy and end in that of the source, {url}", "correct or delete the row", 1
        )
    if row["archived"] not in ("", copy):
        rule = f"source {row['source_id']} has another archived address, {row['archived']}"
        raise fault(rule, "delete the row, or empty the cell archived if that copy is gone", 1)
    if day and day[0]:
        stamp = STAMP.search(copy)
        digits = day[0].replace("-", "")
        if not dated(day[0]) or (stamp and not (digits.startswith(stamp[1]) or stamp[1].startswith(digits))):
            raise fault("must be a day, YYYY-MM-DD, that of the archived address", "correct or empty the cell", 2)
    return row, copy


def dated(text: str) -> bool:
    """Tell whether a text is a day that has been."""
    try:
        return len(text) == len("YYYY-MM-DD") and date.fromisoformat(text) <= date.today()
    except ValueError:
        return False
