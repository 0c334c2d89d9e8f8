"""Sentences of notebook 00."""

import pandas as pd

from compendium.base.texts import SENTENCE, TranslatedText, join_texts
from compendium.base.vocabulary import WRONG
from compendium.ledger import coding
from compendium.ledger.claims import read_ledger
from compendium.ledger.evidence import rank_source_quality
from compendium.notebook.begin import Notebook
from study.analysis import coding_agreement, provenance


def describe_source_quality(notebook: Notebook) -> TranslatedText:
    """Say in one sentence how good the best sources of the facts from outside the paper are."""
    cited = provenance.list_fact_sources(notebook)
    cited = cited[cited["source_id"] != "paper"]
    ranks = cited["source_id"].map(lambda source: rank_source_quality(notebook.data.quality(source)))
    best = ranks.groupby([cited["table"], cited["row"]]).min()
    weak, unsafe = (best.map(lambda quality, place=place: quality[place]) for place in (0, 1))
    return notebook.say("answer", facts=len(best), firm=100 * (~weak).mean(), copies=100 * (weak & ~unsafe).mean())


def describe_relaxed_grades(notebook: Notebook, relaxed: pd.DataFrame, facts: int) -> TranslatedText:
    """Say what the weakest grade instead of the best brings in, and what stays out all the same."""
    strict, loose = relaxed.iloc[0], relaxed.iloc[-1]
    return notebook.say("what-if-say", strict=strict, loose=loose, left_out=facts - loose["rows_accepted"], rows=facts)


def describe_coder_agreement(notebook: Notebook) -> TranslatedText:
    """Say how far the codings agree, and what the majority turns against the first."""
    codings = coding.list_codings(notebook.data)
    if codings.empty:
        return notebook.say("coding-none")
    agreed, moved = (
        coding_agreement.tabulate_coder_agreement(codings[codings["made_by"] == "machine"]),
        coding_agreement.list_changed_by_majority(codings, "first"),
    )
    extent = agreed[agreed["question"] == "extent"].groupby("rows")["kappa"].agg(["min", "max"])
    coded = [one for one in read_ledger(notebook.c).values() if one.verdict_codings]
    turned = [one for one in coded if one.verdict_codings[0] != one.verdict]
    said: dict[str, object] = {"coded": codings.index.nunique()}
    said |= {"uncoded": len(coding.list_rows_to_code(notebook.data)) - codings.index.nunique()}
    said |= {"side": 100 * agreed.loc[agreed["question"] == "side", "alike"].min(), "low": extent["min"]}
    said |= {"high": extent["max"], "moved": len(moved)}
    said |= {"against": int(moved["now"].str.startswith("fails").sum()), "claims": len(turned)}
    said |= {"doubted": sum(one.verdict in WRONG for one in turned)}
    made_by = coding_agreement.tabulate_persons_and_machines(codings)
    if made_by.empty:
        return notebook.say("coding-say", **said)
    persons = codings.loc[codings["made_by"] == "person", "coder"].nunique()
    return join_texts([notebook.say("coding-say", **said),
                       notebook.say("coding-persons", persons=persons, kappa=made_by["kappa"])], SENTENCE)  # fmt: skip


def summarise_source_findings(
    notebook: Notebook, sources: pd.DataFrame, ground: pd.DataFrame, feeds: pd.DataFrame
) -> TranslatedText:
    """Say in short what was found."""
    origins = notebook.data("source_origins").drop_duplicates(["source_id", "origin_id"])["origin_id"].value_counts()
    unsafe = sources[sources["host_trust"] == "unsafe"]
    without, searches = sources["no_excerpt"].value_counts(), notebook.data("searches")
    thin = feeds[(feeds["headline"] > 0) & (feeds["accepted_pct"] < 50)]
    said: dict[str, object] = {"sources": len(sources), "origins": len(origins)}
    said |= {"single": int((origins == 1).sum()), "grade_c": int((sources["grade"] == "C").sum())}
    said |= {"unsafe": len(unsafe), "traced": int((unsafe["original_publisher"] != "").sum())}
    said |= {"kept": int((sources["no_excerpt"] == "").sum()), "not_kept": without["not_kept"]}
    said |= {"beside": without["named_beside"], "files": without["data_file"], "searches": len(searches)}
    said |= {"typed": int((searches["kept"] == "query_and_place").sum()), "tables": len(ground)}
    said |= {"outside": int(ground["outside"].sum())}
    said |= {"firm": 100 * ground["a_or_b"].sum() / ground["outside"].sum(), "thin": len(thin)}
    said |= {"concerned": int(thin["headline"].sum())}
    return notebook.say("findings", **said)
