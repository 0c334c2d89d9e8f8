"""Sentences of notebook 03."""

from collections.abc import Iterable

import pandas as pd

from compendium.base.texts import SEMICOLON, TranslatedText, each, join_texts
from compendium.base.vocabulary import VERDICTS
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.begin import Notebook
from study import bounds, results
from study.judgements import judges, regions
from study.layout import EVIDENCE, TIER, Known, fewest_of, largest_bar, study
from study.majorisation import Extreme

CLAIMS = ("Q24", "Q25", "Q26", "Q27", "Q28", "Q29")


def paper(data: EvidenceTables) -> pd.DataFrame:
    """Return what the text of the paper says of single provinces: the fewest and the most projects, by adcode."""
    rows = data(EVIDENCE)
    rows = rows[(rows["source_id"] == "paper") & (rows["basis"] == "paper_text")]
    return rows.set_index("adcode")[["lower", "upper"]]


def confirmed(said: pd.DataFrame, problem: bounds.Problem) -> list[int]:
    """Return the provinces that must have what is said of them: their bounds lie within the fewest and the most."""
    found = bounds.totals(problem).set_index("adcode").loc[said.index]
    over = (found["upper"] > said["upper"]).fillna(False).astype(bool)
    return said.index[(found["lower"] >= said["lower"]) & ~over].tolist()


def answer(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether Figure 1 is confirmed."""
    view, said = results.known(notebook.data, TIER, independent=True), paper(notebook.data)
    found = [confirmed(said, problem) for problem in (view.problem, view.without(view.assuming))]
    sure, firm = (pd.Series(said.index.isin(codes), said.index) for codes in found)
    return notebook.say("answer" if view.missing else "answer-lists", **confirms(notebook, view, sure, firm))


def confirms(notebook: Notebook, view: Known, sure: pd.Series, firm: pd.Series) -> dict[str, object]:
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
    counted: dict[str, object] = {"firm": names(notebook, agree.index[agree])} if agree.any() else {}
    filled: dict[str, object] = {"named": len(sure), "open": int((~sure).sum())}
    if soft.empty:
        return filled | {"sure": notebook.say("sure-firm" if counted else "sure-none", **counted)}
    told = view.assuming[view.assuming["adcode"].isin(soft)]
    undated = set(told["adcode"]) == set(soft) and told["assumes"].eq("period").all()
    assumption = notebook.say("sure-period" if undated else "sure-other")
    counted |= {"more": names(notebook, soft), "assumption": assumption}
    said = notebook.say("sure-assumed" if "firm" in counted else "sure-only", **counted)
    return filled | {"sure": said}


def records(notebook: Notebook, named: pd.DataFrame) -> dict[int, TranslatedText]:
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


def names(notebook: Notebook, codes: Iterable[int]) -> TranslatedText:
    """Return the names of provinces."""
    rows = study(notebook.data).loc[list(codes)]
    return join_texts(each(rows, "province"), empty=notebook.say("nothing"))


def verdicts(data: EvidenceTables, tier: int) -> TranslatedText:
    """Return the verdicts on what the paper says of the provinces, by evidence up to a tier."""
    found = {judges.assess(claim, data, evidence_tier=tier).verdict for claim in CLAIMS}
    return join_texts(VERDICTS[verdict] for verdict in sorted(found))


def smallest(view: Known, leaders: Iterable[int]) -> tuple[int, int]:
    """Return the fewest projects that the smallest of the leaders can have, and the most."""
    five = list(leaders)
    return int(fewest_of(view.problem, five).min()), largest_bar(view.problem, five)


def fewest(notebook: Notebook, view: Known, leaders: Iterable[int]) -> TranslatedText:
    """Say how many projects the smallest of the leaders can have."""
    low, high = smallest(view, leaders)
    return notebook.say("ranges-fewest", low=low, high=high)


def coast(notebook: Notebook, view: Known) -> TranslatedText:
    """Say which share of the projects the coast has, by three extents of the coast."""
    provinces, told = study(notebook.data), []
    extents = {
        "broad": provinces["cluster_broad"].isin(regions.COAST),
        "named": provinces["cluster_named"].isin(regions.COAST),
        "east": provinces["region4"] == "east",
    }
    for name, inside in extents.items():
        low, high = (100 * end / view.whole for end in bounds.group(view.problem, provinces.index[inside]))
        told.append(notebook.say(f"coast-{name}", provinces=int(inside.sum()), low=low, high=high))
    return notebook.say("coast", told=join_texts(told, SEMICOLON))


def short(
    notebook: Notebook, view: Known, believed: pd.DataFrame, given: TranslatedText, gini: Iterable[Extreme]
) -> TranslatedText:
    """Say in short what was found; `believed` are the bounds if `given` is right."""
    sure, own = confirmed(paper(notebook.data), view.problem), bounds.totals(view.problem)
    soft = {*sure} - {*confirmed(paper(notebook.data), view.without(view.assuming))}
    said: dict[str, object] = {"sure": names(notebook, sure), "soft": names(notebook, sorted(soft))}
    said |= {"covered": bounds.covered(view.problem)[0], "named": int((own["lower"] > 0).sum())}
    said |= {"fixed": int((own["lower"] == own["upper"]).sum()), "provinces": len(believed), "given": given}
    said |= {"exact": int((believed["lower"] == believed["upper"]).sum())}
    said |= {"gini": [end.value for end in gini]}
    said |= {"missing": join_texts(view.missing, empty=notebook.say("nothing"))}
    return notebook.say("findings", **said)
