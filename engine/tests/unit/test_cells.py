"""A notebook file is read for what its cells say."""

import json

import pytest
from worlds import declare

from compendium import CompendiumError, cells


@pytest.fixture
def file(tmp_path):
    declare(tmp_path)
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks" / "01-a.ipynb"


def test_cells_have_id_kind_source_and_tags_whatever_form_the_source_is_in(file):
    tagged = {"cell_type": "code", "id": "b", "source": ["x = 1\n", "y = 2"], "metadata": {"tags": ["hide-input"]}}
    bare = {"cell_type": "markdown", "source": "text"}
    file.write_text(json.dumps({"cells": [bare, tagged]}), encoding="utf-8")
    assert cells.read(file) == [("", "markdown", "text", []), ("b", "code", "x = 1\ny = 2", ["hide-input"])]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": ""}]}'])
def test_what_is_no_notebook_is_told_in_one_line(file, content):
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CompendiumError, match=r"^notebooks/01-a\.ipynb cannot be read as a notebook\. Remedy: "):
        cells.read(file)
