"""Who is kin of the paper, by the names in compendium.toml, and which sources are told to confirm nothing."""

from types import SimpleNamespace

import pandas as pd
import pytest

from compendium.data import tables
from compendium.ledger import evidence, independence
from compendium.ledger.evidence import Data

PAPER = SimpleNamespace(journal="Journal of Wheels", authors=["Ann Author"], kin=["Acme University"], year=2020)
PUBLISHERS = {
    "paper": ("Journal of Wheels", ""),
    "data": ("Acme University", ""),
    "copy": ("ACME University (Wheel Lab)", ""),
    "reprint": ("Some News; Acme University", ""),
    "quoted": ("Some News", "Journal of Wheels"),
    "lab": ("Some News", ""),
    "blog": ("Ann Author", ""),
    "issue": ("Journal of Wheels", ""),
    "office": ("Statistics Office of Acme", ""),
}
ORIGINS = {
    "O-PAPER": ("the authors", "paper"),
    "O-ACME": ("Acme University", "academic"),
    "O-OFFICE": ("Statistics Office of Acme", "statistics"),
}
PLACES = {
    "paper": ("O-PAPER", "origin"),
    "data": ("O-PAPER", "copy"),
    "copy": ("O-OFFICE", "copy"),
    "reprint": ("O-OFFICE", "copy"),
    "quoted": ("O-OFFICE", "copy"),
    "lab": ("O-ACME", "origin"),
    "blog": ("O-OFFICE", "copy"),
    "issue": ("O-OFFICE", "origin"),
    "office": ("O-OFFICE", "origin"),
}
KIN = ["copy", "reprint", "quoted", "lab", "blog"]


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    frames = {
        "sources": pd.DataFrame(
            [(name, *publishers, "2019-05") for name, publishers in PUBLISHERS.items()],
            columns=["source_id", "publisher", "original_publisher", "published"],
        ),
        "origins": pd.DataFrame(
            [(name, *said) for name, said in ORIGINS.items()], columns=["origin_id", "name_en", "kind"]
        ),
        "source_origins": pd.DataFrame(
            [(source, "", *place) for source, place in PLACES.items()],
            columns=["source_id", "table", "origin_id", "role"],
        ),
    }
    monkeypatch.setattr(tables, "raw", lambda name: frames[name].copy())
    monkeypatch.setattr(evidence, "declared", lambda: SimpleNamespace(paper=PAPER))


def test_kin_are_known_by_their_names_whatever_the_letters_and_what_stands_beside():
    data = Data()
    assert [source for source in PLACES if data.akin(source, "counts")] == ["paper", "data", *KIN]
    assert data.read >= {"sources", "origins", "source_origins"}


def test_a_body_that_measured_by_itself_counts_though_kin_printed_it_and_a_longer_name_is_another():
    assert not Data().akin("issue", "") and not Data().akin("office", "")


def test_each_such_source_is_told_in_one_line_with_a_remedy():
    told = independence.notes()
    assert [line.split(":")[0].rpartition(", ")[2] for line in told] == KIN
    assert all("confirms nothing. Remedy: where another body measured, name that in source_" in line for line in told)


def test_an_outcome_appeared_after_the_paper_and_in_the_year_of_the_forecast(monkeypatch):
    data = Data()
    claims = [pd.Series({"year_end": year}) for year in (2021, float("nan"), 2025)]
    for published, due in ((2020, [0, 0, 0]), (2021, [1, 1, 0]), (2025, [1, 1, 1]), (0, [0, 0, 0])):
        data.provenance.published = {"office": published}
        assert [data.outcome("office", claim) for claim in claims] == [bool(one) for one in due]
    assert Data().provenance.published["office"] == 2019
