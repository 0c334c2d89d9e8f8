"""Sentences of notebook 02."""

import pandas as pd

from compendium.base.texts import SEMICOLON, TranslatedText, join_texts
from compendium.notebook.begin import Notebook
from study import statistics
from study.judgements import pilots

SIZES = (*pilots.BATCHES, "Q12")


def slowing(final: pd.Series) -> dict[str, float]:
    """Return the year in which growth fell most, the two batches before it, and growth (%) before and after."""
    rates = 100 * final.pct_change()
    year = int(rates.diff().idxmin())
    past, last = final.index[final.index < year][-2:]
    return {"year": year, "last": last, "past": past, "before": rates.shift()[year], "after": rates[year]}


def right(notebook: Notebook) -> bool:
    """Tell whether the paper has every batch and their total as the sources have them."""
    return all(notebook.rows[claim].answer == "matches" for claim in SIZES)


def slowed(notebook: Notebook, final: pd.Series) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: growth in that year and in the one before."""
    heading = "figure-batches-heading" if right(notebook) else "figure-batches-heading-differ"
    return {"heading": heading} | {name: slowing(final)[name] for name in ("year", "after")}


def answer(notebook: Notebook) -> TranslatedText:
    """Say in one sentence how large the batches are, whether the paper has them right, and when growth slowed."""
    final = pilots.sizes(notebook.data)
    agree = notebook.say("answer-agree" if right(notebook) else "answer-differ")
    return notebook.say("answer", sizes=join_texts(final), total=final.sum(), agree=agree, **slowing(final))


def short(
    notebook: Notebook, final: pd.Series, combinations: pd.DataFrame, fitting: pd.DataFrame, goals: pd.DataFrame
) -> TranslatedText:
    """Say in short what was found."""
    rates, ends = 100 * final.pct_change(), zip(goals["goal"], goals["times_without"], goals["times_with"], strict=True)
    met = [notebook.say("findings-goal", goal=goal, least=least, most=most) for goal, least, most in ends]
    said: dict[str, object] = {"sizes": join_texts(final), "total": final.sum()}
    said |= {"combinations": len(combinations), "fitting": len(fitting), "fastest": rates.idxmax()}
    said |= {"fastest_rate": rates.max(), "slowest": rates.idxmin(), "slowest_rate": rates.min()}
    said |= {"compound": statistics.compound_rate(final.iloc[0], final.iloc[-1], final.index[-1] - final.index[0])}
    said |= {"first": final.index[0], "last": final.index[-1], "goals": join_texts(met, SEMICOLON)}
    return notebook.say("findings", **said)
