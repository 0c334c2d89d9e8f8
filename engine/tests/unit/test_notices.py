"""The table of notices is made from a complete log of trials; it says what is left to a reader of the diff."""

import csv

import pytest
import worlds
from verification import attacks, trials

from compendium.base.files import csv_text, write_atomic
from compendium.pages import notices

KINDS = """
[loud]
fault = { zh = "一", en = "one" }
diff = { zh = "看", en = "looks" }

[mixed]
fault = { zh = "二", en = "two" }
diff = { zh = "看到", en = "sees" }

[new]
fault = { zh = "三", en = "three" }
"""
DONE = {"check": 0, "run": 0, "test": 0}


def line(trial, notice, command, status=0, told="", committed="yes"):
    noticed = "yes" if status or told else "no"
    return dict(zip(trials.COLUMNS, ("t", trial, notice, command, committed, str(status), noticed, told), strict=True))


@pytest.fixture
def c(tmp_path):
    """A compendium with three kinds of faults."""
    write_atomic(tmp_path / "notebooks" / notices.FILE, KINDS.encode())
    return worlds.at(worlds.declare(tmp_path))


def test_cells_are_what_the_log_says_and_what_is_silent_comes_first(c):
    assert notices.list_fault_kinds(c) == [], "without a log there is no table"
    lines = (
        *(line("a", "loud", command, status) for command, status in {**DONE, "check": 1}.items()),
        line("b", "mixed", "run", 1, "differs: x", committed="no"),
        line("b", "mixed", "accept", told="! look", committed="no"),
        *(line("b", "mixed", command) for command in DONE),
        line("c", "mixed", "refresh", 1, "Error: no", committed="no"),
        *(line("c", "mixed", command, status) for command, status in {**DONE, "test": 1}.items()),
        line("c", "mixed", "run", told="note: other"),
    )
    write_atomic(c.root / notices.LOG, csv_text(trials.COLUMNS, (one.values() for one in lines)).encode())
    heads = ("fault", "check", "make", "test", "others", "diff")
    cells = [kind.cells() for kind in sorted(notices.list_fault_kinds(c), key=lambda kind: kind.group)]
    mixed, loud, new = [{column: words["en"] for column, words in row.items()} for row in cells]
    others = "`data refresh` stops; `make accept` tells it"
    silent = ("two", "nothing", "stops until accepted 1, tells it 1", "nothing 1, stops 1", others, "sees")
    assert mixed == dict(zip(heads, silent, strict=True))
    told = ("one", "stops", "nothing", "nothing", "not run", "a command tells")
    assert loud == dict(zip(heads, told, strict=True)) and set(new.values()) == {"three", "not run", "a command tells"}
    assert "| 二 | 没有发现 | 接受之前报错 1, 提示 1 |" in notices.render_planted_fault_table(c, "zh")


def log():
    with trials.LOG.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_log_holds_every_trial_and_nothing_else_and_what_is_harmless_is_noticed_by_nothing():
    harmless = [row["noticed"] for row in log() if row["notice"] == attacks.CONTROL]
    assert harmless and set(harmless) == {"no"}
    assert {(attack.name, attack.notice) for attack in attacks.ATTACKS} == {(r["trial"], r["notice"]) for r in log()}
    assert len({row["tree"] for row in log()}) == 1
    for attack in attacks.ATTACKS:
        ended = {r["command"]: r["exit_status"] for r in log() if (r["trial"], r["committed"]) == (attack.name, "yes")}
        tests = {"test"} if ended["check"] == ended["run"] == "0" else set()
        assert ended.keys() == {"check", "run", *tests}


def test_every_kind_is_tried_and_one_with_a_silent_trial_says_what_a_reader_sees():
    known = notices.list_fault_kinds(worlds.HERE)
    assert {kind.name for kind in known} == {attack.notice for attack in attacks.ATTACKS} - {attacks.CONTROL}
    assert [kind.name for kind in known if kind.group < notices.TOLD and not kind.notice.diff] == []
