"""Talent, section 3.3: demand and gap, where the figures come from, and whether they were counts or forecasts."""

from typing import Any

import pandas as pd

from compendium import CompendiumError
from compendium.data import datapackage
from compendium.ledger.evidence import Data, derived, outside
from compendium.ledger.judging import Judged, bounded, missing, printed
from study.judgements.pilots import by_column
from study.judgements.registry import judges

MEASURES = {"Q70": "demand", "Q71": "gap", "Q72": "gap"}
CREDITS = {"mohrss": ("人力资源和社会保障部", "MoHRSS"), "guide": ("三部门《指南》", "the Guide of three ministries")}
DEGREE = 4  # years to a bachelor's degree
KINDS = {
    "forecast": ("预测", "a forecast"),
    "after": ("年份过后给出的数", "a figure given after the year"),
    "undated": ("数，日期不明", "a figure of unknown date"),
}


@derived
def prints(data: Data) -> pd.DataFrame:
    """Return the statements of demand and gap with print_year, origin, and kind, a key of KINDS.

    What was first printed before the year was over is a forecast, and a later copy of a forecast stays one. The paper
    is taken at its word: only its own date counts.
    """
    rows = data("talent_statements")
    rows = rows[rows["measure"].isin(["demand", "gap"])]
    rows = rows.assign(print_year=pd.to_numeric(rows["published"].str[:4], errors="coerce"), origin=data.origins(rows))
    speaker = rows["origin"].where(rows["source_id"] != "paper", "paper")
    first = rows.groupby([speaker, "measure", "year"])["print_year"].transform("min")
    kind = (first <= rows["year"]).map({True: "forecast", False: "after"}).mask(first.isna(), "undated")
    return rows.assign(kind=kind)


@judges(*MEASURES)
def figure(claim: pd.Series, data: Data) -> Judged:
    """What was printed about the same field in the same kind, else about another, by the name its origin gives it."""
    rows = prints(data)
    rows = rows[(rows["measure"] == MEASURES[claim["claim_id"]]) & (rows["year"] == claim["year_start"])]
    paper, found = rows[rows["source_id"] == "paper"], outside(rows)
    if paper.empty:
        return missing("printed")
    paper = paper.iloc[0]
    found = found[(found["origin"] != claim["origin_id"]) | (found["print_year"] <= paper["print_year"])]
    alike = found["field_zh"].eq(paper["field_zh"]) & found["kind"].eq(paper["kind"])
    guide = rows[rows["credit"].isin(["guide", "guide_mohrss"]) & rows["value_10k"].eq(paper["value_10k"])]
    own = found.index.isin(guide.index)
    if own.any() and not alike[own].any():  # the name that the origin gives its number counts, not that of its copies
        alike &= found["origin"].ne(claim["origin_id"])
    if alike.any():
        found, alike = found[alike], alike[alike]
    judged = printed(claim, found, found["value_10k"] / 100, data, alike, found["comparator"].eq("="))
    if judged.agreement == "none":
        return judged
    same = judged.rows["origin"].eq(claim["origin_id"]).all()
    judged = by_column(judged, "value_10k")
    also, fields = other_fields(paper, guide, data)
    reasons = (told(judged.rows, paper, guide, same, data, language) for language in ("zh", "en"))
    zh, en = ("".join(parts) for parts in zip(reasons, also, credited(paper), strict=True))
    return judged.because(zh, en, [guide, fields])


def other_fields(paper: pd.Series, guide: pd.DataFrame, data: Data) -> tuple[tuple[str, str], pd.DataFrame]:
    """Return of which other fields the table of the Guide has the same number for that year, and their rows."""
    rows = data("talent_guide")
    rows = rows[rows["year"].eq(paper["year"]) & rows["value_10k"].eq(paper["value_10k"])]
    rows = rows[~rows["field_zh"].isin(guide["field_zh"])]
    if rows.empty:
        return ("", ""), rows
    measures, derived = (datapackage.field("talent_guide", name)["labels"] for name in ("measure", "basis"))

    def named(row: Any, language: str, comma: str) -> str:
        words = [measures[row.measure][language]]
        words += [derived["derived"][language]] if row.basis == "derived" else []
        return comma.join(words)

    zh = "、".join(f"{r.field_zh}（{named(r, 'zh', '，')}）" for r in rows.itertuples())
    en = ", ".join(f"{r.field_en} ({named(r, 'en', ', ')})" for r in rows.itertuples())
    return (
        f"《指南》的表里同是这个数的还有：{zh}。",
        f" The table of the Guide has this number for {en} as well.",
    ), rows


def credited(paper: pd.Series) -> tuple[str, str]:
    """Return whom the paper credits, in both languages."""
    if paper["credit"] not in CREDITS:
        return "", ""
    zh, en = CREDITS[paper["credit"]]
    return f"论文把它归于{zh}。", f" The paper credits {en}."


def told(rows: pd.DataFrame, paper: pd.Series, guide: pd.DataFrame, same: bool, data: Data, language: str) -> str:
    """Return the reason: the short answer, what was printed where, and what the paper makes of it."""
    names = data("sources").set_index("source_id")[f"name_{language}"]
    short = answer(rows, paper, guide[guide["print_year"].notna()].sort_values("published"))[language == "en"]
    rows = [(names.get(r.source_id, r.source_id), r) for r in rows.sort_values("published").itertuples()]
    if language == "zh":
        said = "；".join(f"{name}：“{r.field_zh}” {r.value_10k:g}万，{KINDS[r.kind][0]}" for name, r in rows)
        once = "我们把各处算作同一出处，没有第二次测量。" if same else ""
        return f"{short}{said}。论文所写：“{paper.field_zh}”{paper.year}年，{KINDS[paper.kind][0]}。{once}"
    said = "; ".join(f"{name}: {r.value_10k / 100:g} million, “{r.field_en}”, {KINDS[r.kind][1]}" for name, r in rows)
    once = " We count all as one origin; there is no second measurement." if same else ""
    return f"{short} {said}. In the paper: “{paper.field_en}” in {paper.year}, {KINDS[paper.kind][1]}.{once}"


def answer(rows: pd.DataFrame, paper: pd.Series, guide: pd.DataFrame) -> tuple[str, str]:
    """Return the short answer: another number, what the Guide gives it to, the same of the same, another kind."""
    values, own = sorted(set(rows["value_10k"])), paper.value_10k
    if values != [own]:
        zh, en = ("、".join(f"{v:g}万" for v in values), ", ".join(f"{v / 100:g} million" for v in values))
        return (
            f"别处写的是{zh}，论文写的是{own:g}万。",
            f"Elsewhere {en} is printed, in the paper {own / 100:g} million.",
        )
    named, (own_zh, own_en) = rows[rows["field_zh"].eq(paper.field_zh)], KINDS[paper.kind]
    number = f"{len(named)} {'sources' if len(named) > 1 else 'source'}"
    zh = en = ""
    if not guide.empty:
        first, (kind_zh, kind_en) = guide.iloc[0], KINDS[guide.iloc[0]["kind"]]
        if not named.empty:
            said_zh, said_en = KINDS[named.iloc[0]["kind"]]
            zh = f"论文以外另有{len(named)}处（不计晚出的转载）给了“{paper.field_zh}”，写作{said_zh}。"
            en = f"Outside the paper, later copies left out, {number} {'have' if len(named) > 1 else 'has'} it for "
            en += f"“{paper.field_en}”, as {said_en}. "
        return (
            f"三部门《指南》里这个数是{kind_zh}，说的是“{first['field_zh']}”。{zh}论文说成“{paper.field_zh}”的，当作{own_zh}。",
            f"In the Guide of three ministries this number is {kind_en} for “{first['field_en']}”. {en}The paper gives "
            f"it for “{paper.field_en}”, as {own_en}.",
        )
    if paper.kind in set(named["kind"]):
        return (
            f"论文以外有{len(named)}处（不计晚出的转载）给“{paper.field_zh}”的也是这个数，都和论文一样写作{own_zh}。",
            f"{number} outside the paper, later copies left out, give this number for “{paper.field_en}”, like the "
            f"paper as {own_en}.",
        )
    if "after" in set(rows["kind"]):
        return "同一个数在别处也有，是年份过后给出的。", "The same number is printed elsewhere, after the year."
    return (
        "同一个数在别处只作预测，所收集的数据里没有年份过后的统计。",
        "Elsewhere the same number is a forecast only; no count after the year is in the tables.",
    )


@derived
def balance(data: Data) -> pd.DataFrame:
    """Return demand, gap and implied supply by year (10,000 people), with source_id and published.

    They are those of the earliest outside source that prints demand and gap of the field for both years of the paper.
    """
    rows = data("talent_statements")
    paper = rows[rows["source_id"] == "paper"]
    rows = outside(rows).merge(paper[["field_zh"]].drop_duplicates())
    rows = rows[rows["measure"].isin(["demand", "gap"]) & rows["year"].isin(paper["year"])]
    whole = 2 * paper["year"].nunique()
    rows = rows[rows.groupby("source_id")["value_10k"].transform("count") == whole].sort_values("published")
    if rows.empty:
        raise CompendiumError("talent_statements: no outside source prints demand and gap for both years of the paper")
    rows = rows[rows["source_id"] == rows["source_id"].iloc[0]]
    found = rows.pivot(index="year", columns="measure", values="value_10k").rename_axis(columns=None)
    found["supply"] = found["demand"] - found["gap"]
    return found.assign(source_id=rows["source_id"].iloc[0], published=rows["published"].iloc[0])


@judges("Q193")
def training(claim: pd.Series, data: Data) -> Judged:
    """New programmes by year and when their first students finish; how many people are needed was not counted."""
    rows = outside(data("im_majors"))
    rows = rows[(rows["measure"] == "new") & rows["province_adcode"].isna()].sort_values("list_year")
    if rows.empty:
        return missing("bounded")
    first, last, new = rows["list_year"].min(), rows["list_year"].max(), rows["universities"].sum()
    return bounded(claim, (False, True), rows).because(
        f"{first}至{last}年的名单里，有{new:.0f}个本科点新设智能制造专业；{first}年名单的学生次年入学，"
        f"最早{first + 1 + DEGREE}年毕业。需求有多少没有统计（见 Q70），所以供求谁快谁慢不能定。",
        f"The lists of {first} to {last} add {new:.0f} undergraduate programmes in intelligent manufacturing; students "
        f"of the list of {first} begin the year after and finish in {first + 1 + DEGREE} at the earliest. The demand "
        "was not counted (see Q70), so that which runs ahead is open.",
    )
