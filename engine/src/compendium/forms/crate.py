"""The research object crate: tables, notebooks, outputs and verdicts, described in one file that other programs read.

It is for archives, and its page for people who come upon the copy there. The file lies at the root of a copy of this
compendium and names its files by relative path. It follows RO-Crate 1.1 and the profile Workflow RO-Crate 1.0; the run
is told in the terms of Workflow Run Crate, whose profile is not claimed because nothing committed records when the run
ended. A value in two languages is one text. Equal files give equal bytes.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from compendium import CompendiumError, html
from compendium.compendium import Compendium
from compendium.data import sourcing
from compendium.files import write_atomic
from compendium.forms import claimsfile, facts
from compendium.forms.facts import README, by_language, describe_file, make_entity, paper_id
from compendium.languages import FILES, name_language
from compendium.ledger import claims, crosswalk
from compendium.ledger.evidence import Data
from compendium.pages.listing import tell_lists
from compendium.run import contents, reference
from compendium.run.contents import Notebook
from compendium.texts import CLAUSE, NOTHING, SENTENCE, Text, catalogue, joined, of
from compendium.vocabulary import STRENGTHS, VERDICTS

text = catalogue("compendium/forms")
NAME, PAGE = "ro-crate-metadata.json", "ro-crate-preview.html"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
TERMS = {name: f"http://schema.org/{name}" for name in ("archivedAt", "sha256")}  # which the context of 1.1 lacks
TOLD = {  # files that tell about the whole, where they are there
    "README.md": "readme",
    "CITATION.cff": "citation",
    "LICENSE": "licence-code",
    "data/LICENSE": "licence-text",
    "requirements.lock": "lock",
    "data/raw/datapackage.json": "package",
    "data/raw/codebook.md": "codebook",
    "data/raw/CHANGES.md": "changes",
}
IN_EACH = (README, "data/raw/codebook.md")  # of them, those that stand in each language
PARTS = {"data/raw": "raw", "data/processed/claims.csv": "ledger", "figures": "figures", claimsfile.NAME: "claims"}
WORKFLOW, ENGINE, RUN, PROGRAM = "notebooks/contents.toml", "#compendium", "#run", "SoftwareApplication"


def write(c: Compendium) -> Path:
    """Write the crate to build/crate and return the folder."""
    for name, data in make_files(c).items():
        write_atomic(c.build / "crate" / name, data)
    return c.build / "crate"


def make_files(c: Compendium) -> dict[str, bytes]:
    """Return by name what makes a copy of this folder a crate: the crate, its page for people, the claims."""
    return {NAME: content(c), PAGE: draw_page(c), claimsfile.NAME: claimsfile.content(c)}


def content(c: Compendium) -> bytes:
    """Return the crate of what is committed, which must be what was recorded at the last accept."""
    if found := reference.list_outdated(c):
        raise CompendiumError(found[0])
    parts = (describe_project, describe_programs, describe_tables, describe_sources, describe_workflow)
    entities = [entity for part in (*parts, describe_verdicts, describe_claims) for entity in part(c)]
    about = {"about": {"./"}}
    graph = [
        describe_root(c, entities),
        make_entity(c, NAME, "CreativeWork", **about, conformsTo={SPECIFICATION, PROFILE}),
        make_entity(c, PAGE, "CreativeWork", **about),
        *sorted(entities, key=lambda entity: entity["@id"]),
    ]
    whole = {"@context": [f"{SPECIFICATION}/context", TERMS | crosswalk.context()], "@graph": graph}
    return f"{json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def list_front(c: Compendium) -> dict[str, str | None]:
    """Return the files that tell about the whole, as far as they are there, with the language of those in one."""
    every = dict.fromkeys(TOLD) | {c.languages.page(name, one): one for name in IN_EACH for one in c.languages}
    return {name: one for name, one in every.items() if (c.root / name).is_file()}


def draw_page(c: Compendium) -> bytes:
    """Return the page for people: what was found, what lies where, how to run and cite it. It loads nothing."""
    ledger, front = claims.read_ledger(c, c.root), {name: TOLD[c.languages.unmarked(name)] for name in list_front(c)}
    counted = claims.count(ledger)["all"].to_dict()
    page = html.render(
        "crate",
        declared=c.declaration,
        languages={language: FILES.get(language, language) for language in c.languages},
        named=name_language,
        tell=lambda language: lambda key, **values: text(key, **values)[language],
        files=front | {name: key for name, key in PARTS.items() if (c.root / name).exists() or name == claimsfile.NAME},
        commands={"make": "make", "make test": "test"},
        notebooks=list(contents.catalogue(c).values()),
        tables=len(c.tables.resources),
        total=counted["all"],
        counted={verdict: counted[verdict] for verdict in VERDICTS if verdict in counted},
        lists=lambda language: tell_lists(ledger, language),
    )
    return f"{page}\n".encode()


def describe_root(c: Compendium, entities: list[dict]) -> dict:
    """Return what is said of the whole."""
    whole = text("whole", notebooks=len(contents.catalogue(c)), claims=len(claims.read_ledger(c, c.root)))
    makers = describe_authors(c)
    by, paper = {maker["@id"] for maker in makers}, {paper_id(c)}
    return make_entity(
        c,
        "./",
        "Dataset",
        name=c.tables.said(c.tables.package, "title"),
        alternateName=c.declaration.title[c.languages.plain],
        description=joined([c.tables.said(c.tables.package, "description"), whole], SENTENCE),
        version=c.declaration.version,
        datePublished=c.tables.day,
        inLanguage=list(c.languages),
        license=set(facts.licence_ids(c).values()),
        author=by,
        creator=by,
        publisher={*[maker["@id"] for maker in makers if maker["@type"] == "Organization"][:1]},
        about=paper,
        isBasedOn=paper,
        hasPart={entity["@id"] for entity in entities if "File" in entity["@type"]},
        mainEntity={WORKFLOW},
        mentions={entity["@id"] for entity in entities if entity["@type"] in ("CreateAction", "ClaimReview")},
        conformsTo={PROFILE},
    )


def describe_authors(c: Compendium) -> list[dict]:
    """Return the authors of the compendium."""
    told = enumerate((facts.describe_author(vars(author)) for author in c.declaration.authors), 1)
    return [make_entity(c, f"#author-{n}", one["@type"], name=one["name"], url={README}) for n, one in told]


def describe_project(c: Compendium) -> Iterator[dict]:
    """Yield paper, authors, licences, profile, and the files that tell about the whole."""
    paper, place = c.declaration.paper, paper_id(c)
    titles = {source.get("path"): source["title"] for source in c.tables.package.get("sources", [])}
    told = {"name": paper.title, "alternateName": titles.get(place), "datePublished": str(paper.year)}
    journal = {"#journal"} if paper.journal else None
    yield make_entity(c, place, "ScholarlyArticle", **told, identifier=place, isPartOf=journal)
    if journal:
        yield make_entity(c, "#journal", "Periodical", name=paper.journal)
    yield from describe_authors(c)
    for name, licence in facts.licence_ids(c).items():
        titled = dict.fromkeys(each["title"] for each in facts.list_licences(c) if each["name"] == name)
        yield make_entity(c, licence, "CreativeWork", name=name, description="\n".join(titled) or name)
    yield make_entity(c, PROFILE, "CreativeWork", name="Workflow RO-Crate", version="1.0")
    for name, language in list_front(c).items():
        plain = c.languages.unmarked(name)
        about = {"./"} if plain == README else None
        yield describe_file(c, name, name=text(f"file-{TOLD[plain]}"), about=about, inLanguage=language)
    told = {"name": text("file-claims"), "license": {facts.compiled_licence(c)}}
    yield describe_file(c, claimsfile.NAME, content=claimsfile.content(c), **told)


def describe_programs(c: Compendium) -> Iterator[dict]:
    """Yield what runs the notebooks: this package, papermill as the lock has it, and the languages."""
    told = {"name": "compendium run", "version": c.declaration.version, "url": {README}}
    yield make_entity(c, ENGINE, PROGRAM, **told, softwareRequirements={"#papermill", "requirements.lock"})
    told = {"name": "papermill", "version": facts.read_lock(c).get("papermill", "not locked")}
    yield make_entity(c, "#papermill", PROGRAM, **told, url="https://papermill.readthedocs.io/")
    yield make_entity(c, "#python", "ComputerLanguage", name="Python", url="https://www.python.org/")
    yield make_entity(c, "#toml", "ComputerLanguage", name=text("toml"), url="https://toml.io/")


def describe_tables(c: Compendium) -> Iterator[dict]:
    """Yield the raw tables as datapackage.json records them, with the sources and origins of their rows."""
    data = Data(c)
    for name, table in c.tables.resources.items():
        cited, digest = sourcing.list_cited(c.raw, table), table.get(sourcing.DIGEST)
        told = [c.tables.said(table, "description"), text("digest", digest=digest) if digest else NOTHING]
        yield make_entity(
            c,
            f"data/raw/{table['path']}",
            "File",
            name=c.tables.said(table, "title"),
            description=joined(told, SENTENCE),
            encodingFormat=table["mediatype"],
            contentSize=str(table["bytes"]),
            sha256=table["hash"].removeprefix("sha256:"),
            license={*map(facts.licence_id, table["licenses"])},
            isBasedOn={f"#source-{one}" for one in cited} | {f"#{data.origin(one, name)[0]}" for one in cited},
        )


def describe_sources(c: Compendium) -> Iterator[dict]:
    """Yield every source and every origin; of a source on an untrusted site the names only, never an address."""
    addresses = facts.open_addresses(c)
    for row in c.tables("sources").to_dict("records"):
        url, archived = addresses[row["source_id"]]
        known = {"url": url, "archivedAt": archived, "alternateName": row["title"]}
        known = known if url else {"description": text("untrusted")}
        told = {"name": of(row, "name"), "datePublished": row["published"]}
        yield make_entity(c, f"#source-{row['source_id']}", "CreativeWork", **told, **known)
    for row in c.tables("origins").to_dict("records"):
        yield make_entity(c, f"#{row['origin_id']}", "Thing", name=of(row, "name"))


def find_files(c: Compendium, patterns: Iterable[str]) -> set[str]:
    """Return the files of the compendium that fit one of some patterns, by relative path."""
    return {path.relative_to(c.root).as_posix() for path in chain(*map(c.root.glob, patterns))}


def find_used(c: Compendium, notebook: Notebook) -> tuple[set[str], set[str]]:
    """Return the files that a notebook reads, but for tables of the ledger that all may read, and those it writes."""
    seen, patterns = claims.read_shown(c, c.root), [f"notebooks/texts/{notebook.name}.toml"]
    names = seen.loc[seen["notebook"].eq(notebook.name) & seen["kind"].ne("claim"), "name"]
    for name in notebook.reads:
        others = [f"data/*/{name}.csv", f"figures/*/{name}.*", f"notebooks/{name}.toml"]
        patterns += [f"data/raw/{name}.csv"] if name in c.tables.resources else others
    made = (f"{place}{name}.*" for name in names for place in ("data/processed/", "figures/*/"))
    return find_files(c, patterns), find_files(c, made)


def describe_workflow(c: Compendium) -> Iterator[dict]:
    """Yield the workflow, its notebooks as steps, what they make, and the run of it, as a whole and by step."""
    every, compiled = list(contents.catalogue(c).values()), facts.compiled_licence(c)
    code = {facts.licence_ids(c)[c.declaration.rights.code], compiled}
    own: dict[str, Any] = {"version": c.declaration.version, "license": code}
    raw, read = {f"data/raw/{name}.csv" for name in c.tables.resources}, set[str]()
    results = {f"data/processed/{name}.csv": text(name) for name in claims.OF_RUN}
    for position, notebook in enumerate(every):
        name, answers, step = f"notebooks/{notebook.path.name}", notebook.answers, f"#step-{notebook.name}"
        told = own | {"name": notebook.name, "description": answers, "url": {name}, "inLanguage": list(c.languages)}
        yield describe_file(c, name, "SoftwareSourceCode", **told, programmingLanguage={"#python"})
        yield make_entity(c, step, "HowToStep", name=answers, workExample={name}, position=str(position))
        taken, made = find_used(c, notebook)
        yield describe_run(c, f"{RUN}-{notebook.name}", name, taken, made)
        results |= dict.fromkeys(made, text("output", notebook=notebook.name))
        read |= taken
    yield describe_file(
        c,
        WORKFLOW,
        *("SoftwareSourceCode", "ComputationalWorkflow", "HowTo"),
        **own,
        name=text("workflow"),
        conformsTo={BIOSCHEMAS},
        programmingLanguage={"#toml"},
        url={WORKFLOW},
        softwareRequirements={ENGINE},
        hasPart={f"notebooks/{notebook.path.name}" for notebook in every},
        step={f"#step-{notebook.name}" for notebook in every},
    )
    yield describe_run(c, RUN, WORKFLOW, (read | raw) - results.keys(), {*results})
    for name in read - results.keys() - raw:
        yield describe_file(c, name, name=Path(name).stem, license={compiled})
    for name, words in results.items():
        path, drawn = Path(name), not name.endswith(".csv")
        told = {"name": path.stem, "description": words, "inLanguage": path.parent.name if drawn else None}
        yield describe_file(c, name, *["ImageObject"] * drawn, **told, license={compiled})


def describe_run(c: Compendium, name: str, instrument: str, inputs: set[str], results: set[str]) -> dict:
    """Return the run of the workflow or of one notebook whose results are committed."""
    used = {"instrument": {instrument}, "object": inputs, "result": results}
    used["agent"] = {maker["@id"] for maker in describe_authors(c)}
    told = text("run-results", version=c.declaration.version)
    return make_entity(c, name, "CreateAction", name=text("run", instrument=instrument), description=told, **used)


def rating_id(verdict: str) -> str:
    """Return the id of a verdict."""
    return f"#verdict-{verdict.replace(' ', '-')}"


def term_id(term: crosswalk.Term) -> str:
    """Return the id of a term: its address, or one here where it shares its page with others."""
    return term.iri if term.vocabulary == "CiTO" else f"#{term.vocabulary}-{term.term.replace(' ', '-')}"


def describe_verdicts(c: Compendium) -> Iterator[dict]:
    """Yield the verdicts, and the terms of other vocabularies that they are told in."""
    for key, word in VERDICTS.items():
        fits = {f"{term.match}Match": {term_id(term)} for term in crosswalk.terms(key)}
        yield make_entity(c, rating_id(key), "Rating", alternateName=word, description=Text(word.means), **fits)
    for place, term in {term_id(term): term for key in VERDICTS for term in crosswalk.terms(key)}.items():
        yield make_entity(c, place, "DefinedTerm", name=term.term, url=term.iri)


def describe_claims(c: Compendium) -> Iterator[dict]:
    """Yield the places in the paper, and each claim with its review: verdict, reason and evidence."""
    stated, paper = c.tables("claims").set_index("claim_id").to_dict("index"), paper_id(c)
    for place in {place for own in stated.values() for place in facts.list_places(own)}:
        name = facts.name_place(place)
        yield make_entity(c, facts.place_id(place), "CreativeWork", isPartOf={paper}, name=name)
    by = {maker["@id"] for maker in describe_authors(c)}
    for claim, one in claims.read_ledger(c, c.root).items():
        own = stated[claim]
        statement, places = of(own, "statement"), {paper, *map(facts.place_id, facts.list_places(own))}
        told = {"identifier": claim, "name": by_language(c, one.printed), "text": statement}
        yield make_entity(c, f"#claim-{claim}", "Claim", **told, appearance=places)
        grade = text("review-grade", grade=one.lowest_grade) if one.lowest_grade else NOTHING
        firm = by_language(c, joined([grade, STRENGTHS[one.strength]], CLAUSE))
        sources = {f"#source-{source}" for source in one.evidence}
        yield make_entity(
            c,
            f"#review-{claim}",
            "ClaimReview",
            name=text("review", claim=claim),
            author=by,
            datePublished=c.tables.day,
            claimReviewed=statement,
            reviewRating={rating_id(one.verdict)},
            reviewBody=by_language(c, one.reason),
            description=" / ".join(dict.fromkeys(firm.values())),
            citation=sources,
            itemReviewed={f"#claim-{claim}"},
            **{crosswalk.EVIDENCE: sources, crosswalk.relation(one.verdict): {f"#claim-{claim}"}},
            isBasedOn={f"notebooks/{one.notebook}.ipynb"} if one.notebook else None,
        )
