"""Bad raw tables stop with one line that names file, row, column, value, rule and remedy; good extensions pass."""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import frozen
import pytest
from frozen import rehash
from frozen import write as write_package
from worlds import HERE, at, check, refresh, tables_in

from compendium import escape, paths
from compendium.data import checks, codebook, datapackage, parsing, relations, validity
from compendium.data.columns import Column, Rows
from compendium.data.quoting import list_quoted
from compendium.files import InputError
from compendium.ledger import gate
from compendium.ledger.checks import derived_evaluate, excerpts_print_what_is_told, page, printed_numbers
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import Data


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


def edit(folder, table, cells, /, **changes):
    rows = read(folder, table)
    rows[place(rows, cells)].update(changes)
    write(folder, table, rows)


def add(folder, table, /, **cells):
    rows = read(folder, table)
    write(folder, table, [*rows, dict.fromkeys(rows[0], "") | cells])


def only(folder):
    """Return the single problem of a folder."""
    problems = check(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


# The package as it is


def test_the_raw_data_are_valid(c):
    assert gate.check(c) == []


def test_a_check_changes_nothing_in_the_description_that_all_share(folder):
    before, tables = datapackage.read(folder), tables_in(folder)
    validity.check(tables, gate.all_checks(HERE))
    codebook.texts(tables)
    assert tables.package == before == json.loads((folder / datapackage.PACKAGE).read_text("utf-8"))


def test_frictionless_itself_accepts_the_package(c):
    from frictionless import Package

    report = Package(str(c.raw / "datapackage.json")).validate()
    assert report.valid and report.stats["tasks"] == len(c.tables.resources) == len(list(c.raw.glob("*.csv")))


def test_every_table_and_column_is_described_in_both_languages(c):
    for resource in c.tables.package["resources"]:
        for thing in (resource, *resource["schema"]["fields"]):
            for key in ("title", "description"):
                assert thing[key].strip() and re.search("[\u4e00-\u9fff]|^R&D", thing[f"{key}_zh"]), thing["name"]
                assert not re.search("[\u4e00-\u9fff]", thing[key]), thing["name"]
        assert resource["licenses"] and resource["sources"] and resource["schema"]["primaryKey"]
        for field in resource["schema"]["fields"]:
            constraints = field.get("constraints", {})
            if field["type"] == "boolean":
                assert constraints.get("required"), "booleans are read without gaps"
            if field["type"] == "number":
                assert field["unit"] and field["unit_zh"], field["name"]
            if "labels" in field:
                assert list(field["labels"]) == constraints.get("enum", list(field["labels"]))
                assert all(label["en"] and label["zh"] for label in field["labels"].values())
            assert ("pattern" in constraints) == bool(field.get("form") and field.get("form_zh"))


def test_every_value_of_a_column_with_labels_has_one(c):
    for resource in c.tables.package["resources"]:
        for field in resource["schema"]["fields"]:
            if "labels" in field and resource["name"] not in datapackage.DISPENSABLE:
                cells = frozen.texts(resource["name"])[field["name"]]
                values = {value for cell in cells for value in cell.split(" ; ")} - {""}
                assert values <= set(field["labels"]), (resource["name"], field["name"])


def test_an_allowed_value_without_a_label_is_refused(folder):
    package = datapackage.read(folder)
    batches = next(r for r in package["resources"] if r["name"] == "pilot_batches")
    del next(f for f in batches["schema"]["fields"] if f["name"] == "stage")["labels"]["final"]
    write_package(folder, package)
    rule = "value final of column stage of pilot_batches needs a label"
    assert only(folder).rule == f"is no valid data package: {rule}"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            ("stage", lambda field: field["labels"]["final"].pop("zh")),
            "the label final of column stage of pilot_batches must have zh and en, and no other language",
        ),
        (
            ("year", lambda field: field["constraints"].pop("minimum")),
            "column year of pilot_batches has a maximum and needs a minimum too",
        ),
    ],
)
def test_what_no_codebook_can_be_written_from_is_named(folder, change, rule):
    package = datapackage.read(folder)
    batches = next(r for r in package["resources"] if r["name"] == "pilot_batches")
    column, spoil = change
    spoil(next(f for f in batches["schema"]["fields"] if f["name"] == column))
    write_package(folder, package)
    assert only(folder).rule == f"is no valid data package: {rule}"


def test_units_of_the_covariates_are_those_of_their_sources(c, folder):
    units = {field["name"]: field.get("unit") for field in c.tables.schema("province_covariates")["fields"]}
    described = {row["column"]: row["unit"] for row in read(folder, "covariate_sources") if "covar" in row["table"]}
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
    assert (
        problem.file == paths.shown(path)
        and problem.rule == "the file may not be read"
        and "chmod u+r" in problem.remedy
    )


def test_a_changed_byte_with_the_old_hash(folder):
    path = folder / "key_materials.csv"
    replace_bytes(b"called a self-supply rate", b"called a self supply rate")(path)
    problem = only(folder)
    assert problem.file == paths.shown(path) and problem.rule == "differs from the SHA-256 recorded in datapackage.json"
    assert "CHANGES.md" in problem.remedy and "compendium data refresh" in problem.remedy


def test_a_changed_size_with_the_right_hash(folder):
    package = datapackage.read(folder)
    package["resources"][0]["bytes"] += 1
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert only(folder).file == "data/raw/sources.csv"


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
    problems = check(folder)
    assert [(problem.row, problem.column) for problem in problems] == [(row, "basis") for row in range(2, 22)]


def test_a_signed_difference_in_points_is_no_formula(folder):
    edit(folder, "pilot_batches", PAPER_2016, note="-0.4 points on 2015")
    assert refresh(folder) == ["pilot_batches"]


# Form, transcription and provenance within and between tables


def case(name, edits, table, cells, column, rule):
    return pytest.param(name, edits, table, cells, column, rule, id=name)


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
GE2_FIRMS = ("maturity_samples", {"measure": "firms_ge2"})
FORECAST = {"kind": "forecast"}
WAYBACK, OTHER = "https://web.archive.org/web/20190801000000/", "http://shelec.cn/news/CompanyNews/130.html"
LIVE = "http://kbm75.com/xw/kx/80323.html"
BATCH_2017 = {"year": "2017", "stage": "final", "source_id": "govcn-en-2017-10"}

# name of the check, edits, then what is told: table, row by its cells, column, rule
CROSS = [
    case("addresses_fit_trust", [("sources", {"source_id": "scio-2016-04"}, {"host_trust": "ok"})],
         "sources", {"source_id": "scio-2016-04"}, "url", "with host_trust ok the address must be an http"),
    case("archives_fit_addresses", [("sources", {"source_id": "gta-2016"}, {"archived": WAYBACK + OTHER})],
         "sources", {"source_id": "gta-2016"}, "archived", "must end in the url of this source, https://www.globaltrade"),
    case("archives_fit_addresses", [("sources", {"source_id": "xinhua-2015-kbm"}, {"archived": WAYBACK + LIVE})],
         "sources", {"source_id": "xinhua-2015-kbm"}, "archived", "must end in the url of this source, hxxp://"),
    case("archives_fit_addresses", [("sources", {"source_id": "shelec-2015"}, {"archived": OTHER})],
         "sources", {"source_id": "shelec-2015"}, "archived", "must be another address than url"),
    case("searches_hold_the_query", [("searches", {"search_id": "S001"}, {"query": "广东 规划"})],
         "searches", {"search_id": "S001"}, "query", "must be empty, as kept is topic_only"),
    case("searches_hold_the_query",
         [("searches", {"search_id": "S001"}, {"kept": "query_and_place", "query": "广东 规划"})],
         "searches", {"search_id": "S001"}, "place", "must be given, as kept is query_and_place"),
    case("claims_ascend",
         [("claims", {"claim_id": "Q32"}, {"claim_id": "Q30"}),
          ("assertions", {"claim_ids": "Q32"}, {"claim_ids": "Q30"})],
         "claims", {"claim_id": "Q30"}, "claim_id", "ids must ascend, but Q31 stands above"),
    case("claims_fit_text", [("claims", {"claim_id": "Q03"}, {"value_text": "4"})],
         "claims", {"claim_id": "Q03"}, "value_low", "must be 4 and 4, as value_text '4' says"),
    case("forecasts_look_ahead", [("claims", {"claim_id": "Q72"}, FORECAST | {"year_start": "", "year_end": "2022"})],
         "claims", {"claim_id": "Q72"}, "year_end", "must lie after 2022, the year of the paper, as kind is forecast"),
    case("forecasts_look_ahead", [("claims", {"claim_id": "Q39"}, FORECAST | {"year_start": "", "year_end": ""})],
         "claims", {"claim_id": "Q39"}, "year_end", "must lie after 2022, the year of the paper"),
    case("claims_fit_text", [("claims", {"claim_id": "Q15"}, {"value_text": "0,63"})],
         "claims", {"claim_id": "Q15"}, "value_text", "must be a value in one of the forms of docs/engine.md"),
    case("claims_fit_print", [("claims", {"claim_id": "Q15"}, {"printed_en": "64 projects"})],
         "claims", {"claim_id": "Q15"}, "printed_en", "must print 63, as value_low, value_high and unit say"),
    case("claims_fit_print", [("claims", {"claim_id": "Q72"}, {"printed_zh": "45万人"})],
         "claims", {"claim_id": "Q72"}, "printed_zh", "must print 4500000"),
    case("claims_fit_print", [("claims", {"claim_id": "Q66"}, {"printed_zh": "1家企业"})],
         "claims", {"claim_id": "Q66"}, "printed_zh", "must print 0,"),
    case("items_of_claims", [("claim_items", {"claim_id": "D95", "position": "2"}, {"position": "14"})],
         "claim_items", {"claim_id": "D95", "position": "14"}, "position", "must be 2: items stand in order"),
    case("items_of_claims", [("derived", {"derived_id": "D95"}, {"derived_id": "D96"})],
         "claim_items", {"claim_id": "D95"}, "claim_id", "stands neither in claims.csv nor in derived.csv"),
    case("derived_evaluate", [("derived", {"derived_id": "D19"}, {"formula": "Q17 / Q15"})],
         "derived", {"derived_id": "D19"}, "inputs", "must be Q15 ; Q17, the claims in the formula"),
    case("derived_evaluate", [("derived", {"derived_id": "D19"}, {"formula": "Q17 / (Q14 - Q14)"})],
         "derived", {"derived_id": "D19"}, "formula", "must be a formula over claims that has a value"),
    case("derived_evaluate", [("derived", {"derived_id": "D19"}, {"formula": "Q17 / Q31", "inputs": "Q17 ; Q31"})],
         "derived", {"derived_id": "D19"}, "formula", "must be a formula over claims that has a value"),
    case("evidence_of_claims", [("claim_evidence", {"comparison": "value"}, {"value": "", "value_high": ""})],
         "claim_evidence", {"comparison": "value"}, "value", "must be given with comparison value"),
    case("evidence_of_claims", [("claim_evidence", {"comparison": "holds"}, {"value": "4"})],
         "claim_evidence", {"comparison": "holds"}, "value", "must be empty with comparison holds"),
    case("evidence_of_claims", [("claim_evidence", {"comparison": "fails"}, {"value_high": "4"})],
         "claim_evidence", {"comparison": "fails"}, "value_high", "must be empty where value is"),
    case("evidence_of_claims", [("claims", {"claim_id": "Q127"}, {"testable": "false"})],
         "claim_evidence", {"claim_id": "Q127"}, "claim_id", "must be a claim that is testable"),
    case("excerpts_print_what_is_told",
         [("claim_evidence", {"evidence_id": "V023"}, {"says_zh": "多年第一。", "says_en": "First for 12 years."})],
         "excerpts", {"row_key": "V023"}, "excerpt", "prints 11, and row .* of claim_evidence.csv, V023, tells no"),
    case("codes_are_of_the_majority", [("claim_evidence", {"evidence_id": "V062"}, {"differs_in": "time"})],
         "claim_evidence", {"evidence_id": "V062"}, "differs_in", "must be empty, as most of its 3 codings read it"),
    case("codes_are_of_the_majority",
         [("codings", {"evidence_id": "V062", "coder": name}, {"comparison": "fails"}) for name in ("second", "third")],
         "claim_evidence", {"evidence_id": "V062"}, "comparison", "must be fails, as most of its 3 codings read it"),
    case("codes_are_of_the_majority", [("claim_evidence", {"evidence_id": "V062"}, {"says_en": "another sentence"})],
         "codings", {"evidence_id": "V062", "coder": "first"}, "words", "must be .*, or its claim, was reworded since"),
    case("claims_fit_print", [("claims", {"claim_id": "Q42"}, {"value_text": ">75", "value_high": ""})],
         "claims", {"claim_id": "Q42"}, "printed_zh", "must print 多, .*, as value_text is >75"),
    case("claims_fit_print", [("claims", {"claim_id": "Q37"}, {"printed_en": "1,000 firms"})],
         "claims", {"claim_id": "Q37"}, "printed_en", "must print less than, .*, as value_text is <1000"),
    case("results_follow_values", [("target_outcomes", {"outcome_id": "O25"}, {"result": "reached"})],
         "target_outcomes", {"outcome_id": "O25"}, "result", r"must fit the value, 16\.7 against 70 of target T76"),
    case("results_follow_values", [("target_outcomes", {"outcome_id": "O13"}, {"result": "not_reached_at_last_print"})],
         "target_outcomes", {"outcome_id": "O13"}, "result", r"must fit the value, 85\.6 against 85\.5"),
    case("results_follow_values", [("target_outcomes", {"outcome_id": "O16"}, {"result": "reached"})],
         "target_outcomes", {"outcome_id": "O16"}, "result", "must say that it came late: as_of lies after 2020"),
    case("batches_preferred", [("pilot_batches", BATCH_2017, {"preferred": "false"})],
         "pilot_batches", BATCH_2017, "preferred", "one final row of 2017 must be preferred"),
    case("names_fit_codes", [evidence("E002", province_zh="天津")],
         "pilot_province_evidence", {"evidence_id": "E002"}, "province_zh", "must be 北京"),
    case("names_fit_codes", [project("J05", province_zh="广东")],
         "pilot_projects", {"project_row": "J05"}, "province_zh", "must be 广西"),
    case("items_fit_names", [("provinces", {"province_zh": "山东"}, {"province_en": "Hainan"}),
                             ("provinces", {"province_zh": "海南"}, {"province_en": "Shandong"})],
         "claim_items", {"claim_id": "Q26", "item_zh": "山东"}, "item_en", "must be Hainan, as row .* of provinces"),
    case("names_fit_codes", [covariates("天津", province_zh="北京")],
         "province_covariates", {"adcode": "120000"}, "province_zh", "must be 天津"),
    case("evidence_bounds", [evidence("E002", lower="")],
         "pilot_province_evidence", {"evidence_id": "E002"}, "lower", "lower or upper must be given"),
    case("evidence_periods", [evidence("E039", period_end="2019")],
         "pilot_province_evidence", {"evidence_id": "E039"}, "period_end", "no batch of 2019"),
    case("project_years", [project("J40", year_end="2019")],
         "pilot_projects", {"project_row": "J40"}, "year_end", "no batch of 2019"),
    case("cities_in_one_province", [project("J06", city="青岛")],
         "pilot_projects", {"project_row": "J06"}, "city", "lies in 山东 by pilot_province_evidence.csv row 50"),
    case("projects_once", [project("J35", enterprise="青岛森麒麟轮胎股份有限公司", project="轮胎智能工厂试点示范")],
         "pilot_projects", {"project_row": "J35"}, "enterprise", "the same project stands in row 35"),
    case("orders_of_lists", [("pilot_orders", {"position": "2"}, {"stage": "final"})],
         "pilot_orders", {"position": "2"}, "stage", "must be public_notice, as pilot_lists.csv row"),
    case("lists_obtained", [("pilot_lists", {"list_id": "L2016"}, {"complete": "true"})],
         "records", {"record_id": "R02"}, "obtained", "must be true, as complete of L2016 in pilot_lists.csv is"),
    case("provinces_in_study", [province("Taiwan", in_study="true")],
         "provinces", {"province_en": "Taiwan"}, "in_study", "must be false for Taiwan"),
    case("provinces_on_tiles", [province("Tianjin", tile_row="3")],
         "provinces", {"province_en": "Tianjin"}, "tile_col", "the tile is taken by Beijing in row 2"),
    case("provinces_in_clusters", [province("Beijing", cluster_named="pearl_delta")],
         "provinces", {"province_en": "Beijing"}, "cluster_named", "must be empty or equal to .* bohai_rim"),
    case("provinces_by_region", [province("Shanxi", region4="west")],
         "provinces", None, "region4", "central 5 instead of 6, west 13 instead of 12"),
    case("covariates_of_provinces", [covariates("天津", adcode="710000", province_zh="台湾")],
         "province_covariates", {"adcode": "710000"}, "adcode", "must be a province of the study"),
    case("value_added_computed", [covariates("北京", secondary_va_prelim_100m_yuan="5600")],
         "province_covariates", {"adcode": "110000"}, "secondary_va_prelim_100m_yuan", "preliminary GDP is [0-9.]+"),
    case("covariates_described", [("covariate_sources", {"column": "hightech_firms"}, {"column": "hightech_firm"})],
         "covariate_sources", {"column": "hightech_firm"}, "column", "province_covariates.csv has no such column"),
    case("shares_close", [("maturity_levels", LEVEL, {"share_pct": "16"})],
         "maturity_levels", LEVEL | {"level_class": "le1"}, "share_pct", "rows 11, 12, 13, 14 add up to 101, not 100"),
    case("firms_fit_text", [("maturity_levels", LEVEL, {"firms_text": "2000多家"})],
         "maturity_levels", LEVEL, "firms_lower", "must be 2000, as firms_text '2000多家' says"),
    case("shares_from_counts", [(*GE2_FIRMS, {"value": "48793"})],
         "maturity_levels", {"year": "2024", "level_class": "ge2"}, "share_pct", "rows 10 and 9 give 42.88 %"),
    case("derived_shares_have_parts", [(*GE2_FIRMS, {"exact": "false"})],
         "maturity_levels", {"year": "2024", "level_class": "ge2"}, "basis", "it is derived from are missing"),
    case("places_in_order", [("maturity_industries", {"position": "1"}, {"position": "2"})],
         "maturity_industries", {"measure": "printed_order"}, "position", "must be 1: the industries stand in"),
    case("editions_complete", [("maturity_standard", {"level": "5"}, {"edition": "GB/T 39116-2021"})],
         "maturity_standard", None, "level", "edition GB/T 39116-2020 must have levels 1 to 5, not 1, 2, 3, 4"),
    case("fields_named", [("talent_guide_coverage", {"field_no": "6"}, {"field_en": "New energy"})],
         "talent_guide_coverage", {"field_no": "6"}, "field_en", "field 6 is named otherwise in talent_guide.csv"),
    case("rates_within_hundred", [("talent_statements", {"statement_id": "S20"}, {"value_10k": "6200"})],
         "talent_statements", {"statement_id": "S20"}, "value_10k", "must lie between 0 and 100, as its unit is %"),
    case("revisions_follow", [("rd_intensity_china", {"year": "2013"}, {"implied_revision_pct": "2.02"})],
         "rd_intensity_china", {"year": "2013"}, "implied_revision_pct", "must be 2.01, as row 6 implies"),
    case("aggregates_marked", [("rd_intensity_countries", {"iso3": "JPN"}, {"aggregate": "true"})],
         "rd_intensity_countries", {"iso3": "JPN"}, "aggregate", "must be false for JPN"),
    case("dates_fit_basis", [("policy_documents", {"doc_id": "P01"}, {"date_end": "2015-05-09"})],
         "policy_documents", {"doc_id": "P01"}, "date_basis", "date_start and date_end must be the same day"),
    case("documents_have_section", [("policy_documents", {"doc_id": "P02"}, {"paper_section": ""})],
         "policy_documents", {"doc_id": "P02"}, "paper_section", "must be given with named_in_paper named"),
    case("origins_fit_the_paper", [("claims", {"claim_id": "Q16"}, {"origin_id": "O-PAPER"})],
         "claims", {"claim_id": "Q16"}, "origin_id", "must be O-MIIT-PILOT, which source_origins.csv gives for paper"),
    case("origins_fit_the_paper", [("claims", {"claim_id": "Q31"}, {"check_table": ""})],
         "claims", {"claim_id": "Q31"}, "origin_id", "must be O-PAPER, .* as check_table is empty"),
    case("origins_fit_the_paper", [("source_origins", {"source_id": "shelec-2015"}, {"origin_id": "O-UNNAMED"})],
         "source_origins", {"source_id": "shelec-2015"}, "origin_id", "must be named: only a claim"),
    *(case("one_page_has_one_origin", [("sources", {"source_id": "xinhua-2015-crane"}, {"url": url}),
                                      ("source_origins", {"source_id": "xinhua-2015-crane"}, {"origin_id": "O-GD"})],
           "sources", {"source_id": "xinhua-2015-crane"}, "url", "is the page of shelec-2015, but of another origin")
      for url in ("http://shelec.cn/news/CompanyNews/130.html#top", "https://m.shelec.cn/news/CompanyNews/130.html/",
                  "http://www.SHELEC.cn/news/CompanyNews/130.html?from=mobile",
                  "http://reader@shelec.cn:80//news/./CompanyNews/130.html;jsessionid=1", "http://amp.shelec.cn/news/"
                  "CompanyNews/130.html/index.php", "https://web.archive.org/web/2016/http://shelec.cn/news/CompanyNews/"
                  "130.html")),
    case("items_coded", [("problems_countermeasures", {"code": "P1.1"}, {"coverage": ""})],
         "problems_countermeasures", {"code": "P1.1"}, "coverage", "must be given for side problem"),
    case("links_answer", [("problem_links", {"countermeasure_code": "C1.2"}, {"countermeasure_code": "P1.2"})],
         "problem_links", {"countermeasure_code": "P1.2"}, "countermeasure_code", "must be the code of a counter"),
]  # fmt: skip


def test_a_page_is_another_by_its_path_or_by_a_part_of_its_query():
    same = {"hxxp://a[.]cn/x?id=1", "https://www.a.cn/x?id=1", "http://m.a.cn/x/?id=1#top"}
    assert {str(page(url)) for url in same} == {str(("a.cn/x", {"id": "1"}))}
    assert page("http://a.cn/y?id=1") != page("http://a.cn/x?id=1") != page("http://a.cn/x?id=2")


def test_every_cross_table_check_has_a_case():
    always = {
        one.find.__name__
        for one in gate.all_checks(HERE)
        if any(not datapackage.DISPENSABLE.intersection(wanted) for wanted in one.tables)
    }
    assert {param.values[0] for param in CROSS} == always  # tests/unit/test_sentences.py has the others


@pytest.mark.parametrize(("name", "edits", "table", "cells", "column", "rule"), CROSS)
def test_cross_table_checks(folder, name, edits, table, cells, column, rule):
    for edited, where, changes in edits:
        edit(folder, edited, where, **changes)
    rehash(folder)
    problem = check(folder)[0]
    assert (problem.file, problem.column) == (f"data/raw/{table}.csv", column)
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
    edit(folder, "talent_guide", {"field_no": "1"}, field_en="751")
    edit(folder, "pilot_batches", PAPER_2016, projects="abc")
    edit(folder, "tax_rules", {"rule_id": "X02"}, doc_id="P99")
    (folder / "provinces.csv").write_bytes(b"")
    replace_bytes(b"called a self-supply rate", b"called a self supply rate")(folder / "key_materials.csv")
    problems = check(folder)
    names = [Path(problem.file).stem for problem in problems]
    assert names[:4] == ["provinces", "pilot_batches", "tax_rules", "talent_guide"]
    assert "key_materials" in names[4:] and all("SHA-256" in problem.rule for problem in problems[4:])
    with pytest.raises(InputError, match=rf"provinces\.csv: the file is empty.* \({len(problems) - 1} more: see"):
        validity.raise_if_bad(tables_in(folder), gate.all_checks(HERE))


def test_a_missing_entry_is_told_once(folder):
    rows = read(folder, "sources")
    write(folder, "sources", [row for row in rows if row["source_id"] != "ofweek-2018"])
    rehash(folder)
    problem = only(folder)
    assert (problem.file, problem.row) == ("data/raw/pilot_batches.csv", 8)
    assert re.search("ofweek-2018 does not stand in .* other cells that name it: [0-9]+", problem.rule)


def add_source(folder, id_):
    names = {"name_zh": "闲置来源", "name_en": "An idle source", "title": "Idle", "publisher": "Nobody"}
    address = {"url": f"https://example.org/{id_}", "grade": "C", "host_trust": "ok", "accessed": "2026-11-24"}
    address |= {"taken_from": "page", "no_excerpt": "not_kept"}
    add(folder, "sources", source_id=id_, **names, **address)


@pytest.mark.parametrize("table", sorted(set(HERE.tables.resources) - datapackage.DISPENSABLE))
def test_a_table_without_rows_is_valid_where_it_may_be_and_has_its_types(folder, table):
    path = folder / f"{table}.csv"
    head = path.read_text(encoding="utf-8").splitlines()[0]
    before = tables_in(folder)(table).dtypes.to_dict()
    path.write_text(f"{head}\n", encoding="utf-8", newline="\n")
    rehash(folder)
    if table in datapackage.OPTIONAL:
        columns, odd = parsing.parse(path, head.split(","))
        assert [*columns] == head.split(",") and not odd and not any(len(column.rows) for column in columns.values())
    else:
        with pytest.raises(InputError, match=r"has a header but no rows, as only .* may\. Remedy: add a row; "):
            parsing.parse(path, head.split(","))
    c = at(folder.parents[1])
    empty = c.tables(table)
    assert empty.empty and empty.dtypes.to_dict() == before
    assert table != "derived" or quantities(Data(c))["value"].dtype == float


def test_a_formula_may_count_items_of_which_there_are_none():
    cells = {"formula": 'Q01 - items("Q02")', "inputs": "Q01 ; Q02", "claim_id": "Q01", "value_low": 1.0}
    row = checks.Row("derived", "derived.csv", 2, cells, cells)
    assert list(derived_evaluate([row], [row], [])) == []


def test_who_gives_one_language_only_is_told_that_both_are_needed(folder):
    edit(folder, "claims", {"claim_id": "Q01"}, statement_zh="")
    edit(folder, "claim_evidence", {"part_zh": ""}, part_en="a part")
    rehash(folder)
    assert {p.column for p in check(folder)} == {"statement_zh", "part_en"}
    assert all("each language of compendium.toml" in p.remedy for p in check(folder))
    assert not any("datapackage.json" in p.remedy for p in check(folder))
    package = datapackage.read(folder)
    fields = next(r for r in package["resources"] if r["name"] == "claim_evidence")["schema"]["fields"]
    fields[:] = [field for field in fields if field["name"] != "says_zh"]
    write_package(folder, package)
    rule = "column says_en of claim_evidence needs says_zh beside it: texts are in each language of compendium.toml"
    assert only(folder).rule == f"is no valid data package: {rule}"


def test_the_paper_needs_its_row_and_nothing_that_names_it():
    def rows(table, /, **cells):
        columns = {name: Column() for name in cells}
        for name, cell in cells.items():
            columns[name].take(cell)
        return Rows(table, f"{table}.csv", columns, ["string"] * len(cells))

    def found(name):
        named = {"sources": rows("sources", source_id=name), "origins": rows("origins", origin_id="O")}
        origins = rows("source_origins", source_id=name, table="", origin_id="O")
        return [problem.rule for problem in relations.provenance(named | {"source_origins": origins}, schemas)]

    schemas = {"sources": {"fields": []}, "origins": {"fields": []}, "source_origins": {"fields": []}}
    assert found("paper") == [] and found("other") == ["no row has the id paper"]


def test_a_source_that_nothing_names_yet_is_no_fault(folder):
    add_source(folder, "idle")
    add(folder, "source_origins", source_id="idle", origin_id="O-PAPER", role="copy")
    rehash(folder)
    assert check(folder) == []


def test_a_table_names_the_licence_of_each_source(folder):
    edit(folder, "sources", {"source_id": "wdi-manf"}, licence="GPL-3.0")
    rehash(folder)
    problem = only(folder)
    assert problem.file == "data/raw/datapackage.json"
    rule = "licenses of table manufacturing_value_added must name GPL-3.0, the licence of its source wdi-manf"
    assert problem.rule == f"{rule} in sources.csv"


def test_a_source_without_an_origin(folder):
    add_source(folder, "new")
    edit(folder, "pilot_batches", BATCH_2017, also_in="qingdao-daily-2017 ; beijingreview-de-2017-10 ; new")
    rehash(folder)
    problem = only(folder)
    assert (problem.file, problem.value) == ("data/raw/sources.csv", "new")
    assert problem.rule == "source_origins.csv gives no origin of what pilot_batches.csv takes from this source"
    add(folder, "source_origins", source_id="new", table="pilot_effects", origin_id="O-MIIT-PILOT", role="copy")
    rehash(folder)
    stale = check(folder)[1]
    assert (stale.column, stale.rule) == ("table", "pilot_effects.csv does not cite new")
    edit(folder, "source_origins", {"source_id": "new"}, table="pilot_batches")
    rehash(folder)
    assert check(folder) == []


def test_an_origin_without_use(folder):
    add(folder, "origins", origin_id="O-IDLE", name_zh="无人", name_en="Nobody", kind="press", collective="false")
    rehash(folder)
    problem = only(folder)
    assert problem.value == "O-IDLE" and problem.rule == "no table refers to it"
    assert problem.remedy == "name the origin in the row it belongs to, or delete it"


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("problem_links", "table problem_links is missing, which others are checked against"),
        ("provinces", "column adcode of pilot_province_evidence refers to provinces.adcode, which does not exist"),
    ],
)
def test_a_table_that_is_gone_with_its_description(folder, table, rule):
    package = datapackage.read(folder)
    package["resources"] = [resource for resource in package["resources"] if resource["name"] != table]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (folder / f"{table}.csv").unlink()
    assert only(folder).rule == f"is no valid data package: {rule}"


def test_columns_that_the_checks_miss(folder):
    package = datapackage.read(folder)
    schema = next(resource["schema"] for resource in package["resources"] if resource["name"] == "talent_statements")
    next(field for field in schema["fields"] if field["name"] == "value_10k")["name"] = "number"
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    replace_bytes(b"value_10k", b"number")(folder / "talent_statements.csv")
    rehash(folder)
    problem = only(folder)
    assert problem.file == "data/raw/talent_statements.csv" and problem.remedy.endswith("in datapackage.json")
    assert problem.rule == "the check rates_within_hundred does not fit its columns (KeyError: 'value_10k')"


def test_no_codebook_of_a_bad_package(folder):
    package = datapackage.read(folder)
    del package["resources"][0]["licenses"]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(InputError, match=r"table [a-z_]+ needs licenses, a list of one entry"):
        validity.write_codebook(tables_in(folder))


# Renewing hashes


def test_refresh_changes_nothing_when_nothing_changed(folder):
    before = (folder / "datapackage.json").read_bytes()
    assert refresh(folder) == []
    assert (folder / "datapackage.json").read_bytes() == before


@pytest.mark.parametrize(("day", "renewed"), [("2026-11-30", ["hash"]), ("2027-01-02", ["created", "hash"])])
def test_refresh_takes_a_valid_change(folder, monkeypatch, day, renewed):
    frozen.clock(monkeypatch, day)
    replace_bytes(b"called a self-supply rate", b"called a self supply rate")(folder / "key_materials.csv")
    before = (folder / "datapackage.json").read_text(encoding="utf-8").splitlines()
    assert refresh(folder) == ["key_materials"]
    after = (folder / "datapackage.json").read_text(encoding="utf-8").splitlines()
    assert [new.split('"')[1] for old, new in zip(before, after, strict=True) if old != new] == renewed
    assert datapackage.read(folder)["created"] == f"{day}T00:00:00Z"
    assert check(folder) == []


def test_a_source_read_today_is_taken_by_refresh_and_one_read_tomorrow_is_not(folder, monkeypatch):
    frozen.clock(monkeypatch, "2031-05-06")
    edit(folder, "sources", {"source_id": "paper"}, accessed="2031-05-07", published="2031-05")
    with pytest.raises(InputError, match=r"sources\.csv, row 2, column accessed: value '2031-05-07' — must not lie"):
        refresh(folder)
    edit(folder, "sources", {"source_id": "paper"}, accessed="2031-05-06")
    problems = check(folder)
    assert [problem.column for problem in problems] == ["published", "accessed"]
    assert all("compendium data refresh" in problem.remedy for problem in problems)
    assert refresh(folder)[0] == "sources"
    frozen.clock(monkeypatch, "2020-01-01")  # a clock that goes wrong takes nothing back
    assert check(folder) == [] and refresh(folder) == []
    edit(folder, "sources", {"source_id": "paper"}, note="DOI 10.15302/J-SSCAE-2022.02.025")
    assert refresh(folder)[0] == "sources"
    assert datapackage.read(folder)["created"] == "2031-05-06T00:00:00Z"


def digests(folder):
    return {r["name"]: r["sources_sha256"] for r in datapackage.read(folder)["resources"] if "sources_sha256" in r}


def test_every_table_that_names_sources_has_their_digest_as_two_searches_give_it(c):
    known = digests(c.raw)
    cites = {
        r["name"]
        for r in c.tables.package["resources"]
        if ("sources", "source_id") in [target for _, target in datapackage.links(r["schema"], r["name"])]
    }
    assert set(known) == cites - {"source_origins"} and len(known) > 50
    named = {row["source_id"] for row in read(c.raw, "key_materials")}
    named |= {name for row in read(c.raw, "key_materials") for name in row["also_in"].split(" ; ") if name}
    found = ""
    for name, table in (("sources", r""), ("source_origins", r"(?:|key_materials),")):
        text = (c.raw / f"{name}.csv").read_text(encoding="utf-8")
        found += "".join(re.findall(rf"^(?:{'|'.join(sorted(named))}),{table}.*\n", text, re.M))
    assert known["key_materials"] == hashlib.sha256(found.encode()).hexdigest()


@pytest.mark.parametrize(
    ("table", "changes"), [("sources", {"publisher": "Nobody"}), ("source_origins", {"note": "?"})]
)
def test_refresh_names_the_tables_whose_sources_have_changed(folder, table, changes):
    before = digests(folder)
    edit(folder, table, {"source_id": "shelec-2015"}, **changes)
    citing = ["pilot_batches", "pilot_lists", "records", "excerpts", "claim_evidence"]
    assert refresh(folder) == [table, f"the sources of {', '.join(citing)}"]
    after = digests(folder)
    assert {name for name in after if after[name] != before[name]} == set(citing)
    assert check(folder) == [] and refresh(folder) == []
    for name in ("codebook.md", "codebook.zh-CN.md"):
        assert after["pilot_batches"] in (folder / name).read_text(encoding="utf-8")


def test_a_digest_of_sources_that_is_not_theirs_is_told(folder):
    package = datapackage.read(folder)
    table = next(r for r in package["resources"] if r["name"] == "pilot_batches")
    right, table["sources_sha256"] = table["sources_sha256"], "0" * 64
    write_package(folder, package)
    problem = only(folder)
    assert problem.file == "data/raw/datapackage.json" and problem.value == "0" * 64
    assert problem.rule == f"sources_sha256 of table pilot_batches must be the digest of its sources, {right}"
    assert "compendium data refresh" in problem.remedy


def describe(folder, table, column, **entries):
    """Add entries to what the data package says of a column."""
    package = datapackage.read(folder)
    fields = next(r for r in package["resources"] if r["name"] == table)["schema"]["fields"]
    next(f for f in fields if f["name"] == column).update(entries)
    write_package(folder, package)


def test_a_date_must_lie_in_the_past_where_its_column_says_so(folder):
    """Which dates tell of what has happened, and which of what is planned, stands in the data package alone."""
    edit(folder, "sources", {"source_id": "paper"}, accessed="2099-01-01")
    rehash(folder)
    assert (only(folder).column, only(folder).value) == ("accessed", "2099-01-01")
    describe(folder, "sources", "accessed", past=False)
    assert check(folder) == []


def test_the_faults_of_a_table_are_told_row_by_row(folder):
    first, second, third = (row["source_id"] for row in read(folder, "sources")[:3])
    edit(folder, "sources", {"source_id": first}, accessed="2099-01-01")
    edit(folder, "sources", {"source_id": second}, published="2099")
    edit(folder, "sources", {"source_id": third}, accessed="2099-01-01")
    rehash(folder)
    told = [(problem.row, problem.column) for problem in check(folder)]
    assert told == [(2, "accessed"), (3, "published"), (4, "accessed")]


def test_a_day_of_the_data_in_the_future_is_refused_unless_the_clock_is_wrong(folder, monkeypatch):
    package = datapackage.read(folder)
    write_package(folder, package | {"created": "2030-05-06T00:00:00Z"})
    for day, refused in (("2030-05-06", False), ("2030-05-05", False), ("2030-05-04", True), ("2020-01-01", False)):
        frozen.clock(monkeypatch, day)  # it is tomorrow already east of here; in 2020 no source had been read
        assert [(p.value, p.row) for p in check(folder)] == ([("2030-05-06", None)] if refused else [])
    frozen.clock(monkeypatch, "2030-05-04")
    edit(folder, "sources", {"source_id": "paper"}, accessed="2030-05-06")
    with pytest.raises(InputError, match="`created`, the day of the data, must not lie after today, 2030-05-04"):
        refresh(folder)


@pytest.mark.parametrize(
    ("table", "cells", "column", "changes", "rule"),
    [
        ("sources", {"source_id": "paper"}, "accessed", {"accessed": "2099-01-01"}, "must not lie after the day of"),
        ("sources", {"source_id": "paper"}, "published", {"published": "2099"}, "must not lie after the day of the"),
        (
            "sources",
            {"source_id": "paper"},
            "published",
            {"accessed": "2021-12-31"},
            "must not lie after accessed, 2021",
        ),
        (
            "digitalisation",
            {"measure": "rd_design_tools", "source_id": "scio-2020-09"},
            "as_of",
            {"as_of": "2020-10"},
            "when scio-2020-09 was printed",
        ),
        (
            "maturity_levels",
            {"scope": "national", "year": "2020", "level_class": "2"},
            "year",
            {"also_in": "govcn-en-2018-01"},
            "when govcn-en-2018-01 was printed",
        ),
        (
            "claim_evidence",
            {"evidence_id": "V001"},
            "as_of",
            {"as_of": "2026-11-26"},
            "when people-en-2021-04 was read",
        ),
        (
            "searches",
            {"search_id": "S001"},
            "searched_on",
            {"searched_on": "2026-11-23"},
            "must not lie before 2026-11-24",
        ),
        ("sources", {"source_id": "paper"}, "published", {"published": "0222"}, "must be a date written YYYY"),
    ],
)
def test_impossible_dates_are_refused(folder, table, cells, column, changes, rule):
    edit(folder, table, cells, **changes)
    rehash(folder)
    problem = only(folder)
    number = place(read(folder, table), cells) + 2
    assert (problem.file, problem.row, problem.column) == (f"data/raw/{table}.csv", number, column)
    assert rule in problem.rule and problem.remedy and "\n" not in str(problem)


def test_the_date_of_a_source_must_fit_the_rows_that_it_tells(folder):
    edit(folder, "sources", {"source_id": "scio-2020-09"}, published="2020-05")
    rehash(folder)
    problems = check(folder)
    assert {(p.file, p.column) for p in problems} == {("data/raw/digitalisation.csv", "as_of")}
    assert all("sources.csv" in p.remedy for p in problems)


def test_what_a_row_with_another_kind_of_date_tells_may_lie_after_the_print(folder):
    """A law in force later than its print, and a search without result, are dates of what no print had to know."""
    describe(folder, "claim_evidence", "as_of", printed=True)
    assert any("was printed" in problem.rule for problem in check(folder))


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("table", "elsewhere", "must be the name of a table"),
        ("row_key", "N999", "no row of successor_programmes.csv has this key, row_id"),
        ("source_id", "paper", "does not cite this source"),
        ("excerpt", "another text", "must be the SHA-256 of the excerpt, 4895ecc6"),
        ("sha256", "0" * 64, "must be the SHA-256 of the excerpt"),
        ("excerpt", "一" * 61, "must keep the constraint maxLength 60"),
        ("kind", "remembered", "must be one of verbatim, figures"),
    ],
)
def test_an_excerpt_leads_to_a_row_that_cites_its_source(folder, column, text, rule):
    first = next(row for row in read(folder, "excerpts") if row["table"] == "successor_programmes")
    edit(folder, "excerpts", {"excerpt_id": first["excerpt_id"]}, **{column: text})
    rehash(folder)
    problem = only(folder)
    assert problem.file == "data/raw/excerpts.csv" and rule in problem.rule and problem.remedy
    assert problem.column == (column if len(text) != 12 else "sha256")


@pytest.mark.parametrize(
    ("where", "changes", "due"),
    [
        ("excerpts", {"excerpt": "99"}, "must be empty, the numbers of row"),
        ("pilot_batches", {"projects": "98"}, "must be empty, the numbers of row"),
        ("pilot_batches", {"industries": "97"}, "must be projects ; industries, the numbers of row"),
        ("excerpts", {"numbers_in_text": ""}, "must be projects, the numbers of row"),
        ("pilot_batches", {"basis": "derived"}, "prints projects of row 9 of pilot_batches.csv"),
    ],
)
def test_a_number_and_its_excerpt_do_not_part(folder, where, changes, due):
    """Changed on either side alone, with its hash, the number no longer stands where it is said to."""
    read_ = {"table": "pilot_batches", "row_key": "2017 / final / govcn-en-2017-10"}
    cells = read_ if where == "excerpts" else {"source_id": "govcn-en-2017-10"}
    if "excerpt" in changes:
        changes = changes | {"sha256": hashlib.sha256(changes["excerpt"].encode()).hexdigest()}
    edit(folder, where, cells, **changes)
    rehash(folder)
    problem = check(folder)[0]
    assert (problem.file, problem.column) == ("data/raw/excerpts.csv", "numbers_in_text")
    assert problem.rule.startswith(due) and problem.remedy


@pytest.mark.parametrize(
    ("excerpt", "says", "value", "faults"),
    [
        ("超过3万家", "企业超过3万家", "", 0),
        ("超过3万家", "企业很多", "30000", 0),
        ("超过3万家", "企业超过2万家", "20000", 1),
        ("4 of 11 firms", "他说有11家", "", 0),
        ("10 of them", "Ten of them", "", 0),
        ("10 of them", "often", "", 1),
        ("in 2019", "早些时候", "", 0),
        ("fell by 5.2%", "降了6.2%", "", 1),
    ],
)
def test_an_excerpt_tells_a_number_of_its_row_in_whatever_cell_or_scale(excerpt, says, value, faults):
    cells = {"evidence_id": "V1", "says_zh": says, "says_en": "", "value": value, "value_high": "", "as_of": ""}
    quote = {"table": "claim_evidence", "row_key": "V1", "excerpt": excerpt}
    row = checks.Row("claim_evidence", "claim_evidence.csv", 2, cells, cells)
    for table, due in (("claim_evidence", faults), ("pilot_batches", 0)):
        here = quote | {"table": table}
        found = excerpts_print_what_is_told([checks.Row("excerpts", "excerpts.csv", 2, here, here)], [row])
        assert len(list(found)) == due


def test_a_row_is_coded_by_all_machines_or_by_none(folder):
    rows = read(folder, "codings")
    write(folder, "codings", [row for row in rows if (row["evidence_id"], row["coder"]) != ("V062", "second")])
    rehash(folder)
    [problem] = check(folder)
    assert problem.rule == "must be coded by second too: by all machine coders of coders.csv or by none"
    write(folder, "codings", [row for row in rows if row["evidence_id"] != "V062"])
    rehash(folder)
    assert check(folder) == []


def test_proof_is_the_best_kind_of_excerpt_that_is_kept(folder):
    edit(folder, "target_outcomes", {"outcome_id": "O31"}, proof="verbatim")
    rehash(folder)
    [problem] = check(folder)
    assert problem.column == "proof" and problem.rule == "must be none: excerpts.csv keeps nothing of this row"


def test_figures_noted_for_a_row_stand_in_it(folder):
    """A number cannot be changed by saying that its excerpt holds none."""
    edit(folder, "pilot_batches", {"source_id": "gta-2016"}, projects="65")
    edit(folder, "excerpts", {"row_key": "2016 / public_notice / gta-2016", "excerpt": "64"}, numbers_in_text="")
    rehash(folder)
    problem = next(problem for problem in check(folder) if problem.column == "excerpt")
    assert problem.rule == (
        "nothing of it stands in row 4 of pilot_batches.csv, 2016 / public_notice / gta-2016"
    ) and problem.remedy.startswith("correct the row or the excerpt")


@pytest.mark.parametrize(
    ("excerpt", "value", "unit", "found"),
    [
        ("超过3万家", "30000", "factories", "value"),
        ("about 30 thousand", "30000", "factories", ""),
        ("R&D 3.92万亿元", "39200", "100 million yuan", "value"),
        ("just shy of the 1.8-million-unit-mark", "1800000", "robots", "value"),
        ("450万人", "450", "10,000 people", "value"),
        ("收入 2 414 亿元", "2414", "100 million yuan", "value"),
        ("12,345 firms in the 14th plan", "12345", "firms", "value"),
        ("12,345 firms in the 14th plan", "14", "firms", ""),
        ("fell by 20.7%", "-20.7", "%", "value"),
        ("146件", "46", "projects", ""),
        ("6.03", "6.0", "%", ""),
    ],
)
def test_a_number_is_known_again_however_it_is_printed(excerpt, value, unit, found):
    schema = {"fields": [{"name": "value", "type": "number", "unit": "see column unit"}]}
    row = checks.Row("t", "t.csv", 2, {"value": value, "unit": unit}, {"value": Decimal(value), "unit": unit})
    assert list_quoted(excerpt, row, schema) == found


@pytest.mark.parametrize(("unit", "found"), [("see column other", "value"), ("other", ""), ("万", "value")])
def test_a_unit_stands_in_another_column_only_if_it_says_so(unit, found):
    """A column may bear the name of a unit, such as `firms`, and hold something else."""
    schema = {"fields": [{"name": "value", "type": "number", "unit": unit}]}
    row = checks.Row("t", "t.csv", 2, {"value": "3", "other": "万"}, {"value": Decimal(3), "other": "万"})
    assert list_quoted("30000家", row, schema) == found


@pytest.mark.parametrize(
    ("source", "changes", "rule"),
    [
        ("govcn-en-2017-10", {"no_excerpt": "not_kept"}, "must be empty, as excerpts.csv holds an excerpt"),
        ("shelec-2015", {"no_excerpt": "named_beside"}, "must be empty, as excerpts.csv holds an excerpt"),
        ("nbdz-2015", {"no_excerpt": ""}, "must be not_kept, as excerpts.csv holds nothing of this source, on which"),
        ("nbdz-2015", {"no_excerpt": "named_beside"}, "must be not_kept, as excerpts.csv holds nothing"),
        ("nbdz-2015", {"taken_from": "file"}, "must be data_file, as taken_from is file"),
        ("paper", {"no_excerpt": "not_kept"}, "must be paper, as no sentence of the paper is kept"),
        ("gta-2016", {"no_excerpt": "lost"}, "must be one of paper, data_file, named_beside, not_kept"),
    ],
)
def test_a_source_has_an_excerpt_or_says_why_not(folder, source, changes, rule):
    edit(folder, "sources", {"source_id": source}, **changes)
    rehash(folder)
    problem = only(folder)
    assert (problem.column, problem.value) == ("no_excerpt", changes.get("no_excerpt", "not_kept"))
    assert rule in problem.rule and problem.remedy


def test_a_source_that_rows_name_beside_others_may_be_one_that_was_not_kept(folder):
    beside = next(row for row in read(folder, "sources") if row["no_excerpt"] == "named_beside")["source_id"]
    edit(folder, "sources", {"source_id": beside}, no_excerpt="not_kept")
    rehash(folder)
    assert check(folder) == []


def test_without_the_column_nothing_is_asked_of_sources(folder):
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    [fields] = [table["schema"]["fields"] for table in package["resources"] if table["name"] == "sources"]
    fields[:] = [field for field in fields if field["name"] != "no_excerpt"]
    (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    rows = [{name: cell for name, cell in row.items() if name != "no_excerpt"} for row in read(folder, "sources")]
    write(folder, "sources", rows)
    rehash(folder)
    assert check(folder) == []


def test_an_excerpt_is_no_use_of_a_source(folder):
    """A source that only an excerpt names supports no row, and an excerpt of a row that is gone is told."""
    rows = read(folder, "successor_programmes")
    gone = next(row for row in read(folder, "excerpts") if row["table"] == "successor_programmes")
    write(folder, "successor_programmes", [row for row in rows if row["row_id"] != gone["row_key"]])
    rehash(folder)
    assert ("row_key", gone["row_key"]) in {(p.column, p.value) for p in check(folder)}


@pytest.mark.parametrize(("name", "valid"), [("province", True), ("item", False), ("province_zh", False)])
def test_the_name_of_a_row_must_be_a_column_in_some_language(folder, name, valid):
    package = datapackage.read(folder)
    next(r for r in package["resources"] if r["name"] == "provinces")["schema"]["rowName"] = name
    write_package(folder, package)
    if valid:
        assert check(folder) == []
    else:
        rule = f"rowName of table provinces is '{name}', but there is no column {name}_zh or {name}_en"
        assert only(folder).rule == f"is no valid data package: {rule}"


def test_what_names_a_code_must_be_columns_in_both_languages(folder):
    package = datapackage.read(folder)
    fields = next(r for r in package["resources"] if r["name"] == "oecd_members")["schema"]["fields"]
    next(field for field in fields if field["name"] == "iso3")["namedBy"] = "country"
    write_package(folder, package)
    rule = "column iso3 of oecd_members is namedBy 'country': country_zh and country_en must be columns"
    assert only(folder).rule == f"is no valid data package: {rule}"


def test_what_a_unit_is_called_of_which_there_is_one_must_be_a_word(folder):
    package = datapackage.read(folder)
    package["singular"]["firms"] = 1
    write_package(folder, package)
    assert only(folder).rule == "is no valid data package: singular must give a word for each unit"


def test_a_unit_of_several_has_a_word_for_one(c):
    """But for units that scale their number, such as `million euro`."""
    fields = [field for r in c.tables.package["resources"] for field in r["schema"]["fields"]]
    holding = {field["unit"].removeprefix("see column ") for field in fields if "see column " in field.get("unit", "")}
    units = {field["unit"].split(", ")[0] for field in fields if "see " not in field.get("unit", "see ")}
    units |= {label["en"] for field in fields if field["name"] in holding for label in field.get("labels", {}).values()}
    several = {unit for unit in units if unit.endswith("s") and not re.match(r"[\d,]+ |[mbtr]+illion ", unit)}
    assert {"firms", "digits", "index points"} <= several <= set(c.tables.singular)


def test_refresh_refuses_a_fault_and_writes_nothing(folder):
    edit(folder, "pilot_batches", BATCH_2017, preferred="false")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match=r"pilot_batches\.csv, row 9, column preferred: value 'false' — one final row"):
        refresh(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


# What disagrees is not malformed: the ledger judges it


def materials(folder):
    shares = {"absent": "33", "made_but_unstable": "54", "self_supplied": "13"}
    for category, share in shares.items():
        cells = {"survey": "another_survey", "n_materials": "200", "category": category, "share_pct": share}
        add(folder, "key_materials", **cells, basis="seen", source_id="materials-forum-2018")


def talent(folder):
    cells = {"published": "2020", "speaker": "another body", "attributed_to": "own survey", "credit": "own"}
    cells |= {"field_zh": "智能制造", "field_en": "Intelligent manufacturing", "year": "2025", "comparator": "="}
    for number, (measure, value) in enumerate({"demand": "1000", "gap": "550"}.items(), 90):
        given = {"statement_id": f"S{number}", "measure": measure, "value_10k": value, "unit": "10,000 people"}
        add(folder, "talent_statements", **cells, **given, basis="seen", source_id="ed-2020-mnw")


def total(folder):
    add(folder, "pilot_cumulative", through_year="2018", projects="306", basis="seen", source_id="ofweek-2018")


def claim(id_, text, zh, en, value):
    def change(folder):
        edit(folder, "claims", {"claim_id": id_}, value_text=text, printed_zh=zh, printed_en=en, value_low=value,
             value_high=value)  # fmt: skip

    return change


def sums(folder):
    edit(folder, "maturity_levels", {"year": "2020", "level_class": "ge4", "source_id": "paper"}, share_pct="6")


def batches(folder):
    kept = [row for row in read(folder, "excerpts") if row["table"] != "pilot_batches"]
    lost = {row["source_id"] for row in read(folder, "excerpts")} - {row["source_id"] for row in kept}
    write(folder, "excerpts", kept)
    for source in lost:
        edit(folder, "sources", {"source_id": source}, no_excerpt="not_kept")
    edit(folder, "pilot_batches", BATCH_2017, projects="400")
    edit(folder, "pilot_batches", PAPER_2016, projects="64")
    add(folder, "pilot_batches", year="2025", stage="final", projects="400", preferred="true", **SEEN)


def bounds(folder):
    """A cap below a floor, cities and projects beyond a cap, floors beyond the batches."""
    edit(folder, "pilot_province_evidence", {"evidence_id": "E021"}, lower="2")
    edit(folder, "pilot_province_evidence", {"evidence_id": "E057"}, lower="13")
    edit(folder, "pilot_province_evidence", {"evidence_id": "E008"}, lower="2", upper="2")
    for id_ in ("E001", "E004", "E006"):
        edit(folder, "pilot_province_evidence", {"evidence_id": id_}, lower="200")


def counts(folder):
    """An exact count of another source gives another share."""
    cells = {"scope": "national", "year": "2024", "value": "60000", "exact": "true", "rounded": "false"}
    add(folder, "maturity_samples", measure="firms_ge2", **cells, unit="firms", basis="seen", source_id="cesi-2021-js")


def industries(folder):
    """Figure 2 with another kind of industry and a further label; a share of no firm at all."""
    edit(folder, "maturity_industries", {"position": "1"}, process_type="process")
    rows = read(folder, "maturity_industries")
    last = place(rows, {"measure": "printed_order", "position": "10"})
    write(folder, "maturity_industries", [*rows[: last + 1], rows[last] | {"position": "11", "industry_zh": "家具",
          "industry_en": "Furniture"}, *rows[last + 1 :]])  # fmt: skip
    edit(folder, "maturity_industries", {"measure": "share_ge3"}, value="0")


def problems(folder):
    """A problem without a remedy and one more countermeasure."""
    rows = read(folder, "problem_links")
    write(folder, "problem_links", [row for row in rows if row["problem_code"] != rows[0]["problem_code"]])


def research(folder):
    cells = {"country_en": "Brazil", "country_zh": "巴西", "aggregate": "false", "year": "2025", "pct": "8.1"}
    add(folder, "rd_intensity_countries", iso3="BRA", **cells, vintage="wdi_2026_07", source_id="wdi-rd-2026")
    edit(folder, "province_covariates", {"province_zh": "北京"}, rd_intensity_pct="6.27")


AGREEMENT = {
    "an outside survey of materials of 33, 54 and 13": materials,
    "an outside demand of 1000 with a gap of 550": talent,
    "an outside total of 306": total,
    "a paper that prints 306": claim("Q12", "306", "306个项目", "306 projects", "306"),
    "a paper whose four shares add up to 101": sums,
    "a paper that counts 30 provinces": claim("Q24", "30", "30个省份", "30 provinces", "30"),
    "a paper with a gap of 4.6 million": claim("Q72", "4.6", "460万人", "4.6 million people", "4.6"),
    "batches of 400 and of 2025, a paper with 64": batches,
    "evidence on provinces that contradicts itself": bounds,
    "counts of another source": counts,
    "another Figure 2": industries,
    "a problem without a remedy": problems,
    "a further country, an intensity that GDP does not give": research,
}


@pytest.mark.parametrize("change", AGREEMENT.values(), ids=AGREEMENT)
def test_what_disagrees_is_taken(folder, change):
    for source in ("miit-equip-2016", "cesi-2021-js"):
        undated(folder, source)
    before = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    change(folder)
    assert {path.name: path.read_bytes() for path in folder.glob("*.csv")} != before
    rehash(folder)
    assert check(folder) == []


def test_the_wording_of_notes_decides_nothing(folder):
    changed = 0
    for table in [resource["name"] for resource in datapackage.read(folder)["resources"]]:
        rows = read(folder, table)
        for number, row in enumerate(rows):
            for column in [name for name in row if name == "note" or name.endswith("_note")]:
                changed += bool(row[column])
                row[column] = f"other words {number}" if number % 3 else ""
        write(folder, table, rows)
    assert changed > 500
    rehash(folder)
    assert check(folder) == []


def test_a_source_that_rounds_says_so_in_a_column(folder):
    edit(folder, "maturity_levels", LEVEL, share_pct="16", note="rounded in the text")
    edit(folder, "maturity_levels", LEVEL | {"level_class": "ge2"}, share_pct="32")
    rehash(folder)
    assert "add up to 101, not 100" in only(folder).rule
    edit(folder, "maturity_levels", LEVEL, rounded="true")
    rehash(folder)
    assert check(folder) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("750万人", [7500000]),
        ("7.5 million people", [7500000]),
        ("31.4 billion", [31400000000]),
        ("more than 12,000 firms", [12000]),
        ("2016–2020", [2016, 2020]),
        ("14th Five-Year Plan period", []),
        ("没有一家企业", [0]),
        ("no firm", [0]),
        ("five", []),
    ],
)
def test_printed_numbers(text, numbers):
    assert printed_numbers(text) == numbers


# Extensions that readers are meant to make


SEEN = {"basis": "seen", "source_id": "miit-equip-2016"}


def undated(folder, source):
    """Let it be unknown when a source was printed: rows of later years may cite it."""
    edit(folder, "sources", {"source_id": source}, published="")
    refresh(folder)


def add_fact(folder, id_, start, end, count):
    """Add the number of projects of Zhejiang in a period."""
    home = {"adcode": "330000", "province_zh": "浙江", "counts": "project"}
    period = {"period_start": start, "period_end": end, "lower": count, "upper": count, "tier": "2"}
    add(folder, "pilot_province_evidence", evidence_id=id_, **home, **period, **SEEN)


def test_the_lists_of_the_ministry_may_be_filled_in(folder):
    add_fact(folder, "E900", "2015", "2015", "4")
    add_fact(folder, "E901", "2016", "2016", "12")
    add_fact(folder, "E902", "2015", "2018", "31")
    assert refresh(folder) == ["pilot_province_evidence", "the sources of pilot_province_evidence"]


def test_a_later_batch_may_be_added(folder):
    undated(folder, SEEN["source_id"])
    add(folder, "pilot_batches", year="2019", stage="final", projects="50", preferred="true", **SEEN)
    add(folder, "pilot_cumulative", through_year="2019", projects="355", **SEEN)
    effect = {
        "base_text": "all",
        "programme": "pilots",
        "kind": "result",
        "indicator": "productivity",
        "change_pct": "30",
    }
    add(folder, "pilot_effects", effect_id="F90", base_projects="355", **effect, **SEEN)
    add_fact(folder, "E900", "2019", "2019", "9")
    changed = ["pilot_batches", "pilot_cumulative", "pilot_effects", "pilot_province_evidence"]
    assert refresh(folder) == [*changed, f"the sources of {', '.join(changed[1:])}"]  # the first cites it already


def test_shares_of_a_later_year_may_be_added(folder):
    undated(folder, "qianzhan-2024")
    common = {"scope": "national", "year": "2026", "basis": "seen", "source_id": "qianzhan-2024"}
    common |= {"above_scale": "false", "rounded": "false"}
    shares = {"le1": "55.1", "2": "25.2", "3": "15.2", "ge4": "4.6", "ge2": "45.0"}
    for name, share in shares.items():
        add(folder, "maturity_levels", **common, level_class=name, share_pct=share)
    with pytest.raises(InputError, match=r"rows 30, 31, 32, 33 add up to 100\.1, not 100"):
        refresh(folder)
    edit(folder, "maturity_levels", {"year": "2026", "level_class": "2"}, rounded="true")
    assert refresh(folder) == ["maturity_levels"]


def test_a_later_value_of_research_may_be_added(folder):
    source = "nbs-rd-2023"
    undated(folder, source)
    edit(folder, "rd_intensity_china", {"year": "2025"}, implied_revision_pct="2.81", revision_source_id=source)
    printed = {"first_published_pct": "2.92", "decimals": "2", "stage": "bulletin", "stated_rise_pp": "0.11"}
    add(folder, "rd_intensity_china", year="2026", **printed, source_id=source)
    assert refresh(folder) == ["rd_intensity_china"]


# Codebook


def test_the_committed_codebook_is_the_generated_one(c, folder):
    assert validity.list_outdated(c.tables) == []
    tables = tables_in(folder)
    validity.write_codebook(tables)
    assert validity.write_codebook(tables) == []
    (folder / "codebook.md").unlink()
    (line,) = validity.list_outdated(tables)
    assert line == "data/raw/codebook.md: is not up to date. Remedy: compendium data refresh"
    assert validity.write_codebook(tables) == [folder / "codebook.md"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_codebook_shows_every_column_and_code(c, language):
    text = codebook.texts(c.tables)[c.languages.page(codebook.NAME, language)]
    for resource in c.tables.package["resources"]:
        chapter = text.split(f"\n## {resource['name']}\n")[1].split("\n## ")[0]
        for field in resource["schema"]["fields"]:
            line = next(line for line in chapter.splitlines() if line.startswith(f"| `{field['name']}` |"))
            assert escape.markdown(field["description_zh" if language == "zh" else "description"]) in line
            assert len(re.findall(r"(?<!\\)\|", line)) == 7
            for value in field.get("constraints", {}).get("enum", []):
                assert f"`{value}`" in line
            for label in field.get("labels", {}).values():
                assert f"{label[language]}\n" in text


# Surroundings


def test_everything_works_under_the_c_locale_from_another_directory(folder):
    edit(folder, "pilot_batches", PAPER_2016, note="全\u3000角")
    code = (
        "import sys; from pathlib import Path; from compendium.compendium import Compendium;"
        "from compendium.ledger import gate; root = Path(sys.argv[1]);"
        "print(gate.check(Compendium(root, root))[0])"
    )
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "LANG": "C", "PYTHONPATH": str(paths.HOME)}
    told = subprocess.check_output([sys.executable, "-c", code, str(folder.parents[1])], env=environment, cwd=folder)
    assert "data/raw/pilot_batches.csv, row 6, column note: value '全\\u3000角'" in told.decode("utf-8")


def column_of(*cells):
    column = Column()
    for cell in cells:
        column.take(cell)
    return column


def test_rows_that_are_alike_are_looked_at_once_and_all_told():
    columns = {"year": column_of("1", "2", "1", "1.0"), "note": column_of("a", "b", "c", "d")}
    rows, seen = Rows("t", "t.csv", columns, ["number", "string"]), []

    def find(row):
        seen.append(row.number)
        return [row.fault("year", "is one")] if row["year"] == 1 else []

    told = [(fault.row, fault.value) for fault in rows.faults(["year"], find)]
    assert told == [(2, "1"), (4, "1"), (5, "1.0")]
    assert seen == [2, 3, 2, 4, 5], "once for each of two values, then where it is told"


def test_of_a_long_table_the_head_is_told_before_the_rest_is_read(folder, monkeypatch):
    path = folder / "provinces.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2], lines[-1] = f"{lines[2]},more", f"{lines[-1]},more"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8", newline="\n")
    told = {problem.row for problem in check(folder)}
    monkeypatch.setattr(validity, "LONG", 0)
    monkeypatch.setattr(validity, "HEAD", 5)
    assert told == {3, len(lines)} and {problem.row for problem in check(folder)} == {3}
