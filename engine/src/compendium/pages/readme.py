"""The generated parts of the READMEs and of the pages behind them."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from compendium import CompendiumError
from compendium.base import paths
from compendium.base.files import InputError, csv_text, read_rows_by_key, write_atomic
from compendium.base.texts import NOTHING, SEMICOLON, SENTENCE, TranslatedText, catalogue, join_texts
from compendium.base.vocabulary import ANSWERS, VERDICTS, WEIGHTS
from compendium.compendium import Compendium
from compendium.ledger import claims
from compendium.ledger.record import Ledger
from compendium.ledger.sentences import describe_assertion_counts
from compendium.notebook.reading_time import estimate_reading_time
from compendium.pages import fairness, quotes, rates
from compendium.pages.findings import FILE as FINDINGS
from compendium.pages.findings import SUMMARY, list_summary_sentences, render_findings
from compendium.pages.listing import describe_structural_claims, render_markdown_table
from compendium.pages.statements import fill_sentences
from compendium.run import contents

text = catalogue("compendium/show")
EXPECTED = "tests/expected-verdicts.csv"
README, CHECKS, QUOTED, TAUGHT = "README.md", "docs/checks.md", "docs/verdicts.md", "docs/teaching.md"
FAIR, LETTERS, QUERIES = "docs/fairness.md", "docs/letters.md", "docs/queries.md"
MISSING = "docs/decide.md"
SAID = "teaching.toml"
MEASURED, MACHINE = "engine/benchmarks/results.csv", "engine/benchmarks/machine.txt"  # a compendium may have none
RUN, LOOP = "compendium run --force", "papermill, one call a notebook"
REASONS = "[claims.csv](data/processed/claims.csv)"


def render_verdict_counts(ledger: Ledger, language: str) -> str:
    """Return answers, their verdicts, meanings and numbers of claims as a table; all of them in a ledger as long."""
    counted = claims.count_verdicts(ledger).drop(columns="all").reindex(list(VERDICTS), fill_value=0)
    rows, whole = [], len(ledger) >= len(VERDICTS)
    for answer in ANSWERS.values():
        mine = counted.loc[list(answer.verdicts)]
        first = text("verdicts-of", answer=answer, n=mine.sum().sum())[language]
        for verdict, numbers in mine.iterrows():
            if whole or numbers.any():
                rows.append((first, VERDICTS[verdict][language], *numbers, VERDICTS[verdict].means[language]))
                first = ""
    heads = [text("answer")[language], text("verdict")[language], *(WEIGHTS[weight][language] for weight in counted)]
    table = render_markdown_table(
        [*heads, text("verdicts-meaning")[language]], rows, "ll" + "r" * len(counted.columns) + "l"
    )
    return "\n\n".join(filter(None, (table, describe_structural_claims(ledger, language))))


def render_vocabulary_mapping(language: str) -> str:
    """Return the terms of other vocabularies for each verdict, each with how well it fits, as a table."""

    def fit(entry: tuple[str, str] | None, prefix: str = "") -> str:
        return text("terms-fit", term=prefix + entry[0], match=text(f"match-{entry[1]}"))[language] if entry else "–"

    rows = [(word[language], fit(word.cito, "cito:"), fit(word.forrt)) for word in VERDICTS.values()]
    return render_markdown_table([text("verdict")[language], "CiTO", "FORRT"], rows, "lll")


def make_notebooks_table(c: Compendium, language: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return what is told of the declared notebooks: the names of the columns, and by notebook the cells."""
    whole, figure, rows = text("section-all"), text("section-figure"), []
    for notebook in contents.list_declared_notebooks(c).values():
        section = notebook.section.replace(whole["en"], whole[language]).replace(figure["en"], figure[language])
        answers = contents.render_answers(c, notebook, language)
        rows.append((notebook.name, section, answers, *map(str, estimate_reading_time(c, notebook.name)[:2])))
    return [text(f"notebooks-{name}")[language] for name in ("notebook", "section", "question", "read", "along")], rows


def find_generated_pages(c: Compendium) -> dict[str, tuple[str, str]]:
    """Return the pages with generated parts by name: which it is, such as README, and its language."""
    found = {}
    for which in (README, CHECKS, QUOTED, TAUGHT, FAIR, LETTERS, QUERIES, MISSING):
        for language in c.languages.plain_first:
            name = c.languages.page(which, language)
            if which == README or (c.root / (rates.RATES if which == CHECKS else name)).is_file():
                found[name] = (which, language)
    return found


def regenerate_pages(c: Compendium) -> dict[str, tuple[str, str]]:
    """Return the pages by name, each as it is and as it should be: its generated parts made anew from the ledger."""
    ledger = claims.read_ledger(c)
    return {
        name: fill_generated_parts(c, name, render_page_parts(c, *of, ledger))
        for name, of in find_generated_pages(c).items()
    }


def render_page_parts(c: Compendium, page_kind: str, language: str, ledger: Ledger) -> dict[str, str]:
    """Return the generated parts of a page by name."""
    if page_kind == CHECKS:
        return {
            "worth": rates.render_detection_rates(c, language),
            "walks": rates.render_walks(c, language),
        }
    if page_kind == QUOTED:
        return {
            "quotes": quotes.render_quotes_table(c, ledger, language, "../notebooks/"),
            "terms": render_vocabulary_mapping(language),
        }
    makers = {FAIR: fairness.make_parts, LETTERS: fairness.make_letters}
    makers |= {QUERIES: fairness.make_queries, MISSING: fairness.render_what_would_decide}
    if page_kind in makers:
        return makers[page_kind](c, ledger, language)
    if page_kind == TAUGHT:
        page = c.root / c.languages.page(TAUGHT, language)
        places = dict.fromkeys(re.findall("<!-- generated:(.+?) -->", page.read_text(encoding="utf-8")), "")
        return places | {key: one.said.markdown[language] for key, one in fill_sentences(c, SAID, ledger).items()}
    every = c.languages.page(QUOTED, language)
    every = every if (c.root / every).is_file() else ""
    closing = join_texts([describe_firm_marks(ledger), describe_assertion_counts(c.tables)], SENTENCE)[language]
    found = (render_findings(c, ledger, language, REASONS, every), closing)
    header, rows = make_notebooks_table(c, language)
    parts = {
        "summary": "\n".join(f"* {piece.markdown[language]}" for piece in list_summary_sentences(c, ledger)),
        "findings": " ".join(filter(None, found)),
        "quotes": quotes.render_quotes_table(c, ledger, language, page=every),
        "verdicts": render_verdict_counts(ledger, language),
        "notebooks": render_markdown_table(
            header, [(f"[{name}](notebooks/{name}.ipynb)", *rest) for name, *rest in rows], "lllrr"
        ),
    }
    if (c.root / MEASURED).is_file():
        run, loop = (float(row["median_s"]) for row in read_benchmark_rows(c, RUN, LOOP))
        day = (c.root / MACHINE).read_text(encoding="utf-8").rpartition("; ")[2].strip()
        parts["cost"] = text("cost", day=day, run=run, loop=loop)[language]
    return parts


def read_benchmark_rows(c: Compendium, *cases: str) -> list[dict[str, str]]:
    """Return the rows of some cases, all of which must have been measured."""
    rows = read_rows_by_key(c.root / MEASURED, "case")
    if lacking := [case for case in cases if case not in rows]:
        raise InputError(MEASURED, f"has no row for {lacking[0]!r}", "make bench")
    return [rows[case] for case in cases]


def describe_firm_marks(ledger: Ledger) -> TranslatedText:
    """Return what the marks mean and how many settled headline claims are firm; empty where none matches."""
    headline = [one for one in ledger.values() if one.weight == "headline"]
    number = Counter(one.answer for one in headline)
    firm = Counter(one.answer for one in headline if one.strength == "firm")
    if not number["matches"]:
        return NOTHING
    wrong = text("firm-corrected", correct=number["correct"], correct_firm=firm["correct"])
    corrected = wrong if number["correct"] else NOTHING
    return text("firm", matches=number["matches"], matches_firm=firm["matches"], corrected=corrected)


def fill_generated_parts(c: Compendium, name: str, parts: Mapping[str, str]) -> tuple[str, str]:
    """Return the page `name` as it is and as it should be: with `parts` between their marks, in the line or below."""
    path = c.root / name
    if not path.is_file():
        raise InputError(name, "is missing", paths.suggest_restore(path))
    old = new = path.read_text(encoding="utf-8")
    for part, made in parts.items():
        first, last = f"<!-- generated:{part} -->", f"<!-- /generated:{part} -->"
        if not old.count(first) == old.count(last) == 1 or old.index(first) > old.index(last):
            raise InputError(name, f"must hold {first} and {last} once each, in this order", "put them back")
        before, _, after = new.partition(first)
        gap = "\n" if after.startswith("\n") else ""
        new = f"{before}{first}{gap}{made}{gap}{after[after.index(last) :]}"
    return old, new


def list_outdated(c: Compendium) -> list[str]:
    """Return one line for each sentence that cannot be published, then for each page whose generated parts are not
    those of the committed ledger and contents."""
    c = replace(c, out=c.root)
    stale = [name for name, (old, new) in regenerate_pages(c).items() if old != new]
    told = [f"{name}: the generated part is not up to date. Remedy: compendium accept" for name in stale]
    return list_broken_sentences(c) + told


def find_broken_sentences(c: Compendium) -> dict[tuple[Path, str], str]:
    """Return by file and key the declared sentences that the outputs of `c` do not fill or bear out, each with why."""
    ledger = claims.read_ledger(c) if c.processed_path("claims").is_file() else {}
    return {
        (c.notebooks / file, key): text("broken", faults=join_texts(one.faults, SEMICOLON))["en"]
        for file in (FINDINGS, SUMMARY, quotes.FILE, SAID) * bool(ledger)
        for key, one in fill_sentences(c, file, ledger).items()
        if one.faults
    }


def list_broken_sentences(c: Compendium) -> list[str]:
    """Return one line for each of `find_broken`."""
    return [f"{paths.format_path(file)}, {key}: {why}" for (file, key), why in find_broken_sentences(c).items()]


def withdraw_broken_sentences(c: Compendium) -> list[str]:
    """Mark each of `find_broken` in its file as withdrawn, which is not published; return file and key of each."""
    found = find_broken_sentences(c)
    for file, key in found:
        old = file.read_text(encoding="utf-8")
        new, n = re.subn(rf"(?m)^\[{re.escape(key)}\][^\n]*$", r"\g<0>\nwithdrawn = true", old)
        if not n:
            raise InputError(
                paths.format_path(file), f"has no line [{key}]", f"write withdrawn = true into the entry {key}"
            )
        write_atomic(file, new.encode("utf-8"))
    return [f"{paths.format_path(file)}, {key}" for file, key in found]


def raise_if_sentences_broken(c: Compendium) -> None:
    """Raise CompendiumError with all of `list_broken`, if there is any: nothing broken is published."""
    if found := list_broken_sentences(c):
        raise CompendiumError("\n       ".join(found))


def render_accepted_pages(c: Compendium, root: Path) -> dict[str, bytes]:
    """Return, by path, what is made from the ledger of the run below `root`: these pages and the expected verdicts.

    Raises:
        CompendiumError: a sentence cannot be published.
    """
    if not paths.processed_path("claims", root).is_file():
        return {}
    run = replace(c, out=root)
    raise_if_sentences_broken(run)
    verdicts = [(name, one.verdict) for name, one in claims.read_ledger(run).items()]
    expected = csv_text(("claim_id", "verdict"), verdicts)
    made = {name: new for name, (_, new) in regenerate_pages(run).items()} | {EXPECTED: expected}
    return {name: content.encode("utf-8") for name, content in made.items()}
