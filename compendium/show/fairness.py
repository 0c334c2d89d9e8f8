"""How fairly the paper was read: its assertions, the statements beside their sentences, readings, the second look."""

import pandas as pd

from compendium import escape
from compendium.data import tables
from compendium.data.datapackage import LIST
from compendium.ledger.claims import by_number
from compendium.ledger.sentences import ASSERTIONS, FIDELITY
from compendium.show.listing import grid
from compendium.show.tabulation import labels
from compendium.texts import SEMICOLON, catalogue, joined, of
from compendium.vocabulary import VERDICTS

text = catalogue("compendium/show")


def parts(ledger: pd.DataFrame, language: str) -> dict[str, str]:
    """Return the generated parts of the page on fairness."""
    return {
        "assertions": assertions(language),
        "fidelity": fidelity(language),
        "saved": looked(ledger, "save", language),
        "refuted": looked(ledger, "refute", language),
    }


def assertions(language: str) -> str:
    """Return as a table how many assertions of each kind there are, and how many of them a claim takes up."""
    rows, kinds = tables.raw(ASSERTIONS), labels(ASSERTIONS, "kind")
    counted = rows.groupby("kind")["claim_ids"].agg(["size", lambda ids: ids.ne("").sum()])
    head = [text(f"fair-{column}")[language] for column in ("kind", "assertions", "claimed")]
    lines = [(kinds[kind][language], *counted.loc[kind]) for kind in kinds if kind in counted.index]
    reasons = labels(ASSERTIONS, "reason")
    why = joined((f"{word[language]} {rows['reason'].eq(code).sum()}" for code, word in reasons.items()), SEMICOLON)
    return "\n\n".join((grid(head, lines, "lrr"), text("fair-without", why=why)[language]))


def fidelity(language: str) -> str:
    """Return as a table what readers said of the statements in each round: by majority the same, agreement of all."""
    codes, rounds = tables.raw(FIDELITY), labels(FIDELITY, "round")
    head = [text(f"fair-{column}")[language] for column in ("round", "statements", "same", "others", "agree")]
    lines = []
    for name, word in rounds.items():
        read = codes[codes["round"] == name].groupby("claim_id")["compared"]
        same = read.agg(lambda said: 2 * said.eq("same").sum() > len(said))
        alike = read.agg(lambda said: said.eq("same").nunique() == 1)
        lines.append((word[language], len(same), int(same.sum()), int((~same).sum()), f"{100 * alike.mean():.0f}%"))
    return grid(head, lines, "lrrrr")


def looked(ledger: pd.DataFrame, task: str, language: str) -> str:
    """Return as a table what the readers of a task found of each claim, what was answered, and both verdicts.

    The readings of a claim, where it has any, are the answer.
    """
    looks, judged = tables.raw("second_looks"), ledger.set_index("claim_id")
    outcomes = labels("second_looks", "outcome")
    looks = looks[looks["task"] == task].sort_values("claim_id", key=by_number, kind="stable")
    head = [text(f"fair-{column}")[language] for column in ("claim", "then", "found", "readings", "now")]
    lines = []
    for name, group in looks.groupby("claim_id", sort=False):
        row, mine = judged.loc[name], group.to_dict("records")
        said = [
            text("fair-one", outcome=outcomes[one["outcome"]], argument=of(one, "argument"))[language] for one in mine
        ]
        then, now = (VERDICTS[word][language] for word in (mine[0]["before"], row["verdict"]))
        answers = dict.fromkeys(of(one, "answer")[language] for one in mine)
        answered = read(row, language) or "<br>".join(map(escape.markdown, answers))
        lines.append((name, then, "<br>".join(map(escape.markdown, said)), answered, now))
    return grid(head, lines, "lllll")


def read(row: pd.Series, language: str) -> str:
    """Return each reading of a claim with whether the statement holds under it; empty for one reading."""
    known = tables.raw("claim_readings")
    known = known[known["claim_id"] == row.name].set_index("reading")
    said = (one.split(": ") for one in row["readings"].split(LIST) if one)
    told = (text(f"fair-reading-{word}", reading=of(known.loc[name], "reading"))[language] for name, word in said)
    return "<br>".join(map(escape.markdown, told))
