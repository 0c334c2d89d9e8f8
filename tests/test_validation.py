"""Bad raw tables stop with one line that names file, row, column, value, rule and remedy; good extensions pass."""

import csv
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import frozen
import pytest
from frozen import rehash

from compendium import crosschecks, paths, tables, validation
from compendium.tables import InputError

pytestmark = pytest.mark.kept("data/raw", "tests/frozen")


@pytest.fixture
def folder(tmp_path):
    """The frozen tables in a folder with a blank and Chinese characters."""
    return frozen.folder(tmp_path / "原始 数据")


def read(folder, table):
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder, table, rows):
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def place(rows, cells):
    """Return the position of the first row that holds these cells."""
    return next(i for i, row in enumerate(rows) if all(row[column] == text for column, text in cells.items()))


def edit(folder, table, cells, **changes):
    rows = read(folder, table)
    rows[place(rows, cells)].update(changes)
    write(folder, table, rows)


def add(folder, table, **cells):
    rows = read(folder, table)
    write(folder, table, [*rows, dict.fromkeys(rows[0], "") | cells])


def only(folder):
    """Return the single problem of a folder."""
    problems = validation.check(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


# The package as it is


def test_the_raw_data_are_valid():
    assert validation.check() == []
    validation.raise_if_bad()


def test_frictionless_itself_accepts_the_package():
    from frictionless import Package

    report = Package(str(paths.RAW / "datapackage.json")).validate()
    assert report.valid and report.stats["tasks"] == len(tables.names()) == 27


def test_every_table_and_column_is_described_in_both_languages():
    for resource in tables.package()["resources"]:
        for thing in (resource, *resource["schema"]["fields"]):
            for key in ("title", "description"):
                assert thing[key].strip() and re.search("[\u4e00-\u9fff]|^R&D", thing[f"{key}_zh"]), thing["name"]
                assert not re.search("[\u4e00-\u9fff]", thing[key]), thing["name"]
        assert resource["licenses"] and resource["sources"] and resource["schema"]["primaryKey"]
        for field in resource["schema"]["fields"]:
            constraints = field.get("constraints", {})
            if field["type"] == "boolean":
                assert constraints.get("required"), "tables.raw reads booleans without gaps"
            if field["type"] == "number":
                assert field["unit"] and field["unit_zh"], field["name"]
            if "labels" in field:
                assert list(field["labels"]) == constraints["enum"]
                assert all(label["en"] and label["zh"] for label in field["labels"].values())
            assert ("pattern" in constraints) == bool(field.get("form") and field.get("form_zh"))


def test_units_of_the_covariates_are_those_of_their_sources():
    units = {field["name"]: field.get("unit") for field in tables.schema("province_covariates")["fields"]}
    described = {row["column"]: row["unit"] for row in read(paths.RAW, "covariate_sources") if "covar" in row["table"]}
    assert len(described) == 17 and {column: units[column] for column in described} == described


# Bytes


def replace_bytes(old, new):
    return lambda path: path.write_bytes(path.read_bytes().replace(old, new, 1))


def test_a_file_nobody_may_read(folder, monkeypatch):
    path, honest = folder / "claims.csv", Path.read_bytes

    def guarded(self):
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return honest(self)

    monkeypatch.setattr(Path, "read_bytes", guarded)
    problem = only(folder)
    assert problem.file == str(path) and problem.rule == "the file may not be read" and "chmod u+r" in problem.remedy


def test_a_changed_byte_with_the_old_hash(folder):
    path = folder / "key_materials.csv"
    replace_bytes(b"called a self-supply rate", b"called a self supply rate")(path)
    problem = only(folder)
    assert problem.file == str(path) and problem.rule == "differs from the SHA-256 recorded in datapackage.json"
    assert "CHANGES.md" in problem.remedy and "compendium data refresh" in problem.remedy


def test_a_changed_size_with_the_right_hash(folder):
    package = tables.package(folder)
    package["resources"][0]["bytes"] += 1
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert only(folder).file == str(folder / "sources.csv")


# Rows


def test_a_row_of_basis_paper_text_names_the_paper(folder):
    edit(folder, "pilot_batches", PAPER_2016, source_id="gta-2016")
    rehash(folder)
    problem = only(folder)
    assert (problem.row, problem.column, problem.value) == (6, "source_id", "gta-2016")
    assert problem.rule == "must be paper where basis is paper_text"


@pytest.mark.parametrize(
    ("table", "row", "cells", "column", "value", "rule"),
    [
        ("tax_rules", 3, {"rule_id": "X02"}, "valid_from", "2019", "must not lie after valid_to, 2018-12-31"),
        ("pilot_province_evidence", 32, {"evidence_id": "E031"}, "lower", "8", "must not lie after upper, 7"),
    ],
)
def test_ends_in_order(folder, table, row, cells, column, value, rule):
    edit(folder, table, cells, **{column: value})
    rehash(folder)
    problem = only(folder)
    assert (problem.row, problem.column, problem.value, problem.rule) == (row, column, value, rule)


def test_a_repeated_row_is_told_once(folder):
    path = folder / "sources.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines[:5], lines[4], *lines[5:]]), encoding="utf-8")
    problem = only(folder)
    assert (problem.row, problem.column, problem.value) == (6, "source_id", "xinhua-2015-kbm")
    assert problem.rule == "the key must be unique and complete; it is the same as in row 5"


def test_a_hopeless_table_is_read_no_further_than_some_twenty_faults(folder):
    path = folder / "pilot_projects.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("seen", "SEEN"), encoding="utf-8")
    problems = validation.check(folder)
    assert [(problem.row, problem.column) for problem in problems] == [(row, "basis") for row in range(2, 22)]


def test_a_signed_difference_in_points_is_no_formula(folder):
    edit(folder, "pilot_batches", PAPER_2016, note="-0.4 points on 2015")
    assert validation.refresh(folder) == ["pilot_batches"]


# Arithmetic within and between tables


def case(name, edits, table, cells, column, rule):
    return pytest.param(name, edits, table, cells, column, rule, id=name)


def printed(number):
    return {"value_text": number, "value_low": number, "value_high": number}


def evidence(id_, **changes):
    return ("pilot_province_evidence", {"evidence_id": id_}, changes)


def project(id_, **changes):
    return ("pilot_projects", {"project_row": id_}, changes)


def province(name, **changes):
    return ("provinces", {"province_en": name}, changes)


def covariates(name, **changes):
    return ("province_covariates", {"province_zh": name}, changes)


PAPER_2016 = {"year": "2016", "source_id": "paper"}
LEVEL = {"scope": "national", "year": "2021", "level_class": "2"}
GAP_2020 = {"field_no": "6", "year": "2020", "measure": "predicted_gap"}
GE2_FIRMS = ("maturity_samples", {"measure": "firms_ge2"})
BATCH_2017 = {"year": "2017", "stage": "final", "source_id": "qingdao-daily-2017"}

# name of the check, edits, then what is told: table, row by its cells, column, rule
CROSS = [
    case("addresses_fit_trust", [("sources", {"source_id": "scio-2016-04"}, {"host_trust": "ok"})],
         "sources", {"source_id": "scio-2016-04"}, "url", "with host_trust ok the address must be an http"),
    case("claims_run_on", [("claims", {"claim_id": "Q40"}, {"claim_id": "Q118"})],
         "claims", {"claim_id": "Q118"}, "claim_id", "here Q40 is due"),
    case("claims_fit_text", [("claims", {"claim_id": "Q03"}, {"value_text": "4"})],
         "claims", {"claim_id": "Q03"}, "value_low", "or both empty, as value_text '4' says"),
    case("claims_follow", [("claims", {"claim_id": "Q46"}, printed("99"))],
         "claims", {"claim_id": "Q46"}, "value_low", "must be 100, as follows from Q42 in row 43"),
    case("claims_count_items", [("claims", {"claim_id": "Q93"}, printed("8"))],
         "claims", {"claim_id": "Q93"}, "value_low", "must be 9, the items of side problem"),
    case("batches_preferred", [("pilot_batches", BATCH_2017, {"preferred": "false"})],
         "pilot_batches", BATCH_2017, "preferred", "one final row of 2017 must be preferred"),
    case("batches_of_paper", [("pilot_batches", PAPER_2016, {"projects": "64"})],
         "pilot_batches", PAPER_2016, "projects", "must be 63, as Q15 in claims.csv row 16 says"),
    case("batches_add_up", [("pilot_batches", BATCH_2017, {"projects": "98"})],
         "pilot_cumulative", {"through_year": "2017"}, "projects", "must be 207, .* pilot_batches.csv rows 2, 5, 9$"),
    case("totals_of_paper", [("pilot_cumulative", {"source_id": "paper"}, {"industries": "91"})],
         "pilot_cumulative", {"source_id": "paper"}, "industries", "must be 92, as Q13"),
    case("effects_have_base", [("pilot_effects", {"effect_id": "F03"}, {"base_projects": "300"})],
         "pilot_effects", {"effect_id": "F03"}, "base_projects", "must be a total of .*: 109, 206, 305"),
    case("evidence_names", [evidence("E002", province_zh="天津")],
         "pilot_province_evidence", {"evidence_id": "E002"}, "province_zh", "must be 北京"),
    case("project_names", [project("J05", province_zh="广东")],
         "pilot_projects", {"project_row": "J05"}, "province_zh", "must be 广西"),
    case("evidence_bounds", [evidence("E002", lower="")],
         "pilot_province_evidence", {"evidence_id": "E002"}, "lower", "lower or upper must be given"),
    case("evidence_periods", [evidence("E039", period_end="2019")],
         "pilot_province_evidence", {"evidence_id": "E039"}, "period_end", "no batch of 2019"),
    case("project_years", [project("J40", year_end="2019")],
         "pilot_projects", {"project_row": "J40"}, "year_end", "no batch of 2019"),
    case("cities_in_one_province", [project("J06", city="青岛")],
         "pilot_projects", {"project_row": "J06"}, "city", "lies in 山东 by pilot_province_evidence.csv row 50"),
    case("evidence_agrees", [evidence("E021", lower="2")],
         "pilot_province_evidence", {"evidence_id": "E021"}, "lower", "must not exceed the upper bound 1 in row 23"),
    case("evidence_of_years", [evidence("E023", lower="1", upper="1")],
         "pilot_province_evidence", {"evidence_id": "E020"}, "upper", "must be at least 2, the sum .* in rows 22, 24"),
    case("evidence_fits_batches", [evidence(id_, lower="60") for id_ in ("E001", "E004", "E006")],
         "pilot_province_evidence", {"evidence_id": "E001"}, "lower", "of 2015-2018 add up .* batches hold 305"),
    case("projects_once", [project("J35", enterprise="青岛森麒麟轮胎股份有限公司", project="轮胎智能工厂试点示范")],
         "pilot_projects", {"project_row": "J35"}, "enterprise", "the same project stands in row 35"),
    case("projects_of_cities", [evidence("E057", lower="13")],
         "pilot_province_evidence", {"evidence_id": "E057"}, "lower", "lists 12 projects of 青岛 in 2015-2018"),
    case("projects_below_caps", [evidence("E008", lower="2", upper="2")],
         "pilot_province_evidence", {"evidence_id": "E008"}, "upper", "lists 3 enterprises, in rows 24, 25, 26"),
    case("provinces_in_study", [province("Taiwan", in_study="true")],
         "provinces", {"province_en": "Taiwan"}, "in_study", "must be false for Taiwan"),
    case("provinces_on_tiles", [province("Tianjin", tile_row="3")],
         "provinces", {"province_en": "Tianjin"}, "tile_col", "the tile is taken by Beijing in row 2"),
    case("provinces_in_clusters", [province("Beijing", cluster_named="pearl_delta")],
         "provinces", {"province_en": "Beijing"}, "cluster_named", "must be empty or equal to .* bohai_rim"),
    case("provinces_by_region", [province("Shanxi", region4="west")],
         "provinces", None, "region4", "central 5 instead of 6, west 13 instead of 12"),
    case("covariates_of_provinces", [covariates("天津", province_zh="北京")],
         "province_covariates", {"adcode": "120000"}, "province_zh", "must be 天津"),
    case("covariates_reproduce", [covariates("北京", rd_intensity_pct="6.27")],
         "province_covariates", {"adcode": "110000"}, "rd_intensity_pct", "over preliminary GDP is 6.170 %"),
    case("covariates_described", [("covariate_sources", {"column": "hightech_firms"}, {"column": "hightech_firm"})],
         "covariate_sources", {"column": "hightech_firm"}, "column", "province_covariates.csv has no such column"),
    case("shares_close", [("maturity_levels", LEVEL, {"share_pct": "16"})],
         "maturity_levels", LEVEL | {"level_class": "le1"}, "share_pct", "rows 11, 12, 13, 14 add up to 101, not 100"),
    case("shares_from_counts", [(*GE2_FIRMS, {"value": "48793"})],
         "maturity_levels", {"year": "2024", "level_class": "ge2"}, "share_pct", "rows 10 and 9 give 42.88 %"),
    case("derived_shares_have_parts", [(*GE2_FIRMS, {"exact": "false"})],
         "maturity_levels", {"year": "2024", "level_class": "ge2"}, "basis", "it is derived from are missing"),
    case("figure_order", [("maturity_industries", {"position": "1"}, {"position": "2"})],
         "maturity_industries", {"measure": "printed_order"}, "position", "must be 1"),
    case("editions_complete", [("maturity_standard", {"level": "5"}, {"edition": "GB/T 39116-2021"})],
         "maturity_standard", None, "level", "edition GB/T 39116-2020 must have levels 1 to 5, not 1, 2, 3, 4"),
    case("gap_is_total_less_stock", [("talent_guide", GAP_2020, {"value_10k": "69"})],
         "talent_guide", GAP_2020, "value_10k", "must be 68: total in row 13 less stock in row 12"),
    case("ten_gaps", [("talent_guide", {"field_no": "1"}, {"value_10k": "751"})],
         "talent_guide", None, "value_10k", "must add up to 1913.1, not 1914.1"),
    case("press_set", [("talent_statements", {"statement_id": "S05"}, {"value_10k": "310"})],
         "talent_statements", {"statement_id": "S05"}, "value_10k", "must be 300: demand in row 5 less the stock 450"),
    case("rates_within_hundred", [("talent_statements", {"statement_id": "S20"}, {"value_10k": "6200"})],
         "talent_statements", {"statement_id": "S20"}, "value_10k", "must lie between 0 and 100, as its unit is %"),
    case("revisions_follow", [("rd_intensity_china", {"year": "2013"}, {"implied_revision_pct": "2.02"})],
         "rd_intensity_china", {"year": "2013"}, "implied_revision_pct", "must be 2.01, as row 6 implies"),
    case("aggregates_marked", [("rd_intensity_countries", {"iso3": "JPN"}, {"aggregate": "true"})],
         "rd_intensity_countries", {"iso3": "JPN"}, "aggregate", "must be false for JPN"),
    case("materials_close", [("key_materials", {"category": "made_but_unstable"}, {"share_pct": "55"})],
         "key_materials", {"survey": "key_materials_2018"}, "share_pct", "rows 2, 3, 4 .* add up to 101, not 100"),
    case("dates_fit_basis", [("policy_documents", {"doc_id": "P01"}, {"date_end": "2015-05-09"})],
         "policy_documents", {"doc_id": "P01"}, "date_basis", "date_start and date_end must be the same day"),
    case("documents_have_section", [("policy_documents", {"doc_id": "P02"}, {"paper_section": ""})],
         "policy_documents", {"doc_id": "P02"}, "paper_section", "must be given with named_in_paper named"),
    case("items_coded", [("problems_countermeasures", {"code": "P1.1"}, {"coverage": ""})],
         "problems_countermeasures", {"code": "P1.1"}, "coverage", "must be given for side problem"),
    case("links_answer", [("problem_links", {"countermeasure_code": "C1.2"}, {"countermeasure_code": "P1.2"})],
         "problem_links", {"countermeasure_code": "P1.2"}, "countermeasure_code", "must be the code of a counter"),
]  # fmt: skip


def test_every_cross_table_check_has_a_case():
    assert {param.values[0] for param in CROSS} == {check.__name__ for _, check in crosschecks.CHECKS}


@pytest.mark.parametrize(("name", "edits", "table", "cells", "column", "rule"), CROSS)
def test_cross_table_checks(folder, name, edits, table, cells, column, rule):
    for edited, where, changes in edits:
        edit(folder, edited, where, **changes)
    rehash(folder)
    problem = validation.check(folder)[0]
    assert (problem.file, problem.column) == (str(folder / f"{table}.csv"), column)
    if cells is None:
        assert problem.row is None
    else:
        rows = read(folder, table)
        assert problem.row == place(rows, cells) + 2
        assert problem.value == rows[place(rows, cells)][column]
    assert re.search(rule, problem.rule), problem.rule
    assert problem.remedy


# One fault, one message; several faults in order


def test_problems_are_told_from_the_outside_in(folder):
    edit(folder, "talent_guide", {"field_no": "1"}, value_10k="751")
    edit(folder, "pilot_batches", PAPER_2016, projects="abc")
    edit(folder, "tax_rules", {"rule_id": "X02"}, doc_id="P99")
    (folder / "provinces.csv").write_bytes(b"")
    replace_bytes(b"called a self-supply rate", b"called a self supply rate")(folder / "key_materials.csv")
    problems = validation.check(folder)
    names = [Path(problem.file).stem for problem in problems]
    assert names[:4] == ["provinces", "pilot_batches", "tax_rules", "talent_guide"]
    assert "key_materials" in names[4:] and all("SHA-256" in problem.rule for problem in problems[4:])
    with pytest.raises(InputError, match=rf"provinces\.csv: the file is empty.* \({len(problems) - 1} more: see"):
        validation.raise_if_bad(folder)


def test_a_missing_entry_is_told_once(folder):
    rows = read(folder, "sources")
    write(folder, "sources", [row for row in rows if row["source_id"] != "ofweek-2018"])
    rehash(folder)
    problem = only(folder)
    assert (problem.file, problem.row) == (str(folder / "pilot_batches.csv"), 8)
    assert re.search("ofweek-2018 does not stand in .* nor do [0-9]+ other cells find it there", problem.rule)


def test_a_source_without_use(folder):
    add(folder, "sources", source_id="idle", title="Idle", publisher="Nobody", url="https://example.org/idle",
        grade="C", host_trust="ok", accessed="2026-11-24")  # fmt: skip
    rehash(folder)
    problem = only(folder)
    assert problem.value == "idle" and problem.rule == "no table refers to this source"


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("problem_links", "table problem_links is missing, which others are checked against"),
        ("provinces", "column adcode of pilot_province_evidence refers to provinces.adcode, which does not exist"),
    ],
)
def test_a_table_that_is_gone_with_its_description(folder, table, rule):
    package = tables.package(folder)
    package["resources"] = [resource for resource in package["resources"] if resource["name"] != table]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / f"{table}.csv").unlink()
    assert only(folder).rule == f"is no valid data package: {rule}"


def test_columns_that_the_checks_miss(folder):
    package = tables.package(folder)
    schema = next(resource["schema"] for resource in package["resources"] if resource["name"] == "pilot_cumulative")
    next(field for field in schema["fields"] if field["name"] == "projects")["name"] = "number"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    replace_bytes(b"projects", b"number")(folder / "pilot_cumulative.csv")
    rehash(folder)
    problem = validation.check(folder)[0]
    assert problem.file == str(folder / "pilot_cumulative.csv") and problem.remedy.endswith("types in datapackage.json")
    assert problem.rule == "the check batches_add_up does not fit its columns (KeyError: 'projects')"


def test_no_codebook_of_a_bad_package(folder):
    package = tables.package(folder)
    del package["resources"][0]["licenses"]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(InputError, match="is no valid data package: KeyError: 'licenses'"):
        validation.codebook(folder)


# Renewing hashes


def test_refresh_changes_nothing_when_nothing_changed(folder):
    before = (folder / "datapackage.json").read_bytes()
    assert validation.refresh(folder) == []
    assert (folder / "datapackage.json").read_bytes() == before


def at(monkeypatch, day):
    """Set the clock of the refresh to a day."""

    class Day(date):
        @classmethod
        def today(cls):
            return cls.fromisoformat(day)

    monkeypatch.setattr(validation, "date", Day)


@pytest.mark.parametrize(("day", "renewed"), [("2026-11-24", ["hash"]), ("2027-01-02", ["created", "hash"])])
def test_refresh_takes_a_valid_change(folder, monkeypatch, day, renewed):
    at(monkeypatch, day)
    replace_bytes(b"called a self-supply rate", b"called a self supply rate")(folder / "key_materials.csv")
    before = (folder / "datapackage.json").read_text(encoding="utf-8").splitlines()
    assert validation.refresh(folder) == ["key_materials"]
    after = (folder / "datapackage.json").read_text(encoding="utf-8").splitlines()
    assert [new.split('"')[1] for old, new in zip(before, after, strict=True) if old != new] == renewed
    assert tables.package(folder)["created"] == f"{day}T00:00:00Z"
    assert validation.check(folder) == []


def test_a_source_read_today_is_taken_by_refresh_and_one_read_tomorrow_is_not(folder, monkeypatch):
    at(monkeypatch, "2031-05-06")
    edit(folder, "sources", {"source_id": "paper"}, accessed="2031-05-07", published="2031-05")
    with pytest.raises(InputError, match=r"sources\.csv, row 2, column accessed: value '2031-05-07' — must not lie"):
        validation.refresh(folder)
    edit(folder, "sources", {"source_id": "paper"}, accessed="2031-05-06")
    problems = validation.check(folder)
    assert [problem.column for problem in problems] == ["published", "accessed"]
    assert all("compendium data refresh" in problem.remedy for problem in problems)
    assert validation.refresh(folder) == ["sources"]
    at(monkeypatch, "2020-01-01")  # a clock that goes wrong takes nothing back
    assert validation.check(folder) == [] and validation.refresh(folder) == []
    edit(folder, "sources", {"source_id": "paper"}, note="DOI 10.15302/J-SSCAE-2022.02.025")
    assert validation.refresh(folder) == ["sources"]
    assert tables.package(folder)["created"] == "2031-05-06T00:00:00Z"


def test_refresh_refuses_a_fault_and_writes_nothing(folder):
    edit(folder, "pilot_batches", BATCH_2017, projects="98")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match=r"pilot_cumulative\.csv, row 3, column projects: value '206' — must be 207"):
        validation.refresh(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


# Extensions that readers are meant to make


SEEN = {"basis": "seen", "source_id": "miit-equip-2016"}


def add_fact(folder, id_, start, end, count):
    """Add the number of projects of Zhejiang in a period."""
    home = {"adcode": "330000", "province_zh": "浙江", "counts": "project"}
    period = {"period_start": start, "period_end": end, "lower": count, "upper": count}
    add(folder, "pilot_province_evidence", evidence_id=id_, **home, **period, **SEEN)


def test_the_lists_of_the_ministry_may_be_filled_in(folder):
    add_fact(folder, "E900", "2015", "2015", "4")
    add_fact(folder, "E901", "2016", "2016", "12")
    add_fact(folder, "E902", "2015", "2018", "31")
    assert validation.refresh(folder) == ["pilot_province_evidence"]


def test_a_later_batch_may_be_added(folder):
    add(folder, "pilot_batches", year="2019", stage="final", projects="50", preferred="true", **SEEN)
    add(folder, "pilot_cumulative", through_year="2019", projects="355", **SEEN)
    effect = {"base_text": "all", "kind": "result", "indicator": "productivity", "change_pct": "30"}
    add(folder, "pilot_effects", effect_id="F90", base_projects="355", **effect, **SEEN)
    add_fact(folder, "E900", "2019", "2019", "9")
    changed = ["pilot_batches", "pilot_cumulative", "pilot_effects", "pilot_province_evidence"]
    assert validation.refresh(folder) == changed


def test_shares_of_a_later_year_may_be_added(folder):
    common = {"scope": "national", "year": "2026", "basis": "seen", "source_id": "qianzhan-2024"}
    shares = {"le1": "55.1", "2": "25.2", "3": "15.2", "ge4": "4.6", "ge2": "45.0"}
    for name, share in shares.items():
        add(folder, "maturity_levels", **common, level_class=name, share_pct=share)
    with pytest.raises(InputError, match=r"rows 30, 31, 32, 33 add up to 100\.1, not 100"):
        validation.refresh(folder)
    edit(folder, "maturity_levels", {"year": "2026", "level_class": "2"}, note="rounded in the text")
    assert validation.refresh(folder) == ["maturity_levels"]


def test_a_later_value_of_research_may_be_added(folder):
    source = "nbs-rd-2023"
    edit(folder, "rd_intensity_china", {"year": "2023"}, implied_revision_pct="2.58", revision_source_id=source)
    add(folder, "rd_intensity_china", year="2024", first_published_pct="2.68", stated_rise_pp="0.10", source_id=source)
    assert validation.refresh(folder) == ["rd_intensity_china"]


# Codebook


def test_the_committed_codebook_is_the_generated_one(folder):
    for name, text in validation.codebook().items():
        assert (paths.RAW / name).read_text(encoding="utf-8") == text
    assert validation.write_codebook(folder) == []
    (folder / "codebook.md").unlink()
    assert validation.write_codebook(folder) == [folder / "codebook.md"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_codebook_shows_every_column_and_code(language):
    text = validation.codebook()[validation.WORDS[language]["file"]]
    for resource in tables.package()["resources"]:
        chapter = text.split(f"\n## {resource['name']}\n")[1].split("\n## ")[0]
        for field in resource["schema"]["fields"]:
            line = next(line for line in chapter.splitlines() if line.startswith(f"| `{field['name']}` |"))
            assert field["description_zh" if language == "zh" else "description"].replace("|", "\\|") in line
            assert len(re.findall(r"(?<!\\)\|", line)) == 7
            for value in field.get("constraints", {}).get("enum", []):
                assert f"`{value}`" in line
            for label in field.get("labels", {}).values():
                assert f"{label[language]}\n" in text


# Surroundings


def test_everything_works_under_the_c_locale_from_another_directory(folder):
    edit(folder, "pilot_batches", PAPER_2016, note="全\u3000角")
    code = (
        "import sys; from pathlib import Path; from compendium import validation;"
        "print(validation.check(Path(sys.argv[1]))[0])"
    )
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "LANG": "C", "PYTHONPATH": str(paths.ROOT)}
    told = subprocess.check_output([sys.executable, "-c", code, str(folder)], env=environment, cwd=folder.parent)
    assert "原始 数据/pilot_batches.csv, row 6, column note: value '全\\u3000角'" in told.decode("utf-8")
