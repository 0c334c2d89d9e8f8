"""A compendium of one language: no column, key, text, card or page of another, and in any code; of two, both."""

import json
import re

import pytest
from click.testing import CliRunner

from compendium import CompendiumError, example, languages, new, paths, texts, toml
from compendium.__main__ import main
from compendium.data import checks, codebook, datapackage, validity
from compendium.files import write_atomic
from compendium.ledger import claims
from compendium.ledger.evidence import Change, Data
from compendium.ledger.judges import Judges
from compendium.ledger.printed import quantity
from compendium.ledger.recording import record
from compendium.run import verdictlog
from compendium.show import halves, readme, wording
from compendium.show.story import Entry, Row, Story
from compendium.texts import NOTHING, both, catalogue, given

HAN = re.compile("[\u3000-\u9fff]")
TOML = """
name = "one"
version = "0.1.0"
released = 2026-11-26
languages = [{languages}]
title = {{ {title} }}
paper = {{ title = "A paper", year = 2024 }}
authors = [{{ name = "Nobody" }}]
"""


def declare(root, *codes):
    """Declare a compendium in these languages."""
    said = TOML.format(languages=", ".join(f'"{c}"' for c in codes), title=", ".join(f'{c} = "T"' for c in codes))
    (root / "compendium.toml").write_text(said, encoding="utf-8")


@pytest.fixture(scope="module", params=["en", "de"])
def one(request, tmp_path_factory):
    """The tables of the worked example in one language, whose code is returned, as the compendium at work."""
    root, code = tmp_path_factory.mktemp("one"), request.param
    own = [entry for entry in checks.CHECKS if not entry[1].__module__.startswith("study.")]
    with paths.using(root=root), pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "CHECKS", own)  # those of this study are for its own tables
        declare(root, "en")
        english = {name: text for name, text in example.files() if name.endswith(".csv")}
        declare(root, code)
        for name, text in english.items():
            head, _, rows = text.partition("\n")
            write_atomic(root / name, f"{re.sub(r'_en(?=,|$)', f'_{code}', head)}\n{rows}".encode())
        package = json.dumps(new.descriptor(worked=True))
        write_atomic(root / "data" / "raw" / datapackage.PACKAGE, package.encode())
        validity.refresh()
        yield code


@pytest.fixture
def row(one):
    """A claim of the example, judged as if its figure were that of the centre: its row of the ledger."""
    data = Data().having(Change("set", "claim_evidence", (0,), "value", (40.0,)))
    return record(Judges(), data.claim("Q02"), data, {})


def test_the_tables_need_no_other_language(one):
    assert validity.check() == []
    book = codebook.texts(datapackage.descriptor())
    assert (
        list(book) == ["codebook.md"] and not HAN.search(book["codebook.md"]) and "codebook." not in book["codebook.md"]
    )
    assert readme.pages() == {"README.md": ("README.md", one)}


def test_a_label_in_a_language_that_is_not_spoken_is_refused(one):
    package = datapackage.descriptor()
    field = next(f for table in package["resources"] for f in table["schema"]["fields"] if "labels" in f)
    next(iter(field["labels"].values()))["zh"] = "官方"
    with pytest.raises(CompendiumError, match=f"must have {one}, and no other language"):
        validity.described(paths.project().raw, package)


def test_the_ledger_and_the_log_have_columns_of_that_language_alone(one, row):
    assert list(row) == claims.columns() and not [name for name in row if name.endswith("_zh")]
    assert [name for name in row if name.endswith(f"_{one}")] == [
        f"{stem}_{one}" for stem in ("printed", "flip", "why", "reason")
    ]
    assert row["verdict"] == "relabelled" and row[f"reason_{one}"].startswith("Residents of the centre: Of residents")
    assert verdictlog.columns()[4:] == [f"reason_{one}"]
    assert not HAN.search(json.dumps(row, ensure_ascii=False, default=str))


def test_cards_and_stories_show_one_language(row):
    entry = Entry(Data().claim("Q02"), row)
    shown = entry._repr_html_() + Story([Row(NOTHING, [entry])])._repr_html_() + repr(entry)
    assert "Of commuters, 40 % cycle to work." in shown and "relabelled" in shown and not HAN.search(shown)


def test_a_text_cell_bears_no_marks_and_a_comment_stays(one):
    text = catalogue("compendium/show")("yes")
    assert wording.multilingual(text).data == "yes" == text[one]
    assert halves.half("# Speed\n\nin km / h", one) == "# Speed\n\nin km / h"
    assert halves.commented("x = 1  # km / h", one) == "x = 1  # km / h"


def test_a_language_that_is_not_spoken_is_refused(one, monkeypatch):
    monkeypatch.setenv(paths.LANGUAGE, "zh")
    with pytest.raises(CompendiumError, match=f"no language 'zh'. Remedy: use {one}$"):
        languages.shown()
    monkeypatch.delenv(paths.LANGUAGE)
    for command in (["run", "--language", "zh"], ["lab", "--language", "zh"]):
        done = CliRunner().invoke(main, command)
        assert (done.exit_code, done.output.count("\n")) == (1, 1) and "no language 'zh'" in done.output


def test_a_text_of_the_compendium_is_in_that_language(one, tmp_path):
    file = tmp_path / "a.toml"
    for said, fault in (
        (f'{one} = "a"', ""),
        ('zh = "a"', f"a.{one}: the key is missing"),
        (f'{one} = "a"\nfr = "a"', "a.fr: no such key"),
    ):
        file.write_text(f"[a]\n{said}\n", encoding="utf-8")
        if fault:
            with pytest.raises(CompendiumError, match=fault):
                toml.whole(file, texts.FLAT)
        else:
            assert toml.whole(file, texts.FLAT)["a"][one] == "a"


def test_a_text_of_tables_in_another_language_is_in_the_first():
    assert given({"de": "Rad"})["zh"] == "Rad" and both("甲", "A")["de"] == "甲"


@pytest.mark.parametrize("code", ["en", "de"])
def test_numbers_are_written_as_in_english(code):
    assert quantity(450, given({code: "10,000 people"}))[code] == "4.5 million people"


@pytest.mark.parametrize("codes", [["EN"], ["en", "en"], ["zh", "en", "de"], []])
def test_one_or_two_languages_are_declared(codes, tmp_path):
    declare(tmp_path, *codes)
    with paths.using(root=tmp_path), pytest.raises(CompendiumError, match=r"compendium\.toml"):
        languages.spoken()


def test_of_two_languages_the_second_has_the_marked_files_and_both_have_columns(tmp_path):
    declare(tmp_path, "de", "fr")
    with paths.using(root=tmp_path):
        assert languages.columns("why") == ["why_de", "why_fr"] and languages.stem("why_fr") == "why"
        assert [languages.page("README.md", code) for code in ("de", "fr")] == ["README.md", "README.fr.md"]
        assert languages.unmarked("docs/a.fr.md#b") == "docs/a.md#b" and languages.key("title", "fr") == "title_fr"
        text = halves.whole({"de": "eins", "fr": "un"})
        assert text == "<!-- de -->\neins\n\n<!-- fr -->\nun" and halves.half(text, "fr") == "un"
        assert halves.commented("x = 1  # eins / un", "fr") == "x = 1  # un"
        assert catalogue("compendium/show")("yes")["fr"] == "yes"
