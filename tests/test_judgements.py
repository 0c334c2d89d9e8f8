"""Each judgement turns when its rows do: a changed, added or missing row gives another verdict or reason.

What it says of the rows as they are is compared with the committed ledger: test_reproduction.py.
"""

import math

import made_up
import pandas as pd
import pytest
from planted import DEPENDS, NOW, YEARS, add, coded, drop, judged, listed, put, rows, uncoded, verdict

from compendium.ledger.evidence import EvidenceTables, TableChange, UnexplainedEvidenceGapError
from compendium.ledger.flips import find_smallest_flip
from study.judgements import departments, industry_order, judges, maturity, pilots, policy, talent, technology
from study.judgements.since import since

# Policy, departments

SAME, OTHER = (coded("V122", "differs_in", kind) for kind in ("", "kind"))  # 267 standards at 2020-09-11
BARE = coded("V122", "value", math.nan)
INTERNET = {"source_id": "people-2020-12"}  # a reading in December of the year of the targets
IN_TIME, LATE = (put("digitalisation", "as_of", day, **INTERNET) for day in ("2020-12", "2021-09"))
LOW = put("digitalisation", "value_pct", 1.0, **INTERNET)
BELOW = put("digitalisation", "value_pct", 69.9, measure="rd_design_tools", **INTERNET)
HIGHER = put("policy_targets", "value", 60.0, target_id="T14")
LATER = put("policy_documents", "date_end", pd.Timestamp("2022-06-01"), doc_id="P06a")
FIELD = "what is missing is an architecture of intelligent manufacturing: before the paper"
JOINT = ["P03", "P06a", "P06b", "P06c", "P09d", "P13a", "P13b"]
MISSED = [
    put("digitalisation", "value_pct", 10.0, measure=["key_process_nc", "rd_design_tools"]),
    coded("V122", "value", 100.0),
    put("policy_targets", "value", 50.0, target_id="T12"),
]
RELATED = coded("Q118", "differs_in", "kind")
EARLY = put("policy_documents", "date_start", pd.Timestamp("2015-01-01"), doc_id="P05")


def only(*targets):
    """Return the changes that leave these aims alone."""
    others = set(policy.list_due_policy_targets(NOW)["target_id"]) - set(targets)
    return [drop("policy_targets", target_id=target) for target in sorted(others)]


def titled(title):
    return put("policy_documents", "title_zh", title, doc_id="P07")


def issued(documents):
    return put("policy_documents", "issuer", "MIIT", doc_id=documents)


POLICY = [  # claim, changes, “under each reading: verdict”, parts of the reason, what it does not say
    # No number of prints of a title is a second measurement; one with other years contradicts.
    ("Q05", add("policy_documents", {}, doc_id="P03"), "traced"),
    ("Q07", add("policy_documents", {}, doc_id="P06b"), "traced"),
    ("Q08", [titled("广东省智能制造发展规划（2015—2020年）")], "misquoted"),
    ("Q08", [titled("广东省规划")], "not obtained"),
    # Of the field, then above it: an architecture from before the paper refutes one.
    ("Q118", [LATER], "fails open: contradicted", [f"{FIELD} 2 national documents"]),
    ("Q118", [drop("records", record_id="R20")], "fails open: contradicted", ["text of 0 was not obtained (–)"]),
    ("Q118", [RELATED], "open open: indirect"),
    ("Q118", [coded("Q118", "comparison", "holds")], "holds open: traced"),
    ("Q118", uncoded("Q118"), "not obtained"),
    ("Q121", [coded("Q121", "comparison", "fails")], "fails open: contradicted"),
    ("Q122", [coded("Q122", "comparison", "fails")], "open fails: open"),  # of an agency, not of the ministry itself
    # Before the year's end nothing is missed; by another count nothing is decided.
    ("Q148", [SAME], "relabelled", ["in time, 1 as missed", "(1 with"], ["judged by"]),
    ("Q148", [OTHER], "indirect", ["2 are reported as met in time, 0 as", "(4 with"], ["judged by"]),
    ("Q148", [coded("V122", "value", 301.0)], "indirect", [], ["first reported"]),
    ("Q148", [coded("V122", "value", 200.0)], "relabelled", [], ["more than 200"]),
    ("Q148", [BARE, coded("V122", "comparison", "fails")], "indirect", [], ["nan"]),
    ("Q148", [*uncoded("V142"), *uncoded("V144")], "relabelled", [], ["admit", "does not say all"]),
    ("Q148", [BELOW, IN_TIME, OTHER], "relabelled", ["1 are reported as met in time, 1 as missed"]),
    ("Q148", [HIGHER, IN_TIME, OTHER], "relabelled", ["1 are reported as met in time, 1 as missed"]),
    ("Q148", [BELOW, OTHER], "indirect", ["1 are reported as met in time, 0 as missed"]),
    ("Q148", [LOW, IN_TIME, OTHER], "relabelled", ["0 are reported as met in time, 2 as missed"]),
    ("Q148", [LOW, LATE, OTHER], "indirect", ["2 are reported as met in time, 0 as missed"]),
    ("Q148", only("T20"), "relabelled"),
    ("Q148", only("T13", "T10"), "indirect"),  # one is met, of the other nothing is known
    ("Q148", only("T13", "T14"), "open"),
    ("Q148", [*only("T11", "T12"), OTHER], "indirect"),  # outcomes, but late or by another count
    # Plans that the paper names itself are no evidence of plans everywhere.
    ("Q152", [drop("policy_documents", doc_id=["P07", "P08"])], "indirect"),
    ("Q152", uncoded("Q152"), "no source found"),
    ("Q151", [coded("Q151", "differs_in", "kind")], "indirect"),
    ("Q151", [coded("V260", "differs_in", "time")], "traced", [], ["again lists setting up"]),
    ("Q151", [coded("V260", "comparison", "fails")], "open"),
    ("Q151", [coded("Q151", "comparison", "fails")], "contradicted"),
    ("Q104", [coded("V047", "comparison", "fails")], "contradicted"),  # one country without one refutes all
    ("Q104", uncoded("V263"), "bounded", ["Canada, "]),
    ("Q149", [coded("Q149", "differs_in", "kind")], "indirect"),  # documents do not say how much is little
    ("Q149", [coded("Q149", "differs_in", "")], "contradicted"),
    ("Q57", uncoded("Q57"), "indirect"),  # by value added in exports
    ("Q57", [*uncoded("Q57"), drop("value_added_in_exports", iso3="CHN")], "no source found"),
    ("Q56", [drop("claim_items", claim_id="Q56", position=4)], "inconsistent"),
    ("Q32", [put("claims", "value_low", 50.0, claim_id="Q32")], "inconsistent"),
    ("Q203", [issued(JOINT)], "contradicted"),  # MIIT's general office is no other body
    ("Q203", [issued(JOINT[1:])], "traced"),  # one document of two bodies is enough
    ("Q176", MISSED, "contradicted"),
    ("Q162", [EARLY], "mixed"),
    ("Q200", [drop("tax_rules", rule_id="X11")], "traced"),
    ("Q193", [drop("im_majors", list_year=2018)], "open", ["217", "2024"]),
]

# Pilots, clusters

LISTED = {"source_id": "govcn-en-2017-10"}
DOCUMENTS = put("policy_documents", "date_start", pd.Timestamp(2016, 3, 9), doc_id=["P09a", "P09e"])
PAGES, ONE_YEAR = coded("V004", "value", 2016.0), coded("V004", "value_high", math.nan)
ENTERPRISES = put("policy_targets", "value", 101.0, target_id="T44")
NO_TARGETS = [drop("policy_targets", target_id=["T44", "T77"])]
NUMBER = put("policy_targets", "value", 200.0, target_id="T45")
HORIZON = put("policy_targets", "target_year", 2020, target_id="T45")
NOT_FIRST = drop("pilot_cumulative", through_year=2015)
UNREAD = NOW.records("Q22").iloc[0]["record_en"]  # the plan is still to be had
COUNTED = NOW("pilot_batches").query("basis == 'seen' and categories.notna()").index
FIRMS = NOW("speech_valley_firms").sort_values("as_of")
FOR = list(NOW("claim_evidence").query("claim_id == 'Q33' and comparison == 'holds'")["evidence_id"])
LISTS = sorted(set(NOW("cluster_membership")["source_id"]) - {"paper"})


def cumulative(column, number):
    return put("pilot_cumulative", column, number, source_id="chinadaily-2018-12")


def modes(number, **where):
    """Return the change of the modes that are seen, of one year or of all."""
    if where:
        return put("pilot_batches", "categories", number, **where, stage="final", basis="seen")
    return TableChange("set", "pilot_batches", tuple(COUNTED), "categories", (number,) * len(COUNTED))


def firms(*values):
    """Return the change of the earliest counts of firms."""
    return TableChange("set", "speech_valley_firms", tuple(FIRMS.index[: len(values)]), "firms", values)


PILOTS = [
    # The year of the start is asked of documents and of pages.
    ("Q10", [DOCUMENTS], "open"),  # of one origin, copies as good are all heard
    ("Q10", [DOCUMENTS, *uncoded("V148")], "misquoted"),
    ("Q10", [PAGES], "traced"),  # a page that prints two years settles neither
    ("Q10", [PAGES, ONE_YEAR], "open"),
    ("Q10", [PAGES, ONE_YEAR, DOCUMENTS, *uncoded("V148")], "contradicted"),
    # The modes hold for every year, for most projects or for neither.
    ("Q11", [modes(5)], "traced", ["at most it can be 305."]),
    ("Q11", [modes(6)], "contradicted", ["at most it can be 97."]),
    ("Q11", [modes(4, year=2016)], "open"),  # 99 of 305 projects by five modes, perhaps 196
    ("Q11", [modes(6), modes(5, year=2015)], "contradicted"),  # 46 of 305 projects by five modes, at most 143
    ("Q12", [cumulative("projects", 306)], "misquoted"),
    ("Q12", [put("claims", "value_low", 306, claim_id="Q12")], "misquoted"),
    ("Q13", [cumulative("industries", 93)], "misquoted"),
    ("Q13", [drop("pilot_batches")], "traced", ["batch is of –"]),
    ("Q14", [NOT_FIRST], "traced"),
    ("Q15", [NOT_FIRST], "traced", [], [pilots.text("batch-inferred", n=63).en]),
    ("Q16", [put("pilot_batches", "projects", 98, **LISTED)], "misquoted"),
    ("Q17", [put("pilot_cumulative", "projects", 207, through_year=2017)], "contradicted"),
    # A target of pilot projects by the end of the plan is compared; else others, of enterprises or to another year.
    ("Q22", [ENTERPRISES], "contradicted"),
    ("Q22", [*NO_TARGETS], "indirect"),
    ("Q22", [HORIZON], "traced"),
    ("Q22", [HORIZON, NUMBER], "contradicted"),
    ("Q22", uncoded("Q22"), "relabelled"),
    ("Q22", [*uncoded("Q22"), *NO_TARGETS], "not obtained", [UNREAD]),
    ("Q33", uncoded(FOR[1]), "relabelled", ["1 original source"]),
    ("Q33", uncoded(FOR[2]), "relabelled", ["2 original sources", "2 name them"], ["1 of these"]),
    ("Q33", [coded("Q33", "comparison", "fails")], "open", ["2 original sources"]),
    ("Q33", [drop("cluster_membership", adcode=340000, source_id=LISTS)], "relabelled", [], ["Anhui"]),
    # A figure that held earlier depends on the reading; one that still holds is traced.
    ("Q37", [firms(860, 940, 1423)], DEPENDS, ["of 2021-12, is 1,423 firms, no longer below 1,000."]),
    ("Q37", [firms(860, 940, 990)], "traced", ["是990家，仍低于1000家。", "is 990 firms, still below 1,000."]),
    ("Q37", [firms(860, 940, 990, 5000)], "traced"),  # counts after the year do not matter
    ("Q37", [firms(1100, 1200, 1423)], "misquoted"),  # word of another thing does not decide
    ("Q37", add("speech_valley_firms", {"firms": 990}, as_of="2021-12"), "open holds: relabelled"),  # of two origins
    ("Q37", [TableChange("drop", "speech_valley_firms", tuple(FIRMS.index[FIRMS["as_of"] < "2021"]))], "misquoted"),
]

# Maturity

LEVELS, INDUSTRIES, SAMPLES = "maturity_levels", "maturity_industries", "maturity_samples"
FALLING = (88.0, 80.0, 75.0, 70.0, 66.0, 60.0, 52.0, 45.0, 40.0, 31.0)  # made up
BARS = tuple(industry_order.list_figure_2_industries(NOW).index)
FIGURE_2 = ("Q49", "Q50", "Q51", "Q52")
OUTSIDE = sorted(set(NOW(LEVELS)["source_id"]) - {"paper"})
ASSESSED = {"scope": "national", "year": 2020, "measure": "firms_assessed", "source_id": OUTSIDE}


def level(column, value, **where):
    """Return the change of a row of the levels that does not come from the paper."""
    return put(LEVELS, column, value, **where, source_id=OUTSIDE)


def national(name, year=2020):
    return {"scope": "national", "year": year, "level_class": name}


def bars(*numbers):
    """Return the change that gives the bars of Figure 2 these values."""
    return TableChange("set", INDUSTRIES, BARS, "value", numbers)


FELL, UNSAID = coded("Q103", "comparison", "fails"), uncoded("Q103")
FALLEN = level("share_pct", 20.0, **national("ge2", 2024))
INITIAL = level("share_pct", 40.0, **national("le1"))
SPLIT = level("year", 2024, scope="jiangsu", year=2022, level_class="ge2")
KNOWN_BEFORE = put(SAMPLES, "value", 200, scope="jiangsu", year=2021, measure="firms_assessed")
CLASH = [level("year", 2024, year=2022, level_class="ge2")]
CLASH += [level("share_pct", 99, scope="jiangsu", level_class="ge2")]
MATURITY = [
    # Five years hang on the start that the paper names.
    ("Q40", [put("claims", "value_low", 2012.0, claim_id="Q10")], "inconsistent"),
    # A smaller sample speaks against the number of firms assessed; of all manufacturers nothing is known.
    ("Q41", [put(SAMPLES, "value", 9000, **ASSESSED)], "fails open: misquoted"),
    # The lowest class is level 1 only if a row says so, and has at least as many firms.
    ("Q42", [level("level_class", "1", **national("le1"))], "holds holds: traced"),
    ("Q42", [level("share_pct", 85.0, **national("le1"))], "open fails: misquoted"),
    ("Q42", [level("share_pct", 33.0, **national("le1"))], "fails fails: misquoted"),
    ("Q42", add(LEVELS, {"share_pct": 33.0}, **national("le1"), source_id=OUTSIDE), "relabelled"),
    ("Q42", [drop(LEVELS, **national("le1"), source_id=OUTSIDE)], "not obtained"),
    *(
        (name, [level("share_pct", 33.0, **national(maturity.CLASSES[name]))], "fails open: misquoted")
        for name in ("Q43", "Q44", "Q45")
    ),
    ("Q43", add(LEVELS, {"share_pct": 33.0}, **national("2"), source_id=OUTSIDE), "open"),
    # Rising and initial are judged apart.
    ("Q103", [FELL], "open"),
    ("Q103", [FELL, INITIAL], "open"),
    ("Q103", UNSAID, "bounded"),
    ("Q103", [*UNSAID, FALLEN], "open"),
    ("Q103", [*UNSAID, FALLEN, INITIAL], "open"),
    ("Q103", CLASH, "relabelled", ["2021 to 2024, the numbers used clash and leave no bounds"]),
    # A rise outside Jiangsu counts from the first year with a known weight of it.
    ("Q103", [*UNSAID, SPLIT], "bounded"),
    ("Q103", [*UNSAID, SPLIT, KNOWN_BEFORE], "relabelled"),
    # Values of Figure 2 decide, must fit its axis, and filled in part decide nothing.
    *((name, [bars(*FALLING)], "consistent") for name in (*FIGURE_2, "Q53")),
    *((name, [bars(*FALLING[::-1])], "inconsistent") for name in FIGURE_2),
    ("Q53", [bars(97.0, *FALLING[1:])], "inconsistent"),
    *((name, [bars(*FALLING[:9], math.nan)], "not obtained") for name in ("Q51", "Q52", "Q53")),
]

# Technology

MATERIALS, SOFTWARE, SURVEY = "key_materials", "industrial_software_shares", {"survey": "key_materials_2018"}
GONE = drop(MATERIALS, **SURVEY)
OTHERWISE = put(MATERIALS, "share_pct", (88.0, 5.0, 7.0), **SURVEY)
UNDESCRIBED = put(MATERIALS, "share_pct", 48.0, survey="key_basic_materials_2018", category="absent")
ACCESS = {"claim_id": "Q187", "comparison": "holds"}
ION = [coded("V113", column, cell) for column, cell in (("part_zh", "离子注入"), ("part_en", "ion implantation"))]
Q69 = list(NOW.evidence("Q69")["evidence_id"])
BY_CLASS = [change for name in Q69[:2] for change in [coded(name, "differs_in", "")]]
BY_CLASS += [coded(Q69[0], "comparison", "holds"), coded(Q69[1], "comparison", "fails")]
SIDES = [coded("Q69", "comparison", ("fails", "holds", "holds", "holds")), coded("Q69", "differs_in", "base")]
FOREIGN = "That what is foreign is imported is our reading."


def another(*shares, **columns):
    """Return the changes that add a survey of key materials of another origin."""
    return add(MATERIALS, {"share_pct": shares} | columns, **SURVEY)


def amounts(*shares):
    """Return the changes that add a survey that counts no types."""
    return another(*shares, n_materials=math.nan)


def china(year):
    """Return the change by which China makes next to nothing in a year."""
    return put("manufacturing_value_added", "value_bn_usd", 1.0, iso3="CHN", year=year)


def domestic(share, software_class):
    return put(SOFTWARE, "value_pct", share, software_class=software_class)


TECHNOLOGY = [
    # No rank is taken from a year in which a large economy is absent.
    ("Q60", [china(2021)], "traced"),
    ("Q60", [china(2020)], "open"),
    # A survey that counts types bounds the imports and gives the self-supply: 33 to 87, 88 to 93 by types.
    ("Q61", another(33.0, 54.0, 13.0), "relabelled"),
    ("Q61", [*another(33.0, 54.0, 13.0), GONE], "open open fails: contradicted"),
    ("Q61", another(88.0, 5.0, 7.0), "relabelled"),
    ("Q61", [*another(88.0, 5.0, 7.0), GONE], "open fails fails: contradicted"),
    ("Q62", another(33.0, 54.0, 13.0), "relabelled"),
    ("Q62", [*another(33.0, 54.0, 13.0), GONE], "open fails: contradicted"),
    ("Q62", [drop("target_outcomes", outcome_id="O31")], "relabelled holds: relabelled", [], ["33%"]),
    ("Q61", [UNDESCRIBED], "relabelled open holds: relabelled", ["the share lies between 32% and 86%"]),  # it leaves a part undescribed  # noqa: E501
    *((name, [drop(MATERIALS)], "no source found") for name in ("Q61", "Q62")),
    # A survey of amounts decides the other reading, beside types that agree or fail or none.
    ("Q61", amounts(33.0, 54.0, 13.0), "fails open holds: contradicted"),
    ("Q61", [*amounts(33.0, 54.0, 13.0), OTHERWISE], "contradicted"),
    ("Q61", [*amounts(33.0, 54.0, 13.0), GONE], "contradicted"),
    *(("Q61", [*amounts(32.0, 54.0, 14.0), *more], "traced") for more in ([], [GONE])),
    ("Q61", [*amounts(32.0, 54.0, 14.0), OTHERWISE], DEPENDS),
    ("Q62", [*amounts(33.0, 54.0, 13.0), OTHERWISE], "contradicted"),
    ("Q62", amounts(32.0, 54.0, 14.0), "traced"),
    ("Q62", [*amounts(32.0, 54.0, 14.0), OTHERWISE], DEPENDS),
    *((q, amounts(32.0, 54.0, 1.0), "relabelled", ["has 32% not made"], ["nan", "<NA>"]) for q in ("Q61", "Q62")),
    # The wider class of all software decides nothing; more is foreign than of management software, 30%.
    ("Q139", [domestic(60.0, "design")], "traced", ["40% of design and", "about 30% of business", FOREIGN]),
    ("Q139", [domestic(70.0, "design")], "open"),  # of design software another source speaks too
    ("Q140", [domestic(60.0, "production_control")], "depends on the reading", ["40% of production control software"]),
    ("Q140", [domestic(70.0, "production_control")], "contradicted"),
    ("Q140", [put(SOFTWARE, "value_pct", 20.0, measure="foreign_in_home_market")], "traced"),
    ("Q69", BY_CLASS, "mixed", ["It holds for design software; not for production control software. "]),
    ("Q69", SIDES, "indirect", ["For it: ", "Against it: Design software: A ", "2 independent"]),
    ("Q69", [*SIDES, *uncoded(Q69[0])], "indirect", [], ["Against it", "反对"]),
    # Of what is named as an example each needs a row.
    ("Q182", [], "indirect"),
    # Output grew; of access a row speaks in part.
    ("Q187", [put("claim_evidence", "differs_in", "", **ACCESS)], "open holds open fails: relabelled"),
    ("Q187", [drop("claim_evidence", **ACCESS)], "indirect"),
    # Measures of the frontier point both ways; plans of another kind speak against.
    ("Q106", [coded("Q106", "differs_in", "")], "contradicted"),
    # A running count decides nothing on the shortage.
    ("Q144", [coded("Q144", "differs_in", "kind")], "indirect"),
    ("Q144", [coded("V109", "differs_in", "")], "traced"),
    ("Q144", [coded("V110", "differs_in", "")], "contradicted"),
    # The forecast names what no row is of and whether a row looks ahead.
    ("Q145", [*ION, coded("V113", "as_of", "2025")], "indirect", ["on photoresist alone"], ["looks ahead"]),
]  # fmt: skip

# Talent

TABLE, OWN = "talent_statements", ("S05", "S07", "S10", "S21", "S22", "S23", "S24")
COPY = [put(TABLE, "year", 2020, statement_id="S10"), put(TABLE, "value_10k", 300, statement_id="S10")]
GUIDE = "三部门《指南》里，这个数是“高档数控机床和机器人”的预测"


def outside(statement, value, published="2021-06"):
    """Return the changes that add a print of another origin: a copy of a statement with this value and date."""
    return add(TABLE, {"value_10k": value, "published": published}, statement_id=statement)


def without(*statements):
    return drop(TABLE, statement_id=list(statements))


TALENT = [
    # An outside demand or gap turns the verdicts; a count after the year by another origin confirms.
    ("Q70", outside("S04", 1000), "fails open: contradicted"),  # the count is another
    ("Q70", [*outside("S04", 1000), without("S04")], "contradicted"),
    ("Q70", outside("S04", 750), "holds holds: traced"),
    ("Q70", outside("S04", 750, "2019-06"), "relabelled holds: relabelled"),  # another forecast is no count
    ("Q70", [*outside("S04", 750), without("S04")], "confirmed"),
    ("Q71", outside("S05", 550), "contradicted", ["say 5.5 million,", "say 3 million, 5.5"], ["没有查到"]),
    ("Q71", outside("S05", 300), "holds holds: traced", ["，成立：别处“智能制造”也是这个数"], ["没有查到"]),
    ("Q71", [*outside("S05", 550), without("S05")], "contradicted"),
    ("Q71", [*outside("S05", 300), without("S05")], "confirmed"),
    ("Q71", [without("S05")], "relabelled", [GUIDE], ["“智能制造” 300万，预测"]),
    ("Q71", COPY, "relabelled holds: relabelled"),  # a later copy of a forecast stays one
    ("Q72", outside("S07", 450), "relabelled"),
    ("Q72", outside("S07", 550), "relabelled"),
    ("Q72", [*outside("S07", 550), without("S07", "S10")], "relabelled"),
    # The field that the press prints counts: the Guide alone is for another field.
    ("Q72", [without("S07", "S10")], "relabelled"),
    ("Q72", [without("S07", "S10"), put(TABLE, "field_zh", "智能制造", statement_id="S22")], "relabelled"),
    ("Q72", [without("S22", "S24", "S25")], "relabelled", [], [GUIDE]),
    # Prints after the paper by its own origin are no evidence.
    *((q, [without(*OWN)], "not obtained") for q in ("Q71", "Q72")),
    *((name, [drop(TABLE)], "not obtained") for name in talent.MEASURES),
]  # fmt: skip

# Innovation, firms, funding

HALF, TWELVE = "2020-01/2020-06", "2019-10/2020-09"
FINANCE, RATES, RULES = "corporate_financing_2020", "lending_rates_and_returns", "tax_rules"
WITHOUT_YEAR = drop(FINANCE, source_id="imsilkroad-2020-07")
NO_LEAP = put("rd_intensity_china", "stated_rise_pp", 0.0, year=2017)
BOTH_RULES = put(RULES, "value", 60.0, rule_id=["X02", "X13"])
PROVINCIAL = drop(RULES, subject=sorted(s for s in set(NOW(RULES)["subject"]) if "provincial" in s))
OVER = put(RULES, "valid_to", "2021-12-31", rule_id="X13")
WORLD = NOW("rd_intensity_countries").query("vintage == 'wdi_2026_07' and year == 2020")
ADVANCED = NOW("country_groups").query("group == 'imf_advanced'")["iso3"]
WITH_VALUES = drop("country_groups", group="imf_advanced", iso3=sorted(set(ADVANCED) - set(WORLD["iso3"])))
FEW = put("country_groups", "group", "imf_advanced", iso3="USA", group="g7")
SMALL = put("rd_scoreboard", "value", 30.0, region="KOR", year=2020, measure="firms")
BASIC = "basic_research_china"
DIGITAL = {"measure": "equipment_digitisation"}
ANOTHER_POPULATION = [
    drop("digitalisation", **DIGITAL, as_of="2020-12"),
    put("digitalisation", "value_pct", 50.0, **DIGITAL, as_of="2019"),
]


def scoreboard(value, **sector):
    """Return the change of the R&D of Chinese firms over their sales, in all sectors or in one."""
    return put("rd_scoreboard", "value", value, region="CHN", year=2020, measure="rd_over_sales", **sector)


def loans(value, measure="loans_increase", period=HALF):
    return put(FINANCE, "value", value, measure=measure, period=period)


def spent(pct):
    return put("rd_intensity_countries", "pct", pct, iso3="CHN", year=2020, vintage="wdi_2026_07")


INNOVATION = [
    # A database that repeats the bulletin does not confirm it; another edition of the year does.
    ("Q76", add("rd_intensity_china", {}, year=2020), "confirmed"),
    # China below: OECD, high-income countries, EU, most of the G7, most advanced ones, the two named.
    ("Q77", [spent(1.6)], "holds holds holds holds holds holds holds: traced"),
    ("Q77", [spent(2.1)], "holds holds holds holds open holds holds: traced"),
    ("Q77", [spent(2.95)], "fails fails holds fails open fails fails: contradicted"),
    ("Q77", [spent(3.1)], "fails fails fails fails fails fails fails: contradicted"),
    ("Q77", [WITH_VALUES], "holds holds holds holds fails holds fails: traced"),  # else open
    ("Q77", [FEW], "holds holds holds fails open holds fails: traced", ["most of the G7 (5 points, too few to count): of 6 G7 3 are"]),  # noqa: E501
    # Leading firms are judged on the whole; single sectors decide nothing.
    ("Q78", [scoreboard(1.0)], "traced", ["; not in none."]),
    ("Q78", [scoreboard(20.0, sector_group="all_sectors")], "mixed"),
    ("Q78", [scoreboard(20.0, sector_group="industrial_engineering")], "traced"),
    ("Q78", [scoreboard(20.0)], "contradicted"),
    *(("Q78", [change], "traced", [], ["left out"]) for change in (SMALL, drop("rd_scoreboard", region="KOR"))),
    # The same rate of another population is no trace.
    ("Q79", ANOTHER_POPULATION, "relabelled"),
    # Each legal basis of the area rule counts; notices that name no share decide nothing.
    ("Q84", [put(RULES, "value", 60.0, rule_id="X02")], "mixed"),
    ("Q84", [put(RULES, "value", 60.0, rule_id="X13")], "mixed"),
    ("Q84", [BOTH_RULES], "contradicted"),
    ("Q84", [PROVINCIAL], "traced", [], ["Tax notices from 2019 on"]),
    ("Q84", [OVER], "traced", [": none read."]),
    # Rates against earlier ones, the euro area, profit.
    ("Q86", [put(RATES, "value", 1.0, measure="enterprise_loans")], "open fails open fails fails: open"),
    ("Q86", [put(RATES, "value", 20.0, measure="enterprise_loans", as_of="2020-12")], "open holds open holds holds: relabelled"),  # noqa: E501
    # Loans are the main source if more than half even with the shares of a longer period; of all funds, no.
    ("Q107", [loans(4.06)], "holds open: traced"),
    ("Q107", [loans(4.05)], "open open: open"),
    ("Q107", [loans(3.33)], "fails open: contradicted"),
    ("Q107", [loans(5.43, "equity_increase", TWELVE)], "holds open: traced"),
    ("Q107", [loans(5.44, "equity_increase", TWELVE)], "open open: open"),
    ("Q107", [WITHOUT_YEAR], "holds open: traced", [], ["at least"]),
    ("Q107", [WITHOUT_YEAR, loans(4.0, period="2020")], "fails open: contradicted"),
    ("Q120", [NO_LEAP], "mixed"),
    ("Q120", [NO_LEAP, coded("Q120", "comparison", "fails")], "contradicted"),
    ("Q125", [put(BASIC, "growth_pct", -0.1, year=2018)], "contradicted"),
    ("Q125", [put(BASIC, "share_pct", 1.0, year=2020, vintage="bulletin")], "contradicted"),
    ("Q125", [put(BASIC, "basic_100m_yuan", 1500.0, year=2020, vintage="bulletin")], "traced", [], ["slipped"]),
    ("Q126", [put(BASIC, "share_pct", 6.6, year=2022, vintage="bulletin")], "traced", ["6.6% for 2022"]),
]  # fmt: skip

# What came after the paper

EXCELLENCE = {"programme": "gradient_excellence", "measure": "cumulative", "stage": "report"}
GUANGDONG = put("successor_programmes", "province_adcode", 440000, province_adcode=420000, **EXCELLENCE)
ANHUI = put("successor_programmes", "province_adcode", 340000, province_adcode=310000, **EXCELLENCE)
CHIPS = {"year": 2021, "measure": "produced_in_china_over_market", "kind": "actual"}


def aim_met(**cells):
    return [put("target_outcomes", column, cell, outcome_id="O11") for column, cell in cells.items()]


def counted(value, published="2026-05"):
    """Return the changes by which a statement counts the talent of the field."""
    cells = {"published": published, "field_zh": "智能制造", "value_10k": value}
    return [put(TABLE, column, cell, statement_id="S37") for column, cell in cells.items()]


def chips(year, value):
    return [put("chips", column, cell, **CHIPS) for column, cell in (("year", year), ("value", value))]


REACHED = [drop("policy_targets", target_id=target) for target in ("T37", "T39", "T40", "T41", "T42")]
SINCE = [
    # Only a count made after the year decides the forecast.
    ("Q72", counted(450.0), "traced"),  # in a report of the count, not by who counted
    ("Q72", counted(380.0), "contradicted"),
    ("Q72", counted(450.0, "2024-05"), "undecided"),
    ("Q114", [put("rd_intensity_china", "stage", "bulletin", year=2025)], "traced", [], ["preliminary"]),
    ("Q114", [put("rd_intensity_china", "stated_rise_pp", -0.01, year=2023)], "contradicted"),
    # Chips of a year since the paper count.
    ("Q145", chips(2022, 45), "indirect"),
    ("Q145", chips(2021, 45), "undecided"),
    ("Q148", [put("industry_scale", "value", 110, measure="internet_platforms")], "indirect", [], ["already in"]),
    ("Q148", aim_met(as_of="2026-01", value=90.0, comparator="="), "indirect", ["1 missed when the year"]),
    ("Q148", aim_met(definition="same"), "indirect", ["neither shown nor excluded"]),  # one of several
    ("Q148", REACHED, "indirect", ["2 are reported reached"], ["neither shown", "都不能定"]),  # all that the plan has
    ("Q148", [drop("policy_documents", doc_id="P13b")], "undecided"),
]  # fmt: skip

CASES = [*POLICY, *PILOTS, *MATURITY, *TECHNOLOGY, *TALENT, *INNOVATION]
CASES = [(judges, *case) for case in CASES] + [(since, *case) for case in SINCE]


@pytest.mark.parametrize("case", CASES, ids=[f"{case[1]}-{n}" for n, case in enumerate(CASES)])
def test_a_claim_is_judged_by_its_rows(case):
    judging, claim_id, changes, due, said, unsaid = (*case, [], [])[:6]
    found = judging.assess(claim_id, NOW.having(*changes))
    readings, _, word = due.rpartition(": ")
    assert found.verdict == word
    assert not readings or " ".join(found.judged.readings.values()) == readings
    told = found.judged.reason.en + found.judged.reason.zh
    assert [part in told for part in (*said, *unsaid)] == [True] * len(said) + [False] * len(unsaid), told


@pytest.mark.parametrize(
    ("judging", "claim_id", "changes", "computed"),
    [
        (judges, "Q164", [put("policy_targets", "value", 400.0, target_id="T77"), ENTERPRISES], [False]),
        (judges, "Q99", [put("pilot_province_evidence", "lower", 60, evidence_id="E037")], (False, False)),
        # A province leads if the list has it among the first five: of another programme than the pilot projects.
        (since, "Q26", [GUANGDONG], {False, True}),
        (since, "Q26", [GUANGDONG, ANHUI], {True}),
        (since, "Q145", chips(2022, 45), {True}),
        (since, "Q145", chips(2024, 51), {False}),
    ],
)
def test_what_decides_nothing_speaks_for_one_side_or_for_both(judging, claim_id, changes, computed):
    assert type(computed)(judging.assess(claim_id, NOW.having(*changes)).judged.computed) == computed


@pytest.mark.parametrize(
    ("claim_id", "changes", "grade", "strength", "rule"),
    [
        ("Q10", [coded("Q10", "value_high", math.nan), coded("Q10", "value", 2015.0)], "A", "firm", "printed"),
        ("Q14", [NOT_FIRST], "", "weak", ""),  # the first batch alone has a total that is its size
        ("Q16", [drop("pilot_batches", **LISTED)], "A", "firm", "recomputed"),  # else the list, which is better
        ("Q107", [WITHOUT_YEAR], "C", "weak", "by_reading"),  # copies without the better sources
        # Related evidence is as weak as its weakest row.
        ("Q118", [RELATED], "", "weak", ""),
        ("Q118", [RELATED, *uncoded("V058", "V059", "V060", "V136", "V271")], "", "firm", ""),
    ],
)
def test_a_verdict_is_as_good_as_what_it_needs(claim_id, changes, grade, strength, rule):
    found = judged(claim_id, *changes)
    assert found.strength == strength and found.grade in (grade or found.grade)
    assert found.judged.rule == (rule or found.judged.rule)


@pytest.mark.parametrize("claim_id", FIGURE_2)
@pytest.mark.parametrize("falling", [True, False])
def test_values_of_figure_2_from_outside_the_paper_come_first(claim_id, falling):
    seen = {"value": FALLING if falling else FALLING[::-1], "measure": "share_ge3", "basis": "seen"}
    outside_values = add(INDUSTRIES, seen, position=sorted(range(1, 11)), measure="printed_order")
    assert verdict(claim_id, *outside_values) == ("confirmed" if falling else "contradicted")


@pytest.mark.parametrize(
    ("judging", "claim_id", "changes", "lever"),
    [
        *((judges, name, [bars(*FALLING)], "") for name in [*FIGURE_2, "Q53"]),
        (judges, "Q86", [], "industry_profit_over_assets"),  # a rate that another is computed from is not moved alone
        *((since, name, [], "") for name in ("Q26", "Q76", "Q103", "Q114", "Q148")),
    ],
)
def test_each_verdict_turns_as_its_flip_promises(judging, claim_id, changes, lever):
    data = NOW.having(*changes)
    flip = find_smallest_flip(judging, claim_id, data)
    assert flip.verdict not in ("", judging.assess(claim_id, data).verdict)
    assert judging.assess(claim_id, data.having(*flip.changes)).verdict == flip.verdict
    assert not lever or set(NOW(RATES).loc[list(flip.changes[0].rows), "measure"]) == {lever}


def test_a_claim_on_a_report_without_its_rows_is_refused():
    with pytest.raises(UnexplainedEvidenceGapError, match=r"^Q126: "):
        judged("Q126", *uncoded("Q126"))


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
    assert verdict(claim_id, TableChange("set", table, rows(table), column, worded)) == verdict(claim_id)


def test_that_no_wording_was_kept_is_said_only_where_none_was(monkeypatch):
    kept, whole = NOW.plain("excerpts"), EvidenceTables.plain
    kept = kept.assign(kind=kept["kind"].mask(kept["table"] == "maturity_levels", "verbatim"))
    said = [judges.assess("Q42", NOW).judged.said.en]
    monkeypatch.setattr(EvidenceTables, "plain", lambda data, name: kept if name == "excerpts" else whole(data, name))
    said.append(judges.assess("Q42", EvidenceTables(NOW.c)).judged.said.en)
    assert ["wording of the copy was not kept" in one for one in said] == [True, False]


SIZES = {2015: 46, 2016: 63, 2017: 97, 2018: 99}


def with_lists(sizes, firms=233, complete=True):
    """Return the tables with made-up lists in full, in which so many firms hold all projects."""
    projects = made_up.projects(NOW.c.tables, pd.Series({(110000, year): size for year, size in sizes.items()}))
    projects["enterprise"] = [f"firm {i % firms}" for i in range(len(projects))]
    return listed(projects, YEARS if complete else YEARS[:-1])


@pytest.mark.parametrize(
    ("sizes", "options", "verdicts"),
    [
        (SIZES, {}, dict.fromkeys(("Q12", "Q14", "Q15", "Q16", "Q17", "Q20"), "traced")),
        (SIZES, {"firms": 232}, {"Q20": "contradicted"}),
        (SIZES | {2017: 96}, {}, {"Q12": "contradicted", "Q16": "misquoted", "Q20": "traced"}),
        # They decide nothing before all are there.
        (SIZES, {"complete": False}, {"Q20": "not obtained"}),
        (SIZES | {2018: 98}, {"complete": False}, {"Q12": "traced"}),
    ],
)
def test_lists_in_full_decide_batches_total_and_enterprises(sizes, options, verdicts):
    data = with_lists(sizes, **options)
    assert {claim_id: judges.assess(claim_id, data).verdict for claim_id in verdicts} == verdicts


@pytest.mark.parametrize("stage", ["final", "public_notice"])
def test_a_batch_of_2019_moves_the_total_and_leaves_the_industries_behind(stage):
    new = {"year": 2019, "stage": stage, "projects": 50, "basis": "seen", "preferred": False}
    added = add("pilot_batches", new | {"source_id": "machine-tool-2018"}, **LISTED)
    total, industries = judged("Q12", *added), judged("Q13", *added)
    assert (total.verdict, industries.verdict) == ("contradicted", "relabelled")
    assert "the 50 of 2019) it is 355." in total.judged.reason.en
    assert "2019年的50个）为355。" in total.judged.reason.zh


def test_a_batch_is_told_by_a_difference_only_if_both_of_its_totals_are_better_than_its_list():
    by_grade = {grade: name for name in NOW("sources")["source_id"] for _, grade in [NOW.quality(name)]}
    listed, good, bad = (pd.DataFrame({"source_id": [by_grade[grade]]}) for grade in "BAC")
    assert pilots.choose_batch_size_rule(listed, pd.concat([good, good]), NOW) == "recomputed"
    assert pilots.choose_batch_size_rule(listed, pd.concat([good, bad]), NOW) == "printed"


@pytest.mark.parametrize("change", [("absent", 40.0), ("self_supplied", 0.0)])
def test_a_survey_bounds_only_if_its_shares_are_whole_and_say_what_is_supplied(change):
    survey, (category, share) = SURVEY["survey"], change
    assert survey in set(technology.list_complete_surveys(NOW)["survey"])
    changed = NOW.having(put(MATERIALS, "share_pct", share, category=category, **SURVEY))
    assert survey not in set(technology.list_complete_surveys(changed)["survey"])


def test_rows_told_beside_those_that_decide_decide_nothing():
    data, told = EvidenceTables(NOW.c), 0
    for claim in sorted(judges.known.keys() & set(data("claims")["claim_id"])):
        if claim == "Q77":  # all rows of an edition tell which holds most countries
            continue
        found = judges.assess(claim, data)
        decide = set(zip(found.judged.rows.get("table", ()), found.judged.rows.index, strict=True))
        beside = found.judged.beside
        idle = [place for place in zip(beside.get("table", ()), beside.index, strict=True) if place not in decide]
        changes = [TableChange("drop", table, (row,)) for table, row in dict.fromkeys(idle)]
        left = judges.assess(claim, data.having(*changes))
        assert (left.verdict, left.sources, left.grade) == (found.verdict, found.sources, found.grade), claim
        told += len(changes)
    assert told > 50


def test_joint_issue_is_told_and_an_issuer_counts_once_by_whatever_name():
    found = departments.select_field_documents(NOW)
    assert found[found["joint"]]["doc_id"].tolist() == JOINT and len(found) == 11
    named = {"MIIT", "SAC", "MoF", "NDRC", "MoE", "MoST", "MoHRSS", "SAMR", "SASAC"}
    assert departments.list_issuing_bodies(found) == named
    joint = departments.select_central_documents(NOW).set_index("doc_id")["joint"]
    assert not joint["P16b"], "a ministry with “and” in its name is one body"
    assert joint[["P03", "P09d", "P13b", "P16c", "P17"]].all()
