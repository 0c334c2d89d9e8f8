"""data/reproductions.csv: who ran this compendium anew, when and where, and with how many differences."""

import csv
import re
from datetime import UTC, datetime, timedelta

from compendium import escape, paths
from compendium.data.datapackage import LIST
from compendium.declaration import declared
from compendium.files import InputError, read_plain
from compendium.run.reference import git
from compendium.show.listing import grid
from compendium.texts import CLAUSE, NOTHING, Text, catalogue, joined

text = catalogue("compendium/show")
LOG = "data/reproductions.csv"
HOW = ("clone", "archive", "clean", "changed", "container")
FORMS = {  # what each column holds, by its name
    "date": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "must be the day and time, in UTC, when the run ended"),
    "commit": (r"[0-9a-f]{40}|sha256:[0-9a-f]{64}", "must be a commit, or the SHA-256 of the list of an archive"),
    "platform": (r"\S.*", "must name the system and the processor"),
    "python": (r"\S.*", "must name the Python"),
    "who": (r"[^\W\d_].{0,79}", "must be a name of at most 80 signs that begins with a letter"),
    "differences": (r"0|[1-9]\d*", "must be a number of differences"),
    "how": (rf"({'|'.join(HOW)})( ; ({'|'.join(HOW)}))*", f"must be of {', '.join(HOW)}, joined by{LIST}"),
}


def rows() -> list[dict[str, str]] | None:
    """Return the reproductions that were logged, the first one first; None where there is no log.

    Raises:
        InputError: the log is no table of these columns, a cell breaks its form, or a run stands in it twice.
    """
    path = paths.project().root / LOG
    if not path.is_file():
        return None
    remedy = paths.restore(path)
    try:
        cells = list(csv.reader(read_plain(path).decode("utf-8").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise InputError(LOG, "must be CSV in UTF-8", remedy) from None
    if cells[:1] != [[*FORMS]]:
        raise InputError(LOG, f"must read {','.join(FORMS)}", remedy, 1)
    found: list[dict[str, str]] = []
    for number, row in enumerate(cells[1:], 2):
        if len(row) != len(FORMS):
            raise InputError(LOG, f"has {len(row)} cells, but the header has {len(FORMS)}", remedy, number)
        told = dict(zip(FORMS, row, strict=True))
        if name := next((name for name, cell in told.items() if not fits(name, cell)), ""):
            raise InputError(LOG, FORMS[name][1], remedy, number, name, told[name])
        if told["date"][:10] > (datetime.now(UTC) + timedelta(days=1)).date().isoformat():
            raise InputError(LOG, "must not lie in the future", remedy, number, "date", told["date"])
        if found and told["date"] < found[-1]["date"]:
            raise InputError(LOG, "must not lie before the date of the row above", remedy, number, "date", told["date"])
        if told["date"] in (one["date"] for one in found if alike(one, told)):
            raise InputError(LOG, "is a run that stands above", remedy, number, "date", told["date"])
        found.append(told)
    return found


def unknown() -> list[str]:
    """Return one line for each logged reproduction of a commit that git does not hold here; none outside git and in a
    clone without its past."""
    whole = paths.versioned() and git("rev-parse", "--is-shallow-repository") == b"false\n"
    return [
        f"{LOG}, row {number}: commit {row['commit'][:10]} is not known here, so nobody can look at it"
        for number, row in enumerate(rows() or () if whole else (), 2)
        if ":" not in row["commit"] and git("cat-file", "-e", f"{row['commit']}^{{commit}}") is None
    ]


def fits(column: str, cell: str) -> bool:
    """Tell whether a cell has the form of its column."""
    return cell.isprintable() and bool(re.fullmatch(FORMS[column][0], cell))


def alike(one: dict[str, str], other: dict[str, str]) -> bool:
    """Tell whether two rows are of one run, whoever is named for it: it ended in the same second on the same system."""
    return all(one[column] == other[column] for column in ("date", "commit", "platform", "python"))


def by_makers(row: dict[str, str]) -> bool:
    """Tell whether a row names one of those who made the compendium."""
    return row["who"].casefold() in {author.name.casefold() for author in declared().authors}


def sentence(log: str = f"[{LOG}]({LOG})") -> Text:
    """Return in a sentence how often this was reproduced, how recently, by whom; empty where there is no log.

    Args:
        log: how the log is called.
    """
    known = rows()
    if known is None:
        return NOTHING
    if not known:
        return text("reproduced-never", log=log)
    others = [row["who"].casefold() for row in known if not by_makers(row)]
    changed = sum("changed" in row["how"].split(LIST) for row in known)
    return text(
        "reproduced",
        log=log,
        n=len(known),
        day=max(row["date"] for row in known)[:10],
        systems=len({(row["platform"], row["python"]) for row in known}),
        differences=sum(int(row["differences"]) for row in known),
        people=text("reproduced-others", n=len(others), people=len(set(others)), makers=len(known) - len(others))
        if others
        else text("reproduced-alone"),
        changed=text("reproduced-changed", n=changed) if changed else NOTHING,
    )


def section(language: str) -> str:
    """Return the reproductions as a section of a page, the last one first; empty where there is no log."""
    known = rows()
    if known is None:
        return ""
    parts = [f"## {text('reproductions')[language]}", sentence(f"`{LOG}`")[language]]
    if known:
        header = text("reproductions-columns")[language].split(" | ")
        parts.append(grid(header, [told(row, language) for row in reversed(known)], "llrl"))
    return "\n\n".join(parts)


def told(row: dict[str, str], language: str) -> list[str]:
    """Return the cells of a reproduction as a page shows them."""
    who = escape.markdown(row["who"]) + (text("reproductions-maker")[language] if by_makers(row) else "")
    words = [text(f"reproductions-{word}") for word in row["how"].split(LIST)]
    commit = f"`{row['commit'].removeprefix('sha256:')[:10]}`"
    how = joined([*words, commit, escape.markdown(f"{row['platform']}, {row['python']}")], CLAUSE)[language]
    return [row["date"][:10], who, row["differences"], how]
