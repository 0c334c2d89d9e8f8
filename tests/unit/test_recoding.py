"""The coding of rows in words by three coders: what is compared, and that it turns verdicts by what it says."""

import numpy as np
import pytest

from compendium.ledger.evidence import Change, Data
from compendium.vocabulary import VERDICTS
from study import recoding
from study.judgements import judges

pytestmark = pytest.mark.usefixtures("frozen_tables")


@pytest.fixture(scope="module")
def data(frozen_tables):
    return Data()


@pytest.fixture(scope="module")
def coded(data):
    return recoding.recoded(data)


@pytest.fixture(scope="module")
def verdicts(data):
    return recoding.verdicts(data)


def by_hand(first, second):
    """Return the share of pairs alike and kappa, by their definition."""
    first, second = np.asarray(first), np.asarray(second)
    alike = (first == second).mean()
    chance = sum((first == level).mean() * (second == level).mean() for level in set(first) | set(second))
    return alike, (alike - chance) / (1 - chance)


def test_every_row_in_words_that_was_coded_anew_is_compared(data, coded):
    second = data("second_coding")
    rows = data("claim_evidence").set_index("evidence_id")
    scope = [row for row in second["evidence_id"] if rows.at[row, "part_en"] and rows.at[row, "differs_in"] == "scope"]
    assert set(coded["evidence_id"]) == set(second["evidence_id"]) - set(scope) and scope and len(coded) > 100
    assert (coded["comparison"] != "value").all(), "a number is compared, not coded"
    for row in second[~second["evidence_id"].isin(scope)].itertuples():
        mine = coded.set_index("evidence_id").loc[row.evidence_id]
        assert (mine["comparison_second"], mine["differs_second"]) == (row.comparison, row.differs_in)
        assert (mine["comparison_third"], mine["differs_third"]) == (row.comparison_third, row.differs_third)


@pytest.mark.parametrize(("table", "column"), [("claim_evidence", "says_zh"), ("claims", "statement_en")])
def test_a_row_whose_words_have_changed_since_is_not_compared(data, coded, table, column):
    row = coded.iloc[0]
    key = "evidence_id" if table == "claim_evidence" else "claim_id"
    changed = tuple(data(table).index[data(table)[key] == row[key]])
    left = recoding.recoded(data.having(Change("set", table, changed, column, ("another",))))
    assert row["evidence_id"] not in set(left["evidence_id"]) and len(left)


def test_where_all_words_have_changed_nothing_is_compared(data):
    every = Change("set", "claims", tuple(data("claims").index), "statement_en", ("another",) * len(data("claims")))
    found = data.having(every)
    agreed = recoding.agreements(recoding.recoded(found))
    assert agreed["items"].eq(0).all() and agreed[["alike", "kappa", "lower", "upper"]].isna().all(axis=None)
    verdicts = recoding.verdicts(found)
    assert turned(verdicts).empty and len(verdicts)


def test_agreement_is_that_of_the_definition(coded):
    found = recoding.agreements(coded).set_index("question")
    extents = [coded[column].eq("") for column in ("differs_in", "differs_second")]
    apart = coded[~extents[0] & ~extents[1]]
    pairs = {
        "side": (coded["comparison"], coded["comparison_second"]),
        "extent": extents,
        "difference": (apart["differs_in"], apart["differs_second"]),
    }
    assert list(found.index) == list(pairs)
    for question, (first, second) in pairs.items():
        assert found.loc[question, ["alike", "kappa"]].tolist() == pytest.approx(by_hand(first, second))
        assert found.at[question, "items"] == len(first)
        assert found.at[question, "lower"] < found.at[question, "kappa"] <= found.at[question, "upper"] + 0.02


def test_the_interval_is_that_of_claims_drawn_one_by_one(coded):
    first, second = (coded[column].eq("").to_numpy() for column in ("differs_in", "differs_second"))
    found = recoding.agreements(coded).set_index("question").loc["extent", ["lower", "upper"]]
    chance = np.random.default_rng(5)
    groups = list(coded.groupby("claim_id").indices.values())
    kappas = []
    for _ in range(1000):
        drawn = np.concatenate([groups[n] for n in chance.integers(len(groups), size=len(groups))])
        kappas.append(by_hand(first[drawn], second[drawn])[1])
    assert found.to_numpy() == pytest.approx(np.percentile(kappas, [2.5, 97.5]), abs=0.05)


def turned(verdicts):
    """Return the verdicts that the second coding makes others."""
    return verdicts.query("first != second")


def coded_as(data, **columns):
    """Return the tables with the second coding of all rows replaced by these columns of the first, or by codes."""
    second = data("second_coding")
    first = data("claim_evidence").set_index("evidence_id").loc[second["evidence_id"]]
    rows = tuple(second.index)
    changes = [
        Change("set", "second_coding", rows, name, tuple(first[name] if code is None else [code] * len(rows)))
        for name, code in columns.items()
    ]
    return data.having(*changes)


def test_the_majority_is_that_of_two_of_the_three_coders(coded):
    found = recoding.majority(coded)
    for (_, row), (_, most) in zip(coded.iterrows(), found.iterrows(), strict=True):
        sides, differences = (
            [row[column] for column in columns] for columns in zip(*recoding.CODERS.values(), strict=True)
        )
        assert sides.count(most["comparison"]) >= 2
        seen = [difference for difference in differences if difference]
        assert most["differs_in"] == (seen[0] if len(seen) >= 2 else "")


def test_each_verdict_by_the_majority_is_that_of_rows_coded_so(data, coded, verdicts):
    most = recoding.majority(coded)

    def by_majority(rows):
        return data.having(
            *(Change("set", "claim_evidence", tuple(rows), c, tuple(most.loc[list(rows), c])) for c in most)
        )

    every = by_majority(coded.index)
    for name, row in verdicts.set_index("claim_id").iterrows():
        assert judges.assess(name, every).verdict == row["majority"]
        if row["first"] != row["majority"]:
            alone = by_majority(coded.index[coded["claim_id"] == name])
            assert judges.assess(name, alone).verdict == row["majority"]


def test_the_third_coder_breaks_a_tie(data):
    second = coded_as(data, comparison=None, differs_in=None)
    assert recoding.verdicts(second).query("first != majority").empty  # two of three code as the first
    first = data("claim_evidence").set_index("evidence_id").loc[data("second_coding")["evidence_id"], "differs_in"]
    rows = tuple(data("second_coding").index)
    third = data.having(Change("set", "second_coding", rows, "differs_third", tuple(first)))
    found = recoding.verdicts(third)
    assert len(turned(found)) and found.query("first != majority").empty


def test_the_same_coding_turns_nothing(data):
    same = coded_as(data, comparison=None, differs_in=None)
    assert turned(recoding.verdicts(same)).empty and recoding.agreements(recoding.recoded(same))["alike"].eq(1).all()


def test_a_row_that_the_second_coder_takes_for_the_thing_itself_counts_as_such(data, coded):
    exact = coded_as(data, comparison=None, differs_in="")
    found = turned(recoding.verdicts(exact)).set_index("claim_id")
    assert {"indirect"} <= set(found["first"]) and set(found["second"]) <= set(VERDICTS) - {"indirect"}
    for name, row in found.iterrows():
        rows = tuple(coded.index[coded["claim_id"] == name])
        alone = data.having(Change("set", "claim_evidence", rows, "differs_in", ("",) * len(rows)))
        assert judges.assess(name, alone).verdict == row["second"]


def test_verdicts_by_the_first_coding_are_those_of_the_ledger(data, coded, verdicts):
    names = set(data("claim_evidence")["claim_id"])
    assert verdicts["claim_id"].tolist() == sorted(names, key=lambda name: int(name[1:]))
    for row in verdicts.itertuples():
        assert judges.assess(row.claim_id, data).verdict == row.first
    assert set(verdicts["second"]) <= set(VERDICTS) and len(turned(verdicts))
    assert len(verdicts.query("first != majority"))
    claims = coded["claim_id"].tolist()
    assert verdicts["rows"].tolist() == [claims.count(name) for name in verdicts["claim_id"]]
    assert 0 in verdicts["rows"].tolist() and turned(verdicts)["rows"].all()
