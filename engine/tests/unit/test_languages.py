"""A compendium of one language: no column, key, text, card or page of another, and in any code; of two, both."""

import json
import re

import pytest
from click.testing import CliRunner
from worlds import at, declare

from compendium import CompendiumError
from compendium.__main__ import main
from compendium.authoring import example, new
from compendium.base import texts, toml
from compendium.base.files import write_atomic
from compendium.base.languages import Languages
from compendium.base.texts import NOTHING, catalogue, make_bilingual_text, make_translated_text
from compendium.data import codebook, datapackage
from compendium.ledger import gate, record
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.recording import record_claim
from compendium.ledger.verdict import Judges
from compendium.notebook import bilingual, wording
from compendium.notebook.verdict_cards import JudgedClaim, StoryRow, render_claim_cards, render_story
from compendium.pages import readme

HAN = re.compile("[\u3000-\u9fff]")


@pytest.fixture(scope="module", params=["en", "de"])
def one(request, tmp_path_factory):
    """A compendium of one language with the tables of the worked example."""
    c = at(declare(tmp_path_factory.mktemp("one"), request.param))
    for name, text in example.list_example_files(["en"]):
        if name.endswith(".csv"):
            head, _, rows = text.partition("\n")
            write_atomic(c.root / name, f"{re.sub(r'_en(?=,|$)', f'_{request.param}', head)}\n{rows}".encode())
        elif name.endswith("CHANGES.md"):  # which tells who added a body
            write_atomic(c.root / name, text.encode())
    write_atomic(c.raw / datapackage.PACKAGE, json.dumps(new.make_datapackage_json(c, with_example=True)).encode())
    gate.refresh_data_package(c)
    return at(c.root)


@pytest.fixture
def judged(one):
    """A claim of the example, judged as if its figure were that of the centre."""
    data = EvidenceTables(one).having(record.TableChange("set", "claim_evidence", (0,), "value", (40.0,)))
    return record_claim(Judges(), data.claim("Q02"), data, {})


def test_tables_and_ledger_need_no_other_language_and_have_columns_of_that_one_alone(one, judged):
    assert gate.validate_data_package(one) == []
    [(name, book)] = codebook.render_codebook_files(one.tables).items()
    assert name == "codebook.md" and not HAN.search(book) and "codebook." not in book
    assert readme.find_generated_pages(one) == {"README.md": ("README.md", one.languages[0])}
    [code], row = one.languages, judged.cells(one.languages)
    own = [f"{stem}_{code}" for stem in ("printed", "flip", "why", "reason")]
    assert list(row) == record.list_ledger_columns(one.languages)
    assert [name for name in row if name.endswith(("_zh", "_en", "_de"))] == own
    assert row["verdict"] == "relabelled" and row[f"reason_{code}"].startswith("Residents of the centre: Of residents")
    assert not HAN.search(json.dumps(row, ensure_ascii=False))


def test_cards_stories_and_text_cells_show_one_language_without_marks_and_a_comment_stays(one, judged):
    entry = JudgedClaim(EvidenceTables(one).claim("Q02"), judged)
    cards, story = render_claim_cards(one, [entry]), render_story(one, [StoryRow(NOTHING, [entry])])
    shown = cards._repr_html_() + story._repr_html_() + repr(cards)
    assert "Of commuters, 40 % cycle to work." in shown and "relabelled" in shown and not HAN.search(shown)
    text, [code] = catalogue("compendium/show")("yes"), one.languages
    assert wording.render_bilingual_markdown(text, [code]).data == "yes" == text[code]
    assert bilingual.select_language_part("# Speed\n\nin km / h", code) == "# Speed\n\nin km / h"
    assert bilingual.select_comment_language("x = 1  # km / h", code, [code]) == "x = 1  # km / h"


def test_a_language_that_is_not_spoken_is_refused(one, monkeypatch):
    with pytest.raises(CompendiumError, match=f"no language 'zh'. Remedy: use {one.languages[0]}$"):
        _ = at(one.root, language="zh").shown
    monkeypatch.chdir(one.root)
    done = CliRunner().invoke(main, ["lab", "--language", "zh"])
    assert (done.exit_code, done.output.count("\n")) == (1, 1) and "no language 'zh'" in done.output


def test_a_text_of_the_compendium_is_in_that_language(one, tmp_path):
    file, [code] = tmp_path / "a.toml", one.languages
    file.write_text(f'[a]\n{code} = "a"\n', encoding="utf-8")
    assert toml.read_file(file, texts.CATALOGUE, one.languages)["a"][code] == "a"
    faults = {'zh = "a"': f"a.{code}: the key is missing", f'{code} = "a"\nfr = "a"': "a.fr: no such key"}
    for said, fault in faults.items():
        file.write_text(f"[a]\n{said}\n", encoding="utf-8")
        with pytest.raises(CompendiumError, match=fault):
            toml.read_file(file, texts.CATALOGUE, one.languages)


def test_a_text_is_taken_from_another_language_only_where_its_own_lacks():
    entry = texts.CATALOGUE.validate_python({"a": {"zh": "有", "en": ""}})["a"]
    assert [entry[code] for code in ("zh", "en", "de")] == ["有", "", ""]
    assert texts.CATALOGUE.validate_python({"a": {"en": "yes", "de": "ja"}})["a"]["de"] == "ja"
    assert make_translated_text({"de": "Rad"})["zh"] == "Rad" and make_bilingual_text("甲", "A")["de"] == "甲"


@pytest.mark.parametrize("codes", ['["EN"]', '["en", "en"]', '["zh", "en", "de"]', "[]"])
def test_one_or_two_languages_are_declared(codes, tmp_path):
    file = declare(tmp_path, "en") / "compendium.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["en"]', codes), encoding="utf-8")
    with pytest.raises(CompendiumError, match=r"compendium\.toml"):
        _ = at(tmp_path).languages


def test_of_two_languages_the_second_has_the_marked_files_and_both_have_columns():
    languages = Languages(("de", "fr"))
    assert languages.columns("why") == ["why_de", "why_fr"] and languages.stem("why_fr") == "why"
    assert [languages.page("README.md", code) for code in languages] == ["README.md", "README.fr.md"]
    assert languages.unmarked("docs/a.fr.md#b") == "docs/a.md#b" and languages.key("title", "fr") == "title_fr"
    text = bilingual.join_languages_in_cell({"de": "eins", "fr": "un"})
    assert text == "<!-- de -->\neins\n\n<!-- fr -->\nun" and bilingual.select_language_part(text, "fr") == "un"
    assert bilingual.select_comment_language("x = 1  # eins / un", "fr", languages) == "x = 1  # un"
    assert catalogue("compendium/show")("yes")["fr"] == "yes"


def test_of_several_the_one_without_a_mark_is_english_and_it_can_come_first():
    assert Languages(("zh", "en")).plain == "en" and Languages(("zh", "de")).plain == "zh"
    assert Languages(("zh", "en")).plain_first == ["en", "zh"]
