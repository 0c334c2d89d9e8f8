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
import recalling
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from study import bounds, inequality, majorisation, programme, solver


def fixed(examples):
    return settings(max_examples=examples, derandomize=True, deadline=None)


LEADERS = [370000, 330000, 440000, 320000, 340000]
ORDERS = ("leaders_largest", "leaders_descending")
COVERAGE = {2015: 21, 2016: 25, 2017: 25}
FACTS = (1, 2, 3, 4)  # the tiers of the frozen rows, which hold no assumption
COLUMNS = ["evidence_id", "adcode", "period_start", "period_end", "lower", "upper", "counts", "basis", "source_id"]


def evidence(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS).assign(tier=[first_tier(entry) for entry in rows])
    return frame.astype({"lower": "Int64", "upper": "Int64"})


def row(number, adcode, start, end, lower=None, upper=None, counts="project", basis="seen", source="a"):
    return (f"E{number}", adcode, start, end, lower, upper, counts, basis, source)


def build(rows, batches, coverage, provinces, tier=4, **assumptions):
    return bounds.problem(evidence(*rows), batches, coverage, provinces, tier, **assumptions)


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
    n, total = len(counts), sum(counts)
    mean = total / n
    return {
        "cr5": sum(sorted(counts)[-5:]) / total,
        "hhi": sum((x / total) ** 2 for x in counts),
        "gini": sum(abs(x - y) for x in counts for y in counts) / n**2 / (2 * mean),
        "theil": sum(x / mean * math.log(x / mean) for x in counts if x) / n,
    }


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
        "chosen": draw(st.sets(st.sampled_from(provinces), min_size=1)),
        "chosen_years": draw(st.sets(st.sampled_from(years), min_size=1)),
    }


def of_case(case):
    assumptions = {key: case[key] for key in ("leaders", *ORDERS)}
    return build(case["rows"], case["batches"], case["coverage"], case["provinces"], case["tier"], **assumptions)


def check_concentration(given_problem, rules, sums):
    vectors = [by_definition(vector) for vector in {tuple(sorted(vector)) for vector in sums.tolist()}]
    found, attaining = bounds.concentration(given_problem)
    assert list(found["index"]) == list(vectors[0])
    assert found["lower_sharp"].all() and found["upper_sharp"].all()
    wide = attaining.pivot(index="adcode", columns=["index", "end"], values="total").loc[list(given_problem.provinces)]
    for name, lower, upper in found[["index", "lower", "upper"]].itertuples(index=False):
        assert abs(lower - min(vector[name] for vector in vectors)) < 1e-12
        assert abs(upper - max(vector[name] for vector in vectors)) < 1e-12
        assert abs(by_definition(wide[name, "lower"].tolist())[name] - lower) < 1e-12
        assert abs(by_definition(wide[name, "upper"].tolist())[name] - upper) < 1e-12
    for mine in {tuple(wide[column]) for column in wide}:
        table = bounds.allocation_of_totals(given_problem, pd.Series(mine, index=wide.index))
        assert tuple(table.sum(axis=1)) == mine
        assert all(rule(table.to_numpy()[None])[0] for rule in rules.values())


def test_every_bound_equals_enumeration():
    seen = Counter()

    @fixed(220)
    @given(cases())
    def check(case):
        given_problem, rules = of_case(case), sentences(case)
        possible = every_table(case)
        for rule in rules.values():
            possible = possible[rule(possible)]
        if not len(possible):
            seen["impossible"] += 1
            with pytest.raises(bounds.Infeasible):
                bounds.concentration(given_problem)
            return
        seen["possible"] += 1
        cells, totals = bounds.cells(given_problem), bounds.totals(given_problem)
        np.testing.assert_array_equal(cells["lower"], possible.min(0).ravel())
        np.testing.assert_array_equal(cells["upper"], possible.max(0).ravel())
        assert list(zip(cells["adcode"], cells["year"], strict=True)) == list(
            itertools.product(case["provinces"], case["batches"])
        )
        sums = possible.sum(2)
        np.testing.assert_array_equal(totals["lower"], sums.min(0))
        np.testing.assert_array_equal(totals["upper"], sums.max(0))

        places = [case["provinces"].index(code) for code in case["chosen"]]
        years = [list(case["batches"]).index(year) for year in case["chosen_years"]]
        part = possible[:, places][:, :, years].sum((1, 2))
        ends = bounds.group(given_problem, case["chosen"], case["chosen_years"])
        assert ends == (part.min(), part.max())
        for end, maximise in zip(ends, (False, True), strict=True):
            table = bounds.allocation(given_problem, case["chosen"], case["chosen_years"], maximise=maximise)
            assert table.loc[list(case["chosen"]), list(case["chosen_years"])].to_numpy().sum() == end
            assert all(rule(table.to_numpy()[None])[0] for rule in rules.values())

        check_concentration(given_problem, rules, sums)
        check_region(given_problem, sums)

    check()
    assert seen["possible"] >= 200 and seen["impossible"] >= 10, seen


def check_region(given_problem, sums):
    holders = (sums > 0).sum(1)
    assert bounds.covered(given_problem) == (holders.min(), holders.max())
    curves = np.insert(np.sort(sums, axis=1).cumsum(1), 0, 0, axis=1) / sums[0].sum()
    region = bounds.lorenz(given_problem)
    assert region["provinces"].tolist() == list(range(sums.shape[1] + 1))
    np.testing.assert_allclose(region[["lower", "upper"]].T, [curves.min(0), curves.max(0)], atol=1e-12)


def test_what_the_solver_once_called_optimal_or_impossible_and_was_not(monkeypatch):
    """Two problems at which HiGHS 1.12 with presolve errs; tables that obey all constraints prove it."""
    rows = [row(0, 0, 2, 2, 1, 2), row(1, 3, 2, 2, 2, 2), row(2, 1, 1, 1, 0, 2), row(3, 1, 2, 2, 2)]
    order = {"leaders": (3, 0), "leaders_largest": True, "leaders_descending": True}
    first = build(rows, {1: 3, 2: 5}, {}, range(4), **order)
    assert not bounds.system(first).misses(np.array([[2, 1], [0, 2], [0, 0], [1, 2]])).any()
    assert bounds.covered(first) == (3, 4)
    rows = [row(0, 3, 1, 2, 1), row(1, 0, 1, 1, 2), row(2, 1, 1, 2, 0)]
    second = build(rows, {1: 3, 2: 3}, {1: 2}, range(4), leaders=(1, 2), leaders_descending=True)
    assert not bounds.system(second).misses(np.array([[2, 0], [0, 3], [0, 0], [1, 0]])).any()
    assert bounds.totals(second)[["lower", "upper"]].to_numpy().tolist() == [[2, 5], [0, 3], [0, 1], [1, 4]]
    monkeypatch.setattr(programme, "conflict", lambda problem: ())
    with pytest.raises(RuntimeError, match="a fault of the solver"):
        bounds.system(second).possible(None)


def test_the_least_weighted_sum_equals_enumeration():
    seen = Counter()

    @fixed(80)
    @given(cases(), st.data())
    def check(case, data):
        factors = {code: data.draw(st.integers(-300, 300)) for code in case["provinces"][1:]}
        possible = possible_tables(case)
        if not len(possible):
            with pytest.raises(bounds.Infeasible):
                bounds.least(of_case(case), factors)
            return
        sums, weights = possible.sum(2), np.array([0, *factors.values()])
        found = [bounds.least(of_case(case), {c: sign * w for c, w in factors.items()}) for sign in (1, -1)]
        assert found == [(sums @ weights).min(), -(sums @ weights).max()]
        seen["apart"] += found[0] < -found[1]

    check()
    assert seen["apart"] >= 30, seen


@st.composite
def one_year(draw):
    """A single batch: one province may take the whole surplus, the others start higher but may take little each."""
    provinces = list(range(1, draw(st.integers(3, 4)) + 1))
    start, room, surplus = draw(st.integers(1, 3)), draw(st.integers(0, 3)), draw(st.integers(1, 7))
    ranges = [(0, surplus)] + [(start, start + room + draw(st.integers(0, 1))) for _ in provinces[1:]]
    if draw(st.booleans()):
        ranges = [(0, high) for _, high in ranges]
    return {
        "provinces": provinces,
        "batches": {2015: sum(low for low, _ in ranges) + surplus},
        "rows": [row(i, i, 2015, 2015, *limits) for i, limits in zip(provinces, ranges, strict=True)],
        "coverage": {2015: draw(st.integers(1, len(provinces)))} if draw(st.booleans()) else {},
        "tier": 4,
        **supposed(draw, draw(st.permutations(provinces))[:2], st.integers(0, 3).map(lambda number: number == 0)),
    }


def test_indices_beyond_level_totals():
    seen = Counter()

    @fixed(100)
    @given(one_year())
    def check(case):
        rules, every = sentences(case), every_table(case)
        possible = every
        for rule in rules.values():
            possible = possible[rule(possible)]
        if not len(possible):
            return
        sums, box = possible.sum(2), every.sum(2)
        box = box[((sums.min(0) <= box) & (box <= sums.max(0))).all(1)]
        seen["level totals impossible"] += (box**2).sum(1).min() < (sums**2).sum(1).min()
        largest = np.cumsum(-np.sort(-sums, axis=1), axis=1)
        seen["no greatest totals"] += not (largest == largest.max(0)).all(1).any()
        check_concentration(of_case(case), rules, sums)

    check()
    assert min(seen.values()) >= 5 and len(seen) == 2, seen


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
        found, best = bounds.conflict(of_case(case)), lightest_conflict(case)
        rows = [name for name in found if name.startswith("E")]
        assert (len(rows), len(found) - len(rows)) == (best or (0, 0))
        seen[best] += 1
        if found:
            with pytest.raises(bounds.Infeasible) as caught:
                bounds.totals(of_case(case))
            assert caught.value.evidence_ids + caught.value.others == (*rows, *(x for x in found if x not in rows))

    check()
    assert len(seen) >= 5 and None in seen and max(rows for rows, _ in seen - Counter({None: 99})) >= 2, seen


def test_contradiction_is_told_in_one_line():
    rows = [row(1, 1, 2015, 2015, 5), row(2, 1, 2015, 2016, None, 4), row(3, 2, 2015, 2015, 1)]
    with pytest.raises(bounds.Infeasible) as caught:
        bounds.cells(build(rows, {2015: 8, 2016: 2}, {}, [1, 2]))
    assert str(caught.value) == (
        "pilot_province_evidence: rows E1, E2 contradict each other, no table of projects obeys them together; "
        "correct a value, choose a lower tier or drop an assumption"
    )
    assert (caught.value.evidence_ids, caught.value.others) == (("E1", "E2"), ())
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.evidence_ids) == (str(caught.value), ("E1", "E2"))
    with pytest.raises(bounds.Infeasible, match="rows E3, batch 2015 contradict"):
        bounds.group(build(rows[2:], {2015: 0, 2016: 2}, {}, [1, 2]), [1])
    with pytest.raises(bounds.Infeasible, match=": batch 2015, coverage 2015 contradict") as caught:
        bounds.totals(build([], {2015: 1}, {2015: 2}, [1, 2]))
    assert (caught.value.evidence_ids, caught.value.others) == ((), ("batch 2015", "coverage 2015"))
    for order, leaders in zip(ORDERS, ([2], [2, 1]), strict=True):
        problem = build(rows[:1], {2015: 8}, {}, [1, 2], leaders=leaders, **{order: True})
        assert bounds.conflict(problem) == ("batch 2015", "E1", order)
    assert bounds.conflict(build(rows[:1], {2015: 8}, {}, [1, 2])) == ()


THREE = [row(1, 1, 2015, 2016, 6), row(2, 2, 2016, 2016, 1, 2), row(3, 3, 2015, 2016, 1, 1)]


def test_three_provinces_by_hand():
    by_hand = build(THREE, {2016: 6, 2015: 4}, {2015: 2}, [1, 2, 3])
    totals = bounds.totals(by_hand)
    assert totals.columns.tolist() == ["adcode", "lower", "upper"]
    assert totals.to_numpy().tolist() == [[1, 6, 8], [2, 1, 3], [3, 1, 1]]
    # Two of three in 2015: province 1, which needs 6 of the 10, and either 2 (1 or 2 of the 4) or 3 (1).
    cells = bounds.cells(by_hand)
    assert cells.columns.tolist() == ["adcode", "year", "lower", "upper"]
    assert cells[["adcode", "year"]].to_numpy().tolist() == [[i, year] for i in (1, 2, 3) for year in (2015, 2016)]
    assert cells[["lower", "upper"]].to_numpy().tolist() == [[2, 3], [3, 5], [0, 2], [1, 2], [0, 1], [0, 1]]
    assert bounds.group(by_hand, [2, 3], [2015]) == (1, 2)
    assert bounds.group(by_hand, [2, 3]) == (2, 4)
    table = bounds.allocation(by_hand, [1], maximise=True)
    assert table.loc[1].tolist() == [3, 5] and table.loc[3].tolist() == [1, 0]
    assert bounds.allocation(by_hand, [1], maximise=False).loc[1].sum() == 6
    assert (table.index.name, table.columns.name) == ("adcode", "year") and table.columns.tolist() == [2015, 2016]
    assert (bounds.least(by_hand, {2: 1}), bounds.least(by_hand, {2: -1})) == (1, -3)


def test_concentration_of_three_provinces_by_hand():
    found, attaining = bounds.concentration(build(THREE, {2015: 4, 2016: 6}, {2015: 2}, [1, 2, 3]))
    assert found.columns.tolist() == ["index", "lower", "upper", "lower_sharp", "upper_sharp"]
    found = found.set_index("index")
    assert found.loc["hhi", ["lower", "upper"]].tolist() == pytest.approx([(36 + 9 + 1) / 100, (64 + 1 + 1) / 100])
    # Gini: all pairs apart by 3, 5, 2 or 7, 7, 0; twice over 9 pairs and twice the mean of 10/3.
    assert found.loc["gini", ["lower", "upper"]].tolist() == pytest.approx([20 / 9 / (20 / 3), 28 / 9 / (20 / 3)])
    assert found.loc["cr5"].tolist() == [1, 1, True, True]
    assert attaining.columns.tolist() == ["index", "end", "adcode", "total"]
    assert attaining.to_numpy().tolist() == [
        [name, end, code, total]
        for name in ("cr5", "hhi", "gini", "theil")
        for end, totals in (("lower", (6, 3, 1)), ("upper", (8, 1, 1)))
        for code, total in zip((1, 2, 3), totals, strict=True)
    ]


def test_evidence_in_use_by_hand():
    rows = [*THREE, row(4, 1, 2015, 2015), row(5, 1, 2015, 2015, 0), row(6, 2, 2015, 2015, 0, 3)]
    used = build(rows, pd.Series({2015: 4, 2016: 6}), pd.Series({2016: 3, 2015: 2}), [1, 2, 3])
    assert used.evidence.columns.tolist() == ["evidence_id", "adcode", "period_start", "period_end", "lower", "upper"]
    assert used.evidence["evidence_id"].to_dict() == {0: "E1", 1: "E2", 2: "E3", 3: "E6"}
    assert used.evidence["lower"].tolist() == [6, 1, 1, 0] and used.evidence["upper"].tolist() == [pd.NA, 2, 1, 3]
    assert (used.evidence[["lower", "upper"]].dtypes == "Int64").all()
    assert (used.batches, used.coverage) == ({2015: 4, 2016: 6}, {2015: 2, 2016: 3})
    assert list(used.batches) == list(used.coverage) == [2015, 2016] and used.provinces == (1, 2, 3)
    assert (used.leaders, used.leaders_largest, used.leaders_descending) == ((), False, False)


def test_what_a_table_misses_by_hand():
    system = bounds.system(build(THREE, {2015: 4, 2016: 6}, {2015: 2}, [1, 2, 3]))
    # Province 1 has 2 of its 6, province 2 has 4 of at most 2 in 2016, province 3 has 3 of its 1.
    table = np.array([[0, 2], [1, 4], [3, 0]])

    def named(limits=None):
        misses = zip(system.names, system.misses(table, limits), strict=True)
        return {name: miss for name, miss in misses if name and miss}

    assert named() == {"E1": 4, "E2": 2, "E3": 2}
    assert named(system.only({"E2", "batch 2015"})) == {"E2": 2}
    one_more = np.array([[1, 2], [1, 4], [3, 0]])
    assert system.misses(one_more)[:6].tolist() == [1, 0, 3, 2, 2, 1], "batch 2015 and coverage are missed by one"
    low, high = np.array([1, 5, 0]), np.array([2, 5, 2])
    assert system.misses(table, system.within(low, high))[-3:].tolist() == [0, 0, 1]
    assert system.misses(table)[-3:].tolist() == [0, 0, 0]


def test_level_totals_by_hand():
    low, high = np.array([0, 2, 3]), np.array([9, 2, 4])
    totals = {5: [0, 2, 3], 7: [2, 2, 3], 8: [3, 2, 3], 9: [4, 2, 3], 10: [4, 2, 4], 11: [5, 2, 4], 15: [9, 2, 4]}
    assert {total: majorisation._levelled(low, high, total).tolist() for total in totals} == totals


def test_a_solver_that_fails_is_not_believed(tmp_path, monkeypatch):
    monkeypatch.setenv(recalling.FOLDER, str(tmp_path))  # nothing is recalled, from there or from a test before
    for known in (bounds.system, bounds.conflict):
        known.cache_clear()
    honest = solver.solution
    small = build([], {2015: 3}, {}, [1, 2])
    with monkeypatch.context() as hurried:
        hurried.setattr(solver.options(), "time_limit", 0.0)
        with pytest.raises(RuntimeError, match=r"^the solver gave up: Time limit reached$"):
            bounds.group(small, [1])
    for wrong in ({"cost": -9.0}, {"values": np.array([4.0, 0.0])}):
        monkeypatch.setattr(solver, "solution", lambda highs, wrong=wrong: honest(highs)._replace(**wrong))
        with pytest.raises(RuntimeError, match=r"^the solver's table does not attain its own bound$"):
            bounds.group(small, [1])


def repaired():
    """Return a programme whose first solution HiGHS has to repair, of which it tells on the standard output of C."""
    needed = np.array([[1.0, 1, 0], [1, 0, 1], [1, 0, 1]])
    matrix = csr_array(np.block([[np.eye(3), -1e6 * np.eye(3)], [needed, np.zeros((3, 3))]]))
    limits = solver.Limits(np.array([*[-np.inf] * 3, 3, 14, 19]), np.array([0.0, 0, 0, *[np.inf] * 3]))
    asked = solver.Programme(matrix, np.array([1e8] * 3 + [1.0] * 3), np.array([0, 0, 0, 1, 1, 1]))
    return asked.whole(np.array([0.0, 0, 0, 5, 4, 2]), limits)


def test_what_a_solver_prints_reaches_no_notebook(capfd, monkeypatch):
    c = ctypes.CDLL(None)
    c.puts(b"before")
    assert repaired().cost == 5
    c.puts(b"after")
    c.fflush(None)
    assert capfd.readouterr().out == "before\nafter\n"
    monkeypatch.setattr(solver, "unheard", nullcontext)
    repaired()
    c.fflush(None)
    assert capfd.readouterr().out, "HiGHS prints nothing here any more: `unheard` may go"


def test_a_search_from_where_the_last_one_ended_finds_the_same_least_cost():
    matrix, most = csr_array(np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 2]])), np.array([4.0, 5, 6])
    programme = solver.Programme(matrix, most, np.ones(3))
    for cost in itertools.product((-1.0, 0.0, 2.0), repeat=3):
        for low in itertools.product((0.0, 3.0, 9.0), repeat=3):
            limits = solver.Limits(np.array(low), np.array([8.0, 9.0, np.inf]))
            again, anew = (programme.relaxed(np.array(cost), limits, afresh=afresh) for afresh in (False, True))
            assert (again is None) == (anew is None) == (low[0] > 8)
            assert again is None or again.cost == pytest.approx(anew.cost)


def test_indices_by_hand():
    counts = [0, 1, 1, 2, 2, 4]
    assert inequality.cr5(counts) == 1.0 and inequality.cr5([*counts, 5]) == pytest.approx(14 / 15)
    assert inequality.hhi(counts) == pytest.approx(26 / 100)
    assert inequality.gini([1, 3]) == pytest.approx((2 + 2) / 4 / (2 * 2))
    assert inequality.theil([0, 2]) == pytest.approx(math.log(2))
    assert inequality.theil([1, 3]) == pytest.approx((0.5 * math.log(0.5) + 1.5 * math.log(1.5)) / 2)
    for name, index in inequality.INDICES.items():
        assert index(counts) == pytest.approx(by_definition(counts)[name])


# Neither case has totals that are extreme for every index at once.
NO_GREATEST = {
    "provinces": [1, 2, 3],
    "batches": {2015: 12},
    "rows": [row(1, 1, 2015, 2015, 0, 6), row(2, 2, 2015, 2015, 3, 5), row(3, 3, 2015, 2015, 3, 5)],
    "coverage": {},
}
FAR_FROM_ZERO = NO_GREATEST | {
    "batches": {2015: 72},
    "rows": [row(1, 1, 2015, 2015, 20, 26), row(2, 2, 2015, 2015, 23, 25), row(3, 3, 2015, 2015, 23, 25)],
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
        (FAR_FROM_ZERO, "upper", np.max),
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

    sharp = bounds.concentration(of_case(case))[0].set_index("index")
    monkeypatch.setattr(majorisation, "BRANCHES", 0)
    loose, attaining = bounds.concentration(of_case(case))
    loose, sign = loose.set_index("index"), 1 if end == "upper" else -1
    open_ = loose.index[~loose[f"{end}_sharp"]]
    assert len(open_) and loose[{"upper": "lower_sharp", "lower": "upper_sharp"}[end]].all()
    for name in open_:
        best = attaining[(attaining["index"] == name) & (attaining["end"] == end)]["total"].tolist()
        assert sign * by_definition(best)[name] <= sign * sharp.at[name, end] <= sign * loose.at[name, end]


def test_parts_of_the_proof_by_hand():
    # Totals (0 to 6, 3 to 5, 3 to 5) of sum 12: the ends are 6 3 3 and 2 5 5, the level ones 4 4 4.
    system = bounds.system(of_case(NO_GREATEST | FREE))
    table = np.array([[2], [5], [5]])
    assert system._profile(1, table, system.limits)[0].tolist() == [6, 10 - 6, 12 - 10]
    assert system._profile(-1, table, system.limits)[0].tolist() == [4, 4, 4]
    assert system._arranged(np.array([3, 6, 3]), table, system.limits).tolist() == [[6], [3], [3]]
    assert system._arranged(np.array([1, 5, 6]), table, system.limits) is None
    assert inequality.gini(system._climb(system.limits).sum(axis=1)) == pytest.approx(12 / 9 / 8)
    level = system.bracket(-1, np.array([0, 3, 3]), np.array([6, 5, 5]))
    assert level.bound.tolist() == level.table.sum(axis=1).tolist() == [4, 4, 4]
    assert (level.low.tolist(), level.high.tolist()) == ([0, 3, 3], [6, 5, 5])
    torn = system.bracket(1, np.array([0, 3, 3]), np.array([6, 5, 5]))
    assert sorted(torn.bound) == [2, 4, 6] and sorted(torn.table.sum(axis=1).tolist()) in ([3, 3, 6], [2, 5, 5])
    narrow = system.bracket(1, np.array([5, 3, 3]), np.array([6, 5, 5]))
    assert sorted(narrow.bound) == [3, 3, 6] and narrow.table.sum(axis=1).tolist() == [6, 3, 3]
    assert (narrow.low.tolist(), narrow.high.tolist()) == ([5, 3, 3], [6, 5, 5])
    assert system.bracket(1, np.array([0, 3, 3]), np.array([1, 5, 5])) is None


def test_the_least_totals_where_none_are_level():
    # Two provinces share 5 projects in 2015, and all four share 1 in 2016: 3 2 1 0 in some order, but never 2 2 1 1.
    rows = [row(1, 3, 2015, 2015, None, 0), row(2, 4, 2015, 2015, None, 0)]
    system = bounds.system(build(rows, {2015: 5, 2016: 1}, {}, [1, 2, 3, 4]))
    assert system.total_bounds.tolist() == [[0, 0, 0, 0], [6, 6, 1, 1]]
    found = system.bracket(-1, *system.total_bounds)
    assert sorted(found.bound) == sorted(found.table.sum(axis=1)) == [0, 1, 2, 3]


@pytest.mark.parametrize("first", [0, 1, 2])
def test_level_totals_stay_in_their_box(first):
    # 6 projects, at least 4 in one province and at most 1 in the next: 4 1 1 from there on, in this order only.
    low, high = np.roll([4, 0, 0], first), np.roll([6, 1, 6], first)
    found = bounds.system(build([], {2015: 6}, {}, [1, 2, 3])).bracket(-1, low, high)
    assert found.table.ravel().tolist() == found.bound.tolist() == np.roll([4, 1, 1], first).tolist()


def test_branching_stops_at_its_limit(monkeypatch):
    monkeypatch.setattr(majorisation, "BRANCHES", 1)
    found = bounds.concentration(of_case(NO_LEAST | FREE))[0].set_index("index")
    assert found["lower_sharp"].to_dict() == {"cr5": True, "hhi": False, "gini": False, "theil": False}


def test_what_each_tier_uses():
    rows = [
        row(1, 1, 2015, 2015, 1, source="paper", basis="paper_text"),
        row(2, 1, 2015, 2015, 2, source="a"),
        row(3, 1, 2015, 2015, 3, source="c", basis="derived"),
        row(4, 1, 2015, 2015, 4, source="a", basis="seen_partial"),
        row(5, 1, 2015, 2015, 5, 5, source="a", counts="enterprise"),
        row(6, 2, 2015, 2015, None, 3, source="b", counts="enterprise"),
    ]
    asked = evidence(*rows, row(7, 1, 2015, 2015, 6))
    asked.loc[asked["evidence_id"] == "E7", "tier"] = 5
    used = {tier: bounds.problem(asked, {2015: 9}, {2015: 2}, [1, 2, 3], tier) for tier in bounds.TIERS}
    assert [used[tier].evidence["evidence_id"].tolist()[-1] for tier in bounds.TIERS] == ["E1", "E2", "E3", "E5", "E7"]
    assert [used[tier].coverage for tier in bounds.TIERS] == [{}, {}, {2015: 2}, {2015: 2}, {2015: 2}]
    assert used[4].evidence.iloc[-1][["lower", "upper"]].tolist() == [5, pd.NA]
    assert bounds.totals(used[4])["upper"].tolist() == [8, 4, 4]


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
        (bounds.group, {"adcodes": [9]}, f"adcode 9: {NO_CELL} 1, 2"),
        (bounds.allocation, {"adcodes": [1], "years": [2019], "maximise": True}, f"year 2019: {NO_CELL} 2015"),
        (bounds.allocation_of_totals, {"totals": pd.Series({1: 3, 2: 1})},
         "no possible table has these totals; take totals given by concentration or allocation"),
        (bounds.least, {"weights": {9: 1}},
         "weights: adcode 9 is not in the table of projects; leave it out or add the province"),
        (bounds.least, {"weights": {2: 0.5}},
         r"weights: adcode 2, value 0\.5 is not a whole number; scale and round the weights"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(ask, wrong, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        build(**GOOD | wrong) if ask is build else ask(SMALL, **wrong)


def test_what_is_right_is_not():
    assert bounds.group(build(**GOOD), [1]) == (0, 6) and bounds.least(SMALL, pd.Series({2: -5.0})) == -15


# The real data.


@pytest.fixture(scope="module")
def raw():
    """The frozen tables, since what these tests expect of them changes with every row that is added."""
    tables = frozen.compendium().tables
    provinces, batches = tables("provinces"), tables("pilot_batches")
    evidence, grades = tables("pilot_province_evidence"), tables("sources").set_index("source_id")["grade"]
    late = (evidence["basis"] == "seen_partial") | (evidence["counts"] == "enterprise")
    official = evidence["source_id"].map(grades) == "A"
    tier = np.select([late, evidence["source_id"] == "paper", official], [4, 1, 2], 3)
    return {
        "evidence": evidence.assign(tier=tier),
        "batches": batches[batches["preferred"]].set_index("year")["projects"],
        "coverage": COVERAGE,
        "provinces": provinces.loc[provinces["in_study"], "adcode"].tolist(),
    }


@pytest.fixture(scope="module")
def by_tier(raw):
    return {tier: bounds.problem(**raw, tier=tier) for tier in FACTS}


@pytest.fixture(scope="module")
def concentrations(by_tier):
    return {tier: bounds.concentration(real) for tier, real in by_tier.items()}


@pytest.fixture(scope="module")
def faults(raw):
    """Return a function that names the rules of the real data that a table breaks, checked without the model."""
    entries = raw["evidence"].to_dict("records")

    def broken(table, tier):
        values = table.to_dict("index")
        found = ["negative"] if min(min(x.values()) for x in values.values()) < 0 else []
        for year, total in raw["batches"].items():
            column = [x[year] for x in values.values()]
            found += [f"batch {year}"] if sum(column) != total else []
            counted = tier >= 3 and year in COVERAGE
            found += [f"coverage {year}"] if counted and sum(x > 0 for x in column) != COVERAGE[year] else []
        for entry in entries:
            if tier < entry["tier"]:
                continue
            years = range(entry["period_start"], entry["period_end"] + 1)
            total = sum(values[entry["adcode"]][year] for year in years)
            low = not pd.isna(entry["lower"]) and total < entry["lower"]
            high = entry["counts"] == "project" and not pd.isna(entry["upper"]) and total > entry["upper"]
            found += [entry["evidence_id"]] if low or high else []
        return found

    return broken


@pytest.mark.parametrize("tier", FACTS)
def test_real_bounds_are_attained(by_tier, faults, tier):
    real = by_tier[tier]
    asked = pd.concat([bounds.cells(real), bounds.totals(real).assign(year=0)])
    kinds = {tuple(part[["lower", "upper"]].stack()): part for _, part in asked.groupby("adcode")}
    assert len(kinds) > 2
    for adcode, year, lower, upper in pd.concat(kinds.values()).itertuples(index=False):
        years = [year] if year else list(real.years)
        for maximise, end in ((False, lower), (True, upper)):
            table = bounds.allocation(real, [adcode], years, maximise=maximise)
            assert table.loc[adcode, years].sum() == end
            assert faults(table, tier) == []


def test_real_check_can_fail(by_tier, faults):
    table = bounds.allocation(by_tier[1], [110000], maximise=True)
    assert faults(table, 1) == [] and faults(table, 2) == ["E076"] and len(faults(table, 4)) > 20
    table.loc[110000, 2015] += 1
    assert faults(table, 1) == ["batch 2015"]


@pytest.mark.parametrize("tier", FACTS)
def test_real_concentration_is_attained(by_tier, faults, concentrations, tier):
    found, attaining = concentrations[tier]
    assert found["lower_sharp"].all() and found["upper_sharp"].all()
    values = found.set_index("index")
    for (name, end), part in attaining.groupby(["index", "end"]):
        vector = part.set_index("adcode")["total"]
        assert by_definition(vector.tolist())[name] == pytest.approx(values.at[name, end], abs=1e-12)
        table = bounds.allocation_of_totals(by_tier[tier], vector)
        assert (table.sum(axis=1) == vector).all() and faults(table, tier) == []


def test_real_tiers_never_widen(by_tier, concentrations):
    asked = {tier: (bounds.cells(real), bounds.totals(real), concentrations[tier][0]) for tier, real in by_tier.items()}
    for wide, narrow in itertools.pairwise(FACTS):
        for before, after in zip(asked[wide], asked[narrow], strict=True):
            lower, upper = after["lower"] - before["lower"], before["upper"] - after["upper"]
            assert min(lower.min(), upper.min()) >= -1e-12 and max(lower.max(), upper.max()) > 1e-12


def test_real_classes_share_bounds(by_tier):
    real = by_tier[3]
    totals = bounds.totals(real)
    assert len(bounds.system(real).classes) < len(real.provinces)
    ends = [list(bounds.group(real, [code])) for code in totals["adcode"]]
    assert ends == totals[["lower", "upper"]].to_numpy().tolist()
    assert bounds.group(real, real.provinces) == (sum(real.batches.values()),) * 2


def test_real_order_of_the_leaders(raw, faults):
    ordered = bounds.problem(**raw, tier=4, leaders=LEADERS, leaders_largest=True, leaders_descending=True)
    totals = bounds.totals(ordered).set_index("adcode")
    table = bounds.allocation(ordered, [430000], maximise=True)
    sums = table.sum(axis=1)
    assert faults(table, 4) == [] and sums[430000] == totals.at[430000, "upper"]
    assert sums[LEADERS].is_monotonic_decreasing and sums.drop(LEADERS).max() <= sums[LEADERS[-1]]
    free = bounds.totals(bounds.problem(**raw, tier=4)).set_index("adcode")
    assert (totals["upper"] <= free["upper"]).all() and (totals["upper"] < free["upper"]).sum() > 20


def test_real_table_takes_further_years(raw, by_tier):
    batches = pd.concat([raw["batches"], pd.Series({2021: 110})])
    more = evidence(row(999, 110000, 2021, 2021, 3, 12, source="paper"))
    real = bounds.problem(**raw | {"batches": batches, "evidence": pd.concat([raw["evidence"], more])}, tier=1)
    assert bounds.group(real, [110000], [2021]) == (3, 12)
    assert set(bounds.cells(real)["year"]) == {2015, 2016, 2017, 2018, 2021}
    assert bounds.totals(real)["upper"].max() == bounds.totals(by_tier[1])["upper"].max() + 110 - 3


def test_real_contradiction_names_its_rows(raw):
    evidence_ = raw["evidence"].copy()
    evidence_.loc[evidence_["evidence_id"] == "E060", ["lower", "upper"]] = 4
    with pytest.raises(bounds.Infeasible) as caught:
        bounds.totals(bounds.problem(**raw | {"evidence": evidence_}, tier=3))
    assert caught.value.evidence_ids == ("E060", "E061") and caught.value.others == ()
