"""The right of reply: what the authors and the holders of decisive records are told and asked, from the ledger."""

import pandas as pd

from compendium import escape, languages
from compendium.data import tables
from compendium.data.datapackage import LIST
from compendium.ledger.claims import spans
from compendium.texts import SEMICOLON, Text, catalogue, joined, of
from compendium.vocabulary import QUALIFIED, VERDICTS

text = catalogue("compendium/show")


def parts(ledger: pd.DataFrame, language: str) -> dict[str, str]:
    """Return the generated parts of the page of letters."""
    return {"authors": authors(ledger, language), "holders": holders(language)}


def authors(ledger: pd.DataFrame, language: str) -> str:
    """Return as a list what the authors are told of each claim that needs correcting or depends on its reading."""
    statements, names = tables.raw("claims").set_index("claim_id"), tables.raw("sources").set_index("source_id")
    chosen = ledger[ledger["verdict"].isin(QUALIFIED) & ledger["weight"].eq("headline")]
    return "\n".join(
        text(
            "letter-claim",
            claim=row["claim_id"],
            section=statements.at[row["claim_id"], "section"],
            statement=said(of(statements.loc[row["claim_id"]], "statement")),
            verdict=VERDICTS[row["verdict"]],
            why=said(of(row, "why")),
            sources=joined([said(of(names.loc[one], "name")) for one in row["evidence"].split(LIST)[:2]], SEMICOLON),
        )[language]
        for row in chosen.to_dict("records")
    )


def holders(language: str) -> str:
    """Return a letter to each holder of a record that would decide and was not obtained."""
    records = tables.raw("records")
    records = records[records["decides"] & ~records["obtained"]]
    letters = []
    for _, mine in records.groupby(languages.columns("holder")[0], sort=False):
        asked = [
            text("letter-record", record=said(of(row, "record")), claims=spans(row["claim_ids"].split(LIST)))[language]
            for row in mine.to_dict("records")
        ]
        letters.append(text("letter-holder", holder=of(mine.iloc[0], "holder"), records="\n".join(asked))[language])
    return "\n\n".join(letters)


def said(words: Text) -> Text:
    """Return a text as Markdown shows it."""
    return Text(lambda language: escape.markdown(words[language]))
