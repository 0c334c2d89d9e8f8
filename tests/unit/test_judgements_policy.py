"""The policy claims turn when their rows do: titles, architectures, targets and outcomes, provinces, countries."""

import frozen
import pandas as pd
import pytest
from planted import drop, put, rows

from compendium.ledger import claims
from compendium.ledger.evidence import Change, Data
from study.judgements import judges, policy

C = frozen.compendium()
NOW = Data(C)


def verdict(claim_id, *changes, **choices):
    return judges.assess(claim_id, NOW.having(*changes), **choices).verdict


UNSETTLED = (False, True)


def gap(*changes):
    """Return whether an aim of the policies was missed, and how many are reported as missed and as met in time."""
    found = states(*changes)
    computed = judges.assess("Q148", NOW.having(*changes)).judged.computed
    return computed, int((found == "short").sum()), int((found == "reached").sum())


@pytest.mark.parametrize("claim_id", ["Q05", "Q06", "Q07", "Q08"])
def test_no_number_of_prints_of_a_title_is_a_second_measurement(claim_id):
    document = {"Q05": "P03", "Q06": "P05", "Q07": "P06b", "Q08": "P07"}[claim_id]
    again = Change("add", "policy_documents", rows("policy_documents", doc_id=document))
    assert verdict(claim_id) == verdict(claim_id, again) == "traced"


def test_a_title_with_other_years_contradicts():
    other = put("policy_documents", "title_zh", "广东省智能制造发展规划（2015—2020年）", doc_id="P07")
    assert verdict("Q08", other) == "contradicted"
    assert verdict("Q08", put("policy_documents", "title_zh", "广东省规划", doc_id="P07")) == "not obtained"


def test_architectures_count_only_if_they_were_public_before_the_paper():
    late = put("policy_documents", "date_end", pd.Timestamp("2022-06-01"), doc_id="P06a")
    counts = [policy.architectures(NOW.having(*changes))["doc_id"].nunique() for changes in ([], [late])]
    assert counts == [3, 2]


def read_as(claim_id, *changes):
    """Return what is found under each reading of a claim, and its verdict."""
    found = judges.assess(claim_id, NOW.having(*changes))
    return found.judged.readings, found.verdict


def test_an_architecture_of_before_the_paper_refutes_one_reading_if_a_row_is_on_the_very_thing():
    related = put("claim_evidence", "differs_in", "kind", claim_id="Q118")
    holds = put("claim_evidence", "comparison", "holds", claim_id="Q118")
    assert read_as("Q118") == ({"of_the_field": "fails", "above_it": "open"}, "open")
    assert read_as("Q118", related) == ({"of_the_field": "open", "above_it": "open"}, "indirect")
    assert read_as("Q118", holds) == ({"of_the_field": "holds", "above_it": "open"}, "depends on the reading")
    assert verdict("Q118", drop("claim_evidence", claim_id="Q118")) == "not obtained"


def test_related_evidence_is_as_weak_as_its_weakest_row():
    related = put("claim_evidence", "differs_in", "kind", claim_id="Q118")
    weaker = [drop("claim_evidence", evidence_id=row) for row in ("V058", "V059", "V060", "V136", "V271")]
    assert [judges.assess("Q118", NOW.having(related, *gone)).strength for gone in ([], weaker)] == ["weak", "firm"]


def test_the_reason_on_architectures_begins_with_what_is_found_and_tells_what_was_not_read():
    def reason(*changes):
        return judges.assess("Q118", NOW.having(*changes)).judged.en

    first = reason().split(". ")[0]
    of_the_field = "It fails if what lacks is an architecture of intelligent manufacturing"
    assert first.startswith(f"{of_the_field}: before the paper 3 national documents set out")
    assert len(first.removeprefix(of_the_field).split()) <= 25
    assert "It is not settled if what lacks is a layer above the architecture of the industrial internet" in reason()
    assert "the text of 1 was not obtained (GB/T 40647-2021" in reason()
    assert "the text of 0 was not obtained (–)" in reason(drop("records", record_id="R20"))
    fewer = reason(drop("architecture_dimensions", doc_id="P06a"))
    assert fewer.startswith(f"{of_the_field}: before the paper 2 national")


def test_results_fall_short_where_a_reading_is_below_its_target():
    assert gap(OTHER) == (UNSETTLED, 0, 2), "what is told by another count decides nothing"
    due = put("digitalisation", "as_of", "2020-12", source_id="people-2020-12")
    below = put("digitalisation", "value_pct", 69.9, source_id="people-2020-12", measure="rd_design_tools")
    higher = put("policy_targets", "value", 60.0, target_id="T14")
    assert gap(below, due, OTHER) == gap(higher, due, OTHER) == (True, 1, 1)
    assert verdict("Q148", below, due, OTHER) == verdict("Q148", higher, due, OTHER) == "traced"
    assert gap(below, OTHER) == gap(higher, OTHER) == (UNSETTLED, 0, 1), "before the year's end nothing is missed"


def only(*targets):
    """Return the changes that leave these aims alone."""
    others = set(policy.aims(NOW)["target_id"]) - set(targets)
    return [drop("policy_targets", target_id=target) for target in sorted(others)]


def test_one_aim_missed_makes_a_gap_and_one_without_an_outcome_leaves_it_unsettled():
    assert verdict("Q148") == verdict("Q148", *only("T20")) == "traced"
    assert verdict("Q148", *only("T13", "T10")) == "indirect", "one is met, of the other nothing is known"
    assert verdict("Q148", *only("T13", "T14")) == "contradicted"
    assert verdict("Q148", *only("T11", "T12"), OTHER) == "indirect", "outcomes, but late or by another count"


def test_the_aims_are_those_of_the_documents_named_where_the_policies_are_set_out():
    assert set(policy.aims(NOW)["doc_id"]) == {"P03", "P05", "P06b"}
    elsewhere = put("policy_documents", "paper_section", "1", doc_id="P05")
    unnamed = put("policy_documents", "named_in_paper", "implied", doc_id="P05")
    assert all("P05" not in set(policy.aims(NOW.having(change))["doc_id"]) for change in (elsewhere, unnamed))
    later = put("policy_targets", "target_year", 2025, target_id="T11")
    assert "T11" not in set(policy.aims(NOW.having(later))["target_id"])


def states(*changes):
    return policy.reported(NOW.having(*changes)).set_index("target_id")["state"]


def test_what_is_told_after_the_year_shows_no_aim_met_in_time():
    assert states(SAME)[["T12", "T19"]].tolist() == ["late", "late"]
    in_time = put("claim_evidence", "as_of", "2020-12", evidence_id="V121")
    assert states(in_time)["T12"] == "reached" and gap(in_time, OTHER) == (UNSETTLED, 0, 3)
    undated = put("claim_evidence", "as_of", "", evidence_id="V121")
    fewer = put("claim_evidence", "value", 39.0, evidence_id="V121")
    assert states(undated)["T12"] == "late" and states(fewer)["T12"] == "short"


def test_of_several_reports_one_that_decides_counts():
    again = Change("add", "claim_evidence", rows("claim_evidence", evidence_id="V121"))
    both = NOW.having(again)
    copy = both("claim_evidence").index[-1]
    early = both.having(Change("set", "claim_evidence", (copy,), "as_of", ("2020-12",)))
    assert policy.reported(early).set_index("target_id").at["T12", "state"] == "reached"


def test_results_depend_on_the_population_in_which_they_are_read():
    assert verdict("Q148", OTHER, outcome_scope="firms_all") == "indirect"


def test_a_reading_after_the_target_year_does_not_count():
    due, late = (put("digitalisation", "as_of", day, source_id="people-2020-12") for day in ("2020-12", "2021-09"))
    low = put("digitalisation", "value_pct", 1.0, source_id="people-2020-12")
    assert gap(low, due, OTHER) == (True, 2, 0)
    assert gap(low, late, OTHER) == (UNSETTLED, 0, 2), "an earlier reading counts"


def outcome(target_id, *changes, **choices):
    found = policy.reported(NOW.having(*changes), **choices).set_index("target_id").loc[target_id]
    return found["outcome"], found["state"], found["exact"]


SAME, OTHER = (put("claim_evidence", "differs_in", kind, evidence_id="V122") for kind in ("", "kind"))


def test_an_aim_gets_the_number_that_is_reported_of_it():
    assert outcome("T11", OTHER) == (267.0, "open", True) and outcome("T11", SAME) == (267.0, "reached", True)
    fewer = put("claim_evidence", "value", 190.0, evidence_id="V122")
    due = put("claim_evidence", "as_of", "2020-12-31", evidence_id="V122")
    assert outcome("T11", fewer, due, SAME) == (190.0, "short", True)
    assert gap(fewer, due, SAME) == (True, 2, 2)
    assert gap(fewer, SAME) == (True, 1, 2), "before the year's end nothing is missed"
    assert outcome("T09") == (50.0, "open", False), "no more is said than that it was passed"


def test_what_is_told_by_another_count_shows_neither_success_nor_miss():
    assert outcome("T20", OTHER) == (267.0, "open", True) and outcome("T20", SAME) == (267.0, "short", True)
    assert gap(OTHER) == (UNSETTLED, 0, 2) and gap(SAME) == (True, 1, 3)
    assert (verdict("Q148", OTHER), verdict("Q148", SAME)) == ("indirect", "traced")


def test_the_standards_count_by_a_part_of_them_for_and_against_alike():
    assert states()[["T11", "T19", "T20"]].tolist() == ["reached", "late", "short"]
    assert gap() == (True, 1, 3)
    told = judges.assess("Q148", NOW).judged.en
    assert "The 3 targets for standards are judged by national standards" in told
    assert "More than 300 are first reported in 2022-06." in told
    more = put("claim_evidence", "value", 301.0, evidence_id="V122")
    assert "first reported" not in judges.assess("Q148", NOW.having(more)).judged.en
    assert "judged by national standards" not in judges.assess("Q148", NOW.having(OTHER)).judged.en


def test_where_no_number_is_told_the_word_decides():
    words = [put("claim_evidence", "comparison", word, evidence_id="V122") for word in ("fails", "holds")]
    bare = put("claim_evidence", "value", float("nan"), evidence_id="V122")
    due = put("claim_evidence", "as_of", "2020-12-31", evidence_id="V122")
    assert [outcome("T11", word, bare, due, SAME)[1] for word in words] == ["reached", "short"]


def test_the_reason_counts_outcomes_of_another_definition_and_tells_what_speaks_for_the_paper():
    def reason(*changes):
        return judges.assess("Q148", NOW.having(*changes)).judged.en

    assert "2 are reported as met in time, 0 as missed" in reason(OTHER)
    assert "(4 with one by another or an unread definition)" in reason(OTHER)
    assert "key IM equipment (50 by 2020; more than 50 at 2021-12);" in reason() and "also admit" in reason()
    assert "in time, 1 as missed" in reason(SAME) and "(1 with one by another" in reason(SAME)
    bare = (
        put("claim_evidence", "value", float("nan"), evidence_id="V122"),
        put("claim_evidence", "comparison", "fails", evidence_id="V122"),
    )
    assert "nan" not in reason(*bare) and "more than 200" not in reason(
        put("claim_evidence", "value", 200.0, evidence_id="V122")
    )
    assert "Missed: Cumulative IM standards (300 by 2019; 267 at 2020-09-11). " in reason(SAME)
    assert "admit" not in reason(drop("claim_evidence", evidence_id="V142"))
    assert "does not say all" in reason() and "does not say all" not in reason(
        drop("claim_evidence", evidence_id="V144")
    )


def test_an_aim_without_an_outcome_in_time_and_population_has_none():
    assert outcome("T13") == (72.1, "reached", True)
    for target_id, changes, choices in (
        ("T15", [], {}),
        ("T13", [], {"outcome_scope": "firms_all"}),
        ("T14", [], {"outcome_scope": "firms_all"}),
        ("T11", [drop("claim_evidence", evidence_id="V122")], {}),
    ):
        value, state, _ = outcome(target_id, *changes, **choices)
        assert pd.isna(value) and state in ("none", "below"), target_id


def test_a_population_that_no_reading_can_have_is_refused():
    with pytest.raises(ValueError, match=r"outcome_scope 'all' is not one of .*firms_all"):
        policy.reported(NOW, "all")


def test_plans_that_the_paper_names_itself_are_no_evidence_of_plans_everywhere():
    named = [drop("policy_documents", doc_id=document) for document in ("P07", "P08")]
    assert verdict("Q152") == verdict("Q152", *named) == "indirect"
    assert "names itself, 2 (Guangdong" in judges.assess("Q152", NOW).judged.en
    assert verdict("Q152", drop("claim_evidence", claim_id="Q152")) == "no source found"


def test_the_guides_show_the_mechanism_and_that_it_is_lacking_is_not_judged():
    told = judges.assess("Q151", NOW).judged.en
    assert "whether a mechanism exists it does not say, and that is not judged" in told
    related = put("claim_evidence", "differs_in", "kind", claim_id="Q151")
    assert (verdict("Q151"), verdict("Q151", related)) == ("traced", "indirect")
    task = put("claim_evidence", "differs_in", "time", evidence_id="V260")
    assert verdict("Q151", task) == "traced" and told.count("again lists setting up") == 1
    assert "again lists setting up" not in judges.assess("Q151", NOW.having(task)).judged.en
    assert verdict("Q151", put("claim_evidence", "comparison", "fails", evidence_id="V260")) == "open"
    assert verdict("Q151", put("claim_evidence", "comparison", "fails", claim_id="Q151")) == "contradicted"


def test_one_country_without_a_framework_refutes_all():
    assert verdict("Q104") == "bounded"
    told = judges.assess("Q104", NOW).judged.en
    for side, names in (
        ("have", "Germany, Japan, United States"),
        ("other", "France, Italy, United Kingdom"),
        ("unseen", "Canada"),
    ):
        assert policy.text(f"countries-{side}", names=names).en in told
    fewer = [drop("claim_evidence", evidence_id="V263")]
    assert policy.text("countries-unseen", names="Canada, ").en in judges.assess("Q104", NOW.having(*fewer)).judged.en
    assert verdict("Q104", put("claim_evidence", "comparison", "fails", evidence_id="V047")) == "contradicted"


@pytest.mark.parametrize(
    ("claim_id", "known", "unknown"), [("Q121", "with_rules", "statutes"), ("Q122", "agency_counts", "ministry_itself")]
)
def test_what_holds_under_one_reading_and_is_unknown_under_another_depends_on_it(claim_id, known, unknown):
    assert read_as(claim_id) == ({known: "holds", unknown: "open"}, "depends on the reading")
    against = put("claim_evidence", "comparison", "fails", claim_id=claim_id)
    assert read_as(claim_id, against) == ({known: "fails", unknown: "open"}, "open")


def test_documents_on_a_field_do_not_say_how_much_attention_is_little():
    assert verdict("Q149", put("claim_evidence", "differs_in", "kind", claim_id="Q149")) == "indirect"
    assert verdict("Q149", put("claim_evidence", "differs_in", "", claim_id="Q149")) == "contradicted"


def test_the_place_in_the_value_chain_rests_on_what_sources_say():
    assert verdict("Q57") == "indirect"
    told = drop("claim_evidence", claim_id="Q57")
    assert verdict("Q57", told) == "indirect", "by value added in exports"
    assert verdict("Q57", told, drop("value_added_in_exports", iso3="CHN")) == "no source found"


def test_an_item_more_or_less_than_the_paper_says_is_inconsistent():
    assert verdict("Q56") == "consistent"
    assert verdict("Q56", drop("claim_items", claim_id="Q56", position=4)) == "inconsistent"
    assert verdict("Q32", put("claims", "value_low", 50.0, claim_id="Q32")) == "inconsistent"


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
    texts = NOW(table)[column]
    worded = Change("set", table, tuple(texts.index), column, tuple(f"另称 {text}" for text in texts))
    assert verdict(claim_id, worded) == verdict(claim_id)
