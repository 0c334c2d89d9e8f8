"""Which answers a proposed change moves, as Markdown: the summary of a run at a code host, for its reviewers."""

from compendium.base import escape
from compendium.base.vocabulary import ANSWERS, find_answer_category
from compendium.compendium import Compendium
from compendium.pages.listing import render_markdown_table
from compendium.run import past


def render_moved_answers(c: Compendium, revision: str) -> str:
    """Return in Markdown which answers moved since a revision of git and why they are as they are, then what
    `list_changes_since_revision` tells: the summary of a change that is proposed."""
    language, told = c.languages.plain, past.list_changes_since_revision(c, revision)
    now, was = past.read_table_now_and_then(c, past.LEDGER, revision, c.root, ("claim_id",))
    gone = {"verdict": "", "strength": "", f"why_{language}": ""}
    rows = []
    for key in sorted({*now, *was}, key=lambda key: (len(key[0]), key)):
        after, before = (rows_then.get(key, (0, gone))[1] for rows_then in (now, was))
        if past.describe_verdict(before) != past.describe_verdict(after):
            moved = [describe_answer(one) for one in (before, after)]
            rows.append((key[0], *moved, escape.markdown(after[f"why_{language}"])))
    table = render_markdown_table(("claim", "before", "now", "why"), rows, "llll") if rows else "No answer moves."
    listed = [f"* {escape.markdown(line.lstrip(' !'))}" for line in told[1:]]
    return "\n".join([f"## Answers that move: {len(rows)}", "", table, "", escape.markdown(told[0]), "", *listed])


def describe_answer(row: dict[str, str]) -> str:
    """Return answer and verdict of a row of the ledger; a dash where there is none."""
    if not row["verdict"]:
        return "–"
    return f"{ANSWERS[find_answer_category(row['verdict'])]['en']} ({past.describe_verdict(row)})"
