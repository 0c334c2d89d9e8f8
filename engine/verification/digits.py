"""Digits: one digit changed in each kind of file in a copy of the last commit; which command notices it first?

The change is committed and nothing is renewed, as after a slip. Then `check`, `run` (which is what `make` does) and the
tests of TESTS that look at this kind of file are started until one notices; of all tests others may. A command notices
if it fails; what it takes is counted from the start of the first. The table of the log is written into the pages on
checks, between the marks MARKS.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from verification import trials
from verification.measured import ROOT, Found, list_units, tried

LOG = "data/verification/digits.csv"
COLUMNS = ("tree", "kind", "file", "command", "seconds", "line")
MARKS = "<!-- measured:digits -->", "<!-- /measured:digits -->"
PAGES = {"zh": ROOT / "docs/checks.zh-CN.md", "en": ROOT / "docs/checks.md"}
ALL = ["tests/test_project.py", "tests/test_doors.py"]


class Kind(NamedTuple):
    """A kind of file, its words, an instance, what the digit stands behind, and the tests that look at such files."""

    zh: str
    en: str
    file: str
    before: str
    tests: list[str] = ALL


NOTEBOOK, FONT = "notebooks/07-talent-gap.ipynb", "engine/src/compendium/fonts/NotoSansSC-Quotes.otf"
CELL = r'"cell_type": "{}",(?:(?!"cell_type").)*?"{}": [^]]*{}'
CODE, TEXT = CELL.format("code", "source", "= "), CELL.format("markdown", "source", "")
OUTPUT = CELL.format("code", "text/plain", "")
KINDS = {
    "raw": Kind("原始表", "raw table", "data/raw/pilot_batches.csv", "2018,public_notice,9"),
    "package": Kind("原始表的描述", "datapackage.json", "data/raw/datapackage.json", '"minimum": '),
    "code": Kind("笔记本的代码", "code of a notebook", NOTEBOOK, CODE),
    "text": Kind("笔记本的文字", "text of a notebook", NOTEBOOK, TEXT),
    "output": Kind("笔记本的输出", "output of a notebook", NOTEBOOK, OUTPUT),
    "figure": Kind("图", "figure", "figures/en/12-verdicts.svg", '<path d="M '),
    "processed": Kind("结果表", "processed table", "data/processed/pilot-growth.csv", "2016,46,63,17,"),
    "generated": Kind("README 里生成的部分", "README, generated part", "README.md", "<!-- generated:findings -->.*?"),
    "written": Kind("README 里手写的部分", "README, hand-written part", "README.md", "Python 3."),
    "docs": Kind("docs 里生成的部分", "docs, generated part", "docs/verdicts.md", "<!-- generated:quotes -->.*?Q"),
    "docs-written": Kind("docs 里手写的部分", "docs, hand-written part", "docs/running.md", "one part in "),
    "sweep": Kind("扫描各种选择的表", "sweep tables", "data/sweep/robustness.csv", "Q01,2021 to 2025,traced,1,",
        [*ALL, *list_units("sweep")]),
    "frozen": Kind("检验用的冻结表", "frozen tables", "tests/frozen/pilot_batches.csv", "2018,public_notice,9",
        [*ALL, *list_units("validation", "tables", "judgements")]),
    "benchmark": Kind("计时的表", "benchmark tables", "engine/benchmarks/results.csv", "compendium run --force,4",
        [*ALL, *list_units("benchmarks")]),
    "rates": Kind("检验本身的记录", "records of the checks", "data/verification/kills.csv", r"[\n].*?",
        [*ALL, *list_units("verification")]),
    "expected": Kind("预期的判定", "expected verdicts", "tests/expected-verdicts.csv", "Q7",
        ["tests/test_reproduction.py"]),
    "lock": Kind("依赖版本", "lock of the libraries", "requirements.lock", "pandas==",
        [*ALL, *list_units("install", "new")]),
    "hash": Kind("依赖的哈希", "hash of a library", "requirements.lock", "--hash=sha256:[a-f]*",
        [*ALL, *list_units("install", "new")]),
    "font": Kind("字体（改一个字节）", "font (one byte)", FONT, "[^0-9]{40}",
        [*ALL, *list_units("figures", "drawings", "new")]),
    "licence": Kind("许可证", "LICENSE", "LICENSE", "Copyright.*?"),
    "citation": Kind("CITATION.cff", "CITATION.cff", "CITATION.cff", "version: 3."),
}  # fmt: skip
WORDS = {
    "zh": ("改动一个数字的文件", "最先发现的命令", "用时", "它说"),
    "en": ("a digit changed in", "noticed first by", "after", "with the words"),
}
TIMES = {"zh": ("几秒", "一分钟左右", "几分钟"), "en": ("seconds", "about a minute", "minutes")}
SOON, LATE = 30, 90  # seconds: what is sooner takes seconds, what is later minutes
NOBODY = {"zh": "没有发现", "en": "nothing"}
NAMES = {"check": "`make check`", "run": "`make`", "test": "`make test`"}


def plant(kind: Kind, copy: Path) -> None:
    """Make another digit of the first one that stands behind what is named; nothing where no file is."""
    if not kind.file:
        return
    path = copy / kind.file
    content = path.read_bytes()
    found = re.search(rf"{kind.before}([0-9])".encode(), content, re.S)
    assert found, f"{kind.file}: no digit behind {kind.before}"
    place = found.start(1)
    path.write_bytes(content[:place] + b"%d" % ((int(found[1]) + 1) % 10) + content[place + 1 :])


def commands(kind: Kind) -> dict[str, list[str]]:
    tests = ["pytest", *trials.PYTEST, *kind.tests]
    return {"check": ["compendium", "check"], "run": ["compendium", "run", "--jobs", "1"], "test": tests}


def control() -> Kind:
    """Return a kind without a file: nothing is changed, and no command may notice anything."""
    return Kind("", "", "", "", sorted({test for kind in KINDS.values() for test in kind.tests}))


def trial(name: str) -> list[str]:
    """Return what noticed a digit changed in a kind of file: command, seconds, first line; nothing where none did."""
    kind = KINDS[name] if name else control()
    with tempfile.TemporaryDirectory(prefix="digit-") as place:
        copy = Path(place) / "copy"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
        for part in ("run", "judge", "cache"):
            shutil.copytree(ROOT / "build" / part, copy / "build" / part)
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("COMPENDIUM", "PYTHON"))}
        ours |= {"PYTHONPATH": f"{copy / 'engine/src'}:{copy}", "PYTHONUTF8": "1", "TMPDIR": place}
        plant(kind, copy)
        for words in (["add", "-A"], ["commit", "-q", "-m", "planted", "--allow-empty"]):
            subprocess.run([*trials.SELF, *words], cwd=copy, check=True, capture_output=True)
        begun = time.monotonic()
        for command, words in commands(kind).items():
            line = [sys.executable, "-P", "-m", *words]
            done = subprocess.run(line, cwd=copy, env=ours, capture_output=True, text=True, encoding="utf-8")
            if done.returncode:
                lines = [line for line in (done.stdout + done.stderr).splitlines(True) if not line.startswith("note:")]
                said = trials.telling(command, "".join(lines), done.returncode)
                shown = said.replace(f"{copy}/", "").replace(place, "")
                return [kind.file, command, f"{time.monotonic() - begun:.0f}", shown[: trials.LONG]]
    return [kind.file, "", "", ""]


def table(log: pd.DataFrame, language: str) -> str:
    """Return the log as a table of Markdown, with a word for how long it typically is until a command notices."""
    rows = [WORDS[language], ("---",) * 4]
    typical = pd.to_numeric(log["seconds"]).groupby(log["command"]).median()
    for row in log.to_dict("records"):
        lasted = float(typical[row["command"]])
        took = TIMES[language][(lasted > SOON) + (lasted > LATE)] if row["command"] else ""
        took = TIMES[language][2] if row["command"] == "test" else took  # all of them take minutes
        words = row["line"].replace("`", "'").partition(" Remedy: ")[0].partition(": committed ")[0]
        words = f"`{words}`" if words else ""
        kind = getattr(KINDS[row["kind"]], language)
        rows.append((kind, NAMES.get(row["command"], NOBODY[language]), took, words.replace("|", r"\|")))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def fill(page: str, log: pd.DataFrame, language: str) -> str:
    """Return a page with the table between its marks."""
    before, _, rest = page.partition(MARKS[0])
    return f"{before}{MARKS[0]}\n{table(log, language)}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def measure(options: Namespace) -> Found:
    """Change a digit in each kind of file, or in those that are named; then the pages are written."""
    chosen, now = options.names or [*KINDS][: options.take or None], trials.tree()
    if said := "" if options.names or options.take else trial("")[-1]:
        raise RuntimeError(f"nothing was changed, but a command says: {said}")
    found = tried("digits", chosen, trial, min(options.jobs, 2), not (options.take or options.names), now)
    log = pd.DataFrame([(now, name, *row) for name, row in found.items()], columns=COLUMNS)
    if chosen == [*KINDS]:
        for language, page in PAGES.items():
            page.write_text(fill(page.read_text(encoding="utf-8"), log, language), encoding="utf-8")
    return Found({"digits": log}, log.drop(columns="tree"))
