"""Files that readers bring back: codings and votes, walks; what is refused, and what persons decide."""

import csv
import datetime

import copies
import pytest
from click.testing import CliRunner

from compendium.__main__ import main
from compendium.authoring import returned
from compendium.base import paths
from compendium.base.files import InputError
from compendium.base.texts import NOTHING
from compendium.compendium import Compendium
from compendium.ledger import coding, readings
from compendium.ledger.evidence import EvidenceTables
from compendium.pages import participation, rates
from study.analysis import coding_agreement

SEED, DAY = 7, datetime.date.today().isoformat()


@pytest.fixture(scope="module")
def c():
    return Compendium(paths.HOME, paths.HOME)


@pytest.fixture(scope="module")
def pool(c):
    return participation.read_coding_pool(c)


def test_every_reading_to_be_voted_on_is_told_but_something_else(c, pool):
    data, known = EvidenceTables(c), EvidenceTables(c)("claim_readings")
    for ballot in pool.ballots:
        asked = {*readings.count_votes(ballot, data)} - {participation.SOMETHING_ELSE}
        assert asked <= {*known[known["ballot"] == ballot]["reading"]}, ballot
    assert len(pool.ballots) >= participation.BALLOTS


def coded(c, pool, name, differs_from_majority=()):
    """Return the rows of a file as the page saves it: codes of most machines, but for the sides of these rows."""
    data, other = EvidenceTables(c), {"holds": "fails", "fails": "holds"}
    shown, ballots = pool.draw(SEED)
    common, rows = [c.declaration.version, pool.digest, str(SEED), name, DAY], []
    for item in shown:
        side, differs = pool.rows.loc[item, coding.CODES] if item in pool.rows.index else ("holds", "")
        side = other[side] if item in differs_from_majority else side
        rows.append([*common, item, side, differs, "", "", ""])
    for ballot in ballots:
        for number, reading in enumerate(readings.count_votes(ballot, data)):
            mark = "" if reading == "something_else" else "plain"
            rows.append([*common, ballot, "", "", reading, str(100 * (number == 0)), mark])
    return [list(participation.CODING_COLUMNS), *rows]


def walked(c, name="Rui"):
    common = [c.declaration.version, name, DAY]
    answers = [
        ("Q16", "so", ""),
        ("Q43", "partly", "寄存的副本"),
        ("Q70", "not_so", "else"),
        ("Q12", "unreached", ""),
    ]
    return [list(participation.WALK_COLUMNS), *([*common, *answer] for answer in answers)]


def written(folder, rows, name="file.csv"):
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def test_a_draw_is_the_same_for_a_seed_and_another_for_another_without_repeats(pool):
    shown, ballots = pool.draw(SEED)
    assert (shown, ballots) == pool.draw(SEED) and shown != pool.draw(SEED + 1)[0]
    assert len(set(shown)) == participation.ROWS + 2 * participation.TWINS and len(set(ballots)) == len(ballots) == 5
    kinds = [pool.statements[item]["kind"] == participation.UNTOUCHED for item in shown if item in pool.statements]
    assert sorted(kinds) == [False] * participation.TWINS + [True] * participation.TWINS


def test_a_statement_is_asked_only_if_most_blind_readers_could_tell_by_its_row(pool):
    asked = list(pool.statements.values())
    kinds = [row["kind"] == participation.UNTOUCHED for row in asked]
    assert min(kinds.count(True), kinds.count(False)) >= 2 * participation.TWINS
    for row in asked:
        side = "holds" if row["kind"] == participation.UNTOUCHED else "fails"
        other = {"holds": "fails", "fails": "holds"}[side]
        one = {"row_1": side, "row_2": "", "row_3": side}
        assert participation.can_be_told(row) and participation.can_be_told(row | one)
        assert not any(participation.can_be_told(row | one | {"row_3": said}) for said in ("", other))


@pytest.mark.parametrize(
    ("row", "column", "value", "told"),
    [
        (1, "version", "3.0.0", "row 2, column version: value '3.0.0' — must be"),
        (1, "pool", "0" * 12, "column pool: value '000000000000' — must be"),
        (2, "seed", "8", "row 3, column seed: value '8' — must be one whole number in all rows"),
        (1, "id", "V999", "row 2, column id: value 'V999' — must be one that seed 7 draws"),
        (1, "side", "maybe", "must be holds or fails"),
        (1, "differs_in", "mood", "column differs_in: value 'mood' — must be"),
        (-1, "points", "101", "must be a whole number from 0 to 100"),
        (-1, "points", "7", "107 points, not 100"),
        (1, "name", "Bo", "must be the same name in all rows"),
        ("all", "name", "=cmd()", "must begin with no sign of a formula and hold no markup"),
        ("all", "name", "<b>Bo</b>", "must begin with no sign of a formula and hold no markup"),
        ("all", "name", "first", "is that of a coder already taken in"),
        ("all", "name", "A" * 30, "must be at most 20 letters"),
        ("all", "day", "2999-01-01", "must be a day such as 2026-01-31"),
        ("all", "day", "today", "must be a day such as 2026-01-31"),
        ("all", "seed", "", "must be one whole number in all rows"),
    ],
)
def test_a_file_of_codings_that_was_changed_is_refused_in_one_line(c, pool, tmp_path, row, column, value, told):
    rows, place = coded(c, pool, "Ada"), participation.CODING_COLUMNS.index(column)
    for one in rows[1:] if row == "all" else [rows[row]]:
        one[place] = value
    with pytest.raises(InputError) as refused:
        returned.add_codings(c, [written(tmp_path, rows)])
    assert told in str(refused.value) and "\n" not in str(refused.value) and "Remedy: " in str(refused.value)


def test_a_file_that_is_cut_doubled_too_large_or_no_table_is_refused_in_one_line(c, pool, tmp_path):
    rows = coded(c, pool, "Ada")
    good, half = written(tmp_path, rows, "good.csv"), written(tmp_path, [*rows[:-1], rows[-1][:4]], "half.csv")
    huge, bytes_ = tmp_path / "huge.csv", tmp_path / "bytes.csv"
    huge.write_bytes(good.read_bytes() * 2000)
    bytes_.write_bytes(b"\xff\xfe\x00")
    cases = [
        ([written(tmp_path, rows[:-1], "cut.csv")], "has no row on"),
        ([half], f"row {len(rows)}: must have 11 cells in each row"),
        ([written(tmp_path, [*rows, rows[1]], "doubled.csv")], "and stand there once"),
        ([good, good], "is that of a coder already taken in"),
        ([huge], "must not be larger than 1 MB"),
        ([bytes_], "is not text in UTF-8"),
        ([tmp_path / "none.csv"], "no such file"),
        ([tmp_path], "must be a plain file"),
        ([written(tmp_path, walked(c), "walk.csv")], "must have the columns version, pool, seed"),
    ]
    for files, told in cases:
        with pytest.raises(InputError, match="Remedy: ") as refused:
            returned.add_codings(c, files)
        assert told in str(refused.value)


@pytest.mark.parametrize(
    ("row", "column", "value", "told"),
    [
        (1, "claim_id", "Q999", "must be a claim of data/raw/claims.csv"),
        (2, "claim_id", "Q16", "row 2, column claim_id: value 'Q16' — must stand there once"),
        (1, "answer", "yes", "must be so or partly or not_so or unreached"),
        (1, "remark", "@sum(1)", "must begin with no sign of a formula"),
    ],
)
def test_a_walk_that_was_changed_is_refused_in_one_line(c, tmp_path, row, column, value, told):
    rows = walked(c)
    rows[row][participation.WALK_COLUMNS.index(column)] = value
    with pytest.raises(InputError, match="Remedy: ") as refused:
        returned.add_walk(c, written(tmp_path, rows))
    assert told in str(refused.value)


def test_persons_decide_where_three_answered_and_machines_where_fewer_did():
    answers, three, two = [1, 2, 3, 4, 5, 6], ["machine"] * 3 + ["person"] * 3, ["machine"] * 4 + ["person"] * 2
    assert coding.select_deciding(answers, three) == [4, 5, 6]
    assert coding.select_deciding(answers, two) == [1, 2, 3, 4]
    assert coding.select_deciding(answers[:2], ["person"] * 2) == [1, 2]


@pytest.mark.slow
def test_what_three_persons_coded_and_voted_decides_and_is_said_and_a_walk_is_counted(c, pool, tmp_path, monkeypatch):
    copy = copies.parts(tmp_path / "新 copy", "compendium.toml", "data", "notebooks", "study")
    monkeypatch.chdir(copy)
    shown, ballots = pool.draw(SEED)
    turned = next(item for item in shown if item in pool.rows.index and pool.rows.at[item, "comparison"] == "holds")
    files = [written(tmp_path, coded(c, pool, name, [turned]), f"{name}.csv") for name in ("Ada", "Bo", "Cui")]
    two = CliRunner().invoke(main, ["codings", "add", *map(str, files[:2])])
    assert two.exit_code == 0 and "most coders now" not in two.output
    assert "Ada: 0 of 4 falsified statements found, 0 of 4 others called wrong" in two.output
    third = CliRunner().invoke(main, ["codings", "add", str(files[2])])
    assert third.exit_code == 0 and f"{turned} of {pool.rows.at[turned, 'claim_id']}: most coders now" in third.output
    after = Compendium(copy, copy)
    data = EvidenceTables(after)
    row = data("claim_evidence").query("evidence_id == @turned")
    assert row["comparison"].tolist() == ["fails"]
    assert "coded by 3 persons" in coding.describe_coder_disagreement(row, data)["en"]
    first = next(iter(readings.count_votes(ballots[0], data).values()))
    assert (first.points, first.voters, first.persons) == (100, 3, True)
    assert coding.describe_coder_disagreement(row, EvidenceTables(c)) == NOTHING or turned in pool.rows.index
    compared = coding.compare_persons_with_machines(pool.rows.at[turned, "claim_id"], data)
    assert compared["persons"] == 3 and compared["alike"] == compared["rows"] - 1
    by = coding_agreement.tabulate_persons_and_machines(coding.list_codings(data))
    assert by.at["person", "alike"] == 1 and 0 < by.at["both", "alike"] < 1
    assert rates.render_walks(after, "en") == "No reviewer has handed in a walk yet."
    told = CliRunner().invoke(main, ["walk", "add", str(written(tmp_path, walked(c), "walk.csv"))])
    assert told.exit_code == 0 and "Rui: 3 sources judged, 1 not so, 1 in part, 1 not reached" in told.output
    counted = rates.render_walks(Compendium(copy, copy), "en")
    assert "3 claims: 1 does not say what we took, 1 says only a part; 1 more could not be reached" in counted
    assert "86%" in counted and "98%" in counted
    again = CliRunner().invoke(main, ["walk", "add", str(tmp_path / "walk.csv")])
    assert again.exit_code == 1 and "is that of a reviewer already taken in" in again.output


def test_the_bound_is_that_of_clopper_and_pearson():
    assert participation.compute_error_bound(0, 12) == pytest.approx(1 - 0.05 ** (1 / 12))
    assert participation.compute_error_bound(1, 3) == pytest.approx(0.8646, abs=1e-4)
    assert participation.compute_error_bound(2, 2) == 1
