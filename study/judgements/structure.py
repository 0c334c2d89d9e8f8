"""Structural claims that do more than count the items of a list: a span of years, a place in the value chain."""

import pandas as pd

from compendium.base.texts import NOTHING, SEMICOLON, SENTENCE, catalogue, each, join_texts, of
from compendium.ledger import evidence
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows
from compendium.ledger.rules import Judged, describe_origin_counts, missing, own, printed, read_stated
from study.judgements.registry import judges

text = catalogue("study/structure")
YARDSTICKS = ("domestic_va_share", "forward_share")


@judges("Q32")
def judge_reform_years(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The years from the start of reform and opening up to the paper."""
    start, end = int(claim["year_start"]), int(claim["year_end"])
    return own(claim, end - start).told(text("span", start=start, end=end, years=end - start))


@judges("Q04", "Q88", "Q111")
def judge_name_or_rank(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What is a name or a rank only."""
    return missing().told(text("named"))


def rank_china_by_value(rows: pd.DataFrame) -> int:
    """Return the place of China by value, from the top."""
    return int((rows["value_pct"] > rows.loc[rows["iso3"] == "CHN", "value_pct"].iloc[0]).sum()) + 1


@judges("Q57")
def judge_value_chain_place(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What sources say of the place in the value chain; shares of value added in trade measure something else."""
    said, exports = data.evidence("Q57"), drop_paper_based_rows(data("value_added_in_exports"))
    exports = exports[(exports["sector"] == "total") & (exports["vintage"] == "adb_mrio_2023_07")]
    rows, values = [said], [read_stated(row) for _, row in said.iterrows()]
    places = []
    for measure in YARDSTICKS:
        every = exports[exports["measure"] == measure].sort_values("value_pct", ascending=False, kind="stable")
        china = every[every["iso3"] == "CHN"].assign(differs_in="kind", relation="measurement")
        if china.empty:
            continue
        years = {year: every[every["year"] == year] for year in sorted(china["year"])}
        (last, latest), *earlier = reversed(years.items())
        rows.append(china[china["year"] == last])
        values += [rank_china_by_value(latest) == len(latest)] * len(rows[-1])
        shares = (text("value-chain-share", name=of(r, "name"), share=r["value_pct"]) for _, r in latest.iterrows())
        before = (text("value-chain-before", place=rank_china_by_value(found), year=year) for year, found in earlier)
        told = {"yardstick": text(f"value-chain-{measure}"), "shares": join_texts(shares)}
        told |= {"before": join_texts(before, ("", ""))}
        place, n = rank_china_by_value(latest), len(latest)
        places.append(text("value-chain-place", year=last, place=place, n=n, **told))
    every = evidence.join_rows(rows)
    if every.empty:
        return missing("printed")
    sides = list(zip(data.origins(every), values, strict=True))
    pro, contra = ({name for name, value in sides if value is holds} for holds in (True, False))
    others = text("value-chain-others", places=join_texts(places, SEMICOLON)) if places else NOTHING
    reasons = [*each(said, "says"), others, text("value-chain", tally=describe_origin_counts(pro, contra))]
    return printed(claim, every, values, data).tallied(pro, contra).told(join_texts(reasons, SENTENCE))
