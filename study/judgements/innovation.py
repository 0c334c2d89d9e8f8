"""Innovation input and data, section 3.3: R&D ratios, digital equipment."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from compendium.data import datapackage
from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judging import Judged, Part, attested, missing, parts, printed, recomputed
from study.judgements.registry import judges


def said_values(values: pd.Series, places: int = 2) -> str:
    """Return values for a sentence, each once, in order of size."""
    return " / ".join(f"{value:.{places}f}" for value in sorted(set(values.dropna())))


def with_levers(judged: Judged, *levers: tuple[str, tuple[int, ...], str]) -> Judged:
    """Return the same, to be turned by these numbers only."""
    return replace(judged, levers=levers)


# R&D over GDP


@judges("Q76")
def intensity(claim: pd.Series, data: Data) -> Judged:
    """The ratio as the bulletin first printed it; a database that repeats it is a copy and measures nothing anew."""
    home, abroad = data("rd_intensity_china"), data("rd_intensity_countries")
    home = home[home["year"] == claim["year_start"]]
    if home.empty:
        return missing("printed")
    bulletin = [*home["first_published_pct"], *home["implied_revision_pct"]]
    abroad = abroad[(abroad["iso3"] == "CHN") & (abroad["year"] == claim["year_start"])]
    repeated = abroad[abroad["pct"].round(2).isin(bulletin)].assign(relation="copy")
    first, revised = said_values(home["first_published_pct"]), said_values(home["implied_revision_pct"])
    values = [*home["first_published_pct"], *repeated["pct"]]
    apart = abroad[~abroad.index.isin(repeated.index)]
    other = said_values(apart["pct"])
    return printed(claim, joined([home, repeated]), values, data).because(
        f"统计公报首次公布{first}%"
        + (f"，后修订为{revised}%。" if revised else "。")
        + f"国际数据库中有{len(repeated)}版照录，出自同一统计，不算第二次测量。"
        + (f"另有{len(apart)}版写作{other}%。" if other else ""),
        f"The bulletin first printed {first}%"
        + (f", later revised to {revised}%. " if revised else ". ")
        + f"{len(repeated)} editions of international databases repeat it from the same statistics and are no second "
        + f"measurement.{f' Other editions: {len(apart)}, with {other}%.' if other else ''}",
        apart,
    )


def members(data: Data, year: int) -> list[str]:
    """Return the countries that were members of the OECD in `year`."""
    table = data("oecd_members")
    return table.loc[table["accession_year"] <= year, "iso3"].to_list()


def ranks(table: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return, by edition and year, how China stands among the members of the OECD that the edition holds.

    Args:
        table: rows of rd_intensity_countries.
        data: the tables.

    Returns:
        vintage, year, china_pct; members; with_data; higher, lower: members above and below China; median_pct of the
        members; best, worst: China's rank among all members if those without data were all lower, or all higher.
    """
    found = []
    for (vintage, year), group in table.groupby(["vintage", "year"]):
        values, wanted = group.drop_duplicates("iso3").set_index("iso3")["pct"], members(data, year)
        others = values.reindex(wanted).dropna()
        if "CHN" not in values or others.empty:
            continue
        higher, lower = int((others > values["CHN"]).sum()), int((others < values["CHN"]).sum())
        worst = higher + len(wanted) - len(others) + 1
        counts = (len(wanted), len(others), higher, lower, others.median(), higher + 1, worst)
        found.append((vintage, year, values["CHN"], *counts))
    columns = ["members", "with_data", "higher", "lower", "median_pct", "best", "worst"]
    return pd.DataFrame(found, columns=["vintage", "year", "china_pct", *columns])


def by_edition(rows: pd.DataFrame, named: Mapping[str, tuple[str, str]]) -> tuple[str, str, pd.DataFrame]:
    """Return how far China lies below the groups that several editions have, in both languages, and the rows."""
    home, zh, en, used = rows[rows["iso3"] == "CHN"].groupby("vintage")["pct"].first(), [], [], []
    for code, (name_zh, name_en) in named.items():
        group = rows[(rows["iso3"] == code) & rows["vintage"].isin(home.index)]
        if len(group) > 1:
            gaps = group["pct"] - group["vintage"].map(home)
            zh.append(f"比{name_zh}低{gaps.min():.2f}至{gaps.max():.2f}个百分点")
            en.append(f"{gaps.min():.2f} to {gaps.max():.2f} points below the {name_en}")
            used.append(rows[rows["vintage"].isin(group["vintage"]) & rows["iso3"].isin(["CHN", code])])
    return (
        f"按各版数据，中国{'，'.join(zh)}。" if zh else "",
        f"By edition China is {', '.join(en)}. " if en else "",
        pd.concat(used).drop_duplicates() if used else rows[:0],
    )


AVERAGES = {"OED": ("OECD合计", "OECD total"), "HIC": ("高收入国家", "high-income countries"), "EUU": ("欧盟", "EU")}


def above_china(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Return, by year and group of country_groups, how many members have data and how many are above China.

    Args:
        rows: rows of one edition of rd_intensity_countries.
        data: the tables.
    """
    china = rows[rows["iso3"] == "CHN"].drop_duplicates("year").set_index("year")["pct"]
    found = rows[rows["year"].isin(china.index)].merge(data("country_groups")[["group", "iso3"]], on="iso3")
    found = found.assign(above=found["pct"] > found["year"].map(china))
    return found.groupby(["year", "group"])["above"].agg(["size", "sum"]).unstack()


@judges("Q77")
def below(claim: pd.Series, data: Data) -> Judged:
    """China beside five readings of "developed countries", in the one edition that holds most countries that year."""
    year, every = int(claim["year_start"]), data("rd_intensity_countries")
    table, groups = ranks(every[every["year"] == year], data), data("country_groups")
    if table.empty or groups.empty:
        return missing("printed")
    edition = every[every["vintage"] == table.loc[table["with_data"].idxmax(), "vintage"]]
    rows, above = edition[edition["year"] == year], above_china(edition, data)
    china, found = rows[rows["iso3"] == "CHN"], []
    told: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for code, (zh, en) in AVERAGES.items():
        average = rows[rows["iso3"] == code]
        if not average.empty:
            value, holds = average["pct"].iloc[0], bool((china["pct"] < average["pct"].iloc[0]).all())
            found.append(Part(zh, en, holds, joined([china, average])))
            told[holds].append((f"{zh}（{value:.2f}%）", f"the {en} ({value:.2f}%)"))
    for code, words in datapackage.field("country_groups", "group")["labels"].items():
        among = rows[rows["iso3"].isin(groups.loc[groups["group"] == code, "iso3"])]
        higher, size = int(above["sum", code][year]), int(above["size", code][year])
        found.append(Part(words["zh"], words["en"], 2 * higher > size, joined([china, among])))
        told[2 * higher > size].append(
            (f"{words['zh']}的多数（{size}个有{higher}个更高）", f"most of the {words['en']} ({higher} of {size})")
        )
    also_zh, also_en, also = by_edition(every[every["year"] == year], AVERAGES)
    years_zh, years_en = year_by_year(above)
    low, other = (list(zip(*told[side], strict=True)) or [("无",), ("none",)] for side in (True, False))
    pct = china["pct"].iloc[0]
    judged = parts(found).because(
        f"{year}年中国{pct:.2f}%，低于{'、'.join(low[0])}；不低于{'、'.join(other[0])}。论文没有说与谁比。"
        f"{years_zh}{also_zh}“明显”没有检验。",
        f"In {year} China, {pct:.2f}%, is below {', '.join(low[1])}; not below {', '.join(other[1])}. The paper does "
        f"not say with whom it compares. {years_en}{also_en}“Clearly” is not tested.",
        [also],
    )
    return with_levers(judged, ("rd_intensity_countries", tuple(china.index), "pct"))


def year_by_year(above: pd.DataFrame) -> tuple[str, str]:
    """Return how many of the G7, and in which years most advanced economies, are above China, in both languages."""
    g7, most = above["sum", "g7"], 2 * above["sum", "imf_advanced"] > above["size", "imf_advanced"]
    first, last, years = above.index.min(), above.index.max(), [str(year) for year in above.index[most]]
    return (
        f"逐年看，{first}–{last}年七国集团各年有{g7.min()}至{g7.max()}国高于中国；"
        f"发达经济体多数高于中国的年份是{'、'.join(years) or '无'}。",
        f"Year by year from {first} to {last}, {g7.min()} to {g7.max()} of the G7 are above China; most advanced "
        f"economies are in {', '.join(years) or 'no year'}. ",
    )


@judges("Q120")
def rising(claim: pd.Series, data: Data) -> Judged:
    """Amounts year by year; of the ratio to GDP the rise that each bulletin states, as first values do not compare."""
    home = data("rd_intensity_china")
    rows = home[home["year"].between(claim["year_start"], claim["year_end"])].dropna(subset="stated_rise_pp")
    if rows.empty:
        return missing("recomputed")
    least = rows.loc[rows["stated_rise_pp"].idxmin()]
    said = data.evidence(claim["claim_id"])
    found = [Part("强度", "ratio to GDP", bool((rows["stated_rise_pp"] > 0).all()), rows)]
    if not said.empty:
        found.insert(0, Part("经费", "amount", bool((said["comparison"] == "holds").all()), said))
    falls = home.sort_values("year")
    falls = falls[(falls["first_published_pct"].diff() < 0) & falls["year"].isin(rows["year"])]
    falls_zh = "、".join(f"{year}年" for year in falls["year"])
    falls_en = ", ".join(map(str, falls["year"]))
    judged = parts(found).because(
        f"{''.join(said['says_zh'])}{rows['year'].min()}–{rows['year'].max()}年各公报都说明了研发强度比上年的变化，"
        f"最小的是{least['year']}年的{least['stated_rise_pp']:+.2f}个百分点。"
        + (f"首次公布的数低于上年首次公布的数：{falls_zh}。" if falls_zh else ""),
        f"{' '.join([*said['says_en'], ''])}Every bulletin from {rows['year'].min()} to {rows['year'].max()} states "
        f"the change of R&D over GDP; the least is {least['stated_rise_pp']:+.2f} points in {least['year']}."
        + (f" First prints below the first print of the year before: {falls_en}." if falls_en else ""),
    )
    return with_levers(judged, ("rd_intensity_china", (least.name,), "stated_rise_pp"))


@judges("Q125")
def basic(claim: pd.Series, data: Data) -> Judged:
    """Growth of spending on basic research, and its share of R&D at both ends, as the bulletins print them."""
    rows = data("basic_research_china")
    rows = rows[(rows["vintage"] == "bulletin") & rows["year"].between(claim["year_start"], claim["year_end"])]
    if rows.empty:
        return missing("recomputed")
    rows = rows.sort_values("year")
    first, last = rows.iloc[0], rows.iloc[-1]
    share, total = 100 * rows["basic_100m_yuan"] / rows["rd_total_100m_yuan"], rows["rd_total_100m_yuan"]
    moved = rows.assign(was=share.shift(), now=share, all=100 * total.pct_change())
    slips = list(moved[moved["now"] < moved["was"]].itertuples())
    kept = bool((rows["growth_pct"] > 0).all()) and last["share_pct"] >= first["share_pct"]
    slowest = rows["growth_pct"].idxmin()
    judged = recomputed(claim, bool(kept), rows).because(
        f"{first['year']}–{last['year']}年基础研究经费最慢一年增长{rows['growth_pct'].min():g}%；"
        f"占研发经费的比重由{first['share_pct']:g}%到{last['share_pct']:g}%。"
        + "".join(
            f"按金额算，{r.year}年由{r.was:.2f}%降到{r.now:.2f}%：基础研究增长{r.growth_pct:g}%，全部研发增长{r.all:.1f}%。"
            for r in slips
        ),
        f"From {first['year']} to {last['year']} the least growth of spending on basic research in a year is "
        f"{rows['growth_pct'].min():g}%; its share of R&D went from {first['share_pct']:g}% to {last['share_pct']:g}%."
        + "".join(
            f" By the amounts it slipped in {r.year} from {r.was:.2f}% to {r.now:.2f}%: basic research grew "
            f"by {r.growth_pct:g}%, all R&D by {r.all:.1f}%."
            for r in slips
        ),
    )
    table = "basic_research_china"
    return with_levers(judged, (table, (slowest,), "growth_pct"), (table, (last.name,), "share_pct"))


@judges("Q126")
def weak_point(claim: pd.Series, data: Data) -> Judged:
    """What the rows say; beside it the shares that the bulletins print for the last years up to the claim's."""
    found, rows = attested(claim, data), data("basic_research_china")
    if found.rows.empty:
        return found
    last = int(claim["year_end"])
    rows = rows[(rows["vintage"] == "bulletin") & rows["year"].between(last - 2, last)].sort_values("year")
    zh = "、".join(f"{r.year}年{r.share_pct:g}%" for r in rows.itertuples())
    en = ", ".join(f"{r.share_pct:g}% for {r.year}" for r in rows.itertuples())
    return found.because(
        found.zh + (f"统计公报所载的我国比重：{zh}。" if zh else ""),
        found.en + (f" The bulletins print for China {en}." if en else ""),
        rows,
    )


# Digital equipment


MEASURES = {"Q79": "equipment_digitisation", "Q80": "networked_and_collecting"}


@judges(*MEASURES)
def digital(claim: pd.Series, data: Data) -> Judged:
    """The indicator in the years of the claim; one for another population speaks of something else."""
    table = data("digitalisation")
    mine = table[(table["measure"] == MEASURES[claim["claim_id"]]) & (table["source_id"] == "paper")]
    rows = outside(table[table["measure"] == MEASURES[claim["claim_id"]]])
    rows = rows[rows["as_of"].str[:4].astype(int).between(claim["year_start"], claim["year_end"])]
    if rows.empty:
        return missing("printed")
    same = rows["scope"].isin(mine["scope"])
    told = "、".join(f"{r.value_pct:g}%（{r.as_of}）" for r in rows[same].itertuples())
    told_en = ", ".join(f"{r.value_pct:g}% ({r.as_of})" for r in rows[same].itertuples())
    other = "、".join(f"{r.value_pct:g}%（{r.as_of}）" for r in rows[~same].itertuples())
    other_en = ", ".join(f"{r.value_pct:g}% ({r.as_of})" for r in rows[~same].itertuples())
    number = rows.loc[same, "source_id"].nunique()
    zh = [
        f"读到{number}处载有{told}，说的同是企业设备；和论文一样，没有说明分母是企业还是设备" if told else "",
        f"另一总体为{other}" if other else "",
    ]
    en = [
        f"Read in {number} {'source' if number == 1 else 'sources'}: {told_en}, of firms' equipment too; as in the "
        "paper, whether firms or equipment are counted is not said"
        if told
        else "",
        f"{'for' if told else 'For'} another population it is {other_en}" if other else "",
    ]
    said = f"{'；'.join(filter(None, zh))}。", f"{'; '.join(filter(None, en))}."
    return printed(claim, rows, rows["value_pct"], data, same).because(*said, rows)
