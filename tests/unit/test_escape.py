"""Text from tables is shown as it stands and never acts: in Markdown, in a terminal; tests/whole looks at pages."""

import frozen
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from poison import PLACES, POISON, READERS, SIGNS, shown

from compendium import escape, paths
from compendium.__main__ import main
from compendium.ledger import claims


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("place", PLACES)
@example(text=POISON)
@example(text="_a_ &lt; &#60; \\(y\\)")
@example(text="- a")
@example(text="-")
@example(text="--- a")
@example(text="1) a")
@example(text="1.")
@example(text="x  #")
@example(text="x # ##")
@example(text="x\u3000#")
@given(text=st.lists(st.sampled_from(SIGNS), min_size=1).map("".join))
def test_any_text_stands_in_markdown_as_it_is(reader, place, text):
    text = text.strip() or "a"
    said, tags, _ = shown(READERS[reader](place.format(escape.markdown(text))))
    assert " ".join(text.split()) in said
    assert tags <= PLACES[place] | {"span"}


def test_signs_that_steer_a_terminal_are_shown_by_their_number(tmp_path, monkeypatch):
    frozen.folder(tmp_path / "data" / "raw")
    path = tmp_path / "data" / "raw" / "claims.csv"
    text = path.read_text(encoding="utf-8")
    steered = text.replace("The batch of 2016 has 63 projects.", "The \x1b[31mbatch of 2016 has 63 projects.\u202e")
    path.write_text(steered, encoding="utf-8")
    row = dict.fromkeys(("section", "weight", *claims.COLUMNS), "")
    row |= {"claim_id": "Q15", "verdict": "traced", "evidence": "paper"}
    path = paths.processed("claims", tmp_path)
    path.parent.mkdir()
    pd.DataFrame([row]).to_csv(path, index=False)
    monkeypatch.setenv(paths.ROOT, str(tmp_path))
    said = CliRunner().invoke(main, ["claims", "Q15"]).output
    assert r"The \x1b[31mbatch of 2016 has 63 projects.\u202e" in said and "\x1b" not in said
