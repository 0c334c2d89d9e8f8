"""Clusters, section 2.3: the division, evenness inside the Yangtze delta by pilot projects, firms in Speech Valley."""

from dataclasses import replace
from itertools import permutations

import pandas as pd

from compendium.base import texts
from compendium.base.texts import NOTHING, SEMICOLON, SENTENCE, TranslatedText, make_bilingual_text, of
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change, drop_paper_based_rows
from compendium.ledger.printed import compare_computed_value
from compendium.ledger.readings import by_reading, read_under
from compendium.ledger.rules import Judged, Part, attested, missing, parts, printed, recomputed, split_origins_by_side
from compendium.ledger.rules import bounded as within
from study.bounds import placements, regional
from study.bounds.constraints import CountProblem
from study.judgements.policy import find_paper_year
from study.judgements.registry import judges

text = texts.catalogue("study/clusters")
EVEN = 1  # members are even if their projects differ by no more


@judges("Q33")
def judge_named_clusters(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What reports say of the division, beginning with whether others name the same clusters; none measures one."""
    found, rows = attested(claim, data), data.evidence(claim["claim_id"])
    if found.agreement == "none":
        return found
    alike, otherwise = split_origins_by_side(rows, data)
    every = len(alike | otherwise)
    another = otherwise | set(data.origins(rows[rows["differs_in"].ne("")]))  # by a report on something else
    told = text("division-otherwise", every=every)
    if alike:
        told = text("division", alike=len(alike), every=every, twice=len(alike & another))
    said = [told, describe_cluster_mismatches(data), found.reason]
    named = found.told(texts.join_texts(said, SENTENCE), rows)
    gathered = read_under(claim, "gathered", data, text("division-unmeasured"))
    return by_reading(claim, {"named": named, "gathered": gathered}, data)


def describe_cluster_mismatches(data: EvidenceTables) -> TranslatedText:
    """Return which provinces a list outside the paper has in another cluster than the paper."""
    rows = data("cluster_membership").query("place_type == 'province'")
    paper, others = rows[rows["source_id"] == "paper"], drop_paper_based_rows(rows)
    found = paper.merge(others, on="adcode", suffixes=("", "_other")).query("cluster != cluster_other")
    if found.empty:
        return NOTHING
    names = data.tables.labels("cluster_membership", "cluster")
    en = data("provinces").set_index("adcode")["province_en"]
    told = []
    for r in found.drop_duplicates(["adcode", "cluster_other"]).itertuples():
        place = make_bilingual_text(r.place_zh, en[r.adcode])
        told.append(text("moved-one", place=place, ours=names[r.cluster], other=names[r.cluster_other]))
    return text("moved", provinces=texts.join_texts(told, SEMICOLON))


def bound_member_evenness(problem: CountProblem, members: list[int]) -> tuple[int, tuple[int, int] | None]:
    """Return how far two members' projects can differ, and the least and largest number that all may have.

    All may have a number if each can have it or up to EVEN more; None if there is no such number.
    """
    ends = [regional.bound_group_total(problem, [code]) for code in members]
    together = regional.bound_group_total(problem, members)
    widest = max(-regional.minimise_weighted_total(problem, {one: 1, two: -1}) for one, two in permutations(members, 2))

    def may_all_have(number: int) -> bool:
        return regional.is_feasible(problem, dict.fromkeys(members, number), dict.fromkeys(members, number + EVEN))

    least = max(0, -(-together[0] // len(members)) - EVEN, *(low - EVEN for low, _ in ends))
    most = min(together[1] // len(members), *(high for _, high in ends))
    numbers = range(least, most + 1)
    lowest = next(filter(may_all_have, numbers), None)
    levels = None if lowest is None else (lowest, next(filter(may_all_have, reversed(numbers))))
    return widest, levels


@judges("Q99")
def judge_even_delta_projects(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the members of the Yangtze delta have as many projects as each other: for certain, possibly."""
    known, provinces = placements.collect_project_evidence(data), placements.select_study_provinces(data)
    if known is None:
        return missing("bounded")
    members = provinces.index[provinces["cluster_broad"] == "yangtze_delta"].tolist()
    widest, levels = bound_member_evenness(known.problem, members)
    must = widest <= EVEN
    used = known.rows
    used = used[used["adcode"].isna() | used["adcode"].isin(members)] if "adcode" in used else used
    alike, each = text("even-possible" if levels else "even-impossible", even=EVEN), NOTHING
    if levels:
        low, high = (f"{number}–{number + EVEN}" for number in levels)
        each = text("even-levels", low=low, high=high)
    found = within(claim, (must, must or levels is not None), used)
    if found.agreement != "none":  # projects are not what the paper speaks of, so that no number of them decides
        found = replace(found, agreement="related", levers=())
    return found.told(text("even", alike=alike, widest=widest, levels=each))


@cache_until_tables_change
def list_speech_valley_counts(data: EvidenceTables) -> pd.DataFrame:
    """Return the counts of firms in China Speech Valley of the years before the paper's, in order of time."""
    counts = drop_paper_based_rows(data("speech_valley_firms")).sort_values("as_of", kind="stable")
    return counts[counts["as_of"].str[:4].astype(int) < find_paper_year(data)]


@judges("Q37")
def judge_speech_valley_firms(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether a count was below the number in the year of the paper's other data, and whether the last one is."""
    counts, limit = list_speech_valley_counts(data), claim["value_high"]
    if counts.empty:
        return missing("printed")
    said = data.evidence(claim["claim_id"])
    then = counts[counts["as_of"].str[:4].astype(int) == int(data.claim("Q12")["year_end"])]
    low = then[
        [compare_computed_value(claim, firms)[0] for firms in then["firms"]]
    ]  # one count is enough for “at some time”
    last = counts[counts["as_of"] == counts["as_of"].iloc[-1]]
    listed = texts.join_texts((text("valley-count", row=row) for row in then.itertuples()), ("，", ", "))
    final = last.iloc[-1]
    how = text("valley-past" if final["firms"] >= limit else "valley-still")
    during = Judged("printed", "differs", then) if len(then) else missing("printed")
    during = Judged("printed", "same", low, any_row=True) if len(low) else during
    found = {
        "some_time": during.told(text("valley-then", counts=listed, said=of(said, "says", SENTENCE)), [said, then]),
        "last_count": printed(claim, last, last["firms"], data).told(text("valley", final=final, how=how, limit=limit)),
    }
    levers = [("speech_valley_firms", (row,), "firms") for row in counts.index]
    judged = by_reading(claim, found, data)
    return replace(judged, levers=levers, computed=counts["firms"].tolist())


@judges("Q130")
def judge_named_park_firms(claim: pd.Series, data: EvidenceTables) -> Judged:
    """How many of the firms that the paper names each source names too."""
    rows, found = data("speech_valley_named"), attested(claim, data)
    rows = rows[rows["in_paper"].eq(True)]
    return printed(claim, rows, rows.groupby("source_id")["firm_zh"].transform("nunique"), data).told(found.reason)


@judges("Q136")
def judge_named_institutes(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What is said of each institute named, and whether they are as many as the paper names."""
    found = attested(claim, data)
    if found.agreement != "same":
        return found
    counted = recomputed(claim, found.rows["part_en"].nunique(), found.rows)
    return found if counted.agreement == "same" else counted.told(found.reason)


UNEVIDENCED = {name: text(f"part-{name.lower()}") for name in ("Q39", "Q131", "Q135", "Q182")}


@judges(*UNEVIDENCED)
def judge_parts_without_evidence(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The parts that rows are of, and the one that none is of yet, without which the whole is no match."""
    found, name = attested(claim, data), UNEVIDENCED[claim["claim_id"]]
    rows = data.evidence(claim["claim_id"])
    if found.agreement != "same" or (rows["part_en"] == name.en).any():
        return found
    judged = parts([Part(True, found.rows), Part(None, found.rows.head(0), name)])
    return judged.told(texts.join_texts([found.reason, text("part-lacking", part=name)], SENTENCE))
