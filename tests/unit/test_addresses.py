"""Addresses to be archived, and what an archive answered: taken whole, or refused with row and remedy."""

import csv

import pytest
from click.testing import CliRunner
from small_project import project as project
from small_project import shared as shared

from compendium import CompendiumError, paths
from compendium.__main__ import main
from compendium.adding.draft import rows
from compendium.files import InputError
from compendium.forms import addresses
from compendium.ledger import gate

ONE, TWO = "http://shelec.cn/news/CompanyNews/130.html", "http://m.chinacrane.net/news/201509/14/95609.html"
KEPT = "https://doi.org/10.15302/J-SSCAE-2022.02.025"
PAPER = "https://www.engineering.org.cn/sscae/CN/10.15302/J-SSCAE-2022.02.025"
COPY = "https://web.archive.org/web/20261129083000/"


@pytest.fixture
def answer(project, tmp_path, monkeypatch):
    """A file that an archive answered, to be filled; what is judged does not matter here."""
    monkeypatch.setattr(gate, "raise_if_unjudged", lambda: None)
    return tmp_path / "answer.csv"


def archived():
    return {row["url"]: row["archived"] for row in rows("sources")}


def test_each_source_without_an_archived_address_is_listed_or_left_out_with_the_reason(project):
    said = CliRunner().invoke(main, ["data", "addresses"])
    assert said.exit_code == 0, said.output
    listed = (paths.project().build / "addresses.txt").read_text("utf-8").splitlines()
    with (paths.project().build / "addresses-left-out.csv").open(encoding="utf-8", newline="") as file:
        left_out = {row["source_id"]: row["reason"] for row in csv.DictReader(file)}
    every = rows("sources")
    assert {row["url"] for row in every if not row["archived"] and row["source_id"] not in left_out} == set(listed)
    assert f"{len(listed)} addresses to be archived" in said.output and ONE in listed and PAPER not in listed
    unsafe = {row["source_id"] for row in every if row["host_trust"] == "unsafe" and not row["archived"]}
    assert unsafe == {name for name, why in left_out.items() if why.startswith("defanged")}
    assert not any(url.startswith("hxxp") for url in listed)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.org/a", ""),
        ("https://93.184.216.34/a", ""),
        ("hxxp://a[.]b/", "defanged"),
        ("https://m.bad.example/x", "on a host that is not trusted"),
        ("http://localhost/a", "internal"),
        ("http://10.0.0.7/a", "internal"),
        ("https://wiki.local/a", "internal"),
    ],
)
def test_what_no_archive_is_to_be_given_has_a_reason(url, why):
    found = addresses.reason(url, {"bad.example"})
    assert found.startswith(why) and bool(found) == bool(why)


def test_what_an_archive_answered_is_taken_in_once(answer):
    before = archived()
    answer.write_text(f"url,archived,day\n{ONE},{COPY}{ONE},2026-11-29\n\n{TWO}\t{COPY}{TWO}\n", encoding="utf-8")
    said = CliRunner().invoke(main, ["data", "addresses", str(answer)])
    assert said.exit_code == 0 and "2 archived addresses are new" in said.output, said.output
    assert archived() == before | {ONE: COPY + ONE, TWO: COPY + TWO} and gate.check() == []
    answer.write_text(f"{ONE},{COPY}{ONE}\n", encoding="utf-8")
    assert addresses.take(answer) == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"{ONE}x,{COPY}{ONE}x", f"row 2, column 1: value '{ONE}x' — no source has this address"),
        (f"{TWO},{COPY}{ONE}", f"end in that of the source, {TWO}. Remedy"),
        (f"{TWO},{TWO}", "must be the address of a copy"),
        (f"{TWO},hxxps://a[.]b/{TWO}", "must be the address of a copy"),
        (f"{PAPER},{COPY}{PAPER}", f"source paper has another archived address, {KEPT}. Remedy"),
        (f"{ONE},{COPY.replace('2026', '2025')}{ONE}", "shelec-2015 has another archived address"),
        (f"{TWO},{COPY}{TWO},2026-11-28", "row 2, column 3: value '2026-11-28' — must be a day"),
        (f"{TWO},{COPY}{TWO},2026-02-30", "must be a day"),
        (TWO, "row 2: must be an address, a comma or a tab, the archived address and"),
    ],
)
def test_one_wrong_row_refuses_all(answer, line, said):
    before = archived()
    answer.write_text(f"{ONE},{COPY}{ONE},2026-11-29\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        addresses.take(answer)
    told = str(refused.value)
    assert told.startswith("answer.csv, row 2") and said in told and "Remedy" in told
    assert archived() == before


@pytest.mark.parametrize("content", [b"", b"url,archived\n", b"\xff\xfe,\n"])
def test_an_answer_without_rows_is_refused(answer, content):
    answer.write_bytes(content)
    with pytest.raises(InputError, match=r"answer\.csv: (holds no row|must be text in UTF-8)"):
        addresses.take(answer)


def test_what_breaks_the_rule_of_the_table_is_refused_by_it(answer):
    before = archived()
    answer.write_text(f"{ONE},https://web.archive.org/web/{ONE}\n", encoding="utf-8")
    with pytest.raises(CompendiumError, match=r"sources\.csv.*archived.*must end in the url"):
        addresses.take(answer)
    assert archived() == before
