"""Who is kin of the paper, by the names in compendium.toml, and which sources are told to confirm nothing."""

import pandas as pd
import pytest
from worlds import holding

from compendium.declaration import Paper
from compendium.ledger import independence
from compendium.ledger.evidence import Data

PAPER = Paper(title="Wheels", journal="Journal of Wheels", authors=["Ann Author"], kin=["Acme University"], year=2020)
SOURCES = {  # publisher, original publisher, origin, role
    "paper": ("Journal of Wheels", "", "O-PAPER", "origin"),
    "data": ("Acme University", "", "O-PAPER", "copy"),
    "copy": ("ACME University (Wheel Lab)", "", "O-OFFICE", "copy"),
    "reprint": ("Some News; Acme University", "", "O-OFFICE", "copy"),
    "quoted": ("Some News", "Journal of Wheels", "O-OFFICE", "copy"),
    "lab": ("Some News", "", "O-ACME", "origin"),
    "blog": ("Ann Author", "", "O-OFFICE", "copy"),
    "issue": ("Journal of Wheels", "", "O-OFFICE", "origin"),  # measured by another, though kin printed it
    "office": ("Statistics Office of Acme", "", "O-OFFICE", "origin"),  # a longer name is another
}
ORIGINS = {
    "O-PAPER": ("the authors", "paper"),
    "O-ACME": ("Acme University", "academic"),
    "O-OFFICE": ("Statistics Office of Acme", "statistics"),
}
KIN = ["copy", "reprint", "quoted", "lab", "blog"]


@pytest.fixture
def made_up():
    """A compendium of this paper, with these sources."""
    sources = pd.DataFrame(
        [(name, *cells) for name, cells in SOURCES.items()],
        columns=["source_id", "publisher", "original_publisher", "origin_id", "role"],
    )
    origins = [(name, *said) for name, said in ORIGINS.items()]
    frames = {
        "sources": sources.drop(columns=["origin_id", "role"]).assign(published="2019-05"),
        "origins": pd.DataFrame(origins, columns=["origin_id", "name_en", "kind"]),
        "source_origins": sources[["source_id", "origin_id", "role"]].assign(table=""),
    }
    c = holding(frames)
    vars(c)["declaration"] = c.declaration.model_copy(update={"paper": PAPER})
    return c


def test_kin_are_known_by_their_names_whatever_the_letters_and_what_stands_beside(made_up):
    data = Data(made_up)
    assert [source for source in SOURCES if data.akin(source, "counts")] == ["paper", "data", *KIN]
    assert data.read >= {"sources", "origins", "source_origins"}


def test_each_such_source_is_told_in_one_line_with_a_remedy(made_up):
    told = independence.notes(Data(made_up))
    assert [line.split(":")[0].rpartition(", ")[2] for line in told] == KIN
    assert all("confirms nothing. Remedy: where another body measured, name that in source_" in line for line in told)


def test_an_outcome_appeared_after_the_paper_and_in_the_year_of_the_forecast(made_up):
    data = Data(made_up)
    claims = [pd.Series({"year_end": year}) for year in (2021, float("nan"), 2025)]
    for published, due in ((2020, [0, 0, 0]), (2021, [1, 1, 0]), (2025, [1, 1, 1]), (0, [0, 0, 0])):
        data.provenance.published = {"office": published}
        assert [data.outcome("office", claim) for claim in claims] == [bool(one) for one in due]
    assert Data(made_up).provenance.published["office"] == 2019
