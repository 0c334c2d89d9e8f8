"""What git still holds of the past: what to look at first when a run is accepted, and a history that only grows."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from compendium import CompendiumError
from compendium.base import paths
from compendium.base.declaration import NAME
from compendium.base.files import fingerprint, parse_rows, shorten
from compendium.base.vocabulary import ANSWERS, GRADES, TRUSTS, VERDICTS, find_answer_category
from compendium.compendium import Compendium
from compendium.run.accept import DIGESTS, read_file_at_commit, run_git
from compendium.run.comparison import LONG, describe_cell_change, describe_first_items

LEDGER, JUDGED = "data/processed/claims.csv", "data/processed/judged-from.csv"
LEDGERS, ADMISSIONS = (LEDGER, "data/processed/since-verdicts.csv"), "notebooks/untried.toml"
HISTORY = "data/raw/CHANGES.md"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HEAD = "LOOK AT THESE FIRST: what speaks more for the paper, or doubts it less, than at {}"
QUIET = "Of what is looked at first nothing speaks more for the paper, or doubts it less, than at commit {}"
NOTHING = "What to look at first cannot be told: no commit of an earlier accept is at hand to compare with"
Row = tuple[int, dict[str, str]]  # as counted in an editor, and its cells


RAISED, UNWATCHED = (*GRADES, *TRUSTS), {"note", "sha256"}
NEW = ("bodies", "searches", "coders", "voters")  # tables of which each new row is told
# By raw table the columns whose change is told, all but UNWATCHED if none are named; a name stands for a column in each
# language too. Told are also rows that went, and rows put beside those of the same first key.
WATCHED = {
    "sources": ("grade", "host_trust", "publisher", "original_publisher"),
    **dict.fromkeys(("source_origins", "origins", "bodies", "searches"), ()),
    "records": ("obtained", "decides", "claim_ids"),
    **dict.fromkeys(("codings", "claim_readings", "reading_votes", "second_looks", "walks"), ()),
    **dict.fromkeys(("coders", "voters", "fidelity"), ()),
    "claim_evidence": (
        *("claim_id", "comparison", "value", "value_high", "differs_in", "as_of", "relation", "basis"),
        *("source_id", "also_in"),
    ),
    "excerpts": (),
    "claims": (
        *("statement", "value_text", "value_low", "value_high", "unit", "printed", "year_start", "year_end"),
        *("attributed_to", "kind", "testable", "weight", "origin_id"),
    ),
    **dict.fromkeys(("claim_items", "derived"), ()),
}


def find_last_accept_commit(c: Compendium) -> str:
    """Return the last commit that changed the reference and holds the tables of which it was made; empty if there is
    none, as outside git and in a clone without its past."""
    said = run_git(c, "log", "--format=%h", "--", DIGESTS) if paths.has_git(c.root) else None
    return next((commit for commit in (said or b"").decode().split() if are_tables_as_judged(c, commit)), "")


def are_tables_as_judged(c: Compendium, commit: str) -> bool:
    """Tell whether the watched tables of a commit are those that its ledger was judged from."""
    return all(
        fingerprint(read_file_at_commit(c, f"data/raw/{table}.csv", commit) or b"") == row["sha256"]
        for (table,), (_, row) in parse_rows_by_key(read_text_at_commit(c, commit, JUDGED), ("table",)).items()
        if table in WATCHED
    )


def list_changes_since_accept(c: Compendium, root: Path) -> list[str]:
    """Return what a reader who accepts the run below `root` must look at first, compared with the last accept."""
    commit = find_last_accept_commit(c)
    return list_changes_since_commit(c, commit, f"the last accept (commit {commit})", root) if commit else []


def list_changes_since_revision(c: Compendium, revision: str) -> list[str]:
    """Return the same of what is committed here, compared with a revision of git, which a reviewer names."""
    said = run_git(c, "rev-parse", "--short", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    if said is None:
        raise CompendiumError(f"git knows no commit {revision!r} here. Remedy: name one of `git log`, or a tag")
    commit = said.decode().strip()
    return list_changes_since_commit(c, commit, f"commit {commit}", c.root) or [QUIET.format(commit)]


def list_changes_since_commit(c: Compendium, commit: str, place: str, root: Path) -> list[str]:
    """Return what to look at first of a run below `root` and the raw tables, compared with a commit, called `place`."""
    kinds = {ledger: list_improved_verdicts(c, ledger, commit, root) for ledger in LEDGERS}
    kinds |= {f"data/raw/{table}.csv": list_table_changes(c, table, commit) for table in WATCHED}
    kinds[ADMISSIONS] = list_changed_toml_tables(c, commit, ADMISSIONS)
    kinds[NAME] = (said for said in list_changed_toml_tables(c, commit, NAME) if "[paper]" in said)
    told = {name: list(found) for name, found in kinds.items()}
    lines = [f"  ! {name}, {len(found)}: {describe_first_items(found, '; ')}" for name, found in told.items() if found]
    return [HEAD.format(place), *lines] if lines else []


def list_improved_verdicts(c: Compendium, ledger: str, commit: str, root: Path) -> Iterator[str]:
    """Yield the claims of which the verdict in a ledger below `root` speaks more for the paper than in a commit."""
    now, was = read_table_now_and_then(c, ledger, commit, root, ("claim_id",))
    for key, (place, row) in now.items():
        before = was[key][1] if key in was else {"verdict": ""}
        if before["verdict"] in VERDICTS and make_favour_sort_key(row) > make_favour_sort_key(before):
            yield f"{describe_row(place, key)} {describe_verdict(before)} -> {describe_verdict(row)}"


def make_favour_sort_key(row: dict[str, str]) -> tuple[int, int, int]:
    """Return what sorts rows of the ledger by how much they speak for the paper, those that do least first.

    By answer; what must be corrected or made precise by verdict; what is not settled by the side of its evidence, which
    is the paper's where what can be seen agrees; what matches by whether it is confirmed; last by strength, which is
    for the paper or against it as the answer is.
    """
    verdict = row["verdict"]
    answer = list(ANSWERS).index(find_answer_category(verdict)) - 2  # below 0 it must be corrected or made precise
    side = answer or {"against": -1, "for": 1}.get(row.get("direction", ""), int(verdict in ("bounded", "consistent")))
    degree = list(VERDICTS).index(verdict) if answer < 0 else side if answer == 0 else verdict == "confirmed"
    return answer, int(degree), side * (row["strength"] == "firm")


def list_table_changes(c: Compendium, table: str, commit: str) -> Iterator[str]:
    """Yield the rows of a raw table of which something that is watched changed since a commit."""
    keys = tuple(c.tables.schema(table)["primaryKey"])
    now, was = read_table_now_and_then(c, f"data/raw/{table}.csv", commit, c.root, keys)
    for key, (place, row) in now.items():
        before = was[key][1] if key in was else {}
        pairs = {column: (before[column], row[column]) for column in row if column in before}
        if cells := [
            describe_cell_change(column, *pair)
            for column, pair in pairs.items()
            if is_change_reported(table, column, *pair)
        ]:
            yield f"{describe_row(place, key)} {', '.join(cells)}"
        elif key not in was and table in NEW:
            yield f"{describe_row(place, key)} new"
        elif key not in was and key[0] in {first for first, *_ in was}:
            yield f"{describe_row(place, key)} new beside what was known"
    yield from (f"{describe_row(was[key][0], key)} gone" for key in was if key not in now)


def is_change_reported(table: str, column: str, was: str, now: str) -> bool:
    """Tell whether this change of a cell is told; of grades and trusts only what is raised is."""
    names, watched = {column, re.sub("_[a-z]{2}$", "", column)}, WATCHED[table]
    if was == now or not (names & {*watched} if watched else not names & UNWATCHED):
        return False
    ordered = table == "sources" and {was, now} <= {*RAISED}
    return not ordered or RAISED.index(now) < RAISED.index(was)


def list_changed_toml_tables(c: Compendium, commit: str, name: str) -> Iterator[str]:
    """Yield the tables of a TOML file that changed since a commit."""
    now, was = map(tomllib.loads, (read_text_or_empty(c.root / name), read_text_at_commit(c, commit, name)))
    yield from (f"[{key}] {'reworded' if key in now else 'gone'}" for key in was if was[key] != now.get(key))


def describe_verdict(row: dict[str, str]) -> str:
    """Return the verdict of a row of the ledger with its strength and the side of its evidence."""
    side = row.get("direction", "")
    return " ".join(filter(None, (row["strength"], row["verdict"], side and f"({side})")))


def describe_row(place: int, key: tuple[str, ...]) -> str:
    """Return in words which row of a table is meant."""
    return f"row {place} ({' '.join(filter(None, key))})"


def read_text_or_empty(path: Path) -> str:
    """Return the text of a file; empty if there is none."""
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""


def read_text_at_commit(c: Compendium, commit: str, name: str) -> str:
    """Return the text of a file as a commit has it; empty if it has none."""
    return (read_file_at_commit(c, name, commit) or b"").decode("utf-8", "replace")


def parse_rows_by_key(text: str, keys: tuple[str, ...]) -> dict[tuple[str, ...], Row]:
    """Return the rows of a CSV table by their keys."""
    rows = enumerate(parse_rows(text), 2)
    return {tuple(cells.get(key, "") for key in keys): (place, cells) for place, cells in rows}


def read_table_now_and_then(c: Compendium, name: str, commit: str, root: Path, keys: tuple[str, ...]) -> list[dict]:
    """Return the rows of a table below `root` by their keys, and those that a commit has."""
    return [
        parse_rows_by_key(text, keys)
        for text in (read_text_or_empty(root / name), read_text_at_commit(c, commit, name))
    ]


# The history: each entry is a line with a day


def list_lost_history_entries(c: Compendium) -> list[str]:
    """Return in one line the entries of the history that are gone or others than git last had, if any is.

    An entry of the last commit must stand, and one of the commit before the history was last changed; of a merge one
    that all sides had. What was altered may be put back. Outside git nothing is told.
    """
    if not paths.has_git(c.root):
        return []
    changed = (run_git(c, "log", "-3", "--format=%P", "--", HISTORY) or b"").decode().splitlines()
    sides = [["HEAD"], *filter(None, map(str.split, changed))]
    now = list_dated_lines(read_text_or_empty(c.root / HISTORY))
    held = [
        set.intersection(*(list_dated_lines(read_text_at_commit(c, commit, HISTORY)) for commit in commits))
        for commits in sides
    ]
    for (commit, *_), before, earlier in zip(sides[:3], held, [*held[1:], set()], strict=False):
        put_back = earlier <= now and not earlier <= before  # an older state stands again
        if (gone := before - now) and not put_back:
            at = (run_git(c, "rev-parse", "--short", commit) or b"").decode().strip()
            return [
                f"{HISTORY}: {len(gone)} of its entries at commit {at} are gone or altered, such as "
                f"{shorten(min(gone), LONG)!r}; a history only grows. Remedy: git checkout {at} -- {HISTORY}, add new "
                "entries again; say in a new one what an old one has wrong"
            ]
    return []


def list_dated_lines(text: str) -> set[str]:
    """Return the lines of a history that bear a day."""
    return {line for line in text.splitlines() if DAY.search(line)}
