"""A new compendium, for an author of another audit: the declaration of a paper, an empty ledger or the worked example,
and the engine as one wheel."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from compendium import CompendiumError
from compendium.authoring import example
from compendium.base import distribution
from compendium.base.declaration import NAME
from compendium.base.files import csv_text, fingerprint, get_last_output_line, write_atomic
from compendium.base.texts import catalogue
from compendium.compendium import Compendium
from compendium.data import datapackage, ledgertables
from compendium.data.standard import FORM

STEPS = (("data", "refresh"), ("run",), ("accept",))
CC = "https://creativecommons.org/licenses/by/4.0/"  # of data and texts, until their authors choose another
BEGUN = (*ledgertables.REQUIRED, "bodies")  # tables of the ledger that it has from the start
BARE = distribution.TEMPLATE / "bare"  # files that are alike in all compendia
text = catalogue("compendium/new")


def create_compendium(
    target: Path, title: str, doi: str, authors: Sequence[str], languages: Sequence[str], with_example: bool
) -> None:
    """Make a compendium in the folder `target`, run it and accept its outputs.

    Title and DOI are those of the paper, authors make the compendium; if `with_example`, it begins with the worked
    example.

    Raises:
        CompendiumError: the folder is there and not empty, the example is not in these languages, or a step failed;
            nothing is left behind.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CompendiumError(f"{target} is not empty. Remedy: name a folder that does not exist yet")
    if with_example and not set(languages) <= set(example.KNOWN):
        raise CompendiumError(f"the example is in {' and '.join(example.KNOWN)} only. Remedy: leave --example out")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        write_atomic(draft / NAME, render_compendium_toml(target.name, title, doi, authors, languages).encode("utf-8"))
        write_new_compendium(Compendium(draft, draft), with_example)
        for step in STEPS:  # the first run differs from what is not there yet
            line = [sys.executable, "-m", "compendium", *step]
            clean = {name: value for name, value in os.environ.items() if not name.startswith("COMPENDIUM_")}
            done = subprocess.run(line, cwd=draft, env=clean, capture_output=True, encoding="utf-8")
            if done.returncode and "does not agree" not in done.stderr:
                raise CompendiumError(f"{' '.join(step)}: {get_last_output_line(done)}")
        for scratch in (draft / "build", *draft.rglob("__pycache__")):
            shutil.rmtree(scratch)
        if target.exists():
            target.rmdir()
        os.replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def render_json_value(value: object) -> str:
    """Return a text or a list as JSON, which is TOML and YAML too."""
    return json.dumps(value, ensure_ascii=False)


def render_template_file(file: str, /, **values: object) -> str:
    """Return a file of the template with values in their places."""
    found = (distribution.TEMPLATE / file).read_text(encoding="utf-8")
    return re.sub(r"\{(\w+)\}", lambda place: str(values[place[1]]), found)


def render_compendium_toml(name: str, title: str, doi: str, authors: Sequence[str], languages: Sequence[str]) -> str:
    """Return compendium.toml for a folder of this name; the others as for `create`."""
    titles = text("title", paper=title)
    return render_template_file(
        NAME,
        name=render_json_value("-".join(re.findall("[a-z0-9]+", name.lower())) or "compendium"),
        today=date.today(),
        year=date.today().year,
        languages=render_json_value(languages),
        titles="\n".join(f"{language} = {render_json_value(titles[language])}" for language in languages),
        paper=render_json_value(title),
        doi=render_json_value(doi),
        authors="\n\n".join(f"[[authors]]\nname = {render_json_value(author)}" for author in authors),
    )


def write_new_compendium(c: Compendium, with_example: bool) -> None:
    """Write all files of a new compendium whose declaration is there; what accepting renews is begun."""
    bare = [path for path in BARE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    made = {path.relative_to(BARE).as_posix(): path.read_text(encoding="utf-8") for path in bare}
    made["install.py"] = distribution.find_bundled_file("install.py").read_text(encoding="utf-8")
    made |= {"LICENSE": render_licence(c), "CITATION.cff": render_citation_cff(c)} | render_empty_ledger_tables(c)
    for language, name in distribution.list_engine_doc_files(c.languages).items():
        made[c.languages.page("README.md", language)] = render_readme(c, language)
        place = c.languages.page(distribution.CONTRACTS, language)
        made[place] = distribution.remove_dead_doc_links(
            distribution.find_bundled_file(name).read_text(encoding="utf-8"), place
        )
    made |= dict(example.list_example_files(c.languages)) if with_example else {}
    made[f"data/raw/{datapackage.PACKAGE}"] = (
        json.dumps(make_datapackage_json(c, with_example), ensure_ascii=False, indent=2) + "\n"
    )
    lock = distribution.find_bundled_file("requirements.lock").read_text(encoding="utf-8")
    wheel = distribution.build_or_copy_wheel(c.root)  # it lies beside the lock, as one more package
    made["requirements.lock"] = f"{lock}./{wheel.name} \\\n    --hash={fingerprint(wheel.read_bytes())}\n"
    for name, content in made.items():
        write_atomic(c.root / name, content.encode("utf-8"))


def render_licence(c: Compendium) -> str:
    """Return the licences: of code MIT, of data and texts CC BY 4.0."""
    holders = " and ".join(person.name for person in c.declaration.authors)
    mit = distribution.find_bundled_file("LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2]
    data = f"Data and texts (data, figures, notebooks, READMEs) are licensed under {CC} (CC BY 4.0)."
    return f"MIT License\n\nCopyright (c) {date.today().year} {holders}\n\n{mit.rstrip()}\n\n{data}\n"


def render_citation_cff(c: Compendium) -> str:
    """Return CITATION.cff, which cites the paper as well."""
    declared, paper = c.declaration, c.declaration.paper
    return render_template_file(
        "CITATION.cff",
        title=render_json_value(declared.title[c.languages[0]]),
        version=declared.version,
        released=declared.released,
        license=declared.rights.code,
        authors="\n".join(f"  - name: {render_json_value(person.name)}" for person in declared.authors),
        paper=render_json_value(paper.title),
        year=paper.year,
        doi=f"\n    doi: {paper.doi}" if paper.doi else "",
    )


def render_readme(c: Compendium, language: str) -> str:
    """Return the README in a language."""
    told, name = c.declaration, "README.zh-CN.md" if language == "zh" else "README.md"
    paper = f"[{told.paper.title}]({told.paper.url})" if told.paper.url else told.paper.title
    place = c.languages.page(distribution.CONTRACTS, language)
    return render_template_file(name, contracts=place, title=told.title[language], paper=paper)


def render_empty_ledger_tables(c: Compendium, published: bool = True) -> dict[str, str]:
    """Return the tables of an empty ledger as CSV by path: the paper is a source, its authors are an origin.

    Who published it is a body, if it is `published`.
    """
    paper = c.declaration.paper
    first = {
        "sources": {f"name_{language}": text("paper")[language] for language in c.languages}
        | {"source_id": "paper", "title": paper.title, "publisher": paper.journal or "TODO", "grade": "A"}
        | {"url": paper.url or "https://example.org/paper", "host_trust": "ok", "accessed": str(date.today())}
        | {"taken_from": "page", "no_excerpt": "paper"},
        "origins": {f"name_{language}": text("authors")[language] for language in c.languages}
        | {"origin_id": "O-PAPER", "kind": "paper", "collective": "false"},
        "source_origins": {"source_id": "paper", "origin_id": "O-PAPER", "role": "origin"},
    }
    if published:
        names = {f"name_{language}": paper.journal or "TODO" for language in c.languages}
        first["bodies"] = names | {"body_id": "journal", "origin_ids": "O-PAPER"}
    found = {}
    described = ledgertables.describe_tables(c.languages)
    for name in BEGUN:
        columns = [field["name"] for field in described[name]["schema"]["fields"]]
        rows = [[first[name].get(column, "") for column in columns]] if name in first else []
        found[f"data/raw/{name}.csv"] = csv_text(columns, rows)
    return found


def make_datapackage_json(c: Compendium, with_example: bool) -> dict[str, Any]:
    """Return datapackage.json without hashes: the tables of the ledger, and with the example all that it has."""
    told, paper = c.declaration, c.declaration.paper
    more = example.describe_example_tables(c) if with_example else {"singular": {}, "tables": []}
    there = {Path(name).stem for name, _ in example.list_example_files(c.languages)} if with_example else set()
    described = ledgertables.describe_tables(c.languages)
    ledger = [table for name, table in described.items() if name in {*BEGUN, *there}]
    code = told.rights.data
    licences = [{"name": code, "title": f"{code}: selection, wording and coding of the tables", "path": CC}]
    sources = [{"title": paper.title} | ({"path": paper.url} if paper.url else {})]
    common = {"licenses": licences, "sources": sources}
    head: dict[str, Any] = {"name": told.name}
    for stem, said in (("title", told.title), ("description", text("description", paper=paper.title))):
        head |= {c.languages.key(stem, language): said[language] for language in c.languages}
    head |= {"version": told.version, "created": f"{date.today()}T00:00:00Z"} | common
    tables = [FORM | common | table for table in (*ledger, *more["tables"])]
    return head | {"singular": more["singular"], "resources": tables}
