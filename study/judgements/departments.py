"""Policy, sections 2.1, 3.1, 4.1 to 4.3: what followed the plan, first results, joint documents, what is asked for."""

import re
from dataclasses import replace

import pandas as pd

from compendium.ledger.evidence import Data, derived, joined
from compendium.ledger.judging import Judged, Part, attested, missing, parts, recomputed
from study.judgements.policy import DECIDED, PLAN, TITLED, before_paper, outcomes, titles, where, with_outcomes
from study.judgements.policy import aims as numeric_aims
from study.judgements.registry import judges

FOLLOWING = (TITLED["Q06"], TITLED["Q07"])
FIELD = "智能制造"
SEVERAL = re.compile(r" and (?!Technology)| with |,")  # between issuers; not within the name of a ministry


@judges("Q162")
def clearer(claim: pd.Series, data: Data) -> Judged:
    """Whether the two documents came after the plan and set aims of their own; directions are not compared."""
    documents, targets = data("policy_documents"), data("policy_targets")
    plan = documents[documents["doc_id"] == PLAN]
    found = []
    for doc_id in FOLLOWING:
        mine = documents[documents["doc_id"] == doc_id]
        own = targets[(targets["doc_id"] == doc_id) & (targets["status"] == "final")]
        if mine.empty or plan.empty:
            continue
        zh, en = mine["title_zh"].iloc[0], mine["title_en"].iloc[0]
        later = bool(mine["date_start"].min() > plan["date_end"].max())
        found.append(Part(f"《{zh}》在后", f"{en}, later", later, mine))
        found.append(Part(f"《{zh}》的目标", f"{en}, aims", True if len(own) else None, own))
    if not found:
        return missing("printed")
    numbers = [len(part.rows) for part in found[1::2]]
    return parts([*found, Part("重点方向", "main directions", None, documents.head(0))]).because(
        f"两份文件都在规划之后，读到的数值目标依次有{'、'.join(map(str, numbers))}个；"
        "重点方向是否更加清楚，没有比较。再制造计划讲的是再制造。",
        f"Numeric targets read in the two documents, in their order: {', '.join(map(str, numbers))}; whether main "
        "directions became clearer was not compared. The remanufacturing plan is about remanufacturing.",
    )


@judges("Q176")
def first_results(claim: pd.Series, data: Data) -> Judged:
    """Whether at least one numeric aim of the policies is reported as met in time."""
    every, became = numeric_aims(data), outcomes(data, "key_manufacturing_fields")
    states = with_outcomes(every, became)["state"]
    met = joined([rows for _, rows, state in became if state == "reached"])
    rows = met if len(met) else joined([rows for _, rows, state in became if state in DECIDED])
    if rows.empty:
        return missing("recomputed")
    reached = int((states == "reached").sum())
    aimed = [("policy_targets", tuple(states.index[states == "reached"]), "value")]
    return replace(recomputed(claim, reached > 0, rows), levers=aimed if reached else None).because(
        f"所读的{len(every)}个数值目标里，据报告按期达到的有{reached}个。结果多由定目标的部门自己报告；"
        "是不是政策带来的，没有检验。",
        f"Of {len(every)} numeric targets that were read, {reached} are reported as met in time. Most outcomes are "
        "reported by those who set the targets; whether policy brought them about is not tested.",
    )


@derived
def central(data: Data) -> pd.DataFrame:
    """Return the central documents that were out before the paper and whose issuer is known.

    `joint` tells whether more than one body issued it.
    """
    rows = before_paper(data)
    rows = rows[(rows["level"] == "central") & rows["issuer"].ne("")]
    return rows.assign(joint=where(rows["issuer"], lambda issuer: bool(SEVERAL.search(issuer))))


@derived
def documents_of_field(data: Data) -> pd.DataFrame:
    """Return those of the `central` documents that have the field in their title."""
    rows = central(data)
    return rows[where(rows["title_zh"], lambda title: FIELD in title)]


@judges("Q203")
def several(claim: pd.Series, data: Data) -> Judged:
    """Whether more than half of the central documents on the field were issued by more than one body."""
    rows = documents_of_field(data)
    if rows.empty:
        return missing("recomputed")
    joint = int(rows["joint"].sum())
    return recomputed(claim, 2 * joint > len(rows), rows).because(
        f"题目里有“{FIELD}”、发文机关可知的中央文件，论文之年以前收有{len(rows)}份，其中{joint}份由几个部门联合发出。"
        "“通常”读作过半；所收的文件不是全部。",
        f"Of {len(rows)} central documents with the field in their title and a known issuer, out before the year of "
        f"the paper, {joint} were issued by several bodies. Usually is read as more than half; the table does not "
        "hold all documents.",
    )


@judges("Q177")
def uncoordinated(claim: pd.Series, data: Data) -> Judged:
    """What is said of coordination; that documents are joint shows cooperation in issuing them and no more."""
    found, documents = attested(claim, data), documents_of_field(data)
    if not found.zh:
        return found
    joint = int(documents["joint"].sum())
    return found.because(
        f"{found.zh}题目里有“{FIELD}”的中央文件{len(documents)}份，{joint}份是联合发文；联合发文不等于政策协调。",
        f"{found.en} Of {len(documents)} central documents with the field in their title {joint} were issued "
        "jointly, which is not yet coordination.",
        documents[documents["joint"]],
    )


@judges("Q151")
def renewed(claim: pd.Series, data: Data) -> Judged:
    """What is known of the mechanism; that it is still lacking is read from a recommendation."""
    found = attested(claim, data)
    if not found.zh:
        return found
    other = data.evidence(claim["claim_id"]).query("comparison == 'holds'")
    other = other[~other.index.isin(found.rows.index)]
    return found.because(
        f"{found.zh}{''.join(other['says_zh'])}论文在对策里主张建立更新机制，读作机制尚未建立，是我们的读法。",
        f"{' '.join([found.en, *other['says_en']])} The paper recommends to set one up; that it is therefore lacking "
        "is our reading.",
        other,
    )


@judges("Q152")
def provinces(claim: pd.Series, data: Data) -> Judged:
    """What others say of provincial plans; those that the paper names itself do not show that they are everywhere."""
    found, documents = attested(claim, data), data("policy_documents")
    if not found.zh:
        return found
    own = documents[(documents["level"] == "provincial") & (documents["named_in_paper"] == "named")]
    zh, en = titles(own)
    return found.because(
        f"{found.zh}各省没有普查过；论文自己点名的省级文件有{len(own)}份（{zh}），不算旁证。智能制造是不是升级的重要途径，不在此检验。",
        f"{found.en} No census covers the provinces; the provincial documents that the paper names itself, {len(own)} "
        f"({en}), are no evidence. That the field is an important way to upgrade is not tested.",
        own,
    )
