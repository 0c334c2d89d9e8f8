"""Sentences of notebook 06."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from compendium.base.texts import TranslatedText, join_texts
from compendium.base.vocabulary import ANSWERS
from compendium.notebook.begin import Notebook
from study.judgements import technology


def fill_survey_shares(notebook: Notebook, base: pd.Series, printed: float) -> dict[str, object]:
    """Return what tells the shares, in %, of a survey by category: types, terms, total, and what the paper prints."""
    lacking, rows = base.drop("self_supplied"), notebook.data("key_materials").set_index("survey")
    named = {code: notebook.say(f"category-{code}") for code in lacking.index}
    terms = [notebook.say("shares-term", share=share, category=named[code]) for code, share in lacking.items()]
    told = {"types": int(rows.loc[base.name, "n_materials"].iloc[0]), "terms": join_texts(terms, ("、", " and "))}
    return told | {"total": lacking.sum(), "printed": printed}


def describe_import_rate_basis(notebook: Notebook) -> TranslatedText:
    """Say in one sentence whether it is known what the paper's import rate counts, and what a source counts."""
    rows = technology.list_complete_surveys(notebook.data)
    rows = rows[rows["survey"] == rows["survey"].iloc[0]].drop_duplicates("category")
    base = rows.set_index("category")["share_pct"].rename(rows["survey"].iloc[0])
    told = fill_survey_shares(notebook, base, notebook.data.value("Q61"))
    said = {"printed": told["printed"], "total": told["total"], "year": rows["survey_date"].iloc[0][:4]}
    found = notebook.rows["Q61"].answer
    if found == "unsettled":
        return notebook.say("answer", **said)
    return notebook.say("answer-settled", **said, answer=ANSWERS[found])


def fill_shares_heading(base: pd.Series, printed: float) -> dict[str, object]:
    """Return the heading of the key figure and what fills it: shares of a survey, in %, and what the paper prints."""
    absent, unstable = base["absent"], base["made_but_unstable"]
    if abs(absent + unstable - printed) < 0.5:
        return {"printed": printed, "absent": absent, "unstable": unstable}
    return {"printed": printed, "total": absent + unstable, "heading": "figure-shares-heading-apart"}


def summarise_technology_findings(
    notebook: Notebook, shares: Mapping[str, object], rates: pd.DataFrame, software: Mapping[str, str]
) -> TranslatedText:
    """Say in short what was found: the shares, the rates by use in %, the software, the answers on all claims."""
    answers = Counter(one.answer for one in notebook.records.values())
    said: dict[str, object] = {"lowest": rates["lowest_pct"].min(), "highest": rates["highest_pct"].max()}
    said |= {"claims": answers.total(), "answers": {name: answers[name] for name in ANSWERS}}
    return notebook.say("findings", **said, **shares, **software)
