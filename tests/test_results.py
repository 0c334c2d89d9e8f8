"""Each result that a sweep follows is what its notebook wrote, and answers to the choices it takes."""

import pandas as pd
import pytest

from compendium import CompendiumError
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.record import show_values
from compendium.ledger.recording import normalise_computed_values
from compendium.run import sweep_choices
from study import results

CR5 = "index == 'cr5' and evidence_tier == 3 and not leaders_largest and not leaders_descending"
QUOTIENT = "cluster == '{}' and size == 'gdp_census4_100m_yuan'"
WRITTEN = {
    "five_share": ("pilot-concentration", CR5, ["lower", "upper"]),
    **{
        cluster: ("cluster-location-quotients", QUOTIENT.format(cluster), ["lq_low", "lq_high"])
        for cluster in ("bohai_rim", "yangtze_delta", "pearl_delta", "central_west")
    },
    "level_one": ("maturity-intervals", "year == 2020 and level_class == 'le1'", ["lower_pct", "upper_pct"]),
    "gap_2025": ("talent-scenarios", "year == 2025 and scenario == 'chosen'", ["gap_10k"]),
    "rd_crossing": ("rd-crossing", "first_year == 2010 and average == 'fixed'", ["earliest", "latest"]),
}


@pytest.fixture(scope="module")
def data(c):
    return EvidenceTables(c)


def test_each_result_that_is_declared_is_looked_at(c):
    assert list(sweep_choices.read_choices_file(c).results) == list(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_result_is_what_its_notebook_wrote(c, data, name):
    table, where, columns = WRITTEN[name]
    (row,) = pd.read_csv(c.processed_path(table)).query(where).to_dict("records")
    found = sweep_choices.import_swept_function(c, name)(data)
    if "status" in row:
        found, status = found
        assert status == row["status"]
    assert list(found if isinstance(found, tuple) else (found,)) == pytest.approx([row[c] for c in columns], rel=1e-9)


@pytest.mark.release
@pytest.mark.parametrize("name", ["five_share", "level_one", "rd_crossing"])
def test_of_the_committed_sweep_the_other_values_too(c, data, name):
    curves = pd.read_csv(c.root / "data/sweep/curves.csv", dtype=str).query("item == @name")
    choices = sweep_choices.read_choices_file(c).choices
    for row in curves.dropna(axis=1).drop(columns="item").to_dict("records")[:4]:
        value = row.pop("value")
        chosen = {
            choices[one].parameter: next(v for v in choices[one].values if str(v) == told) for one, told in row.items()
        }
        assert (
            show_values(normalise_computed_values(sweep_choices.import_swept_function(c, name)(data, **chosen)))
            == value
        )


def test_nothing_is_supposed_of_the_five_unless_it_is_chosen(data):
    problem = results.require_project_evidence(data, 1).problem
    assert results.add_leader_assumptions(problem, data) is problem
    both = results.add_leader_assumptions(problem, data, leaders_largest=True, leaders_descending=True)
    assert (len(both.leaders), both.leaders_largest, both.leaders_descending) == (5, True, True)


def test_a_quotient_is_above_one_open_or_not_above():
    low, high, status = results.bound_and_classify_quotient(pd.Series([3, 1, 0]), pd.Series([4, 3, 2]), 2.0)
    assert low.tolist() == [1.5, 0.5, 0.0] and high.tolist() == [2.0, 1.5, 1.0]
    assert status.tolist() == ["above", "open", "not_above"]


def test_supply_that_stands_still_leaves_demand_less_the_stock(data):
    still = results.compute_talent_gaps(data, annual_supply_growth=0.0)
    assert (results.interpolate_talent_demand(data) - still).round(6).nunique() == 1
    assert (
        results.compute_talent_gap_2025(data, 0.0, stock_year=2015)
        == still.iloc[-1]
        > results.compute_talent_gap_2025(data)
    )


def test_without_a_batch_of_the_paper_nothing_is_known(c):
    empty = EvidenceTables(c, known={"pilot_batches": c.tables("pilot_batches").assign(table="pilot_batches").head(0)})
    with pytest.raises(Exception, match=r"pilot_batches: it has no batch .* Remedy: add a row"):
        results.require_project_evidence(empty)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda d: results.require_project_evidence(d, 6), "evidence_tier is 6. Remedy: use one of 1, 2, 3, 4, 5"),
        (
            lambda d: results.select_cluster_membership(d, "wide"),
            "cluster_definition is 'wide'. Remedy: use one of named, broad",
        ),
        (
            lambda d: results.name_gdp_column("census6"),
            "gdp_vintage is 'census6'. Remedy: use one of census4, census5, prelim",
        ),
        (
            lambda d: results.bound_rd_crossing_year(d, vintage="wdi_old"),
            "vintage is 'wdi_old', .* Remedy: .*, wdi_2026_07",
        ),
    ],
)
def test_a_choice_out_of_range_is_refused_with_what_is_allowed(data, asked, message):
    with pytest.raises(CompendiumError, match=f"^{message}"):
        asked(data)


def test_without_assumptions_the_shares_of_clusters_are_no_better_known(data):
    assumed, bare = results.bound_cluster_shares(data), results.bound_cluster_shares(data, use_assumptions=False)
    assert (bare["low"] <= assumed["low"]).all() and (bare["high"] >= assumed["high"]).all()
    assert (bare["high"] - bare["low"])["pearl_delta"] > 0 == (assumed["high"] - assumed["low"])["pearl_delta"]
    assert assumed["industry"].drop("coast").sum() < 100
