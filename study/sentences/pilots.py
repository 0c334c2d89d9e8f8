"""Sentences of notebook 02."""

import pandas as pd

from compendium.base.texts import SEMICOLON, TranslatedText, join_texts
from compendium.notebook.begin import Notebook
from study.analysis import statistics
from study.judgements import pilots

SIZES = (*pilots.BATCHES, "Q12")


def find_growth_slowdown(batch_sizes: pd.Series) -> dict[str, float]:
    """Return the year in which growth fell most, the two batches before it, and growth (%) before and after."""
    rates = 100 * batch_sizes.pct_change()
    year = int(rates.diff().idxmin())
    past, last = batch_sizes.index[batch_sizes.index < year][-2:]
    return {"year": year, "last": last, "past": past, "before": rates.shift()[year], "after": rates[year]}


def do_batch_sizes_match(notebook: Notebook) -> bool:
    """Tell whether the paper has every batch and their total as the sources have them."""
    return all(notebook.rows[claim].answer == "matches" for claim in SIZES)


def fill_slowdown_heading(notebook: Notebook, batch_sizes: pd.Series) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: growth in that year and in the one before."""
    heading = "figure-batches-heading" if do_batch_sizes_match(notebook) else "figure-batches-heading-differ"
    return {"heading": heading} | {name: find_growth_slowdown(batch_sizes)[name] for name in ("year", "after")}


def describe_batch_sizes(notebook: Notebook) -> TranslatedText:
    """Say in one sentence how large the batches are, whether the paper has them right, and when growth slowed."""
    final = pilots.compute_batch_sizes(notebook.data)
    agree = notebook.say("answer-agree" if do_batch_sizes_match(notebook) else "answer-differ")
    return notebook.say(
        "answer", sizes=join_texts(final), total=final.sum(), agree=agree, **find_growth_slowdown(final)
    )


def summarise_pilot_findings(
    notebook: Notebook, batch_sizes: pd.Series, combinations: pd.DataFrame, fitting: pd.DataFrame, goals: pd.DataFrame
) -> TranslatedText:
    """Say in short what was found."""
    rates, ends = (
        100 * batch_sizes.pct_change(),
        zip(goals["goal"], goals["times_without"], goals["times_with"], strict=True),
    )
    met = [notebook.say("findings-goal", goal=goal, least=least, most=most) for goal, least, most in ends]
    said: dict[str, object] = {"sizes": join_texts(batch_sizes), "total": batch_sizes.sum()}
    said |= {"combinations": len(combinations), "fitting": len(fitting), "fastest": rates.idxmax()}
    said |= {"fastest_rate": rates.max(), "slowest": rates.idxmin(), "slowest_rate": rates.min()}
    years = batch_sizes.index[-1] - batch_sizes.index[0]
    said |= {"compound": statistics.compute_compound_rate(batch_sizes.iloc[0], batch_sizes.iloc[-1], years)}
    said |= {"first": batch_sizes.index[0], "last": batch_sizes.index[-1], "goals": join_texts(met, SEMICOLON)}
    return notebook.say("findings", **said)
