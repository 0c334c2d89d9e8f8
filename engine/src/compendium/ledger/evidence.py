"""Evidence: the raw tables, perhaps with changes, and the origin, grade and trust of their rows."""

import re
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import reduce, wraps
from itertools import chain, product
from typing import TypeVar

import numpy as np
import pandas as pd

from compendium import CompendiumError
from compendium.base.texts import TranslatedText, of
from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.record import TableChange

NAMING = ("source_id", "also_in", "revision_source_id")  # columns that name the sources of a row
ENDS = {"value_low": "value_high", "lower": "upper"}
HOST = re.compile(r"^https?://([^/?#@:\\]+)(?::\d+)?(?:[/?#].*)?$")  # of an address without a user
T = TypeVar("T")
ANOTHER = "another-origin"  # stands for a source that is not there: what if another origin said the same?


class LedgerError(CompendiumError):
    """A claim is judged twice, by a word that is none, by evidence that cannot be, or where no cell shows it."""


class UnexplainedEvidenceGapError(LedgerError):
    """There is no row to compare for a claim, and neither a known record nor a logged search says why."""


def cache_until_tables_change(function: Callable[["EvidenceTables"], T]) -> Callable[["EvidenceTables"], T]:
    """Keep what a function makes of the tables, for data in which none of those it read is changed."""

    @wraps(function)
    def kept(data: "EvidenceTables") -> T:
        found: tuple[set[str], T] | None = data.made.get(kept)
        if found is None or not data.touched.isdisjoint(found[0]):
            reader = copy(data)
            reader.read = set()
            found = reader.read, function(reader)
            if data.touched.isdisjoint(found[0]):
                data.made[kept] = found
        read, made = found
        data.read |= read
        mine: T = made.copy(deep=False) if isinstance(made, pd.DataFrame | pd.Series) else made
        return mine

    return kept


class EvidenceTables:
    """The raw tables, perhaps with changes. `data(name)` returns a table with a further column `table`, its name."""

    def __init__(self, c: Compendium, changes: Sequence[TableChange] = (), known: dict | None = None):
        self.c, self.tables, self.languages = c, c.tables, c.languages
        self.changes, self.known = tuple(changes), {} if known is None else known
        self.touched, self.read = {change.table for change in changes}, set[str]()
        self._changed: dict[str, pd.DataFrame] = {}
        self.made: dict[Callable, tuple] = {}

    def __call__(self, name: str) -> pd.DataFrame:
        """Return the raw table `name`; its index numbers the rows, so that a row is known wherever it goes."""
        self.read.add(name)
        if name not in self.known:
            rows = self.tables(name).assign(table=name)
            # As objects all texts lie in one block, of which rows are taken faster than column by column.
            self.known[name] = rows.astype(dict.fromkeys(rows.select_dtypes("str"), object)).copy()
        frames = self.known
        if changes := [change for change in self.changes if change.table == name]:
            frames = self._changed
            if name not in frames:
                frames[name] = reduce(apply_change, changes, self.known[name].copy(deep=False))
        return frames[name].copy(deep=False)

    def plain(self, name: str) -> pd.DataFrame:
        """Return the raw table `name` as it is committed: of sources, which no change is about."""
        self.read.add(name)
        return self.tables(name)

    def having(self, *changes: TableChange) -> "EvidenceTables":
        """Return the tables with these changes as well."""
        data = EvidenceTables(self.c, (*self.changes, *changes), self.known)
        data.made, data.read = self.made, self.read
        return data

    def claim(self, claim_id: str) -> pd.Series:
        """Return the row of a claim."""
        claims = index_claims_by_id(self)
        if claim_id not in claims.index:
            raise LedgerError(f"{claim_id}: no such claim in the table claims")
        return claims.loc[claim_id]

    def row(self, claim_id: str) -> tuple[int, ...]:
        """Return where a claim stands in the table claims, as a change names its rows."""
        rows = self("claims")
        return tuple(rows.index[rows["claim_id"] == claim_id])

    def value(self, claim_id: str) -> float:
        """Return the one number that the paper prints for a claim, or the lower end of its interval."""
        return float(self.claim(claim_id)["value_low"])

    def evidence(self, claim_id: str) -> pd.DataFrame:
        """Return the rows of claim_evidence of a claim."""
        rows = self("claim_evidence")
        return rows[rows["claim_id"] == claim_id]

    def records(self, claim_id: str, decides: bool = True, obtained: bool = False) -> pd.DataFrame:
        """Return the records that would decide a claim, or only help, and were not obtained, or were."""
        rows = self("records")
        mine = rows["claim_ids"].map(lambda ids: claim_id in split_list(ids)).astype(bool)
        return rows[mine & (rows["decides"] == decides) & (rows["obtained"] == obtained)]

    def origins(self, rows: pd.DataFrame) -> list[str]:
        """Return the origin of each row, that of the first source it names.

        A collective origin is told by source where the source is the origin itself; its copies count as one.
        """
        found, alone = (
            [(*self.origin(*place), place[0]) for place in list_source_table_pairs(rows)],
            list_collective_origins(self),
        )
        return [
            f"{origin} {source}" if origin in alone and role == "origin" else origin for origin, role, source in found
        ]

    def origin(self, source: str, table: str) -> tuple[str, str]:
        """Return origin and role (`origin` or `copy`) of what a table takes from a source."""
        if source == ANOTHER:
            return ANOTHER, "origin"
        known = list_origins(self)
        found = known.get((source, table)) or known.get((source, ""))
        if not found:
            raise LedgerError(f"source {source} has no origin. Remedy: add a row to data/raw/source_origins.csv")
        return found

    def name_origin(self, origin: str) -> TranslatedText | str:
        """Return the name of an origin; its id where it has none."""
        rows = self("origins").set_index("origin_id")
        return of(rows.loc[origin], "name") if origin in rows.index else origin

    def drawn(self, claim: pd.Series) -> bool:
        """Tell whether source_origins says that the paper has the figures of `check_table` from the claim's origin."""
        table = claim.get("check_table") or ""
        origin, _ = list_origins(self).get(("paper", table), ("", ""))
        return bool(table) and origin == claim["origin_id"]

    def own(self, origin: str) -> bool:
        """Tell whether an origin is the authors of the paper themselves."""
        return list_origin_kinds(self).get(origin) == "paper"

    def marks(self, source: str, table: str) -> frozenset[str]:
        """Return by what a measurement that a table takes from a source is known again, none unless it is known as one.

        By the bodies at the top and its words; as the page of its origin, on a host and under a name of a body of the
        table bodies that measured it, which says how.
        """
        if source == ANOTHER:
            return frozenset({ANOTHER})
        origin, role = self.origin(source, table)
        shown = (
            role == "origin"
            and (source, origin) in list_first_party_sources(self)
            and (source, table) in list_sources_with_method(self)
        )
        return (
            list_measuring_organisations(self)[origin] | list_verbatim_excerpts(self).get(source, frozenset())
            if shown
            else frozenset()
        )

    def of_paper(self) -> frozenset[str]:
        """Return the bodies of the paper: its journal, publisher, authors and employers."""
        makers = list_measuring_organisations(self)
        return frozenset().union(*(makers.get(name, ()) for name in list_origin_kinds(self) if self.own(name)))

    def akin(self, source: str, table: str) -> bool:
        """Tell whether what a table takes from a source is of an origin of the paper, or of one of its bodies."""
        origin, paper = self.origin(source, table)[0], self.of_paper()
        return self.own(origin) or bool(paper & list_measuring_organisations(self).get(origin, frozenset()))

    def parties(self, claim: pd.Series) -> frozenset[str]:
        """Return the bodies of the origin of a claim, if it is named, and of the paper; none if not both are known."""
        paper, origin = self.of_paper(), claim["origin_id"]
        told = (
            paper
            if list_origin_kinds(self).get(origin) == "unnamed"
            else list_measuring_organisations(self).get(origin, frozenset())
        )
        return paper | told if paper and told else frozenset()

    def outcome(self, source: str, claim: pd.Series) -> bool:
        """Tell whether a source appeared when the year of a forecast had come, and after the paper."""
        year = claim["year_end"] if pd.notna(claim["year_end"]) else 0
        first = max(self.c.declaration.paper.year + 1, year)
        return source == ANOTHER or list_published(self).get(source, 0) >= first

    def quality(self, source: str) -> tuple[bool, str]:
        """Return whether a source stands on an untrusted site, and its grade."""
        return (False, "B") if source == ANOTHER else list_qualities(self)[source]


@cache_until_tables_change
def list_origins(data: EvidenceTables) -> dict[tuple[str, str], tuple[str, str]]:
    """Return origin and role by source and table."""
    rows = data.plain("source_origins").itertuples()
    return {(row.source_id, row.table): (row.origin_id, row.role) for row in rows}


@cache_until_tables_change
def list_verbatim_excerpts(data: EvidenceTables) -> dict[str, frozenset[str]]:
    """Return the words of each source as excerpted."""
    quoted = data.plain("excerpts").query("kind == 'verbatim'").groupby("source_id")["excerpt"]
    return {name: frozenset(texts) for name, texts in quoted}


@cache_until_tables_change
def list_sources_with_method(data: EvidenceTables) -> set[tuple[str, str]]:
    """Return the sources that say how they measured, each with the table of what they measured."""
    rows = data.plain("excerpts").query("kind == 'method'")
    return set(zip(rows["source_id"], rows["table"], strict=True))


@cache_until_tables_change
def list_measuring_organisations(data: EvidenceTables) -> dict[str, frozenset[str]]:
    """Return by origin the known bodies that measured it, each as that at the top of those it belongs to."""
    tops: dict[str, str] = {}
    found: dict[str, frozenset[str]] = {}
    for row in data.plain("bodies").itertuples():
        top = tops[row.body_id] = tops.get(row.part_of, row.body_id)
        found |= {name: found.get(name, frozenset()) | {top} for name in split_list(row.origin_ids)}
    return found


@cache_until_tables_change
def list_first_party_sources(data: EvidenceTables) -> set[tuple[str, str]]:
    """Return each source that a known body publishes on a host of its own, with the origins that it measured."""
    columns, found = (*data.languages.columns("name"), "other_names"), set()
    rows = data.plain("sources").itertuples()
    said = [(r.source_id, "".join(HOST.findall(r.url.lower())), r.publisher, r.original_publisher) for r in rows]
    for body in data.plain("bodies").to_dict("records"):
        hosts, names = split_list(body["hosts"]), {"", *chain.from_iterable(split_list(body[c]) for c in columns)}
        own = [name for name, host, *publishers in said if host in hosts and names.issuperset(publishers)]
        found |= set(product(own, split_list(body["origin_ids"])))
    return found


@cache_until_tables_change
def list_origin_kinds(data: EvidenceTables) -> dict[str, str]:
    """Return the kind of each origin."""
    return {row.origin_id: row.kind for row in data.plain("origins").itertuples()}


@cache_until_tables_change
def list_published(data: EvidenceTables) -> dict[str, int]:
    """Return the year in which each source appeared; 0 where it is not known."""
    return {row.source_id: int(row.published[:4] or 0) for row in data.plain("sources").itertuples()}


@cache_until_tables_change
def list_qualities(data: EvidenceTables) -> dict[str, tuple[bool, str]]:
    """Return whether each source stands on an untrusted site, and its grade."""
    return {row.source_id: (row.host_trust == "unsafe", row.grade) for row in data.plain("sources").itertuples()}


@cache_until_tables_change
def index_claims_by_id(data: EvidenceTables) -> pd.DataFrame:
    """Return the table claims with the claims by their ids."""
    return data("claims").set_index("claim_id", drop=False)


@cache_until_tables_change
def list_collective_origins(data: EvidenceTables) -> set[str]:
    """Return the origins that stand for many bodies."""
    rows = data("origins")
    return set(rows.loc[rows["collective"], "origin_id"]) if "collective" in rows else set()


def apply_change(frame: pd.DataFrame, change: TableChange) -> pd.DataFrame:
    """Return a table with a change; a claim or a bound that gives one number has it at both ends."""
    if change.kind == "drop":
        return frame.drop(index=list(change.rows))
    if change.kind == "add":
        more = frame.loc[list(change.rows)].assign(source_id=ANOTHER)
        more = more.assign(also_in="") if "also_in" in more else more
        more = more.assign(relation="measurement") if "relation" in more else more
        return pd.concat([frame, more.set_axis(range(len(frame), len(frame) + len(more)))])
    values = dict(zip(change.rows, change.values, strict=True))
    columns = {row: list_columns_changed_together(frame, row, change.column) for row in values}
    for column in dict.fromkeys(chain.from_iterable(columns.values())):
        cells = frame[column].copy()
        for row in (row for row in values if column in columns[row]):
            cells.at[row] = values[row]
        frame[column] = cells
    return frame


def list_columns_changed_together(frame: pd.DataFrame, row: int, column: str) -> list[str]:
    """Return the columns of a row that change with a column: with one end of an interval the other, if they are one."""
    other = ENDS.get(column, column)
    if other == column or other not in frame:
        return [column]
    low, high = frame.at[row, column], frame.at[row, other]
    gaps = pd.isna(low), pd.isna(high)
    return [column, other] if all(gaps) or (not any(gaps) and low == high) else [column]


def join_rows(rows: pd.DataFrame | Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return one frame or several as one, each row with its own index."""
    frames = [rows] if isinstance(rows, pd.DataFrame) else [frame for frame in rows if not frame.empty]
    found = pd.DataFrame() if not frames else frames[0] if len(frames) == 1 else pd.concat(frames)
    if not found.empty and not {"source_id", "table"} <= set(found):
        raise LedgerError("evidence needs the columns source_id and table: take it from data(…)")
    return found


def drop_paper_based_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that do not lean on the paper: neither its text, nor its source entry, nor said to lean on it."""
    mask = rows["source_id"] != "paper"
    if "basis" in rows:
        mask &= rows["basis"] != "paper_text"
    if "leans_on" in rows:
        mask &= rows["leans_on"].ne("paper")
    return rows[mask]


def list_row_sources(rows: pd.DataFrame) -> list[list[str]]:
    """Return the sources of each row: those in the columns NAMING."""
    named: list[list[str]] = [[] for _ in rows.index]
    for column in (name for name in NAMING if name in rows):
        for found, cell in zip(named, rows[column].tolist(), strict=True):
            found += split_list(cell) if isinstance(cell, str) else []
    return named


def list_source_table_pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return of each row its first source, which counts, and its table."""
    return [(named[0], table) for named, table in zip(list_row_sources(rows), rows["table"], strict=True)]


def find_measured(rows: pd.DataFrame) -> np.ndarray:
    """Return which rows measure what they tell, and do not pass on or assert it."""
    relation = rows["relation"].fillna("") if "relation" in rows else pd.Series("", rows.index)
    measuring: np.ndarray = relation.isin(["", "measurement"]).to_numpy(dtype=bool)
    return measuring


def rank_source_quality(quality: tuple[bool, str]) -> tuple[bool, bool, str]:
    """Return the order of preference of (untrusted site, grade): firm before weak, then a safe host, then the grade."""
    unsafe, grade = quality
    return unsafe or grade == "C", unsafe, grade


def compute_grade_and_trust(
    rows: pd.DataFrame, any_row: bool, data: EvidenceTables, sides: Sequence = ()
) -> tuple[str, str]:
    """Return grade and trust of `rows`: each is as good as its best source, all as the worst row, any as the best.

    With `sides`, what each row says, the best row of each side is needed.
    """
    best = [min(map(data.quality, named), key=rank_source_quality) for named in list_row_sources(rows)]
    kinds = sides or ([True] * len(best) if any_row else range(len(best)))
    needed: dict[object, list[tuple[bool, str]]] = {}
    for quality, kind in zip(best, kinds, strict=True):
        needed.setdefault(kind, []).append(quality)
    best = [min(qualities, key=rank_source_quality) for qualities in needed.values()]
    return max(grade for _, grade in best), "unsafe" if any(unsafe for unsafe, _ in best) else "ok"
