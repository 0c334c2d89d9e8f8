"""What came after the paper: leaders, maturity, talent, R&D, aims; sums that close; series that go on."""

from types import SimpleNamespace

import frozen
import pandas as pd
import pytest
from planted import drop, put

from compendium.data import series
from compendium.ledger.evidence import Change, Data
from compendium.ledger.flips import nearest
from study import aims
from study.judgements.since import preliminary, since, times

C = frozen.compendium()
JUDGED = {
    "Q26": "indirect",
    "Q61": "undecided",
    "Q72": "undecided",
    "Q76": "traced",
    "Q103": "indirect",
    "Q114": "traced",
    "Q145": "undecided",
    "Q148": "indirect",
}


@pytest.fixture(scope="module")
def now():
    return Data(C)


def verdict(claim_id, data):
    return since.assess(claim_id, data).verdict


@pytest.mark.parametrize(("claim_id", "word"), JUDGED.items())
def test_each_claim_has_the_word_of_what_came(claim_id, word, now):
    assert verdict(claim_id, now) == word


@pytest.mark.parametrize("claim_id", [name for name, word in JUDGED.items() if word != "undecided"])
def test_each_verdict_turns_as_its_flip_promises(claim_id, now):
    flip = nearest(since, claim_id, now)
    assert flip.verdict and flip.verdict != JUDGED[claim_id]
    assert verdict(claim_id, now.having(*flip.changes)) == flip.verdict


@pytest.mark.parametrize(
    ("year", "value", "word"), [(2022, 45, "indirect"), (2024, 51, "indirect"), (2021, 45, "undecided")]
)
def test_chips_of_a_year_since_the_paper_count(now, year, value, word):
    rows = now("chips").query("year == 2021 and measure == 'produced_in_china_over_market' and kind == 'actual'").index
    later = [Change("set", "chips", tuple(rows), c, (v,) * len(rows)) for c, v in (("year", year), ("value", value))]
    found = since.assess("Q145", now.having(*later))
    assert found.verdict == word
    assert word == "undecided" or set(found.judged.computed) == {value < 50}


def test_a_province_leads_if_the_list_has_it_among_the_first_five(now):
    excellence = {"programme": "gradient_excellence", "measure": "cumulative", "stage": "report"}
    guangdong = put("successor_programmes", "province_adcode", 440000, province_adcode=420000, **excellence)
    anhui = put("successor_programmes", "province_adcode", 340000, province_adcode=310000, **excellence)

    def said(*changes):
        return sorted(set(since.assess("Q26", now.having(*changes)).judged.computed))

    assert said() == said(guangdong) == [False, True] and said(guangdong, anhui) == [True]
    assert verdict("Q26", now.having(guangdong, anhui)) == "indirect", "another programme than the pilot projects"


@pytest.mark.parametrize(("value", "word"), [(450.0, "confirmed"), (380.0, "contradicted")])
def test_only_a_count_made_after_the_year_decides_the_forecast(value, word, now):
    statement = {"statement_id": "S37"}
    count = [
        put("talent_statements", column, cell, **statement)
        for column, cell in (("published", "2026-05"), ("field_zh", "智能制造"), ("value_10k", value))
    ]
    assert verdict("Q72", now.having(*count)) == word
    early = put("talent_statements", "published", "2024-05", **statement)
    assert verdict("Q72", now.having(*count, early)) == "undecided"


def test_a_year_without_a_rise_contradicts(now):
    assert verdict("Q114", now.having(put("rd_intensity_china", "stated_rise_pp", -0.01, year=2023))) == "contradicted"


def outcome(value=84.0, comparator="=", definition="same", as_of="2025-03", aim_comparator="="):
    return SimpleNamespace(
        value=value,
        comparator=comparator,
        definition=definition,
        as_of=as_of,
        aim=85.0,
        aim_comparator=aim_comparator,
        target_year=2025,
        plan_day="2021-11",
        proof="verbatim",
    )


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (outcome(85.0), "reached"),
        (outcome(85.0, aim_comparator=">"), "below"),
        (outcome(85.0, ">", aim_comparator=">"), "reached"),
        (outcome(86.0, "<"), "open"),
        (outcome(85.0, "<"), "below"),
        (outcome(86.0, "<", as_of="2026-02"), "late"),
        (outcome(85.0, as_of="2026-02"), "late"),
        (outcome(84.0, ">", as_of="2026-02"), "open"),
        (outcome(), "below"),
        (outcome(as_of="2025-12"), "short"),
        (outcome(as_of="2026-02"), "short"),
        (outcome(comparator=">="), "open"),
        (outcome(as_of="2021-10"), "start"),
        (outcome(90.0, definition="different"), "not comparable"),
        (outcome(84.0, aim_comparator="<="), "reached"),
        (outcome(85.0, aim_comparator="<"), "below"),
        (outcome(86.0, as_of="2025-12", aim_comparator="<="), "short"),
        (outcome(86.0, "<", aim_comparator="<="), "open"),
        (outcome(float("nan"), definition="none_found"), "none"),
    ],
)
def test_how_an_outcome_stands_to_its_aim(row, state):
    assert aims.state(row) == state


def test_the_computed_states_are_those_coded_by_whoever_read_the_pages(now):
    """Read by hand: the column `result`; targets of 2026 and 2027 stay open there whatever was printed."""
    told = {
        "reached": {"reached", "reached_by_successor"},
        "late": {"reached_date_unknown"},
        "below": {"not_reached_at_last_print", "open", "unknown"},
        "open": {"unknown", "open"},
        "short": {"not_reached_at_last_print"},
        "not comparable": {"not_comparable", "unknown", "open"},
        "none": {"unknown"},
        "start": {"unknown"},
        "number": {"unknown", "not_reached_at_last_print"},
    }
    found = aims.aims(now)
    sought = found[found["state"] != "unsought"]
    assert [r.outcome_id for r in sought.itertuples() if r.result not in told[r.state]] == []
    assert len(sought) > 20 and found["target_id"].nunique() > sought["target_id"].nunique()


def test_a_near_definition_does_not_decide(now):
    same = put("target_outcomes", "definition", "same", outcome_id="O11")
    assert verdict("Q148", now.having(same)) == "contradicted"


def test_the_reason_on_the_aims_tells_what_each_rests_on(now):
    def said(*changes):
        return since.assess("Q148", now.having(*changes)).judged.en

    assert "2 are reached (all by a near definition only)" in said() and "none could be missed" in said()
    assert "(only if the successor programme counts)" in said()
    assert "(more than 150 already in 2022-02, the plan is of 2021-12)" in said()
    assert "already in" not in said(put("industry_scale", "value", 110, measure="internet_platforms"))
    late = [
        put("target_outcomes", column, cell, outcome_id="O11")
        for column, cell in (("as_of", "2026-01"), ("value", 90.0))
    ]
    assert "1 missed when the year was over" in said(*late, put("target_outcomes", "comparator", "=", outcome_id="O11"))


def test_without_the_plan_nothing_is_told_of_its_aims(now):
    found = since.assess("Q148", now.having(drop("policy_documents", doc_id="P13b")))
    assert (found.verdict, found.judged.en) == ("undecided", "")


def test_provinces_are_counted_over_all_later_lists(now):
    found = times(now).to_dict()
    assert (found[320000], found[370000], found[420000], found[440000]) == (6, 5, 4, 2) and 710000 not in found
    assert "Jiangsu 6, Shandong 5, Hubei 4" in since.assess("Q26", now).judged.en


def test_a_ratio_is_preliminary_until_a_bulletin_prints_it(now):
    assert preliminary(now) == {2025} and "2.8% (preliminary)" in since.assess("Q114", now).judged.en
    bulletin = put("rd_intensity_china", "stage", "bulletin", year=2025)
    assert "preliminary" not in since.assess("Q114", now.having(bulletin)).judged.en


def test_sums_within_one_programme_close():
    listed = C.tables("successor_programmes").query("city == ''")
    national = listed[listed["province_adcode"].isna()]

    def new(programme, **cells):
        chosen = national.query("programme == @programme and measure == 'new'")
        return chosen.loc[(chosen[list(cells)] == pd.Series(cells)).all(axis=1), "count"].tolist()

    assert (
        sum(new("im_demo_factory")) == 421 and new("factory_5g") == [300, 400, 560] and sum(new("factory_5g")) == 1260
    )
    batch = listed.query("programme == 'lighthouse' and year == 2026 and measure == 'new'")
    assert batch["province_adcode"].notna().sum() == 8
    assert batch.loc[batch["province_adcode"].notna(), "count"].sum() == new("lighthouse", year=2026)[0] == 16


def test_one_page_tells_how_far_each_series_has_come_and_what_a_row_must_hold():
    found = {one.name: one for one in series.series(C.tables)}
    assert found["rd_intensity_china"].last == 2025 and found["pilot_batches"].last == 2018
    assert found["rd_intensity_china"].columns == ("year", "first_published_pct", "decimals", "stage", "source_id")
    assert not {"claims", "sources", "provinces"} & set(found)
    page = series.page(C.tables, {"rd_intensity_china": ["08", "11"]}).splitlines()
    assert len(page) < 50 and any(
        line.startswith("rd_intensity_china") and "2025, 1 row, read by 08, 11:" in line for line in page
    )
    assert any(line.startswith("robots") and "read by no notebook yet:" in line for line in page)
    assert "compendium data refresh" in page[-1] + page[-2]


def test_an_aim_stands_with_its_last_comparable_outcome_else_with_its_last(now):
    due, every = aims.latest(now, 2025).set_index("target_id"), aims.aims(now)
    every = every[every["target_year"] == 2025]
    assert set(due.index) == set(every["target_id"]) and due.index.is_unique
    alike = every[every["state"].isin(aims.ALIKE)]
    assert due.loc[alike["target_id"], "compared"].all() and due["compared"].sum() == alike["target_id"].nunique()
    assert due.loc["T76", ["as_of", "value", "state"]].tolist() == ["2021", 16.7, "below"]  # 2023 keeps no wording
    assert due.loc["T38", ["value", "aim", "share", "plan"]].tolist() == [504, 500, 100.8, 2021]
