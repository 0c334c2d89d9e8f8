"""How fairly the paper was read: its assertions, the statements beside their sentences, readings, the second look; and
the right of reply: what the authors could say instead, and what the holders of decisive records are asked."""

from compendium.base.texts import NOTHING, SEMICOLON, TranslatedText, catalogue, join_texts, of
from compendium.base.vocabulary import ANSWERS, QUALIFIED, VERDICTS, find_answer_category
from compendium.compendium import Compendium
from compendium.data.datapackage import split_list
from compendium.ledger.claims import LISTS, abbreviate_claim_ids, parse_claim_numbers
from compendium.ledger.evidence import EvidenceTables
from compendium.ledger.readings import count_votes
from compendium.ledger.record import Ledger, LedgerRow
from compendium.ledger.sentences import ASSERTIONS, FIDELITY, NAME, has_sentences, list_claims_by_sentence
from compendium.pages.listing import render_markdown_table
from compendium.pages.quotes import list_proposed_quotes

text = catalogue("compendium/show")
BREAK = "<br>"  # between the lines of one cell


def make_parts(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
    """Return the generated parts of the page on fairness, for authors of the paper and reviewers."""
    return {
        "short": f"{count_looks(c, ledger, language)}\n\n{list_examples(c, ledger, language)}",
        "assertions": count_assertions(c, language),
        "fidelity": count_fidelity(c, language),
        "votes": list_votes(c, ledger, language),
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
    why = join_texts((f"{word[language]} {rows['reason'].eq(code).sum()}" for code, word in reasons.items()), SEMICOLON)
    table = render_markdown_table(heads(language, "kind", "assertions", "claimed"), lines, "lrr")
    return f"{table}\n\n{text('fair-without', why=why).markdown[language]}"


def count_fidelity(c: Compendium, language: str) -> str:
    """Return as a table what readers said of the statements in each round: by majority the same, agreement of all."""
    codes, lines = c.tables(FIDELITY), []
    for name, word in c.tables.labels(FIDELITY, "round").items():
        read = codes[codes["round"] == name].groupby("claim_id")["compared"]
        same = read.agg(lambda said: 2 * said.eq("same").sum() > len(said))
        alike = read.agg(lambda said: said.eq("same").nunique() == 1)
        lines.append((word[language], len(same), int(same.sum()), int((~same).sum()), f"{100 * alike.mean():.0f}%"))
    return render_markdown_table(heads(language, "round", "statements", "same", "others", "agree"), lines, "lrrrr")


def list_votes(c: Compendium, ledger: Ledger, language: str) -> str:
    """Return as a table how readers took to each reading: mean points, who calls it far-fetched, what it gives."""
    data, marks = EvidenceTables(c), c.tables.labels("claim_readings", "control")
    lines = []
    for row in c.tables("claim_readings").sort_values(["ballot"], kind="stable").to_dict("records"):
        votes = count_votes(row["ballot"], data).get(row["reading"])
        if votes is None:
            continue
        given = ledger[row["claim_id"]].readings.get(row["reading"], "") if row["claim_id"] in ledger else ""
        word = marks[row["control"]] if row["control"] else text(f"fair-given-{given}") if given else NOTHING
        counts = text("fair-counts") if votes.counts and not row["control"] else NOTHING
        said = of(row, "reading").markdown[language]
        numbers = (f"{votes.points:.0f}", f"{100 * votes.farfetched:.0f}%")
        lines.append((row["claim_id"], said, *numbers, counts[language], word[language]))
    return render_markdown_table(
        heads(language, "claim", "reading", "points", "farfetched", "counted", "gives"), lines, "llrrll"
    )


def count_looks(c: Compendium, ledger: Ledger, language: str) -> str:
    """Return as a table what hostile readers said, by task, and of how many claims the answer is another now."""
    looks, words = c.tables("second_looks"), c.tables.labels("second_looks", "outcome")
    lines = []
    for task, told in c.tables.labels("second_looks", "task").items():
        mine = looks[looks["task"] == task]
        counted = mine["outcome"].value_counts()
        said = join_texts((f"{words[name][language]} {number}" for name, number in counted.items()), SEMICOLON)
        before = mine.groupby("claim_id")["before"].first()
        moved = sum(ledger[claim_id].answer != find_answer_category(was) for claim_id, was in before.items())
        lines.append((told[language], len(before), said[language], moved))
    return render_markdown_table(heads(language, "task", "claims", "found", "moved"), lines, "lrlr")


def list_examples(c: Compendium, ledger: Ledger, language: str) -> str:
    """Return an example of each outcome of a second look: the first, headline claims first, in a line."""
    looks = c.tables("second_looks")
    weights = looks["claim_id"].map({name: one.weight != "headline" for name, one in ledger.items()})
    first = looks.assign(order=weights).sort_values("order", kind="stable").drop_duplicates(["task", "outcome"])
    outcomes, stated = c.tables.labels("second_looks", "outcome"), c.tables("claims").set_index("claim_id")
    lines = []
    for row in first.sort_values(["task", "outcome"], kind="stable").to_dict("records"):
        said = {"claim": row["claim_id"], "statement": of(stated.loc[row["claim_id"]], "statement")}
        said |= {"outcome": outcomes[row["outcome"]], "argument": of(row, "argument"), "then": VERDICTS[row["before"]]}
        said["now"] = ANSWERS[ledger[row["claim_id"]].answer]
        lines.append(f"* {text('fair-example', **said).markdown[language]}")
    return "\n".join(lines)


def list_looks(c: Compendium, ledger: Ledger, task: str, language: str) -> str:
    """Return as a table what the readers of a task found of each claim, the answer or readings, both verdicts."""
    looks = c.tables("second_looks")
    outcomes = c.tables.labels("second_looks", "outcome")
    looks = looks[looks["task"] == task].sort_values("claim_id", key=parse_claim_numbers, kind="stable")
    lines = []
    for name, group in looks.groupby("claim_id", sort=False):
        judged, mine = ledger[name], group.to_dict("records")
        then, now = (VERDICTS[word][language] for word in (mine[0]["before"], judged.verdict))
        found = [text("fair-one", outcome=outcomes[one["outcome"]], argument=of(one, "argument")) for one in mine]
        answers = list_readings(c, judged, language) or [of(one, "answer").markdown[language] for one in mine]
        said = (BREAK.join(one.markdown[language] for one in found), BREAK.join(dict.fromkeys(answers)))
        lines.append((name, then, *said, now))
    return render_markdown_table(heads(language, "claim", "then", "found", "readings", "now"), lines, "lllll")


def list_readings(c: Compendium, judged: LedgerRow, language: str) -> list[str]:
    """Return each reading of a claim with whether the statement holds under it."""
    known = c.tables("claim_readings")
    known = known[known["claim_id"] == judged.claim_id].set_index("reading")
    readings = [(name, word) for name, word in judged.readings.items() if name in known.index]
    found = [text(f"fair-reading-{word}", reading=of(known.loc[name], "reading")) for name, word in readings]
    return [one.markdown[language] for one in found]


def make_letters(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
    """Return the generated part of the page of letters, for those who write to holders of records."""
    return {"holders": address_holders(c, language)}


def make_queries(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
    """Return the generated part of the page for the authors: sentence by sentence what they could say instead.

    Told are the headline claims that need correcting or are to be made precise, those of one sentence together.
    """
    chosen = [one for one in ledger.values() if one.verdict in QUALIFIED and one.weight == "headline"]
    groups: dict[tuple[str, ...], list[LedgerRow]] = {}
    places = place_claims(c)
    for one in chosen:
        groups.setdefault(places.get(one.claim_id, (one.section,)), []).append(one)
    instead, known = list_proposed_quotes(c, ledger), c.tables("claims").set_index("claim_id")
    items = []
    for number, (place, mine) in enumerate(groups.items(), 1):
        named = dict(zip(("section", "paragraph", "sentence"), place, strict=False))
        head = text("query-place" if len(place) > 1 else "query-section", number=number, **named)
        lines = [f"### {head.markdown[language]}"]
        for one in mine:
            proposed = [f"  * {instead[one.claim_id].said.markdown[spoken]}" for spoken in c.languages]
            said = {"claim": one.claim_id, "statement": of(known.loc[one.claim_id], "statement"), "why": one.why}
            said |= {"answer": ANSWERS[one.answer], "decides": tell_decisive(c, one.claim_id)}
            said |= {"sources": name_sources(c, one)}
            lines.append("\n".join([text("query", **said).markdown[language], *proposed]))
        items.append("\n\n".join(lines))
    return {"queries": "\n\n".join(items)}


def place_claims(c: Compendium) -> dict[str, tuple[str, ...]]:
    """Return by claim the section, the paragraph and the number of the first sentence that asserts it."""
    if not has_sentences(c.tables):
        return {}
    rows, found = c.tables(NAME).set_index("sentence_id"), dict[str, tuple[str, ...]]()
    for sentence, claims in list_claims_by_sentence(c.tables).items():
        row = rows.loc[sentence]
        place = tuple(str(row[name]) for name in ("section", "paragraph", "place"))
        found |= {one: place for one in claims if one not in found}
    return found


def name_sources(c: Compendium, one: LedgerRow) -> TranslatedText:
    """Return the names of the first sources of a verdict."""
    names = c.tables("sources").set_index("source_id")
    return join_texts([of(names.loc[source], "name") for source in one.evidence[:2]], SEMICOLON)


def render_what_would_decide(c: Compendium, ledger: Ledger, language: str) -> dict[str, str]:
    """Return the generated parts of the page on what would decide: records and their holders, then what else lacks.

    Both tables name the claims that are not settled, those with most headline claims first.
    """
    left = {name: one for name, one in ledger.items() if one.answer == "unsettled" and one.weight != LISTS}

    def weigh(names: list[str]) -> tuple[int, int]:
        """Return how a group of claims is sorted: by its headline claims, then by all."""
        return -sum(left[name].weight == "headline" for name in names), -len(names)

    records = c.tables("records")
    rows = records[~records["obtained"]].fillna("").to_dict("records")
    asked = [([name for name in split_list(row["claim_ids"]) if name in left], row) for row in rows]
    asked = sorted((one for one in asked if one[0]), key=lambda one: weigh(one[0]))
    known = {name for names, *_ in asked for name in names}
    kinds: dict[tuple[str, str], list[str]] = {}
    for name, one in left.items():
        if name not in known:
            kinds.setdefault((one.verdict, one.direction or one.nearness), []).append(name)
    others = sorted(kinds.items(), key=lambda one: weigh(one[1]))
    stems = ("record", "holder", "columns", "yardstick")
    lines = [(*(of(row, stem).markdown[language] for stem in stems), abbreviate_claim_ids(ids)) for ids, row in asked]
    needs = [
        (left[ids[0]].named[language], text(f"missing-{word}")[language], abbreviate_claim_ids(ids))
        for (word, _), ids in others
    ]
    return {
        "records": render_markdown_table(
            heads(language, "record", "holder", "columns", "yardstick", "settles"), lines, "lllll"
        ),
        "others": render_markdown_table(heads(language, "now", "needs", "claims"), needs, "lll"),
    }


def tell_decisive(c: Compendium, claim_id: str) -> TranslatedText:
    """Return what would settle a claim: the decisive records that were not obtained, else a source on just this."""
    records = c.tables("records")
    mine = records["claim_ids"].map(lambda ids: claim_id in split_list(ids)) & records["decides"] & ~records["obtained"]
    if mine.any():
        return join_texts([of(row, "record") for row in records[mine].to_dict("records")], SEMICOLON)
    return text("query-source")


def address_holders(c: Compendium, language: str) -> str:
    """Return a letter to each holder of a record that would decide and was not obtained."""
    records = c.tables("records")
    records = records[records["decides"] & ~records["obtained"]]
    letters = []
    for _, mine in records.groupby(c.languages.columns("holder")[0], sort=False):
        asked = [
            text("letter-record", record=of(row, "record"), claims=abbreviate_claim_ids(split_list(row["claim_ids"])))
            for row in mine.to_dict("records")
        ]
        letters.append(
            text("letter-holder", holder=of(mine.iloc[0], "holder"), records=join_texts(asked, ("\n", "\n")))
        )
    return "\n\n".join(letter.markdown[language] for letter in letters)
