"""What a sweep refuses, which specifications it takes, and what is committed of it."""

import ast
import inspect
import math
import re
import tomllib

import frozen
import pytest
from worlds import at, declare

from compendium import CompendiumError
from compendium.base import cells, paths
from compendium.compendium import Compendium
from compendium.ledger import claims
from compendium.run import RunError, contents, sweep, sweep_choices
from study import results

find = Compendium.find

CHOICE = 'choices.{0} = {{ zh = "{0}", en = "{0}", parameter = "{1}", values = {2} }}\n'
RESULT = 'results.{0} = {{ zh = "{0}", en = "{0}", function = "{1}" }}\n'
GAP = RESULT.format("gap", "study.results:compute_talent_gap_2025")


def test_notebooks_pass_their_parameters_by_name_and_default_to_the_judgements_and_results_that_take_them():
    """What the sweep asks is then what the notebook shows with that choice."""
    passed, taken, takes = set(), set(), sweep_choices.list_accepted_choices(find())
    functions = {f"results.{name}": inspect.signature(f) for name, f in vars(results).items() if inspect.isfunction(f)}
    seen = claims.read_cell_outputs_frame(find(), paths.HOME)
    for notebook, declaration in contents.list_declared_notebooks(find()).items():
        own = contents.read_notebook_parameters(declaration)
        mine = seen.loc[seen["notebook"].eq(notebook) & seen["kind"].eq("claim"), "name"]
        taken |= {(claim, name) for claim in mine for name in set(takes.get(claim, {})) & set(own)}
        for _, tree in cells.parse_code(declaration.path):
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                if ast.unparse(call.func) == "notebook.choose":
                    assert [k.arg for k in call.keywords] == [ast.unparse(k.value) for k in call.keywords]
                    known = {(c, k.arg) for c in mine for k in call.keywords if k.arg in takes.get(c, {})}
                    assert all(takes[c][name] == own[name] for c, name in known)
                    passed |= known
                if signature := functions.get(ast.unparse(call.func)):
                    bound = signature.bind_partial(
                        *call.args, **{k.arg: k.value for k in call.keywords if k.arg}
                    ).arguments
                    given = {n: ast.unparse(v) for n, v in bound.items() if isinstance(v, ast.Name) and v.id in own}
                    assert given == {name: name for name in given}
                    assert all(signature.parameters[n].default == own[n] for n in given)
    assert passed == taken and taken


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CHOICE.format("stock", "stock_year", "[2015, 2020]") + GAP,
         "gap: the default of stock_year is 2020, but stock in notebooks/choices.toml begins with 2015. Remedy: "),
        (CHOICE.format("stock", "stock_year", "[2020.0]") + GAP,
         "gap: the default of stock_year is 2020, but stock in notebooks/choices.toml begins with 2020.0"),
        (CHOICE.format("tier", "evidence_tier", "[2]"),
         "Q24: the default of evidence_tier is 3, but tier in notebooks/choices.toml begins with 2. Remedy: "),
        (CHOICE.format("stage", "stage", '["final"]'),
         "choices.toml: stage names the parameter 'stage', which no judgement and no result takes. Remedy: "),
        (CHOICE.format("a", "evidence_tier", "[3]") + CHOICE.format("b", "evidence_tier", "[3, 4]"),
         "choices.toml: a and b name the same parameter. Remedy: "),
        (RESULT.format("gap", "study.results:gap_2035"),
         "choices.toml: gap names 'gap_2035', which is no function of study.results. Remedy: "),
        (RESULT.format("gap", "study.results:AVERAGES"), "gap names 'AVERAGES', which is no function of study.results"),
        (RESULT.format("gap", "study.resluts:gap"), "study.resluts: ModuleNotFoundError: No module named"),
        (RESULT.format("gap", "os:remove"), "choices.toml, results.gap.function: string should match pattern"),
        (RESULT.format("Q16", "study.results:compute_talent_gap_2025"),
         "choices.toml, results.Q16: a result may not be named like a claim. Remedy: give it another name"),
        ("[choices", "choices.toml is no TOML"),
        (CHOICE.format("unknown", "evidence_tier", "[3]"), "no choice is called 'tier'; there are unknown"),
        (CHOICE.format("tier", "evidence_tier", "[]"), "choices.toml, choices.tier.values: list should have at least"),
    ],
)  # fmt: skip
def test_choices_that_do_not_fit_what_takes_them_are_refused(tmp_path, content, message):
    (tmp_path / "notebooks").mkdir()
    file = tmp_path / "notebooks/choices.toml"
    file.write_text(content, "utf-8")  # of choices, results or both
    (declare(tmp_path) / "study").symlink_to(paths.HOME / "study")
    with pytest.raises(CompendiumError, match=re.escape(message)):
        sweep_choices.select_sweep_choices(at(tmp_path), ["tier"] if "unknown" in content else [])


def test_committed_sweep_covers_every_claim_and_result():
    ledger = claims.read_ledger(find(), find().root)
    robust, curves = (sweep.read_sweep_table(find(), name).set_index("item") for name in sweep.COMMITTED)
    results = tomllib.loads((find().notebooks / "choices.toml").read_text(encoding="utf-8"))["results"]
    known = frozen.texts("claims")["claim_id"]  # a claim that is added since may wait for the next sweep
    assert {*known, *results} <= set(robust.index) <= {*ledger, *results}
    varied = sweep_choices.select_sweep_choices(find())
    assert set(robust["judged"]) == {math.prod(len(choice.values) for choice in varied.values())}
    for name, choice in varied.items():
        assert set(curves[name]) <= {"", *map(str, choice.values)}
    moving = robust[(robust["values"] > 1) | (robust["share"] < 1)]
    assert set(curves.index) == set(moving.index)
    assert sum(sweep.find_committed_table(find(), name).stat().st_size for name in sweep.COMMITTED) < 300_000


def test_a_sweep_over_other_choices_than_those_declared_says_what_to_do(monkeypatch):
    assert {"item", "gdp_vintage", "verdict"} < set(sweep.read_sweep_table(find(), "curves"))
    varied = sweep_choices.select_sweep_choices(find())
    for other in (varied | {"new": varied["gdp_vintage"]}, {n: c for n, c in varied.items() if n != "gdp_vintage"}):
        monkeypatch.setattr(sweep_choices, "select_sweep_choices", lambda _, other=other: other)
        left = "new" if "new" in other else "gdp_vintage"
        with pytest.raises(RunError, match=rf"declares: {left}\. Remedy: compendium sweep --accept"):
            sweep.read_sweep_table(find(), "curves")
