"""Clusters, section 2.3: the division, evenness inside the Yangtze delta by pilot projects, firms in Speech Valley."""

import math
from dataclasses import replace
from itertools import permutations

import pandas as pd

from compendium.data import datapackage
from compendium.ledger.evidence import Data, derived, joined, outside
from compendium.ledger.judging import Judged, attested, either_side, missing, printed
from compendium.ledger.judging import bounded as within
from study import bounds, layout
from study.judgements.policy import paper_year
from study.judgements.registry import judges

EVEN = 1  # members are even if their projects differ by no more


@judges("Q33")
def division(claim: pd.Series, data: Data) -> Judged:
    """Judged by what reports say of the division; the reason begins with how many origins name the same clusters."""
    found, rows = attested(claim, data), data.evidence(claim["claim_id"])
    if not found.zh:
        return found
    alike, otherwise = either_side(rows, data)
    both, other = len(alike & otherwise), len(otherwise - alike)
    moved_zh, moved_en = placed_otherwise(data)
    return found.because(
        f"论文以外有{len(alike)}个出处分出同名的区，其中{both}个在另一份报告里分法不同；"
        f"{f'只有别种分法的出处有{other}个' if other else '没有哪个出处只用别种分法'}。"
        f"都不说明项目集中于此。{moved_zh}{found.zh}",
        f"The same clusters are named by {len(alike)} of the {len(alike | otherwise)} origins outside the paper, and "
        f"by {both} of them otherwise in another report. None shows that projects gather there. {moved_en}{found.en}",
        rows,
    )


def placed_otherwise(data: Data) -> tuple[str, str]:
    """Return which provinces a list outside the paper has in another cluster than the paper, in both languages."""
    rows = data("cluster_membership").query("place_type == 'province'")
    paper, others = rows[rows["source_id"] == "paper"], outside(rows)
    found = paper.merge(others, on="adcode", suffixes=("", "_other")).query("cluster != cluster_other")
    if found.empty:
        return "", ""
    names = datapackage.field("cluster_membership", "cluster")["labels"]
    english = data("provinces").set_index("adcode")["province_en"]
    told = list(found.drop_duplicates(["adcode", "cluster_other"]).itertuples())
    zh = "；".join(f"{r.place_zh}，论文归{names[r.cluster]['zh']}，别处归{names[r.cluster_other]['zh']}" for r in told)
    en = "; ".join(
        f"{english[r.adcode]} is in {names[r.cluster]['en']} in the paper, elsewhere in {names[r.cluster_other]['en']}"
        for r in told
    )
    return f"名称相同，范围不尽相同：{zh}。", f"The names are alike, the provinces in them not all: {en}. "


def evenness(facts: bounds.Problem, members: list[int]) -> tuple[int, tuple[int, int] | None]:
    """Return how far two members' projects can differ, and the least and largest number that all may have.

    All may have a number if each can have it or up to EVEN more; None if there is no such number.
    """
    ends = [bounds.group(facts, [code]) for code in members]
    together = bounds.group(facts, members)
    widest = max(-bounds.least(facts, {one: 1, two: -1}) for one, two in permutations(members, 2))

    def may_all_have(number: int) -> bool:
        return bounds.possible(facts, dict.fromkeys(members, number), dict.fromkeys(members, number + EVEN))

    least = max(0, -(-together[0] // len(members)) - EVEN, *(low - EVEN for low, _ in ends))
    most = min(together[1] // len(members), *(high for _, high in ends))
    numbers = range(least, most + 1)
    lowest = next(filter(may_all_have, numbers), None)
    levels = None if lowest is None else (lowest, next(filter(may_all_have, reversed(numbers))))
    return widest, levels


@judges("Q99")
def even(claim: pd.Series, data: Data) -> Judged:
    """Whether the members of the Yangtze delta have as many projects as each other: for certain, possibly."""
    known, provinces = layout.known(data), layout.study(data)
    if known is None:
        return missing("bounded")
    members = provinces.index[provinces["cluster_broad"] == "yangtze_delta"].tolist()
    widest, levels = evenness(known.problem, members)
    must = widest <= EVEN
    used = known.rows
    used = used[used["adcode"].isna() | used["adcode"].isin(members)] if "adcode" in used else used
    same_zh, same_en = f"各成员不可能相差{EVEN}个以内", f"all members cannot lie within {EVEN}"
    if levels:
        low, high = (f"{number}–{number + EVEN}" for number in levels)
        same_zh = f"各成员的项目数可以相差不超过{EVEN}个，少则各{low}个，多则各{high}个"
        same_en = f"all members may lie within {EVEN} of each other, from {low} each up to {high}"
    found = within(claim, (must, must or levels is not None), used)
    if found.agreement != "none":  # projects are not what the paper speaks of, so that no number of them decides
        found = replace(found, agreement="related", levers=())
    return found.because(
        f"以试点项目数衡量，论文以外的证据中，{same_zh}，两个成员最多可以相差{widest}个。论文没有说均衡指什么；"
        "项目数不等于发展水平，也没有用论文自己的数。",
        f"By pilot projects and evidence outside the paper, {same_en}, and two members may differ by up to {widest}. "
        "The paper does not say what is even; projects are not development, and the paper's own numbers are not used.",
    )


@derived
def valley_counts(data: Data) -> pd.DataFrame:
    """Return the counts of firms in China Speech Valley of the years before the paper's, in order of time."""
    counts = outside(data("speech_valley_firms")).sort_values("as_of")
    return counts[counts["as_of"].str[:4].astype(int) < paper_year(data)]


@judges("Q37")
def speech_valley(claim: pd.Series, data: Data) -> Judged:
    """The last count before the year of the paper speaks of the paper's time, earlier ones of another."""
    counts, said = valley_counts(data), data.evidence(claim["claim_id"])
    if counts.empty and said.empty:
        return missing("printed")
    last = counts["as_of"] == counts["as_of"].max()
    values = [*counts["firms"], *(said["comparison"] == "holds")]
    found = printed(claim, [counts, said], values, data, [*last, *said["differs_in"].eq("")])
    levers = [("speech_valley_firms", (row,), "firms") for row in counts.index]
    held = said[(said["comparison"] == "holds") & (said["differs_in"] == "time")]
    if found.agreement == "differs" and len(held) and len(counts):
        # no count was below, but there is word of a time when it was
        found = replace(found, agreement="relabelled", rows=held, difference=math.nan)
    if found.agreement == "relabelled":  # the last count is needed to tell that the others are out of date
        sides = (*(False,) * len(found.rows), *(True,) * int(last.sum()))
        found = replace(found, rows=joined([found.rows, counts[last]]), sides=sides)
    listed_zh = "，".join(f"{r.as_of}为{r.firms}" for r in counts.itertuples())
    listed_en = ", ".join(f"{r.firms:,} in {r.as_of}" for r in counts.itertuples())
    zh, en = ("论文之年以前没有计数。", "There is no count before the year of the paper.")
    if len(counts):
        final, limit = counts.iloc[-1], claim["value_high"]
        past = final["firms"] >= limit
        zh = (
            f"论文没有注明时点，也没有下限；发表之年以前最后一次统计（{final['as_of']}）是{final['firms']}家，"
            f"{'不再' if past else '仍'}低于{limit:.0f}家。各次计数：{listed_zh}。“接近”没有检验。"
        )
        en = (
            f"The paper gives no date and no floor; the last count before its year, {final['as_of']}, is "
            f"{final['firms']:,}: {'no longer' if past else 'still'} below {limit:,.0f}. Counts: {listed_en}. “Nearly” "
            "is not tested."
        )
    return replace(found, levers=levers or None, computed=counts["firms"].tolist()).because(
        f"{zh}{''.join(said['says_zh'])}", " ".join([en, *said["says_en"]]), [counts, said]
    )
