"""What has not changed is not run again, and everything that matters counts as a change."""

import json
import sys
import sysconfig

import pytest
from copies import edit
from small_project import FIRST, SECOND, command, execute, executed, replace

from compendium.base import paths
from compendium.compendium import Compendium
from compendium.run import schedule
from compendium.run.fingerprint import InputHashes

find = Compendium.find


def run_again(project, names=(), **given):
    result, lines = execute(project, names, **given)
    assert result.failures == []
    return executed(lines)


@pytest.fixture
def fresh(accepted):
    """The project with its run, which agrees with what is committed."""
    assert run_again(accepted) == []
    return accepted


def test_what_changed_runs_again_with_what_depends_on_it(fresh):
    made = fresh / "build/run"
    for change, wanted in (
        (lambda: replace(fresh, "02-second", 'note = "a"', SECOND + "1\n"), ["02"]),
        (lambda: replace(fresh, "01-first", "factor = 1", FIRST + "+ 0\n"), ["01", "02"]),
        (lambda: edit(fresh / "study/judgements/pilots.py", '"""', '"""A '), ["01", "02"]),
        (lambda: edit(made / "data/processed/second.csv", "half", "Half"), ["02"]),
        (lambda: (made / "notebooks/01-first.ipynb").unlink(), ["01"]),
        (lambda: (made / "run.json").write_text("{"), ["01", "02"]),
        (lambda: edit(fresh / "notebooks/02-second.ipynb", '"outputs": []', '"outputs": [{}]'), []),  # but outputs
    ):
        change()
        assert run_again(fresh) == wanted
    note = (made / "run.json").read_bytes()  # with the time of the last execution
    assert run_again(fresh) == [] and (made / "run.json").read_bytes() == note


def test_choices_run_again_and_a_part_keeps_the_rest(fresh):
    assert run_again(fresh, factor="2") == ["01", "02"]
    assert run_again(fresh, ["02"], note="b") == ["02"]
    note = json.loads((find().build / "run/run.json").read_text(encoding="utf-8"))
    assert list(note["keys"]) == ["02-second"]  # the first was made with another choice
    assert run_again(fresh, ["01"]) == ["01"]
    assert run_again(fresh) == ["02"]
    replace(fresh, "01-first", "factor = 1", FIRST + "+ 1\n")
    assert run_again(fresh, ["02"]) == ["02"]  # on the committed table of the first
    assert run_again(fresh) == ["01", "02"]


def test_a_run_is_current_only_as_long_as_what_it_was_made_from_lies_here(fresh):
    def current():
        return schedule.is_run_current(find(), find().build / "run")

    assert current()
    for file, was, now in (
        ("notebooks/02-second.ipynb", 'note = \\"a', 'note = \\"b'),
        ("study/bounds/regional.py", "", "#"),
    ):
        before = (fresh / file).read_text(encoding="utf-8")
        (fresh / file).write_text(before.replace(was, now, 1), encoding="utf-8")
        assert before != (fresh / file).read_text(encoding="utf-8") and not current(), file
        (fresh / file).write_text(before, encoding="utf-8")
        assert current()


def test_a_file_edited_while_a_run_is_at_work_counts_as_changed(fresh):
    late = "import pathlib\npathlib.Path('../study/bounds/regional.py').open('a').write('#')"
    replace(fresh, "01-first", "factor = 1", FIRST, late)
    assert run_again(fresh) == run_again(fresh) == ["01", "02"]


def test_an_edit_during_a_run_is_told_at_its_end_and_no_later_run_is_taken_for_unchanged(fresh, monkeypatch):
    execute = schedule.run_notebooks

    def edited(*given):
        result = execute(*given)
        (fresh / "study/bounds/regional.py").open("a").write("#")
        return result

    with monkeypatch.context() as patch:
        patch.setattr(schedule, "run_notebooks", edited)
        for request in (["run", "--force"], ["run", "--force", "01"]):
            during = command(*request)
            assert (
                during.exit_code == 1
                and "study/bounds/regional.py: was edited while the run was at work" in during.output
            )
    assert "Nothing has changed" not in command("run").output


def test_the_command_says_at_once_that_nothing_has_changed_and_runs_everything_with_force(fresh):
    first, again = command("run"), command("run")
    assert first.exit_code == again.exit_code == 0 and "Nothing has changed" not in first.output
    assert again.output.startswith("Nothing has changed since the last run")
    assert again.output.splitlines()[-1] == first.output.splitlines()[-1]
    assert "Nothing has changed" not in command("run", "02").output
    forced = command("run", "--force", "01")
    assert forced.exit_code == 0 and executed(forced.output.splitlines()[:1]) == ["01"], forced.output


def test_whatever_the_answer_rests_on_is_looked_at_again(fresh, monkeypatch):
    for folder in ("engine/compendium", "figures"):
        (fresh / folder).mkdir(parents=True)
    monkeypatch.setattr(paths, "CODE", fresh / "engine")
    c, root = find(), find().build / "run"
    places = ["data/processed/second.csv", "notebooks/02-second.ipynb", "build/run/data/processed/first.csv"]
    places += ["study/bounds/regional.py", "figures/more.svg", "requirements.lock", "compendium.toml"]
    for place in (*places, "engine/compendium/paths.py"):
        InputHashes(c).remember(root, [], "all agrees")
        assert InputHashes(c).recall(root, []) == "all agrees"
        with (fresh / place).open("a", encoding="utf-8") as file:
            file.write(" ")
        assert InputHashes(c).recall(root, []) is None, place
    assert InputHashes(c).stamp(root, []) == InputHashes(c).stamp(root, []) != InputHashes(c).stamp(root, ["02"])
    for place, name, other in (sys, "version", "4"), (sysconfig, "get_path", lambda _: fresh):
        with monkeypatch.context() as patch:
            before = InputHashes(c).stamp(root, [])
            patch.setattr(place, name, other)
            assert InputHashes(c).stamp(root, []) != before


def test_a_run_that_did_not_agree_is_not_remembered(fresh):
    edit(paths.processed_path("second", fresh), "half", "Half")
    assert command("run").exit_code == command("run").exit_code == 1
