"""The smallest use: the page docs/ten-minutes.md does what it says, as it stands there, in both languages."""

import re
import subprocess
import sys

import pytest

from compendium.base import paths

FENCED = re.compile(r"```(\w+)\n(.*?)```", re.S)
FILE = re.compile(r"`(\w+\.(?:csv|py))`")
TYPED, WORDS = 40, 12


def read_page(name):
    """Return the files that a page shows, by the name that was told last before each, its commands and its output."""
    text, files, others = (paths.HOME / "docs" / name).read_text(encoding="utf-8"), {}, {}
    for block in FENCED.finditer(text):
        if block[1] == "python" or (block[1] == "text" and "sh" not in others):
            files[FILE.findall(text[: block.start()])[-1]] = block[2]
        else:
            others[block[1]] = block[2]
    return files, others["sh"].splitlines(), others["text"], text


@pytest.fixture(params=["ten-minutes.md", "ten-minutes.zh-CN.md"])
def shown(request, tmp_path):
    """What a page shows, and a folder with its files."""
    page = read_page(request.param)
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in page[0].items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder, page


def command(folder, line):
    """Run a command that the page shows, with the Python and the engine of this test."""
    words = [sys.executable, "-m", *line.split()]
    return subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8")


def test_the_page_builds_what_it_shows_in_few_lines_and_words(shown):
    folder, (files, commands, output, text) = shown
    assert sorted(files) == ["claims.csv", "counts.csv", "judgements.py", "survey.csv"]
    assert sum(len(content.splitlines()) for content in files.values()) + len(commands) < TYPED
    words = text.partition("\n## ")[2].partition("\n## ")[0]
    assert 5 < len(re.findall(r"\*\*[^*]+\*\*", words)) <= WORDS
    judged, proved = (command(folder, line) for line in commands)
    assert judged.returncode == 0 and judged.stdout == output  # on stderr a bar may tell how far it has come
    assert proved.returncode == 0 and "1 passed" in proved.stdout, proved.stdout + proved.stderr
    assert {path.name for path in folder.iterdir()} - {".pytest_cache", "__pycache__"} == {*files, "build"}


JUDGE = "compendium judge"


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "said"),
    [
        ("counts.csv", "2022,1500", "2022,1400", "pytest --compendium", "Q01: traced in claims.csv"),
        ("claims.csv", "value,unit", "number,unit", JUDGE, "claims.csv, row 1: has no column value. Remedy"),
        ("claims.csv", "50,%,traced", "50,%", JUDGE, "claims.csv, row 2: has 5 cells, but the header has 6."),
        ("claims.csv", "50,%,", "3 of about 9,%,", JUDGE, "claims.csv, row 2, column value: value '3 of about 9'"),
        ("counts.csv", "2022,1500", "2022, 1500", JUDGE, "counts.csv, row 5, column cyclists: value ' 1500' — must"),
        ("judgements.py", '"Q02"', '"Q03"', JUDGE, "judgements.py, line 14: Q03 is no claim of claims.csv. Remedy"),
        ("judgements.py", "counts)", "count)", JUDGE, "its judgement fails at judgements.py, line 11 (NameError"),
        ("claims.csv", "claim_id", "claim_id", "compendium run", "which compendium judge reads"),
    ],
)
def test_what_does_not_fit_is_told_in_the_words_of_the_folder(tmp_path, file, old, new, line, said):
    files, *_ = read_page("ten-minutes.md")
    files[file] = files[file].replace(old, new)
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = command(tmp_path, line)
    assert done.returncode == 1 and said in done.stdout + done.stderr, done.stderr
    assert line == "pytest --compendium" or done.stderr.splitlines()[-1].startswith("Error: ")
    assert not re.search("data/raw|study/|--value|value_text", done.stderr)
