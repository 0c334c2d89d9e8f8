"""Bounds against brute force on small cases, and against an independent check on the real data."""

import ctypes
import itertools
import math
import pickle
from collections import Counter
from contextlib import nullcontext

import frozen
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from study.bounds import constraints, inequality, majorisation, programme, regional, solver


def fixed(examples):
    """Draw the same cases whatever a test is called; `derandomize` draws by the test's source."""
    return lambda check: seed(2)(settings(max_examples=examples, database=None, deadline=None)(check))


ORDERS = ("leaders_largest", "leaders_descending")
FACTS = (1, 2, 3, 4)  # the tiers of the frozen rows, which hold no assumption
COLUMNS = ["evidence_id", "adcode", "period_start", "period_end", "lower", "upper", "counts", "basis", "source_id"]


def evidence(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS).assign(tier=[first_tier(entry) for entry in rows])
    return frame.astype({"lower": "Int64", "upper": "Int64"})


def row(number, adcode, start, end, lower=None, upper=None, counts="project", basis="seen", source="a"):
    return (f"E{number}", adcode, start, end, lower, upper, counts, basis, source)


def build(rows, batches, coverage, provinces, tier=4, **assumptions):
    return constraints.build_project_count_problem(evidence(*rows), batches, coverage, provinces, tier, **assumptions)


# An independent reading of the rules, in plain Python.


def first_tier(entry):
    *_, counts, basis, source = entry
    if counts == "enterprise" or basis == "seen_partial":
        return 4
    return {"paper": 1, "a": 2, "b": 3, "c": 3}[source]


def sentences(case):
    """The constraints of a case: name -> function of the tables (array: table, province, year) that says which obey."""
    provinces, years = case["provinces"], list(case["batches"])
    found = {}
    for j, (year, total) in enumerate(case["batches"].items()):
        found[f"batch {year}"] = lambda t, j=j, total=total: t[:, :, j].sum(1) == total
    for entry in case["rows"]:
        name, adcode, start, end, lower, upper, counts, *_ = entry
        if first_tier(entry) > case["tier"]:
            continue
        i, js = provinces.index(adcode), [j for j, year in enumerate(years) if start <= year <= end]
        low, high = lower or 0, math.inf if upper is None or counts == "enterprise" else upper
        found[name] = lambda t, i=i, js=js, a=low, b=high: (a <= t[:, i, js].sum(1)) & (t[:, i, js].sum(1) <= b)
    for year, count in case["coverage"].items() if case["tier"] >= 3 else []:
        found[f"coverage {year}"] = lambda t, j=year, c=count: (t[:, :, years.index(j)] > 0).sum(1) == c
    leaders = [provinces.index(code) for code in case["leaders"]]
    others = [i for i in range(len(provinces)) if i not in leaders]
    pairs = {
        "leaders_largest": list(itertools.product(leaders, others)),
        "leaders_descending": list(itertools.pairwise(leaders)),
    }
    for name, ordered in pairs.items():
        if case[name]:
            first, second = [a for a, _ in ordered], [b for _, b in ordered]
            found[name] = lambda t, a=first, b=second: (t[:, a].sum(2) >= t[:, b].sum(2)).all(1)
    return found


def every_table(case):
    """All tables with the right batch totals."""
    n = len(case["provinces"])
    columns = []
    for total in case["batches"].values():
        bars = itertools.combinations(range(total + n - 1), n - 1)
        columns.append([np.diff([-1, *places, total + n - 1]) - 1 for places in bars])
    picks = np.indices([len(column) for column in columns]).reshape(len(columns), -1)
    return np.stack([np.array(column)[pick] for column, pick in zip(columns, picks, strict=True)], axis=2)


def possible_tables(case):
    """Those of all tables that obey every constraint of a case."""
    tables = every_table(case)
    for rule in sentences(case).values():
        tables = tables[rule(tables)]
    return tables


def by_definition(counts):
    n = len(counts)
    apart = sum(abs(x - y) for x in counts for y in counts)
    return {"cr5": sum(sorted(counts)[-5:]) / sum(counts), "gini": apart / n / (2 * sum(counts))}


def obeys(table, rules):
    return all(rule(table[None])[0] for rule in rules.values())


def supposed(draw, leaders, made):
    """Assumptions on the order of the provinces, each made or not."""
    return {"leaders": leaders} | {name: draw(made) for name in ORDERS}


@st.composite
def cases(draw):
    """A hidden table and rows around it, some of them wrong; assumptions on or off."""
    n = draw(st.integers(2, 4))
    years = list(range(2015, 2015 + draw(st.integers(2, 3))))
    provinces = [110000 * (i + 1) for i in range(n)]
    most = {2: 7, 3: 5, 4: 4}[n]
    hidden = np.array(
        [np.bincount(draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=most)), minlength=n) for _ in years]
    ).T
    rows = []
    for number in range(draw(st.integers(0, 5))):
        i, start = draw(st.integers(0, n - 1)), draw(st.integers(0, len(years) - 1))
        end = draw(st.integers(start, len(years) - 1))
        true = int(hidden[i, start : end + 1].sum()) + draw(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 2]))
        lower = draw(st.sampled_from([None, max(true - 2, 0), max(true - 1, 0), true]))
        upper = draw(st.sampled_from([None, true, true + 1, true + 2]))
        counts = draw(st.sampled_from(["project", "project", "project", "enterprise"]))
        basis = draw(st.sampled_from(["seen", "derived", "seen_partial"]))
        source = draw(st.sampled_from(["paper", "a", "b", "c"]))
        rows.append(row(number, provinces[i], years[start], years[end], lower, upper, counts, basis, source))
    kept = draw(st.sets(st.sampled_from(years)))
    coverage = {y: int((hidden[:, j] > 0).sum()) for j, y in enumerate(years) if y in kept}
    order = np.argsort(-hidden.sum(1), kind="stable") if draw(st.integers(0, 4)) else np.arange(n)
    leaders = [provinces[i] for i in order[: draw(st.integers(1, n))]]
    return {
        "provinces": provinces,
        "batches": dict(zip(years, hidden.sum(0).tolist(), strict=True)),
        "rows": rows,
        "coverage": coverage,
        "tier": draw(st.sampled_from([4, 4, 4, 3, 2, 1])),
        **supposed(draw, leaders, st.booleans()),
        "factors": {code: draw(st.integers(-300, 300)) for code in provinces[1:]},
        "chosen": draw(st.sets(st.sampled_from(provinces), min_size=1)),
        "chosen_years": draw(st.sets(st.sampled_from(years), min_size=1)),
    }


def of_case(case):
    assumptions = {key: case[key] for key in ("leaders", *ORDERS)}
    return build(case["rows"], case["batches"], case["coverage"], case["provinces"], case["tier"], **assumptions)


def check_concentration(problem, rules, sums):
    vectors = [by_definition(vector) for vector in {tuple(sorted(vector)) for vector in sums.tolist()}]
    for name in inequality.INDICES:
        for found, choose in zip(regional.bound_concentration_index(problem, name), (min, max), strict=True):
            value = choose(vector[name] for vector in vectors)
            mine = by_definition(found.table.sum(axis=1).tolist())[name]
            assert found.sharp and obeys(found.table, rules)
            assert abs(found.value - value) < 1e-12 and abs(mine - value) < 1e-12


def test_every_bound_equals_enumeration():
    seen = Counter()

    @fixed(220)
    @given(cases())
    def check(case):
        given_problem, rules, possible = of_case(case), sentences(case), possible_tables(case)
        if not len(possible):
            seen["impossible"] += 1
            with pytest.raises(constraints.InfeasibleProblemError):
                regional.bound_concentration_index(given_problem, "gini")
            return
        seen["possible"] += 1
        totals, sums = regional.bound_province_totals(given_problem), possible.sum(2)
        assert totals["adcode"].tolist() == case["provinces"]
        np.testing.assert_array_equal(totals["lower"], sums.min(0))
        np.testing.assert_array_equal(totals["upper"], sums.max(0))

        places = [case["provinces"].index(code) for code in case["chosen"]]
        years = [list(case["batches"]).index(year) for year in case["chosen_years"]]
        part = possible[:, places][:, :, years].sum((1, 2))
        ends = regional.bound_group_total(given_problem, case["chosen"], case["chosen_years"])
        assert ends == (part.min(), part.max())
        for end, maximise in zip(ends, (False, True), strict=True):
            table = regional.find_bound_attaining_table(
                given_problem, case["chosen"], case["chosen_years"], maximise=maximise
            )
            assert table.loc[list(case["chosen"]), list(case["chosen_years"])].to_numpy().sum() == end
            assert obeys(table.to_numpy(), rules)

        weights = np.array([0, *case["factors"].values()])
        least = [
            regional.minimise_weighted_total(given_problem, {c: s * w for c, w in case["factors"].items()})
            for s in (1, -1)
        ]
        assert least == [(sums @ weights).min(), -(sums @ weights).max()]
        check_concentration(given_problem, rules, sums)
        check_region(given_problem, sums)

    check()
    assert seen["possible"] >= 200 and seen["impossible"] >= 3, seen


def check_region(given_problem, sums):
    holders = (sums > 0).sum(1)
    assert regional.bound_provinces_with_projects(given_problem) == (holders.min(), holders.max())
    curves = np.insert(np.sort(sums, axis=1).cumsum(1), 0, 0, axis=1) / sums[0].sum()
    region = regional.bound_lorenz_curve(given_problem)
    assert region["provinces"].tolist() == list(range(sums.shape[1] + 1))
    np.testing.assert_allclose(region[["lower", "upper"]].T, [curves.min(0), curves.max(0)], atol=1e-12)


def test_what_the_solver_once_called_optimal_or_impossible_and_was_not(monkeypatch):
    """Two problems at which HiGHS 1.12 with presolve errs; tables that obey all constraints prove it."""
    rows = [row(0, 0, 2, 2, 1, 2), row(1, 3, 2, 2, 2, 2), row(2, 1, 1, 1, 0, 2), row(3, 1, 2, 2, 2)]
    order = {"leaders": (3, 0), "leaders_largest": True, "leaders_descending": True}
    first = build(rows, {1: 3, 2: 5}, {}, range(4), **order)
    assert not regional.build_integer_programme(first).misses(np.array([[2, 1], [0, 2], [0, 0], [1, 2]])).any()
    assert regional.bound_provinces_with_projects(first) == (3, 4)
    rows = [row(0, 3, 1, 2, 1), row(1, 0, 1, 1, 2), row(2, 1, 1, 2, 0)]
    second = build(rows, {1: 3, 2: 3}, {1: 2}, range(4), leaders=(1, 2), leaders_descending=True)
    assert not regional.build_integer_programme(second).misses(np.array([[2, 0], [0, 3], [0, 0], [1, 0]])).any()
    assert regional.bound_province_totals(second)[["lower", "upper"]].to_numpy().tolist() == [
        [2, 5],
        [0, 3],
        [0, 1],
        [1, 4],
    ]
    monkeypatch.setattr(programme, "find_smallest_conflict", lambda problem: ())
    with pytest.raises(RuntimeError, match="a fault of the solver"):
        regional.build_integer_programme(second).possible(None)


@st.composite
def contradictions(draw):
    """Two or three provinces, two years, rows and counts at random: most cases contradict themselves."""
    provinces, years = list(range(1, draw(st.integers(2, 3)) + 1)), [2015, 2016]
    rows = []
    for number in range(draw(st.integers(1, 4))):
        start = draw(st.sampled_from(years))
        low = draw(st.integers(0, 3))
        high = draw(st.none() | st.integers(low, 3))
        adcode, end = draw(st.sampled_from(provinces)), draw(st.sampled_from(years[start - 2015 :]))
        rows.append(row(number, adcode, start, end, low, high))
    return {
        "provinces": provinces,
        "batches": {year: draw(st.integers(0, 3)) for year in years},
        "rows": rows,
        "coverage": {year: draw(st.integers(1, len(provinces))) for year in draw(st.sets(st.sampled_from(years)))},
        "tier": 4,
        **supposed(draw, draw(st.permutations(provinces))[:2], st.booleans()),
    }


def lightest_conflict(case):
    """(evidence rows, others) in the smallest conflicting group, by trying all; None if there is no conflict."""
    n, most = len(case["provinces"]), 7
    tables_ = np.indices([most] * (2 * n), dtype=np.int8).reshape(2 * n, -1).T.reshape(-1, n, 2)
    obeyed = {name: rule(tables_) for name, rule in sentences(case).items()}
    sizes = {}
    for k in range(len(obeyed) + 1):
        for names in itertools.combinations(obeyed, k):
            if not np.logical_and.reduce([obeyed[name] for name in names] or [[True]]).any():
                rows = sum(name.startswith("E") for name in names)
                sizes[rows, k - rows] = names
    return min(sizes, default=None)


def test_smallest_conflict_equals_enumeration():
    seen = Counter()

    @fixed(60)
    @given(contradictions())
    def check(case):
        found, best = programme.find_smallest_conflict(of_case(case)), lightest_conflict(case)
        rows = [name for name in found if name.startswith("E")]
        assert (len(rows), len(found) - len(rows)) == (best or (0, 0))
        seen[best] += 1
        if found:
            with pytest.raises(constraints.InfeasibleProblemError) as caught:
                regional.bound_province_totals(of_case(case))
            assert caught.value.evidence_ids + caught.value.others == (*rows, *(x for x in found if x not in rows))

    check()
    assert len(seen) >= 5 and None in seen and max(rows for rows, _ in seen - Counter({None: 99})) >= 2, seen


def test_contradiction_is_told_in_one_line():
    rows = [row(1, 1, 2015, 2015, 5), row(2, 1, 2015, 2016, None, 4), row(3, 2, 2015, 2015, 1)]
    with pytest.raises(constraints.InfeasibleProblemError) as caught:
        regional.bound_province_totals(build(rows, {2015: 8, 2016: 2}, {}, [1, 2]))
    assert str(caught.value) == (
        "pilot_province_evidence: rows E1, E2 contradict each other, no table of projects obeys them together; "
        "correct a value, choose a lower tier or drop an assumption"
    )
    assert (caught.value.evidence_ids, caught.value.others) == (("E1", "E2"), ())
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.evidence_ids) == (str(caught.value), ("E1", "E2"))
    with pytest.raises(constraints.InfeasibleProblemError, match="rows E3, batch 2015 contradict"):
        regional.bound_group_total(build(rows[2:], {2015: 0, 2016: 2}, {}, [1, 2]), [1])
    with pytest.raises(constraints.InfeasibleProblemError, match=": batch 2015, coverage 2015 contradict") as caught:
        regional.bound_province_totals(build([], {2015: 1}, {2015: 2}, [1, 2]))
    assert (caught.value.evidence_ids, caught.value.others) == ((), ("batch 2015", "coverage 2015"))
    for order, leaders in zip(ORDERS, ([2], [2, 1]), strict=True):
        problem = build(rows[:1], {2015: 8}, {}, [1, 2], leaders=leaders, **{order: True})
        assert programme.find_smallest_conflict(problem) == ("batch 2015", "E1", order)
    assert programme.find_smallest_conflict(build(rows[:1], {2015: 8}, {}, [1, 2])) == ()


def test_what_a_table_misses_by_hand():
    rows = [row(1, 1, 2015, 2016, 6), row(2, 2, 2016, 2016, 1, 2), row(3, 3, 2015, 2016, 1, 1)]
    system = regional.build_integer_programme(build(rows, {2016: 6, 2015: 4}, {2015: 2}, [1, 2, 3]))
    # Province 1 has 2 of its 6, province 2 has 4 of at most 2 in 2016, province 3 has 3 of its 1.
    table = np.array([[0, 2], [1, 4], [3, 0]])
    assert system.misses(table)[:6].tolist() == [0, 0, 4, 2, 2, 0]
    assert system.misses(table, system.only({"E2", "batch 2015"}))[:6].tolist() == [0, 0, 0, 2, 0, 0]
    assert system.misses(np.array([[1, 2], [1, 4], [3, 0]]))[:6].tolist() == [1, 0, 3, 2, 2, 1]
    assert system.misses(table, system.within(np.array([1, 5, 0]), np.array([2, 5, 2])))[-3:].tolist() == [0, 0, 1]


def test_a_solver_that_fails_is_not_believed(monkeypatch):
    for known in (regional.build_integer_programme, programme.find_smallest_conflict):
        known.cache_clear()
    honest = solver.run_solver
    small = build([], {2015: 3}, {}, [1, 2])
    with monkeypatch.context() as hurried:
        hurried.setattr(solver.make_solver_options(), "time_limit", 0.0)
        with pytest.raises(RuntimeError, match=r"^the solver gave up: Time limit reached$"):
            regional.bound_group_total(small, [1])
    for wrong in ({"cost": -9.0}, {"values": np.array([4.0, 0.0])}):
        monkeypatch.setattr(solver, "run_solver", lambda highs, wrong=wrong: honest(highs)._replace(**wrong))
        with pytest.raises(RuntimeError, match=r"^the solver's table does not attain its own bound$"):
            regional.bound_group_total(small, [1])


def repaired():
    """Return a programme whose first solution HiGHS has to repair, of which it tells on the standard output of C."""
    needed = np.array([[1.0, 1, 0], [1, 0, 1], [1, 0, 1]])
    matrix = csr_array(np.block([[np.eye(3), -1e6 * np.eye(3)], [needed, np.zeros((3, 3))]]))
    limits = solver.RowLimits(np.array([*[-np.inf] * 3, 3, 14, 19]), np.array([0.0, 0, 0, *[np.inf] * 3]))
    asked = solver.MixedIntegerProgramme(matrix, np.array([1e8] * 3 + [1.0] * 3), np.array([0, 0, 0, 1, 1, 1]))
    return asked.whole(np.array([0.0, 0, 0, 5, 4, 2]), limits)


def test_what_a_solver_prints_reaches_no_notebook(capfd, monkeypatch):
    c = ctypes.CDLL(None)
    c.puts(b"before")
    assert repaired().cost == 5
    c.puts(b"after")
    c.fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"
    monkeypatch.setattr(solver, "suppress_c_stdout", nullcontext)
    repaired()
    c.fflush(None)
    assert capfd.readouterr().out, "HiGHS prints nothing here any more: `unheard` may go"


def test_a_search_from_where_the_last_one_ended_finds_the_same_least_cost():
    matrix, most = csr_array(np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 2]])), np.array([4.0, 5, 6])
    programme = solver.MixedIntegerProgramme(matrix, most, np.ones(3))
    for cost in itertools.product((-1.0, 0.0, 2.0), repeat=3):
        for low in itertools.product((0.0, 3.0, 9.0), repeat=3):
            limits = solver.RowLimits(np.array(low), np.array([8.0, 9.0, np.inf]))
            again, anew = (programme.relaxed(np.array(cost), limits, afresh=afresh) for afresh in (False, True))
            assert (again is None) == (anew is None) == (low[0] > 8)
            assert again is None or again.cost == pytest.approx(anew.cost)


# Neither case has totals that are extreme for every index at once.
NO_GREATEST = {
    "provinces": [1, 2, 3],
    "batches": {2015: 12},
    "rows": [row(1, 1, 2015, 2015, 0, 6), row(2, 2, 2015, 2015, 3, 5), row(3, 3, 2015, 2015, 3, 5)],
    "coverage": {},
}
FIRST_FIXED = NO_GREATEST | {
    "provinces": [4, 1, 2, 3],
    "batches": {2015: 13},
    "rows": [row(4, 4, 2015, 2015, 1, 1), *NO_GREATEST["rows"]],
}
NO_LEAST = {
    "provinces": [1, 2, 3],
    "batches": {2015: 4, 2016: 2, 2017: 5},
    "rows": [row(1, 1, 2015, 2015, 1, 1), row(2, 1, 2016, 2016, 0, 0), row(3, 2, 2016, 2016, 1)],
    "coverage": {2017: 1},
}


FREE = {"tier": 4, "leaders": []} | dict.fromkeys(ORDERS, False)


@pytest.mark.parametrize(
    ("torn", "end", "choose"),
    [
        (NO_GREATEST, "upper", np.max),
        (FIRST_FIXED, "upper", np.max),
        (NO_LEAST, "lower", np.min),
    ],
)
def test_unproven_bound_is_marked_and_lies_outside(monkeypatch, torn, end, choose):
    case = torn | FREE
    sums = possible_tables(case).sum(2)
    largest = np.cumsum(-np.sort(-sums, axis=1), axis=1)
    assert not (largest == choose(largest, axis=0)).all(1).any()
    check_concentration(of_case(case), sentences(case), sums)

    side, sign = (1, 1) if end == "upper" else (0, -1)
    sharp = regional.bound_concentration_index(of_case(case), "gini")[side]
    monkeypatch.setattr(majorisation, "BRANCHES", 0)
    found = regional.bound_concentration_index(of_case(case), "gini")
    assert not found[side].sharp and found[1 - side].sharp
    best = by_definition(found[side].table.sum(axis=1).tolist())["gini"]
    assert sign * best <= sign * sharp.value <= sign * found[side].value


def test_a_bound_that_takes_too_long_to_prove_lies_further_out_and_says_so(monkeypatch):
    def cut(asked, cost, limits, nodes=None, whole=solver.MixedIntegerProgramme.whole):
        found = whole(asked, cost, limits)
        return found if nodes is None or found is None else found._replace(cost=found.cost - 1, cut=True)

    sharp = regional.bound_concentration_index(of_case(NO_LEAST | FREE), "gini")[0]
    monkeypatch.setattr(solver.MixedIntegerProgramme, "whole", cut)
    regional.build_integer_programme.cache_clear()
    found = regional.bound_concentration_index(of_case(NO_LEAST | FREE), "gini")[0]
    regional.build_integer_programme.cache_clear()
    assert not found.sharp and found.value < sharp.value
    assert by_definition(found.table.sum(axis=1).tolist())["gini"] >= sharp.value


def test_level_totals_by_hand():
    low, high = np.array([2, 0, 3]), np.array([2, 9, 4])
    totals = {5: [2, 0, 3], 7: [2, 2, 3], 8: [2, 3, 3], 9: [2, 4, 3], 10: [2, 4, 4], 11: [2, 5, 4], 15: [2, 9, 4]}
    assert {total: majorisation._levelled(low, high, total).tolist() for total in totals} == totals


GOOD = {"rows": [], "batches": {2015: 3, 2016: 3}, "coverage": {}, "provinces": [1, 2]}
SMALL = build([], {2015: 3}, {}, [1, 2])
EVIDENCE = "pilot_province_evidence: row E1, "
BATCHES = r"must start and end in years of the batches \(2015, 2016\); correct it or add the batch"
TIER = "is not one of 1, 2, 3, 4, 5"
EMPTY = "leaders is empty: an assumption on the leaders needs their adcodes in printed order"
NO_CELL = "not in the table of projects; choose among"


@pytest.mark.parametrize(
    ("ask", "wrong", "message"),
    [
        (build, {"tier": 6}, f"evidence tier 6 {TIER}"),
        (build, {"tier": 0}, f"evidence tier 0 {TIER}"),
        (build, {"rows": [row(1, 9, 2015, 2015, 1)]}, f"{EVIDENCE}adcode 9: not among the provinces; correct it"),
        (build, {"rows": [row(1, 1, 2015, 2017, 1)]}, f"{EVIDENCE}period 2015-2017: {BATCHES}"),
        (build, {"rows": [row(1, 1, 2014, 2015, 1)]}, f"{EVIDENCE}period 2014-2015: {BATCHES}"),
        (build, {"rows": [row(1, 1, 2016, 2015, 1)]}, f"{EVIDENCE}period 2016-2015: {BATCHES}"),
        (build, {"coverage": {2019: 1}}, "coverage: year 2019 has no batch; add its total or leave the year out"),
        (build, {"leaders": [9]}, "leaders: adcode 9 is not among the provinces"),
        (build, {"leaders_largest": True}, EMPTY),
        (build, {"leaders_descending": True}, EMPTY),
        (regional.bound_group_total, {"adcodes": [9]}, f"adcode 9: {NO_CELL} 1, 2"),
        (regional.find_bound_attaining_table, {"adcodes": [1], "years": [2019], "maximise": True},
         f"year 2019: {NO_CELL} 2015"),
        (regional.minimise_weighted_total, {"weights": {9: 1}},
         "weights: adcode 9 is not in the table of projects; leave it out or add the province"),
        (regional.minimise_weighted_total, {"weights": {2: 0.5}},
         r"weights: adcode 2, value 0\.5 is not a whole number; scale and round the weights"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(ask, wrong, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        build(**GOOD | wrong) if ask is build else ask(SMALL, **wrong)


# The real data.


def real(tier):
    """Return the frozen tables as a case: what these tests expect of them changes with every row that is added."""
    tables = frozen.compendium().tables
    grades, batches = tables("sources").set_index("source_id")["grade"], tables("pilot_batches")
    rows = tables("pilot_province_evidence").astype({"lower": object, "upper": object})
    rows["source"] = ["a" if grades[one] == "A" else "b" for one in rows["source_id"]]
    rows["source"] = rows["source"].mask(rows["source_id"] == "paper", "paper")
    rows = rows[[*COLUMNS[:-1], "source"]].astype(object).where(rows.notna(), None)
    return {
        "provinces": tables("provinces").query("in_study")["adcode"].tolist(),
        "batches": batches[batches["preferred"]].set_index("year")["projects"].to_dict(),
        "rows": list(rows.itertuples(index=False, name=None)),
        "coverage": {2015: 21, 2016: 25, 2017: 25},
        **FREE | {"tier": tier},
    }


@pytest.mark.parametrize("tier", FACTS)
def test_real_bounds_are_attained(tier):
    case = real(tier)
    problem, rules = of_case(case), sentences(case)
    kinds = regional.bound_province_totals(problem).drop_duplicates(["lower", "upper"])
    assert len(kinds) > 2
    for adcode, lower, upper in kinds.itertuples(index=False):
        for maximise, end in ((False, lower), (True, upper)):
            table = regional.find_bound_attaining_table(problem, [adcode], maximise=maximise)
            assert table.loc[adcode].sum() == end and obeys(table.to_numpy(), rules)
    for name in inequality.INDICES:
        for found in regional.bound_concentration_index(problem, name):
            assert found.sharp and obeys(found.table, rules)
            assert by_definition(found.table.sum(axis=1).tolist())[name] == pytest.approx(found.value, abs=1e-12)
