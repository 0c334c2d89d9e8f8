"""How fairly the paper was read: its assertions, the statements beside their sentences, readings, the second look; and
the right of reply: what the authors and the holders of decisive records are told and asked."""

from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.claims import by_number, spans
from compendium.ledger.record import Ledger, Record
from compendium.ledger.sentences import ASSERTIONS, FIDELITY
from compendium.pages.listing import grid
from compendium.texts import SEMICOLON, catalogue, joined, of
from compendium.vocabulary import QUALIFIED, VERDICTS

text = catalogue("compendium/show")
BREAK = "<br>"  # between the lines of one cell


def make_parts(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
    """Return the generated parts of the page on fairness, for authors of the paper and reviewers."""
    return {
        "assertions": count_assertions(c, language),
        "fidelity": count_fidelity(c, language),
        "saved": list_looks(c, ledger, "save", language),
        "refuted": list_looks(c, ledger, "refute", language),
    }


def heads(language: str, *columns: str) -> list[str]:
    """Return the heads of the columns of a table."""
    return [text(f"fair-{column}").markdown[language] for column in columns]


def count_assertions(c: Compendium, language: str) -> str:
    """Return as a table how many assertions of each kind there are, and how many of them a claim takes up."""
    rows, kinds = c.tables(ASSERTIONS), c.tables.labels(ASSERTIONS, "kind")
    counted = rows.groupby("kind")["claim_ids"].agg(["size", lambda ids: ids.ne("").sum()])
    lines = [(kinds[kind][language], *counted.loc[kind]) for kind in kinds if kind in counted.index]
    reasons = c.tables.labels(ASSERTIONS, "reason")
    why = joined((f"{word[language]} {rows['reason'].eq(code).sum()}" for code, word in reasons.items()), SEMICOLON)
    table = grid(heads(language, "kind", "assertions", "claimed"), lines, "lrr")
    return f"{table}\n\n{text('fair-without', why=why).markdown[language]}"


def count_fidelity(c: Compendium, language: str) -> str:
    """Return as a table what readers said of the statements in each round: by majority the same, agreement of all."""
    codes, lines = c.tables(FIDELITY), []
    for name, word in c.tables.labels(FIDELITY, "round").items():
        read = codes[codes["round"] == name].groupby("claim_id")["compared"]
        same = read.agg(lambda said: 2 * said.eq("same").sum() > len(said))
        alike = read.agg(lambda said: said.eq("same").nunique() == 1)
        lines.append((word[language], len(same), int(same.sum()), int((~same).sum()), f"{100 * alike.mean():.0f}%"))
    return grid(heads(language, "round", "statements", "same", "others", "agree"), lines, "lrrrr")


def list_looks(c: Compendium, ledger: Ledger, task: str, language: str) -> str:
    """Return as a table what the readers of a task found of each claim, the answer or readings, both verdicts."""
    looks = c.tables("second_looks")
    outcomes = c.tables.labels("second_looks", "outcome")
    looks = looks[looks["task"] == task].sort_values("claim_id", key=by_number, kind="stable")
    lines = []
    for name, group in looks.groupby("claim_id", sort=False):
        judged, mine = ledger[name], group.to_dict("records")
        then, now = (VERDICTS[word][language] for word in (mine[0]["before"], judged.verdict))
        found = [text("fair-one", outcome=outcomes[one["outcome"]], argument=of(one, "argument")) for one in mine]
        answers = list_readings(c, judged, language) or [of(one, "answer").markdown[language] for one in mine]
        said = (BREAK.join(one.markdown[language] for one in found), BREAK.join(dict.fromkeys(answers)))
        lines.append((name, then, *said, now))
    return grid(heads(language, "claim", "then", "found", "readings", "now"), lines, "lllll")


def list_readings(c: Compendium, judged: Record, language: str) -> list[str]:
    """Return each reading of a claim with whether the statement holds under it."""
    known = c.tables("claim_readings")
    known = known[known["claim_id"] == judged.claim_id].set_index("reading")
    readings = judged.readings.items()
    found = [text(f"fair-reading-{word}", reading=of(known.loc[name], "reading")) for name, word in readings]
    return [one.markdown[language] for one in found]


def make_letters(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
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
