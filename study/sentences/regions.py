"""Sentences of notebook 03."""

from collections.abc import Iterable

import pandas as pd

from compendium.base.texts import SEMICOLON, TranslatedText, each, join_texts
from compendium.base.vocabulary import VERDICTS
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.begin import Notebook
from study import results
from study.bounds import regional
from study.bounds.constraints import CountProblem
from study.bounds.majorisation import IndexBound
from study.bounds.placements import (
    EVIDENCE,
    TIER,
    ProjectEvidence,
    compute_lower_bounds,
    maximise_common_minimum,
    select_study_provinces,
)
from study.judgements import judges, regions

CLAIMS = ("Q24", "Q25", "Q26", "Q27", "Q28", "Q29")


def read_paper_province_bounds(data: EvidenceTables) -> pd.DataFrame:
    """Return what the text of the paper says of single provinces: the fewest and the most projects, by adcode."""
    rows = data(EVIDENCE)
    rows = rows[(rows["source_id"] == "paper") & (rows["basis"] == "paper_text")]
    return rows.set_index("adcode")[["lower", "upper"]]


def list_confirmed_provinces(paper_bounds: pd.DataFrame, problem: CountProblem) -> list[int]:
    """Return the provinces that must have what is said of them: their bounds lie within the fewest and the most."""
    found = regional.bound_province_totals(problem).set_index("adcode").loc[paper_bounds.index]
    over = (found["upper"] > paper_bounds["upper"]).fillna(False).astype(bool)
    return paper_bounds.index[(found["lower"] >= paper_bounds["lower"]) & ~over].tolist()


def describe_figure_1_confirmation(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether Figure 1 is confirmed."""
    view, said = (
        results.require_project_evidence(notebook.data, TIER, independent=True),
        read_paper_province_bounds(notebook.data),
    )
    found = [list_confirmed_provinces(said, problem) for problem in (view.problem, view.without(view.assuming))]
    sure, firm = (pd.Series(said.index.isin(codes), said.index) for codes in found)
    return notebook.say(
        "answer" if view.missing else "answer-lists", **fill_confirmation_text(notebook, view, sure, firm)
    )


def fill_confirmation_text(
    notebook: Notebook, view: ProjectEvidence, sure: pd.Series, firm: pd.Series
) -> dict[str, object]:
    """Return what fills the answer and the heading of the key figure: how many provinces are named and left open, and
    which are confirmed.

    Args:
        notebook: that says it.
        view: what is known.
        sure: whether each of the provinces that the paper gives a number for is confirmed, by adcode.
        firm: whether it is without an assumption.
    """
    soft = sure.index[sure & ~firm]
    agree = sure & firm
    counted: dict[str, object] = {"firm": render_province_names(notebook, agree.index[agree])} if agree.any() else {}
    filled: dict[str, object] = {"named": len(sure), "open": int((~sure).sum())}
    if soft.empty:
        return filled | {"sure": notebook.say("sure-firm" if counted else "sure-none", **counted)}
    told = view.assuming[view.assuming["adcode"].isin(soft)]
    undated = set(told["adcode"]) == set(soft) and told["assumes"].eq("period").all()
    assumption = notebook.say("sure-period" if undated else "sure-other")
    counted |= {"more": render_province_names(notebook, soft), "assumption": assumption}
    said = notebook.say("sure-assumed" if "firm" in counted else "sure-only", **counted)
    return filled | {"sure": said}


def describe_province_records(notebook: Notebook, named: pd.DataFrame) -> dict[int, TranslatedText]:
    """Return what public records say of each province: the number that is certain, and whether that is confirmed."""
    found: dict[int, TranslatedText] = {}
    for code, row in named.iterrows():
        state = "open" if not row["confirmed"] else "firm" if row["confirmed_firm"] else "assumed"
        if row["lower"] == row["upper"]:
            ends = notebook.say("ranges-exact", low=row["lower"])
        else:
            ends = notebook.say("ranges-from", low=row["lower"]) if row["lower"] else notebook.say("ranges-any")
        found[code] = notebook.say(f"ranges-{state}", ends=ends)
    return found


def render_province_names(notebook: Notebook, codes: Iterable[int]) -> TranslatedText:
    """Return the names of provinces."""
    rows = select_study_provinces(notebook.data).loc[list(codes)]
    return join_texts(each(rows, "province"), empty=notebook.say("nothing"))


def describe_tier_verdicts(data: EvidenceTables, tier: int) -> TranslatedText:
    """Return the verdicts on what the paper says of the provinces, by evidence up to a tier."""
    found = {judges.assess(claim, data, evidence_tier=tier).verdict for claim in CLAIMS}
    return join_texts(VERDICTS[verdict] for verdict in sorted(found))


def bound_smallest_leader(view: ProjectEvidence, leaders: Iterable[int]) -> tuple[int, int]:
    """Return the fewest projects that the smallest of the leaders can have, and the most."""
    five = list(leaders)
    return int(compute_lower_bounds(view.problem, five).min()), maximise_common_minimum(view.problem, five)


def describe_smallest_leader(notebook: Notebook, view: ProjectEvidence, leaders: Iterable[int]) -> TranslatedText:
    """Say how many projects the smallest of the leaders can have."""
    low, high = bound_smallest_leader(view, leaders)
    return notebook.say("ranges-fewest", low=low, high=high)


def describe_coast_shares(notebook: Notebook, view: ProjectEvidence) -> TranslatedText:
    """Say which share of the projects the coast has, by three extents of the coast."""
    provinces, told = select_study_provinces(notebook.data), []
    extents = {
        "broad": provinces["cluster_broad"].isin(regions.COAST),
        "named": provinces["cluster_named"].isin(regions.COAST),
        "east": provinces["region4"] == "east",
    }
    for name, inside in extents.items():
        low, high = (
            100 * end / view.whole for end in regional.bound_group_total(view.problem, provinces.index[inside])
        )
        told.append(notebook.say(f"coast-{name}", provinces=int(inside.sum()), low=low, high=high))
    return notebook.say("coast", told=join_texts(told, SEMICOLON))


def summarise_region_findings(
    notebook: Notebook,
    view: ProjectEvidence,
    assumed_bounds: pd.DataFrame,
    assumption: TranslatedText,
    gini: Iterable[IndexBound],
) -> TranslatedText:
    """Say in short what was found; `assumed_bounds` are the bounds if `assumption` is right."""
    sure, own = (
        list_confirmed_provinces(read_paper_province_bounds(notebook.data), view.problem),
        regional.bound_province_totals(view.problem),
    )
    soft = {*sure} - {*list_confirmed_provinces(read_paper_province_bounds(notebook.data), view.without(view.assuming))}
    said: dict[str, object] = {
        "sure": render_province_names(notebook, sure),
        "soft": render_province_names(notebook, sorted(soft)),
    }
    said |= {"covered": regional.bound_provinces_with_projects(view.problem)[0], "named": int((own["lower"] > 0).sum())}
    said |= {"fixed": int((own["lower"] == own["upper"]).sum()), "provinces": len(assumed_bounds), "given": assumption}
    said |= {"exact": int((assumed_bounds["lower"] == assumed_bounds["upper"]).sum())}
    said |= {"gini": [end.value for end in gini]}
    said |= {"missing": join_texts(view.missing, empty=notebook.say("nothing"))}
    return notebook.say("findings", **said)
