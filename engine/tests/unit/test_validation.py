"""What is wrong within or between raw tables is told with file, row, column, value, rule and remedy; what
only disagrees passes."""

import hashlib
import json
import re
from decimal import Decimal
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import frozen
import pandas as pd
import pytest
from frictionless import Package
from frozen import rehash
from frozen import write as write_package
from worlds import HERE, at, check, refresh, tables_in

from compendium.base import escape
from compendium.base.files import InputError
from compendium.data import checks, codebook, datapackage, parsing, relations, sourcing, validity
from compendium.data.cells import validate_and_type_rows
from compendium.data.quoting import list_columns_in_excerpt
from compendium.data.standard import check_descriptor
from compendium.ledger import gate
from compendium.ledger.checks import excerpts_quote_evidence_numbers
from compendium.ledger.derived import quantities
from compendium.ledger.evidence import EvidenceTables

DAY = frozen.DAY[:10]


class Edit(NamedTuple):
    """A change of a table: of the first row with this key, the cells; without cells all such rows go."""

    table: str
    key: str | dict | None  # the first cell of the row, or some cells; of a row that is added none
    cells: dict | None


def edit(table, key, /, **cells):
    return Edit(table, key, cells)


def add(table, /, **cells):
    return Edit(table, None, cells)


def drop(table, key):
    return Edit(table, key, None)


def apply(frame, change):
    """Return a table, all text, with a change."""
    if change.key is None:
        return pd.concat([frame, pd.DataFrame([dict.fromkeys(frame, "") | change.cells])], ignore_index=True)
    wanted = change.key if isinstance(change.key, dict) else {frame.columns[0]: change.key}
    meant = (frame[list(wanted)] == pd.Series(wanted)).all(axis=1)
    assert meant.any(), change
    if change.cells is None:
        return frame[~meant].reset_index(drop=True)
    frame.loc[meant.idxmax(), list(change.cells)] = list(change.cells.values())
    return frame


def read(folder, table):
    return pd.read_csv(folder / f"{table}.csv", dtype=str, keep_default_na=False, encoding="utf-8")


def write(folder, table, frame):
    frame.to_csv(folder / f"{table}.csv", index=False, lineterminator="\n", encoding="utf-8")


def change(folder, *edits):
    """Change tables of a folder; their hashes stay."""
    for one in edits:
        write(folder, one.table, apply(read(folder, one.table), one))


def only(folder):
    """Return the single problem of a folder."""
    problems = check(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


# The same tables in memory, of which each layer of the examination is asked by itself


@cache
def schemas():
    return {table["name"]: table["schema"] for table in frozen.compendium().tables.package["resources"]}


@cache
def standard():
    return check_descriptor(frozen.compendium().tables)


def rows_of(table, frame):
    resource, file = standard().get_resource(table), f"data/raw/{table}.csv"
    return validate_and_type_rows(resource, frame.to_numpy().tolist(), file, HERE.languages)[0]


@cache
def frozen_rows():
    return {table: rows_of(table, frozen.texts(table)) for table in schemas()}


def changed(*edits):
    """Return the rows of all frozen tables with these changes."""
    frames = {}
    for one in edits:
        frames[one.table] = apply(frames.get(one.table, frozen.texts(one.table)), one)
    return frozen_rows() | {table: rows_of(table, frame) for table, frame in frames.items()}


LAYERS = {
    "row_rules": partial(relations.find_row_rule_violations, DAY, HERE.languages),
    "references": relations.find_broken_references,
    "readings": relations.find_dates_after_sources,
    "provenance": relations.find_source_origin_errors,
    "excerpts": relations.find_excerpt_errors,
    "proofs": relations.find_proof_column_errors,
    "find_unquoted": relations.find_sources_without_excerpt,
}


def list_faults(name, rows):
    """Return what one layer, or one check between tables, finds."""
    if name not in LAYERS:
        return checks.run(rows, [one for one in gate.all_checks(HERE) if one.find.__name__ == name])
    found = LAYERS[name](rows, schemas())
    if not isinstance(found, tuple):
        return [*found]
    problems, faulty = found
    assert {Path(problem.file).stem for problem in problems} <= faulty
    return problems


# The package as it is


def test_the_raw_data_are_valid_for_frictionless_too_described_in_both_languages_and_left_as_they_are(c):
    before = json.loads((c.raw / datapackage.PACKAGE).read_text("utf-8"))
    assert gate.validate_data_package(c) == []
    codebook.render_codebook_files(c.tables)
    assert c.tables.package == before, "no check changes the description that all share"
    report = Package(str(c.raw / datapackage.PACKAGE)).validate()
    assert report.valid and report.stats["tasks"] == len(before["resources"]) == len(list(c.raw.glob("*.csv")))
    for thing in (one for table in before["resources"] for one in (table, *table["schema"]["fields"])):
        for key in ("title", "description"):
            assert re.search("[\u4e00-\u9fff]|^R&D", thing[f"{key}_zh"]), thing["name"]
            assert thing[key] and not re.search("[\u4e00-\u9fff]", thing[key]), thing["name"]


def test_units_of_the_covariates_are_those_of_their_sources(c):
    units = {field["name"]: field.get("unit") for field in c.tables.schema("province_covariates")["fields"]}
    described = frozen.texts("covariate_sources").query("table.str.contains('covar')").set_index("column")["unit"]
    assert len(described) == 17 and {column: units[column] for column in described.index} == described.to_dict()


def test_a_unit_of_several_has_a_word_for_one(c):
    """But for units that scale their number, such as `million euro`."""
    fields = [field for r in c.tables.package["resources"] for field in r["schema"]["fields"]]
    holding = {field["unit"].removeprefix("see column ") for field in fields if "see column " in field.get("unit", "")}
    units = {field["unit"].split(", ")[0] for field in fields if "see " not in field.get("unit", "see ")}
    units |= {label["en"] for field in fields if field["name"] in holding for label in field.get("labels", {}).values()}
    several = {unit for unit in units if unit.endswith("s") and not re.match(r"[\d,]+ |[mbtr]+illion ", unit)}
    assert {"firms", "digits", "index points"} <= several <= set(c.tables.singular)


# What is wrong within a row or between tables

BATCHES, EVIDENCE, PROJECTS = "pilot_batches", "pilot_province_evidence", "pilot_projects"
LEVELS, COVARIATES, STATED, ORIGINS = "maturity_levels", "province_covariates", "claim_evidence", "source_origins"
PAPER_2016 = {"year": "2016", "source_id": "paper"}
BATCH_2017 = {"year": "2017", "stage": "final", "source_id": "govcn-en-2017-10"}
LEVEL = {"scope": "national", "year": "2021", "level_class": "2"}
GE2_FIRMS, GE2_SHARE = {"measure": "firms_ge2"}, {"year": "2024", "level_class": "ge2"}
SEEN = {"basis": "seen", "source_id": "miit-equip-2016"}
SHARES_2026 = {"scope": "national", "year": "2026", "basis": "seen", "source_id": "qianzhan-2024"}
SHARES_2026 |= {"above_scale": "false", "rounded": "false"}
ADDED_SHARES = [
    add(LEVELS, **SHARES_2026, level_class=name, share_pct=share)
    for name, share in {"le1": "55.1", "2": "25.2", "3": "15.2", "ge4": "4.6", "ge2": "45.0"}.items()
]
WAYBACK, SHELEC = "https://web.archive.org/web/20190801000000/", "http://shelec.cn/news/CompanyNews/130.html"
CRANE = "xinhua-2015-crane"
SAME_PAGE = [
    "https://m.shelec.cn/news/CompanyNews/130.html/#top",
    "http://reader@SHELEC.cn:80//news/./CompanyNews/130.html;jsessionid=1?from=mobile",
    "http://amp.shelec.cn/news/CompanyNews/130.html/index.php",
    f"https://web.archive.org/web/2016/{SHELEC}",
]
FUTURE, NO_FORMULA = "must not lie after the day of the data, `created`", "must be a formula over claims that has"
EXCERPT, OF_2017 = "EX243", {"row_key": "2017 / final / govcn-en-2017-10"}
SHA_99 = hashlib.sha256(b"99").hexdigest()


def add_source(id_):
    names = {"name_zh": "闲置来源", "name_en": "An idle source", "title": "Idle", "publisher": "Nobody"}
    address = {"url": f"https://example.org/{id_}", "grade": "C", "host_trust": "ok", "accessed": "2026-11-24"}
    return add("sources", source_id=id_, **names, **address, taken_from="page", no_excerpt="not_kept")


CITED = [
    add_source("new"),
    edit(BATCHES, BATCH_2017, also_in="qingdao-daily-2017 ; beijingreview-de-2017-10 ; new"),
]


def case(name, rule, *edits, at=(), column="", others=0):
    """A layer or check by name, and what it tells first of some edits: rule, table and row, column; how many others.

    The place is that of the first edit, and its last column, unless given; of no row it tells if the key is None.
    """
    at, column = at or edits[0][:2], column or list(edits[0].cells)[-1]
    return pytest.param(name, edits, at, column, rule, others, id=f"{name}-{column}-{edits[0].table}")


CASES = [
    # within a row
    *(case("row_rules", FUTURE, edit(table, key, **{column: text}))
      for table, key, column, text in [
          ("sources", "paper", "accessed", "2099-01-01"), ("sources", "paper", "published", "2099"),
          ("talent_statements", "S03", "published", "2099-03"), ("pilot_batches", SEEN, "year", "2099")]),
    case("row_rules",
         "must be paper where basis is paper_text", edit(BATCHES, PAPER_2016, source_id="gta-2016"),
         at=(BATCHES, {"year": "2016", "basis": "paper_text"})),
    case("row_rules",
         "must not lie after valid_to, 2018-12-31", edit("tax_rules", "X02", valid_from="2019")),
    case("row_rules", "must not lie after upper, 7", edit(EVIDENCE, "E031", lower="8")),
    case("row_rules",
         "must not lie after accessed, 2021", edit("sources", "paper", accessed="2021-12-31"),
         column="published"),
    case("row_rules", "must not lie after year_end, 2015", edit("claims", "Q10", year_start="2016")),
    case("row_rules", "must not lie after value_high, 2025", edit(STATED, "V001", value="2030")),
    case("row_rules", "must be given, as part_zh is", edit(STATED, "V011", part_en="")),
    # references
    *(case("references",
         rf"^{missing} does not stand in column {where}", edit(table, key, **{column: text}))
      for table, key, column, text, missing, where in [
          ("pilot_batches", SEEN, "also_in", "nowhere", "nowhere", "source_id of sources.csv$"),
          ("pilot_batches", SEEN, "also_in", "gta-2016 ;", "gta-2016 ;", "source_id"),
          ("pilot_batches", SEEN, "also_in", "gta-2016 ;  ; paper", "", "source_id"),
          ("problems_countermeasures", "P2.3", "parent_code", "P9.9", r"P9\.9", "code"),
          ("records", "R02", "claim_ids", "Q12 ; Q999", "Q999", "claim_id")]),
    case("references",
         "a list must not repeat an entry", edit(BATCHES, SEEN, also_in="gta-2016 ; gta-2016")),
    case("references", "^ofweek-2018 does not stand in .*; other cells that name it: [0-9]+$",
         drop("sources", "ofweek-2018"), at=(BATCHES, {"source_id": "ofweek-2018"}), column="source_id"),
    # dates of what a source tells
    case("readings", "when scio-2020-09 was printed",
         edit("digitalisation", {"measure": "rd_design_tools", "source_id": "scio-2020-09"}, as_of="2020-10")),
    case("readings", "when govcn-en-2018-01 was printed",
         edit(LEVELS, LEVEL | {"year": "2020"}, also_in="govcn-en-2018-01"), column="year"),
    case("readings", "when people-en-2021-04 was read", edit(STATED, "V001", as_of="2026-11-26")),
    case("readings",
         "must not lie before 2026-11-24", edit("searches", "S001", searched_on="2026-11-23")),
    # sources and origins
    case("provenance",
         "no row has the id paper", drop("sources", "paper"), at=("sources", "shelec-2015"),
         column="source_id"),
    case("provenance", "gives no origin of what pilot_batches.csv takes from this source", *CITED,
         at=("sources", "new"), column="source_id"),
    case("provenance", "pilot_effects.csv does not cite gta-2016",
         add(ORIGINS, source_id="gta-2016", origin_id="O-MIIT-PILOT", role="copy", table="pilot_effects"),
         at=(ORIGINS, {"source_id": "gta-2016", "table": "pilot_effects"})),
    case("provenance", "^no table refers to it$",
         add("origins", name_zh="无人", name_en="Nobody", kind="press", collective="false", origin_id="O-IDLE"),
         at=("origins", "O-IDLE")),
    # excerpts
    case("excerpts", "must be the name of a table", edit("excerpts", EXCERPT, table="elsewhere")),
    case("excerpts", "no row of successor_programmes.csv has this key, row_id",
         edit("excerpts", EXCERPT, row_key="N999")),
    case("excerpts", "does not cite this source", edit("excerpts", EXCERPT, source_id="paper")),
    case("excerpts",
         "must be the SHA-256 of the excerpt, 4895ecc6", edit("excerpts", EXCERPT, excerpt="another text"),
         column="sha256"),
    *(case("excerpts", rule, edit(table, key, **cells), at=("excerpts", OF_2017), column="numbers_in_text",
           others=2 * (table == "pilot_batches"))
      for table, key, cells, rule in [
          ("excerpts", OF_2017, {"excerpt": "99", "sha256": SHA_99}, "^must be empty, the numbers of row"),
          ("excerpts", OF_2017, {"numbers_in_text": ""}, "^must be projects, the numbers of row"),
          ("pilot_batches", BATCH_2017, {"projects": "98"}, "^must be empty, the numbers of row"),
          ("pilot_batches", BATCH_2017, {"industries": "97"}, "^must be projects ; industries, the numbers of row"),
          ("pilot_batches", BATCH_2017, {"basis": "derived"}, "^prints projects of row 9 of pilot_batches.csv")]),
    case("excerpts", "^nothing of it stands in row 4 of pilot_batches.csv, 2016 / public_notice / gta-2016$",
         edit("excerpts", {"row_key": "2016 / public_notice / gta-2016", "excerpt": "64"}, numbers_in_text=""),
         edit(BATCHES, {"source_id": "gta-2016"}, projects="65"), column="excerpt"),
    case("proofs", "^must be none: excerpts.csv keeps nothing of this row$",
         edit("target_outcomes", "O31", proof="verbatim")),
    *(case("find_unquoted", rule, edit("sources", source, **cells), column="no_excerpt")
      for source, cells, rule in [
          ("govcn-en-2017-10", {"no_excerpt": "not_kept"}, "must be empty, as excerpts.csv holds an excerpt"),
          ("nbdz-2015", {"no_excerpt": ""}, "must be not_kept, as excerpts.csv holds nothing of this source, on"),
          ("nbdz-2015", {"no_excerpt": "named_beside"}, "must be not_kept, as excerpts.csv holds nothing"),
          ("nbdz-2015", {"taken_from": "file"}, "must be data_file, as taken_from is file"),
          ("paper", {"no_excerpt": "not_kept"}, "must be paper, as no sentence of the paper is kept")]),
    # checks of the ledger and of the study
    case("source_urls_are_valid", "the address must be an http", edit("sources", "scio-2016-04", host_trust="ok"),
         column="url"),
    *(case("source_urls_are_valid", "a host without a user, then no blank", edit("sources", key, **cells))
      for key, cells in [
          ("gta-2016", {"archived": "https://x.org/`a`"}), ("scio-2016-04", {"url": "hxxp://a[.]org@b[.]org/"})]),
    case("source_urls_are_valid", "must end in the url of this source, https://www",
         edit("sources", "gta-2016", archived=WAYBACK + SHELEC)),
    case("source_urls_are_valid", "must be another address than url", edit("sources", "shelec-2015", archived=SHELEC)),
    case("bodies_are_noted",
         "must stand further up in the table", edit("bodies", "cae", part_of="sscae")),
    case("bodies_are_noted", "stands, between backticks, in no line of data",
         add("bodies", name_zh="某", name_en="X", body_id="new"), at=("bodies", "new")),
    case("searches_hold_the_query", "must be empty, as kept is topic_only",
         edit("searches", "S001", query="广东 规划")),
    case("searches_hold_the_query", "must be given, as kept is query_and_place",
         edit("searches", "S001", kept="query_and_place", query="广东 规划"), column="place"),
    case("claims_ascend", "ids must ascend, but Q31 stands above", edit("claims", "Q32", claim_id="Q30"),
         edit("assertions", {"claim_ids": "Q32"}, claim_ids="Q30"), at=("claims", "Q30")),
    case("claims_fit_text", "must be 4 and 4, as value_text '4' says", edit("claims", "Q03", value_text="4"),
         column="value_low"),
    case("forecasts_look_ahead", "must lie after 2022, the year of the paper",
         edit("claims", "Q72", kind="forecast", year_start="", year_end="2022")),
    case("claims_fit_print", "must print 63, as value_low", edit("claims", "Q15", printed_en="64 projects")),
    case("items_are_numbered", "must be 2: items stand in order",
         edit("claim_items", {"claim_id": "D95", "position": "2"}, position="14"),
         at=("claim_items", {"claim_id": "D95", "position": "14"})),
    case("derived_evaluate", "must be Q15 ; Q17", edit("derived", "D19", formula="Q17 / Q15"), column="inputs"),
    case("derived_evaluate", NO_FORMULA, edit("derived", "D19", formula="Q17 / Q31", inputs="Q17 ; Q31"),
         column="formula"),
    case("evidence_fits_comparison", "must be given with comp",
         edit(STATED, {"comparison": "value"}, value="", value_high=""), column="value"),
    case("evidence_fits_comparison", "must be empty with comp", edit(STATED, {"comparison": "holds"}, value="4")),
    case("evidence_fits_comparison",
         "must be empty where value is", edit(STATED, {"comparison": "fails"}, value_high="4")),
    case("evidence_fits_comparison", "must be a claim that is testable", edit("claims", "Q127", testable="false"),
         at=(STATED, {"claim_id": "Q127"}), column="claim_id", others=1),
    case("excerpts_quote_evidence_numbers", "prints 11, and row .* of claim_evidence.csv, V023, tells no",
         edit(STATED, "V023", says_zh="多年第一。", says_en="First for 12 years."),
         at=("excerpts", {"row_key": "V023"}), column="excerpt", others=2),
    case("codes_match_majority", "must be empty, as most of its 3", edit(STATED, "V062", differs_in="time")),
    case("codes_match_majority", "must be fails, as most of its 3",
         edit("codings", {"evidence_id": "V062", "coder": "second"}, comparison="fails"),
         edit("codings", {"evidence_id": "V062", "coder": "third"}, comparison="fails"), at=(STATED, "V062")),
    case("codes_match_majority", "must be .*, or its claim, was reworded since",
         edit(STATED, "V062", says_en="another sentence"), at=("codings", {"evidence_id": "V062", "coder": "first"}),
         column="words"),
    case("target_outcomes_fit_values", r"16\.7 against 70 of target T76",
         edit("target_outcomes", "O25", result="reached")),
    case("target_outcomes_fit_values", r"must fit the value, 85\.6 against 85\.5",
         edit("target_outcomes", "O13", result="not_reached_at_last_print")),
    case("target_outcomes_fit_values", "must say that it came late: as_of",
         edit("target_outcomes", "O16", result="reached")),
    case("one_preferred_row_per_year", "one final row of 2017", edit(BATCHES, BATCH_2017, preferred="false")),
    *(case("province_names_match_codes", "must be 北京", edit(table, key, province_zh="天津"))
      for table, key in [(EVIDENCE, "E002"), (COVARIATES, "110000")]),
    case("claim_item_provinces_match", "must be Hainan, as row .* of provinces",
         edit("provinces", "370000", province_en="Hainan"),
         edit("provinces", "460000", province_en="Shandong"),
         at=("claim_items", {"claim_id": "Q26", "item_zh": "山东"}), column="item_en", others=1),
    case("evidence_bounds_fit_place", "lower or upper must be given", edit(EVIDENCE, "E002", lower="")),
    case("evidence_periods_match_batches", "no batch of 2019", edit(EVIDENCE, "E039", period_end="2019")),
    case("project_years_are_batch_years", "no batch of 2019", edit(PROJECTS, "J40", year_end="2019")),
    case("cities_in_one_province", "lies in 山东 by .* row 50", edit(PROJECTS, "J06", city="青岛")),
    case("enterprise_projects_are_unique", "the same project stands in row 35",
         edit(PROJECTS, "J35", enterprise="青岛森麒麟轮胎股份有限公司", project="轮胎智能工厂试点示范"),
         column="enterprise"),
    case("province_orders_match_lists", "must be public_notice",
         edit("pilot_orders", {"position": "2"}, stage="final")),
    case("obtained_lists_are_complete", "must be true, as complete of L2016 in pilot_lists.csv is",
         edit("pilot_lists", "L2016", complete="true"), at=("records", "R02"), column="obtained"),
    case("covariates_cover_provinces", "must be a province of the study",
         edit(COVARIATES, "120000", adcode="710000", province_zh="台湾"), at=(COVARIATES, "710000"), column="adcode",
         others=1),
    case("value_added_fits_gdp", "preliminary GDP is [0-9.]+",
         edit(COVARIATES, "110000", secondary_va_prelim_100m_yuan="5600")),
    case("covariate_descriptions_match", "has no such column",
         edit("covariate_sources", {"column": "hightech_firms"}, column="hightech_firm"),
         at=("covariate_sources", {"column": "hightech_firm"}), others=1),
    case("shares_add_up", "rows 11, 12, 13, 14 add up to 101, not 100", edit(LEVELS, LEVEL, share_pct="16"),
         at=(LEVELS, LEVEL | {"level_class": "le1"})),
    case("firm_counts_match_text", "must be 2000, as firms_text", edit(LEVELS, LEVEL, firms_text="2000多家"),
         column="firms_lower"),
    case("shares_from_counts", "rows 10 and 9 give 42.88 %", edit("maturity_samples", GE2_FIRMS, value="48793"),
         at=(LEVELS, GE2_SHARE), column="share_pct"),
    case("derived_shares_are_derivable", "it is derived from are missing",
         edit("maturity_samples", GE2_FIRMS, exact="false"), at=(LEVELS, GE2_SHARE), column="basis"),
    case("industry_ranks_are_consecutive", "must be 1: the industries stand in",
         edit("maturity_industries", {"position": "1"}, position="2"),
         at=("maturity_industries", {"measure": "printed_order"})),
    case("guide_field_names_unique", "field 6 is named otherwise",
         edit("talent_guide_coverage", "6", field_en="New energy")),
    case("percentages_within_100", "must lie between 0 and 100", edit("talent_statements", "S20", value_10k="6200")),
    case("implied_revisions_add_up", "must be 2.01, as row 6 implies",
         edit("rd_intensity_china", "2013", implied_revision_pct="2.02")),
    case("country_groups_are_marked", "must be false for JPN", edit("rd_intensity_countries", "JPN", aggregate="true")),
    case("document_dates_fit_basis", "must be the same day", edit("policy_documents", "P01", date_end="2015-05-09"),
         column="date_basis"),
    case("paper_documents_have_section", "must be given with named_in",
         edit("policy_documents", "P02", paper_section="")),
    case("origins_fit_the_paper", "must be O-MIIT-PILOT, which source", edit("claims", "Q16", origin_id="O-PAPER")),
    case("origins_fit_the_paper", "must be O-PAPER, .* as check_table is empty", edit("claims", "Q31", check_table=""),
         column="origin_id"),
    case("origins_fit_the_paper", "must be named: only a claim", edit(ORIGINS, "shelec-2015", origin_id="O-UNNAMED")),
    case("problem_items_are_coded", "must be given for side problem",
         edit("problems_countermeasures", "P1.1", coverage="")),
    case("links_join_problem_and_remedy", "must be the code of a counter",
         edit("problem_links", {"countermeasure_code": "C1.2"}, countermeasure_code="P1.2"),
         at=("problem_links", {"countermeasure_code": "P1.2"})),
    *(case("one_page_has_one_origin", "is the page of shelec-2015, but of another origin",
           edit("sources", CRANE, url=url), edit(ORIGINS, CRANE, origin_id="O-GD")) for url in SAME_PAGE),
    case("items_are_numbered", "neither in claims.csv nor in derived.csv", edit("claim_items", "Q02", claim_id="Q18"),
         at=("claim_items", "Q18")),
    *(case("derived_evaluate", NO_FORMULA, edit("derived", "D95", formula=text))
      for text in ("exit()", "items()", "9.0 ** 9999", "1 / 0", "1 +", "__import__('os')")),
    case("codes_match_majority", "must be coded by second too: by all machine coders of coders.csv or by none",
         drop("codings", {"evidence_id": "V062", "coder": "second"}), at=("codings", {"evidence_id": "V062"}),
         column="evidence_id"),
    case("shares_add_up", "rows 30, 31, 32, 33 add up to 100.1, not 100", *ADDED_SHARES, at=(LEVELS, {"year": "2026"}),
         column="share_pct"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "edits", "at", "column", "rule", "others"), CASES)
def test_what_is_wrong_within_or_between_tables_is_told(name, edits, at, column, rule, others):
    rows, (table, key) = changed(*edits), at
    problem, *more = list_faults(name, rows)
    assert len(more) == others
    assert (problem.file, problem.column) == (f"data/raw/{table}.csv", column)
    if key is None:
        assert problem.row is None
    else:
        wanted = key if isinstance(key, dict) else {next(iter(rows[table][0].texts)): key}
        row = next(row for row in rows[table] if wanted.items() <= row.texts.items())
        assert (problem.row, problem.value) == (row.number, row.texts[column])
    assert re.search(rule, problem.rule), problem.rule
    assert problem.remedy and "\n" not in str(problem)


def test_every_layer_and_check_has_a_case():
    """But for those of the tables of sentences, which test_sentences.py has."""
    known = {one.find.__name__: {*chain.from_iterable(one.tables)} for one in gate.all_checks(HERE)}
    asked = {name for name, tables in known.items() if not tables & datapackage.DISPENSABLE}
    assert {param.values[0] for param in CASES} == {*asked, *LAYERS}


NAMED_BESIDE = frozen.texts("sources").query("no_excerpt == 'named_beside'")["source_id"].iloc[0]
ROUNDED = edit(LEVELS, LEVEL, share_pct="16", rounded="true")
RIGHT = [
    *((name, [edit("sources", NAMED_BESIDE, no_excerpt="not_kept")]) for name in LAYERS),
    *((name, [CITED[0], add(ORIGINS, source_id="new", origin_id="O-PAPER", role="copy")]) for name in LAYERS),
    *((name, [*CITED, add(ORIGINS, source_id="new", table="pilot_batches", origin_id="O-MIIT-PILOT", role="copy")])
      for name in LAYERS),
    *(("one_page_has_one_origin", [edit("sources", "shelec-2015", url=f"{SHELEC}?id=1"),
                                   edit("sources", CRANE, url=url), edit(ORIGINS, CRANE, origin_id="O-GD")])
      for url in (f"{SHELEC}?id=2", f"{SHELEC}/other?id=1")),
    ("codes_are_of_the_majority", [drop("codings", {"evidence_id": "V062"})]),  # coded by no machine
    ("proofs", [add("excerpts", table="successor_programmes", row_key="N001", kind="figures")]),  # beside verbatim
    ("shares_add_up", [edit(LEVELS, LEVEL | {"level_class": "ge2"}, share_pct="32"), ROUNDED]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "edits"), RIGHT)
def test_nothing_is_found_in_what_is_right(name, edits):
    assert list_faults(name, changed(*edits)) == []


@pytest.mark.parametrize(("day", "told"), [("2030-05-05", 0), ("2030-05-04", 1), ("2020-01-01", 0)])
def test_a_day_of_the_data_in_the_future_is_refused_unless_the_clock_is_wrong(day, told):
    """It is tomorrow already east of here; in 2020 no source had been read."""
    sources = frozen_rows()["sources"]
    assert (
        len([*relations.find_future_created_date("x", "2030-05-06", sources, relations.date.fromisoformat(day))])
        == told
    )


def test_a_table_that_lacks_what_another_names_is_at_fault_too():
    assert relations.find_broken_references(changed(drop("sources", "paper")), schemas())[1] >= {"sources", BATCHES}


def test_without_the_column_nothing_is_asked_of_sources():
    sources = [row_of("sources", source_id="paper")]
    assert [*relations.find_sources_without_excerpt(frozen_rows() | {"sources": sources}, schemas())] == []


def test_columns_that_a_check_misses_are_told():
    statements = row_of("talent_statements", number="1")
    [problem] = list_faults("percentages_within_100", {"talent_statements": [statements]})
    assert problem.file == "data/raw/talent_statements.csv" and problem.remedy.endswith("in datapackage.json")
    assert problem.rule.startswith("the check percentages_within_100 does not fit its columns (KeyError: '")
    both = [checks.Check(lambda table, rule=rule: iter([InputError("t.csv", rule)]), (("t",),)) for rule in "ab"]
    assert [fault.rule for fault in checks.run({"t": []}, both)] == ["a"]


def test_faults_of_rows_are_told_row_by_row():
    early, late = {"accessed": "2099-01-01"}, {"published": "2099"}
    spoilt = zip(frozen.texts("sources")["source_id"], (early, late, early), strict=False)
    rows = changed(*(edit("sources", source, **cells) for source, cells in spoilt))
    told = [(problem.row, problem.column) for problem in list_faults("row_rules", rows)]
    assert told == [(2, "accessed"), (3, "published"), (4, "accessed")]


# Numbers as they are printed


def row_of(table, /, **cells):
    return checks.TypedRow(table, f"{table}.csv", 2, cells, cells)


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
    ],
)
def test_an_excerpt_tells_a_number_of_its_row_in_whatever_cell_or_scale(excerpt, says, value, faults):
    row = row_of("claim_evidence", evidence_id="V1", says_zh=says, says_en="", value=value, value_high="", as_of="")
    for table, due in (("claim_evidence", faults), ("pilot_batches", 0)):
        for kind, count in (("verbatim", due), ("figures", due), ("method", 0)):
            quote = row_of("excerpts", table=table, row_key="V1", excerpt=excerpt, kind=kind)
            assert len(list(excerpts_quote_evidence_numbers([quote], [row]))) == count


@pytest.mark.parametrize(
    ("excerpt", "value", "cell", "unit", "found"),
    [
        ("超过3万家", "30000", "factories", "see column other", "value"),
        ("about 30 thousand", "30000", "factories", "see column other", ""),
        ("R&D 3.92万亿元", "39200", "100 million yuan", "see column other", "value"),
        ("just shy of the 1.8-million-unit-mark", "1800000", "robots", "see column other", "value"),
        ("收入 2 414 亿元", "2414", "100 million yuan", "see column other", "value"),
        ("12,345 firms in the 14th plan", "14", "firms", "see column other", ""),
        ("fell by 20.7%", "-20.7", "%", "see column other", "value"),
        ("6.03", "6.0", "%", "see column other", ""),
        ("30000家", "3", "万", "other", ""),  # a column may bear the name of a unit and hold something else
        ("30000家", "3", "", "万", "value"),
    ],
)
def test_a_number_is_known_again_however_it_is_printed(excerpt, value, cell, unit, found):
    schema = {"fields": [{"name": "value", "type": "number", "unit": unit}]}
    row = checks.TypedRow("t", "t.csv", 2, {"value": value, "other": cell}, {"value": Decimal(value), "other": cell})
    assert list_columns_in_excerpt(excerpt, row, schema) == found


# The whole folder


def change_a_byte(folder):
    path = folder / "key_materials.csv"
    path.write_bytes(path.read_bytes().replace(b"called a self-supply rate", b"called a self supply rate", 1))


def test_a_changed_byte_or_size_differs_from_what_is_recorded(folder):
    change_a_byte(folder)
    problem = only(folder)
    assert problem.file == "data/raw/key_materials.csv"
    assert problem.rule == "differs from the SHA-256 recorded in datapackage.json"
    assert "CHANGES.md" in problem.remedy and "compendium data refresh" in problem.remedy
    rehash(folder)
    package = datapackage.read(folder)
    package["resources"][0]["bytes"] += 1
    write_package(folder, package)
    assert only(folder).file == "data/raw/sources.csv"


def test_problems_are_told_from_the_outside_in(folder):
    change(folder, edit("talent_guide", "1", field_en="751"), edit(BATCHES, PAPER_2016, projects="abc"))
    change(folder, edit("tax_rules", "X02", doc_id="P99"))
    (folder / "provinces.csv").write_bytes(b"")
    change_a_byte(folder)
    problems = check(folder)
    names = [Path(problem.file).stem for problem in problems]
    assert names[:4] == ["provinces", "pilot_batches", "tax_rules", "talent_guide"]
    assert "key_materials" in names[4:] and all("SHA-256" in problem.rule for problem in problems[4:])
    with pytest.raises(InputError, match=rf"provinces\.csv: the file is empty.* \({len(problems) - 1} more: see"):
        validity.raise_first(check(folder))


def test_who_gives_one_language_only_is_told_that_both_are_needed(folder):
    change(folder, edit("claims", "Q01", statement_zh=""), edit(STATED, {"part_zh": ""}, part_en="a part"))
    rehash(folder)
    problems = check(folder)
    assert {p.column for p in problems} == {"statement_zh", "part_en"}
    assert all("each language of compendium.toml" in p.remedy for p in problems)
    assert not any("datapackage.json" in p.remedy for p in problems)


def test_tables_without_rows_are_valid_where_they_may_be_and_have_their_types(folder):
    before = {table: tables_in(folder)(table).dtypes.to_dict() for table in schemas()}
    for table in schemas():
        path = folder / f"{table}.csv"
        head = path.read_text(encoding="utf-8").splitlines()[0]
        path.write_text(f"{head}\n", encoding="utf-8", newline="\n")
        if table in datapackage.OPTIONAL:
            assert parsing.read_table_rows(path, head.split(",")) == []
        else:
            with pytest.raises(InputError, match=r"has a header but no rows, as only .* may\. Remedy: add a row; "):
                parsing.read_table_rows(path, head.split(","))
    rehash(folder)
    c = at(folder.parents[1])
    for table in before:
        assert c.tables(table).empty and c.tables(table).dtypes.to_dict() == before[table], table
    assert quantities(EvidenceTables(c))["value"].dtype == float


# Renewing hashes and codebook


def test_refresh_takes_a_valid_change_and_changes_nothing_else(folder):
    before = (folder / "datapackage.json").read_text(encoding="utf-8").splitlines()
    assert refresh(folder) == []
    assert (folder / "datapackage.json").read_text(encoding="utf-8").splitlines() == before
    change_a_byte(folder)
    assert refresh(folder) == ["key_materials"]
    after = (folder / "datapackage.json").read_text(encoding="utf-8").splitlines()
    assert [new.split('"')[1] for old, new in zip(before, after, strict=True) if old != new] == ["hash"]
    assert check(folder) == []


def test_a_source_read_today_is_taken_by_refresh_and_one_read_tomorrow_is_not(folder, monkeypatch):
    frozen.clock(monkeypatch, "2031-05-06")
    change(folder, edit("sources", "paper", accessed="2031-05-07", published="2031-05"))
    with pytest.raises(InputError, match=r"sources\.csv, row 2, column accessed: value '2031-05-07' — must not lie"):
        refresh(folder)
    change(folder, edit("sources", "paper", accessed="2031-05-06"))
    problems = check(folder)
    assert [problem.column for problem in problems] == ["published", "accessed"]
    assert all("compendium data refresh" in problem.remedy for problem in problems)
    assert refresh(folder)[0] == "sources"
    frozen.clock(monkeypatch, "2020-01-01")  # a clock that goes wrong takes nothing back
    assert check(folder) == [] and refresh(folder) == []
    change(folder, edit("sources", "paper", note="DOI 10.15302/J-SSCAE-2022.02.025"))
    assert refresh(folder)[0] == "sources"
    assert datapackage.read(folder)["created"] == "2031-05-06T00:00:00Z"


def test_what_is_said_of_the_sources_of_a_table_has_a_digest_as_two_searches_give_it(c):
    known = sourcing.hash_sources_by_table(c.raw, c.tables.package)
    cites = {
        r["name"] for r in c.tables.package["resources"] if datapackage.find_source_columns(r["schema"], r["name"])
    }
    assert set(known) == cites - {"source_origins"} and len(known) > 50
    materials = c.tables.cells("key_materials")
    named = {name for cell in [*materials["source_id"], *materials["also_in"]] for name in cell.split(" ; ") if name}
    found = ""
    for name, table in (("sources", r""), ("source_origins", r"(?:|key_materials),")):
        text = (c.raw / f"{name}.csv").read_text(encoding="utf-8")
        found += "".join(re.findall(rf"^(?:{'|'.join(sorted(named))}),{table}.*\n", text, re.M))
    assert known["key_materials"] == hashlib.sha256(found.encode()).hexdigest()


def test_the_committed_codebook_is_the_generated_one_and_none_is_made_of_a_bad_package(folder):
    assert validity.list_outdated_codebook_files(HERE.tables) == []
    tables = tables_in(folder)
    assert validity.list_outdated_codebook_files(tables) == validity.write_codebook(tables) == []
    (folder / "codebook.md").unlink()
    (line,) = validity.list_outdated_codebook_files(tables)
    assert line == "data/raw/codebook.md: is not up to date. Remedy: compendium data refresh"
    assert validity.write_codebook(tables) == [folder / "codebook.md"]
    tables.package["resources"] = [one for one in tables.package["resources"] if one["name"] != "provinces"]
    with pytest.raises(InputError, match=r"refers to provinces\.adcode, which does not exist"):
        validity.write_codebook(tables)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_codebook_shows_every_column_and_code(c, language):
    text = codebook.render_codebook_files(c.tables)[c.languages.page(codebook.NAME, language)]
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


# What only disagrees is not malformed, as the ledger judges it

TALENT = {"published": "2020", "speaker": "another body", "attributed_to": "own survey", "credit": "own"}
TALENT |= {"field_zh": "智能制造", "field_en": "Intelligent manufacturing", "year": "2025", "comparator": "="}
TALENT |= {"unit": "10,000 people", "basis": "seen", "source_id": "ed-2020-mnw"}
DISAGREEING = [
    add("talent_statements", statement_id="S90", measure="demand", value_10k="1000", **TALENT),
    add("pilot_cumulative", through_year="2018", projects="306", basis="seen", source_id="ofweek-2018"),
    # a paper that prints otherwise, whose four shares add up to 101, and batches
    edit("claims", "Q12", value_text="306", printed_zh="306个", printed_en="306", value_low="306", value_high="306"),
    edit(LEVELS, {"year": "2020", "level_class": "ge4", "source_id": "paper"}, share_pct="6"),
    edit(BATCHES, PAPER_2016, projects="64"),
    add(BATCHES, year="2025", stage="final", projects="400", preferred="true", **SEEN),
    # evidence on provinces: a cap below a floor, cities and projects beyond a cap, floors beyond the batches
    edit(EVIDENCE, "E021", lower="2"),
    edit(EVIDENCE, "E057", lower="13"),
    edit(EVIDENCE, "E008", lower="2", upper="2"),
    *(edit(EVIDENCE, id_, lower="200") for id_ in ("E001", "E004", "E006")),
    # Figure 2 with another kind of industry, a share of no firm at all; a problem without a remedy
    edit("maturity_industries", {"position": "1"}, process_type="process"),
    edit("maturity_industries", {"measure": "share_ge3"}, value="0"),
    drop("problem_links", {"problem_code": "P1.1"}),
    edit(COVARIATES, "110000", rd_intensity_pct="6.27"),
]


def test_what_disagrees_and_what_notes_say_is_taken(folder):
    count = 0
    for table in schemas():
        frame = read(folder, table)
        for column in [name for name in frame if name == "note" or name.endswith("_note")]:
            count += (frame[column] != "").sum()
            frame[column] = [f"other words {number}" if number % 3 else "" for number in range(len(frame))]
        write(folder, table, frame)
    assert count > 500
    change(folder, edit("sources", SEEN["source_id"], published=""), *DISAGREEING)
    rehash(folder)
    assert check(folder) == []
