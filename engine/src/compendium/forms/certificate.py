"""The certificate: what the last run found on the paper, and what was run, as JSON and as a page that prints well.

It is for editors and reviewers. Its functions take the compendium with the folder of the run as `out`.
"""

import json
import os
import platform
from contextlib import suppress
from itertools import chain
from pathlib import Path

from compendium.base import distribution, html, paths, toml
from compendium.base.files import write_atomic
from compendium.base.texts import TomlTranslations, TranslatedText
from compendium.base.vocabulary import ANSWERS, GRADES, QUALIFIED, STRENGTHS, VERDICTS, WEIGHTS, VocabularyWord
from compendium.compendium import Compendium
from compendium.data.datapackage import PACKAGE, split_list
from compendium.forms.form import count_archived_sources
from compendium.ledger import claims
from compendium.ledger.record import Ledger, text_to_language_columns
from compendium.pages import rates
from compendium.pages.findings import render_summary_paragraph
from compendium.pages.quotes import list_proposed_quotes
from compendium.pages.readme import raise_if_sentences_broken
from compendium.run import RunError, accept, cache, comparison, contents, schedule

UNTRIED = "untried.toml"
BASIS, CODERS = "basis", "coders"  # tables of that file that are told elsewhere than with the others
SHOWN = 5
WORDS = {"answers": ANSWERS, "verdicts": VERDICTS, "weights": WEIGHTS, "grades": GRADES, "strengths": STRENGTHS}


def write_certificate(c: Compendium) -> list[Path]:
    """Write certificate.json and certificate.html on the run in `c.out` to the folder build and return their paths.

    Equal facts give equal bytes; commit, machine and day of the run, as the run recorded it, are among them.
    """
    raise_if_run_outdated(c)
    raise_if_sentences_broken(c)
    facts = collect_facts(c)
    told = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
    made = {c.build / "certificate.json": told, c.build / "certificate.html": html.render("certificate", **facts)}
    for path, text in made.items():
        write_atomic(path, text.encode("utf-8"))
    return list(made)


def raise_if_run_outdated(c: Compendium) -> None:
    """Refuse a run that is not complete, or that would come out otherwise by now."""
    if not schedule.is_run_current(c, c.out):
        raise RunError(f"{paths.format_path(c.out)} holds no complete run of what lies here. Remedy: make")


def collect_facts(c: Compendium) -> dict:
    """Return all facts of the certificate; nothing in them depends on the clock."""
    ledger, untried = claims.read_ledger(c, c.out), read_untested_conditions(c)
    kept = {"claim_id": "claim_id", "weight": "weight", "verdict": "verdict", "codings": "verdict_codings"}
    coded = [ledger[name] for name in sorted(ledger, key=claims.parse_claim_number) if ledger[name].codings]
    parted = [{key: getattr(one, name) for key, name in kept.items()} for one in coded]  # by majority, by each alone
    return {
        "languages": list(c.languages),
        "paper": {"title": c.declaration.paper.named, "url": c.declaration.paper.url},
        "basis": untried.pop(BASIS, None),
        "summary": text_to_json(c, render_summary_paragraph(c, ledger)),
        "answers": claims.count_verdicts_by_answer(ledger)
        .reindex([*ANSWERS, "all"], fill_value=0)
        .astype(int)
        .to_dict("index"),
        "counts": claims.count_verdicts(ledger).to_dict("index"),
        "weak_headline": sum(one.weight == "headline" and one.strength == "weak" for one in ledger.values()),
        "doubted": list_claims_to_qualify(c, ledger),
        "coding": {"coders": untried.pop(CODERS, None), "parted": parted},
        "not_obtained": list_claims_awaiting_records(c, ledger),
        "untried": list(untried.values()),
        "compendium": text_to_language_columns("title", c.tables.said(c.tables.package, "title"), c.languages)
        | {"version": c.declaration.version, "created": c.tables.package["created"]},
        "run": {"finished": cache.read_run_summary(c.out).finished, "operator": None, **read_git_state(c)}
        | {"notebooks": len(contents.list_declared_notebooks(c)), "raw_tables": len(c.tables.resources)},
        "engine": distribution.read_engine_version(),
        "machine": describe_machine(c),
        "agreement_with_own_outputs": compare_outputs(c),
        "digests": hash_outputs_and_tables(c),
        "rates": rates.read_detection_rates(c),
        "walks": {code: rates.render_walks(c, code) for code in c.languages},
        "words": {
            kind: {name: vocabulary_word_to_json(c, word) for name, word in words.items()}
            for kind, words in WORDS.items()
        },
    }


def text_to_json(c: Compendium, text: TranslatedText | TomlTranslations) -> dict[str, str]:
    """Return a text by language, as JSON holds it."""
    return {language: text[language] for language in c.languages}


def vocabulary_word_to_json(c: Compendium, word: VocabularyWord) -> dict:
    """Return a word of the vocabulary as JSON."""
    means = text_to_language_columns("means", word.means, c.languages)
    return text_to_json(c, word) | means | {"colour": word.colour, "verdicts": word.verdicts, "mark": word.mark}


def list_claims_to_qualify(c: Compendium, ledger: Ledger) -> list[dict]:
    """Return the claims to be known before the paper is quoted: headline first, then by verdict and number."""
    chosen = [one for one in ledger.values() if one.verdict in QUALIFIED]
    weights, verdicts = claims.WEIGHED.index, list(VERDICTS).index
    chosen.sort(key=lambda one: (weights(one.weight), verdicts(one.verdict), claims.parse_claim_number(one.claim_id)))
    stated = c.tables("claims").set_index("claim_id")[c.languages.columns("statement")]
    sources = c.tables("sources").set_index("source_id", drop=False).rename(columns={"source_id": "id"})
    sources, instead = (
        sources[["id", *c.languages.columns("name"), "grade", "host_trust"]],
        list_proposed_quotes(c, ledger),
    )
    kept = ["claim_id", "weight", "verdict", "lowest_grade", "strength", "trust", "notebook", "answer"]
    texts = ("printed", "why", "reason", "found")
    return [
        {key: getattr(one, key) for key in kept}
        | dict(
            chain.from_iterable(
                text_to_language_columns(stem, getattr(one, stem), c.languages).items() for stem in texts
            )
        )
        | stated.loc[one.claim_id].to_dict()
        | text_to_language_columns("quote", instead[one.claim_id].said, c.languages)
        | text_to_language_columns("cite", instead[one.claim_id].cite, c.languages)
        | {"quote_sources": list(instead[one.claim_id].sources)}
        | {"sources": sources.loc[list(one.evidence)].to_dict("records")}
        for one in chosen
    ]


def list_claims_awaiting_records(c: Compendium, ledger: Ledger) -> dict:
    """Return the claims that await a record that was not obtained, those records, and how many more there are."""
    chosen = sorted(
        (name for name, one in ledger.items() if one.verdict == "not obtained"), key=claims.parse_claim_number
    )
    kept = ("record_id", *c.languages.columns("record"), *c.languages.columns("holder"))
    every = c.tables("records").query("not obtained").to_dict("records")
    records = [
        {key: row[key] for key in kept} | {"claims": decided}
        for row in every
        if row["decides"] and (decided := [name for name in chosen if name in split_list(row["claim_ids"])])
    ]
    told = [
        {
            "claim_id": name,
            "weight": ledger[name].weight,
            **text_to_language_columns("printed", ledger[name].printed, c.languages),
        }
        for name in chosen
    ]
    return {"claims": told, "records": records, "more": len(every) - len(records)}


def read_untested_conditions(c: Compendium) -> dict[str, dict]:
    """Return what was not tried, with the numbers of sources and of those with an archived address put in."""
    every, archived = str(len(c.tables("sources"))), str(sum(count_archived_sources(c).values()))
    rows = toml.read_tables(c.notebooks / UNTRIED, TomlTranslations, c.languages)
    return {
        name: {one: said.replace("{sources}", every).replace("{archived}", archived) for one, said in row.words.items()}
        for name, row in rows.items()
    }


def read_git_state(c: Compendium) -> dict:
    """Return the commit that lies here, if git knows one, and whether all files are as there; None: unknown."""
    if paths.has_git(c.root) and (commit := accept.run_git(c, "rev-parse", "HEAD")):
        return {"commit": commit.decode().strip(), "clean": accept.run_git(c, "status", "--porcelain") == b""}
    return {"commit": None, "clean": None}


def describe_machine(c: Compendium) -> dict:
    """Return the system, processor, cores, Python and versions of libraries: what differs from machine to machine."""
    system = platform.platform(terse=True)
    with suppress(OSError):  # of a Linux, the distribution
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return {
        "system": system,
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": schedule.list_installed_versions(),
        "not_as_locked": schedule.list_versions_off_lock(c),
    }


def compare_outputs(c: Compendium) -> dict:
    """Return how many outputs of each kind the run made, how many lines differ, and the first of them."""
    differences = comparison.compare_with_reference(c, c.out)
    figures = list(c.out.glob("figures/*/*"))
    return {
        "tables": len(list(c.out.glob("data/processed/*.csv"))),
        "figures": len({path.stem for path in figures}),
        "figure_files": len(figures),
        "notebooks": len(list(c.out.glob("notebooks/*.ipynb"))),
        "differences": len(differences),
        "first": differences[:SHOWN],
    }


def hash_outputs_and_tables(c: Compendium) -> dict:
    """Return one SHA-256 over the committed outputs, over those of the run, and over the raw tables.

    Outputs: that of the lines of data/SHA256SUMS, written anew from the files that lie there; `sha256sum` of that file
    gives it. Raw tables: that of datapackage.json, which holds the others and is checked before a run.
    """
    outputs = {
        "file": accept.DIGESTS,
        "sha256": hash_outputs_in_folder(c.root),
        "sha256_of_run": hash_outputs_in_folder(c.out),
    }
    package = c.raw / PACKAGE
    raw = {"file": paths.format_path(package), "sha256": accept.sha256(package.read_bytes())}
    return {"outputs": outputs, "raw": raw}


def hash_outputs_in_folder(folder: Path) -> str:
    """Return the SHA-256 of the list of the outputs in a folder with the SHA-256 of each, as data/SHA256SUMS is."""
    files = {p.relative_to(folder).as_posix(): p for pattern in accept.MADE for p in folder.glob(pattern)}
    lines = [
        f"{accept.hash_normalised_file(name, path.read_bytes())}  {name}\n" for name, path in sorted(files.items())
    ]
    return accept.sha256("".join(lines).encode("utf-8"))
