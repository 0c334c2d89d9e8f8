"""From bytes to cells: one way to write a table, and a message for every other."""

import csv
from collections import Counter
from pathlib import Path

from compendium import paths
from compendium.data.datapackage import OPTIONAL, PACKAGE
from compendium.files import LARGEST, InputError, read_plain

UTF8 = "save the file as UTF-8 without byte-order mark and with LF line ends"
QUOTES = "close every quotation mark, double those inside a cell, and keep each row on one line"


def parse(path: Path, names: list[str]) -> list[list[str]]:
    """Return the cells of the CSV file at `path`, whose header must be `names`, header first.

    Raises InputError if the file is missing, unreadable, empty, not UTF-8 with LF and one final newline, or not well
    formed, or has no rows and is not one of OPTIONAL. A line of the file is a row of the table, and there is one way to
    write it: no cell may hold a line break, and only cells that hold a comma or a quotation mark stand in quotation
    marks.
    """
    file = paths.shown(path)
    text = _decode(file, _read(path, file))
    if not text.endswith("\n") or text.endswith("\n\n"):
        raise InputError(file, "must end with exactly one line end", UTF8, text.count("\n") + (text[-1] != "\n"))
    lines = text[:-1].split("\n")
    csv.field_size_limit(LARGEST)
    reader = csv.reader(lines, strict=True)
    rows: list[list[str]] = []
    try:
        for number, row in enumerate(reader, 1):
            if reader.line_num != number:
                raise InputError(file, "a cell holds a line break or its quotation mark is not closed", QUOTES, number)
            if not row:
                raise InputError(file, "the row is blank", "delete the row", number)
            if number == 1 and row != names:
                raise _header(file, row, names)
            if number > 1 and row == names:
                raise InputError(file, "the header stands there again", "delete the row", number)
            if '"' in lines[number - 1]:
                _check_quotes(file, lines[number - 1], row, names, number)
            rows.append(row)
    except csv.Error as error:
        raise InputError(file, f"is not well-formed CSV ({error})", QUOTES, len(rows) + 1) from None
    if len(rows) == 1 and path.stem not in OPTIONAL:
        remedy = f"add a row; without any, delete the table and take it out of {PACKAGE}; or {paths.restore(file)}"
        raise InputError(file, f"has a header but no rows, as only {', '.join(OPTIONAL)} may", remedy)
    return rows


def _header(file: str, labels: list[str], names: list[str]) -> InputError:
    """Return the error that the header reads `labels` instead of `names`."""
    lost = next((name for name in names if name not in labels), None)
    extra = next((label for label in labels if label not in names), None)
    double = next((label for label, times in Counter(labels).items() if times > 1), None)
    column = lost or double
    if lost:
        rule = f"column {lost} is missing"
    elif extra is not None:
        rule, column = f"is no column of {PACKAGE}", str(labels.index(extra) + 1)
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
        data = read_plain(path)
    except FileNotFoundError:
        raise InputError(file, "the file is missing", paths.restore(file)) from None
    except PermissionError:
        raise InputError(file, "the file may not be read", f"give yourself the right: `chmod u+r {file}`") from None
    except OSError as error:
        raise InputError(file, f"the file cannot be read ({error.strerror})", paths.restore(file)) from None
    if not data.strip():
        raise InputError(file, "the file is empty", paths.restore(file))
    return data


def _decode(file: str, data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise InputError(file, "starts with a byte-order mark (BOM)", UTF8, 1)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        rule = f"must be UTF-8; byte {error.start + 1} of the file is not"
        raise InputError(file, rule, guess(data), row, value=f"0x{data[error.start]:02X}") from None
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(file, "holds a NUL byte, as UTF-16 and workbooks do", UTF8, row, value="0x00")
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        raise InputError(file, "lines must end with LF, not CR LF (Windows) or CR", UTF8, row)
    return text


def guess(data: bytes) -> str:
    """Return what to do with a file that is not in UTF-8."""
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return UTF8
    return f"the file seems to be GBK; {UTF8}, for example `iconv -f GB18030 -t UTF-8`"
