"""What the paper's problems rest on and which remedies were policy already: the rules, and the tables of today."""

import pandas as pd
import pytest

from study.analysis import diagnosis

CODED = pd.DataFrame(
    [
        ("P1.1", "problem", "", "Q1 ; Q2"),
        ("P1.2", "problem", "", "Q2 ; Q9"),
        ("P1.2a", "problem", "P1.2", "Q3"),
        ("P1.3", "problem", "", ""),
        ("C1.1", "countermeasure", "", "Q3"),
    ],
    columns=["code", "side", "parent_code", "claim_ids"],
)
VERDICTS = {"Q1": "traced", "Q2": "indirect", "Q3": "mixed", "Q9": "contradicted"}
LEDGER = pd.DataFrame({"verdict": VERDICTS, "weight": "supporting"})
LEDGER.loc["Q9", "weight"] = "structural"


@pytest.mark.parametrize(
    ("function", "given", "found"),
    [
        # One claim that needs correcting outweighs all that match.
        (diagnosis.classify_problem_support, ["traced", "open"], "sound"),
        (diagnosis.classify_problem_support, ["confirmed", "mixed"], "wrong"),
        (diagnosis.classify_problem_support, ["relabelled"], "nothing"),
        (diagnosis.classify_problem_support, ["bounded", "indirect", "consistent", "not obtained"], "nothing"),
        (diagnosis.classify_problem_support, [], "nothing"),
        # A remedy was policy if every piece was.
        (diagnosis.classify_prior_policy, ["full", "full"], "full"),
        (diagnosis.classify_prior_policy, ["none"], "none"),
        (diagnosis.classify_prior_policy, ["full", "none"], "part"),
        (diagnosis.classify_prior_policy, ["part"], "part"),
    ],
)
def test_many_verdicts_or_states_make_one(function, given, found):
    assert function(given) == found


def test_a_heading_takes_the_claims_of_its_parts_and_counts_of_lists_do_not_count():
    found = diagnosis.tabulate_problem_support(CODED, LEDGER)
    assert found["ground"].to_dict() == {"P1.1": "sound", "P1.2": "wrong", "P1.2a": "wrong", "P1.3": "nothing"}
    assert found.loc["P1.2", ["matched", "doubted", "rest"]].tolist() == [[], ["Q3"], ["Q2"]]


def test_two_of_three_codings_decide_and_where_all_part_it_is_partly():
    codings = pd.DataFrame(
        [("answered", "partly", "answered"), ("answered", "partly", "unanswered"), ("unanswered",) * 3], list("abc")
    )
    assert diagnosis.compute_majority_grades(codings).to_dict() == {"a": "answered", "b": "partly", "c": "unanswered"}


def policies(*rows):
    columns = ["code", "piece_en", "doc_id", "extent"]
    return pd.DataFrame([("C1.1", *row) for row in rows], columns=columns)


DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["P1", "P2", "P3", "P4"],
        "date_end": pd.to_datetime(["2016-12-31", "2022-03-31", "2022-04-01", "2016-01-01"]),
        "level": ["central", "central", "central", "provincial"],
    }
)


@pytest.mark.parametrize(
    ("rows", "state", "doc_id"),
    [
        ([("a", "P1", "part"), ("a", "P2", "full")], "full", "P2"),
        ([("a", "P2", "full"), ("a", "P1", "full")], "full", "P1"),
        ([("a", "P3", "full")], "none", ""),
        ([("a", "P4", "full")], "none", ""),
        ([("a", "", "none")], "none", ""),
    ],
)
def test_only_a_central_document_from_before_the_month_of_the_paper_counts(rows, state, doc_id):
    found = diagnosis.find_prior_policy_by_piece(policies(*rows), DOCUMENTS)
    assert found[["state", "doc_id"]].to_numpy().tolist() == [[state, doc_id]]


def test_every_remedy_has_an_answer_and_what_was_not_found_names_a_search(c):
    rows, coded = c.tables("remedy_policies"), c.tables("problems_countermeasures")
    finest = coded[(coded["side"] == "countermeasure") & ~coded["code"].isin(coded["parent_code"])]
    assert set(rows["code"]) == set(finest["code"])
    missing = rows[rows["extent"] == "none"]
    assert (missing["doc_id"] == "").all() and (rows["doc_id"] == "").sum() == len(missing)
    named = missing["note"].str.extract(r"search (S\d{3})")[0]
    assert set(named) <= set(c.tables("searches")["search_id"])
