"""The right of reply: what the authors and the holders of decisive records are told and asked, from the ledger."""

from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.claims import spans
from compendium.ledger.record import Ledger
from compendium.texts import SEMICOLON, catalogue, joined, of
from compendium.vocabulary import QUALIFIED, VERDICTS

text = catalogue("compendium/show")


def make_parts(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
    """Return the generated parts of the page of letters, for those who write to authors and to holders of records."""
    return {"authors": address_authors(c, ledger, language), "holders": address_holders(c, language)}


def address_authors(c: Compendium, ledger: Ledger, language: str) -> str:
    """Return as a list what the authors are told of each claim that needs correcting or depends on its reading."""
    statements, names = c.tables("claims").set_index("claim_id"), c.tables("sources").set_index("source_id")
    chosen = [one for one in ledger.values() if one.verdict in QUALIFIED and one.weight == "headline"]
    return "\n".join(
        text(
            "letter-claim",
            claim=one.claim_id,
            section=one.section,
            statement=of(statements.loc[one.claim_id], "statement"),
            verdict=VERDICTS[one.verdict],
            why=one.why,
            sources=joined([of(names.loc[source], "name") for source in one.evidence[:2]], SEMICOLON),
        ).markdown[language]
        for one in chosen
    )


def address_holders(c: Compendium, language: str) -> str:
    """Return a letter to each holder of a record that would decide and was not obtained."""
    records = c.tables("records")
    records = records[records["decides"] & ~records["obtained"]]
    letters = []
    for _, mine in records.groupby(c.languages.columns("holder")[0], sort=False):
        asked = [
            text("letter-record", record=of(row, "record"), claims=spans(split_list(row["claim_ids"])))
            for row in mine.to_dict("records")
        ]
        letters.append(text("letter-holder", holder=of(mine.iloc[0], "holder"), records=joined(asked, ("\n", "\n"))))
    return "\n\n".join(letter.markdown[language] for letter in letters)
