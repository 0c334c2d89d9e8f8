"""What the notebooks compute in view, in plain pandas, is what the judgements compute for themselves."""

from types import SimpleNamespace

import nbformat
import pandas as pd
import pytest
from worlds import HERE, holding

from compendium.ledger.claims import ledger_to_frame
from compendium.ledger.evidence import EvidenceTables
from compendium.notebook.begin import Notebook
from compendium.run import contents
from study import results
from study.analysis import diagnosis
from study.judgements import clusters, innovation, judges, maturity, pilots, policy, talent, technology

REST = ["ge2_pct", "weight_low", "weight_high", "free_low_pct", "free_high_pct"]
BALANCE = ["demand", "gap", "supply"]


def worked(name, *wanted, c=HERE):
    """Return the variables that some cells of a notebook leave; what they show is not looked at."""
    cells = {
        c.id: c.source for c in nbformat.read(contents.list_declared_notebooks(HERE)[name].path, as_version=4).cells
    }
    imports = [line for line in cells["setup"].splitlines() if "import" in line]
    found = {"notebook": Notebook(c, name, judges)}
    for code in ("\n".join(imports), "def display(_): pass", *(cells[cell] for cell in wanted)):
        exec(code, found)
    return found


def rates_in_time(rows):
    return rows.sort_values(["target_id", "scope"], kind="stable").set_index(["target_id", "scope"])["value_pct"]


def equipment(data):
    """Return the rows that decide the claim on digital equipment, or on networked."""
    return pd.concat([judges.assess(claim, data).judged.rows for claim in ("Q79", "Q80")])["value_pct"].sort_values()


def rested(data):
    """Return what the problems of the finest level rest on."""
    coded, rows = (
        data("problems_countermeasures"),
        ledger_to_frame(Notebook(data.c, "10-problems-and-paths", judges).rows),
    )
    found = diagnosis.tabulate_problem_support(coded, rows)["ground"].sort_index()
    return found[~found.index.isin(coded["parent_code"])]


def above(data):
    rows = data("rd_intensity_countries").query("vintage == 'wdi_2026_07'")
    return innovation.count_countries_above_china(rows, data).loc[2020, "sum"]


MATCH = "parameters data-statements data-guide match"
VIEWS = {  # notebook, the cells that compute it, what they show of the variables, what is judged of the tables
    "rates of policies": ("01-policy-layout", "parameters data-documents data-targets data-readings readings",
        lambda v: rates_in_time(v.last),
        lambda data: rates_in_time(policy.select_last_timely_readings(policy.list_target_readings(data)))),
    "batches": ("02-pilot-growth", "data-batches data-totals sizes", lambda v: v.routes["final"],
        pilots.compute_batch_sizes),
    "shares of clusters": ("04-industrial-clusters", "data-provinces data-covariates shares",
        lambda v: v.shares[["low", "high", "industry"]].sort_index(),
        lambda data: results.bound_cluster_shares(data).sort_index()),
    "speech valley": ("04-industrial-clusters", "valley",
        lambda v: v.valley["firms"], lambda data: clusters.list_speech_valley_counts(data)["firms"]),
    "outside Jiangsu": ("05-maturity", "data-levels data-samples shares rest",
        lambda v: v.rest[REST], lambda data: maturity.bound_rest_of_country(data)[REST]),
    "level one": ("05-maturity", "parameters data-levels shares intervals",
        lambda v: v.intervals.loc["le1", ["lower_pct", "upper_pct"]],
        lambda data: pd.Series(results.compute_level_one_interval(data))),
    "materials": ("06-core-technology", "data-materials sums", lambda v: v.shares.iloc[0].dropna().sort_index(),
        lambda data: technology.list_complete_surveys(data).groupby("category")["share_pct"].first()),
    "talent": ("07-talent-gap", f"{MATCH} balance",
        lambda v: v.balance[BALANCE], lambda data: talent.tabulate_talent_balance(data)[BALANCE]),
    "paths of the gap": ("07-talent-gap", f"{MATCH} balance paths",
        lambda v: v.paths["chosen"], results.compute_talent_gaps),
    "kinds of prints": ("07-talent-gap", f"{MATCH} figure-fields chain",
        lambda v: v.stated["kind"], lambda data: talent.list_talent_statements(data)["kind"]),
    "countries": ("08-research-spending", "data-countries groups",
        lambda v: v.standing.loc[["g7", "imf_advanced"], "sum"], above),
    "revisions": ("08-research-spending", "data-china revisions",
        lambda v: v.revised.dropna(), lambda data: results.compute_revised_rd_intensity(data).dropna()),
    "populations": ("09-factory-data", "data-digital bases figure-populations",
        lambda v: v.bars["value_pct"].sort_values(), equipment),
    "problems": ("10-problems-and-paths", "data-coded grounds",
        lambda v: v.resting["ground"].sort_index(), rested),
}  # fmt: skip
LEVEL = {"scope": "national", "year": 2020, "basis": "seen"}
RATE = {"measure": "key_process_nc", "as_of": "2020-09", "scope": "key_manufacturing_fields"}
DIGITAL = {"measure": "equipment_digitisation", "as_of": "2020-12"}
MATERIAL = {"survey": "key_materials_2018", "category": "self_supplied"}
CHINA = {"vintage": "wdi_2026_07", "year": 2020, "iso3": "CHN"}
WORSE = [  # what is shown, a table, the row that a worse source prints otherwise, the cells, whether both are drawn
    ("batches", "pilot_batches", {"year": 2016, "stage": "final"}, {"projects": 71, "preferred": False}, False),
    ("batches", "pilot_cumulative", {"through_year": 2017, "basis": "seen"}, {"projects": 306}, False),
    ("shares of clusters", "pilot_province_evidence", {"evidence_id": "E056"}, {"evidence_id": "E999"}, False),
    ("outside Jiangsu", "maturity_levels", LEVEL | {"level_class": "3"}, {"share_pct": 17.0}, False),
    ("level one", "maturity_levels", LEVEL | {"level_class": "ge4"}, {"share_pct": 17.0}, False),
    ("materials", "key_materials", MATERIAL, {"share_pct": 17.0}, False),
    ("talent", "talent_statements", {"measure": "gap", "year": 2020, "basis": "seen"}, {"value_10k": 917.0}, False),
    ("countries", "rd_intensity_countries", CHINA, {"vintage": "worse", "pct": 9.0}, False),
    # Where the known source is of grade C too, both are heard.
    ("rates of policies", "digitalisation", RATE, {"value_pct": 17.0}, True),
    ("speech valley", "speech_valley_firms", {"as_of": "2021-12"}, {"firms": 917}, True),
    ("populations", "digitalisation", DIGITAL, {"value_pct": 17.0}, True),
]  # fmt: skip


def beside(table, where, cells):
    """Return the tables of today with a row that a new source of grade C prints otherwise, and its source."""
    frames = {name: HERE.tables(name) for name in HERE.tables.resources}
    rows = frames[table]
    known = rows[(rows[list(where)] == pd.Series(where)).all(axis=1) & (rows["source_id"] != "paper")].head(1)
    assert len(known) == 1, (table, where)
    new = {"source_id": "worse-2026", **cells}
    sources, origins = frames["sources"], frames["source_origins"]
    frames[table] = pd.concat([rows, known.assign(**new)], ignore_index=True)
    source = sources[sources["grade"] == "C"].head(1).assign(source_id="worse-2026", published="2026-12-09")
    frames["sources"] = pd.concat([sources, source], ignore_index=True)
    origin = origins[origins["source_id"] == known["source_id"].iloc[0]].head(1).assign(source_id="worse-2026")
    frames["source_origins"] = pd.concat([origins, origin], ignore_index=True)
    return holding(frames)


def alike(one, other):
    one, other = (pd.DataFrame(rows.to_numpy()) for rows in (one, other))
    pd.testing.assert_frame_equal(one, other, check_dtype=False)


def shown(view, c):
    name, cells, found, _ = VIEWS[view]
    return found(SimpleNamespace(**worked(name, *cells.split(), c=c)))


@pytest.mark.parametrize("view", VIEWS)
def test_what_is_computed_in_view_is_what_is_judged(view):
    alike(shown(view, HERE), VIEWS[view][-1](EvidenceTables(HERE)))


@pytest.mark.parametrize(("view", "table", "where", "cells", "both"), WORSE)
def test_a_figure_draws_the_row_that_is_judged_and_no_worse_one_beside_it(view, table, where, cells, both):
    c = beside(table, where, cells)
    after = shown(view, c)
    alike(after, VIEWS[view][-1](EvidenceTables(c)))
    assert both != after.equals(shown(view, HERE))
