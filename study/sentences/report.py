"""Sentences of notebook 12."""

import math
from functools import partial

import pandas as pd
from IPython.display import Markdown

from compendium.base.texts import TranslatedText, join_texts, make_markdown_text
from compendium.base.vocabulary import ANSWERS, VERDICTS, find_answer_category
from compendium.ledger.claims import ledger_to_frame, read_ledger
from compendium.ledger.record import show_values
from compendium.notebook.begin import Notebook
from compendium.notebook.wording import render_bilingual_markdown
from compendium.pages import findings
from compendium.run import sweep, sweep_choices
from study.analysis import report


def describe_headline_verdicts(notebook: Notebook) -> TranslatedText:
    """Say in one sentence how the headline claims fare."""
    verdicts = [one.verdict for one in notebook.rows.values() if one.weight == "headline"]
    counted = {key: sum(find_answer_category(verdict) == key for verdict in verdicts) for key in ANSWERS}
    confirmed = verdicts.count("confirmed")
    told = notebook.say("answer-confirmed", number=confirmed) if confirmed else notebook.say("answer-confirmed-none")
    return notebook.say("answer", headline=len(verdicts), confirmed=told, **counted)


def fill_headline_claims_heading(core: pd.Series) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: the headline claims by answer."""
    return {"number": core.sum(), **core[list(ANSWERS)]}


def name_readings(notebook: Notebook) -> dict[str, TranslatedText]:
    """Return by column of `report.list_answers_by_strictness`, and of the answer itself, how it is called."""
    return {name: notebook.say(f"reading-{name}") for name in ("answer", "charitable", "plainest", "strictest")}


def fill_flips_heading(tally: pd.DataFrame) -> dict[str, object]:
    """Return what fills the heading of the figure of flips: claims by the smallest change, a column an answer."""
    numbers = tally.reindex(columns=["matches", "unsettled"], fill_value=0)
    exact, settled = numbers.loc["answer"]
    return {**numbers.sum(), "exact": exact, "settled": settled}


def render_main_findings(notebook: Notebook) -> Markdown:
    """Return the declared findings as a list, those withdrawn at its end."""
    found = findings.fill_findings(notebook.c, read_ledger(notebook.c))
    return render_bilingual_markdown(
        make_markdown_text(partial(findings.render_findings_list, found)), notebook.c.shown
    )


def describe_lost_verdicts(notebook: Notebook, fate: pd.DataFrame, others: int) -> TranslatedText:
    """Say how many verdicts lose their ground; `fate`: verdict, kept, lost; `others` rest on no outside evidence."""
    lost, kept = fate["lost"].sum(), fate["kept"].sum()
    words = (VERDICTS[verdict] for verdict in fate.loc[fate["kept"] == 0, "verdict"])
    all_lost = join_texts(words, empty=notebook.say("none"))
    return notebook.say("what-if-say", backed=lost + kept, lost=lost, kept=kept, all_lost=all_lost, others=others)


def describe_sweep_dependence(notebook: Notebook, ledger: pd.DataFrame) -> TranslatedText:
    """Say how many verdicts depend on the declared choices, and for which claims the sweep is older than the ledger."""
    robust, varied = (
        sweep.read_sweep_table(notebook.c, "robustness").set_index("item"),
        sweep_choices.select_sweep_choices(notebook.c),
    )
    judged = ledger_to_frame(read_ledger(notebook.c)).loc[lambda rows: rows.index.isin(robust.index)]
    rows = robust.loc[judged.index]
    taken = sweep_choices.list_choices_by_item(notebook.c, varied, list(rows.index))
    reached = pd.Series({claim: bool(taken[claim]) for claim in rows.index})
    by = [choice for name, choice in varied.items() if any(name in names for names in taken.values())]
    held = rows["share"] == 1
    other = (rows["verdict"] != judged["verdict"]) | (rows["value"] != judged["value_computed"].map(show_values))
    said: dict[str, object] = {"choices": len(varied), "specifications": robust["judged"].max()}
    said |= {"swept": len(rows), "reached": int(reached.sum()), "by": join_texts(by)}
    said |= {"distinct": math.prod(len(choice.values) for choice in by), "held": int(held[reached].sum())}
    said |= {"changed": int((~held).sum())}
    said |= {"other": join_texts(judged.index[other], empty=notebook.say("none"))}
    said |= {"new": len(ledger) - len(judged)}
    return notebook.say("sweep", **said)


def describe_noticed_faults(notebook: Notebook, faults: pd.DataFrame) -> TranslatedText:
    """Say how many faults that were planted were noticed, by any layer and by the verdicts alone.

    Args:
        faults: the table faults of data/verification.
    """
    whole = faults[faults["kind"] == "all"].iloc[0]
    numbers = report.read_verification_table(notebook.c, "rates").set_index("rate").loc["falsified"]
    return notebook.say("checks-say", all=whole, placed=100 * whole["place_named"] / whole["noticed"], numbers=numbers)
