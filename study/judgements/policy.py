"""Policy, sections 1, 2.1, 3.1 and 4.1: titles, architectures, the aims of the plan to 2020 and what became of them."""

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judging import Judged, Part, attested, bounded, listed, parts, printed, stated
from study.judgements.registry import judges

PLAN = "P03"
TITLED = {"Q05": PLAN, "Q06": "P05", "Q07": "P06b", "Q08": "P07"}
MAJOR = ("Canada", "France", "Germany", "Italy", "Japan", "United Kingdom", "United States")
RELATIONS = {
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.ge,
    "≈": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def years(title: str) -> list[int]:
    """Return the years that a title prints."""
    return [int(year) for year in re.findall(r"(?:19|20)\d\d", title)]


def where(column: pd.Series, holds: Callable[[str], bool]) -> pd.Series:
    """Return by row whether `holds` is true of the value; a mask even if there are no rows."""
    return column.map(holds).astype(bool)


def paper_year(data: Data) -> int:
    """Return the year in which the paper appeared."""
    return int(data("sources").set_index("source_id").at["paper", "published"][:4])


def before_paper(data: Data) -> pd.DataFrame:
    """Return the documents that were out before the year of the paper."""
    documents = data("policy_documents")
    return documents[documents["date_end"].dt.year < paper_year(data)]


@judges("Q01")
def period(claim: pd.Series, data: Data) -> Judged:
    """The years that others give for the plan period: a definition, which nobody measures."""
    rows = data.evidence("Q01").assign(relation="statement")
    return printed(claim, rows, [stated(row) for _, row in rows.iterrows()], data).because(
        f"论文只写时期的名称，年份是换算的。{''.join(rows['says_zh'])}各条建议是否都指这一时期，没有检验。",
        f"The paper prints the name of the period; the years are a conversion. {' '.join(rows['says_en'])} Whether "
        "every recommendation is meant for this period is not tested.",
    )


@judges("Q05", "Q06", "Q07", "Q08")
def titled(claim: pd.Series, data: Data) -> Judged:
    """The years in the title of a document, as copies and quotations print it: a quotation is no measurement."""
    documents, ends = data("policy_documents"), years(claim["value_text"])
    documents = documents[documents["doc_id"] == TITLED[claim["claim_id"]]]
    documents = documents[where(documents["title_zh"], lambda title: len(years(title)) == len(ends))]
    quoted = data.evidence(claim["claim_id"])
    rows = joined([documents.assign(differs_in="", relation="copy"), quoted.assign(relation="copy")])
    values = [years(title) for title in documents["title_zh"]] + [stated(row) for _, row in quoted.iterrows()]
    zh, en = "".join(f"《{t}》" for t in documents["title_zh"]), "; ".join(documents["title_en"])
    return printed(claim, rows, values, data).because(
        f"年份写在题目里：{zh or '–'}。另有至少{len(quoted)}处引用这一题目并写出年份。题目是名称，不是测量。",
        f"The title prints it: {en or '–'}. Other places that quote the title with its years: at least "
        f"{len(quoted)}. A title is a name and no measurement.",
    )


judges("Q58")(listed)


@judges("Q104")
def countries(claim: pd.Series, data: Data) -> Judged:
    """Of the seven large industrial countries, those known to have a framework; of the others nothing is known."""
    rows = data.evidence("Q104")
    rows = rows[rows["part_en"].isin(MAJOR)]
    alike = rows[rows["differs_in"] != "kind"]
    have, lack = (alike[alike["comparison"] == said].drop_duplicates("part_en") for said in ("holds", "fails"))
    other = set(rows["part_en"]) - set(alike["part_en"])
    unseen = len(MAJOR) - rows["part_en"].nunique()
    return bounded(claim, (len(have) == len(MAJOR), lack.empty), alike).because(
        f"论文没有列出国家。按七国集团的{len(MAJOR)}国算，有参考架构的（协会和联盟所立的也算）："
        f"{'、'.join(have['part_zh']) or '无'}；"
        f"没有的{len(lack)}国；只见到另一类文件的{len(other)}国；没有查的{unseen}国。"
        "各国都有才算证明，一国没有就不成立。",
        f"The paper lists no countries. Of the {len(MAJOR)} of the G7, with a reference framework, that of an "
        f"association or a consortium included: {', '.join(have['part_en']) or 'none'}; without: {len(lack)}; with a "
        f"document of another kind only: {len(other)}; not looked up: {unseen}. It takes all to show the statement and "
        "one to refute it.",
    )


def architectures(data: Data) -> pd.DataFrame:
    """Return the dimensions of the architectures of intelligent manufacturing that were public before the paper."""
    rows = outside(data("architecture_dimensions"))
    return rows[rows["doc_id"].isin(before_paper(data)["doc_id"])]


@judges("Q118")
def top_level(claim: pd.Series, data: Data) -> Judged:
    """What is said of an architecture above the industrial internet; beside it the documents that print any at all."""
    found, documents = attested(claim, data), data("policy_documents")
    documents = documents[documents["doc_id"].isin(architectures(data)["doc_id"])]
    if not found.zh:
        return found
    named = documents[documents["named_in_paper"] == "named"]
    zh, en = "".join(f"《{title}》" for title in documents["title_zh"]), "; ".join(documents["title_en"])
    return found.because(
        f"{found.zh}论文发表前载有整个智能制造系统架构的国家文件，读到的有{len(documents)}份（{zh or '–'}），"
        f"论文点了其中{len(named)}份的名。它们用得怎样是另一个问题。",
        f"{found.en} National documents with an architecture for all of intelligent manufacturing, out before the "
        f"paper, as far as read: {len(documents)} ({en or '–'}), of which it names {len(named)}. How well they serve "
        "is another question.",
    )


def aims(data: Data) -> pd.DataFrame:
    """Return the numeric targets of the plan to 2020."""
    targets = data("policy_targets")
    return targets[(targets["doc_id"] == PLAN) & (targets["kind"] == "target")]


def readings(data: Data) -> pd.DataFrame:
    """Return the rows of digitalisation on a measure that the plan has a target for, with the target, by date.

    The target stands in target_id, measure_zh, measure_en, comparator, value, unit and target_year; `when` is the last
    day of what the reading is dated to.
    """
    rows, targets = outside(data("digitalisation")), aims(data)
    wanted = ["target_id", "measure_zh", "measure_en", "comparator", "value", "unit", "target_year"]
    found = rows.join(targets[wanted].set_index("measure_zh", drop=False), on="label_zh", how="inner")
    ends = pd.DatetimeIndex([pd.Period(day).end_time.normalize() for day in found["as_of"]])
    return found.assign(when=ends).sort_values("when")


def over(day: str, year: int) -> bool:
    """Return whether a day, or the last day of a month or year, is the end of `year` or later; False for no day."""
    return day != "" and (pd.Period(day).end_time.normalize() + pd.Timedelta(days=1)).year > year


def last_in_time(found: pd.DataFrame) -> pd.DataFrame:
    """Return the last reading in time for each target and population, its margin, and whether the target is met.

    Only a reading of the end of the target year can show a target missed; below it before that leaves `reached` open.
    """
    timely = found[found["when"].dt.year <= found["target_year"]].groupby(["target_id", "scope"]).tail(1)
    reached = [
        RELATIONS[row.comparator](row.value_pct, row.value) or (False if over(row.as_of, row.target_year) else pd.NA)
        for row in timely.itertuples()
    ]
    return timely.assign(margin=timely["value_pct"] - timely["value"], reached=pd.array(reached, "boolean"))


def meant(part: str, measures: pd.Series) -> pd.Series:
    """Return by row whether `part` is the measure in short: its signs stand there in the same order."""
    return measures.str.contains(".*".join(map(re.escape, part))) if part else pd.Series(False, measures.index)


def misses(told: pd.DataFrame, aims: pd.DataFrame) -> bool:
    """Return whether all that is told of one aim falls short of it: by its number where there is one."""
    wanted = aims.loc[meant(told["part_zh"].iloc[0], aims["measure_zh"]), "value"]
    numbers = told["comparison"] == "value"
    under = told["value"] < (wanted.iloc[0] if len(wanted) else float("nan"))
    return bool(under.where(numbers, told["comparison"] == "holds").all())


def told_of(target_id: str, measure_zh: str, told: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return what is told of an aim; nothing if there are readings of its measure, which count alone."""
    if target_id in set(measured["target_id"]):
        return told.head(0)
    return told[where(told["part_zh"], lambda part: meant(part, pd.Series([measure_zh])).all())]


class Outcome(NamedTuple):
    """An aim of the plan, the rows that tell what became of it, and whether it was reached; None: nobody says.

    `differs`: what is told is of another or an unread definition.
    """

    aim: Any
    rows: pd.DataFrame
    reached: bool | None
    differs: bool = False


def outcomes(data: Data, outcome_scope: str) -> list[Outcome]:
    """Return what became of each aim of the plan to 2020.

    A reading of the chosen population counts first, in `value_pct` of its row; else what claim_evidence holds, in
    `value`. There are no rows where nothing was found, or only what fell short before the aim was due.
    """
    every, measured, told = aims(data), readings(data), data.evidence("Q148")
    last, found = last_in_time(measured[measured["scope"] == outcome_scope]), []
    for aim in every.itertuples():
        read, said = last[last["target_id"] == aim.target_id], told_of(aim.target_id, aim.measure_zh, told, measured)
        if not said.empty:
            reached = not misses(said, every)
            rows = said if reached or over(said["as_of"].iloc[-1], aim.target_year) else said.head(0)
            found.append(Outcome(aim, rows, None if rows.empty else reached, said["differs_in"].ne("").any()))
        else:
            rows = read[read["reached"].notna()]
            found.append(Outcome(aim, rows, None if rows.empty else bool(rows["reached"].iloc[0])))
    return found


def reported(data: Data, outcome_scope: str = "key_manufacturing_fields") -> pd.DataFrame:
    """Return the aims of the plan to 2020, each with the outcome that is reported of it, if any.

    Added are `outcome`, `as_of`, `reached` and `outcome_source`, all missing where nothing was found, `differs`, and
    `exact`: False where the outcome is the aim itself, as where no more is said than that it was passed.
    """
    told, found = [], aims(data).copy()
    for aim, rows, reached, differs in outcomes(data, outcome_scope):
        if reached is None:
            told.append((float("nan"), "", pd.NA, "", differs, True))
            continue
        row = rows.iloc[-1]
        read = "value_pct" in row
        value, exact = (row["value_pct"], True) if read else (row["value"], row["value"] != aim.value)
        told.append((value, row["as_of"], reached, row["source_id"], differs, exact))
    added = ["outcome", "as_of", "reached", "outcome_source", "differs", "exact"]
    found[added] = pd.DataFrame(told, index=found.index)
    return found.astype({"outcome": float, "reached": "boolean", "differs": bool, "exact": bool})


@judges("Q148")
def fulfilled(claim: pd.Series, data: Data, outcome_scope: str = "key_manufacturing_fields") -> Judged:
    """The aims of the plan to 2020 one by one: numbers where there are any, else what is reported; the others open."""
    every, found, read, other = aims(data), [], [], 0
    for aim, rows, reached, differs in outcomes(data, outcome_scope):
        holds = None if reached is None else not reached
        bare = every.loc[[aim.Index]] if holds is None else rows
        found.append(Part(aim.measure_zh, aim.measure_en, holds, bare))
        read += list(rows.index) if "value_pct" in rows else []
        other += bool(differs and reached)
    short, met, unknown = ([part for part in found if part.holds is holds] for holds in (True, False, None))
    levers = [("digitalisation", (row,), "value_pct") for row in read] or None
    beside = data.evidence("Q148").query("part_zh == ''")
    return replace(parts(found), levers=levers).because(
        f"“预期”读作规划为2020年定的{len(found)}个数值目标：报告达到的{len(met)}个（其中{other}个口径不同或没有读到），"
        f"到期未达的{len(short)}个，没有可判结果的{len(unknown)}个。达到的：{'、'.join(p.zh for p in met) or '无'}；"
        f"到期未达的：{'、'.join(p.zh for p in short) or '无'}；没有可判结果的："
        f"{'、'.join(p.zh for p in unknown) or '无'}。其中{len(read)}个的结果属于所选的统计范围；"
        f"结果多由发布目标的部门自己报告。{''.join(beside['says_zh'])}",
        f"Expectations are read as the plan's {len(found)} numeric targets for 2020: {len(met)} are "
        f"reported as met ({other} by another or an unread definition), {len(short)} as missed when due, and "
        f"{len(unknown)} have no outcome to judge by. Met: {'; '.join(p.en for p in met) or 'none'}. "
        f"Missed: {'; '.join(p.en for p in short) or 'none'}. "
        f"Without outcome: {'; '.join(p.en for p in unknown) or 'none'}. "
        f"Outcomes read in the population chosen: {len(read)}; most outcomes are reported by those who set "
        f"the targets. {' '.join(beside['says_en'])}".rstrip(),
    )


@judges("Q149")
def attention(claim: pd.Series, data: Data) -> Judged:
    """National documents on what the paper calls neglected; how much attention is little, it does not say."""
    found = attested(claim, data)
    if not found.zh:
        return found
    return found.because(
        f"论文说的是着力多少，没有给尺度。{found.zh}文件只说明有没有着力，不说明成效。",
        f"The paper speaks of how much attention and gives no measure. {found.en} Documents show attention, not "
        "success.",
    )


@judges("Q152")
def provinces(claim: pd.Series, data: Data) -> Judged:
    """The provinces whose government is known to have a document on intelligent manufacturing before the paper."""
    every = data("provinces")
    every = every[every["in_study"]]
    documents = before_paper(data)
    documents = documents[(documents["level"] == "provincial") & documents["title_zh"].str.contains("智能制造")]
    own = documents[where(documents["issuer"], lambda issuer: any(name in issuer for name in every["province_en"]))]
    known = [row for row in every.itertuples() if own["issuer"].str.contains(row.province_en, regex=False).any()]
    return bounded(claim, (len(known) == len(every), True), own).because(
        f"{len(every)}个省份中，见到有省级智能制造文件的是{len(known)}个"
        f"（{'、'.join(r.province_zh for r in known)}）。"
        f"其余各省没有普查过，也没有证据说哪个省没有：至少{len(known)}个，至多全部。",
        f"Of {len(every)} provinces {len(known)} are seen to have a document on intelligent manufacturing "
        f"({', '.join(r.province_en for r in known)}). No census covers the others, and none is known to lack one: at "
        f"least {len(known)}, at most all.",
    )
