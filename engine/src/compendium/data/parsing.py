"""From bytes to cells of what people hand in or edit: one way to write a table, and a message for every other."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from compendium.base import paths
from compendium.base.files import LARGEST, InputError, read_regular_file, read_user_supplied_file
from compendium.data.datapackage import OPTIONAL, PACKAGE

GIVEN = 10_000_000  # bytes of a table that is handed in, some forty times the largest here: it is read at once

UTF8 = "save the file as UTF-8 without byte-order mark and with LF line ends"
QUOTES = "close every quotation mark, double those inside a cell, and keep each row on one line"


def read_table_rows(path: Path, header: list[str]) -> list[list[str]]:
    """Return the cells of each row of the CSV file at `path`, whose header must be `header`; a row may be odd.

    Raises InputError if the file is missing, unreadable, empty, not UTF-8 with LF and one final newline, or not well
    formed, or has no rows and is not one of OPTIONAL. A line of the file is a row of the table, and there is one way to
    write it: no cell may hold a line break, and only cells that hold a comma or a quotation mark stand in quotation
    marks.
    """
    _, *rows = iterate_strict_csv(path, header)
    if not rows and path.stem not in OPTIONAL:
        remedy = (
            f"add a row; without any, delete the table and take it out of {PACKAGE}; or {paths.suggest_restore(path)}"
        )
        raise InputError(
            paths.format_path(path), f"has a header but no rows, as only {', '.join(OPTIONAL)} may", remedy
        )
    return rows


def read_lenient_csv(file: Path) -> list[list[str]]:
    """Return the cells of each row, header first, of a CSV file that another program wrote.

    It may begin with a byte-order mark, lines may end as in Windows, cells may stand in needless quotation marks; it is
    an InputError if it is not UTF-8 or not well formed.
    """
    data = (
        re.sub(rb"\r\n?", b"\n", read_user_supplied_file(file, GIVEN).removeprefix(codecs.BOM_UTF8)).rstrip(b"\n")
        + b"\n"
    )
    _check_bytes(file.name, data)
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise InputError(file.name, f"is not well-formed CSV ({error})", QUOTES, reader.line_num) from None


def iterate_strict_csv(path: Path, header: list[str]) -> Iterator[list[str]]:
    """Yield the cells of each row of a table, whose header must be `header`, header first; raise as `parse` does."""
    file = paths.format_path(path)
    data = _read(path, file)
    _check_bytes(file, data)
    csv.field_size_limit(LARGEST)
    lines = data.decode("utf-8").removesuffix("\n").split("\n")
    reader, number = csv.reader(lines, strict=True), 0
    try:
        for number, row in enumerate(reader, 1):
            if reader.line_num != number:
                raise InputError(file, "a cell holds a line break or its quotation mark is not closed", QUOTES, number)
            if not row:
                raise InputError(file, "the row is blank", "delete the row", number)
            if number == 1 and row != header:
                raise _header(file, row, header)
            if number > 1 and row == header:
                raise InputError(file, "the header stands there again", "delete the row", number)
            if '"' in lines[number - 1]:
                _check_quotes(file, lines[number - 1], row, header, number)
            yield row
    except csv.Error as error:
        raise InputError(file, f"is not well-formed CSV ({error})", QUOTES, number + 1) from None


def _header(file: str, labels: list[str], names: list[str]) -> InputError:
    """Return the error that the header reads `labels` instead of `names`."""
    lost = next((name for name in names if name not in labels), None)
    extra = next((label for label in labels if label not in names), None)
    double = next((label for label, times in Counter(labels).items() if times > 1), None)
    column = lost or double
    if lost:
        rule = f"column {lost} is missing"
    elif extra is not None:
        rule, column = "is no column of this table", str(labels.index(extra) + 1)
    elif double:
        rule = f"column {double} stands there twice"
    else:
        rule = "columns are in another order"
    return InputError(file, rule, f"make the header read {','.join(names)}", 1, column, extra)


def _check_quotes(file: str, line: str, row: list[str], names: list[str], number: int) -> None:
    """Raise InputError at the first cell that is written with needless or stray quotation marks."""
    begun = 0
    for place, cell in enumerate(row):
        written = '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell
        if not line.startswith(written, begun):
            column = names[place] if place < len(names) else None
            rule = "the cell is written with a needless or stray quotation mark"
            remedy = "quote a cell only if it holds a comma or a quotation mark, and double the mark inside"
            raise InputError(file, rule, remedy, number, column, cell)
        begun += len(written) + 1


def _read(path: Path, file: str) -> bytes:
    try:
        data = read_regular_file(path)
    except FileNotFoundError:
        raise InputError(file, "the file is missing", paths.suggest_restore(path)) from None
    except PermissionError:
        raise InputError(file, "the file may not be read", f"give yourself the right: `chmod u+r {file}`") from None
    except OSError as error:
        raise InputError(file, f"the file cannot be read ({error.strerror})", paths.suggest_restore(path)) from None
    if not data.strip():
        raise InputError(file, "the file is empty", paths.suggest_restore(path))
    return data


def _check_bytes(file: str, data: bytes) -> None:
    """Raise InputError unless these are the bytes of lines in UTF-8 that end with LF, the last one too."""

    def line(place: int) -> int:
        return data.count(b"\n", 0, place) + 1

    if data.startswith(b"\xef\xbb\xbf"):
        raise InputError(file, "starts with a byte-order mark (BOM)", UTF8, 1)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        rule = f"must be UTF-8; byte {error.start + 1} of the file is not"
        value = f"0x{data[error.start]:02X}"
        raise InputError(file, rule, describe_encoding_remedy(data), line(error.start), value=value) from None
    if b"\0" in data:
        rule = "holds a NUL byte, as UTF-16 and workbooks do"
        raise InputError(file, rule, UTF8, line(data.index(b"\0")), value="0x00")
    if b"\r" in data:
        rule = "lines must end with LF, not CR LF (Windows) or CR"
        raise InputError(file, rule, UTF8, line(data.index(b"\r")))
    if not data.endswith(b"\n") or data.endswith(b"\n\n"):
        rule, last = "must end with exactly one line end", data.count(b"\n") + (data[-1:] != b"\n")
        raise InputError(file, rule, UTF8, last)


def describe_encoding_remedy(data: bytes) -> str:
    """Return what to do with a file that is not in UTF-8."""
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return UTF8
    return f"the file seems to be GBK; {UTF8}, for example `iconv -f GB18030 -t UTF-8`"
