"""Why a claim has no row to compare: what was not obtained, where it was searched, or that nothing could test it."""

import pandas as pd

from compendium.base import texts
from compendium.base.texts import COMMA, SEMICOLON, SENTENCE, TranslatedText, catalogue
from compendium.ledger.evidence import EvidenceTables, UnexplainedEvidenceGapError

text = catalogue("compendium/ledger")


def explain_missing_evidence(claim: pd.Series, data: EvidenceTables) -> tuple[str, TranslatedText]:
    """Return verdict and reason for a claim without a row to compare.

    Raises:
        UnexplainedEvidenceGapError: nothing at all is known about it.
    """
    name = claim["claim_id"]
    records, searches = data.records(name), data("searches")
    searches = searches[searches["claim_id"] == name]
    if not claim["testable"]:
        return "not testable", text("unfounded-not-testable")
    if records.empty and searches.empty and not data.records(name, obtained=True).empty:
        return "not obtained", text("unfounded-used-up")
    if not records.empty:
        told = []
        for _, rows in records.groupby(data.languages.columns("holder"), sort=False):
            what = texts.join_texts(texts.each(rows, "record"), (SEMICOLON[0], COMMA[1]))
            told.append(text("more-of", what=what, more=texts.of(rows.iloc[0], "holder")))
        held = texts.join_texts(told, SEMICOLON)
        many = text("unfounded-records", number=len(records), held=held)
        found = [many if len(records) > 1 else text("unfounded-record", held=held)]
        if not searches.empty:
            places = searches.drop_duplicates(data.languages.columns("where")[0])  # another name is no other place
            every = places[data.languages.columns("where")[0]]
            places = places[[sum(one in other for other in every) == 1 for one in every]]  # a part goes with its whole
            found.append(text("unfounded-where", places=texts.of(places, "where", SEMICOLON)))
        return "not obtained", texts.join_texts(found, SENTENCE)
    if searches.empty and claim.get("kind") == "forecast":
        return "open", text("unfounded-forecast")
    if searches.empty:
        raise UnexplainedEvidenceGapError(
            f"{name}: no evidence, no known record and no logged search. Remedy: compendium evidence add {name}, or "
            f"search add {name} or record add {name}; or a judgement"
        )
    places = zip(texts.each(searches, "where"), texts.each(searches, "words"), strict=True)
    named = texts.join_texts((text("more-of", what=where, more=words) for where, words in places), SEMICOLON)
    remarks = texts.each(searches[searches["outcome"] == "leads_only"], "remark")
    leads = (text("unfounded-lead", lead=remark) for remark in remarks)
    return "no source found", texts.join_texts([text("unfounded-searched", searches=named), *leads], SENTENCE)
