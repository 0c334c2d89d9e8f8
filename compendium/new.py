"""A new compendium: the declaration of a paper, an empty ledger or the worked example, and the engine as one wheel."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from compendium import CompendiumError, engine, example, paths
from compendium.data import datapackage, ledgertables
from compendium.data.standard import FORM
from compendium.declaration import NAME, declared
from compendium.files import write_atomic
from compendium.languages import key, own, page, spoken
from compendium.texts import catalogue

STEPS = (("data", "refresh"), ("run",), ("accept",))
LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}
BARE = engine.TEMPLATE / "bare"  # files that are alike in all compendia
text = catalogue("compendium/new")


@dataclass(frozen=True)
class Asked:
    """What is asked of a new compendium.

    Attributes:
        title, doi: of the paper; the DOI without the address of the resolver, or empty.
        authors: who makes the compendium.
        languages: one or two codes.
        worked: whether it begins with the worked example.
    """

    title: str
    doi: str
    authors: tuple[str, ...]
    languages: tuple[str, ...]
    worked: bool


def create(target: Path, asked: Asked) -> None:
    """Make a compendium in the folder `target`, run it and accept its outputs.

    Raises:
        CompendiumError: the folder is there and not empty, the example is not in these languages, or a step failed;
            nothing is left behind.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CompendiumError(f"{target} is not empty. Remedy: name a folder that does not exist yet")
    if asked.worked and not set(asked.languages) <= set(example.KNOWN):
        raise CompendiumError(f"the example is in {' and '.join(example.KNOWN)} only. Remedy: leave --example out")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        write_atomic(draft / NAME, declaration(target.name, asked).encode("utf-8"))
        with paths.using(root=draft):
            fill(draft, asked.worked)
        for step in STEPS:
            take(draft, step)
        for scratch in (draft / "build", *draft.rglob("__pycache__")):
            shutil.rmtree(scratch)
        if target.exists():
            target.rmdir()
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def take(folder: Path, step: tuple[str, ...]) -> None:
    """Run a command of the compendium in a folder; the first run differs from what is not there yet."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COMPENDIUM_")}
    environment |= {paths.ROOT: str(folder)}
    line = [sys.executable, "-m", "compendium", *step]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode and "does not agree" not in done.stderr:
        raise CompendiumError(f"compendium {' '.join(step)} in {folder}: {done.stderr.strip()}")


def declaration(name: str, asked: Asked) -> str:
    """Return compendium.toml."""
    plain = "".join(char if char.isalnum() and char.isascii() else "-" for char in name.lower())
    quoted = json.dumps  # a string of JSON is one of TOML
    said = {language: text("title", paper=asked.title)[own(language)] for language in asked.languages}
    return "\n".join(
        [
            "# What this compendium is and which paper it re-runs. What the engine says about either, it reads here.",
            f"name = {quoted('-'.join(filter(None, plain.split('-'))) or 'compendium')}",
            'version = "0.1.0"',
            f"released = {date.today()}",
            f"languages = {quoted(list(asked.languages))}",
            "\n[title]",
            *(f"{language} = {quoted(title, ensure_ascii=False)}" for language, title in said.items()),
            "\n[paper]",
            f"title = {quoted(asked.title, ensure_ascii=False)}",
            'journal = ""  # TODO where it appeared',
            f"year = {date.today().year}  # TODO the year that it bears",
            f"doi = {quoted(asked.doi)}",
            "authors = []  # TODO as printed",
            "kin = []  # TODO its publisher and the employers of its authors: their numbers are no second measurement",
            *(f"\n[[authors]]\nname = {quoted(author, ensure_ascii=False)}" for author in asked.authors),
            '\n[defaults]\nweight = "supporting"\ngrade = "B"\nhost_trust = "ok"\n',
        ]
    )


def fill(root: Path, worked: bool) -> None:
    """Write all files of a new compendium whose declaration lies in `root`; what accepting renews is begun."""
    bare = {
        path.relative_to(BARE).as_posix(): path for path in BARE.rglob("*") if path.is_file() and path.suffix != ".pyc"
    }
    made = {name: path.read_text(encoding="utf-8") for name, path in bare.items()}
    made |= {"install.py": engine.shared("install.py").read_text(encoding="utf-8"), "codemeta.json": ""}
    made |= {"LICENSE": licence(), "CITATION.cff": citation()} | rows()
    made |= {page("README.md", language): readme(language) for language in spoken()}
    made |= {
        (place := page(engine.CONTRACTS, one)): engine.contracts(engine.shared(name).read_text(encoding="utf-8"), place)
        for one, name in engine.pages(spoken()).items()
    }
    made |= dict(example.files()) if worked else {}
    made[f"data/raw/{datapackage.PACKAGE}"] = json.dumps(descriptor(worked), ensure_ascii=False, indent=2) + "\n"
    lock = engine.shared("requirements.lock").read_text(encoding="utf-8")
    made["requirements.lock"] = engine.locked(lock, engine.wheel(root))
    for name, content in made.items():
        write_atomic(root / name, content.encode("utf-8"))


def licence() -> str:
    """Return the licences: of code MIT, of data and texts CC BY 4.0."""
    holders = " and ".join(person.name for person in declared().authors)
    mit = engine.shared("LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2]
    data = f"Data and texts (data, figures, notebooks, READMEs) are licensed under {LICENCES['CC-BY-4.0']} (CC BY 4.0)."
    return f"MIT License\n\nCopyright (c) {date.today().year} {holders}\n\n{mit.rstrip()}\n\n{data}\n"


def citation() -> str:
    """Return CITATION.cff, which cites the paper as well."""
    told, quoted = declared(), json.dumps
    paper = [f"title: {quoted(told.paper.title, ensure_ascii=False)}", f"year: {told.paper.year}  # TODO as in {NAME}"]
    paper += [f"doi: {told.paper.doi}"] if told.paper.doi else []
    return "\n".join(
        [
            "cff-version: 1.2.0",
            "message: If you use this compendium, please cite it and the paper it re-runs.",
            f"title: {quoted(told.title[spoken()[0]], ensure_ascii=False)}",
            "type: software",
            f"version: {told.version}",
            f"date-released: {told.released}",
            f"license: {told.rights.code}",
            "authors:",
            *(f"  - name: {quoted(person.name, ensure_ascii=False)}" for person in told.authors),
            "references:",
            "  - type: article",
            *(f"    {line}" for line in paper),
            "    authors:",
            "      - name: see the publisher's page\n",
        ]
    )


def readme(language: str) -> str:
    """Return the README in a language."""
    told = declared()
    content = (engine.TEMPLATE / ("README.zh-CN.md" if language == "zh" else "README.md")).read_text(encoding="utf-8")
    paper = f"[{told.paper.title}]({told.paper.url})" if told.paper.url else told.paper.title
    content = content.replace("{contracts}", page(engine.CONTRACTS, language))
    return content.replace("{title}", told.title[language]).replace("{paper}", paper)


def rows() -> dict[str, str]:
    """Return the tables of an empty ledger as CSV by path: the paper is a source, its authors are an origin."""
    told, today = declared(), str(date.today())
    names = {f"name_{language}": text("paper")[own(language)] for language in spoken()}
    url = told.paper.url or "https://example.org/paper"
    first: dict[str, dict[str, str]] = {
        "sources": names
        | {"source_id": "paper", "title": told.paper.title, "publisher": told.paper.journal or "TODO", "url": url}
        | {"grade": "A", "host_trust": "ok", "accessed": today, "taken_from": "page", "no_excerpt": "paper"},
        "origins": {f"name_{language}": text("authors")[own(language)] for language in spoken()}
        | {"origin_id": "O-PAPER", "kind": "paper", "collective": "false"},
        "source_origins": {"source_id": "paper", "origin_id": "O-PAPER", "role": "origin"},
    }
    found = {}
    for name in ledgertables.REQUIRED:
        out = io.StringIO()
        columns = [field["name"] for field in ledgertables.described()[name]["schema"]["fields"]]
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows([first[name]] if name in first else [])
        found[f"data/raw/{name}.csv"] = out.getvalue()
    return found


def descriptor(worked: bool) -> dict[str, Any]:
    """Return datapackage.json without hashes: the tables of the ledger, and with the example all that it has."""
    told, more = declared(), example.package() if worked else {"tables": []}
    there = {Path(name).stem for name, _ in example.files() if name.endswith(".csv")} if worked else set()
    ledger = [t for name, t in ledgertables.described().items() if name in {*ledgertables.REQUIRED, *there}]
    licences = [
        {"name": told.rights.data, "title": f"{told.rights.data}: selection, wording and coding of the tables"}
        | ({"path": LICENCES[told.rights.data]} if told.rights.data in LICENCES else {})
    ]
    sources = [{"title": told.paper.title} | ({"path": told.paper.url} if told.paper.url else {})]
    common = FORM | {"licenses": licences, "sources": sources}
    texts = {key("title", language): told.title[language] for language in spoken()}
    texts |= {
        key("description", language): text("description", paper=told.paper.title)[own(language)]
        for language in spoken()
    }
    return {
        "name": told.name,
        **texts,
        "version": told.version,
        "created": f"{date.today()}T00:00:00Z",
        "licenses": licences,
        "sources": sources,
        "singular": more.get("singular", {}),
        "resources": [common | table for table in (*ledger, *more["tables"])],
    }
