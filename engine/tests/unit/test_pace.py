"""How long a notebook takes is counted from its texts, figures, code and exercises."""

import nbformat
import pytest
import worlds

from compendium.notebook import reading_time

MINUTE = {"zh": "字" * reading_time.CHARACTERS, "en": "word " * reading_time.WORDS}


def text(zh=1, en=1, tags=()):
    source = f"<!-- zh -->\n{MINUTE['zh'] * zh}\n\n<!-- en -->\n{MINUTE['en'] * en}"
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source, tags=()):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


LINES = "a = 1\n" * (reading_time.LINES - 1) + "a"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([text()], (5, 5)),
        ([text(7)], (5, 5)),
        ([text(8)], (10, 10)),
        ([text(1, 13)], (15, 15)),
        ([text(7), code('notebook.figure("a")', ["hide-input"])], (10, 10)),
        ([text(7), code(LINES)], (5, 10)),
        ([text(7), code(LINES, ["hide-input"])], (5, 5)),
        ([text(5), text(9, 9, ["exercise"])], (5, 15)),
    ],
)
def test_the_slower_language_figures_code_exercises_and_texts_beside_count(tmp_path, cells, found):
    texts = tmp_path / "notebooks" / "texts" / "01-a.toml"
    texts.parent.mkdir(parents=True)
    texts.write_text("", encoding="utf-8")
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "01-a.ipynb")
    c = worlds.at(worlds.declare(tmp_path))
    assert reading_time.estimate_reading_time(c, "01-a") == found
    texts.write_text(f'[texts.a]\nzh = "{MINUTE["zh"] * 20}"\nen = "a"\n', encoding="utf-8")
    assert reading_time.estimate_reading_time(c, "01-a").read >= 20
