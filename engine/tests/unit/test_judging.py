"""The judges: every answer of every rule can be reached, every verdict can turn, and origins decide independence."""

import itertools
import math
from functools import partial

import pandas as pd
import pytest
from worlds import HERE, at

from compendium.base import paths, values, vocabulary
from compendium.base.texts import make_bilingual_text
from compendium.data.tables import RawTables
from compendium.ledger import evidence, flip_texts, flips, rules
from compendium.ledger.estimates import within_error
from compendium.ledger.evidence import EvidenceTables, LedgerError, TableChange, cache_until_tables_change
from compendium.ledger.missing_evidence import explain_missing_evidence
from compendium.ledger.printed import show_quantity_with_unit
from compendium.ledger.record import Estimate, show_values
from compendium.ledger.recording import normalise_computed_values
from compendium.ledger.rules import Part
from compendium.ledger.verdict import Judges, assess

NONE = float("nan")
SOURCES = {  # grade, origin, role, year
    "list": ("A", "O-MINISTRY", "origin", 2016),
    "copy": ("C", "O-MINISTRY", "copy", None),
    "press": ("B", "O-MINISTRY", "copy", None),
    "survey": ("B", "O-SURVEY", "origin", 2019),
    "mirror": ("C", "O-SURVEY", "copy", 0),
    "twin": ("A", "O-TWIN", "origin", 2023),
    "outcome": ("A", "O-OUTCOME", "origin", 2023),
    "blog": ("C", "O-BLOG", "origin", 2025),
    "paper": ("A", "O-PAPER", "origin", None),
    "archive": ("A", "O-PAPER", "origin", None),
    "faculty": ("A", "O-SURVEY", "copy", None),
    "university": ("A", "O-UNIVERSITY", "origin", None),
    "review": ("B", "O-SURVEY", "origin", None),
}
ORIGINS = {(source, ""): (origin, role) for source, (_, origin, role, _) in SOURCES.items()}
ORIGINS |= {("survey", "counts_elsewhere"): ("O-MINISTRY", "copy"), ("paper", "lists"): ("O-MINISTRY", "copy")}
MAKERS = {"O-MINISTRY": {"ministry"}, "O-SURVEY": {"office"}, "O-TWIN": {"ministry", "institute"}}
MAKERS |= {"O-OUTCOME": {"bureau"}, "O-UNIVERSITY": {"university"}, "O-PAPER": {"university"}, "O-BLOG": {"blog"}}
RECORD = {"decides": True, "obtained": False, "claim_ids": ["Q14 ; Q15"], "record_zh": "名单", "record_en": "the list"}
RECORDS = pd.DataFrame(RECORD | {"holder_zh": "部", "holder_en": "ministry"})
GOT = RECORDS.assign(obtained=True)
SEARCH = {"claim_id": ["Q15"], "where_zh": "页", "where_en": "pages", "words_zh": "词", "words_en": "w"}
SEARCHES = pd.DataFrame(SEARCH | {"outcome": "leads_only", "remark_zh": "一页", "remark_en": "a page"})
LISTS = [
    {"name": "year", "title": "Year", "type": "integer", "unit": "year"},
    {"name": "projects", "title": "Projects", "type": "integer", "constraints": {"minimum": 0, "maximum": 1000}},
    {"name": "source_id", "type": "string"},
]
CLAIMS = [{"name": name, "title": name, "type": "number"} for name in ("value_low", "value_high")]
RELATION = [{"name": "relation", "labels": {"measurement": {"zh": "数据", "en": "datum"}}}]


def claim(text="63", low=63.0, high=63.0, **more):
    row = {"claim_id": "Q15", "value_text": text, "value_low": low, "value_high": high, "origin_id": "O-MINISTRY"}
    return pd.Series(row | {"testable": True, "weight": "headline", "check_table": "lists"} | more)


def by(origin, **more):
    """Return a claim of another origin, which the table of the list does not check."""
    return claim(origin_id=origin, check_table="", **more)


def words(text="a label", **more):
    return claim(text, NONE, NONE, **more)


def rows(said="", table="lists", **columns):
    """Return rows of a table from "list survey=64": who prints which number, 63 if none is told."""
    pairs = [one.partition("=")[::2] for one in said.split()]
    frame = pd.DataFrame([(int(n or 63), name) for name, n in pairs], columns=["projects", "source_id"])
    return frame.assign(year=2016, also_in="", table=table).assign(**columns)


class Small(RawTables):
    """What the tables of the small world are described by; of the raw tables there is one, which names the sources."""

    resources = ()

    def __init__(self, fields=LISTS, key=("year",), project="Projects", **more):
        super().__init__(HERE.raw, HERE.languages)
        self.fields, self.project = {"claims": CLAIMS, "lists": fields, "claim_evidence": RELATION}, project
        self.more = {"primaryKey": list(key)} | more

    def resource(self, name):
        return {"schema": self.more | {"fields": self.fields[name]}}

    def titles(self, name):
        return {"": make_bilingual_text("名单", "Lists"), "projects": make_bilingual_text("项目数", self.project)}

    def __call__(self, name):
        assert name == "sources"
        return pd.DataFrame({"source_id": list(SOURCES), "name_zh": "来源", "name_en": "source"})


def world(frame=None, described=None, said=None, **more):
    """The tables of a small world; `more` adds tables."""
    c = at(paths.HOME)
    vars(c)["tables"] = described or Small()
    empty = {
        "claims": pd.DataFrame([claim() if said is None else said]),
        "lists": rows() if frame is None else frame,
        "claim_evidence": pd.DataFrame(columns=["claim_id", "part_zh", "part_en"]),
        "claim_readings": pd.DataFrame(columns=["claim_id", "reading", "reading_zh", "reading_en"]),
        "claim_items": pd.DataFrame(columns=["claim_id", "item_zh", "item_en"]),
        "records": RECORDS[:0],
        "searches": SEARCHES[:0],
        "origins": pd.DataFrame({"origin_id": [], "collective": []}, dtype=bool),
    }
    data = EvidenceTables(c, known={name: table.assign(table=name) for name, table in (empty | more).items()})
    said_of_sources = {
        evidence.list_origins: ORIGINS,
        evidence.list_qualities: {source: (False, grade) for source, (grade, *_) in SOURCES.items()},
        evidence.list_verbatim_excerpts: {},
        evidence.list_measuring_organisations: {origin: frozenset(bodies) for origin, bodies in MAKERS.items()},
        evidence.list_first_party_sources: {(source, origin) for source, (_, origin, *_) in SOURCES.items()},
        evidence.list_sources_with_method: {
            (source, table) for source in SOURCES for table in ("lists", "claim_evidence")
        },
        evidence.list_published: {source: year for source, (*_, year) in SOURCES.items() if year is not None},
        evidence.list_origin_kinds: {"O-PAPER": "paper", "O-UNNAMED": "unnamed"},
    }
    data.made |= {function: (set(), said) for function, said in said_of_sources.items()}
    return data


def by_print(frame, said=None, data=None, **options):
    said, data = claim() if said is None else said, data or world(frame)
    return assess(said, rules.printed(said, frame, frame["projects"], data, **options), data)


# What the rows say, by origin.


OWN = by("O-PAPER")
UNSHOWN = [OWN, by("O-UNNAMED"), claim(check_table="")]
UNCHECKED = [claim(origin_id=origin) for origin in ("O-PAPER", "O-UNNAMED", "O-SURVEY", "O-TWIN")]
BELOW, ABOVE = claim("<1000", NONE, 1000.0), claim(">12000", 12000.0, NONE)
EARLIER = rows("list=860 list=1024", differs_in=["time", ""])
FORECASTS = [claim(kind="forecast", year_end=2023, origin_id=origin) for origin in ("O-MINISTRY", "O-PAPER")]


@pytest.mark.parametrize(
    ("said", "frame", "answers"),
    [
        (claim(), rows("list"), "origin same same traced A"),
        (claim(), rows("copy"), "copy same same traced C"),
        (claim(), rows("copy press"), "copy same same traced B"),
        (claim(), rows("list survey"), "origin same other confirmed B"),
        (claim(), rows("survey"), "elsewhere same other confirmed B"),
        (claim(), rows("list mirror"), "origin same same traced A"),
        (claim(), rows("mirror"), "elsewhere same same traced C"),
        (claim(), rows("mirror survey"), "elsewhere same other confirmed B"),
        (claim(), rows("survey", "counts_elsewhere"), "copy same same traced B"),
        (claim(), rows("survey", relation="statement"), "elsewhere same same traced B"),
        (claim(), rows("list=64"), "origin differs same misquoted A"),
        (claim(), rows("copy=64 list"), "origin same same traced A"),
        (claim(), rows("list survey=64"), "origin open other open B"),
        (claim(), rows("list", differs_in="time"), "origin relabelled same relabelled A"),
        # The paper's own bodies confirm nothing: the employer's count, the authors' own data; nor does a copy.
        *((claim(), rows(kin), "traced") for kin in ("list faculty", "list university", "list archive")),
        *((claim(), rows(others), "confirmed") for others in ("list review", "list faculty survey")),
        (claim(), rows("university=64"), "contradicted"),
        *((OWN, rows(pair), "traced") for pair in ("faculty university", "survey university")),
        (OWN, rows("survey twin"), "confirmed"),
        # One origin alone confirms nothing of which the origin is not shown.
        *((said, rows("survey"), "traced") for said in UNSHOWN),
        *((said, rows("copy survey", relation=["statement", ""]), "traced") for said in UNSHOWN),
        # No origin written into a claim makes it confirmed: one cell of the table claims buys nothing.
        *((said, rows("list"), "traced") for said in UNCHECKED),
        *((said, rows("list survey", relation=["", "statement"]), "traced") for said in UNCHECKED),
        (OWN, rows("survey blog"), "traced"),  # two of different bodies, of which one is weak
        # What a body measured with that of the claim's origin is no second measurement.
        (claim(), rows("list twin"), "traced"),
        # What held at another time is relabelled although later prints differ.
        (BELOW, EARLIER, "relabelled"),
        (BELOW, EARLIER[1:], "misquoted"),
        # A forecast is confirmed by an outcome only: not by one quoted, of an unknown day, or before its year had come.
        *((said, rows(quoted), "traced") for said in FORECASTS for quoted in ("survey", "survey list", "mirror")),
        *((said, rows("outcome", relation="statement"), "traced") for said in FORECASTS),
        *((said, rows(outcome), "confirmed") for said in FORECASTS for outcome in ("outcome", "survey outcome")),
        (FORECASTS[0], rows("outcome=70"), "contradicted"),
        (claim(kind="forecast", year_end=2024), rows("outcome"), "traced"),
        (claim(kind="forecast", year_end=2018), rows("survey"), "traced"),  # but printed before the paper
    ],
)
def test_prints_are_answered_origin_by_origin(said, frame, answers):
    found = by_print(frame, said)
    assert answers in (
        found.verdict,
        " ".join((found.trace, found.agreement, found.origin, found.verdict, found.grade)),
    )


ONE, ARCHIVE = rows("list=1"), rows("archive")
METHOD, OWN_METHOD = claim(kind="recomputable"), by("O-PAPER", kind="recomputable")
NO_PUBLIC_DATA = [
    rows("list"),  # the source prints it
    rows("list=630 copy"),  # in whatever unit
    rows("list=109 archive=46"),
    rows("list=1", relation="statement"),
    rows("list=1", "claim_evidence"),
]
ESTIMATE = claim("63 (2)", kind="recomputable")
RECOMPUTED, BOUNDED = partial(rules.recomputed, OWN), partial(rules.bounded, OWN)


@pytest.mark.parametrize(
    ("said", "judged", "verdict"),
    [
        # What follows from the data of the authors is recomputed, never confirmed.
        (OWN, RECOMPUTED(63.4, ARCHIVE), "recomputed"),
        (OWN, RECOMPUTED(63.6, ARCHIVE), "contradicted"),
        (OWN, BOUNDED((63, 63), ARCHIVE), "recomputed"),
        (OWN, rules.parts([Part(True, ARCHIVE)]), "recomputed"),
        (OWN, rules.printed(OWN, ARCHIVE, [63], world(ARCHIVE)), "traced"),
        (OWN, RECOMPUTED(63, rows("archive survey")), "traced"),  # not from the authors' data alone
        (OWN, RECOMPUTED(63, rows("archive", "claim_evidence")), "traced"),  # what is said is no data
        (claim(), rules.recomputed(claim(), 63, rows("list")), "traced"),  # a ministry is no author
        # All rows must be of another origin.
        (claim(), rules.recomputed(claim(), 63, rows("survey")), "confirmed"),
        (claim(), rules.recomputed(claim(), 63, rows("survey=109 list=46")), "traced"),
        (claim(), rules.recomputed(claim(), 64, ONE), "contradicted"),
        *((said, rules.recomputed(said, 63, rows("list")), "traced") for said in UNCHECKED),
        # What follows from public data by the method that the paper states is reproduced, if no row prints it.
        (METHOD, rules.recomputed(METHOD, 63, rows("list=109 list=46")), "reproduced"),
        (METHOD, rules.parts([Part(True, ONE)]), "reproduced"),
        (METHOD, rules.recomputed(METHOD, 63, ONE.assign(other=pd.Series([None], dtype="Int64"))), "reproduced"),
        (OWN_METHOD, rules.recomputed(OWN_METHOD, 63, rows("survey=109 twin=46")), "reproduced"),
        (OWN_METHOD, rules.recomputed(OWN_METHOD, 63, ARCHIVE), "recomputed"),
        (METHOD, rules.recomputed(METHOD, 63, rows("survey=109 survey=46")), "confirmed"),
        (METHOD, rules.recomputed(METHOD, 63, rows("survey=109 blog=46")), "reproduced"),  # not every row is firm
        (METHOD, rules.recomputed(METHOD, 63, rows("mirror=109")), "reproduced"),  # weak, and marked so
        *((METHOD, rules.recomputed(METHOD, 63, frame), "traced") for frame in NO_PUBLIC_DATA),
        (METHOD, rules.printed(METHOD, rows("list"), [63], world()), "traced"),
        # An estimate within its error is confirmed by another body, and never reproduced.
        *(
            (ESTIMATE, within_error(ESTIMATE, (64, 3), rows(source)), verdict)
            for source, verdict in (("survey", "confirmed"), ("list", "traced"), ("archive", "traced"))
        ),
        (ESTIMATE, within_error(ESTIMATE, (164, 3), rows("survey")), "contradicted"),
        (claim(), rules.bounded(claim(), (7, 80), ONE), "bounded"),
        *((claim(), rules.bounded(claim(), ends, ONE), "contradicted") for ends in ((64, 80), (0, 62))),
        (words(), rules.bounded(words(), (True, True), ONE), "traced"),
        (words(), rules.bounded(words(), (False, True), ONE), "open"),
        (words(), rules.bounded(words(), (False, False), ONE), "contradicted"),
        (claim(), rules.own(claim(), 63), "consistent"),
        (claim(), rules.own(claim(), 62), "inconsistent"),
        # An interval that holds the number and others decides only alone.
        (claim(), rules.printed(claim(), rows("list"), [[60, 66]], world()), "bounded"),
        (claim(), rules.printed(claim(), rows("list survey"), [64, [60, 66]], world()), "misquoted"),
        # More than a number implies more than a smaller one.
        (ABOVE, rules.printed(ABOVE, rows("list"), [12000], world(), exact=[False]), "traced"),
        (ABOVE, rules.printed(ABOVE, rows("list"), [11000], world(), exact=[False]), "misquoted"),
    ],
)
def test_what_a_rule_gives(said, judged, verdict):
    found = assess(said, judged, world())
    assert found.verdict == verdict and (found.origin == "authors") == (verdict == "recomputed")
    assert (found.origin == "data") == (verdict == "reproduced")


NAMED = pd.DataFrame(
    {"origin_id": ["O-SURVEY", "O-BLOG"], "name_zh": "调查队", "name_en": "the survey", "collective": False}
)
SECOND = ("Second measurement: the survey (Lists).", "第二次测量：调查队（名单）。")
WEAK = ("A second measurement exists but is weak and does not confirm: the survey (", "不足以证实：调查队（名单）。")
WEAKER = ("Weaker sources say otherwise", "较弱的来源另有说法")


@pytest.mark.parametrize(
    ("frame", "verdict", "beside", "told"),
    [
        (rows("survey"), "confirmed", "", SECOND),
        (rows("blog"), "traced", "", WEAK),
        (rows("mirror"), "traced", "", None),
        (rows("survey", relation="statement"), "traced", "", None),
        # A weak source turns no firm one, for the paper or against it, and is told beside.
        (rows("list blog=64"), "traced", "blog", WEAKER),
        (rows("list=64 blog"), "misquoted", "blog", WEAKER),
        (rows("list survey=64 blog=64"), "open", "", None),
        # But its own origin is heard from a copy, and no statement outweighs a measurement.
        (rows("copy blog=64"), "open", "", None),
        (rows("copy survey=64"), "open", "", None),
        (rows("list blog=64", relation=["statement", ""]), "open", "", None),
    ],
)
def test_the_reason_names_the_second_measurement_and_weaker_sources(frame, verdict, beside, told):
    found = by_print(frame, data=world(frame, origins=NAMED))
    reason, (en, zh) = found.judged.reason, told or ("", "")
    assert (found.verdict, " ".join(found.beside)) == (verdict, beside)
    assert found.sources == tuple(name for name in frame["source_id"] if name != beside)
    assert en in reason.en and zh in reason.zh and bool(reason.en) == bool(told)


@pytest.mark.parametrize(("grade", "verdict", "heard"), [("A", "open", ("list", "copy")), ("C", "traced", ("list",))])
def test_copies_of_one_origin_that_disagree_are_heard_if_they_stand_as_high(grade, verdict, heard):
    """A mirror that slips does not count against the list itself; a second print as good as the first does."""
    data = world(frame := rows("list copy=64"))
    evidence.list_qualities(data)["copy"] = (False, grade)
    found = by_print(frame, data=data)
    assert (found.verdict, found.sources) == (verdict, heard)


def test_sources_with_the_same_words_are_one_measurement_and_what_came_after_the_paper_is_no_origin_of_it():
    data = world(frame := rows("survey twin"))
    assert by_print(frame, OWN, data).verdict == "confirmed"
    evidence.list_verbatim_excerpts(data).update({name: frozenset({"a sentence"}) for name in ("survey", "twin")})
    assert by_print(frame, OWN, data).verdict == "traced"
    found = RECOMPUTED(63, rows("survey"))
    assert [assess(OWN, found, world(), later=later).verdict for later in (False, True)] == ["traced", "confirmed"]


def test_sources_of_rows_told_beside_stand_apart_and_decide_nothing():
    every = rows("survey press list=97")
    data = world(every, searches=SEARCHES)
    found = rules.printed(claim(), every.head(1), [63], data)
    alone, beside = (
        assess(claim(), found.told(make_bilingual_text("数", "number"), more), data) for more in ((), every)
    )
    assert (alone.beside, beside.beside) == ((), ("press", "list"))
    assert (beside.sources, beside.verdict, beside.grade) == (("survey",), alone.verdict, alone.grade)
    nothing = rules.missing("printed").told(make_bilingual_text("无", "none"), every.tail(1))
    lacking = assess(claim(), nothing, data)
    assert (lacking.sources, lacking.beside) == ((), ("list",))


def test_a_place_that_was_searched_is_told_once_under_its_first_name_in_either_language():
    twice = pd.concat([SEARCHES, SEARCHES.assign(where_en="web pages")])
    said = explain_missing_evidence(claim(), world(searches=twice, records=RECORDS))[1]
    assert "页" in said["zh"] and "pages" in said["en"] and "web pages" not in said["en"]


def test_a_collective_origin_counts_by_source_but_for_copies():
    every = rows("list press survey copy")
    data = world(every, origins=pd.DataFrame({"origin_id": ["O-MANY"], "collective": [True]}))
    roles = {"list": "origin", "press": "origin", "survey": "copy", "copy": "copy"}
    data.made[evidence.list_origins] = set(), {(name, ""): ("O-MANY", role) for name, role in roles.items()}
    assert data.origins(every) == ["O-MANY list", "O-MANY press", "O-MANY", "O-MANY"]


@pytest.mark.parametrize(
    ("sources", "sides", "grade"),
    [
        # A row is as good as its best source, all rows as their worst; of two things said each needs its best row.
        ("copy list", (), "A"),
        ("copy list survey", (True, True, False), "B"),
        ("copy list survey", (True, False, False), "C"),
        ("copy list survey", ((0, True), (1, True), (1, True)), "C"),
        ("list copy list", ((0, True), (0, True), (0, False)), "A"),
    ],
)
def test_where_rows_say_two_things_the_best_row_of_each_is_needed(sources, sides, grade):
    assert evidence.compute_grade_and_trust(rows(sources), True, world(), sides) == (grade, "ok")
    assert evidence.compute_grade_and_trust(rows("copy list"), False, world()) == ("C", "ok")


# What a rule hands on.


@pytest.mark.parametrize("said", list(itertools.product((True, False, None), repeat=2)))
def test_parts(said):
    wanted = {"+": "same", "-": "differs", "?": "none", "+-": "part", "+?": "interval", "-?": "part"}
    signs = "".join(sign for holds, sign in ((True, "+"), (False, "-"), (None, "?")) if holds in said)
    assert rules.parts([Part(holds, ONE) for holds in said]).agreement == wanted[signs]


@pytest.mark.parametrize(
    ("found", "computed", "difference"),
    [
        (rules.recomputed(claim(), 64, ONE), 64, 1),
        (rules.own(claim(), 62), 62, -1),
        (rules.recomputed(claim("64 (2)", 64, 64), (63.9, 2.2), ONE), Estimate((63.9, 2.2)), 0.2),
        (rules.bounded(claim(), (63, 63), ONE), (63, 63), 0),
        (rules.bounded(claim(), (60, 66), ONE), (60, 66), 0),
        (rules.bounded(claim(), (70, 80), ONE), (70, 80), 7),
        (rules.bounded(claim(), (50, 60), ONE), (50, 60), -3),
        (rules.printed(claim(), rows("list=60 list=70"), [60, 70], world()), [60, 70], 7),
        (rules.printed(claim(), rows("list=80"), [80], world(), exact=[False]), [80], 0),
        (rules.bounded(words(), (False, True), ONE), (False, True), None),
        (rules.parts([Part(True, ONE), Part(None, ONE), Part(False, ONE)]), [True, False], None),
    ],
)
def test_a_rule_hands_on_what_was_computed_and_the_largest_difference(found, computed, difference):
    assert (found.computed, type(found.computed)) == (computed, type(computed)) and (
        difference is None or found.difference == pytest.approx(difference)
    )


def test_a_rule_hands_on_its_rows_and_compares_nothing_without_rows_or_a_result():
    assert rules.own(claim(), 63, ONE).rows is ONE
    for frame, computed in ((rows(), 63), (ONE, None)):
        found = rules.recomputed(claim(), computed, frame)
        assert (found.rule, found.agreement) == ("recomputed", "none")


@pytest.mark.parametrize(
    ("values", "alike", "answers"),
    [
        ([True, True], [False, False], ("indirect", "nowhere")),
        ([True, False], [False, False], ("indirect", "nowhere")),
        ([True, False], [False, True], ("contradicted", "elsewhere")),
        ([False, True], [False, True], ("confirmed", "elsewhere")),
    ],
)
def test_words_about_another_thing_stand_back_behind_those_about_the_thing(values, alike, answers):
    frame = rows("list survey", differs_in=["kind", ""])
    found = assess(words(), rules.printed(words(), frame, values, world(frame), alike), world(frame))
    assert (found.verdict, found.trace) == answers
    assert found.verdict != "indirect" or found.judged.computed == values


@pytest.mark.parametrize(("ends", "trace"), [((60, 66), "nowhere"), ((63, 63), "origin"), ((64, 66), "origin")])
def test_bounds_that_leave_an_interval_have_the_figure_nowhere_and_others_have_it(ends, trace):
    assert assess(claim(), rules.bounded(claim(), ends, rows("list=60 copy=66")), world()).trace == trace


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rules.bounded(claim(), (64, 62), ONE), r"^Q15: bounds must be \(lower, upper\)$"),
        (lambda: rules.bounded(claim(), (1, 2, 3), ONE), r"^Q15: bounds must be \(lower, upper\)$"),
        *((lambda ends=ends: rules.bounded(words(), ends, ONE), "^Q15: the paper prints no number; bound the state")
          for ends in ((1, 2), (True, 2))),
        (lambda: rules.Judged("counted", "same"), "a judgement gives 'counted'; there are "),
        (lambda: rules.Judged("own", "alike"), "a judgement gives 'alike'; there are "),
        (lambda: by_print(rows("paper")), "rows of the paper are what is tested"),
        (lambda: assess(claim(), rules.missing(), world()), r"Q15: no evidence, no known record .*\. Remedy: "),
        *((lambda said=said, computed=computed: within_error(said, computed, rows("survey")), r"Q15: .* Remedy: ")
          for said, computed in [(claim("2.0", 2.0, 2.0), 2.4), (claim("2.1-3.4", 2.1, 3.4), (2.4, 0.4)),
                                 (words(), (2.4, 0.4)), (claim("2.0", 2.0, 2.0), (2.4, 1.0, 2.0, 3.0))]),
    ],
)  # fmt: skip
def test_what_a_rule_cannot_compare_is_refused(make, message):
    with pytest.raises(LedgerError, match=message):
        make()


# Claims without rows, in words, and structural ones.


@pytest.mark.parametrize(
    ("said", "tables", "verdict", "en", "zh"),
    [
        (claim(testable=False), {}, "not testable", "no measure", ""),
        (claim(), {"records": RECORDS}, "not obtained", "the list (ministry)", ""),
        (claim(), {"searches": SEARCHES}, "no source found", "pages (w). Leads: a page.", "页（词）。线索：一页。"),
        (claim(), {"searches": SEARCHES.assign(outcome="nothing")}, "no source found", "pages (w).", ""),
        (claim(), {"records": RECORDS, "searches": SEARCHES}, "not obtained", "Searched: ", "查过"),
        (claim(), {"records": GOT, "searches": SEARCHES}, "no source found", "pages (w)", ""),
        (claim(), {"records": GOT}, "not obtained", "All records named for it were obtained", ""),
        (claim(kind="forecast", year_end=2030), {}, "open", "forecast", "预测"),
        (claim(kind="forecast", year_end=2030), {"searches": SEARCHES}, "no source found", "", ""),
    ],
)
def test_a_claim_without_rows_says_why(said, tables, verdict, en, zh):
    found = assess(said, rules.missing(), world(said=said, **tables))
    assert found.verdict == verdict and en in found.judged.reason.en and zh in found.judged.reason.zh != ""
    assert found.agreement == "none" and found.sources == ()


def coded_rows(*said):
    """Rows of claim_evidence from "a holds list": part, comparison, source; a number; "~": of another kind."""
    frame = pd.DataFrame([one.split() for one in said], columns=["part_en", "comparison", "source_id"])
    frame["differs_in"] = frame["comparison"].str.startswith("~").map({True: "kind", False: ""})
    frame = frame.assign(part_en=frame["part_en"].replace("-", ""), comparison=frame["comparison"].str.lstrip("~"))
    frame["value"] = pd.to_numeric(frame["comparison"], errors="coerce")
    frame["comparison"] = frame["comparison"].where(frame["value"].isna(), "value")
    frame = frame.assign(value_high=NONE, claim_id="Q15", also_in="", relation="measurement")
    return frame.assign(part_zh=frame["part_en"], says_zh=frame["source_id"], says_en=frame["source_id"])


@pytest.mark.parametrize(
    ("coded", "verdict"),
    [
        (["- 63 survey"], "confirmed"),
        (["- 62 survey"], "contradicted"),
        (["- 63 list", "- 64 blog"], "traced"),  # a weak source against a firm one
        (["- holds list", "- fails survey"], "open"),
        (["a holds list", "b holds list", "b fails survey"], "bounded"),
        (["a holds list", "a fails survey", "b holds list", "b fails survey"], "open"),
        (["a fails list", "b holds list", "b fails survey"], "mixed"),
        (["a holds list", "b fails list"], "mixed"),
        (["a holds survey", "b holds survey"], "confirmed"),
        # The whole decides where its parts have only something else, and is not needed where it has only that itself.
        (["- holds list", "a ~holds list"], "traced"),
        (["- fails list", "a ~holds list"], "contradicted"),
        (["- holds list", "a ~holds list", "b fails survey"], "mixed"),
        (["- ~holds list", "a holds list", "b holds list"], "traced"),
        # One part that holds leaves the others open; one that fails makes the whole fail.
        (["a holds list"], "indirect"),
        (["- ~holds list", "a holds list"], "indirect"),
        (["- ~holds list", "a fails list"], "contradicted"),
        (["- ~holds list", "a holds list", "b ~holds list"], "indirect"),
        (["a holds list", "b ~holds list"], "indirect"),
    ],
)
def test_coded_evidence_is_judged_part_by_part(coded, verdict):
    found = Judges().assess("Q15", world(claim_evidence=coded_rows(*coded), origins=NAMED))
    assert found.verdict == verdict and found.beside == (("blog",) if "- 64 blog" in coded else ())
    assert all(f"{one[0].upper()}: " in found.judged.reason.en for one in coded if one[0] != "-")
    assert ("Second measurement: the survey (datum)." in found.judged.reason.en) == (verdict == "confirmed")


def test_a_structural_count_is_the_number_of_items_and_a_row_of_evidence_says_a_number_or_an_interval():
    items = pd.DataFrame({"claim_id": ["Q15"] * 63, "item_zh": "甲", "item_en": "a"})
    for given, verdict in ((items, "consistent"), (items[:-1], "inconsistent")):
        assert Judges().assess("Q15", world(said=claim(weight="structural"), claim_items=given)).verdict == verdict
    for high, said in ((66.0, [63.0, 66.0]), (NONE, 63.0)):
        assert rules.read_stated(pd.Series({"comparison": "value", "value": 63, "value_high": high})) == said


def test_what_is_derived_follows_the_tables_it_reads_and_only_these():
    made = []

    @cache_until_tables_change
    def larger(data):
        made.append(1)
        return data("lists").query("projects > 62")

    data = world(rows("list survey=64"))
    other = data.having(TableChange("drop", "claims", (0,)))
    more = other.having(TableChange("set", "lists", (1,), "projects", (70,)))
    for each, total in ((data, 127), (other, 127), (more, 133), (data, 127)):
        found = larger(each)
        assert found["projects"].sum() == total
        found["projects"] = 0  # who takes a frame may do with it what he likes
    assert len(made) == 2, "once for the tables as they are, and each time that lists is changed"


# Flips.


def judged_by(judgement):
    judges = Judges()
    judges("Q15")(judgement)
    return judges


def every_number(claim, data):
    lists = data("lists")
    return rules.printed(claim, lists, lists["projects"], data).told(make_bilingual_text("甲", "a"))


def all_true(claim, data):
    lists = data("lists")
    return rules.printed(claim, lists, [True] * len(lists), data)


def last_true(claim, data):
    return rules.printed(claim, data("lists").tail(1), [True], data)


def computing(compute, rule=rules.recomputed):
    """Return a judgement by a function of the table lists."""
    return lambda claim, data: rule(claim, compute(data("lists")), data("lists"))


def turn(judgement, frame, described=None, **tables):
    """Return the nearest flip of a claim judged so, with what a change made of it."""
    data = world(frame, described, **tables)
    found = flips.find_smallest_flip(judged_by(judgement), "Q15", data)
    before, after = (judged_by(judgement).assess("Q15", data.having(*more)).verdict for more in ((), found.changes))
    assert found.verdict in (after, "") and (after != before) == bool(found.verdict)
    return found


def none_between(low, high):
    """Return a judgement that the number is 63 while the table has none outside these bounds."""
    return computing(lambda lists: 63 if lists["projects"].between(low, high).all() else 0)


@pytest.mark.parametrize(
    ("judgement", "frame", "flip", "moved"),
    [
        (every_number, rows("list"), "misquoted", {0: 64}),
        (every_number, rows("list survey"), "open", {0: 64}),
        (every_number, rows("list=66"), "traced", {0: 63}),
        (every_number, rows("survey=64"), "confirmed", {0: 63}),
        # Of a rise and a fall the smaller; the last steps before the edge of the range too.
        (none_between(62, 112), rows("list"), "contradicted", {0: 61}),
        (none_between(14, 64), rows("list"), "contradicted", {0: 65}),
        (none_between(0, 999), rows("list=994"), "contradicted", {0: 1000}),
        # Against all ways to lower the numbers: no row of the answer can be put back by a step.
        (computing(lambda lists: 63 if (lists["projects"] > [60, 20, 50]).any() else 0),
         rows("list list=10 survey=55"), "contradicted", {0: 60, 2: 50}),
    ],
)  # fmt: skip
def test_the_nearest_flip_is_the_smallest_change_and_turns_the_verdict(judgement, frame, flip, moved):
    found = turn(judgement, frame)
    (change,) = found.changes
    assert (found.verdict, dict(zip(change.rows, change.values, strict=True))) == (flip, moved)
    assert all(str(value) in found.said.en for value in moved.values())
    assert vocabulary.VERDICTS[flip].zh in found.said.zh
    steps = [abs(value - frame["projects"][row]) for row, value in moved.items()]
    assert found.steps == max(steps) and found.distance == pytest.approx(100 * sum(steps) / frame["projects"].max())


def test_a_number_far_above_what_is_printed_falls_to_just_below_it_where_a_column_has_no_minimum():
    fields = [{name: value for name, value in field.items() if name != "constraints"} for field in LISTS]
    at_least = computing(lambda lists: 63 if lists["projects"].min() >= 63 else 0)
    found = turn(at_least, rows("list=40000"), Small(fields))
    assert (found.verdict, found.changes[0].values) == ("contradicted", (62,))


def test_numbers_of_many_rows_move_alike_and_the_condition_says_by_how_much_or_what_all_are():
    middle = (flip_texts.MANY - 1) // 2
    frame = rows(" ".join(f"list={63 + n - middle}" for n in range(flip_texts.MANY)))
    found = turn(computing(lambda lists: lists["projects"].mean()), frame)
    (change,) = found.changes
    assert {after - before for after, before in zip(change.values, frame["projects"], strict=True)} == {1}
    assert f"higher by 1 in {flip_texts.MANY} rows" in found.said["en"] and "都高1" in found.said["zh"]
    found = turn(computing(lambda lists: 64 if lists["projects"].min() > 12 else 63), rows("list=10 list=10"))
    assert found.changes[0].values == (13, 13) and "13 each" in found.said.en


@pytest.mark.parametrize(
    ("field", "values", "index"),
    [
        ({}, [1, 2, 3], True),
        ({}, [0, 1, 2], True),
        ({}, [63, 64, 65], False),
        ({"type": "number"}, [pd.NA, 2, 3], False),
        ({"unit": "rank"}, [1, 2, 3], False),
        ({"name": "station_id"}, [7, 9], True),
        ({"unit": "year"}, [2019, 2021], True),
        ({"name": "cases_per_year", "type": "number"}, [2019, 2021], False),
    ],
)
def test_a_flip_leaves_columns_that_only_tell_rows_apart(field, values, index):
    assert flips.is_index({"name": "n", "type": "integer"} | field, pd.Series(values)) == index


def test_of_an_order_two_places_are_exchanged():
    """The nearest two that turn the verdict; nothing else of the order is changed."""
    first = computing(lambda lists: lists.loc[lists["projects"].idxmin(), "count"])
    fields = [field | {"unit": "rank"} if field["name"] == "projects" else field for field in LISTS]
    found = turn(first, rows("list=2 list=3 survey=1").assign(count=[61, 62, 63]), Small(fields, ["count"]))
    (change,) = found.changes
    assert (change.rows, change.values, found.steps) == ((0, 2), (1, 2), 1)


@pytest.mark.parametrize(
    ("judgement", "frame", "flip", "kind", "numbers", "en"),
    [
        (all_true, rows("list"), "confirmed", "add", (0,), "another origin"),
        (all_true, rows("survey"), "no source found", "drop", (0,), ""),
        (lambda claim, data: rules.own(claim, claim["value_low"]), rows("list"), "", "", (), "No single change was"),
        # Rows behind those that decide are withdrawn as well.
        (last_true, rows("survey survey survey"), "no source found", "drop", (0, 1, 2),
         "It would be “no source found” without 3 rows of “Lists”."),
    ],
)  # fmt: skip
def test_where_numbers_cannot_turn_it_another_origin_or_a_withdrawal_does(judgement, frame, flip, kind, numbers, en):
    found = turn(judgement, frame, said=words() if flip else claim(), searches=SEARCHES)
    assert found.verdict == flip and en in found.said.en
    assert [(one.kind, one.rows) for one in found.changes] == [(kind, numbers)] * bool(flip)
    assert found.distance is None and found.steps is None


def test_no_row_is_withdrawn_that_need_not_go_and_a_number_that_the_paper_bounds_is_told_with_its_bound():
    every = (TableChange("drop", "lists", (0, 1, 2)), TableChange("drop", "more", (5,)))

    def turns(changes):
        return {("lists", 1), ("more", 5)} <= {(c.table, row) for c in changes for row in c.rows}

    assert flips.minimise_dropped_rows(every, turns) == (
        TableChange("drop", "lists", (1,)),
        TableChange("drop", "more", (5,)),
    )
    assert flips.minimise_dropped_rows(every, lambda changes: False) == every
    found = turn(lambda claim, data: rules.own(claim, 70.0), rows("list"), said=claim(">63", 63, NONE))
    assert found.verdict == "inconsistent" and "more than 70" in found.said.en and "than 63" in found.said.en


@pytest.mark.parametrize(
    ("frame", "numbers"),
    [
        (rows("list survey", differs_in=["time", "kind"]), (0,)),
        (rows("list list", differs_in="time"), (0, 1)),  # all that the source says
    ],
)
def test_what_speaks_of_another_thing_is_taken_to_speak_of_the_same_and_its_source_named(frame, numbers):
    found = turn(all_true, frame, said=words())
    assert found.changes == (TableChange("set", "lists", numbers, "differs_in", ("",) * len(numbers)),)
    assert found.verdict == "traced"
    assert "if “source” spoke of exactly" in found.said.en and "若“来源”说的" in found.said.zh


def test_changes_leave_the_tables_alone_and_rows_that_lean_on_the_paper_are_not_outside():
    data = world(rows("list"))
    other = data.having(TableChange("set", "lists", (0,), "projects", (1,)), TableChange("add", "lists", (0,)))
    assert list(other("lists")["projects"]) == [1, 1] and list(data("lists")["projects"]) == [63]
    assert list(other("lists")["source_id"]) == ["list", evidence.ANOTHER]
    assert data.having(TableChange("drop", "lists", (0,)))("lists").empty
    assert list(evidence.drop_paper_based_rows(rows("list list", leans_on=["", "paper"], basis="seen")).index) == [0]


# How a flip is said.


@pytest.mark.parametrize(
    ("key", "more", "numbers", "zh", "en"),
    [
        (["year"], {}, 1, "2016年", "2016"),
        (["year", "kind", "source_id"], {}, 2, "2016年，“来源”：甲；乙", "2016, “source”: first; second"),
        (["list_id"], {}, 1, "“来源”，L1", "“source”, L1"),  # an id alone says nothing
        (["list_id"], {"rowName": "body"}, 2, "部，L1；部，L1", "ministry, L1; ministry, L1"),
        (["body_zh"], {}, 1, "部", "ministry"),
        (["code"], {}, 1, "部", "ministry"),
        (["year"], {}, 4, "同时改动的4行", "4 rows at once"),
    ],
)
def test_rows_are_called_by_their_keys_and_where_that_is_an_id_by_its_name(key, more, numbers, zh, en):
    labels = {"a": {"zh": "甲", "en": "first"}, "b": {"zh": "乙", "en": "second"}}
    names = [{"name": name} for name in ("list_id", "body_zh", "body_en")]
    fields = [*LISTS, *names, {"name": "kind", "labels": labels}, {"name": "code", "namedBy": "body"}]
    frame = rows("list list=64", list_id="L1", body_zh="部", body_en="ministry", kind=["a", "b"], code="M")
    data, change = (
        world(frame, Small(fields, key, **more)),
        TableChange("set", "lists", tuple(range(numbers)), "projects"),
    )
    assert make_bilingual_text(
        *(flip_texts.row_label(frame, change, data, tongue) for tongue in ("zh", "en"))
    ) == make_bilingual_text(zh, en)


def test_a_number_stands_with_its_unit_as_each_language_writes_it():
    for value, unit, said in (
        (450, ("万人", "10,000 people"), ("450万人", "4.5 million people")),
        (2500, ("亿元（当年价）", "100 million yuan, current prices"), ("2500亿元", "250 billion yuan")),
        (1000, ("十亿美元（现价）", "billion US dollars"), ("1万亿美元", "1000 billion US dollars")),
        (-3860, ("十亿美元（现价）", "billion US dollars"), ("-3.86万亿美元", "-3860 billion US dollars")),
        (4.90, ("%", "%"), ("4.9%", "4.9%")),
        (1, ("每万名工人的台数", "robots per 10,000 workers"), ("1每万名工人的台数", "1 robot per 10,000 workers")),
        (2015, ("", ""), ("2015", "2015")),
    ):
        assert show_quantity_with_unit(
            value, make_bilingual_text(*unit), singular_units=HERE.tables.singular
        ) == make_bilingual_text(*said)


@pytest.mark.parametrize("unit", ["year", "projects", ""])
def test_a_unit_that_the_title_says_or_that_is_none_is_left_out(unit):
    fields = {"value": {"name": "value", "title": "Projects", "unit": unit, "unit_zh": "年"}}
    assert flip_texts.find_number_unit(fields, pd.Series(dtype=object), "value", world()) == make_bilingual_text("", "")


# Judgements that fail: told in one line, with their place, or with the change of the tables that they do not stand.

PLACE = r"engine/tests/unit/test_judging\.py, line \d+"
FAILING = [
    (computing(lambda lists: 1 / (lists["projects"].sum() - 63).item()), "", rf"fails at .*{PLACE} \(ZeroDiv"),
    (lambda claim, data: data("lists")["none"], "", rf"fails at .*{PLACE} \(KeyError: 'none'\)"),
    (lambda claim, data: None, "", rf", .*{PLACE}, returns no Judged"),
    (computing(lambda lists: 63 + 0 // (int(lists["projects"].iloc[0]) - 64)), "same",
     r"lists\.csv, row 2, column projects: 64 instead of 63 \(ZeroDivisionError: .* by zero\)"),
    (computing(lambda lists: (int(lists["projects"].max()), 63), rules.bounded), "same",
     r"lists\.csv, row 2, column projects: 64 instead of 63 \(Q15: bounds must be \(lower, upper\)\)"),
    (computing(lambda lists: 63 + 0 * lists["projects"].to_list()[0]), "same",
     r"lists\.csv, row 2 withdrawn \(IndexError: list index out of range\)"),
]  # fmt: skip


@pytest.mark.parametrize(("judgement", "before", "said"), FAILING)
def test_a_judgement_that_fails_is_told_in_one_line(judgement, before, said):
    judges, data = judged_by(judgement), world(rows("list"))
    remedy = "let it return missing" if before else "return what a rule gives"
    assert not before or judges.assess("Q15", data).agreement == before
    with pytest.raises(LedgerError, match=rf"^Q15: its judgement.*{said}.*\. Remedy: {remedy}") as failed:
        flips.find_smallest_flip(judges, "Q15", data)
    assert "\n" not in str(failed.value)


# An estimate with its error against another.


def estimate(text, **more):
    found = values.parse_value_text(text)
    return claim(text, *map(float, found.ends), **more)


@pytest.mark.parametrize(
    ("text", "computed", "agreement", "said", "shown"),
    [
        # Both errors combined: 0.4 / sqrt(0.3² + 0.4²) = 0.8.
        ("2.0 (0.3)", (2.4, 0.4), "same", "0.8 standard errors apart (both errors combined)", "2.4 ± 0.4"),
        ("2.0 (0.3)", (3.1, 0.4), "differs", "2.2 standard errors apart", "3.1 ± 0.4"),
        ("2.0 (0.3)", (0.9, 0.4), "differs", "2.2 standard errors apart", "0.9 ± 0.4"),
        # The ends of an interval of 95 % lie 1.96 standard errors away.
        ("2.0 [1.412, 2.588]", (2.4, 1.616014, 3.183986), "same", "0.8 standard errors apart", "2.4 ± 0.4"),
        # Of one error only it is said whose.
        ("2.0 ± 0.3", 2.4, "same", "1.3 standard errors apart (only the paper's has an error)", "2.4"),
        ("2.0", (2.4, 0.4), "same", "1.0 standard errors apart (only what was found has an error)", "2.4 ± 0.4"),
        ("2.0 (0.3)", [2.6, NONE], "differs", "2.0 standard errors apart (only the paper's", "2.6"),
        # What is as near to no effect decides nothing, though the paper's lies within its error.
        ("2.0 (0.3)", (2.4, 2.0), "interval", "decides nothing", "2.4 ± 2"),
        ("0.2 (0.3)", (0.4, 0.4), "same", "0.4 standard errors apart", "0.4 ± 0.4"),
        # Nothing computed.
        ("2.0 (0.3)", None, "none", "", ""),
        ("2.0 (0.3)", (NONE, 0.4), "none", "", ""),
        ("2.0", (2.4, 0.0), "none", "", ""),
    ],
)
def test_an_estimate_agrees_within_the_errors_stated(text, computed, agreement, said, shown):
    found = within_error(estimate(text), computed, rows("survey"))
    assert (found.rule, found.agreement) == ("within_error", agreement)
    assert (
        said in found.told(make_bilingual_text("理由。", "Reason.")).said.en
        and show_values(normalise_computed_values(found.computed)) == shown
    )


def test_a_ratio_is_compared_by_logarithms_and_an_interval_has_its_level():
    printed, found = estimate("1.4 [1.1, 1.8]"), (1.9, 1.5, 2.4)
    one, other = (within_error(printed, found, rows("survey"), ratio=ratio) for ratio in (True, False))
    # ln 1.9 - ln 1.4 = 0.305; errors ln(1.8 / 1.1) / 3.92 = 0.126 and ln(2.4 / 1.5) / 3.92 = 0.120
    assert "exp(0.34 ± 0.13)" in one.said.en and "exp(0.64 ± 0.12)" in one.said.zh
    assert "1.8 standard errors" in one.said.en and "1.7 standard errors" in other.said.en
    assert (one.agreement, one.computed) == ("same", 1.9) and math.isclose(one.difference, 0.5)
    wide = within_error(printed, found, rows("survey"), level=0.68, ratio=True)
    assert wide.agreement == "same" and "0.9 standard errors" in wide.said.en
    assert within_error(printed, found, rows("survey"), ratio=True, limit=1).agreement == "differs"
    assert within_error(printed, (0.0, 0.1), rows("survey"), ratio=True).agreement == "none"
