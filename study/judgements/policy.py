"""Policy, sections 1, 2.1, 3.1 and 4.1: titles, architectures, the aims of the policies and what became of them."""

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from compendium.data import datapackage
from compendium.data.datapackage import LIST
from compendium.ledger.evidence import Data, derived, joined, outside
from compendium.ledger.judging import Judged, Part, attested, bounded, missing, parts, printed, stated
from study.aims import standing
from study.judgements.registry import judges

LAYOUT = "2.1"  # the section in which the paper sets out the policies
PLAN = "P03"
TITLED = {"Q05": PLAN, "Q06": "P05", "Q07": "P06b", "Q08": "P07"}
DECIDED = ("reached", "short", "late")
TOLD = (*DECIDED, "open")
STATES = (*TOLD, "below")
EXAMPLES = "Q58"  # the claim that lists the frameworks that the paper names
MAJOR = {
    "Canada": "加拿大",
    "France": "法国",
    "Germany": "德国",
    "Italy": "意大利",
    "Japan": "日本",
    "United Kingdom": "英国",
    "United States": "美国",
}
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


@derived
def paper_year(data: Data) -> int:
    """Return the year in which the paper appeared."""
    return int(data("sources").set_index("source_id").at["paper", "published"][:4])


@derived
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
    also_zh = f"另有至少{len(quoted)}处引用这一题目并写出年份。" if len(quoted) else ""
    also_en = f"Other places that quote the title with its years: at least {len(quoted)}. " if len(quoted) else ""
    return printed(claim, rows, values, data).because(
        f"年份写在题目里：{zh or '–'}。{also_zh}题目是名称，不是测量。",
        f"The title prints it: {en or '–'}. {also_en}A title is a name and no measurement.",
    )


@judges("Q104")
def countries(claim: pd.Series, data: Data) -> Judged:
    """Of the seven large industrial countries, those known to have a framework; of the others nothing is known."""
    rows = data.evidence("Q104")
    rows = rows[rows["part_en"].isin(MAJOR)]
    alike = rows[rows["differs_in"] != "kind"]
    have, lack = (alike[alike["comparison"] == said].drop_duplicates("part_en") for said in ("holds", "fails"))
    unknown = [name for name in MAJOR if name not in set(alike["part_en"])]
    other, unseen = ([n for n in unknown if (n in set(rows["part_en"])) == seen] for seen in (True, False))
    named = data("claim_items").query("claim_id == @EXAMPLES")
    found = bounded(claim, (len(have) == len(MAJOR), lack.empty), alike)
    if found.agreement == "open" and len(have):
        found = parts([Part("查到的", "found", True, have), Part("没有查到的", "not found", None, have.head(0))])
    sides = (
        (
            "有参考架构的（协会和联盟所立的也算）",
            "with a reference framework, that of an association or a consortium included",
            list(have["part_en"]),
        ),
        ("没有的", "without", list(lack["part_en"])),
        ("只见到另一类文件的", "with a document of another kind only", other),
        ("没有查到的", "on which nothing was found", unseen),
    )
    zh = "；".join(f"{head}：{'、'.join(MAJOR[name] for name in names)}" for head, _, names in sides if names)
    en = "; ".join(f"{head}: {', '.join(names)}" for _, head, names in sides if names)
    return found.because(
        f"七国集团里{zh}。论文没有列出国家，自己举的例子是{'、'.join(named['item_zh'])}；各国都有才算证明，一国没有就不成立。",
        f"Of the countries of the G7, {en}. The paper lists no countries; its own examples are "
        f"{', '.join(named['item_en'])}. It takes all to show the statement and one to refute it.",
        rows,
    )


@derived
def architectures(data: Data) -> pd.DataFrame:
    """Return the dimensions of the architectures of intelligent manufacturing that were public before the paper."""
    rows = outside(data("architecture_dimensions"))
    return rows[rows["doc_id"].isin(before_paper(data)["doc_id"])]


@judges("Q118")
def top_level(claim: pd.Series, data: Data) -> Judged:
    """The national documents of before the paper that set out an architecture of all of intelligent manufacturing."""
    found, dimensions, documents = attested(claim, data), architectures(data), data("policy_documents")
    documents = documents[documents["doc_id"].isin(dimensions["doc_id"])]
    if not found.zh or documents.empty:
        return found
    named, missed = documents[documents["named_in_paper"] == "named"], unread(documents, claim["claim_id"], data)
    sizes = " / ".join(map(str, sorted(set(dimensions.groupby("doc_id").size()))))
    (zh, en), (missed_zh, missed_en) = titles(documents), titles(missed)
    searched = data("searches").query("claim_id == @claim.claim_id")
    return found.because(
        f"论文发表前已有{len(documents)}份国家文件给出整个智能制造的系统架构，都有{sizes}个维度：{zh}。"
        f"论文点了{len(named)}份的名；正文没有得到的有{len(missed)}份（{missed_zh}），只见于报道。"
        f"是否高于工业互联网：{'；'.join(searched['remark_zh'])}。它们用得怎样是另一个问题。",
        f"Before the paper {len(documents)} national documents set out an architecture of all of intelligent "
        f"manufacturing, each in {sizes} dimensions. They are: {en}. The paper names {len(named)} of them; the text "
        f"of {len(missed)} was not obtained ({missed_en}). On whether it stands above the industrial internet: "
        f"{'; '.join(searched['remark_en'])}. How well they serve is another question.",
        documents,
    )


def titles(documents: pd.DataFrame) -> tuple[str, str]:
    """Return the titles in Chinese and in English."""
    zh = "".join(f"《{title}》" for title in documents["title_zh"])
    return zh or "–", "; ".join(documents["title_en"]) or "–"


def unread(documents: pd.DataFrame, claim_id: str, data: Data) -> pd.DataFrame:
    """Return the documents known only from the pages that tell of the records of the claim, which were not obtained."""
    sources = {source for cited in data.records(claim_id)["known_from"] for source in cited.split(LIST)}
    return documents[where(documents["source_id"], lambda cited: set(cited.split(LIST)) <= sources)]


@derived
def laid_out(data: Data) -> pd.DataFrame:
    """Return the documents that the paper names where it sets out the policies."""
    documents = data("policy_documents")
    here = where(documents["paper_section"], lambda sections: LAYOUT in sections.split(LIST))
    return documents[here & (documents["named_in_paper"] == "named")]


@derived
def aims(data: Data) -> pd.DataFrame:
    """Return the numeric targets of the policies that the paper sets out, due before its year."""
    targets = data("policy_targets")
    final = (targets["kind"] == "target") & (targets["status"] == "final")
    due = targets["target_year"] < paper_year(data)
    return targets[final & due & targets["doc_id"].isin(laid_out(data)["doc_id"])]


@derived
def readings(data: Data) -> pd.DataFrame:
    """Return the rows of digitalisation on a measure that has a target, with the target, by date.

    The target stands in target_id, measure_zh, measure_en, comparator, value, unit and target_year; `when` is the last
    day of what the reading is dated to.
    """
    rows, targets = outside(data("digitalisation")), aims(data)
    wanted = ["target_id", "measure_zh", "measure_en", "comparator", "value", "unit", "target_year"]
    targets = targets[targets["quantity"].isin(rows["measure"])].set_index("quantity")
    found = rows.join(targets[wanted], on="measure", how="inner")
    ends = pd.DatetimeIndex([pd.Period(day).end_time.normalize() for day in found["as_of"]])
    return found.assign(when=ends).sort_values("when")


def last_in_time(found: pd.DataFrame) -> pd.DataFrame:
    """Return the last reading in time for each target and population, its margin, and how it stands to the target."""
    timely = found[found["when"].dt.year <= found["target_year"]].groupby(["target_id", "scope"]).tail(1)
    states = [
        standing(RELATIONS[row.comparator](row.value_pct, row.value), row.as_of, row.target_year)
        for row in timely.itertuples()
    ]
    return timely.assign(margin=timely["value_pct"] - timely["value"], state=states)


def told_of(aim: Any, said: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return what is told of an aim, each with its `state`; nothing if there are readings, which count alone.

    What is told of a part of what is aimed at counts as far as it goes; what is told of something else, or by a
    definition that was not read, shows neither that the aim was reached nor that it was missed: open.
    """
    if aim.target_id in set(measured["target_id"]):
        return said.head(0)
    rows = said[said["evidence_id"].isin(aim.told_in.split(LIST))]
    met = (operator.le if aim.comparator in ("<", "<=") else operator.ge)(rows["value"], aim.value)
    enough = met.where(rows["comparison"] == "value", rows["comparison"] == "fails")
    states = [standing(ok, day, aim.target_year) for ok, day in zip(enough, rows["as_of"], strict=True)]
    states = pd.Series(states, rows.index)
    return rows.assign(state=states.where(rows["differs_in"].isin(["", "scope"]), "open"))


class Outcome(NamedTuple):
    """An aim of a policy, the rows that tell what became of it, and how they stand to it (study.aims.standing).

    `state` is none where there are no rows, open where what is told is of another or an unread definition.
    """

    aim: Any
    rows: pd.DataFrame
    state: str


def outcomes(data: Data, outcome_scope: str) -> list[Outcome]:
    """Return what became of each aim.

    A reading of the chosen population counts first, in `value_pct` of its row; else what claim_evidence holds, in
    `value`, what decides before what does not.
    """
    measured, told = readings(data), data.evidence("Q148")
    last, found = last_in_time(measured[measured["scope"] == outcome_scope]), []
    for aim in aims(data).itertuples():
        read, said = last[last["target_id"] == aim.target_id], told_of(aim, told, measured)
        rows = read if said.empty else said
        state = next((state for state in STATES if state in set(rows.get("state", ()))), "none")
        rows = rows[rows["state"] == state] if state != "none" else rows
        found.append(Outcome(aim, rows, state))
    return found


def reported(data: Data, outcome_scope: str = "key_manufacturing_fields") -> pd.DataFrame:
    """Return the aims, each with the outcome that is reported of it, if any; see `with_outcomes`."""
    return with_outcomes(aims(data), outcomes(data, outcome_scope))


def with_outcomes(every: pd.DataFrame, found: list[Outcome]) -> pd.DataFrame:
    """Return aims with what became of each.

    Added are `state`, `outcome`, `as_of` and `outcome_source`, the last three empty where nothing was found or only
    what fell short before the aim was due; and `exact`: False where the outcome is an aim to be passed, of which no
    more is said than that it was.
    """
    every, rows = every.copy(), []
    for aim, said, state in found:
        if state not in TOLD:
            rows.append((state, float("nan"), "", "", True))
            continue
        row = said.iloc[-1]
        read = "value_pct" in row
        value = row["value_pct"] if read else row["value"]
        exact = read or aim.comparator != ">" or value != aim.value
        rows.append((state, value, row["as_of"], row["source_id"], exact))
    added = ["state", "outcome", "as_of", "outcome_source", "exact"]
    every[added] = pd.DataFrame(rows, index=every.index, columns=added)
    return every.astype({"outcome": float, "exact": bool})


def named(rows: pd.DataFrame, last: int) -> tuple[str, str]:
    """Return the measures of aims in both languages: the year where it is not `last`, the number of what is not met."""
    zh, en = [], []
    for row in rows.itertuples():
        early = bool(row.target_year != last)
        zh.append(row.measure_zh + f"（{row.target_year}年）" * early)
        en.append(row.measure_en + f" ({row.target_year})" * early)
        if row.state in ("short", "open") and pd.notna(row.outcome):
            more_zh, more_en = ("", "") if row.exact else ("超过", "more than ")
            zh[-1] = f"{row.measure_zh}（{row.target_year}年要{row.value:g}，{row.as_of}报告{more_zh}{row.outcome:g}）"
            en[-1] = f"{row.measure_en} ({row.value:g} by {row.target_year}; {more_en}{row.outcome:g} at {row.as_of})"
    return "，".join(zh) or "无", "; ".join(en) or "none"


def by_a_part(became: list[Outcome], data: Data) -> tuple[str, str]:
    """Return which aims are judged by a part of what they count, and when more was reported than one missed."""
    partly = [aim for aim, rows, state in became if state in DECIDED and "scope" in set(rows.get("differs_in", ()))]
    short = [aim for aim, _, state in became if aim in partly and state == "short"]
    if not partly:
        return "", ""
    zh = f"其中{len(partly)}个标准目标按国家标准的项数判定；原目标怎样计数没有读到，所以只是表面上的达到或未达。"
    en = f" The {len(partly)} aims for standards are judged by national standards; how the plans count was not read, "
    en += "so these are met or missed on the face of it."
    later = outside(data("standards_counts")).query("measure == 'national_standards'").sort_values("as_of")
    for aim in short:
        above = later[later["comparator"].isin([">", ">=", "="]) & (later["value"] >= aim.value)]
        if len(above):
            zh += f"超过{aim.value:g}项最早见于{above['as_of'].iloc[0]}的报告。"
            en += f" More than {aim.value:g} are first reported in {above['as_of'].iloc[0]}."
    return zh, en


@judges("Q148")
def fulfilled(claim: pd.Series, data: Data, outcome_scope: str = "key_manufacturing_fields") -> Judged:
    """The aims of the policies one by one: numbers where there are any, else what is reported; the others open."""
    every, became, found, read = aims(data), outcomes(data, outcome_scope), [], []
    if every.empty:
        return missing("printed")
    for aim, rows, state in became:
        holds = {"reached": False, "short": True}.get(state)
        found.append(Part(aim.measure_zh, aim.measure_en, holds, rows if state in TOLD else every.loc[[aim.Index]]))
        read += list(rows.index) if "value_pct" in rows and state in TOLD else []
    states = with_outcomes(every, became)
    first, last = every["target_year"].min(), every["target_year"].max()
    by = {state: states[states["state"] == state] for state in DECIDED}
    by["open"] = states[~states["state"].isin(DECIDED)]
    names = {state: named(rows, last) for state, rows in by.items()}
    other, documents = (states["state"] == "open").sum(), every["doc_id"].nunique()
    levers = [("digitalisation", (row,), "value_pct") for row in read]
    levers += [("digitalisation", tuple(read), "value_pct")] * (len(read) > 1)
    scope = datapackage.field("digitalisation", "scope")["labels"][outcome_scope]
    (part_zh, part_en), words = by_a_part(became, data), data.evidence("Q148")
    beside = words[words["part_zh"] == ""]
    judged, told = parts(found), [rows for _, rows, state in became if state in TOLD]
    if judged.agreement == "none" and told:  # all that is told is late or of another definition
        judged = Judged("parts", "related", joined(told), (False, True))
    return replace(judged, levers=levers or None).because(
        f"若把“预期”读作数值目标：{len(every)}个里据报告按期达到{len(by['reached'])}个，到期未达{len(by['short'])}个，"
        f"以后才说达到{len(by['late'])}个，没有读到可判结果{len(by['open'])}个。"
        f"目标取自论文{LAYOUT}节点名的{len(laid_out(data))}份文件，{documents}份里读到{first}至{last}年到期的；"
        f"没有可判结果的里，{other}个有结果，但与目标口径不同，或口径没有读到。"
        f"达到的：{names['reached'][0]}；到期未达的：{names['short'][0]}；以后才说达到的：{names['late'][0]}；"
        f"没有读到可判结果的：{names['open'][0]}。{part_zh}统计范围取“{scope['zh']}”，读到它的{len(read)}个目标；"
        f"结果多由发布目标的部门自己报告。{''.join(beside['says_zh'])}",
        f"Of {len(every)} numeric targets {len(by['reached'])} are reported as met in time, {len(by['short'])} as "
        f"missed, {len(by['late'])} as met later; {len(by['open'])} lack a usable outcome. That expectations are such "
        f"targets is our reading. They are those for {first} to {last} read in {documents} of the "
        f"{len(laid_out(data))} documents of section {LAYOUT}; without a usable outcome, but with one by another or an "
        f"unread definition: {other}. "
        f"Met: {names['reached'][1]}. Missed: {names['short'][1]}. Said only later to be met: {names['late'][1]}. "
        f"Without a usable outcome: {names['open'][1]}.{part_en} The population taken is “{scope['en']}”, read "
        f"for {len(read)} targets; most outcomes are reported by those who set the targets. "
        f"{' '.join(beside['says_en'])}".rstrip(),
        beside,
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
