"""Claims of the paper judged once more, by what was printed after it: leaders, maturity, R&D, talent, chips, aims."""

import pandas as pd

from compendium.ledger.evidence import Data, derived
from compendium.ledger.judges import Later
from compendium.ledger.judging import Judged, missing, printed, recomputed
from compendium.ledger.printed import printed_value
from study.aims import aims
from study.judgements.maturity import national
from study.judgements.policy import paper_year
from study.judgements.talent import prints
from study.layout import named, study

since = Later()
PLAN = "P13b"  # the plan of 2021 to 2025
LEAD = 5
SIGNS = {"=": ("有", ""), ">": ("超过", "more than "), ">=": ("不少于", "at least ")}
LISTS = {
    "excellence": ("gradient_excellence", 2025, "cumulative"),
    "lighthouse-2023": ("lighthouse", 2023, "cumulative"),
    "lighthouse-2026": ("lighthouse", 2026, "new"),
    "5g-2023": ("factory_5g", 2023, "new"),
    "5g-2024": ("factory_5g", 2024, "order_new"),
    "5g-2025": ("factory_5g", 2025, "order_unclear"),
}


def listed(rows: pd.DataFrame, programme: str, year: int, measure: str) -> pd.DataFrame:
    """Return the rows of one list."""
    return rows[(rows["programme"] == programme) & (rows["year"] == year) & (rows["measure"] == measure)]


@derived
def places(data: Data) -> pd.DataFrame:
    """Return the place of each province of the study that a list names: provinces by LISTS."""
    rows, found = data("successor_programmes"), {}
    rows = rows[rows["province_adcode"].isin(study(data).index) & rows["city"].eq("")]
    for name, chosen in LISTS.items():
        count = listed(rows, *chosen).groupby("province_adcode")["count"].last()
        found[name] = count if "order" in chosen[2] else count.rank(ascending=False, method="min")
    return pd.DataFrame(found)


@derived
def times(data: Data) -> pd.Series:
    """Return in how many of the LISTS each province is among the first, most often first; the others are left out."""
    found = places(data).le(LEAD).sum(axis=1)
    return found[found > 0].sort_values(ascending=False, kind="stable")


@derived
def preliminary(data: Data) -> set[int]:
    """Return the years of which only a preliminary R&D intensity is printed, and no bulletin."""
    rows = data("rd_intensity_china")
    return set(rows.loc[rows["stage"] == "preliminary", "year"])


def overtaken(outcomes: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return the first print above the aim for outcomes whose measure industry_scale has as well, by target_id."""
    scale = data("industry_scale")[["as_of", "label_zh", "comparator", "value"]]
    own = data("target_outcomes").set_index("outcome_id")["measure_zh"]
    rows = outcomes.assign(label_zh=outcomes["outcome_id"].map(own))[["target_id", "label_zh", "aim"]].merge(scale)
    rows = rows[(rows["value"] >= rows["aim"]) & rows["comparator"].isin(SIGNS)]
    return rows.sort_values("as_of").drop_duplicates("target_id").set_index("target_id")


def by_province(data: Data, programme: str) -> pd.DataFrame:
    """Return the running total of each province that a report names in a programme, most first; cities are none.

    As the report names them from the top, any other province has at most the smallest of these numbers.
    """
    rows = data("successor_programmes")
    rows = rows[(rows["programme"] == programme) & (rows["measure"] == "cumulative") & rows["stage"].eq("report")]
    rows = (
        rows[rows["province_adcode"].notna() & rows["city"].eq("")]
        .sort_values("as_of")
        .drop_duplicates("province_adcode", keep="last")
    )
    return rows.sort_values("count", ascending=False, kind="stable")


@since("Q26")
def leaders(claim: pd.Series, data: Data) -> Judged:
    """Which of the five are among the first five of the list that follows the pilot projects: another programme."""
    five, rows = named(claim["claim_id"], data), by_province(data, "gradient_excellence")
    if rows.empty:
        return missing("printed")
    names = data("provinces").set_index("adcode")
    first = rows.head(LEAD)
    inside = [code for code in five if code in set(first["province_adcode"])]
    outside = [code for code in five if code not in inside]
    deciding = pd.concat([rows[rows["province_adcode"].isin(inside)], first if outside else first.head(0)])
    values = [True] * len(inside) + [False] * (len(deciding) - len(inside))
    told = [names.loc[first["province_adcode"], f"province_{language}"] for language in ("zh", "en")]
    zh = "、".join(f"{name} {n}" for name, n in zip(told[0], first["count"], strict=True))
    en = ", ".join(f"{name} {n}" for name, n in zip(told[1], first["count"], strict=True))
    of = {k: names.loc[codes] for k, codes in (("in", inside), ("out", outside))}
    often = times(data)
    often_zh = "、".join(f"{name}{n}" for name, n in zip(names.loc[often.index, "province_zh"], often, strict=True))
    often_en = ", ".join(f"{name} {n}" for name, n in zip(names.loc[often.index, "province_en"], often, strict=True))
    return printed(claim, deciding, values, data, [False] * len(values)).because(
        f"旁证：另一个入选更严的计划（卓越级智能工厂）里，五省有{len(inside)}个在前{LEAD}名"
        f"（{'、'.join(of['in']['province_zh']) or '无'}）。没有点名、至多与第{LEAD}名并列的有"
        f"{'、'.join(of['out']['province_zh']) or '无'}。前几名是：{zh}；"
        f"其余省份至多{first['count'].min()}个，由行文的次序得出。"
        f"后来的{len(LISTS)}份名单里，进入前{LEAD}名的次数：{often_zh}。",
        f"Related: in another, stricter programme (excellence-level smart factories) {len(inside)} of the five are "
        f"among the first {LEAD} ({', '.join(of['in']['province_en']) or 'none'}). Not named, so tied at best: "
        f"{', '.join(of['out']['province_en']) or 'none'}. The first: {en}; any other has at most "
        f"{first['count'].min()}, by the order of the report. Times among the first {LEAD} of {len(LISTS)} later "
        f"lists: {often_en}.",
    )


@since("Q103")
def stage(claim: pd.Series, data: Data) -> Judged:
    """Whether most firms assessed after 2020 are still below level 2; they choose to take part, each year anew."""
    rows = national(data)
    rows = rows[(rows["year"] > claim["year_end"]) & rows["level_class"].eq("le1")].sort_values("year")
    if rows.empty:
        return missing("printed")
    told_zh = "、".join(f"{r.year}年{r.share_pct:g}%" for r in rows.itertuples())
    told_en = ", ".join(f"{r.share_pct:g}% in {r.year}" for r in rows.itertuples())
    half = ("超过", "more than") if rows["share_pct"].iloc[-1] > 50 else ("不到", "no more than")
    return printed(claim, rows, rows["share_pct"] > 50, data, [False] * len(rows)).because(
        f"自愿参评、每年不同的企业中，一级及以下的：{told_zh}，最近的{half[0]}一半（本项目定的界限）。"
        "“在提高”不在此检验。",
        f"Among firms that chose to take part, others each year, level 1 and below: {told_en}, {half[1]} half "
        "(our own bound). “Rising” is not tested.",
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
        told = sorted(set(counts["value_10k"]))
        return printed(claim, counts, counts["value_10k"] / 100, data, alike).because(
            f"{claim['year_end']:.0f}年过后对缺口的统计有{len(counts)}处：{'、'.join(f'{n:g}万' for n in told)}。",
            f"Counts of the gap made after {claim['year_end']:.0f}: {len(counts)}, with "
            f"{', '.join(f'{n / 100:g} million' for n in told)}.",
        )
    zh = f"没有找到{claim['year_end']:.0f}年过后对缺口的统计。论文之后有{len(later)}处载有该年的缺口，"
    en = f"No count of the gap made after {claim['year_end']:.0f} was found. Since the paper {len(later)} prints give"
    return missing().because(
        f"{zh}都作于该年过完之前，其中{same}处就是论文的数。是否成真，无从得知。",
        f"{en} a gap for that year, all made before it was over; {same} of them repeat the paper's number. Whether it "
        "came true is not known.",
    )


@since("Q76")
def rebased(claim: pd.Series, data: Data) -> Judged:
    """The ratio of the paper's year by a later edition of GDP."""
    rows = data("rd_detail")
    rows = rows[rows["stage"].eq("rebased") & rows["measure"].eq("intensity") & rows["year"].eq(claim["year_end"])]
    told, digits = "、".join(f"{value:g}%" for value in rows["value"]), printed_value(claim).decimals
    same = all(round(value, digits) == data.value(claim["claim_id"]) for value in rows["value"])
    zh, en = ("与论文相同", "the paper's number") if same else ("与论文不同", "another number than the paper's")
    return printed(claim, rows, rows["value"], data).because(
        f"{claim['year_end']:.0f}年的比值后来重新公布为{told or '–'}（应是普查后国内生产总值上调所致），"
        f"取{digits}位小数{zh}。",
        f"The ratio of {claim['year_end']:.0f} was later reprinted as {told.replace('、', ', ') or '–'} (by our "
        f"reading because a census raised GDP); rounded to the paper's decimals that is {en}.",
    )


@since("Q114")
def rising(claim: pd.Series, data: Data) -> Judged:
    """Whether the share rose in every year of the period, by the rise that each bulletin states."""
    rows = data("rd_intensity_china")
    rows = rows[rows["year"].between(claim["year_start"], claim["year_end"]) & rows["stated_rise_pp"].notna()]
    if rows.empty:
        return missing("recomputed")
    first, last, up = rows.iloc[0], rows.iloc[-1], (rows["stated_rise_pp"] > 0)
    early = ("（初步数）", " (preliminary)") if last["year"] in preliminary(data) else ("", "")
    return recomputed(claim, bool(up.all()), rows).because(
        f"{first['year']}至{last['year']}年逐年所说的升幅有{len(rows)}个，{up.sum()}个为正；论文是主张，"
        f"“稳步”这里只看每年是否上升。升幅合计{rows['stated_rise_pp'].sum():.2f}个百分点；"
        f"{last['year']}年的比值是{last['first_published_pct']:g}%{early[0]}。",
        f"Of {len(rows)} yearly rises stated for {first['year']} to {last['year']}, {up.sum()} are above zero; the "
        "paper recommends, and of “steadily” only this is tested. The rises add up to "
        f"{rows['stated_rise_pp'].sum():.2f} points; the ratio of {last['year']} is "
        f"{last['first_published_pct']:g}%{early[1]}.",
    )


@since("Q145")
def chips(claim: pd.Series, data: Data) -> Judged:
    """Whether less than half of the chips come from China since the paper, by prints that keep their wording."""
    rows = data("chips")
    rows = rows[rows["kind"].eq("actual") & rows["measure"].eq("produced_in_china_over_market")]
    rows = rows[rows["year"].ge(paper_year(data)) & rows["proof"].ne("figures")].sort_values("year")
    if rows.empty:
        return missing("printed").because(
            "光刻、离子注入和光刻胶本身没有找到后来的数；在华生产的芯片占市场的比重，论文之后的年份也没有找到留有原文的数。",
            "No later number was found for lithography, ion implantation or photoresist themselves, and none with its "
            "wording kept for the share of all chips that is made in China.",
        )
    last = rows.iloc[-1]
    return printed(claim, rows, rows["value"] < 50, data, [False] * len(rows)).because(
        f"光刻、离子注入和光刻胶本身没有后来的数；整个芯片的在华生产占市场，{last['year']}年{last['value']:g}%，"
        "以不到一半为“依赖”。",
        "Of lithography, ion implantation and photoresist themselves no later number was found; chips as a whole "
        f"made in China over the market: {last['value']:g}% in {last['year']}; less than half is read as dependent.",
    )


@since("Q61")
def materials(claim: pd.Series, data: Data) -> Judged:
    """A survey of key materials later than the one that the paper draws on."""
    rows = data("key_materials")
    rows = rows[(rows["category"] != "self_supplied") & (rows["survey_date"].str[:4] > str(paper_year(data)))]
    if not rows.empty:
        told = " / ".join(f"{share:g}%" for share in rows["share_pct"])
        return printed(claim, rows, rows["share_pct"], data).because(
            f"论文之后的材料调查，不能自给的各类占比：{told}。",
            f"Surveys of materials after the paper: shares of the types not supplied in China {told}.",
        )
    return missing().because(
        "没有找到论文之后的材料调查。论文的数无从更新。",
        "No survey of materials after the paper was found, so that the paper's number cannot be renewed.",
    )


@since("Q148")
def fulfilled(claim: pd.Series, data: Data) -> Judged:
    """The aims of the plan of 2021 to 2025; a near definition does not decide."""
    rows = aims(data)
    rows = rows[rows["doc_id"] == PLAN]
    decided = rows[rows["state"].isin(["reached", "short"])]
    decided = decided.drop_duplicates("target_id", keep="last")
    met, short = (decided[decided["state"] == state] for state in ("reached", "short"))
    near, number = (met["definition"] == "near").sum(), rows["target_id"].nunique()
    bare = number - rows.loc[rows["state"].isin(["reached", "below", "short", "late", "open"]), "target_id"].nunique()
    year, first = rows["target_year"].max(), overtaken(met, data)
    told: list[tuple[str, str]] = []
    for row in met.itertuples():
        zh, en = row.measure_zh, row.measure_en
        if row.result == "reached_by_successor":
            zh, en = f"{zh}（计入后续计划才算）", f"{en} (only if the successor programme counts)"
        if row.target_id in first.index:
            sooner = first.loc[row.target_id]
            sign, value = SIGNS[sooner["comparator"]], f"{sooner['value']:g}"
            zh += f"（{sooner['as_of']}已{sign[0]}{value}，规划印发于{row.plan_day}）"
            en += f" ({sign[1]}{value} already in {sooner['as_of']}, the plan is of {row.plan_day})"
        told.append((zh, en))
    zh, en = ("；".join(zh for zh, _ in told) or "无", "; ".join(en for _, en in told) or "none")
    over = (rows["state"].isin(["reached", "below", "short"]) & (rows["as_of"].str[:7] >= f"{year}-12")).any()
    late = (
        (f"年底过后仍未达的{len(short)}个。", f"{len(short)} missed when the year was over.")
        if over
        else (
            "可比的结果都早于年底，所以不会有到期未达的。",
            "No comparable print is of the year's end or later, so none could be missed.",
        )
    )
    found = printed(claim, decided, decided["state"] == "short", data, decided["definition"] == "same")
    return found.because(
        f"智能制造这一个规划定在{year}年的{number}个目标里，{bare}个没有可比的结果，"
        f"已达到{len(met)}个（{'都' if near == len(met) else f'其中{near}个'}只是口径相近）。达到的：{zh}。{late[0]}"
        "“预期”在这里读作这个规划的目标。",
        f"Of {number} aims for {year} in the plan for intelligent manufacturing alone, {bare} have no comparable "
        f"outcome and {len(met)} are reached ({'all' if near == len(met) else near} by a near definition only). "
        f"Reached: {en}. {late[1]} “Expectations” is read as the aims of this plan.",
    )
