"""Claims of the paper judged once more, by what was printed after it: leaders, maturity, R&D, talent, chips, aims."""

from typing import Any

import pandas as pd

from compendium.base import texts
from compendium.base.texts import COMMA, NOTHING, SEMICOLON, SLASH, TranslatedText, join_texts, make_bilingual_text
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change
from compendium.ledger.printed import printed_value
from compendium.ledger.rules import Judged, missing, printed, recomputed
from compendium.ledger.verdict import PostPublicationJudgements
from study.analysis.aims import list_aim_outcomes
from study.bounds.placements import list_claim_provinces, select_study_provinces
from study.judgements.maturity import list_national_shares
from study.judgements.policy import DASH, find_paper_year
from study.judgements.talent import list_talent_statements

since = PostPublicationJudgements()
text = texts.catalogue("study/since")
PLAN = "P13b"  # the plan of 2021 to 2025
LEAD = 5
SIGNS = {"=": text("sign-exact"), ">": text("sign-above"), ">=": text("sign-least")}
LISTS = {
    "excellence": ("gradient_excellence", 2025, "cumulative"),
    "lighthouse-2023": ("lighthouse", 2023, "cumulative"),
    "lighthouse-2026": ("lighthouse", 2026, "new"),
    "5g-2023": ("factory_5g", 2023, "new"),
    "5g-2024": ("factory_5g", 2024, "order_new"),
    "5g-2025": ("factory_5g", 2025, "order_unclear"),
}


@cache_until_tables_change
def rank_provinces_by_list(data: EvidenceTables) -> pd.DataFrame:
    """Return the place of each province of the study that a list names: provinces by LISTS."""
    rows, found = data("successor_programmes"), {}
    rows = rows[rows["province_adcode"].isin(select_study_provinces(data).index) & rows["city"].eq("")]
    for name, chosen in LISTS.items():
        mine = rows[(rows[["programme", "year", "measure"]] == list(chosen)).all(axis=1)]
        count = mine.groupby("province_adcode")["count"].last()
        found[name] = count if "order" in chosen[2] else count.rank(ascending=False, method="min")
    return pd.DataFrame(found)


@cache_until_tables_change
def count_top_placings(data: EvidenceTables) -> pd.Series:
    """Return in how many of the LISTS each province is among the first, most often first; the others are left out."""
    found = rank_provinces_by_list(data).le(LEAD).sum(axis=1)
    return found[found > 0].sort_values(ascending=False, kind="stable")


@cache_until_tables_change
def list_preliminary_years(data: EvidenceTables) -> set[int]:
    """Return the years of which only a preliminary R&D intensity is printed, and no bulletin."""
    rows = data("rd_intensity_china")
    return set(rows.loc[rows["stage"] == "preliminary", "year"])


def find_first_above_aim(outcomes: pd.DataFrame, data: EvidenceTables) -> pd.DataFrame:
    """Return the first print above the aim for outcomes whose measure industry_scale has as well, by target_id."""
    scale = data("industry_scale")[["as_of", "label_zh", "comparator", "value"]]
    own = data("target_outcomes").set_index("outcome_id")["measure_zh"]
    rows = outcomes.assign(label_zh=outcomes["outcome_id"].map(own))[["target_id", "label_zh", "aim"]].merge(scale)
    rows = rows[(rows["value"] >= rows["aim"]) & rows["comparator"].isin(SIGNS)]
    return rows.sort_values("as_of", kind="stable").drop_duplicates("target_id").set_index("target_id")


def list_totals_by_province(data: EvidenceTables, programme: str) -> pd.DataFrame:
    """Return the running total of each province that a report names in a programme, most first; cities are none.

    As the report names them from the top, any other province has at most the smallest of these numbers.
    """
    rows = data("successor_programmes")
    rows = rows[(rows["programme"] == programme) & (rows["measure"] == "cumulative") & rows["stage"].eq("report")]
    rows = rows[rows["province_adcode"].notna() & rows["city"].eq("")].sort_values("as_of", kind="stable")
    return rows.drop_duplicates("province_adcode", keep="last").sort_values("count", ascending=False, kind="stable")


def join_percentages(values: pd.Series, separator: tuple[str, str]) -> TranslatedText:
    """Return values as a list of percentages."""
    return join_texts((text("percent", value=value) for value in values), separator, DASH)


@since("Q26")
def leaders(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Which of the five are among the first five of the list that follows the pilot projects: another programme."""
    five, rows = list_claim_provinces(claim["claim_id"], data), list_totals_by_province(data, "gradient_excellence")
    if rows.empty:
        return missing("printed")
    first = rows.head(LEAD)
    inside = [code for code in five if code in set(first["province_adcode"])]
    outside = [code for code in five if code not in inside]
    deciding = pd.concat([rows[rows["province_adcode"].isin(inside)], first if outside else first.head(0)])
    values = [True] * len(inside) + [False] * (len(deciding) - len(inside))
    every = data("provinces")
    titles = map(make_bilingual_text, every["province_zh"], every["province_en"])
    names = dict(zip(every["adcode"], titles, strict=True))
    top = zip(first["province_adcode"], first["count"], strict=True)
    said: dict[str, object] = {"lead": LEAD, "inside": len(inside)}
    said |= {"among": join_texts((names[code] for code in inside), empty=text("none"))}
    said |= {"beyond": join_texts((names[code] for code in outside), empty=text("none"))}
    said |= {"first": join_texts(text("leaders-count", name=names[code], n=n) for code, n in top)}
    said |= {"least": first["count"].min(), "lists": len(LISTS)}
    often = count_top_placings(data).items()
    said |= {"often": join_texts(text("leaders-times", name=names[code], n=n) for code, n in often)}
    told = text("leaders", **said)
    return printed(claim, deciding, values, data, [False] * len(values)).told(told)


@since("Q103")
def stage(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether most firms assessed after 2020 are still below level 2; they choose to take part, each year anew."""
    rows = list_national_shares(data)
    rows = rows[(rows["year"] > claim["year_end"]) & rows["level_class"].eq("le1")].sort_values("year", kind="stable")
    if rows.empty:
        return missing("printed")
    told = join_texts(text("stage-year", row=row) for row in rows.itertuples())
    half = text("stage-more" if rows["share_pct"].iloc[-1] > 50 else "stage-less")
    found = printed(claim, rows, rows["share_pct"] > 50, data, [False] * len(rows))
    return found.told(text("stage", shares=told, half=half))


@since("Q72")
def gap(claim: pd.Series, data: EvidenceTables) -> Judged:
    """A count of the gap made after the year it is for; later prints that repeat the forecast are none."""
    rows = list_talent_statements(data)
    rows = rows[(rows["measure"] == "gap") & (rows["year"] == claim["year_end"]) & (rows["source_id"] != "paper")]
    later = rows[rows["print_year"] > find_paper_year(data)]
    counts = later[later["kind"] == "after"]
    year, number = claim["year_end"], data.value(claim["claim_id"]) * 100
    if counts.empty:
        return missing().told(text("gap-none", year=year, prints=len(later), same=later["value_10k"].eq(number).sum()))
    alike = counts["field_zh"].isin(rows.loc[rows["value_10k"].eq(number), "field_zh"])
    found = sorted(set(counts["value_10k"]))
    told = join_texts(text("gap-number", n=make_bilingual_text(f"{n:g}", f"{n / 100:g}")) for n in found)
    judged = printed(claim, counts, counts["value_10k"] / 100, data, alike)
    return judged.told(text("gap", year=year, counts=len(counts), numbers=told))


@since("Q76")
def rebased(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The ratio of the paper's year by a later edition of GDP."""
    rows = data("rd_detail")
    rows = rows[rows["stage"].eq("rebased") & rows["measure"].eq("intensity") & rows["year"].eq(claim["year_end"])]
    same = all(printed_value(claim).contains(value, value) for value in rows["value"])
    how = text("rebased-same" if same else "rebased-other")
    told = text("rebased", year=claim["year_end"], values=join_percentages(rows["value"], COMMA), how=how)
    return printed(claim, rows, rows["value"], data).told(told)


@since("Q114")
def rising(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the share rose in every year of the period, by the rise that each bulletin states."""
    rows = data("rd_intensity_china")
    rows = rows[rows["year"].between(claim["year_start"], claim["year_end"]) & rows["stated_rise_pp"].notna()]
    if rows.empty:
        return missing("recomputed")
    first, last, up = rows.iloc[0], rows.iloc[-1], (rows["stated_rise_pp"] > 0)
    early = text("rising-preliminary") if last["year"] in list_preliminary_years(data) else NOTHING
    said = {"first": first, "last": last, "rises": len(rows), "up": up.sum(), "points": rows["stated_rise_pp"].sum()}
    return recomputed(claim, bool(up.all()), rows).told(text("rising", early=early, **said))


@since("Q145")
def chips(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether less than half of the chips come from China since the paper, by prints that keep their wording."""
    rows = data("chips")
    rows = rows[rows["kind"].eq("actual") & rows["measure"].eq("produced_in_china_over_market")]
    rows = rows[rows["year"].ge(find_paper_year(data)) & rows["proof"].ne("figures")].sort_values("year", kind="stable")
    if rows.empty:
        return missing("printed").told(text("chips-none"))
    found = printed(claim, rows, rows["value"] < 50, data, [False] * len(rows))
    return found.told(text("chips", last=rows.iloc[-1]))


@since("Q61")
def materials(claim: pd.Series, data: EvidenceTables) -> Judged:
    """A survey of key materials later than the one that the paper draws on."""
    rows = data("key_materials")
    rows = rows[(rows["category"] != "self_supplied") & (rows["survey_date"].str[:4] > str(find_paper_year(data)))]
    if rows.empty:
        return missing().told(text("materials-none"))
    told = text("materials", shares=join_percentages(rows["share_pct"], SLASH))
    return printed(claim, rows, rows["share_pct"], data).told(told)


@since("Q148")
def fulfilled(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The aims of the plan of 2021 to 2025: one missed shows a gap, only all reached none; near ones neither."""
    rows = list_aim_outcomes(data)
    rows = rows[rows["doc_id"] == PLAN]
    if rows.empty:
        return missing("printed")
    decided = rows[rows["state"].isin(["reached", "short"])]
    decided = decided.drop_duplicates("target_id", keep="last")
    met, short = (decided[decided["state"] == state] for state in ("reached", "short"))
    near, number = (met["definition"] == "near").sum(), rows["target_id"].nunique()
    bare = number - rows.loc[rows["state"].isin(["reached", "below", "short", "late", "open"]), "target_id"].nunique()
    year, first = rows["target_year"].max(), find_first_above_aim(met, data)
    over = (rows["state"].isin(["reached", "below", "short"]) & (rows["as_of"].str[:7] >= f"{year}-12")).any()
    undecided = len(met) and short.empty and len(met) < number
    said: dict[str, object] = {"year": year, "aims": number, "bare": bare, "met": len(met)}
    said |= {"near": text("aims-all") if near == len(met) else text("aims-near", n=near)}
    said |= {"side": text("aims-open") if undecided else NOTHING}
    reached = (describe_reached_aim(aim, first) for aim in met.itertuples())
    said |= {"reached": join_texts(reached, SEMICOLON, text("none"))}
    said |= {"late": text("aims-late", n=len(short)) if over else text("aims-early")}
    told = text("aims", **said)
    if undecided:
        return Judged("parts", "related", decided, (False, True)).told(told)
    return printed(claim, decided, decided["state"] == "short", data, decided["definition"] == "same").told(told)


def describe_reached_aim(aim: Any, first_above_aim: pd.DataFrame) -> TranslatedText:
    """Return the measure of an aim that was reached, and what was printed above it before the plan: see
    `find_first_above_aim`."""
    name = make_bilingual_text(aim.measure_zh, aim.measure_en)
    if aim.result == "reached_by_successor":
        name = text("aims-successor", measure=name)
    if aim.target_id not in first_above_aim.index:
        return name
    sooner = first_above_aim.loc[aim.target_id]
    return text("aims-sooner", measure=name, sign=SIGNS[sooner["comparator"]], sooner=sooner, aim=aim)
