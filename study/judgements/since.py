"""Claims of the paper judged once more, by what was printed after it: leaders, maturity, R&D, talent, chips, aims."""

import pandas as pd

from compendium.ledger.evidence import Data
from compendium.ledger.judging import Judged, Judges, Part, missing, parts, printed, recomputed
from study.aims import aims
from study.judgements.maturity import national
from study.judgements.policy import paper_year
from study.judgements.talent import prints
from study.layout import named

since = Judges()
PLAN = "P13b"  # the plan of 2021 to 2025
LEAD = 5


def by_province(data: Data, programme: str) -> pd.DataFrame:
    """Return the last running total of each province in a programme, most first; cities are no provinces.

    Only the provinces that a report names have a row. As reports name them from the top, any other has at most the
    smallest of these numbers.
    """
    rows = data("successor_programmes")
    rows = rows[(rows["programme"] == programme) & (rows["measure"] == "cumulative") & rows["province_adcode"].notna()]
    rows = rows[rows["city"].eq("")].sort_values("as_of").drop_duplicates("province_adcode", keep="last")
    return rows.sort_values("count", ascending=False, kind="stable")


@since("Q26")
def leaders(claim: pd.Series, data: Data, programme: str = "gradient_excellence") -> Judged:
    """Which of the five are still among the first five, in the list that follows the pilot projects."""
    five, rows = named(claim["claim_id"], data), by_province(data, programme)
    if rows.empty:
        return missing("parts")
    names = data("provinces").set_index("adcode")
    known, least = rows.head(LEAD), rows["count"].head(LEAD).min()
    found = []
    for code in five:
        own = rows[rows["province_adcode"] == code]
        ahead = None if own.empty and len(known) < LEAD else bool((own["count"] >= least).any())
        name = names.loc[code]
        found.append(Part(name["province_zh"], name["province_en"], ahead, known if own.empty else own))
    still, fallen = ([part for part in found if part.holds is holds] for holds in (True, False))
    first = [names.loc[code] for code in known["province_adcode"]]
    zh = "、".join(f"{p.province_zh} {n}" for p, n in zip(first, known["count"], strict=True))
    en = ", ".join(f"{p.province_en} {n}" for p, n in zip(first, known["count"], strict=True))
    return parts(found).because(
        f"论文所列五省中，{len(still)} 个在卓越级智能工厂的前 {LEAD} 名里（{'、'.join(p.zh for p in still) or '无'}），"
        f"{len(fallen)} 个不在（{'、'.join(p.zh for p in fallen) or '无'}）。前几名是：{zh}；其余省份至多 {least} 个，"
        "这由行文的次序得出。卓越级是另一个计划，入选更严。",
        f"Of the five provinces, {len(still)} are among the first {LEAD} in excellence-level smart factories "
        f"({', '.join(p.en for p in still) or 'none'}) and {len(fallen)} are not "
        f"({', '.join(p.en for p in fallen) or 'none'}). The first: {en}; any other has at most {least}, by the order "
        "of the report. It is another programme, with stricter entry.",
    )


@since("Q103")
def stage(claim: pd.Series, data: Data) -> Judged:
    """Whether most firms assessed after 2020 are still below level 2; they choose to take part, each year anew."""
    rows = national(data)
    rows = rows[(rows["year"] > claim["year_end"]) & rows["level_class"].eq("le1")].sort_values("year")
    if rows.empty:
        return missing("printed")
    told_zh = "、".join(f"{r.year} 年 {r.share_pct:g}%" for r in rows.itertuples())
    told_en = ", ".join(f"{r.share_pct:g}% in {r.year}" for r in rows.itertuples())
    half = ("超过", "more than") if rows["share_pct"].iloc[-1] > 50 else ("不到", "no more than")
    return printed(claim, rows, rows["share_pct"] > 50, data, [False] * len(rows)).because(
        f"参评企业中一级及以下的：{told_zh}；最后一年{half[0]}一半。论文没有给出“初级”的界限；企业自愿参评，每年不同。",
        f"Level 1 and below among the firms that took part: {told_en}; in the last year {half[1]} half. The "
        "paper sets no bound for “initial”; firms choose to take part and differ by year.",
    )


@since("Q72")
def gap(claim: pd.Series, data: Data) -> Judged:
    """A count of the gap made after the year it is for; later prints that repeat the forecast are none."""
    rows = prints(data)
    rows = rows[(rows["measure"] == "gap") & (rows["year"] == claim["year_end"]) & (rows["source_id"] != "paper")]
    later = rows[rows["print_year"] > paper_year(data)]
    counts = later[later["kind"] == "after"]
    same = (later["value_10k"] == data.value(claim["claim_id"]) * 100).sum()
    if not counts.empty:
        alike = counts["field_zh"].isin(rows.loc[rows["value_10k"].eq(data.value("Q72") * 100), "field_zh"])
        return printed(claim, counts, counts["value_10k"] / 100, data, alike)
    zh = f"没有找到 {claim['year_end']:.0f} 年过后对缺口的统计。论文之后有 {len(later)} 处印出该年的缺口，"
    en = f"No count of the gap made after {claim['year_end']:.0f} was found. Since the paper {len(later)} prints give"
    return missing().because(
        f"{zh}都作于该年过完之前，其中 {same} 处就是论文的数。是否成真，无从得知。",
        f"{en} a gap for that year, all made before it was over; {same} of them repeat the paper's number. Whether it "
        "came true is not known.",
    )


@since("Q76")
def rebased(claim: pd.Series, data: Data) -> Judged:
    """The ratio of the paper's year by a later edition of GDP."""
    rows = data("rd_detail")
    rows = rows[rows["stage"].eq("rebased") & rows["measure"].eq("intensity") & rows["year"].eq(claim["year_end"])]
    told = "、".join(f"{value:.2f}%" for value in rows["value"])
    return printed(claim, rows, rows["value"], data).because(
        f"国内生产总值按普查上调以后，{claim['year_end']:.0f} 年的比值现印作 {told or '–'}，取一位小数仍与论文相同。",
        f"With GDP raised by a later census the ratio of {claim['year_end']:.0f} is now printed as "
        f"{told.replace('、', ', ') or '–'}, which still rounds to the paper's number.",
    )


@since("Q114")
def rising(claim: pd.Series, data: Data) -> Judged:
    """Whether the share rose in every year of the period, by the rise that each bulletin states."""
    rows = data("rd_intensity_china")
    rows = rows[rows["year"].between(claim["year_start"], claim["year_end"]) & rows["stated_rise_pp"].notna()]
    if rows.empty:
        return missing("recomputed")
    first, last, up = rows.iloc[0], rows.iloc[-1], (rows["stated_rise_pp"] > 0)
    return recomputed(claim, bool(up.all()), rows).because(
        f"{first['year']} 至 {last['year']} 年逐年所说的升幅有 {len(rows)} 个，{up.sum()} 个为正；首次公布值由 "
        f"{first['first_published_pct']:.2f}% 到 {last['first_published_pct']:.2f}%，最后一年是初步数。",
        f"Of {len(rows)} yearly rises stated for {first['year']} to {last['year']}, {up.sum()} are above zero; first "
        f"prints go from {first['first_published_pct']:.2f}% to {last['first_published_pct']:.2f}%, the last of them "
        "preliminary.",
    )


@since("Q145")
def chips(claim: pd.Series, data: Data) -> Judged:
    """Whether less than half of the chips come from China; of the three items themselves nothing was printed."""
    rows = data("chips")
    wanted = ["self_sufficiency", "produced_in_china_over_market"]
    rows = rows[rows["kind"].eq("actual") & rows["measure"].isin(wanted)].sort_values("year")
    if rows.empty:
        return missing("printed")
    last = rows.drop_duplicates("measure", keep="last")
    names = {
        "self_sufficiency": ("自给率", "self-sufficiency"),
        wanted[1]: ("在华生产占市场", "made in China over market"),
    }
    zh = "；".join(f"{names[r.measure][0]} {r.year} 年 {r.value:g}%" for r in last.itertuples())
    en = "; ".join(f"{names[r.measure][1]} {r.value:g}% in {r.year}" for r in last.itertuples())
    return printed(claim, rows, rows["value"] < 50, data, [False] * len(rows)).because(
        f"找到的只是整个芯片的比率：{zh}。光刻、离子注入和光刻胶本身没有后来的数。",
        f"Only ratios of chips as a whole were found: {en}. Of lithography, ion implantation and photoresist "
        "themselves no later number was found.",
    )


@since("Q61")
def materials(claim: pd.Series, data: Data) -> Judged:
    """A survey of key materials later than the one that the paper draws on."""
    rows = data("key_materials")
    rows = rows[(rows["category"] != "self_supplied") & (rows["survey_date"].str[:4] > str(paper_year(data)))]
    if not rows.empty:
        return printed(claim, rows, rows["share_pct"], data)
    return missing().because(
        "没有找到 2018 年之后的材料调查。论文的数无从更新。",
        "No survey of materials after 2018 was found, so that the paper's number cannot be renewed.",
    )


@since("Q148")
def fulfilled(claim: pd.Series, data: Data) -> Judged:
    """The aims of the plan of 2021 to 2025 one by one."""
    rows, found = aims(data), []
    rows = rows[(rows["doc_id"] == PLAN) & (rows["kind"] == "target")]
    for _, group in rows.groupby("target_id", sort=False):
        states = set(group["state"])
        holds = False if "reached" in states else True if "short" in states else None
        deciding = group[group["state"].isin(["reached", "short"])]
        found.append(Part(group["measure_zh"].iloc[0], group["measure_en"].iloc[0], holds, deciding))
    met, short, unknown = ([part for part in found if part.holds is holds] for holds in (False, True, None))
    return parts(found).because(
        f"2021—2025年规划的 {len(found)} 个数值目标里，按相同或相近口径已达到的 {len(met)} 个，"
        f"到期未达的 {len(short)} 个，没有可比结果的 {len(unknown)} 个。"
        f"已达到的：{'、'.join(p.zh for p in met) or '无'}；"
        f"没有可比结果的：{'、'.join(p.zh for p in unknown) or '无'}。",
        f"Of {len(found)} numeric aims of the plan for 2021 to 2025, {len(met)} are reached by the same or a near "
        f"definition, {len(short)} were missed when their year was over, and {len(unknown)} have no comparable outcome."
        f" Reached: {'; '.join(p.en for p in met) or 'none'}. Without comparable outcome: "
        f"{'; '.join(p.en for p in unknown) or 'none'}.",
    )
