"""Digits: one digit changed in each kind of file in a copy; which command notices it first?

The change is committed and nothing is renewed, as after a slip. Then `check`, `run` (which is what `make` does) and the
tests that look at this kind of file are started until one notices; of all tests others may. The table of the log is
written into the pages on checks, between the marks MARKS.
"""

import re
import subprocess
import time
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from verification import harness
from verification.harness import ROOT, Found

COLUMNS = ("tree", "kind", "file", "command", "seconds", "line")
LONG = 160  # characters of a line in the log
LINES = {"run": ["run", "--jobs", "1"]}
SLOW = ("rewording_every_note", "no_judgement_breaks", "one_changed_digit")  # of these tests
MARKS = "<!-- measured:digits -->", "<!-- /measured:digits -->"
PAGES = {"zh": ROOT / "docs/checks.zh-CN.md", "en": ROOT / "docs/checks.md"}


class Kind(NamedTuple):
    """A kind of file, its words, an instance, what the digit stands behind, and which tests look at such files, too."""

    zh: str
    en: str
    file: str
    before: str
    tests: str = ""


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
        "sweep"),
    "frozen": Kind("检验用的冻结表", "frozen tables", "tests/frozen/pilot_batches.csv", "2018,public_notice,9",
        "validation tables judgements"),
    "benchmark": Kind("计时的表", "benchmark tables", "engine/benchmarks/results.csv", "compendium run --force,4",
        "benchmarks"),
    "rates": Kind("检验本身的记录", "records of the checks", "data/verification/kills.csv", r"[\n].*?", "verification"),
    "expected": Kind("预期的判定", "expected verdicts", "tests/expected-verdicts.csv", "Q7", "reproduction"),
    "lock": Kind("依赖版本", "lock of the libraries", "requirements.lock", "pandas==", "install new"),
    "hash": Kind("依赖的哈希", "hash of a library", "requirements.lock", "--hash=sha256:[a-f]*", "install new"),
    "font": Kind("字体（改一个字节）", "font (one byte)", FONT, "[^0-9]{40}", "figures drawings new"),
    "licence": Kind("许可证", "LICENSE", "LICENSE", "Copyright.*?"),
    "citation": Kind("CITATION.cff", "CITATION.cff", "CITATION.cff", "version: 3."),
}  # fmt: skip
WORDS = {
    "zh": ("改动一个数字的文件", "最先发现的命令", "用时", "它说"),
    "en": ("a digit changed in", "noticed first by", "after", "with the words"),
}
NOTICED = {  # command -> its name, and the time it takes, in both languages
    "check": ("`make check`", {"zh": "几秒", "en": "seconds"}),
    "run": ("`make`", {"zh": "一分钟左右", "en": "about a minute"}),
    "test": ("`make test`", {"zh": "几分钟", "en": "minutes"}),  # all of them take minutes
}
NOBODY = {"zh": "没有发现", "en": "nothing"}


def list_tests(names: Iterable[str]) -> list[str]:
    """Return the files of the tests of these names that there are, from the root on."""
    places = [ROOT / "tests", ROOT / "engine/tests/unit"]
    found = [place / f"test_{name}.py" for name in names for place in places]
    return sorted(file.relative_to(ROOT).as_posix() for file in found if file.is_file())


def list_words(command: str, tests: Iterable[str]) -> list[str]:
    """Return the words of a command; of `test`, these tests until one fails."""
    if command == "test":
        chosen = ["-m", "not slow and not release", "-k", f"not ({' or '.join(SLOW)})", *list_tests(tests)]
        return ["pytest", "-q", "-x", "-rfE", "--tb=line", "-n", "0", *chosen]
    return LINES.get(command, [command])


def commit(copy: Path) -> None:
    for words in (["add", "-A"], ["commit", "-q", "-m", "planted", "--allow-empty"]):
        subprocess.run([*harness.SELF, *words], cwd=copy, check=True, capture_output=True)


def plant(kind: Kind, copy: Path) -> None:
    """Make another digit of the first one that stands behind what is named."""
    path = copy / kind.file
    content = path.read_bytes()
    found = re.search(rf"{kind.before}([0-9])".encode(), content, re.S)
    assert found, f"{kind.file}: no digit behind {kind.before}"
    place = found.start(1)
    path.write_bytes(content[:place] + b"%d" % ((int(found[1]) + 1) % 10) + content[place + 1 :])


def trial(name: str) -> list[str]:
    """Return what noticed a digit changed in a kind of file: command, seconds, first line; nothing where none did.

    Without a name nothing is changed, and no command may notice anything.
    """
    tests = sorted({test for kind in KINDS.values() for test in kind.tests.split()})
    kind = KINDS.get(name) or Kind("", "", "", "", " ".join(tests))
    with harness.copy() as copy:
        if name:
            plant(kind, copy)
        commit(copy)
        begun = time.monotonic()
        for command in NOTICED:
            line = list_words(command, ["project", "doors", *kind.tests.split()])
            status, lines = harness.ended(harness.started(copy, line), copy)
            if status:
                said = harness.telling(command, status, [line for line in lines if not line.startswith("note:")])
                return [kind.file, command, f"{time.monotonic() - begun:.0f}", said[:LONG]]
    return [kind.file, "", "", ""]


def table(log: pd.DataFrame, language: str) -> str:
    """Return the log as a table of Markdown."""
    rows = [WORDS[language], ("---",) * 4]
    for row in log.to_dict("records"):
        command, took = NOTICED.get(row["command"], (NOBODY[language], {language: ""}))
        words = row["line"].replace("`", "'").partition(" Remedy: ")[0].partition(": committed ")[0]
        words = f"`{words}`" if words else ""
        rows.append((getattr(KINDS[row["kind"]], language), command, took[language], words.replace("|", r"\|")))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def fill(page: str, log: pd.DataFrame, language: str) -> str:
    """Return a page with the table between its marks."""
    before, _, rest = page.partition(MARKS[0])
    return f"{before}{MARKS[0]}\n{table(log, language)}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def measure(options: Namespace) -> Found:
    """Change a digit in each kind of file, or in those that are named; then the pages are written."""
    chosen = options.names or [*KINDS][: options.take or None]
    if said := "" if options.names or options.take else trial("")[-1]:
        raise RuntimeError(f"nothing was changed, but a command says: {said}")
    found = harness.tried("digits", chosen, trial, options.jobs, not (options.take or options.names))
    log = pd.DataFrame([(harness.stamp(), name, *row) for name, row in found.items()], columns=COLUMNS)
    if chosen == [*KINDS]:
        for language, page in PAGES.items():
            page.write_text(fill(page.read_text(encoding="utf-8"), log, language), encoding="utf-8")
    return Found({"digits": log}, log.drop(columns="tree"))
