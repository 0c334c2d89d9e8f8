"""Sentences of notebook 05."""

import pandas as pd

from compendium.base.texts import TranslatedText
from compendium.notebook.begin import Notebook
from study.judgements import maturity


def describe_level_one_population(notebook: Notebook) -> TranslatedText:
    """Say in one sentence which firms the share that the paper gives for level 1 counts."""
    claim, rows = notebook.data.claim("Q42"), maturity.list_national_shares(notebook.data)
    year = rows[(rows["year"] == claim["year_start"]) & rows["level_class"].isin(["1", "le1"])]
    lowest = year.drop_duplicates("level_class").set_index("level_class")["share_pct"]
    if "1" in lowest:
        return notebook.say("answer-split", share=notebook.data.value("Q42"), one=lowest["1"])
    return notebook.say("answer", share=lowest["le1"])


def describe_jiangsu_split(
    notebook: Notebook, jiangsu: pd.Series, jiangsu_year: int, year: int, national_lowest: float
) -> TranslatedText:
    """Say how Jiangsu's lowest class divides, and what that would mean for the country."""
    said: dict[str, object] = {"when": jiangsu_year, "level_one": jiangsu["1"], "below": jiangsu["lt1"]}
    said |= {"missing": 100 * jiangsu["lt1"] / jiangsu["le1"], "year": year}
    said |= {"one": national_lowest * jiangsu["1"] / jiangsu["le1"], "lowest": national_lowest}
    return notebook.say("split-say", **said)


def select_first_and_last_year(rest_bounds: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the first and the last year in which the weight of Jiangsu is bounded."""
    known = rest_bounds[rest_bounds["weight_high"] < 1]
    return known.iloc[0], known.iloc[-1]


def do_rest_bounds_overlap(rest_bounds: pd.DataFrame) -> bool:
    """Tell whether the bounds outside Jiangsu of these two years overlap, so that the direction is not known."""
    first, last = select_first_and_last_year(rest_bounds)
    return bool(last["free_low_pct"] <= first["free_high_pct"] and first["free_low_pct"] <= last["free_high_pct"])


def summarise_maturity_findings(
    notebook: Notebook, intervals: pd.DataFrame, rest: pd.DataFrame, in_front: float, chance: float
) -> TranslatedText:
    """Say in short what was found."""
    low, high = intervals.loc["le1", ["lower_pct", "upper_pct"]]
    first, last = select_first_and_last_year(rest)
    said: dict[str, object] = {"share": intervals.loc["le1", "share_pct"], "width": high - low}
    said |= {"first": first, "last": last, "years": [first.name, last.name]}
    said |= {"direction": notebook.say("findings-overlap" if do_rest_bounds_overlap(rest) else "findings-apart")}
    said |= {"in_front": in_front, "chance": chance}
    return notebook.say("findings", **said)
