"""The policy claims turn when their rows do: titles, architectures, targets and outcomes, provinces, countries."""

import pandas as pd
import pytest
from planted import NOW, add, coded, drop, judged, put, read_as, reason, rows, uncoded, verdict

from compendium.ledger import claims
from compendium.ledger.evidence import Change
from study.judgements import policy

SAME, OTHER = (coded("V122", "differs_in", kind) for kind in ("", "kind"))  # 267 standards at 2020-09-11
FEWER, BARE = (coded("V122", "value", number) for number in (190.0, float("nan")))
DUE = coded("V122", "as_of", "2020-12-31")
HOLDS, FAILS = (coded("V122", "comparison", word) for word in ("holds", "fails"))
INTERNET = {"source_id": "people-2020-12"}  # a reading in December of the year of the targets
IN_TIME, LATE = (put("digitalisation", "as_of", day, **INTERNET) for day in ("2020-12", "2021-09"))
LOW = put("digitalisation", "value_pct", 1.0, **INTERNET)
BELOW = put("digitalisation", "value_pct", 69.9, measure="rd_design_tools", **INTERNET)
HIGHER = put("policy_targets", "value", 60.0, target_id="T14")
UNSETTLED = (False, True)
TITLES = {"Q05": "P03", "Q06": "P05", "Q07": "P06b", "Q08": "P07"}


def only(*targets):
    """Return the changes that leave these aims alone."""
    others = set(policy.aims(NOW)["target_id"]) - set(targets)
    return [drop("policy_targets", target_id=target) for target in sorted(others)]


def titled(title):
    return put("policy_documents", "title_zh", title, doc_id="P07")


@pytest.mark.parametrize(
    ("claim_id", "changes", "word"),
    [
        # No number of prints of a title is a second measurement; one with other years contradicts.
        *((name, add("policy_documents", {}, doc_id=document), "traced") for name, document in TITLES.items()),
        ("Q08", [titled("广东省智能制造发展规划（2015—2020年）")], "contradicted"),
        ("Q08", [titled("广东省规划")], "not obtained"),
        ("Q118", uncoded("Q118"), "not obtained"),
        ("Q148", [BELOW, IN_TIME, OTHER], "traced"),
        ("Q148", [HIGHER, IN_TIME, OTHER], "traced"),
        ("Q148", only("T20"), "traced"),
        ("Q148", only("T13", "T10"), "indirect"),  # one is met, of the other nothing is known
        ("Q148", only("T13", "T14"), "contradicted"),
        ("Q148", [*only("T11", "T12"), OTHER], "indirect"),  # outcomes, but late or by another count
        ("Q148", [OTHER], "indirect"),  # shows neither success nor miss
        # Plans that the paper names itself are no evidence of plans everywhere.
        ("Q152", [drop("policy_documents", doc_id=["P07", "P08"])], "indirect"),
        ("Q152", uncoded("Q152"), "no source found"),
        ("Q151", [coded("Q151", "differs_in", "kind")], "indirect"),
        ("Q151", [coded("V260", "differs_in", "time")], "traced"),
        ("Q151", [coded("V260", "comparison", "fails")], "open"),
        ("Q151", [coded("Q151", "comparison", "fails")], "contradicted"),
        ("Q104", [coded("V047", "comparison", "fails")], "contradicted"),  # one country without one refutes all
        ("Q149", [coded("Q149", "differs_in", "kind")], "indirect"),  # documents do not say how much is little
        ("Q149", [coded("Q149", "differs_in", "")], "contradicted"),
        ("Q57", uncoded("Q57"), "indirect"),  # by value added in exports
        ("Q57", [*uncoded("Q57"), drop("value_added_in_exports", iso3="CHN")], "no source found"),
        ("Q56", [drop("claim_items", claim_id="Q56", position=4)], "inconsistent"),
        ("Q32", [put("claims", "value_low", 50.0, claim_id="Q32")], "inconsistent"),
    ],
)
def test_the_verdict_turns_with_the_rows(claim_id, changes, word):
    assert verdict(claim_id, *changes) == word


def test_architectures_count_only_if_they_were_public_before_the_paper():
    late = put("policy_documents", "date_end", pd.Timestamp("2022-06-01"), doc_id="P06a")
    counts = [policy.architectures(NOW.having(*changes))["doc_id"].nunique() for changes in ([], [late])]
    assert counts == [3, 2]


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "word"),
    [
        # Of the field, then above it: an architecture of before the paper refutes one if a row is on the very thing.
        ("Q118", [], "fails open", "open"),
        ("Q118", [coded("Q118", "differs_in", "kind")], "open open", "indirect"),
        ("Q118", [coded("Q118", "comparison", "holds")], "holds open", "depends on the reading"),
        *((name, [], "holds open", "depends on the reading") for name in ("Q121", "Q122")),
        *((name, [coded(name, "comparison", "fails")], "fails open", "open") for name in ("Q121", "Q122")),
    ],
)
def test_what_is_unknown_under_one_reading_depends_on_the_other(claim_id, changes, said, word):
    assert read_as(claim_id, *changes) == (said, word)


def test_each_reading_has_its_name():
    names = {"Q118": ["of_the_field", "above_it"], "Q121": ["with_rules", "statutes"]}
    names["Q122"] = ["agency_counts", "ministry_itself"]
    assert {name: list(judged(name).judged.readings) for name in names} == names


def test_related_evidence_is_as_weak_as_its_weakest_row():
    related = coded("Q118", "differs_in", "kind")
    weaker = uncoded("V058", "V059", "V060", "V136", "V271")
    assert [judged("Q118", related, *gone).strength for gone in ([], weaker)] == ["weak", "firm"]


def test_the_reason_on_architectures_begins_with_what_is_found_and_tells_what_was_not_read():
    told = reason("Q118")
    of_the_field = "It fails if what lacks is an architecture of intelligent manufacturing"
    assert told.startswith(f"{of_the_field}: before the paper 3 national documents set out")
    assert len(told.split(". ")[0].removeprefix(of_the_field).split()) <= 25
    assert "It is not settled if what lacks is a layer above the architecture of the industrial internet" in told
    assert "the text of 1 was not obtained (GB/T 40647-2021" in told
    assert "the text of 0 was not obtained (–)" in reason("Q118", drop("records", record_id="R20"))
    fewer = reason("Q118", drop("architecture_dimensions", doc_id="P06a"))
    assert fewer.startswith(f"{of_the_field}: before the paper 2 national")


def states(*changes):
    return policy.reported(NOW.having(*changes)).set_index("target_id")["state"]


@pytest.mark.parametrize(
    ("changes", "computed", "missed", "met"),
    [
        ([SAME], True, 1, 3),
        ([OTHER], UNSETTLED, 0, 2),  # what is told by another count decides nothing
        ([BELOW, IN_TIME, OTHER], True, 1, 1),
        ([HIGHER, IN_TIME, OTHER], True, 1, 1),
        ([BELOW, OTHER], UNSETTLED, 0, 1),  # before the year's end nothing is missed
        ([HIGHER, OTHER], UNSETTLED, 0, 1),
        ([LOW, IN_TIME, OTHER], True, 2, 0),
        ([LOW, LATE, OTHER], UNSETTLED, 0, 2),  # after the target year: an earlier reading counts
        ([coded("V121", "as_of", "2020-12"), OTHER], UNSETTLED, 0, 3),
        ([FEWER, DUE, SAME], True, 2, 2),
        ([FEWER, SAME], True, 1, 2),
    ],
)
def test_an_aim_is_missed_or_met_by_a_number_of_its_year(changes, computed, missed, met):
    found = states(*changes)
    assert judged("Q148", *changes).judged.computed == computed
    assert ((found == "short").sum(), (found == "reached").sum()) == (missed, met)


def test_the_aims_are_those_of_the_documents_named_where_the_policies_are_set_out():
    assert set(policy.aims(NOW)["doc_id"]) == {"P03", "P05", "P06b"}
    for column, value in (("paper_section", "1"), ("named_in_paper", "implied")):
        changed = NOW.having(put("policy_documents", column, value, doc_id="P05"))
        assert "P05" not in set(policy.aims(changed)["doc_id"])
    later = put("policy_targets", "target_year", 2025, target_id="T11")
    assert "T11" not in set(policy.aims(NOW.having(later))["target_id"])


def test_of_several_reports_one_that_decides_counts():
    assert states(*add("claim_evidence", {"as_of": "2020-12"}, evidence_id="V121"))["T12"] == "reached"


@pytest.mark.parametrize(
    ("target_id", "changes", "outcome", "state", "exact"),
    [
        ("T11", [], 267.0, "reached", True),
        ("T11", [OTHER], 267.0, "open", True),
        ("T11", [FEWER, DUE, SAME], 190.0, "short", True),
        ("T11", [FAILS, BARE, DUE, SAME], None, "reached", None),  # where no number is told the word decides
        ("T11", [HOLDS, BARE, DUE, SAME], None, "short", None),
        ("T11", uncoded("V122"), None, "none", None),
        ("T09", [], 50.0, "open", False),  # no more is said than that it was passed
        ("T12", [], None, "late", None),  # what is told after the year shows no aim met in time
        ("T12", [coded("V121", "as_of", "2020-12")], None, "reached", None),
        ("T12", [coded("V121", "as_of", "")], None, "late", None),
        ("T12", [coded("V121", "value", 39.0)], None, "short", None),
        ("T13", [], 72.1, "reached", True),
        ("T15", [], None, "none", None),
        ("T19", [], None, "late", None),
        ("T20", [SAME], 267.0, "short", True),
        ("T20", [OTHER], 267.0, "open", True),
    ],
)
def test_an_aim_gets_the_number_that_is_reported_of_it(target_id, changes, outcome, state, exact):
    found = policy.reported(NOW.having(*changes)).set_index("target_id").loc[target_id]
    assert found["state"] == state
    assert outcome is None or (found["outcome"], found["exact"]) == (outcome, exact)
    assert state != "none" or pd.isna(found["outcome"])


def test_an_aim_for_other_firms_has_no_outcome_and_an_unknown_population_is_refused():
    found = policy.reported(NOW, outcome_scope="firms_all").set_index("target_id").loc[["T13", "T14"]]
    assert found["outcome"].isna().all() and found["state"].isin(["none", "below"]).all()
    assert verdict("Q148", OTHER, outcome_scope="firms_all") == "indirect"
    with pytest.raises(ValueError, match=r"outcome_scope 'all' is not one of .*firms_all"):
        policy.reported(NOW, "all")


def countries(side, names):
    return policy.text(f"countries-{side}", names=names).en


@pytest.mark.parametrize(
    ("claim_id", "changes", "said", "unsaid"),
    [
        ("Q148", [], "The 3 targets for standards are judged by national standards", ""),
        ("Q148", [], "More than 300 are first reported in 2022-06.", ""),
        ("Q148", [coded("V122", "value", 301.0)], "", "first reported"),
        ("Q148", [OTHER], "2 are reported as met in time, 0 as missed", "judged by national standards"),
        ("Q148", [OTHER], "(4 with one by another or an unread definition)", ""),
        ("Q148", [], "key IM equipment (50 by 2020; more than 50 at 2021-12);", ""),
        ("Q148", [SAME], "in time, 1 as missed", ""),
        ("Q148", [SAME], "(1 with one by another", ""),
        ("Q148", [BARE, FAILS], "", "nan"),
        ("Q148", [coded("V122", "value", 200.0)], "", "more than 200"),
        ("Q148", [SAME], "Missed: Cumulative IM standards (300 by 2019; 267 at 2020-09-11). ", ""),
        ("Q148", [], "also admit", ""),  # what speaks for the paper
        ("Q148", uncoded("V142"), "", "admit"),
        ("Q148", [], "does not say all", ""),
        ("Q148", uncoded("V144"), "", "does not say all"),
        ("Q152", [], "names itself, 2 (Guangdong", ""),
        ("Q151", [], "whether a mechanism exists it does not say, and that is not judged", ""),
        ("Q151", [], "again lists setting up", ""),
        ("Q151", [coded("V260", "differs_in", "time")], "", "again lists setting up"),
        ("Q104", [], countries("have", "Germany, Japan, United States"), ""),
        ("Q104", [], countries("other", "France, Italy, United Kingdom"), ""),
        ("Q104", [], countries("unseen", "Canada"), ""),
        ("Q104", uncoded("V263"), countries("unseen", "Canada, "), ""),
    ],
)
def test_the_reason_tells_what_the_rows_say_and_nothing_else(claim_id, changes, said, unsaid):
    told = reason(claim_id, *changes)
    assert said in told and (not unsaid or unsaid not in told)
    assert told.count("again lists setting up") <= 1


def test_one_notebook_judges_all_structural_claims_and_else_what_it_reads_tables_for(c):
    weights = c.tables("claims").set_index("claim_id")["weight"]  # of today, as it is the notebook of today
    shown = claims.read_shown(c, c.root).query("notebook == '10-problems-and-paths' and kind == 'claim'")
    assert set(shown["name"]) == {*weights.index[weights == "structural"], "Q57"}


@pytest.mark.parametrize(
    ("table", "column", "claim_id"),
    [
        ("policy_documents", "title_zh", "Q10"),
        ("policy_targets", "measure_zh", "Q148"),
        ("digitalisation", "label_zh", "Q148"),
        ("claim_evidence", "part_zh", "Q148"),
        ("tax_rules", "subject", "Q84"),
    ],
)
def test_the_wording_of_a_title_a_measure_or_a_subject_decides_nothing(table, column, claim_id):
    worded = tuple(f"另称 {text}" for text in NOW(table)[column])
    assert verdict(claim_id, Change("set", table, rows(table), column, worded)) == verdict(claim_id)
