"""Innovation input and data, section 3.3: R&D ratios, digital equipment."""

from dataclasses import replace

import pandas as pd

from compendium.base.texts import NOTHING, SENTENCE, TranslatedText, catalogue, join_texts, make_bilingual_text, of
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows
from compendium.ledger.readings import by_reading
from compendium.ledger.rules import Judged, Part, attested, bounded, missing, parts, printed, recomputed
from study.judgements.registry import judges

text = catalogue("study/innovation")


def format_distinct_values(values: pd.Series, places: int = 2) -> str:
    """Return values for a sentence, each once, in order of size."""
    return " / ".join(f"{value:.{places}f}" for value in sorted(set(values.dropna())))


def replace_levers(judged: Judged, *levers: tuple[str, tuple[int, ...], str]) -> Judged:
    """Return the same, to be turned by these numbers only."""
    return replace(judged, levers=levers)


# R&D over GDP


@judges("Q76")
def judge_rd_intensity(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The ratio as the bulletin first printed it; a database that repeats it is a copy and measures nothing anew."""
    home, abroad = data("rd_intensity_china"), data("rd_intensity_countries")
    home = home[home["year"] == claim["year_start"]]
    if home.empty:
        return missing("printed")
    bulletin = [*home["first_published_pct"], *home["implied_revision_pct"]]
    abroad = abroad[(abroad["iso3"] == "CHN") & (abroad["year"] == claim["year_start"])]
    repeated = abroad[abroad["pct"].round(2).isin(bulletin)].assign(relation="copy")
    first, later = (
        format_distinct_values(home["first_published_pct"]),
        format_distinct_values(home["implied_revision_pct"]),
    )
    values = [*home["first_published_pct"], *repeated["pct"]]
    apart = abroad[~abroad.index.isin(repeated.index)]
    revised = text("intensity-revised", pct=later) if later else NOTHING
    other = text("intensity-other", n=len(apart), pct=format_distinct_values(apart["pct"])) if len(apart) else NOTHING
    said = text("intensity", first=first, revised=revised, copies=len(repeated))
    judged = printed(claim, [home, repeated], values, data)
    return judged.told(join_texts([said, other], SENTENCE), apart)


def list_oecd_members(data: EvidenceTables, year: int) -> list[str]:
    """Return the countries that were members of the OECD in `year`."""
    table = data("oecd_members")
    return table.loc[table["accession_year"] <= year, "iso3"].to_list()


def rank_china_in_oecd(table: pd.DataFrame, data: EvidenceTables) -> pd.DataFrame:
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
        values, wanted = group.drop_duplicates("iso3").set_index("iso3")["pct"], list_oecd_members(data, year)
        others = values.reindex(wanted).dropna()
        if "CHN" not in values or others.empty:
            continue
        higher, lower = int((others > values["CHN"]).sum()), int((others < values["CHN"]).sum())
        worst = higher + len(wanted) - len(others) + 1
        counts = (len(wanted), len(others), higher, lower, others.median(), higher + 1, worst)
        found.append((vintage, year, values["CHN"], *counts))
    columns = ["members", "with_data", "higher", "lower", "median_pct", "best", "worst"]
    return pd.DataFrame(found, columns=["vintage", "year", "china_pct", *columns])


NAMED = ("DEU", "USA")  # the countries whose frameworks the paper gives as examples of developed ones
AVERAGES = {"OED": text("average-oed"), "HIC": text("average-hic"), "EUU": text("average-euu")}

DEVELOPED = ("OED", "HIC")  # of these the totals of developed countries as a whole; the EU is a part of them


def describe_gap_by_edition(rows: pd.DataFrame) -> tuple[TranslatedText, pd.DataFrame]:
    """Return how far China lies below the averages that several editions have, and the rows."""
    home, told, used = rows[rows["iso3"] == "CHN"].groupby("vintage")["pct"].first(), [], [rows[:0]]
    for code, name in AVERAGES.items():
        group = rows[(rows["iso3"] == code) & rows["vintage"].isin(home.index)]
        if len(group) > 1:
            gaps = group["pct"] - group["vintage"].map(home)
            told.append(text("below-gap", name=name, least=gaps.min(), most=gaps.max()))
            used.append(rows[rows["vintage"].isin(group["vintage"]) & rows["iso3"].isin(["CHN", code])])
    said = text("below-editions", gaps=join_texts(told, ("，", ", "))) if told else NOTHING
    return said, pd.concat(used).drop_duplicates()


def count_countries_above_china(rows: pd.DataFrame, data: EvidenceTables) -> pd.DataFrame:
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
def judge_rd_below_developed(claim: pd.Series, data: EvidenceTables) -> Judged:
    """China beside seven readings of "developed countries", in the one edition that holds most countries that year.

    Of the members of a group without a value nothing is known: with them more than half may be above China, or not.
    """
    year, every = int(claim["year_start"]), data("rd_intensity_countries")
    table, groups = rank_china_in_oecd(every[every["year"] == year], data), data("country_groups")
    if table.empty or groups.empty:
        return missing("printed")
    edition = every[every["vintage"] == table.loc[table["with_data"].idxmax(), "vintage"]]
    rows, above = edition[edition["year"] == year], count_countries_above_china(edition, data)
    china = rows[rows["iso3"] == "CHN"]
    pct, found = china["pct"].iloc[0], {}
    for code, name in AVERAGES.items():
        average = rows[rows["iso3"] == code]
        value = average["pct"].iloc[0] if len(average) else None
        said = text("below-average", pct=pct, year=year, name=name, value=value) if len(average) else NOTHING
        lower = None if value is None else bool(pct < value)
        found[code.lower()] = recomputed(claim, lower, [china, average]).told(said)
    for code, name in data.tables.labels("country_groups", "group").items():
        members_of = groups.loc[groups["group"] == code, "iso3"]
        among = rows[rows["iso3"].isin(members_of)]
        higher, size = int(above["sum", code][year]), len(members_of)
        unknown = size - int(above["size", code][year])
        ends = 2 * higher > size, 2 * (higher + unknown) > size
        said = text("below-most", name=name, higher=higher, size=size, unknown=unknown)
        found[code] = bounded(claim, ends, [china, among]).told(said)
    totals = rows[rows["iso3"].isin(DEVELOPED)]
    sides = {bool(pct < value) for value in totals["pct"]}
    agreed = sides.pop() if len(sides) == 1 else None
    values = {"pct": pct, "year": year}
    each = (text("below-average", name=AVERAGES[row.iso3], value=row.pct, **values) for row in totals.itertuples())
    found["general"] = recomputed(claim, agreed, [china, totals]).told(join_texts(each, SENTENCE))
    named = rows[rows["iso3"].isin(NAMED)]
    said = join_texts(
        (text("below-country", country=of(row, "country"), pct=row["pct"]) for _, row in named.iterrows())
    )
    lower = bool((pct < named["pct"]).all()) if set(named["iso3"]) == set(NAMED) else None
    said = text("below-named", pct=pct, year=year, countries=said)
    found["named"] = recomputed(claim, lower, [china, named]).told(said)
    editions, also = describe_gap_by_edition(every[every["year"] == year])
    judged = by_reading(claim, found, data)
    reason = join_texts([judged.reason, describe_years_above_china(above), editions, text("below-untested")], SENTENCE)
    return replace_levers(judged.told(reason, also), ("rd_intensity_countries", tuple(china.index), "pct"))


def describe_years_above_china(counts_above_china: pd.DataFrame) -> TranslatedText:
    """Return how many of the G7, and in which years most advanced economies, are above China."""
    g7, most = (
        counts_above_china["sum", "g7"],
        2 * counts_above_china["sum", "imf_advanced"] > counts_above_china["size", "imf_advanced"],
    )
    first, last = counts_above_china.index.min(), counts_above_china.index.max()
    years = join_texts(counts_above_china.index[most], empty=text("below-no-year"))
    return text("below-years", first=first, last=last, least=g7.min(), most=g7.max(), years=years)


@judges("Q120")
def judge_rising_rd(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Amounts year by year; of the ratio to GDP the rise that each bulletin states, as first values do not compare."""
    home = data("rd_intensity_china")
    rows = home[home["year"].between(claim["year_start"], claim["year_end"])].dropna(subset="stated_rise_pp")
    if rows.empty:
        return missing("recomputed")
    least = rows.loc[rows["stated_rise_pp"].idxmin()]
    said = data.evidence(claim["claim_id"])
    found = [Part(bool((rows["stated_rise_pp"] > 0).all()), rows)]
    if not said.empty:
        found.insert(0, Part(bool((said["comparison"] == "holds").all()), said))
    falls = home.sort_values("year", kind="stable")
    falls = falls[(falls["first_published_pct"].diff() < 0) & falls["year"].isin(rows["year"])]
    ratio = text("rising", first=rows["year"].min(), last=rows["year"].max(), least=least)
    years = join_texts(text("rising-year", year=year) for year in falls["year"])
    fell = text("rising-falls", years=years) if len(falls) else NOTHING
    judged = parts(found).told(
        join_texts([*map(make_bilingual_text, said["says_zh"], said["says_en"]), ratio, fell], SENTENCE)
    )
    return replace_levers(judged, ("rd_intensity_china", (least.name,), "stated_rise_pp"))


@judges("Q125")
def judge_basic_research(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Growth of spending on basic research, and its share of R&D at both ends, as the bulletins print them."""
    rows = data("basic_research_china")
    rows = rows[(rows["vintage"] == "bulletin") & rows["year"].between(claim["year_start"], claim["year_end"])]
    if rows.empty:
        return missing("recomputed")
    rows = rows.sort_values("year", kind="stable")
    first, last = rows.iloc[0], rows.iloc[-1]
    share, total = 100 * rows["basic_100m_yuan"] / rows["rd_total_100m_yuan"], rows["rd_total_100m_yuan"]
    moved = rows.assign(was=share.shift(), now=share, all=100 * total.pct_change())
    slips = [text("basic-slip", row=row) for row in moved[moved["now"] < moved["was"]].itertuples()]
    kept = bool((rows["growth_pct"] > 0).all()) and last["share_pct"] >= first["share_pct"]
    slowest, table = rows["growth_pct"].idxmin(), "basic_research_china"
    said = text("basic", first=first, last=last, least=rows["growth_pct"].min())
    judged = recomputed(claim, bool(kept), rows).told(join_texts([said, *slips], SENTENCE))
    return replace_levers(judged, (table, (slowest,), "growth_pct"), (table, (last.name,), "share_pct"))


@judges("Q126")
def judge_basic_research_weakness(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What the rows say; beside it the shares that the bulletins print for the last years up to the claim's."""
    found, rows = attested(claim, data), data("basic_research_china")
    if found.rows.empty:
        return found
    last = int(claim["year_end"])
    rows = rows[(rows["vintage"] == "bulletin") & rows["year"].between(last - 2, last)]
    rows = rows.sort_values("year", kind="stable")
    shares = join_texts(text("weak-share", row=row) for row in rows.itertuples())
    said = text("weak", shares=shares) if len(rows) else NOTHING
    return found.told(join_texts([found.reason, said], SENTENCE), rows)


# Digital equipment


MEASURES = {"Q79": "equipment_digitisation", "Q80": "networked_and_collecting"}


@judges(*MEASURES)
def judge_digitalisation_measure(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The indicator in the years of the claim; one for another population speaks of something else."""
    table = data("digitalisation")
    mine = table[(table["measure"] == MEASURES[claim["claim_id"]]) & (table["source_id"] == "paper")]
    rows = drop_paper_based_rows(table[table["measure"] == MEASURES[claim["claim_id"]]])
    rows = rows[rows["as_of"].str[:4].astype(int).between(claim["year_start"], claim["year_end"])]
    if rows.empty:
        return missing("printed")
    same = rows["scope"].isin(mine["scope"])
    both_groups = ([text("digital-value", row=row) for row in one.itertuples()] for one in (rows[same], rows[~same]))
    values, others = map(join_texts, both_groups)
    if same.any():
        other = NOTHING if same.all() else text("digital-other", values=others)
        said = text("digital", sources=rows.loc[same, "source_id"].nunique(), values=values, other=other)
    else:
        said = text("digital-only-other", values=others)
    both_rates = (
        find_equipment_share_pair(drop_paper_based_rows(table)) if claim["claim_id"] == "Q80" else table.head(0)
    )
    if len(both_rates):
        of_all, of_digital = both_rates["value_pct"]
        chain = {"year": both_rates["as_of"].iloc[0], "digital": of_all, "networked": of_digital}
        said = join_texts([said, text("digital-chain", share=of_all * of_digital / 100, **chain)], SENTENCE)
    return printed(claim, rows, rows["value_pct"], data, same).told(said, [rows, both_rates])


def find_equipment_share_pair(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the share of equipment that is digital, and that of this which is networked, of one source and date."""
    pair = [rows[rows["measure"] == name] for name in ("equipment_digitisation", "digital_equipment_networked")]
    keys = ["as_of", "scope", "source_id"]
    common = pair[0][keys].merge(pair[1][keys]).head(1)
    found = [one[one[keys].eq(common.iloc[0]).all(axis=1)].head(1) for one in pair] if len(common) else [rows.head(0)]
    return pd.concat(found)
