"""Sentences of notebook 12."""

import math
from collections.abc import Mapping
from functools import partial

import pandas as pd
from IPython.display import Markdown

from compendium.ledger.claims import stored
from compendium.run import declared, sweep
from compendium.show import findings
from compendium.show.wording import multilingual, say
from compendium.texts import Text, joined
from compendium.vocabulary import ANSWERS, VERDICTS, answered
from study import report


def answer(rows: Mapping[str, Mapping[str, str]]) -> Text:
    """Say in one sentence how the headline claims fare; `rows`: of the ledger, by claim."""
    verdicts = [row["verdict"] for row in rows.values() if row["weight"] == "headline"]
    counted = {key: sum(answered(verdict) == key for verdict in verdicts) for key in ANSWERS}
    return say("answer", headline=len(verdicts), confirmed=verdicts.count("confirmed"), **counted)


def fared(core: pd.Series) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: the headline claims by answer."""
    told = {"number": core.sum(), **core[["matches", "unsettled"]]}
    return told | ({"correct": core["correct"]} if core["correct"] else {"heading": "figure-verdicts-heading-none"})


def main_findings() -> Markdown:
    """Return the declared findings as a list, those withdrawn at its end."""
    return multilingual(Text(partial(findings.listed, findings.key_findings(stored()))))


def lost(fate: pd.DataFrame, others: int) -> Text:
    """Say how many verdicts lose their ground; `fate`: verdict, kept, lost; `others` rest on no outside evidence."""
    lost, kept = fate["lost"].sum(), fate["kept"].sum()
    all_lost = joined((VERDICTS[verdict] for verdict in fate.loc[fate["kept"] == 0, "verdict"]), empty=say("none"))
    return say("what-if-say", backed=lost + kept, lost=lost, kept=kept, all_lost=all_lost, others=others)


def swept(ledger: pd.DataFrame) -> Text:
    """Say how many verdicts depend on the declared choices, and for which claims the sweep is older than the ledger."""
    robust, varied = sweep.stored("robustness").set_index("item"), declared.varied()
    judged = stored().set_index("claim_id").loc[lambda rows: rows.index.isin(robust.index)]
    rows = robust.loc[judged.index]
    taken = declared.reach(varied, list(rows.index))
    reached = pd.Series({claim: bool(taken[claim]) for claim in rows.index})
    by = [choice for name, choice in varied.items() if any(name in names for names in taken.values())]
    held = rows["share"] == 1
    other = (rows["verdict"] != judged["verdict"]) | (rows["value"] != judged["value_computed"])
    return say(
        "sweep",
        choices=len(varied),
        specifications=robust["judged"].max(),
        swept=len(rows),
        reached=int(reached.sum()),
        by=joined(by),
        distinct=math.prod(len(choice.values) for choice in by),
        held=int(held[reached].sum()),
        changed=int((~held).sum()),
        other=joined(judged.index[other], empty=say("none")),
        new=len(ledger) - len(judged),
    )


def noticed(faults: pd.DataFrame) -> Text:
    """Say how many faults that were planted were noticed, by any layer and by the verdicts alone.

    Args:
        faults: the table faults of data/verification.
    """
    whole = faults[faults["kind"] == "all"].iloc[0]
    rows = report.proof("verdict-faults").set_index("table").loc["all"]
    rates = report.proof("rates").set_index("rate")
    return say(
        "checks-say",
        all=whole,
        placed=100 * whole["place_named"] / whole["noticed"],
        rows=rows,
        seen=rates.at["verdict-faults", "tried"],
    )
