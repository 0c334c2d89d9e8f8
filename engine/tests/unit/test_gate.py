"""The gate: what is wrong in the code of a study is told in one line, with file and line, before anything runs."""

import sys

import pytest
from worlds import at, declare, holding

from compendium import CompendiumError
from compendium.ledger import gate

TWICE = "from compendium.ledger.verdict import Judges\njudges = Judges()\n" + 'judges("Q01")(print)\n' * 2
CHECK = "from compendium.data.checks import requires_tables\n"
CHECK += '@requires_tables("lists")\ndef years_are_even(lists):\n    yield from ()\n'


@pytest.fixture
def world(tmp_path):
    """Return a function that makes a compendium whose study has these modules."""

    def make(modules):
        root = declare(tmp_path / "新 study")
        for name, code in ({"__init__": ""} | modules).items():
            file = root / "study" / f"{name}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code, encoding="utf-8")
        return at(root)

    return make


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("slip", "x = 1\ny = (\n", "line 2: '(' was never closed"),
        ("__init__", "\nimport statsmodel\n", "line 2: ModuleNotFoundError: No module named 'statsmodel'"),
        ("slip", "x = 1\ny = z\n", "line 2: NameError: name 'z' is not defined"),
        ("slip", TWICE, "line 4: Q01: two judgements"),
    ],
)
def test_a_slip_in_the_code_of_a_study_is_told(name, code, said, world):
    for _ in range(2):
        with pytest.raises(CompendiumError) as caught:
            gate.import_study_modules(world({"slip": "", name: code}), "slip")
        assert str(caught.value) == f"study/{name}.py, {said}. Remedy: correct the code"
    assert "study.slip" not in sys.modules


def test_the_checks_of_a_study_are_those_of_its_own_compendium(c, world):
    def names(compendium):
        return {one.find.__name__ for one in gate.all_checks(compendium)}

    ours, engine = names(c), names(at(declare(world({}).root.parent / "bare")))
    theirs = names(world({"checks/__init__": "", "checks/own": CHECK}))
    assert theirs - engine == {"years_are_even"} and engine < ours and "years_are_even" not in ours
    assert names(c) == ours, "theirs are forgotten again"


def test_a_number_for_a_claim_that_prints_none_is_refused_wherever_it_stands(c):
    rows, known = c.tables("claim_evidence"), gate.load_judgements(c).known
    claims = c.tables("claims")
    wordless = claims.loc[claims["value_low"].isna() & ~claims["claim_id"].isin(known), "claim_id"].iloc[0]
    given = rows.head(2).assign(claim_id=[next(iter(known)), wordless], comparison="value", value=7.0)
    with pytest.raises(CompendiumError, match=rf"row 3, column value: value '7' — cannot be compared with {wordless}"):
        gate.raise_if_judgements_invalid(
            holding({"claims": claims, "claim_evidence": given}).tables, gate.load_judgements(c)
        )
