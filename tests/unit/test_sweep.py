"""What a sweep refuses, which specifications it takes, and what is committed of it."""

import ast
import re
import tomllib

import copies
import frozen
import pandas as pd
import pytest

from compendium import CompendiumError, cells, paths
from compendium.data import tables
from compendium.ledger import claims
from compendium.run import RunError, asking, contents, declared, judge, sweep
from study.judgements import judges

NAME = "07-talent-gap"
CHOICE = """
[choices.{0}]
zh = "{0}"
en = "{0}"
parameter = "{0}"
notebooks = ["07-talent-gap"]
values = {1}
"""


RESULTS = "\n[results]\n"


def test_other_notebooks_code_or_data_than_those_of_the_sweep_are_refused():
    with pytest.raises(RunError, match="are not those the sweep began with"):
        asking.attempt(asking.Run(asking.Group(NAME, (), (), True), ()), "another key")


def test_code_that_changed_since_a_worker_read_it_is_refused(monkeypatch):
    run = asking.Run(asking.Group(NAME, (), (), False), ())
    assert asking.attempt(run, run.key()) == "item,value,verdict\n"
    monkeypatch.setattr(judge, "code", lambda: "edited")
    with pytest.raises(RunError, match="after edits, new workers"):
        asking.attempt(run, run.key())


def test_a_choice_reaches_the_claims_whose_judgement_takes_it_and_the_results_of_its_notebooks():
    found = {(g.notebook[:2], g.computed, g.choices): g.items for g in sweep.groups(declared.varied(), True)}
    judged = [item for (_, computed, _), items in found.items() if not computed for item in items]
    assert sorted(judged) == sorted(tables.raw("claims")["claim_id"])
    assert found["01", False, ("outcome_scope",)] == ("Q148",)
    assert found["03", False, ("evidence_tier",)] == ("Q24", "Q25", "Q26", "Q27", "Q28", "Q29", "Q31")
    assert found["03", True, ("evidence_tier", "five_largest", "five_in_order")] == ("five_share",)
    assert {choices for (_, computed, choices) in found if not computed} == {(), ("evidence_tier",), ("outcome_scope",)}


def test_notebooks_pass_each_choice_to_the_judgements_that_take_it_under_its_own_name():
    """What the sweep asks of a judgement is then what the notebook shows with that choice."""
    passed, taken = set(), set()
    for notebook in contents.catalogue():
        varied = [c.parameter for c in declared.varied().values() if notebook in c.notebooks]
        taken |= {(claim, name) for claim in claims.cells(notebook) for name in judges.takes(claim) & set(varied)}
        for _, tree in cells.parsed(paths.project().notebooks / f"{notebook}.ipynb"):
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                if ast.unparse(call.func) in claims.JUDGED and call.keywords:
                    assert [k.arg for k in call.keywords] == [ast.unparse(k.value) for k in call.keywords]
                    named = {n.value for a in call.args for n in ast.walk(a) if isinstance(n, ast.Constant)}
                    passed |= {(c, k.arg) for c in named for k in call.keywords if k.arg in judges.takes(str(c))}
    assert passed == taken and taken


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            CHOICE.format("stock_year", "[2015, 2020]"),
            "stock_year is 2020, but stock_year in notebooks/choices.toml begins with 2015",
        ),
        (
            CHOICE.format("stock_year", "[2020.0]"),
            "stock_year is 2020, but stock_year in notebooks/choices.toml begins with 2020.0",
        ),
        ("[choices", "choices.toml is no TOML"),
        (CHOICE.format("stock_year", "[]"), "choices.toml"),
        (
            CHOICE.format("stok_year", "[2020]"),
            "choices.toml: stok_year names the parameter 'stok_year', which 07-talent-gap does not have. Remedy: ",
        ),
        (
            CHOICE.format("stock_year", "[2020]").replace("07-talent-gap", "07"),
            "choices.toml: stock_year names the notebook '07', which is not there. Remedy: one of ",
        ),
    ],
)
def test_choices_that_do_not_fit_the_notebooks_are_refused(monkeypatch, tmp_path, content, message):
    copies.parts(tmp_path, "data/raw", "notebooks/contents.toml", f"notebooks/{NAME}.ipynb")
    (tmp_path / "notebooks/choices.toml").write_text(content + RESULTS, encoding="utf-8")
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    with pytest.raises(CompendiumError, match=re.escape(message)):
        declared.varied()


def test_an_unknown_choice_is_refused():
    with pytest.raises(RunError, match="no choice is called 'tier'; there are evidence_tier, "):
        declared.varied(["tier"])


def test_specifications_are_all_or_one_at_a_time_or_a_sample_that_is_always_the_same():
    varied = declared.varied()
    every, lone = sweep.specifications(varied), sweep.specifications(varied, one_at_a_time=True)
    sizes = pd.Series([len(choice.values) for choice in varied.values()])
    assert len(every) == len(set(every.values())) == sizes.prod()
    assert len(lone) == 1 + (sizes - 1).sum() and lone.items() <= every.items()
    assert every[1] == tuple(choice.values[0] for choice in varied.values())
    for take in (1, 16, 256):
        some = sweep.specifications(varied, take=take)
        assert len(some) == take and 1 in some and some.items() <= every.items()
        assert some == sweep.specifications(varied, take=take)


def test_committed_sweep_covers_every_claim_and_result():
    ledger = claims.stored("claims", paths.project().root).set_index("claim_id")
    robust, curves = (sweep.stored(name).set_index("item") for name in sweep.COMMITTED)
    results = tomllib.loads((paths.project().notebooks / "choices.toml").read_text(encoding="utf-8"))["results"]
    known = frozen.texts("claims")["claim_id"]  # a claim that is added since may wait for the next sweep
    assert {*known, *results} <= set(robust.index) <= {*ledger.index, *results}
    varied = declared.varied()
    assert set(robust["judged"]) == {len(sweep.specifications(varied))}
    for name, choice in varied.items():
        assert set(curves[name]) <= {"", *map(str, choice.values)}
    moving = robust[(robust["values"] > 1) | (robust["share"] < 1)]
    assert set(curves.index) == set(moving.index)
    assert sum(sweep.committed(name).stat().st_size for name in sweep.COMMITTED) < 300_000


def test_notebook_12_says_for_which_claims_the_sweep_is_older_than_the_ledger():
    ledger = claims.stored("claims", paths.project().root).set_index("claim_id")
    robust = sweep.stored("robustness").set_index("item").reindex(ledger.index).dropna()
    new = len(ledger) - len(robust)
    ledger = ledger.loc[robust.index]
    older = (robust["verdict"] != ledger["verdict"]) | (robust["value"] != ledger["value_computed"])
    report = (paths.project().notebooks / "12-reproduction-report.ipynb").read_text(encoding="utf-8")
    named = ", ".join(robust.index[older]) or "none"
    assert f"for which it has to be repeated: {named}; not yet swept: {new}." in report


def test_a_sweep_over_other_choices_than_those_declared_says_what_to_do(monkeypatch):
    assert {"item", "stage", "verdict"} < set(sweep.stored("curves"))
    varied = declared.varied()
    for other in (varied | {"new": varied["stage"]}, {n: c for n, c in varied.items() if n != "stage"}):
        monkeypatch.setattr(declared, "varied", lambda other=other: other)
        left = "new" if "new" in other else "stage"
        with pytest.raises(RunError, match=rf"declares: {left}\. Remedy: compendium sweep --accept"):
            sweep.stored("curves")
