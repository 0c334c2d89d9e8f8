"""The research object crate: tables, notebooks, outputs and verdicts, described in one file that other programs read.

The file lies at the root of a copy of this compendium and names its files by relative path. It follows RO-Crate 1.1 and
the profile Workflow RO-Crate 1.0; the run is told in the terms of Workflow Run Crate, whose profile is not claimed
because nothing committed records when the run ended. A value in two languages is one text. Equal files give
equal bytes.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.model.preview import Preview
from rocrate.rocrate import ROCrate

from compendium import CompendiumError, paths
from compendium.data import datapackage, sourcing, tables
from compendium.data.datapackage import LIST
from compendium.files import write_atomic
from compendium.forms import claimsfile, preview
from compendium.forms.entities import (
    README,
    article,
    authors,
    citation,
    cited_sources,
    compiled,
    file,
    granted,
    held,
    licences,
    named,
    opened,
    said,
    section,
    term_id,
    terminology,
    terms,
    titled,
    to,
    where,
)
from compendium.languages import page, spoken, unmarked
from compendium.ledger import claims, crosswalk
from compendium.ledger.evidence import Data
from compendium.run import contents, reference
from compendium.run.contents import Notebook
from compendium.show.reproductions import LOG
from compendium.texts import CLAUSE, NOTHING, SENTENCE, Text, catalogue, joined, of
from compendium.vocabulary import STRENGTHS, VERDICTS

text = catalogue("compendium/forms")
NAME = "ro-crate-metadata.json"
SPECIFICATION = "1.1"
PROFILE, PROFILE_NAME, PROFILE_VERSION = (
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
    "Workflow RO-Crate",
    "1.0",
)
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
TERMS = {name: f"http://schema.org/{name}" for name in ("archivedAt", "sha256")}  # which the context of 1.1 lacks
TOLD = {  # files that tell about the whole, where they are there
    "README.md": "readme",
    "CITATION.cff": "citation",
    "LICENSE": "licence-code",
    "LICENSE-CC-BY-4.0": "licence-text",
    "requirements.lock": "lock",
    "data/raw/datapackage.json": "package",
    "data/raw/codebook.md": "codebook",
    "data/raw/CHANGES.md": "changes",
    LOG: "reproductions",
}
IN_EACH = (README, "data/raw/codebook.md")  # of them, those that stand in each language
WORKFLOW, ENGINE, RUN = "notebooks/contents.toml", "#compendium", "#run"


def content() -> bytes:
    """Return the crate of what is committed, as the bytes of the file `ro-crate-metadata.json`.

    Raises:
        InputError: a raw table is not the one recorded, or CITATION.cff cannot be used.
        CompendiumError: the outputs are not those recorded at the last accept.
    """
    if found := reference.outdated():
        raise CompendiumError(found[0])
    cited = citation()
    entities = [*project(cited), *raw_tables(), *notebooks(cited), *outputs(), *sources(), *reviews(cited)]
    crate = ROCrate(version=SPECIFICATION)
    crate.add(Preview(crate))
    crate.metadata.extra_terms.update(TERMS | crosswalk.context())
    crate.metadata["conformsTo"] = to([crate.metadata.profile, PROFILE])
    for entity in sorted(entities, key=lambda entity: entity["@id"]):
        add(crate, {key: value for key, value in entity.items() if value})
    for key, value in root(cited, entities).items():
        crate.root_dataset[key] = value
    dumped = json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1, sort_keys=True)
    return f"{dumped}\n".encode()


def files() -> dict[str, bytes]:
    """Return by name what makes a copy of this folder a crate: the crate, its page for people, the claims."""
    page_of_it = preview.content({name: TOLD[unmarked(name)] for name in front()})
    return {NAME: content(), preview.NAME: page_of_it, claimsfile.NAME: claimsfile.content()}


def front() -> dict[str, str | None]:
    """Return the files that tell about the whole, as far as they are there, with the language of those in one."""
    every = dict.fromkeys(TOLD) | {page(name, one): one for name in IN_EACH for one in spoken()}
    return {name: one for name, one in every.items() if (paths.project().root / name).is_file()}


def write() -> Path:
    """Write the crate to build/crate and return the folder."""
    folder = paths.project().build / "crate"
    for name, data in files().items():
        write_atomic(folder / name, data)
    return folder


def add(crate: ROCrate, entity: dict) -> None:
    """Add an entity to a crate; a file becomes a part of its root."""
    name = entity.pop("@id")
    file = "File" in entity["@type"]
    crate.add(File(crate, dest_path=name, properties=entity) if file else ContextEntity(crate, name, entity))


# The whole


def root(cited: dict, entities: list[dict]) -> dict:
    """Return what is said of the whole."""
    package, ledger = datapackage.descriptor(), claims.stored("claims", paths.project().root)
    whole = text("whole", notebooks=len(contents.catalogue()), claims=len(ledger))
    by = authors(cited)
    bodies = [author["@id"] for author in by if author["@type"] == "Organization"]
    mentioned = [e["@id"] for e in entities if e["@type"] in ("CreateAction", "ClaimReview")]
    told = {
        "name": named(datapackage.said(package, "title")),
        "alternateName": cited["title"],
        "description": said(joined([datapackage.said(package, "description"), whole], SENTENCE)),
        "version": str(cited["version"]),
        "datePublished": datapackage.day(),
        "inLanguage": list(spoken()),
        "license": to([*licences(cited).values()]),
        **dict.fromkeys(("author", "creator"), to(author["@id"] for author in by)),
        "publisher": to(bodies[:1]),
        "about": to([article(cited)]),
        "isBasedOn": to([article(cited)]),
        "mainEntity": to([WORKFLOW]),
        "mentions": to(mentioned),
        "conformsTo": to([PROFILE]),
    }
    return {key: value for key, value in told.items() if value}


def project(cited: dict) -> Iterator[dict]:
    """Yield paper, authors, licences, profile, programs, and the files that tell about the whole."""
    package, paper = datapackage.descriptor(), cited["paper"]
    titles = {source.get("path"): source["title"] for source in package.get("sources", [])}
    yield {
        "@id": article(cited),
        "@type": "ScholarlyArticle",
        "name": paper["title"],
        "alternateName": titles.get(article(cited)),
        "datePublished": str(paper.get("year", "")),
        "identifier": article(cited),
        "isPartOf": to(["#journal"]) if "journal" in paper else None,
    }
    if "journal" in paper:
        yield {"@id": "#journal", "@type": "Periodical", "name": paper["journal"]}
    yield from authors(cited)
    for name, place in licences(cited).items():
        told = dict.fromkeys(licence["title"] for licence in granted() if licence["name"] == name)
        yield {"@id": place, "@type": "CreativeWork", "name": name, "description": "\n".join(told) or name}
    yield {"@id": PROFILE, "@type": "CreativeWork", "name": PROFILE_NAME, "version": PROFILE_VERSION}
    yield from programs(cited)
    for name, language in front().items():
        called = named(text(f"file-{TOLD[unmarked(name)]}"))
        about = to(["./"]) if unmarked(name) == README else None
        yield file(name, name=called, about=about, inLanguage=language)
    yield held(claimsfile.NAME, claimsfile.content(), name=named(text("file-claims")), license=to([compiled()]))


def programs(cited: dict) -> Iterator[dict]:
    """Yield what runs the notebooks: this package, papermill as the lock has it, and the languages."""
    lock = (paths.project().root / "requirements.lock").read_text(encoding="utf-8")
    papermill = re.search(r"^papermill==(\S+)", lock, re.MULTILINE)
    yield {
        "@id": ENGINE,
        "@type": "SoftwareApplication",
        "name": "compendium run",
        "version": str(cited["version"]),
        "url": to([README]),
        "softwareRequirements": to(["#papermill", "requirements.lock"]),
    }
    yield {
        "@id": "#papermill",
        "@type": "SoftwareApplication",
        "name": "papermill",
        "version": papermill[1] if papermill else "not locked",
        "url": "https://papermill.readthedocs.io/",
    }
    yield {"@id": "#python", "@type": "ComputerLanguage", "name": "Python", "url": "https://www.python.org/"}
    yield {"@id": "#toml", "@type": "ComputerLanguage", "name": named(text("toml")), "url": "https://toml.io/"}


# Data and sources


def raw_tables() -> Iterator[dict]:
    """Yield the raw tables as datapackage.json records them, with the sources and origins of their rows."""
    data, digests = Data(), sourcing.recorded()
    for table in datapackage.descriptor()["resources"]:
        cited = cited_sources(table)
        origins = {data.origin(source, table["name"])[0] for source in cited}
        digest = digests.get(table["name"])
        told = [datapackage.said(table, "description"), text("digest", digest=digest) if digest else NOTHING]
        yield {
            "@id": f"data/raw/{table['path']}",
            "@type": "File",
            "name": named(datapackage.said(table, "title")),
            "description": said(joined(told, SENTENCE)),
            "encodingFormat": table["mediatype"],
            "contentSize": str(table["bytes"]),
            "sha256": table["hash"].removeprefix("sha256:"),
            "license": to(map(terms, table["licenses"])),
            "isBasedOn": to([*(f"#source-{source}" for source in cited), *(f"#{origin}" for origin in origins)]),
        }


def sources() -> Iterator[dict]:
    """Yield every source and every origin; of a source on an untrusted site the names only, never an address."""
    rows = tables.raw("sources")
    addresses = opened(rows)
    for row in rows.to_dict("records"):
        known: dict[str, object] = {"@id": f"#source-{row['source_id']}", "@type": "CreativeWork"}
        known |= {"name": named(of(row, "name")), "datePublished": row["published"]}
        url, archived = addresses[row["source_id"]]
        if url:
            known |= {"url": url, "archivedAt": archived, "alternateName": row["title"]}
        else:
            known["description"] = said(text("untrusted"))
        yield known
    for row in tables.raw("origins").to_dict("records"):
        yield {"@id": f"#{row['origin_id']}", "@type": "Thing", "name": named(of(row, "name"))}


# Notebooks and what they make


def relative(found: Iterable[Path]) -> list[str]:
    """Return files of the compendium by relative path, sorted."""
    return sorted(paths.shown(path) for path in found)


def made(notebook: Notebook) -> list[str]:
    """Return the committed tables and figures that a notebook writes."""
    top, seen = paths.project().root, claims.shown()
    names = seen.loc[seen["notebook"].eq(notebook.name) & seen["kind"].ne("claim"), "name"]
    figures = chain.from_iterable(top.glob(f"figures/*/{name}.*") for name in names)
    return relative([*filter(Path.is_file, (paths.processed(n, top) for n in names)), *figures])


def taken(notebook: Notebook) -> list[str]:
    """Return the files that a notebook reads, besides the tables of the ledger that all may read."""
    found, top = [], paths.project().root
    for name in notebook.reads:
        raw = top / "data" / "raw" / f"{name}.csv"
        others = chain(*map(top.glob, (f"data/*/{name}.csv", f"figures/*/{name}.*", f"notebooks/{name}.toml")))
        found += [raw] if raw.is_file() else list(others)
    return relative([*found, *top.glob(f"notebooks/texts/{notebook.name}.toml")])


def notebooks(cited: dict) -> Iterator[dict]:
    """Yield the workflow, its notebooks as steps, and the run whose outputs are committed, as a whole and by step."""
    every = list(contents.catalogue().values())
    version, licence = str(cited["version"]), to([compiled()])
    code = [licences(cited)[cited["license"]], compiled()]
    steps = {notebook.name: f"#step-{notebook.name}" for notebook in every}
    yield file(
        WORKFLOW,
        **{"@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"]},
        name=named(text("workflow")),
        **{"conformsTo": to([BIOSCHEMAS]), "programmingLanguage": to(["#toml"]), "url": to([WORKFLOW])},
        **{"version": version, "license": to(code), "softwareRequirements": to([ENGINE])},
        **{"hasPart": to(f"notebooks/{n.path.name}" for n in every), "step": to(steps.values())},
    )
    for position, notebook in enumerate(every):
        name, answers = f"notebooks/{notebook.path.name}", notebook.answers
        yield file(
            name,
            **{"@type": ["File", "SoftwareSourceCode"], "name": notebook.name, "version": version},
            **{"description": said(answers), "url": to([name]), "license": to(code)},
            **{"programmingLanguage": to(["#python"]), "inLanguage": list(spoken())},
        )
        yield {"@id": steps[notebook.name], "@type": "HowToStep", "name": named(answers), "workExample": to([name])} | {
            "position": str(position)
        }
        yield action(cited, f"{RUN}-{notebook.name}", name, taken(notebook), made(notebook))
    raw = {f"data/raw/{name}.csv" for name in datapackage.names()}
    results = {name for notebook in every for name in made(notebook)}
    results |= {f"data/processed/{name}.csv" for name in claims.OF_RUN}
    read = {name for notebook in every for name in taken(notebook)} | raw
    yield action(cited, RUN, WORKFLOW, read - results, results)
    for name in sorted(read - results - raw):
        yield file(name, name=Path(name).stem, license=licence)


def action(cited: dict, name: str, instrument: str, inputs: Iterable[str], results: Iterable[str]) -> dict:
    """Return the run of the workflow or of one notebook whose results are committed."""
    return {
        "@id": name,
        "@type": "CreateAction",
        "name": named(text("run", instrument=instrument)),
        "description": said(text("run-results", version=cited["version"])),
        "agent": to(entity["@id"] for entity in authors(cited)),
        "instrument": to([instrument]),
        "object": to(inputs),
        "result": to(results),
    }


def outputs() -> Iterator[dict]:
    """Yield the processed tables and the figures that the notebooks write."""
    licence = to([compiled()])
    for name in claims.OF_RUN:
        yield file(f"data/processed/{name}.csv", name=name, description=said(text(name)), license=licence)
    for notebook in contents.catalogue().values():
        told = said(text("output", notebook=notebook.name))
        for name in made(notebook):
            drawn = Path(name).suffix != ".csv"
            kinds = {"@type": ["File", "ImageObject"], "inLanguage": Path(name).parent.name} if drawn else {}
            yield file(name, name=Path(name).stem, description=told, license=licence, **kinds)


# Claims and verdicts


def reviews(cited: dict) -> Iterator[dict]:
    """Yield each claim with its place in the paper, its review with verdict, reason and evidence, and the verdicts."""
    for key, word in VERDICTS.items():
        verdict = {"@id": rating(key), "@type": "Rating", "alternateName": named(Text(word.__getitem__))}
        fits = {f"{term.match}Match": to([term_id(term)]) for term in crosswalk.terms(key)}
        yield verdict | {"description": said(Text(word.means))} | fits
    yield from terminology()
    stated = tables.raw("claims").set_index("claim_id")
    for place in sorted({place for row in stated.to_dict("records") for place in where(row)}):
        entity = {"@id": section(place), "@type": "CreativeWork", "isPartOf": to([article(cited)])}
        yield entity | {"name": named(titled(place))}
    by, on = to(author["@id"] for author in authors(cited)), datapackage.day()
    for row in claims.stored("claims", paths.project().root).to_dict("records"):
        statement = stated.loc[row["claim_id"]]
        claimed = said(of(statement, "statement"))
        yield {
            "@id": f"#claim-{row['claim_id']}",
            "@type": "Claim",
            "identifier": row["claim_id"],
            "name": named(of(row, "printed")),
            "text": claimed,
            "appearance": to([article(cited), *map(section, where(statement))]),
        }
        yield review(row, claimed) | {"author": by, "datePublished": on}


def review(row: dict, claimed: str) -> dict:
    """Return the review of one claim, a row of the joined ledger, without author and date."""
    grade = text("review-grade", grade=row["lowest_grade"]) if row["lowest_grade"] else NOTHING
    evidence = [source for source in row["evidence"].split(LIST) if source]
    return {
        "@id": f"#review-{row['claim_id']}",
        "@type": "ClaimReview",
        "name": named(text("review", claim=row["claim_id"])),
        "claimReviewed": claimed,
        "itemReviewed": to([f"#claim-{row['claim_id']}"]),
        "reviewRating": to([rating(row["verdict"])]),
        "reviewBody": said(of(row, "reason")),
        "description": named(joined([grade, STRENGTHS[row["strength"]]], CLAUSE)),
        **dict.fromkeys(("citation", crosswalk.EVIDENCE), to(f"#source-{source}" for source in evidence)),
        crosswalk.relation(row["verdict"]): to([f"#claim-{row['claim_id']}"]),
        "isBasedOn": to([f"notebooks/{row['notebook']}.ipynb"]) if row["notebook"] else None,
    }


def rating(verdict: str) -> str:
    """Return the id of a verdict."""
    return f"#verdict-{verdict.replace(' ', '-')}"
