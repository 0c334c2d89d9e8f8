"""Policy, sections 2.1, 3.1, 4.1 to 4.3: what followed the plan, first results, joint documents, what is asked for."""

import re
from dataclasses import replace

import pandas as pd

from compendium.base import texts
from compendium.ledger.evidence import EvidenceTables, cache_until_tables_change, join_rows
from compendium.ledger.rules import Judged, Part, attested, missing, parts, recomputed
from study.judgements.policy import (
    DECIDED,
    PLAN,
    TITLED,
    add_outcome_columns,
    find_target_outcomes,
    list_documents_before_paper,
    make_boolean_mask,
    render_document_titles,
)
from study.judgements.policy import list_due_policy_targets as numeric_aims
from study.judgements.registry import judges

text = texts.catalogue("study/departments")
FOLLOWING = (TITLED["Q06"], TITLED["Q07"])
FIELD = text("field")
ONE_BODY = {"Ministry of Finance": "MoF", "General Office of MIIT": "MIIT"}  # issuers by another name
OTHERS = "other departments"
SEVERAL = re.compile(r" and (?!Technology)| with |,")  # between issuers; not within the name of a ministry


@judges("Q162")
def judge_clearer_directions(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the two documents came after the plan and set aims of their own; directions are not compared."""
    documents, targets = data("policy_documents"), data("policy_targets")
    plan = documents[documents["doc_id"] == PLAN]
    found = []
    for doc_id in FOLLOWING:
        mine = documents[documents["doc_id"] == doc_id]
        own = targets[(targets["doc_id"] == doc_id) & (targets["status"] == "final")]
        if mine.empty or plan.empty:
            continue
        later = bool(mine["date_start"].min() > plan["date_end"].max())
        found += [Part(later, mine), Part(True if len(own) else None, own)]
    if not found:
        return missing("printed")
    numbers = texts.join_texts(len(part.rows) for part in found[1::2])
    directions = Part(None, documents.head(0))
    return parts([*found, directions]).told(text("clearer", numbers=numbers))


@judges("Q176")
def judge_first_policy_results(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether at least one numeric aim of the policies is reported as met in time."""
    every, became = numeric_aims(data), find_target_outcomes(data, "key_manufacturing_fields")
    states = add_outcome_columns(every, became)["state"]
    met = join_rows([rows for _, rows, state in became if state == "reached"])
    rows = met if len(met) else join_rows([rows for _, rows, state in became if state in DECIDED])
    if rows.empty:
        return missing("recomputed")
    reached = int((states == "reached").sum())
    aimed = [("policy_targets", tuple(states.index[states == "reached"]), "value")]
    judged = replace(recomputed(claim, reached > 0, rows), levers=aimed if reached else None)
    return judged.told(text("first-results", aims=len(every), met=reached))


@cache_until_tables_change
def select_central_documents(data: EvidenceTables) -> pd.DataFrame:
    """Return the central documents that were out before the paper and whose issuer is known.

    `joint` tells whether more than one body issued it.
    """
    rows = list_documents_before_paper(data)
    rows = rows[(rows["level"] == "central") & rows["issuer"].ne("")]
    return rows.assign(joint=make_boolean_mask(rows["issuer"], lambda issuer: bool(SEVERAL.search(issuer))))


@cache_until_tables_change
def select_field_documents(data: EvidenceTables) -> pd.DataFrame:
    """Return those of the `select_central_documents` documents that have the field in their title."""
    rows = select_central_documents(data)
    return rows[make_boolean_mask(rows["title_zh"], lambda title: FIELD.zh in title)]


def list_issuing_bodies(documents: pd.DataFrame) -> set[str]:
    """Return the bodies that issued documents, each by one name; “other departments” are not counted."""
    named = {body.strip() for issuer in documents["issuer"] for body in SEVERAL.split(issuer)}
    return {ONE_BODY.get(body, body) for body in named - {"", OTHERS}}


@judges("Q203")
def judge_issuing_bodies(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether several bodies have issued central documents on the field; that some did so jointly is told besides."""
    rows = select_field_documents(data)
    if rows.empty:
        return missing("recomputed")
    every = list_issuing_bodies(rows)
    told = text("several", documents=len(rows), bodies=len(every), joint=int(rows["joint"].sum()), field=FIELD)
    return recomputed(claim, len(every) > 1, rows).told(told)


@judges("Q177")
def judge_department_coordination(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What is said of coordination; that documents are joint shows cooperation in issuing them and no more."""
    found, documents = attested(claim, data), select_field_documents(data)
    if found.agreement == "none":
        return found
    joint = documents[documents["joint"]]
    told = text("uncoordinated", said=found.reason, documents=len(documents), joint=len(joint), field=FIELD)
    return found.told(told, joint)


@judges("Q151")
def judge_guide_mechanism(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Whether the guide itself asks for the mechanism; what a recommendation implies is no claim and is not judged."""
    found = attested(claim, data)
    return found if found.agreement == "none" else found.told(text("renewed", said=found.reason))


@judges("Q152")
def judge_provincial_plans(claim: pd.Series, data: EvidenceTables) -> Judged:
    """What others say of provincial plans; those that the paper names itself do not show that they are everywhere."""
    found, documents = attested(claim, data), data("policy_documents")
    if found.agreement == "none":
        return found
    own = documents[(documents["level"] == "provincial") & (documents["named_in_paper"] == "named")]
    return found.told(text("provinces", said=found.reason, documents=len(own), titles=render_document_titles(own)), own)
