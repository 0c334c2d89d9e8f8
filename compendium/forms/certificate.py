"""The certificate: what the last run found on the paper, and what was run, as JSON and as a PDF made from that JSON."""

import json
import os
import platform
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pandas as pd

from compendium import CompendiumError, engine, languages, paths, toml
from compendium.data import datapackage, sourcing, tables
from compendium.data.datapackage import LIST
from compendium.declaration import declared
from compendium.files import fingerprint, keyed, write_atomic
from compendium.forms import archive, typesetting
from compendium.forms.entities import archives
from compendium.ledger import claims
from compendium.ledger.recording import by_column
from compendium.run import RunError, caching, comparison, contents, judge, reference, schedule
from compendium.show import notices as noticed
from compendium.show.findings import summary
from compendium.show.listing import ordered
from compendium.show.quotes import quotes
from compendium.texts import Spoken, Text
from compendium.vocabulary import ANSWERS, GRADES, QUALIFIED, STRENGTHS, VERDICTS, WEIGHTS, Word, answered, found

UNTRIED = "untried.toml"
BASIS, CODERS = "basis", "coders"  # tables of that file that are told elsewhere than with the others
SHOWN = 5


def write(root: Path) -> list[Path]:
    """Write certificate.json and certificate.pdf on the run below `root` to the folder build and return their paths.

    Equal facts give equal bytes; commit, machine and day of the run, as the run recorded it, are among them.

    Raises:
        RunError: `root` holds no complete run of what lies here, or the vendored font lacks a sign.
    """
    require_run(root)
    text = json.dumps(facts(root), ensure_ascii=False, indent=1) + "\n"
    made = {"certificate.json": text.encode("utf-8"), "certificate.pdf": pdf(text)}
    for name, data in made.items():
        write_atomic(paths.project().build / name, data)
    return [paths.project().build / name for name in made]


def require_run(root: Path) -> None:
    """Refuse a run that is not complete, whose ledger is not as judged, or that would come out otherwise by now.

    Raises:
        RunError: there is no run below `root`, it lacks notebooks, was made with other choices or in one language, or
            its outputs, the data, the notebooks, the code or Python have changed since.
    """
    notebooks, ledger, made = list(contents.catalogue().values()), judge.judged(), paths.processed("claims", root)
    keys = caching.Keys(root, notebooks, {}, ledger, caching.previous(root))
    same = made.is_file() and keyed(made, "claim_id") == ledger
    if not same or not all(keys.current(notebook.name) for notebook in notebooks):
        raise RunError(f"{paths.shown(root)} holds no complete run of what lies here. Remedy: make")


def facts(root: Path) -> dict:
    """Return all facts of the certificate on the run below `root`; nothing in them depends on the clock."""
    package = datapackage.descriptor()
    ledger = ordered(claims.stored("claims", root))
    paper = declared().paper
    told = untried()
    return {
        "languages": list(languages.spoken()),
        "paper": {"title": paper.named, "url": paper.url},
        "basis": told.pop(BASIS, None),
        "summary": by_language(summary(ledger, Text)),
        "answers": answers(ledger),
        "counts": claims.count(ledger).to_dict("index"),
        "weak_headline": int((ledger["weight"].eq("headline") & ledger["strength"].eq("weak")).sum()),
        "doubted": doubted(ledger),
        "coding": {"coders": told.pop(CODERS, None), "parted": parted(ledger)},
        "not_obtained": not_obtained(ledger),
        "untried": list(told.values()),
        "compendium": by_column("title", datapackage.said(package, "title"))
        | {"version": declared().version, "created": package["created"]},
        "run": {"finished": caching.previous(root)["finished"], "operator": None, **state()}
        | {"notebooks": len(contents.catalogue()), "raw_tables": len(package["resources"])},
        "engine": engine.version(),
        "machine": machine(),
        "agreement_with_own_outputs": compared(root),
        "digests": digests(root),
        "rates": noticed.rates(),
        "notices": {
            "head": {column: by_language(words) for column, words in noticed.HEAD.items()},
            "rows": [{column: by_language(words) for column, words in row.items()} for row in noticed.rows()],
            "hideable": [by_language(words) for words in noticed.hideable()],
        },
        "words": {
            "answers": worded(ANSWERS),
            "verdicts": worded(VERDICTS),
            "weights": worded(WEIGHTS),
            "grades": worded(GRADES),
            "strengths": worded(STRENGTHS),
        },
    }


def by_language(said: Text) -> dict[str, str]:
    """Return a text as JSON."""
    return dict(zip(languages.spoken(), said, strict=True))


def answers(ledger: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return the number of claims of substance by answer and weight, all of them under `all`."""
    counted = claims.count(ledger)
    rows = {name: counted.reindex(answer.verdicts, fill_value=0).sum() for name, answer in ANSWERS.items()}
    return {name: row.astype(int).to_dict() for name, row in {**rows, "all": counted.loc["all"]}.items()}


def state() -> dict:
    """Return which commit lies here, none outside git, and whether all files are as there or in the unpacked archive.

    `clean` is None where neither git nor the list of an archive can tell.
    """
    if paths.versioned() and (commit := reference.git("rev-parse", "HEAD")):
        status = reference.git("status", "--porcelain")
        return {"commit": commit.decode().strip(), "archive": False, "clean": status == b""}
    unpacked, clean = (paths.project().root / paths.MANIFEST).is_file(), None
    if unpacked:
        try:
            clean = bool(archive.listed())
        except CompendiumError:
            clean = False
    return {"commit": None, "archive": unpacked, "clean": clean}


def untried() -> dict[str, dict]:
    """Return what was not tried, with the numbers of sources and of those with an archived address put in."""
    every, archived = str(len(tables.raw("sources"))), str(sum(archives().values()))
    return {
        name: {
            tongue: text.replace("{sources}", every).replace("{archived}", archived)
            for tongue, text in row.words.items()
        }
        for name, row in toml.tables(paths.project().notebooks / UNTRIED, Spoken).items()
    }


def parted(ledger: pd.DataFrame) -> list[dict]:
    """Return the claims on which the codings part, with the verdict by their majority and those by each alone."""
    apart = [len(set(given.split(LIST))) > 1 for given in ledger["verdict_codings"]]
    other = ledger.loc[apart].sort_values("claim_id", key=claims.by_number)
    shown = other[["claim_id", "weight", "verdict"]].to_dict("records")
    return [row | {"codings": given.split(LIST)} for row, given in zip(shown, other["verdict_codings"], strict=True)]


def machine() -> dict:
    """Return the system, processor, cores, Python and versions of libraries: what differs from machine to machine."""
    system = platform.platform(terse=True)
    with suppress(OSError):  # of a Linux, the distribution
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return {
        "system": system,
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "libraries": schedule.installed(),
        "not_as_locked": schedule.unlocked(),
    }


def compared(root: Path) -> dict:
    """Return how many outputs of each kind the run below `root` made, how many lines differ, and the first of them."""
    differences = comparison.compare(root)
    figures = list(root.glob("figures/*/*"))
    return {
        "tables": len(list(root.glob("data/processed/*.csv"))),
        "figures": len({path.stem for path in figures}),
        "figure_files": len(figures),
        "notebooks": len(list(root.glob("notebooks/*.ipynb"))),
        "differences": len(differences),
        "first": differences[:SHOWN],
    }


def digests(root: Path) -> dict:
    """Return one SHA-256 over the committed outputs, over those of the run, and over the raw tables; one a table for
    what is said of its sources.

    Outputs: that of the lines of data/SHA256SUMS, written anew from the files that lie there; `sha256sum` of that file
    gives it. Raw tables: that of datapackage.json, which holds the others and is checked before a run.
    """
    return {
        "outputs": {
            "file": reference.DIGESTS,
            "sha256": digest(paths.project().root),
            "sha256_of_run": digest(root),
        },
        "raw": {
            "file": paths.shown(paths.project().raw / datapackage.PACKAGE),
            "sha256": caching.data_hash().removeprefix("sha256:"),
            "sources_sha256": sourcing.recorded(),
        },
    }


def digest(place: Path) -> str:
    """Return the SHA-256 of the list of the outputs below `place` with the SHA-256 of each, as data/SHA256SUMS is."""
    names = sorted(p.relative_to(place).as_posix() for pattern in reference.MADE for p in place.glob(pattern))
    with paths.using(root=place):
        lines = "".join(f"{reference.digest_of(name)}  {name}\n" for name in names)
    return fingerprint(lines.encode("utf-8")).removeprefix("sha256:")


def doubted(ledger: pd.DataFrame) -> list[dict]:
    """Return the claims to be known before the paper is quoted: headline first, then by verdict and number."""
    chosen = ledger[ledger["verdict"].isin(QUALIFIED)]
    chosen = chosen.sort_values("weight", key=lambda column: column.map(claims.WEIGHED.index), kind="stable")
    statements = tables.raw("claims").set_index("claim_id")
    sources, instead = tables.raw("sources").set_index("source_id"), quotes(ledger, Text)
    kept = ("claim_id", "weight", "verdict", "lowest_grade", "strength", "trust", "notebook")
    told = [column for stem in ("printed", "why", "reason") for column in languages.columns(stem)]
    return [
        {key: row[key] for key in (*kept, *told)}
        | {"answer": answered(row["verdict"])}
        | {column: statements.at[row["claim_id"], column] for column in languages.columns("statement")}
        | {f"found_{tongue}": found(row, tongue) for tongue in languages.spoken()}
        | {f"quote_{tongue}": instead[row["claim_id"]].said[tongue] for tongue in languages.spoken()}
        | {f"cite_{tongue}": instead[row["claim_id"]].cite[tongue] for tongue in languages.spoken()}
        | {"quote_sources": list(instead[row["claim_id"]].sources)}
        | {"sources": [source(name, sources.loc[name]) for name in row["evidence"].split(LIST) if name]}
        for row in chosen.to_dict("records")
    ]


def source(name: str, row: pd.Series) -> dict:
    """Return a source by id, names, grade and trust of its host."""
    return {"id": name} | {key: row[key] for key in (*languages.columns("name"), "grade", "host_trust")}


def not_obtained(ledger: pd.DataFrame) -> dict:
    """Return the claims that await a record that was not obtained, these records with who has them, and how many more
    such records the table names."""
    chosen = ledger[ledger["verdict"] == "not obtained"].sort_values("claim_id", key=claims.by_number)
    kept = ("record_id", *languages.columns("record"), *languages.columns("holder"))
    every = tables.raw("records").query("not obtained").to_dict("records")
    records = [
        {key: row[key] for key in kept} | {"claims": decided}
        for row in every
        if (decided := [name for name in chosen["claim_id"] if row["decides"] and name in row["claim_ids"].split(LIST)])
    ]
    return {
        "claims": chosen[["claim_id", "weight", *languages.columns("printed")]].to_dict("records"),
        "records": records,
        "more": len(every) - len(records),
    }


def worded(words: dict[str, Word]) -> dict[str, dict]:
    """Return words of the vocabulary as JSON."""
    return {
        name: by_language(Text(word.__getitem__))
        | by_column("means", Text(word.means))
        | {"colour": word.colour, "verdicts": word.verdicts, "mark": word.mark}
        for name, word in words.items()
    }


def pdf(text: str) -> bytes:
    """Return the certificate as PDF from its JSON, dated on the day of the run.

    Raises:
        RunError: the vendored font lacks a sign.
    """
    return typesetting.pdf("certificate", text, datetime.fromisoformat(json.loads(text)["run"]["finished"]))
