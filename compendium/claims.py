"""The ledger: every number the paper prints is a claim; each claim gets one verdict, computed by a stated rule."""

import ast
import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from numbers import Real
from pathlib import Path

import numpy as np
import pandas as pd

from compendium import VERDICTS, Refusal, escape, paths, tables

MEANINGS = {
    "reproduced": ("由论文以外的行重算，按印刷精度相等", "recomputed from outside rows, equal as printed"),
    "corroborated": ("独立来源印有同一数值", "an independent source prints the same figure"),
    "consistent": ("只由论文自身的其他数字推出，并非外部验证", "follows only from the paper's own other numbers"),
    "within bounds": ("公开数据不能定出数值，它落在精确界内", "not determined by public data, inside the bounds"),
    "restated": ("数值成立，但来源说它度量的是另一回事", "the figure stands, but measures something else"),
    "contradicted": ("独立证据与之不合", "independent evidence disagrees"),
    "not checkable": ("没有公开数据可核，并说明缺什么", "no public datum; what is missing is said"),
}
RULES = {
    "printed": ("独立来源印有同一数值", "an independent source prints the same figure"),
    "recomputed": ("由独立行重算，按印刷精度比较", "recomputed from independent rows, compared as printed"),
    "own numbers": ("只由论文自身数字推出", "follows from the paper's own numbers only"),
    "bounded": ("独立行给出的精确界与所印数值比较", "sharp bounds from independent rows against the printed figure"),
    "relabelled": ("数值相同，再比较所指对象", "same figure, then the label of the paper against that of the source"),
}
WEIGHTS = ("headline", "supporting", "structural")
COLOURS = {
    "reproduced": "#0072B2",
    "corroborated": "#009E73",
    "consistent": "#6C757D",
    "within bounds": "#56B4E9",
    "restated": "#E69F00",
    "contradicted": "#D55E00",
    "not checkable": "#999999",
}
COLUMNS = [
    "claim_id",
    "value_printed",
    "value_computed",
    "difference",
    "rule",
    "verdict",
    "evidence",
    "lowest_grade",
    "trust",
    "strength",
    "notebook",
    "cell",
    "reason_zh",
    "reason_en",
]


class LedgerError(Refusal):
    """A claim is judged twice, with the wrong kind of evidence, or where no cell shows it."""


@dataclass(frozen=True)
class Printed:
    """What the paper prints for one claim.

    Attributes:
        text: the printed form, such as `99 / 46 = 2.15`.
        low, high: ends of the set of values that the statement allows; infinite where it names only one end.
        decimals: digits after the point in the printed form; the precision of every comparison.
        strict: True where an end is excluded, as in `>12000`.
    """

    text: str
    low: float
    high: float
    decimals: int
    strict: bool

    @property
    def numeric(self) -> bool:
        """False for a statement in words, which allows any number."""
        return math.isfinite(self.low) or math.isfinite(self.high)

    @property
    def slack(self) -> float:
        """Half a unit of the last printed digit."""
        return 0.5 * 10.0**-self.decimals + 1e-9

    def contains(self, low: float, high: float) -> bool:
        """Tell whether every value from `low` to `high` agrees with the statement."""
        if self.strict and (-math.inf < self.low >= low or high >= self.high < math.inf):
            return False
        return low >= self.low - self.slack and high <= self.high + self.slack

    def meets(self, low: float, high: float) -> bool:
        """Tell whether some value from `low` to `high` agrees with the statement."""
        if self.strict and (high <= self.low or low >= self.high):
            return False
        return high >= self.low - self.slack and low <= self.high + self.slack


def printed(claim: pd.Series) -> Printed:
    """Read the printed value of `claim`, a row of the table claims."""
    text = claim["value_text"]
    decimals = max((len(part) for part in re.findall(r"\d\.(\d+)", text.split("=")[-1])), default=0)
    one_sided = bool(re.match(r"[<>]", text))
    low = claim["value_low"] if pd.notna(claim["value_low"]) else -math.inf
    high = claim["value_high"] if pd.notna(claim["value_high"]) else math.inf
    return Printed(text, float(low), float(high), decimals, one_sided and not text.startswith((">=", "<=")))


@dataclass(frozen=True)
class Evidence:
    """Rows that speak about a claim: their sources, and the weakest link among them.

    Attributes:
        sources: identifiers of the sources, in order of appearance.
        grade: the grade the verdict cannot do without (A, B, C), empty without outside evidence.
        trust: `unsafe` where some needed row stands on an unsafe host only, else `ok`; empty without evidence.
    """

    sources: tuple[str, ...] = ()
    grade: str = ""
    trust: str = ""

    @property
    def strength(self) -> str:
        """`weak` where grade C or an unsafe host carries the verdict alone, else `firm`; empty without evidence."""
        if not self.grade:
            return ""
        return "weak" if self.grade == "C" or self.trust == "unsafe" else "firm"


def independent(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that do not come from the paper: neither its text nor its source entry."""
    mask = rows["source_id"] != "paper"
    return rows[mask & (rows["basis"] != "paper_text")] if "basis" in rows else rows[mask]


def row_sources(row: pd.Series) -> list[str]:
    """Return the sources of one row: those in source_id and the copies in also_in."""
    cells = [row["source_id"], row.get("also_in", ""), row.get("revision_source_id", "")]
    return [part for cell in cells if isinstance(cell, str) and cell for part in cell.split(" ; ")]


def weigh(rows: pd.DataFrame, alternatives: bool) -> Evidence:
    """Return sources, grade and trust of `rows`.

    A row is as good as its best source. If the rows are `alternatives` (each says the same), the verdict needs only
    the best row; otherwise it needs all of them and is as good as the worst.
    """
    if rows.empty:
        return Evidence()
    known = tables.raw("sources").set_index("source_id")
    quality = dict(zip(known.index, zip(known["host_trust"] == "unsafe", known["grade"], strict=True), strict=True))
    best = [min((quality[s] for s in row_sources(r)), key=rank) for _, r in rows.iterrows()]
    if alternatives:
        best = [min(best, key=rank)]
    grade, trust = max(g for _, g in best), "unsafe" if any(unsafe for unsafe, _ in best) else "ok"
    names = tuple(dict.fromkeys(s for _, r in rows.iterrows() for s in row_sources(r)))
    return Evidence(names, grade, trust)


def rank(quality: tuple[bool, str]) -> tuple[bool, bool, str]:
    """Return the order of preference of (unsafe host, grade): firm before weak, then a safe host, then the grade."""
    unsafe, grade = quality
    return unsafe or grade == "C", unsafe, grade


def numbers(computed: object) -> list[float]:
    """Return the computed value as a list of floats: a number, a pair, a list or a column; missing ones left out."""
    values = [computed] if isinstance(computed, Real) else list(computed)
    return [float(v) for v in values if pd.notna(v)]


def truth(value: object) -> bool:
    """Tell whether a value is a truth value, of Python or of numpy."""
    return isinstance(value, bool | np.bool_)


def agrees(claim: pd.Series, computed: object) -> tuple[bool, float]:
    """Compare a computed value with the printed one.

    Args:
        claim: row of the table claims.
        computed: True or False for an ordinal statement; a number; a list as long as the printed list; a pair for a
            printed period.

    Returns:
        Whether they agree at the printed precision, and the largest difference (computed minus printed; 0 inside a
        printed range, not a number for ordinal statements).

    Raises:
        LedgerError: nothing was computed, or as many values as the paper does not print.
    """
    if truth(computed):
        return bool(computed), math.nan
    value, values = printed(claim), [] if computed is None else numbers(computed)
    if not values:
        raise LedgerError(f"{claim['claim_id']}: nothing was computed")
    if len(values) == 1:
        if not value.numeric:
            raise LedgerError(f"{claim['claim_id']}: the paper prints no single number; compute True, False or a list")
        difference = min(values[0] - value.low, 0.0) if values[0] < value.low else max(values[0] - value.high, 0.0)
        return value.contains(values[0], values[0]), difference
    wanted = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", value.text)]
    if len(wanted) != len(values):
        raise LedgerError(f"{claim['claim_id']}: {len(values)} computed values for {len(wanted)} printed ones")
    differences = [got - want for got, want in zip(values, wanted, strict=True)]
    worst = max(differences, key=abs)
    return abs(worst) <= value.slack, worst


def implies(claim: pd.Series, end: float) -> tuple[bool, float]:
    """Tell whether a source that says "more than `end`" implies the printed value, and by how much it falls short."""
    value = printed(claim)
    return value.numeric and math.isinf(value.high) and end >= value.low, min(end - value.low, 0.0)


def _printed(claim: pd.Series, computed: object, rows: pd.DataFrame) -> tuple[str, float, Evidence]:
    if "basis" in rows and not rows["basis"].dropna().isin(["seen", "seen_partial"]).all():
        raise LedgerError(f"{claim['claim_id']}: rule 'printed' takes rows of basis seen or seen_partial only")
    if isinstance(computed, pd.Series) and len(computed) != len(rows):
        raise LedgerError(f"{claim['claim_id']}: {len(computed)} computed values for {len(rows)} rows")
    values = list(computed) if isinstance(computed, pd.Series) else [computed]
    exact = list(rows["exact"].ne(False)) if "exact" in rows and len(values) == len(rows) else [True] * len(values)
    verdicts = [agrees(claim, v) if x else implies(claim, v) for v, x in zip(values, exact, strict=True)]
    hits = [ok for ok, _ in verdicts]
    difference = 0.0 if any(hits) else min((d for _, d in verdicts), key=abs)
    kept = rows[hits] if len(hits) == len(rows) and any(hits) else rows
    return ("corroborated" if any(hits) else "contradicted"), difference, weigh(kept, alternatives=True)


def _recomputed(claim: pd.Series, computed: object, rows: pd.DataFrame) -> tuple[str, float, Evidence]:
    ok, difference = agrees(claim, computed)
    return ("reproduced" if ok else "contradicted"), difference, weigh(rows, alternatives=False)


def _bounded(claim: pd.Series, computed: object, rows: pd.DataFrame) -> tuple[str, float, Evidence]:
    value, evidence = printed(claim), weigh(rows, alternatives=False)
    ends = list(computed) if isinstance(computed, Iterable) else [computed]
    if len(numbers(ends)) != 2 or ends[0] > ends[1]:
        raise LedgerError(f"{claim['claim_id']}: rule 'bounded' takes (lower, upper)")
    if all(truth(end) for end in ends):
        return {0: "contradicted", 1: "within bounds", 2: "reproduced"}[sum(ends)], math.nan, evidence
    low, high = numbers(ends)
    if not value.numeric:
        raise LedgerError(f"{claim['claim_id']}: the paper prints no number; bound the statement by (False, True)")
    if value.contains(low, high):
        return "reproduced", 0.0, evidence
    if value.meets(low, high):
        return "within bounds", 0.0, evidence
    return "contradicted", (low - value.high if low >= value.high else high - value.low), evidence


def _relabelled(
    claim: pd.Series, computed: object, rows: pd.DataFrame, labels: tuple[str, str]
) -> tuple[str, float, Evidence]:
    ok, difference = agrees(claim, computed)
    same = labels[0] == labels[1]
    verdict = "contradicted" if not ok else "corroborated" if same else "restated"
    return verdict, difference, weigh(rows, alternatives=True)


JUDGES: dict[str, Callable] = {
    "printed": _printed,
    "recomputed": _recomputed,
    "bounded": _bounded,
    "relabelled": _relabelled,
}


def judge(
    claim: pd.Series,
    rule: str,
    computed: object,
    rows: pd.DataFrame | None,
    labels: tuple[str, str] | None = None,
) -> tuple[str, float, Evidence]:
    """Return verdict, difference and evidence for one claim.

    Args:
        claim: row of the table claims.
        rule: key of RULES.
        computed: what was computed from the rows; see `agrees`. Rule `bounded` takes the pair (lower, upper), for a
            statement in words (it must hold, it may hold); rule `printed` also a column with one value a row, of
            which one must agree; a row with `exact` = False says "more than" its value.
        rows: the evidence, with source_id and, where the table has it, basis. Empty or None: no public datum.
        labels: rule `relabelled` only: what the paper and what the source say the figure measures, read from rows.

    Raises:
        LedgerError: the evidence does not fit the rule.
    """
    if rule not in RULES:
        raise LedgerError(f"{claim['claim_id']}: unknown rule {rule!r}; use one of {', '.join(RULES)}")
    if rows is not None and "source_id" not in rows:
        raise LedgerError(f"{claim['claim_id']}: rows without a column source_id are no evidence; give rows=None")
    if rule == "own numbers":
        if rows is not None and not independent(rows).empty:
            raise LedgerError(f"{claim['claim_id']}: rule 'own numbers' takes rows of the paper only")
        ok, difference = agrees(claim, computed)
        return ("consistent" if ok else "contradicted"), difference, Evidence()
    if rows is None or rows.empty:
        return "not checkable", math.nan, Evidence()
    if (rule == "relabelled") != (labels is not None):
        raise LedgerError(f"{claim['claim_id']}: labels belong to rule 'relabelled' and to no other")
    if len(independent(rows)) != len(rows):
        raise LedgerError(f"{claim['claim_id']}: rows of the paper are what is tested and cannot be evidence")
    extra = (labels,) if rule == "relabelled" else ()
    return JUDGES[rule](claim, computed, rows, *extra)


def shown_value(computed: object) -> str:
    """Return a computed value as text with at most six significant digits: `2.15217`, `7 to 25`, `yes`."""
    if computed is None:
        return ""
    listed = [computed] if isinstance(computed, Real) or truth(computed) else list(computed)
    if all(truth(v) for v in listed):
        values = list(dict.fromkeys("yes" if v else "no" for v in listed))
    else:
        values = list(dict.fromkeys(f"{v:.6g}" if abs(v) < 1e6 else f"{v:.0f}" for v in numbers(computed)))
    return (" to " if isinstance(computed, tuple) else " / ").join(values)


def weakness(evidence: Evidence) -> tuple[str, str]:
    """Return the sentence, in Chinese and English, that owns up to weak evidence; empty where it is firm."""
    if evidence.strength != "weak":
        return "", ""
    grade_zh = "只有 C 级来源支持" if evidence.grade == "C" else "须依赖可疑站点上的副本"
    grade_en = "rests on grade C alone" if evidence.grade == "C" else "needs a copy on an unsafe host"
    both = evidence.grade == "C" and evidence.trust == "unsafe"
    return f"（弱：{grade_zh}{'，且在可疑站点' if both else ''}。）", (
        f" (Weak: {grade_en}{', on an unsafe host' if both else ''}.)"
    )


@cache
def cells(notebook: str) -> dict[str, str]:
    """Return claim id -> id of the cell of `notebook` that judges it by `ledger.check`, read from its source."""
    content = json.loads((paths.NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for cell in content["cells"]:
        if cell["cell_type"] != "code":
            continue
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "ledger.check"):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                found[str(node.args[0].value)] = cell["id"]
    return found


class Entry:
    """One judged claim, shown in a notebook as a small table and in a terminal as text."""

    def __init__(self, claim: pd.Series, record: dict):
        self.claim, self.record = claim, record

    def __repr__(self) -> str:
        r = self.record
        shown = ("claim_id", "value_printed", "value_computed", "verdict", "reason_en")
        return escape.terminal("  |  ".join(r[c] for c in shown))

    def _repr_html_(self) -> str:
        r, c = self.record, self.claim
        grade = " · ".join(t for t in (r["lowest_grade"], r["strength"], r["trust"].replace("ok", "")) if t)
        cell = '<td style="text-align:left;padding:2px 10px">{}</td>'
        texts = [
            f"<b>{r['claim_id']}</b>",
            f"论文 printed<br><b>{escape.html(r['value_printed'])}</b> {escape.html(c['unit'])}",
            f"重算 computed<br><b>{escape.html(r['value_computed']) or '–'}</b>",
            f'判定 verdict<br><b style="color:{COLOURS[r["verdict"]]}">{VERDICTS[r["verdict"]]} {r["verdict"]}</b>',
            f"证据等级 grade<br>{grade or '–'}",
        ]
        said = f"{escape.html(c['statement_zh'])} {escape.html(c['statement_en'])}"
        why = f"{escape.html(r['reason_zh'])}<br>{escape.html(r['reason_en'])}"
        wide = '<tr><td colspan="5" style="text-align:left;padding:2px 10px">{}</td></tr>'
        head = "<tr>" + "".join(cell.format(t) for t in texts) + "</tr>"
        style = f"border-left:6px solid {COLOURS[r['verdict']]};margin:4px 0"
        return f'<table style="{style}">{wide.format(said)}{head}{wide.format(why)}</table>'


class Ledger:
    """The part of the ledger that one notebook writes."""

    def __init__(self, notebook: str):
        self.notebook = notebook
        self.claims = tables.raw("claims").set_index("claim_id", drop=False)
        self.records: dict[str, dict] = {}

    def check(
        self,
        claim_id: str,
        *,
        rule: str,
        computed: object = None,
        rows: pd.DataFrame | Iterable[pd.DataFrame] | None = None,
        labels: tuple[str, str] | None = None,
        zh: str,
        en: str,
    ) -> Entry:
        """Judge one claim, record it and return it for display.

        Args:
            claim_id: identifier in the table claims, written out so that the judging cell can be found.
            rule: the stated rule, a key of RULES.
            computed: what was computed from `rows`; None if there is nothing to compute from.
            rows: the evidence rows, one frame or several.
            labels: for rule `relabelled`: label of the paper, label of the source.
            zh: one-sentence reason in Chinese.
            en: the same reason in English.

        Raises:
            LedgerError: unknown claim, judged twice, no cell that shows it, or evidence that does not fit the rule.
        """
        if claim_id not in self.claims.index:
            raise LedgerError(f"{claim_id}: no such claim in the table claims")
        if claim_id in self.records:
            raise LedgerError(f"{claim_id}: judged twice in {self.notebook}")
        cell = cells(self.notebook).get(claim_id)
        if cell is None:
            raise LedgerError(f'{claim_id}: no cell of {self.notebook} has check("{claim_id}", …) written out')
        if rows is not None and not isinstance(rows, pd.DataFrame):
            frames = [frame for frame in rows if not frame.empty]
            rows = pd.concat(frames, ignore_index=True) if frames else None
        claim = self.claims.loc[claim_id]
        verdict, difference, evidence = judge(claim, rule, computed, rows, labels)
        weak_zh, weak_en = weakness(evidence)
        self.records[claim_id] = {
            "claim_id": claim_id,
            "value_printed": claim["value_text"],
            "value_computed": "" if verdict == "not checkable" else shown_value(computed),
            "difference": difference,
            "rule": rule,
            "verdict": verdict,
            "evidence": " ; ".join(evidence.sources),
            "lowest_grade": evidence.grade,
            "trust": evidence.trust,
            "strength": evidence.strength,
            "notebook": self.notebook,
            "cell": cell,
            "reason_zh": zh + weak_zh,
            "reason_en": en + weak_en,
        }
        return Entry(claim, self.records[claim_id])

    def save(self) -> pd.DataFrame:
        """Write this part under data/processed and return it with the columns a reader scans first.

        Raises:
            LedgerError: a claim that a cell of the notebook judges was not judged, as its cell was not run.
        """
        missing = sorted(set(cells(self.notebook)) - set(self.records))
        if missing:
            raise LedgerError(f"{self.notebook}: run the cells that judge {', '.join(missing)} first")
        part = pd.DataFrame(self.records.values(), columns=COLUMNS).sort_values("claim_id", key=by_number)
        tables.save(part, f"ledger-{self.notebook}")
        shown = ["value_printed", "value_computed", "rule", "verdict", "lowest_grade", "strength"]
        return part.set_index("claim_id")[shown]


def by_number(ids: pd.Series) -> pd.Series:
    """Return the numbers of claim ids, so that Q9 sorts before Q10."""
    return ids.str[1:].astype(int)


def join(parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Join ledger parts into one row a claim.

    Args:
        parts: notebook name -> its part, as `Ledger.save` writes it.

    Returns:
        All claims of the table claims in order, with section, topic and weight.

    Raises:
        LedgerError: a claim not judged, judged twice, unknown, or judged where no cell shows it.
    """
    owner: dict[str, str] = {}
    for notebook, part in parts.items():
        for record in part.itertuples():
            if record.claim_id in owner:
                raise LedgerError(f"{record.claim_id}: judged in {owner[record.claim_id]} and again in {notebook}")
            if record.notebook != notebook or cells(notebook).get(record.claim_id) != record.cell:
                raise LedgerError(f"{record.claim_id}: no cell {record.cell!r} of {notebook} judges it")
            owner[record.claim_id] = notebook
    claims = tables.raw("claims")
    unknown = sorted(set(owner) - set(claims["claim_id"]))
    if unknown:
        raise LedgerError(f"{unknown[0]}: judged in {owner[unknown[0]]}, but the table claims has no such row")
    missing = [claim_id for claim_id in claims["claim_id"] if claim_id not in owner]
    if missing:
        raise LedgerError(f"{', '.join(missing)}: no notebook judges this")
    judged = pd.concat(parts.values(), ignore_index=True)
    left = claims[["claim_id", "section", "topic", "weight", "kind", "value_text"]]
    joined = left.merge(judged, on="claim_id", validate="one_to_one")
    joined["value_printed"] = joined.pop("value_text")
    return joined[["claim_id", "section", "topic", "weight", "kind", *COLUMNS[1:]]]


def stored(name: str, root: Path | None = None) -> pd.DataFrame:
    """Return a stored ledger: the joined one, `claims`, or a part, `ledger-02-pilot-growth`.

    Every cell is the text that was written, so that `46` does not come back as 46.0; only the difference is a number.

    Args:
        name: name of the processed table.
        root: folder above data/processed; default: where `tables.located` finds the table.
    """
    path = paths.processed(name, root) if root else tables.located(name)
    ledger = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    ledger["difference"] = pd.to_numeric(ledger["difference"])
    return ledger


def count(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the number of claims by verdict (rows) and weight (columns), with totals."""
    table = pd.crosstab(ledger["verdict"], ledger["weight"]).reindex(columns=list(WEIGHTS), fill_value=0)
    table = table.reindex([v for v in VERDICTS if v in table.index])
    table["all"] = table.sum(axis=1)
    table.loc["all"] = table.sum()
    return table
