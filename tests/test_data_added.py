"""Data added to a copy as the README says: bounds narrow, verdicts turn, and nothing else has to be edited."""

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys

import copies
import frozen
import made_up
import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner
from copies import edit, git

from compendium.__main__ import main
from compendium.base import paths
from compendium.ledger import recording
from compendium.ledger.flips import Flip
from compendium.run import comparison

pytestmark = pytest.mark.slow


@pytest.fixture
def frozen_copy(tmp_path, kernels_of_one, monkeypatch):
    """A copy with the frozen raw tables, for rows that later data could contradict; no flips are looked for there."""
    monkeypatch.setattr(
        recording, "find_smallest_flip", lambda *_, **__: Flip("", ())
    )  # it takes longer than all the rest
    copy = copies.checkout(tmp_path / "新 dir" / "c")
    shutil.rmtree(copy / "data/raw")
    frozen.folder(copy / "data/raw")
    ledger = pd.read_csv(paths.processed_path("claims", copy), dtype=str, keep_default_na=False)
    ledger.loc[ledger["claim_id"] == "Q25", "verdict"] = "open"  # as these tables give it
    ledger.to_csv(paths.processed_path("claims", copy), index=False, lineterminator="\n")
    return copy


def command(folder, *arguments):
    """Run the command line on the copy in this process."""
    with contextlib.chdir(folder):
        return CliRunner(env={"PYTHONPATH": str(paths.CODE)}).invoke(main, arguments)


def made(folder, name):
    """Return a processed table of the last run in a copy."""
    return pd.read_csv(folder / f"build/run/data/processed/{name}.csv", keep_default_na=False, encoding="utf-8")


YEAR = {"year": 2026, "first_published_pct": 2.7, "decimals": 1, "stage": "bulletin", "stated_rise_pp": -0.1}
JUDGEMENT = """

@judges("{claim}")
def judge_recipe(claim: pd.Series, data: EvidenceTables) -> Judged:
    rows = data("reform").query("year == 2022")
    return printed(claim, rows, rows["years"], data).told(text("span", start=1978, end=2022, years=44))
"""
FIGURE = """reform = notebook.read("data/raw/reform.csv")
for page in notebook.draw("09-reform", "figure-reform", ["reform"]):
    reform.plot("year", "years", ax=page.axes)"""
LABELS = """
[texts.figure-reform]
zh = "改革开放走过的年数"
en = "Years of reform and opening up"

[texts.figure-reform-heading]
zh = "到2022年走过44年"
en = "44 years by 2022"
"""


def follow_recipe(folder):
    """Add a table, a claim and a figure as CONTRIBUTING.md says; return the id of the claim.

    Its commands are taken from the page as they stand; five files are edited by hand.
    """
    page = (paths.HOME / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = page.partition("## One recipe")[2].partition("```sh\n")[2].partition("```")[0]
    (folder / "reform.csv").write_text("year,years\n2018,40\n2022,44\n", encoding="utf-8")
    module = [sys.executable, "-P", "-m"]  # a process each, for what is imported here stays as it was
    how = {"cwd": folder, "env": os.environ | {"PYTHONPATH": str(paths.CODE)}, "capture_output": True, "text": True}
    done = [subprocess.run([*module, *shlex.split(line)], **how) for line in block.splitlines()]
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]
    (folder / "reform.csv").unlink()
    claim = done[-1].stdout.partition(" ")[0]
    described = folder / "data/raw/datapackage.json"
    package = json.loads(described.read_text(encoding="utf-8"))
    [table] = [one for one in package["resources"] if one["name"] == "reform"]
    for text in (table, *table["schema"]["fields"]):
        todo = [key for key, said in text.items() if isinstance(said, str) and "TODO" in said]
        text |= {key: "改革" if key.endswith("_zh") else "Reform" for key in todo}
    year, years = table["schema"]["fields"][:2]
    year |= {"unit": "year", "unit_zh": "年"}
    years |= {"unit": "years", "unit_zh": "年"}
    described.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    with (folder / "study/judgements/structure.py").open("a", encoding="utf-8") as file:
        file.write(JUDGEMENT.format(claim=claim))
    place = folder / "notebooks/09-factory-data.ipynb"
    notebook = nbformat.read(place, 4)
    notebook.cells.insert(-1, nbformat.v4.new_code_cell(FIGURE, id="reform"))
    nbformat.write(notebook, place)
    with (folder / "notebooks/texts/09-factory-data.toml").open("a", encoding="utf-8") as file:
        file.write(LABELS)
    edit(folder / "notebooks/contents.toml", '"lending_rates_and_returns",', '"lending_rates_and_returns", "reform",')
    return claim


def test_five_everyday_additions_are_run_accepted_and_undone(frozen_copy):
    """Rows that agree and disagree, a year of a series, complete lists, a claim with a judgement, on a later day.

    As the pages say: edit, refresh, run, withdraw what no longer holds, run, accept; git then undoes it all.
    """
    git(frozen_copy, "init", "-q")
    with (frozen_copy / "notebooks/findings.toml").open("a", encoding="utf-8") as file:
        file.write('\n[on-bounds]\nexpects = { Q25 = "open" }\nzh = "界。"\nen = "Bounds."\n')
    git(frozen_copy, "add", "-A")
    git(frozen_copy, "commit", "-qm", "as it was")
    claim = follow_recipe(frozen_copy)
    made_up.lists(frozen_copy)
    rate = {"as_of": "2020-12", "scope": "base_not_stated", "basis": "seen", "source_id": made_up.SOURCE}
    rate |= {"label_zh": "比例", "label_en": "Share"}
    made_up.add(frozen_copy, "digitalisation", **rate, measure="equipment_digitisation", value_pct=50.0)
    made_up.add(frozen_copy, "digitalisation", **rate, measure="networked_and_collecting", value_pct=31.0)
    made_up.add(frozen_copy, "digitalisation", **rate | {"as_of": "2026-06"}, measure="rd_design_tools", value_pct=88.0)
    made_up.add(frozen_copy, "rd_intensity_china", **YEAR, source_id=made_up.SOURCE)
    refreshed = command(frozen_copy, "data", "refresh")
    assert refreshed.stderr == "", refreshed.stderr
    ran = command(frozen_copy, "run")
    broken = "notebooks/findings.toml, on-bounds: cannot be published: Q25 is now "
    assert ran.exit_code == 1 and broken in ran.stderr, ran.output
    assert not comparison.list_overlapping_labels(frozen_copy / "build/run")
    ledger = made(frozen_copy, "claims").set_index("claim_id")
    assert set(ledger.loc[["Q20", "Q24", "Q25", "Q27", "Q28", "Q29"], "verdict"]) <= {"traced", "contradicted"}
    assert ledger.loc["Q26", "verdict"] == "depends on the reading"  # not the most, but each has many
    assert ledger.loc[[f"Q{n}" for n in range(14, 18)], "verdict"].tolist() == ["traced"] * 4
    words = ledger.loc[["Q79", "Q80", claim], ["verdict", "lowest_grade"]].to_numpy().tolist()
    assert words == [["traced", "A"], ["open", "C"], ["traced", "B"]]
    assert (frozen_copy / "build/run/figures/zh/09-reform.png").is_file()
    assert float(made(frozen_copy, "rd-revisions").set_index("year").loc[2025, "revised_pct"]) == 2.8
    assert made(frozen_copy, "since-verdicts").set_index("claim_id").loc["Q114", "verdict"] == "traced"
    refused, page = command(frozen_copy, "accept"), frozen_copy / "README.md"
    before = page.read_bytes()
    assert refused.exit_code == 1 and broken in refused.stderr and page.read_bytes() == before
    gone = command(frozen_copy, "withdraw").stdout.splitlines()
    assert "notebooks/findings.toml, on-bounds: withdrawn" in gone and len(gone) > 1
    command(frozen_copy, "run")
    accepted = command(frozen_copy, "accept")
    assert accepted.exit_code == 0, accepted.stderr
    assert accepted.stdout.startswith("verdict of Q")  # what matters most comes first
    expected = pd.read_csv(frozen_copy / "tests/expected-verdicts.csv")
    assert expected["verdict"].tolist() == ledger["verdict"].tolist()
    assert "Bounds. (" not in page.read_text(encoding="utf-8")
    checked = command(frozen_copy, "check")
    assert checked.exit_code == 0, checked.stdout
    assert "\n0 differences" in command(frozen_copy, "run").stdout
    git(frozen_copy, "checkout", "-q", ".")
    git(frozen_copy, "clean", "-fdq")
    assert git(frozen_copy, "status", "--porcelain") == ""
