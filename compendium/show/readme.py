"""The generated parts of the READMEs and of the pages behind them."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from compendium import paths
from compendium.files import InputError
from compendium.languages import page, plain_first
from compendium.ledger import claims, crosswalk
from compendium.ledger.sentences import accounted
from compendium.run import contents
from compendium.show import cost, fairness, letters, quotes, reproductions
from compendium.show import notices as noticed
from compendium.show.declared import sentences
from compendium.show.findings import findings, summary
from compendium.show.listing import grid, lists
from compendium.show.pace import pace
from compendium.texts import NOTHING, SENTENCE, Text, catalogue, joined
from compendium.vocabulary import ANSWERS, VERDICTS, WEIGHTS

text = catalogue("compendium/show")
EXPECTED = "tests/expected-verdicts.csv"
README, CHECKS, QUOTED, TAUGHT = "README.md", "docs/checks.md", "docs/verdicts.md", "TEACHING.md"
FAIR, LETTERS = "docs/fairness.md", "docs/letters.md"
SAID = "teaching.toml"
REASONS = "[claims.csv](data/processed/claims.csv)"


def verdicts(ledger: pd.DataFrame, language: str) -> str:
    """Return the answers with the verdicts under them, what each means and how many claims have it, as a table.

    The lists whose number alone is checked stand in a sentence below it. Where there are fewer claims than verdicts,
    those that no claim has are left out.
    """
    counted, rows, whole = claims.count(ledger), [], len(ledger) >= len(VERDICTS)
    weights = [weight for weight in counted.columns if weight != "all"]
    for answer in ANSWERS.values():
        total = counted["all"].reindex(answer.verdicts, fill_value=0).sum()
        first = text("verdicts-of", answer=answer, n=total)[language]
        for verdict in answer.verdicts:
            word = VERDICTS[verdict]
            numbers = [counted[weight].get(verdict, 0) for weight in weights]
            if whole or any(numbers):
                rows.append((first, word[language], *numbers, word.means(language)))
                first = ""
    names = [WEIGHTS[weight][language] for weight in weights]
    head = [text("answer")[language], text("verdict")[language], *names, text("verdicts-meaning")[language]]
    return "\n\n".join(filter(None, (grid(head, rows, "ll" + "r" * len(weights) + "l"), lists(ledger, language))))


def terms(language: str) -> str:
    """Return the terms of other vocabularies for each verdict, each with how well it fits, as a table."""
    rows = []
    for verdict, word in VERDICTS.items():
        told = {
            term.vocabulary: text("terms-fit", term=term.term, match=text(f"match-{term.match}"))[language]
            for term in crosswalk.terms(verdict)
        }
        rows.append((word[language], told["CiTO"], told.get("FORRT", "–")))
    return grid([text("verdict")[language], "CiTO", "FORRT"], rows, "lll")


def notebooks(language: str) -> str:
    """Return the declared notebooks as a Markdown table with links, for the README."""
    header, rows = listed_notebooks(language)
    return grid(header, [(f"[{name}](notebooks/{name}.ipynb)", *rest) for name, *rest in rows], "lllrr")


def listed_notebooks(language: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return what is told of the declared notebooks: the names of the columns, and by notebook the cells."""
    whole, figure, rows = text("section-all"), text("section-figure"), []
    for notebook in contents.catalogue().values():
        section = notebook.section.replace(whole["en"], whole[language]).replace(figure["en"], figure[language])
        rows.append((notebook.name, section, notebook.answers[language], *map(str, pace(notebook.name))))
    columns = ("notebook", "section", "question", "read", "along")
    return tuple(text(f"notebooks-{column}")[language] for column in columns), rows


def pages() -> dict[str, tuple[str, str]]:
    """Return the pages with generated parts by name: which it is, such as README, and its language.

    That of checks is there only where faults were planted, and a compendium may be without the others but the README.
    """
    each = (README, CHECKS, QUOTED, TAUGHT, FAIR, LETTERS)
    known = {page(one, language): (one, language) for one in each for language in plain_first()}
    needed = [README, *([CHECKS] if noticed.rows() else [])]
    return {name: which for name, which in known.items() if which[0] in needed or (there(name) and which[0] != CHECKS)}


def there(name: str) -> bool:
    """Tell whether there is a page of this name."""
    return (paths.project().root / name).is_file()


def renewed(name: str) -> tuple[str, str]:
    """Return the page `name` as it is and as it should be: its generated parts made anew from the ledger.

    Raises:
        InputError: the page or the marks of a generated part are missing.
    """
    which, language = pages()[name]
    if which == CHECKS:
        return filled(name, {"worth": noticed.worth(language), "notices": noticed.listed(language)})
    ledger = claims.stored("claims")
    if which == QUOTED:
        return filled(name, {"quotes": quotes.table(ledger, language, "../notebooks/"), "terms": terms(language)})
    if which in (FAIR, LETTERS):
        return filled(name, (fairness if which == FAIR else letters).parts(ledger, language))
    if which == TAUGHT:
        return filled(name, {key: one.said[language] for key, one in sentences(SAID, ledger).items()})
    every = quoted if there(quoted := page(QUOTED, language)) else ""
    parts = {
        "summary": summary(ledger)[language],
        "findings": "\n\n".join(filter(None, (findings(ledger, language, REASONS, every), closing(ledger, language)))),
        "quotes": quotes.table(ledger, language, page=every),
        "verdicts": verdicts(ledger, language),
        "notebooks": notebooks(language),
    }
    if cost.file().is_file():
        parts["cost"] = cost.said(language)
    return filled(name, parts)


def closing(ledger: pd.DataFrame, language: str) -> str:
    """Return what stands below the findings: how firm they are, what they cover, how often this was reproduced."""
    return joined([firm(ledger), Text(accounted), reproductions.sentence()], SENTENCE)[language]


def firm(ledger: pd.DataFrame) -> Text:
    """Return what the marks mean and how many settled headline claims are firm; empty where none matches."""
    headline = ledger[ledger["weight"] == "headline"]
    numbers: dict[str, int] = {}
    for name in ("correct", "matches"):
        given = headline.loc[headline["verdict"].isin(ANSWERS[name].verdicts), "strength"]
        numbers |= {name: len(given), f"{name}_firm": int(given.eq("firm").sum())}
    if not numbers["matches"]:
        return NOTHING
    wrong = {name: numbers[name] for name in ("correct", "correct_firm")}
    corrected = text("firm-corrected", **wrong) if numbers["correct"] else NOTHING
    return text("firm", matches=numbers["matches"], matches_firm=numbers["matches_firm"], corrected=corrected)


def filled(name: str, parts: Mapping[str, str]) -> tuple[str, str]:
    """Return the page `name` as it is and as it should be: with `parts` between their marks, in the same line or below.

    Raises:
        InputError: the page or the marks of a generated part are missing.
    """
    path = paths.project().root / name
    if not path.is_file():
        raise InputError(name, "is missing", paths.restore(path))
    old = new = path.read_text(encoding="utf-8")
    for part, made in parts.items():
        first, last = f"<!-- generated:{part} -->", f"<!-- /generated:{part} -->"
        if not old.count(first) == old.count(last) == 1 or old.index(first) > old.index(last):
            raise InputError(name, f"must hold {first} and {last} once each, in this order", "put them back")
        before, _, after = new.partition(first)
        gap = "\n" if after.startswith("\n") else ""
        new = f"{before}{first}{gap}{made}{gap}{after[after.index(last) :]}"
    return old, new


def outdated() -> list[str]:
    """Return one line for each page whose generated parts are not those of the committed ledger and contents."""
    with paths.using(out=paths.project().root):
        stale = [name for name in pages() if len(set(renewed(name))) > 1]
    return [f"{name}: the generated part is not up to date. Remedy: compendium accept" for name in stale]


def texts(root: Path) -> dict[str, bytes]:
    """Return, by path, what is made from the ledger of the run below `root`: these pages and the expected verdicts."""
    if not paths.processed("claims", root).is_file():
        return {}
    with paths.using(out=root):
        made = {name: renewed(name)[1].encode("utf-8") for name in pages()}
    ledger = claims.stored("claims", root)
    return made | {EXPECTED: ledger[["claim_id", "verdict"]].to_csv(index=False, lineterminator="\n").encode("utf-8")}
