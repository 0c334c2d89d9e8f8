"""The judges: every answer of every rule can be reached, every verdict can turn, and origins decide independence."""

import itertools
from random import Random

import frozen
import pandas as pd
import pytest
from worlds import HERE, at

from compendium import paths, vocabulary
from compendium.data.tables import Tables
from compendium.ledger import conditions, flips, judging
from compendium.ledger.evidence import (
    ANOTHER,
    Change,
    Data,
    LedgerError,
    Provenance,
    Undocumented,
    derived,
    outside,
    weigh,
)
from compendium.ledger.judges import Judges, assess
from compendium.ledger.judging import Part
from compendium.ledger.printed import quantity
from compendium.texts import both
from study.judgements import judges as of_the_study

SOURCES = {"list": "A", "copy": "C", "press": "B", "survey": "B", "mirror": "C"}
SOURCES |= {"twin": "A", "blog": "C", "paper": "A", "archive": "A", "faculty": "A", "university": "A", "review": "B"}
ORIGINS = {
    ("list", ""): ("O-MINISTRY", "origin"),
    ("copy", ""): ("O-MINISTRY", "copy"),
    ("press", ""): ("O-MINISTRY", "copy"),
    ("survey", ""): ("O-SURVEY", "origin"),
    ("mirror", ""): ("O-SURVEY", "copy"),
    ("survey", "counts_elsewhere"): ("O-MINISTRY", "copy"),
    ("twin", ""): ("O-TWIN", "origin"),
    ("blog", ""): ("O-BLOG", "origin"),
    ("paper", ""): ("O-PAPER", "origin"),
    ("archive", ""): ("O-PAPER", "origin"),
    ("faculty", ""): ("O-SURVEY", "copy"),
    ("university", ""): ("O-UNIVERSITY", "origin"),
    ("review", ""): ("O-SURVEY", "origin"),
    ("paper", "lists"): ("O-MINISTRY", "copy"),
}
MARKS = {"list": {"ministry"}, "survey": {"office"}, "twin": {"ministry", "a sentence"}}
KINDRED = frozenset({"O-UNIVERSITY", "faculty", "review"})
PUBLISHED = {"list": 2016, "survey": 2019, "twin": 2023, "blog": 2025, "mirror": 0}
RECORD = {
    "decides": True,
    "obtained": False,
    "claim_ids": ["Q14 ; Q15"],
    "record_zh": "名单",
    "record_en": "the list",
    "holder_zh": "部",
    "holder_en": "ministry",
}
GOT = pd.DataFrame(RECORD | {"obtained": True})
SEARCH = {"claim_id": ["Q15"], "where_zh": ["页"], "where_en": ["pages"], "words_zh": ["词"], "words_en": ["w"]}
SEARCH |= {"outcome": ["leads_only"], "remark_zh": ["一页"], "remark_en": ["a page"]}
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


def rows(*pairs, table="lists", **columns):
    frame = pd.DataFrame(pairs, columns=["projects", "source_id"]).assign(year=2016, also_in="", table=table)
    return frame.assign(**columns)


class Small(Tables):
    """What the tables of the small world are described by; of the raw tables there is one, which names the sources."""

    resources = ()

    def __init__(self, fields=LISTS, key=("year",), project="Projects", **more):
        super().__init__(HERE.raw, HERE.languages)
        self.fields, self.project = {"claims": CLAIMS, "lists": fields, "claim_evidence": RELATION}, project
        self.more = {"primaryKey": list(key)} | more

    def resource(self, name):
        return {"schema": self.more | {"fields": self.fields[name]}}

    def titles(self, name):
        return {"": both("名单", "Lists"), "projects": both("项目数", self.project)}

    def __call__(self, name):
        assert name == "sources"
        return pd.DataFrame({"source_id": list(SOURCES), "name_zh": "来源", "name_en": "source"})


def world(frame=None, described=None, **more):
    """The tables of a small world; `more` adds tables."""
    c = at(paths.HOME)
    vars(c)["tables"] = described or Small()
    empty = {
        "claims": pd.DataFrame([claim()]),
        "lists": rows() if frame is None else frame,
        "claim_evidence": pd.DataFrame(columns=["claim_id", "part_zh", "part_en"]),
        "claim_items": pd.DataFrame(columns=["claim_id", "item_zh", "item_en"]),
        "records": pd.DataFrame(RECORD)[:0],
        "searches": pd.DataFrame(SEARCH)[:0],
        "origins": pd.DataFrame({"origin_id": [], "collective": []}, dtype=bool),
    }
    known = {name: table.assign(table=name) for name, table in (empty | more).items()}
    qualities = {source: (False, grade) for source, grade in SOURCES.items()}
    marks = {source: frozenset(texts) for source, texts in MARKS.items()}
    provenance = Provenance(c)
    provenance.origins, provenance.qualities, provenance.marks = ORIGINS, qualities, marks
    provenance.kinds, provenance.kindred, provenance.published = {"O-PAPER": "paper"}, KINDRED, PUBLISHED
    return Data(c, known=known, provenance=provenance)


def by_print(frame, said=None, **options):
    data = world(frame)
    found = judging.printed(said if said is not None else claim(), frame, frame["projects"], data, **options)
    return assess(said if said is not None else claim(), found, data)


OF_AUTHORS = claim(origin_id="O-PAPER", check_table="")


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (lambda frame: judging.recomputed(OF_AUTHORS, 63.4, frame), "recomputed"),
        (lambda frame: judging.recomputed(OF_AUTHORS, 63.6, frame), "contradicted"),
        (lambda frame: judging.bounded(OF_AUTHORS, (63, 63), frame), "recomputed"),
        (lambda frame: judging.bounded(OF_AUTHORS, (60, 70), frame), "bounded"),
        (lambda frame: judging.parts([Part(True, frame)]), "recomputed"),
        (lambda frame: judging.parts([Part(True, frame), Part(None, frame)]), "bounded"),
        (lambda frame: judging.printed(OF_AUTHORS, frame, [63], world(frame)), "traced"),
        (lambda frame: judging.own(OF_AUTHORS, 63), "consistent"),
    ],
)
def test_what_follows_from_the_data_of_the_authors_is_recomputed_never_confirmed(judged, verdict):
    frame = rows((63, "archive"))
    found = assess(OF_AUTHORS, judged(frame), world(frame))
    assert found.verdict == verdict and (found.origin == "authors") == (verdict == "recomputed")


@pytest.mark.parametrize(
    ("said", "frame", "verdict"),
    [
        (OF_AUTHORS, rows((63, "archive"), (63, "survey")), "traced"),  # not from the authors' data alone
        (OF_AUTHORS, rows((63, "archive"), table="claim_evidence"), "traced"),  # what is said is no data
        (claim(), rows((63, "list")), "traced"),  # a ministry is no author
        (claim(), rows((63, "survey")), "confirmed"),
    ],
    ids=["with others", "words", "a ministry", "others"],
)
def test_only_data_of_the_authors_alone_give_recomputed(said, frame, verdict):
    assert assess(said, judging.recomputed(said, 63, frame), world(frame)).verdict == verdict


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [
        (rows((63, "list"), (63, "faculty")), "traced"),  # the employer's copy of a survey
        (rows((63, "list"), (63, "university")), "traced"),  # the employer's own count
        (rows((63, "list"), (63, "faculty"), (63, "university")), "traced"),
        (rows((63, "list"), (63, "archive")), "traced"),  # the authors' own data
        (rows((63, "list"), (63, "review")), "confirmed"),  # another body measured, the publisher printed it
        (rows((63, "list"), (63, "faculty"), (63, "survey")), "confirmed"),
        (rows((64, "university")), "contradicted"),
    ],
)
def test_kin_of_the_paper_confirm_nothing(frame, verdict):
    assert by_print(frame).verdict == verdict


def test_two_copies_by_an_employer_do_not_confirm_what_the_authors_say():
    said = claim(origin_id="O-PAPER", check_table="")
    assert by_print(rows((63, "faculty"), (63, "university")), said).verdict == "traced"
    assert by_print(rows((63, "survey"), (63, "university")), said).verdict == "traced"
    assert by_print(rows((63, "survey"), (63, "twin")), said).verdict == "confirmed"


@pytest.mark.parametrize(
    ("frame", "year", "verdict"),
    [
        (rows((63, "survey")), 2023, "traced"),  # a forecast quoted
        (rows((63, "survey"), (63, "list")), 2023, "traced"),
        (rows((63, "mirror")), 2023, "traced"),  # nobody knows when
        (rows((63, "twin")), 2023, "confirmed"),
        (rows((63, "twin")), 2024, "traced"),  # before its year had come
        (rows((63, "survey"), (63, "twin")), 2023, "confirmed"),
        (rows((70, "twin")), 2023, "contradicted"),
        (rows((63, "twin"), relation="statement"), 2023, "traced"),
    ],
)
def test_only_an_outcome_confirms_a_forecast(frame, year, verdict):
    for origin in ("O-MINISTRY", "O-PAPER"):
        assert by_print(frame, claim(kind="forecast", year_end=year, origin_id=origin)).verdict == verdict


def test_a_forecast_of_which_nothing_is_known_is_open():
    said, nothing = claim(kind="forecast", year_end=2030), judging.missing()
    found = assess(said, nothing, world(claims=pd.DataFrame([said])))
    assert (found.verdict, found.agreement, found.sources) == ("open", "none", ())
    assert "forecast" in found.judged.reason.en and "预测" in found.judged.reason.zh
    searched = world(claims=pd.DataFrame([said]), searches=pd.DataFrame(SEARCH))
    assert assess(said, nothing, searched).verdict == "no source found"


@pytest.mark.parametrize(
    ("frame", "trace", "agreement", "origin", "verdict", "grade"),
    [
        (rows((63, "list")), "origin", "same", "same", "traced", "A"),
        (rows((63, "copy")), "copy", "same", "same", "traced", "C"),
        (rows((63, "copy"), (63, "press")), "copy", "same", "same", "traced", "B"),
        (rows((63, "list"), (63, "survey")), "origin", "same", "other", "confirmed", "B"),
        (rows((63, "survey")), "elsewhere", "same", "other", "confirmed", "B"),
        (rows((63, "list"), (63, "mirror")), "origin", "same", "same", "traced", "A"),
        (rows((63, "mirror")), "elsewhere", "same", "same", "traced", "C"),
        (rows((63, "mirror"), (63, "survey")), "elsewhere", "same", "other", "confirmed", "B"),
        (rows((63, "survey"), table="counts_elsewhere"), "copy", "same", "same", "traced", "B"),
        (rows((63, "survey"), relation="statement"), "elsewhere", "same", "same", "traced", "B"),
        (rows((64, "list")), "origin", "differs", "same", "contradicted", "A"),
        (rows((64, "copy"), (63, "list")), "origin", "same", "same", "traced", "A"),
        (rows((63, "list"), (64, "survey")), "origin", "open", "other", "open", "B"),
        (rows((63, "list"), differs_in="time"), "origin", "relabelled", "same", "relabelled", "A"),
    ],
)
def test_prints_are_answered_origin_by_origin(frame, trace, agreement, origin, verdict, grade):
    found = by_print(frame)
    said = (found.trace, found.agreement, found.origin, found.verdict, found.grade)
    assert said == (trace, agreement, origin, verdict, grade)


NAMED = pd.DataFrame(
    {"origin_id": ["O-SURVEY"], "name_zh": ["调查队"], "name_en": ["the survey"], "collective": [False]}
)


@pytest.mark.parametrize(
    ("frame", "verdict", "en", "zh"),
    [
        (rows((63, "survey")), "confirmed", "Second measurement: the survey (Lists).", "第二次测量：调查队（名单）。"),
        (rows((63, "mirror")), "traced", "A second measurement exists but is weak and does not confirm: the survey (",
         "另有第二次测量，但证据弱，不足以证实：调查队（名单）。"),
        (rows((63, "list")), "traced", "", ""),
        (rows((63, "survey"), relation="statement"), "traced", "", ""),
    ],
)  # fmt: skip
def test_the_reason_names_the_second_measurement_and_says_where_it_is_weak(frame, verdict, en, zh):
    data = world(frame, origins=NAMED)
    found = assess(claim(), judging.printed(claim(), frame, frame["projects"], data), data)
    assert found.verdict == verdict and found.judged.zh == zh
    assert found.judged.en.startswith(en) and bool(found.judged.en) == bool(en)


def test_a_second_measurement_of_which_a_needed_row_is_weak_does_not_confirm():
    data = world()
    found = assess(claim(), judging.recomputed(claim(), 63, rows((109, "survey"), (46, "mirror"))), data)
    assert (found.verdict, found.grade) == ("traced", "C")


def test_a_second_measurement_in_words_is_told_by_what_its_row_is():
    coded = evidence(("", "value", 63, "survey"))
    found = Judges().assess("Q15", world(claim_evidence=coded, origins=NAMED))
    assert found.judged.en.endswith("Second measurement: the survey (datum).")


@pytest.mark.parametrize(
    ("frame", "verdict", "decide", "beside"),
    [
        (rows((63, "list"), (64, "blog")), "traced", ("list",), ("blog",)),
        (rows((64, "list"), (63, "blog")), "contradicted", ("list",), ("blog",)),
        (rows((63, "list"), (64, "survey"), (64, "blog")), "open", ("list", "survey", "blog"), ()),
        (rows((63, "list"), (63, "survey")), "confirmed", ("list", "survey"), ()),
        (rows((63, "copy"), (64, "blog")), "open", ("copy", "blog"), ()),
        (rows((63, "copy"), (64, "survey")), "open", ("copy", "survey"), ()),
        (rows((63, "list"), (64, "blog"), relation=["statement", ""]), "open", ("list", "blog"), ()),
    ],
)
def test_a_weak_source_turns_no_firm_one_and_is_told_beside(frame, verdict, decide, beside):
    """For the paper or against it; but its own origin is heard from a copy, no statement outweighs a measurement."""
    found = by_print(frame)
    assert (found.verdict, found.sources, found.beside) == (verdict, decide, beside)
    assert ("Weaker sources say otherwise" in found.judged.en) == bool(beside)
    assert ("较弱的来源另有说法" in found.judged.zh) == bool(beside)


def test_a_weak_source_against_a_firm_one_is_told_with_what_is_coded_too():
    data = world(claim_evidence=evidence(("", "value", 63, "list"), ("", "value", 64, "blog")))
    found = Judges().assess("Q15", data)
    assert (found.verdict, found.beside) == ("traced", ("blog",))


OWN = claim(check_table="", origin_id="O-PAPER")


@pytest.mark.parametrize("said", [OWN, claim(check_table="", origin_id="O-UNNAMED"), claim(check_table="")])
@pytest.mark.parametrize(
    ("frame", "verdict", "grade"),
    [
        (rows((63, "survey")), "traced", "B"),
        (rows((63, "copy"), (63, "survey"), relation=["statement", ""]), "traced", "B"),
        (rows((63, "copy"), (63, "press")), "traced", "B"),
    ],
)
def test_one_origin_alone_confirms_nothing_of_which_the_origin_is_not_shown(said, frame, verdict, grade):
    found = by_print(frame, said)
    assert (found.verdict, found.grade) == (verdict, grade)


def test_two_origins_confirm_what_has_no_origin_shown_and_both_are_needed():
    found = by_print(rows((63, "copy"), (63, "survey"), (63, "press")), OWN)
    assert (found.trace, found.verdict, found.grade) == ("elsewhere", "confirmed", "B")
    assert by_print(rows((63, "list"), (63, "survey")), OWN).grade == "B"


@pytest.mark.parametrize("origin", ["O-PAPER", "O-UNNAMED", "O-SURVEY", "O-TWIN"])
def test_no_origin_written_into_a_claim_makes_it_confirmed(origin):
    """One cell of the table claims buys nothing: the rows are of one origin, whatever the claim says."""
    for frame in (rows((63, "list")), rows((63, "list"), (63, "survey"), relation=["", "statement"])):
        said = claim(origin_id=origin)
        assert by_print(frame, said).verdict == "traced"
        assert assess(said, judging.recomputed(said, 63, frame), world()).verdict == "traced"


def test_a_source_of_the_same_publisher_or_with_the_same_words_is_no_second_measurement():
    assert by_print(rows((63, "list"), (63, "twin"))).verdict == "traced"
    assert by_print(rows((63, "list"), (63, "twin"), (63, "survey"))).verdict == "confirmed"
    data = world()
    data.provenance.marks = {name: frozenset({"a sentence"}) for name in ("survey", "twin")}
    found = judging.printed(OWN, frame := rows((63, "survey"), (63, "twin")), frame["projects"], data)
    assert assess(OWN, found, data).verdict == "traced"


def test_what_came_after_the_paper_cannot_be_what_it_drew_on():
    found = judging.recomputed(OWN, 63, rows((63, "survey")))
    assert [assess(OWN, found, world(), later=later).verdict for later in (False, True)] == ["traced", "confirmed"]


def test_what_is_derived_follows_the_tables_it_reads_and_only_these():
    made = []

    @derived
    def larger(data):
        made.append(1)
        return data("lists").query("projects > 62")

    @derived
    def whole(data):
        return larger(data)["projects"].sum()

    data = world(rows((63, "list"), (64, "survey")))
    other = data.having(Change("drop", "claims", (0,)))
    more = other.having(Change("set", "lists", (1,), "projects", (70,)))
    assert [whole(each) for each in (data, other, more, data, more)] == [127, 127, 133, 127, 133]
    assert len(made) == 3, "once for the tables as they are, and each time that lists is changed"
    mine = larger(data)
    mine["projects"] = 0
    assert larger(data)["projects"].sum() == 127, "who takes a frame may do with it what he likes"


def test_what_held_at_another_time_is_relabelled_although_later_prints_differ():
    frame = rows((860, "list"), (1024, "list"), differs_in=["time", ""])
    assert by_print(frame, claim("<1000", float("nan"), 1000.0)).verdict == "relabelled"
    assert by_print(frame[1:], claim("<1000", float("nan"), 1000.0)).verdict == "contradicted"


def test_words_about_another_thing_do_not_decide_and_stand_back_behind_those_about_the_thing():
    words = claim("weak", float("nan"), float("nan"))
    frame = rows((1, "list"), (1, "survey"), differs_in=["kind", ""])

    def judged(values, alike):
        return assess(words, judging.printed(words, frame, values, world(frame), alike), world(frame))

    for values in ([True, True], [True, False], [False, False]):
        assert judged(values, [False, False]).verdict == "indirect"
        assert judged(values, [False, False]).judged.computed == values
    assert (
        judged([True, True], [False, False]).trace == "nowhere"
        and judged([False, True], [False, True]).trace == "elsewhere"
    )
    assert judged([True, False], [False, True]).verdict == "contradicted"
    assert judged([False, True], [False, True]).verdict == "confirmed"


def test_more_than_a_number_implies_more_than_a_smaller_one():
    assert by_print(rows((12000, "list")), claim(">12000", 12000.0, float("nan")), exact=[False]).verdict == "traced"
    assert (
        by_print(rows((11000, "list")), claim(">12000", 12000.0, float("nan")), exact=[False]).verdict == "contradicted"
    )


def test_bounds_that_leave_an_interval_have_the_figure_nowhere_and_bounds_that_meet_have_it():
    frame = rows((60, "list"), (66, "copy"))
    traces = [
        assess(claim(), judging.bounded(claim(), ends, frame), world()).trace for ends in ((60, 66), (63, 63), (64, 66))
    ]
    assert traces == ["nowhere", "origin", "origin"]


def test_recomputed_needs_all_rows_to_be_of_another_origin():
    data = world()
    for frame, verdict in (
        (rows((109, "survey"), (46, "survey")), "confirmed"),
        (rows((109, "survey"), (46, "list")), "traced"),
    ):
        found = assess(claim(), judging.recomputed(claim(), 63, frame), data)
        assert found.verdict == verdict
    assert assess(claim(), judging.recomputed(claim(), 64, rows((1, "list"))), data).verdict == "contradicted"


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [((63, 63), "traced"), ((7, 80), "bounded"), ((64, 80), "contradicted"), ((0, 62), "contradicted")],
)
def test_bounds(ends, verdict):
    data = world()
    assert assess(claim(), judging.bounded(claim(), ends, rows((1, "list"))), data).verdict == verdict


@pytest.mark.parametrize(
    ("must", "may", "verdict"), [(True, True, "traced"), (False, True, "open"), (False, False, "contradicted")]
)
def test_bounds_of_a_statement_in_words(must, may, verdict):
    words = claim("most", float("nan"), float("nan"))
    assert assess(words, judging.bounded(words, (must, may), rows((1, "list"))), world()).verdict == verdict


@pytest.mark.parametrize("said", list(itertools.product((True, False, None), repeat=2)))
def test_parts(said):
    found = judging.parts([Part(holds, rows((1, "list"))) for holds in said])
    wanted = {
        frozenset({True}): "same",
        frozenset({False}): "differs",
        frozenset({True, False}): "part",
        frozenset({True, None}): "interval",
        frozenset({False, None}): "part",
        frozenset({None}): "none",
    }
    assert found.agreement == wanted[frozenset(said)]


def test_own_numbers_follow_or_clash():
    assert assess(claim(), judging.own(claim(), 63), world()).verdict == "consistent"
    assert assess(claim(), judging.own(claim(), 62), world()).verdict == "inconsistent"


def test_rows_of_the_paper_are_no_evidence():
    with pytest.raises(LedgerError, match="rows of the paper are what is tested"):
        by_print(rows((63, "paper")))
    leaning = rows((63, "list"), (63, "list"), leans_on=["", "paper"], basis="seen")
    assert list(outside(leaning).index) == [0]


@pytest.mark.parametrize(
    ("testable", "tables_", "verdict", "said"),
    [
        (False, {}, "not testable", "no measure"),
        (True, {"records": pd.DataFrame(RECORD)}, "not obtained", "the list (ministry)"),
        (True, {"searches": pd.DataFrame(SEARCH)}, "no source found", "pages (w)"),
        (True, {"records": pd.DataFrame(RECORD), "searches": pd.DataFrame(SEARCH)}, "not obtained", "the list"),
        (True, {"records": GOT, "searches": pd.DataFrame(SEARCH)}, "no source found", "pages (w)"),
        (True, {"records": GOT}, "not obtained", "All records named for it were obtained"),
    ],
)
def test_a_claim_without_rows_says_why(testable, tables_, verdict, said):
    found = assess(claim(testable=testable), judging.missing(), world(**tables_))
    assert found.verdict == verdict and said in found.judged.en and found.judged.zh


def test_a_search_is_told_in_both_languages():
    found = assess(claim(testable=True), judging.missing(), world(searches=pd.DataFrame(SEARCH)))
    assert all(part in found.judged.zh for part in ("页（词）", "一页"))
    assert all(part in found.judged.en for part in ("pages (w)", "a page"))
    nothing = world(searches=pd.DataFrame(SEARCH | {"outcome": ["nothing"]}))
    assert assess(claim(testable=True), judging.missing(), nothing).judged.en.endswith("pages (w).")


def test_a_claim_of_which_nothing_is_known_is_an_error():
    with pytest.raises(LedgerError, match=r"Q15: no evidence, no known record and no logged search\. Remedy: "):
        assess(claim(), judging.missing(), world())


def evidence(*pairs):
    """Rows of claim_evidence: part, comparison, value, source."""
    columns = ["part_en", "comparison", "value", "source_id"]
    frame = pd.DataFrame(pairs, columns=columns).assign(
        value_high=float("nan"), claim_id="Q15", also_in="", differs_in="", relation="measurement"
    )
    return frame.assign(part_zh=frame["part_en"], says_zh=frame["source_id"], says_en=frame["source_id"])


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ([("", "value", 63, "survey")], "confirmed"),
        ([("", "value", 62, "survey")], "contradicted"),
        ([("", "holds", None, "list"), ("", "fails", None, "survey")], "open"),
        ([("a", "holds", None, "list"), ("b", "holds", None, "list"), ("b", "fails", None, "survey")], "bounded"),
        ([(part, *said) for part in "ab" for said in (("holds", None, "list"), ("fails", None, "survey"))], "open"),
        ([("a", "fails", None, "list"), ("b", "holds", None, "list"), ("b", "fails", None, "survey")], "mixed"),
        ([("a", "holds", None, "list"), ("b", "fails", None, "list")], "mixed"),
        ([("a", "fails", None, "list"), ("b", "fails", None, "list")], "contradicted"),
        ([("a", "holds", None, "survey"), ("b", "holds", None, "list")], "traced"),
        ([("a", "holds", None, "survey"), ("b", "holds", None, "survey")], "confirmed"),
    ],
)
def test_coded_evidence_is_judged_part_by_part(pairs, verdict):
    data = world(claim_evidence=evidence(*pairs))
    found = Judges().assess("Q15", data)
    assert found.verdict == verdict
    assert all(f"{part.upper()}: " in found.judged.en for part, *_ in pairs if part)


def test_a_structural_count_is_the_number_of_items():
    items = pd.DataFrame({"claim_id": ["Q15"] * 63, "item_zh": ["甲"] * 63, "item_en": ["a"] * 63})
    table = pd.DataFrame([claim(weight="structural")])
    assert Judges().assess("Q15", world(claims=table, claim_items=items)).verdict == "consistent"
    assert Judges().assess("Q15", world(claims=table, claim_items=items[:-1])).verdict == "inconsistent"


ONE = rows((1, "list"))


@pytest.mark.parametrize(
    ("found", "computed", "difference"),
    [
        (judging.recomputed(claim(), 64, ONE), 64, 1),
        (judging.own(claim(), 62), 62, -1),
        (judging.bounded(claim(), (63, 63), ONE), (63, 63), 0),
        (judging.bounded(claim(), (60, 66), ONE), (60, 66), 0),
        (judging.bounded(claim(), (70, 80), ONE), (70, 80), 7),
        (judging.bounded(claim(), (50, 60), ONE), (50, 60), -3),
        (judging.printed(claim(), rows((60, "list"), (70, "list")), [60, 70], world()), [60, 70], 7),
        (judging.printed(claim(), rows((80, "list")), [80], world(), exact=[False]), [80], 0),
    ],
)
def test_a_rule_hands_on_what_was_computed_and_the_largest_difference(found, computed, difference):
    assert found.computed == computed and found.difference == pytest.approx(difference)


def test_a_rule_hands_on_what_parts_and_words_say():
    words = claim("below", None, None)
    assert judging.bounded(words, (False, True), ONE).computed == (False, True)
    said = [Part(True, ONE), Part(None, ONE), Part(False, ONE)]
    assert judging.parts(said).computed == [True, False]
    assert judging.own(claim(), 63, ONE).rows is ONE


@pytest.mark.parametrize(("rows_", "computed"), [(rows(), 63), (ONE, None)])
def test_without_rows_or_a_result_nothing_is_compared(rows_, computed):
    found = judging.recomputed(claim(), computed, rows_)
    assert (found.rule, found.agreement) == ("recomputed", "none")


def test_of_figures_that_mean_otherwise_those_that_agree_decide():
    frame = rows((63, "list"), (70, "survey"))
    found = judging.printed(claim(), frame, frame["projects"], world(), alike=[False, False])
    assert found.agreement == "relabelled" and found.rows["projects"].tolist() == found.computed == [63]


def test_wrong_bounds_name_the_claim():
    for ends in ((64, 62), (1, 2, 3)):
        with pytest.raises(LedgerError, match=r"^Q15: bounds must be \(lower, upper\)$"):
            judging.bounded(claim(), ends, ONE)
    with pytest.raises(LedgerError, match=r"^Q15: the paper prints no number; bound the statement by"):
        judging.bounded(claim("below", None, None), (1, 2), ONE)


@pytest.mark.parametrize(("high", "said"), [(66.0, [63.0, 66.0]), (float("nan"), 63.0)])
def test_a_row_of_evidence_says_a_number_or_an_interval(high, said):
    assert judging.read_stated(pd.Series({"comparison": "value", "value": 63, "value_high": high})) == said


# Flips


@pytest.fixture
def judges():
    found = Judges()

    @found("Q15")
    def batch(claim, data):
        lists = data("lists")
        return judging.printed(claim, lists, lists["projects"], data).told(both("甲", "a"))

    return found


@pytest.mark.parametrize(
    ("frame", "flip", "values"),
    [
        (rows((63, "list")), "contradicted", (64,)),
        (rows((63, "list"), (63, "survey")), "open", (64,)),
        (rows((66, "list")), "traced", (63,)),
        (rows((64, "survey")), "confirmed", (63,)),
    ],
)
def test_the_nearest_flip_is_the_smallest_change_and_turns_the_verdict(judges, frame, flip, values):
    data = world(frame)
    found = flips.nearest(judges, "Q15", data)
    (change,) = found.changes
    assert (
        found.verdict == flip == judges.assess("Q15", data.having(change)).verdict != judges.assess("Q15", data).verdict
    )
    assert change.values == values and str(values[0]) in found.said.en and vocabulary.VERDICTS[flip].zh in found.said.zh
    was = frame["projects"].max()
    assert found.distance == pytest.approx(100 * abs(values[0] - was) / was)
    assert found.steps == abs(values[0] - was)


def test_of_several_ways_the_smallest_end_is_found_and_no_way_is_followed_beyond_it():
    """Against all ways followed to their ends; of equal ends the first counts."""
    chance = Random(5)
    for _ in range(300):
        plans = [sorted(chance.choices(range(1, 9), k=chance.randint(0, 5))) for _ in range(chance.randint(0, 5))]
        ends = [chance.choice([Change("set", "lists", (number,)), None]) for number, _ in enumerate(plans)]
        asked = []

        def way(plan, end, asked=asked):
            for size in plan:
                yield size, 0, None
                asked.append(size)
            if end and plan:
                yield plan[-1], 1, end

        found = flips.find_smallest([way(plan, end) for plan, end in zip(plans, ends, strict=True)])
        exhausted = [(plan[-1], 1, end) for plan, end in zip(plans, ends, strict=True) if plan and end]
        assert found == min(exhausted, key=lambda step: step[0], default=None)
        assert not found or max(asked, default=0) <= found[0]


@pytest.mark.parametrize(("grade", "verdict"), [("A", "open"), ("C", "traced")])
def test_copies_of_one_origin_that_disagree_are_heard_if_they_stand_as_high(judges, grade, verdict):
    """A mirror that slips does not count against the list itself; a second print as good as the first does."""
    data = world(rows((63, "list"), (64, "copy")))
    data.provenance.qualities |= {"copy": (False, grade)}
    found = judges.assess("Q15", data)
    assert found.verdict == verdict and found.sources == (("list", "copy") if verdict == "open" else ("list",))


def test_of_several_rows_each_moves_no_further_than_it_must(judges):
    """Against all ways to lower the numbers: no row of the answer can be put back by a step."""

    def thirds(claim, data):
        lists = data("lists")
        return judging.recomputed(claim, 63 if (lists["projects"] > [60, 20, 50]).any() else 0, lists)

    judges.known["Q15"] = thirds
    data = world(rows((63, "list"), (10, "list"), (55, "survey")))
    found = flips.nearest(judges, "Q15", data)
    (change,) = found.changes
    assert (change.rows, change.values) == ((0, 2), (60, 50))
    assert found.distance == pytest.approx(100 * (3 + 5) / 63) and found.steps == 5


def quotient(claim, data):
    lists = data("lists")
    return judging.recomputed(claim, 63 + 0 // (int(lists["projects"].iloc[0]) - 64), lists)


def reversed_ends(claim, data):
    lists = data("lists")
    return judging.bounded(claim, (int(lists["projects"].max()), 63), lists)


def first_row(claim, data):
    lists = data("lists")
    return judging.recomputed(claim, 63, lists.head(1 + 0 * lists["projects"].to_list()[0]))


@pytest.mark.parametrize(
    ("judgement", "said"),
    [
        (
            quotient,
            r"lists\.csv, row 2, column projects: 64 instead of 63 \(ZeroDivisionError: .* by zero\)",
        ),
        (
            reversed_ends,
            r"lists\.csv, row 2, column projects: 64 instead of 63 \(Q15: bounds must be \(lower, upper\)\)",
        ),
        (first_row, r"lists\.csv, row 2 withdrawn \(IndexError: list index out of range\)"),
    ],
)
def test_a_judgement_that_fails_on_a_change_is_told_with_the_change(judges, judgement, said):
    judges.known["Q15"] = judgement
    data = world(rows((63, "list")))
    assert judges.assess("Q15", data).agreement == "same"
    with pytest.raises(LedgerError, match=rf"^Q15: its judgement must .*: {said}\. Remedy: let it return missing"):
        flips.nearest(judges, "Q15", data)


def test_the_last_steps_before_the_edge_of_the_range_are_tried(judges):
    def full(claim, data):
        lists = data("lists")
        return judging.recomputed(claim, 64 if lists["projects"].max() == 1000 else 63, lists)

    judges.known["Q15"] = full
    found = flips.nearest(judges, "Q15", world(rows((994, "list"))))
    assert found.verdict == "contradicted" and found.changes[0].values == (1000,)


@pytest.mark.parametrize(
    ("title", "named"), [("R&D projects", "if the R&D projects in"), ("Projects", "if the projects in")]
)
def test_a_flip_names_a_column_as_in_a_sentence(judges, title, named):
    assert named in flips.nearest(judges, "Q15", world(rows((63, "list")), Small(project=title))).said.en


@pytest.mark.parametrize(
    ("key", "more", "zh", "en"),
    [
        (["year"], {}, "2016年", "2016"),
        (["year", "source_id"], {}, "2016年，“来源”", "2016, “source”"),
        (["list_id"], {}, "“来源”，L1", "“source”, L1"),  # an id alone says nothing
        (["list_id"], {"rowName": "body"}, "部，L1", "ministry, L1"),
        (["list_id"], {"rowName": "nothing"}, "“来源”，L1", "“source”, L1"),
        (["year"], {"rowName": "body"}, "2016年", "2016"),
        (["kind"], {}, "甲", "first"),
        (["body_zh"], {}, "部", "ministry"),
        (["code"], {}, "部", "ministry"),
    ],
)
def test_a_row_is_called_by_its_key_and_where_that_is_an_id_by_its_name(key, more, zh, en):
    labelled = {"name": "kind", "labels": {"a": {"zh": "甲", "en": "first"}}}
    coded = {"name": "code", "namedBy": "body"}
    fields = [*LISTS, *({"name": name} for name in ("list_id", "body_zh", "body_en")), labelled, coded]
    frame = rows((63, "list"), (64, "list"), list_id="L1", body_zh="部", body_en="ministry", kind="a", code="M")
    data = world(frame, Small(fields, key, **more))
    for numbers, count in (((0,), 1), ((0, 1), 2)):
        change = Change("set", "lists", numbers, "projects", (1.0,) * count)
        assert conditions.row_label(frame, change, data, "zh") == "；".join([zh] * count)
        assert conditions.row_label(frame, change, data, "en") == "; ".join([en] * count)
    many = Change("set", "lists", (0, 1, 2, 3), "projects", (1.0,) * 4)
    assert conditions.row_label(frame, many, data, "en") == "4 rows at once"


def test_what_the_keys_of_rows_share_is_said_once():
    frame = rows((63, "list"), (64, "list"), kind="a")
    data = world(frame, Small([*LISTS, {"name": "kind"}], ["year", "kind", "source_id"]))
    frame.loc[1, "kind"] = "b"
    change = Change("set", "lists", (0, 1), "projects", (1.0, 1.0))
    assert conditions.row_label(frame, change, data, "zh") == "2016年，“来源”：a；b"
    assert conditions.row_label(frame, change, data, "en") == "2016, “source”: a; b"


def test_of_an_order_two_places_are_exchanged(judges):
    """The nearest two that turn the verdict; nothing else of the order is changed."""

    def first(claim, data):
        lists = data("lists")
        return judging.recomputed(claim, lists.loc[lists["projects"].idxmin(), "count"], lists)

    judges.known["Q15"] = first
    fields = [field | {"unit": "rank"} if field["name"] == "projects" else field for field in LISTS]
    frame = rows((2, "list"), (3, "list"), (1, "survey")).assign(count=[61, 62, 63])
    found = flips.nearest(judges, "Q15", world(frame, Small(fields, ["count"])))
    (change,) = found.changes
    assert (change.rows, change.values, found.steps) == ((0, 2), (1, 2), 1)


def test_where_numbers_cannot_turn_it_another_origin_or_a_withdrawal_does(judges):
    def kind(claim, data):
        lists = data("lists")
        return judging.printed(claim, lists, [True] * len(lists), data)

    judges.known["Q15"] = kind
    words = pd.DataFrame([claim("a label", float("nan"), float("nan"))])
    data = world(rows((63, "list")), claims=words, searches=pd.DataFrame(SEARCH))
    found = flips.nearest(judges, "Q15", data)
    assert found.verdict == "confirmed" and found.changes[0].kind == "add" and "another origin" in found.said.en
    assert found.distance is None and found.steps is None
    data = world(rows((63, "survey")), claims=words, searches=pd.DataFrame(SEARCH))
    found = flips.nearest(judges, "Q15", data)
    assert found.verdict == "no source found" and found.changes[0].kind == "drop"


def test_where_rows_stand_behind_those_that_decide_they_are_withdrawn_as_well(judges):
    def last(claim, data):
        lists = data("lists").tail(1)
        return judging.printed(claim, lists, [True] * len(lists), data)

    judges.known["Q15"] = last
    words = pd.DataFrame([claim("a label", float("nan"), float("nan"))])
    data = world(rows((63, "survey"), (63, "survey"), (63, "survey")), claims=words, searches=pd.DataFrame(SEARCH))
    found = flips.nearest(judges, "Q15", data)
    assert found.verdict == "no source found" and [c.rows for c in found.changes] == [(0, 1, 2)]
    assert found.said.en == "It would be “no source found” without 3 rows of “Lists”."


def test_sources_of_rows_told_beside_stand_apart_and_decide_nothing():
    every = rows((63, "survey"), (63, "press"), (97, "list"))
    data = world(every)
    found = judging.printed(claim(), every.head(1), [63], data)
    alone, beside = (assess(claim(), found.told(both("数", "number"), more), data) for more in ((), every))
    assert beside.sources == alone.sources == ("survey",)
    assert (alone.beside, beside.beside) == ((), ("press", "list"))
    assert (alone.verdict, alone.grade, alone.origin) == (beside.verdict, beside.grade, beside.origin)
    lacking = world(every, searches=pd.DataFrame(SEARCH))
    nothing = assess(claim(), judging.missing("printed").told(both("无", "none"), every.tail(1)), lacking)
    assert (nothing.sources, nothing.beside) == ((), ("list",))


def test_a_collective_origin_counts_by_source_but_for_copies():
    origins = {("list", ""): "origin", ("press", ""): "origin", ("survey", ""): "copy", ("copy", ""): "copy"}
    every = rows((1, "list"), (1, "press"), (1, "survey"), (1, "copy"))
    data = world(every, origins=pd.DataFrame({"origin_id": ["O-MANY"], "collective": [True]}))
    data.provenance.origins = {place: ("O-MANY", role) for place, role in origins.items()}
    assert data.origins(every) == ["O-MANY list", "O-MANY press", "O-MANY", "O-MANY"]
    older = world(every, origins=pd.DataFrame({"origin_id": ["O-MANY"]}))
    older.provenance.origins = data.provenance.origins
    assert set(older.origins(every)) == {"O-MANY"}


@pytest.mark.parametrize(("rule", "agreement"), [("counted", "same"), ("own", "alike")])
def test_a_rule_and_an_agreement_are_words_of_the_vocabulary(rule, agreement):
    with pytest.raises(LedgerError, match=r"a judgement gives '(counted|alike)'; there are "):
        judging.Judged(rule, agreement)


def test_no_row_is_withdrawn_that_need_not_go():
    every = (Change("drop", "lists", (0, 1, 2)), Change("drop", "more", (5,)))
    asked = []

    def turns(changes):
        asked.append(changes)
        return {("lists", 1), ("more", 5)} <= {(c.table, row) for c in changes for row in c.rows}

    assert flips.fewest(every, turns) == (Change("drop", "lists", (1,)), Change("drop", "more", (5,)))
    assert asked and flips.fewest(every, lambda changes: False) == every


def test_one_row_that_speaks_of_another_thing_is_taken_to_speak_of_the_same_and_its_source_named(judges):
    @judges("Q16")
    def kind(claim, data):
        lists = data("lists")
        return judging.printed(claim, lists, [True] * len(lists), data)

    words = pd.DataFrame([claim("a label", float("nan"), float("nan"), claim_id="Q16")])
    frame = rows((63, "list"), (63, "survey"), differs_in=["", "kind"])
    frame.loc[0, "differs_in"] = "time"
    found = flips.nearest(judges, "Q16", world(frame, claims=words))
    assert found.changes == (Change("set", "lists", (0,), "differs_in", ("",)),) and found.verdict == "traced"
    assert "if “source” spoke of exactly" in found.said.en and "若“来源”说的" in found.said.zh
    both = pd.concat([frame.iloc[[0]], frame.iloc[[0]]], ignore_index=True)
    found = flips.nearest(judges, "Q16", world(both, claims=words))
    assert found.changes == (Change("set", "lists", (0, 1), "differs_in", ("", "")),), "all that the source says"


def test_a_number_that_the_paper_bounds_is_told_with_its_bound(judges):
    judges.known["Q15"] = lambda claim, data: judging.own(claim, 70.0)
    words = pd.DataFrame([claim(">63", 63, float("nan"))])
    found = flips.nearest(judges, "Q15", world(rows((63, "list")), claims=words))
    assert found.verdict == "inconsistent" and "more than 70" in found.said.en and "than 63" in found.said.en
    assert "超过63" in found.said.zh


def test_steps_are_of_the_last_digit_that_a_source_prints(real):
    texts = frozen.texts("rd_intensity_china")
    rows = texts.index[texts["year"] == "2020"]
    values = texts.loc[rows, "first_published_pct"].astype(float)
    assert texts.loc[rows, "first_published_pct"].tolist() == ["2.40"]
    assert conditions.list_decimals("rd_intensity_china", "first_published_pct", values, real) == [2]
    assert conditions.list_decimals("rd_intensity_china", "first_published_pct", values + 0.1, real) == [1]
    assert conditions.list_decimals("made-up", "value", pd.Series([2.5, 3.0]), real) == [1, 0]


def test_a_judge_that_cannot_say_no_is_owned_up_to(judges):
    judges.known["Q15"] = lambda claim, data: judging.own(claim, float(claim["value_low"]))
    found = flips.nearest(judges, "Q15", world(rows((63, "list"))))
    assert (found.verdict, found.changes) == ("", ()) and found.said.en.startswith("No single change was found")


def test_changes_leave_the_tables_alone():
    data = world(rows((63, "list")))
    other = data.having(Change("set", "lists", (0,), "projects", (1,)), Change("add", "lists", (0,)))
    assert list(other("lists")["projects"]) == [1, 1] and list(data("lists")["projects"]) == [63]
    assert list(other("lists")["source_id"]) == ["list", ANOTHER]
    assert data.having(Change("drop", "lists", (0,)))("lists").empty


def test_a_row_is_as_good_as_its_best_source_and_all_as_their_worst_row():
    frame = rows((63, "copy"), (63, "list"))
    data = world()
    assert weigh(frame, True, data) == ("A", "ok") and weigh(frame, False, data) == ("C", "ok")


@pytest.mark.parametrize(
    ("sources", "sides", "grade"),
    [
        (("copy", "list", "survey"), (True, True, False), "B"),
        (("copy", "list", "survey"), (True, False, False), "C"),
        (("copy", "list", "survey"), ((0, True), (1, True), (1, True)), "C"),
        (("list", "copy", "list"), ((0, True), (0, True), (0, False)), "A"),
    ],
)
def test_where_rows_say_two_things_the_best_row_of_each_is_needed(sources, sides, grade):
    frame = rows(*((63, source) for source in sources))
    assert weigh(frame, True, world(), sides) == (grade, "ok")


def test_every_word_can_be_reached():
    reached = {vocabulary.verdict(a, o) for a in vocabulary.AGREEMENTS if a != "none" for o in ("other", "same")}
    reached |= {vocabulary.verdict("same", "authors")} | {vocabulary.verdict(a, "own") for a in ("same", "differs")}
    reached |= {
        vocabulary.unfounded(*t)
        for t in itertools.product((True, False), repeat=3)
        if any(t) and t != (True, False, False)
    }
    assert reached == set(vocabulary.VERDICTS)


# The judgements of the study, each without one of its tables

FRAME = {"claims", "claim_items", "provinces", "sources"}  # what is judged, and what evidence is about


@pytest.fixture(scope="module")
def real():
    return Data(frozen.compendium())


@pytest.mark.parametrize("claim_id", frozen.texts("claims")["claim_id"])
def test_no_judgement_breaks_without_a_table(real, claim_id):
    watched = Data(real.c, known=real.known)
    assert of_the_study.assess(claim_id, watched).verdict
    for table in sorted(watched.read - FRAME):
        gone = Change("drop", table, tuple(real(table).index))
        try:
            assert of_the_study.assess(claim_id, real.having(gone)).verdict in vocabulary.VERDICTS
        except Undocumented as refused:
            assert str(refused).startswith(f"{claim_id}: "), table


# Quantities


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (450, ("万人", "10,000 people"), ("450万人", "4.5 million people")),
        (19.8, ("万", "10,000"), ("19.8万", "198,000")),
        (-17, ("万人", "10,000 people"), ("-17万人", "-170,000 people")),
        (2500, ("亿元（当年价）", "100 million yuan, current prices"), ("2500亿元", "250 billion yuan")),
        (3, ("十亿欧元", "billion euro"), ("30亿欧元", "3 billion euro")),
        (-3860, ("十亿美元（现价）", "billion US dollars"), ("-3.86万亿美元", "-3860 billion US dollars")),
        (3, ("百万欧元", "million euro"), ("300万欧元", "3 million euro")),
        (4.90, ("%", "%"), ("4.9%", "4.9%")),
        (46, ("个项目", "projects"), ("46个项目", "46 projects")),
        (1, ("个项目", "projects"), ("1个项目", "1 project")),
        (1, ("每万名工人的台数", "robots per 10,000 workers"), ("1每万名工人的台数", "1 robot per 10,000 workers")),
        (1, ("个方法", "heuristics"), ("1个方法", "1 heuristics")),  # the data package has no other word
        (10, ("亿美元", "100 million US dollars"), ("10亿美元", "1 billion US dollars")),
        (2015, ("", ""), ("2015", "2015")),
    ],
)
def test_a_number_stands_with_its_unit_as_each_language_writes_it(value, unit, said):
    found = quantity(value, both(*unit), singular=HERE.tables.singular)
    assert (found["zh"], found["en"]) == said


@pytest.mark.parametrize(
    ("field", "row", "unit"),
    [
        ({"unit": "%", "unit_zh": "%"}, {}, ("%", "%")),
        ({"unit": "projects", "unit_zh": "个项目"}, {}, ("", "")),
        ({"unit": "firms", "unit_zh": "家"}, {}, ("家", "firms")),
        ({"unit": "year", "unit_zh": "年"}, {}, ("", "")),
        ({}, {}, ("", "")),
        ({"unit": "see column unit", "unit_zh": "见unit列"}, {"unit": "10,000 people"}, ("万人", "10,000 people")),
        ({"unit": "see column unit", "unit_zh": "见unit列"}, {"unit": "index"}, ("", "")),
        ({"unit": "unit of the claim", "unit_zh": "同表述的单位"}, {"claim_id": "Q15"}, ("", "")),
    ],
)
def test_a_flip_takes_the_unit_of_its_column_or_row(field, row, unit):
    fields = {
        "value": {"name": "value", "title": "Projects", **field},
        "unit": {"name": "unit", "labels": {"10,000 people": {"zh": "万人", "en": "10,000 people"}}},
    }
    data = world(claims=pd.DataFrame([{**claim(), "unit": "provinces"}]))
    assert conditions.unit(fields, pd.Series(row), "value", data) == both(*unit)


def judged_by(judgement):
    judges = Judges()
    judges("Q15")(judgement)
    return judges


def broken(claim, data):
    count = int(data("lists")["projects"].sum())
    return judging.recomputed(claim, 63 / (count - count), data("lists"))


@pytest.mark.parametrize(
    ("judgement", "said"),
    [
        (broken, r"fails at .*tests/unit/test_judging.py, line \d+ \(ZeroDivisionError: division by zero\)"),
        (lambda claim, data: data("lists")["none"], r"fails at .*, line \d+ \(KeyError: 'none'\)"),
        (lambda claim, data: None, r", .*tests/unit/test_judging.py, line \d+, returns no Judged"),
    ],
)
def test_a_judgement_that_fails_is_told_in_one_line_with_its_place(judgement, said):
    with pytest.raises(LedgerError, match=rf"^Q15: its judgement.*{said}\. Remedy: return what a rule gives") as failed:
        judged_by(judgement).assess("Q15", world(rows((63, "list"))))
    assert "\n" not in str(failed.value)


def test_numbers_of_many_rows_move_alike_and_the_condition_says_by_how_much():
    def average(claim, data):
        return judging.recomputed(claim, data("lists")["projects"].mean(), data("lists"))

    middle = (conditions.MANY - 1) // 2
    frame = rows(*[(63 + n - middle, "list") for n in range(conditions.MANY)])
    judges, data = judged_by(average), world(frame)
    found = flips.nearest(judges, "Q15", data)
    (change,) = found.changes
    assert {after - before for after, before in zip(change.values, frame["projects"], strict=True)} == {1}
    assert judges.assess("Q15", data.having(change)).verdict == found.verdict != judges.assess("Q15", data).verdict
    assert f"higher by 1 in {conditions.MANY} rows" in found.said["en"] and "都高1" in found.said["zh"]
