"""The research object crate: what it says of each table, notebook, output and claim, against the files themselves."""

import hashlib
import json
import re
from collections import Counter
from copy import deepcopy
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from rocrate.rocrate import ROCrate
from worlds import HERE, at, rows

from compendium import CompendiumError, declaration
from compendium.compendium import Compendium
from compendium.files import InputError
from compendium.forms import claimsfile, crate
from compendium.ledger import crosswalk
from compendium.run import contents, reference
from compendium.vocabulary import ANSWERS, VERDICTS

ROOT = HERE.root
ELSEWHERE = {"https://w3id.org/ro/crate/1.1", crate.BIOSCHEMAS}  # named, and described where they are published


@pytest.fixture(scope="module")
def data():
    return crate.content(HERE)


@pytest.fixture(scope="module")
def graph(data):
    """Return the entities of the crate by id."""
    listed = json.loads(data)["@graph"]
    found = {entity["@id"]: entity for entity in listed}
    assert len(found) == len(listed)
    return found


@pytest.fixture(scope="module")
def package():
    return json.loads((ROOT / "data/raw/datapackage.json").read_text(encoding="utf-8"))


def ids(value):
    """Return the ids that a value of an entity refers to."""
    values = value if isinstance(value, list) else [value] if value else []
    return [each["@id"] for each in values]


def of_kind(graph, kind):
    return [e for e in graph.values() if kind in (e["@type"] if isinstance(e["@type"], list) else [e["@type"]])]


def parts(graph, pattern):
    return sorted(name for name in ids(graph["./"]["hasPart"]) if re.fullmatch(pattern, name))


def committed(pattern):
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))


def same_file(entity):
    """Tell whether size and SHA-256 of an entity are those of its file."""
    content = claimsfile.content(HERE) if entity["@id"] == "claims.json" else (ROOT / entity["@id"]).read_bytes()
    return (entity["contentSize"], entity["sha256"]) == (str(len(content)), hashlib.sha256(content).hexdigest())


def test_it_is_flat_json_ld_whose_references_lead_somewhere(data, graph):
    assert crate.content(HERE) == data, "the same bytes twice"
    context = json.loads(data)["@context"]
    added = {name: f"http://schema.org/{name}" for name in ("archivedAt", "sha256")}
    assert context == ["https://w3id.org/ro/crate/1.1/context", added | crosswalk.context()]
    about = graph["ro-crate-metadata.json"]
    assert ids(about["about"]) == ["./"]
    assert set(ids(about["conformsTo"])) == {"https://w3id.org/ro/crate/1.1", crate.PROFILE}
    named = set()
    for place, key, value in ((place, *property) for place, entity in graph.items() for property in entity.items()):
        values = value if isinstance(value, list) else [value]
        assert values and (key == "@type" or not isinstance(value, list) or len(value) > 1), (place, key)
        for each in values:
            assert (isinstance(each, str) and each) or (isinstance(each, dict) and set(each) == {"@id"}), key
        named.update(each["@id"] for each in values if isinstance(each, dict))
    assert named - set(graph) == ELSEWHERE


def test_the_whole_is_named_in_both_languages_and_dated_by_its_data(graph, package):
    root = graph["./"]
    assert root["name"] == f"{package['title_zh']} / {package['title']}"
    assert package["description_zh"] in root["description"] and package["description"] in root["description"]
    assert root["datePublished"] == package["created"][:10] and root["version"] == package["version"]
    [paper] = of_kind(graph, "ScholarlyArticle")
    assert ids(root["about"]) == ids(root["isBasedOn"]) == [paper["@id"]] == [package["sources"][0]["path"]]
    assert {graph[place]["name"] for place in ids(root["license"])} >= {"CC-BY-4.0", "MIT"}


def test_every_file_described_is_there_and_as_described(graph):
    files = of_kind(graph, "File")
    assert sorted(e["@id"] for e in files) == sorted(ids(graph["./"]["hasPart"]))
    assert [e["@id"] for e in files if not same_file(e)] == []
    table = graph["data/raw/sources.csv"]
    digit = "1" if table["sha256"][0] == "0" else "0"
    assert not same_file(table | {"sha256": digit + table["sha256"][1:]})


def test_every_raw_table_has_titles_licence_sources_and_origins(graph, package):
    assert parts(graph, r"data/raw/[^/]+\.csv") == committed("data/raw/*.csv")
    origins = {(row["source_id"], row["table"]): row["origin_id"] for row in rows("source_origins")}
    for table in package["resources"]:
        entity, digest = graph[f"data/raw/{table['path']}"], table.get("sources_sha256")
        assert entity["name"] == f"{table['title_zh']} / {table['title']}" and entity["encodingFormat"] == "text/csv"
        zh, en = (f"来源校验值：{digest}。", f" Digest of its sources: {digest}.") if digest else ("", "")
        assert entity["description"] == f"{table['description_zh']}{zh}\n{table['description']}{en}"
        assert entity["license"]
        if "source_id" not in table["schema"]["primaryKey"]:  # else the sources themselves, and tables about them
            named = {s for row in rows(table["name"]) for s in row.get("source_id", "").split(" ; ") if s}
            own = {f"#{origins.get((source, table['name'])) or origins[source, '']}" for source in named}
            assert own | {f"#source-{source}" for source in named} <= set(ids(entity.get("isBasedOn")))


def test_every_notebook_is_a_step_with_inputs_and_outputs(graph):
    files, workflow = committed("notebooks/*.ipynb"), graph[graph["./"]["mainEntity"]["@id"]]
    assert parts(graph, r"notebooks/[^/]+\.ipynb") == sorted(ids(workflow["hasPart"])) == files
    assert sorted(graph[step]["workExample"]["@id"] for step in ids(workflow["step"])) == files
    shown = [row for row in rows("shown", "processed") if row["kind"] != "claim"]
    for name, notebook in contents.catalogue(HERE).items():
        action = graph[f"#run-{name}"]
        assert ids(action["instrument"]) == [f"notebooks/{name}.ipynb"]
        raw = {f"data/raw/{table}.csv" for table in notebook.reads if table in HERE.tables.resources}
        taken = {place for place in ids(action["object"]) if place.startswith("data/raw/")}
        assert taken ^ raw <= {"data/raw/claims.csv"}, name
        stems = {re.sub(r".*/|\.\w+$", "", place) for place in ids(action["result"])}
        assert stems == {row["name"] for row in shown if row["notebook"] == name}


def test_every_output_is_there_with_the_hash_recorded_at_accept(graph):
    lines = (ROOT / "data/SHA256SUMS").read_text(encoding="utf-8").splitlines()
    recorded = dict(line.split("  ")[::-1] for line in lines if not line.endswith(".ipynb"))
    assert parts(graph, r"(data/processed|figures)/.*") == sorted(recorded)
    assert {name: graph[name]["sha256"] for name in recorded} == recorded
    results = Counter(place for action in of_kind(graph, "CreateAction") for place in ids(action["result"]))
    of_the_run = {f"data/processed/{name}.csv" for name in ("claims", "judged-from", "shown")}
    assert results == {name: 2 - (name in of_the_run) for name in recorded}, "of one notebook and of the whole"


def test_every_claim_has_one_review_with_its_verdict_reason_and_evidence(graph):
    stated, ledger = {r["claim_id"]: r for r in rows("claims")}, {r["claim_id"]: r for r in rows("claims", "processed")}
    reviews = {e["itemReviewed"]["@id"].removeprefix("#claim-"): e for e in of_kind(graph, "ClaimReview")}
    assert len(of_kind(graph, "ClaimReview")) == len(of_kind(graph, "Claim")) == len(stated)
    assert set(reviews) == set(stated) and set(ids(graph["./"]["mentions"])) >= {e["@id"] for e in reviews.values()}
    [paper] = ids(graph["./"]["about"])
    for name, review in reviews.items():
        own, row = stated[name], ledger[name]
        word = VERDICTS[row["verdict"]]
        assert graph[review["reviewRating"]["@id"]]["alternateName"] == f"{word.zh} / {word.en}"
        assert review["claimReviewed"] == f"{own['statement_zh']}\n{own['statement_en']}"
        assert review["reviewBody"] == f"{row['reason_zh']}\n{row['reason_en']}"
        evidence = {f"#source-{source}" for source in row["evidence"].split(" ; ") if source}
        assert set(ids(review.get("citation"))) == set(ids(review.get("citesAsEvidence"))) == evidence
        assert ids(review[crosswalk.relation(row["verdict"])]) == [f"#claim-{name}"]
        places = ids(graph[f"#claim-{name}"]["appearance"])
        assert {paper, f"#paper-{own['section']}"} <= set(places)
        figures = [graph[place]["name"] for place in places if "Fig" in place]
        assert figures == [f"图{figure[-1]} / {figure}" for figure in [own["figure"]] if figure]


def test_verdicts_stand_in_the_terms_of_other_vocabularies(graph):
    for key in VERDICTS:
        entity = graph[f"#verdict-{key.replace(' ', '-')}"]
        found = [(kind[:-5], graph[place]) for kind in entity if kind.endswith("Match") for place in ids(entity[kind])]
        assert {term["@type"] for _, term in found} == {"DefinedTerm"}
        assert {(match, term["url"], term["name"]) for match, term in found} == {
            (term.match, term.iri, term.term) for term in crosswalk.terms(key)
        }


def test_the_library_reads_what_is_written(tmp_path, monkeypatch, data):
    monkeypatch.setattr(crate, "content", lambda _: data)
    monkeypatch.setattr(Compendium, "build", tmp_path)
    folder = crate.write(HERE)
    assert {path.name for path in tmp_path.glob("*/*")} == {crate.NAME, crate.PAGE, claimsfile.NAME}
    assert (folder / crate.NAME).read_bytes() == data
    read = ROCrate(folder)
    assert read.preview["about"].id == "./" and read.preview.id == crate.PAGE
    assert {e["@id"] for e in json.loads(data)["@graph"]} == {entity.id for entity in read.get_entities()}
    told = read.dereference(claimsfile.NAME)["sha256"]
    assert told == hashlib.sha256((folder / claimsfile.NAME).read_bytes()).hexdigest()


# The page for people


@pytest.fixture(scope="module")
def page():
    return BeautifulSoup(crate.draw_page(HERE), "html.parser")


def test_the_page_loads_and_runs_nothing_and_leads_to_what_is_there(page, graph):
    assert page.select("script, link, img, iframe, [src], [onclick], [style*=url]") == []
    assert "url(" not in page.style.string and "@import" not in page.style.string
    links = [a["href"] for a in page.select("a")]
    near = {link for link in links if "//" not in link and not link.startswith("#")}
    assert len(near) > 20 and {link for link in near if not (ROOT / link).exists()} == {"claims.json"}
    assert {link for link in near if "." in link.rsplit("/")[-1]} <= set(graph), "files are described in the crate"
    assert {urlsplit(link).netloc for link in links} - {""} <= {"doi.org", "spdx.org", "orcid.org"}
    assert {link[1:] for link in links if link.startswith("#")} == {e["id"] for e in page.select("section")}


@pytest.mark.parametrize("language", HERE.languages)
def test_the_page_says_what_it_is_in_each_language(page, language):
    said, whole = page.find(id=language), HERE.declaration
    assert said.h1.string == whole.title[language] and whole.paper.title in said.dl.get_text()
    assert said.select_one(f'a[href="https://doi.org/{whole.paper.doi}"]')
    text = said.get_text(" ")
    assert all(part in text for part in (whole.version, whole.released.isoformat(), whole.authors[0].name, "make test"))
    assert [a.string for a in said.select('a[href*="spdx.org"]')] == [whole.rights.code, whole.rights.data]
    notebooks = {f"notebooks/{name}.ipynb" for name in contents.catalogue(HERE)}
    assert notebooks == {a["href"] for a in said.select('a[href^="notebooks/"]')}
    ledger = [row for row in rows("claims", "processed") if row["weight"] != "structural"]
    given, wanted = Counter(row["verdict"] for row in ledger), {}
    for answer in ANSWERS.values():
        if number := sum(given[verdict] for verdict in answer.verdicts):
            wanted[getattr(answer, language)] = number
        wanted |= {getattr(VERDICTS[v], language): given[v] for v in VERDICTS if v in answer.verdicts and given[v]}
    shown = {row.th.get_text(strip=True): int(row.select_one(".n").string) for row in said.select("tbody tr")}
    assert shown == wanted and str(len(ledger)) in said.p.string


def host(url):
    return re.sub(r"^(www|m)\.", "", urlsplit(url.replace("[.]", ".")).netloc)


def test_no_address_of_an_unsafe_host_and_every_other_one(data, graph):
    text, sources = data.decode("utf-8"), rows("sources")
    unsafe = {host(row["url"]) for row in sources if row["host_trust"] == "unsafe"}
    assert len(unsafe) > 50 and "hxxp" not in text and "[.]" not in text
    assert [name for name in unsafe if re.search(rf"//([\w-]+\.)*{re.escape(name)}", text)] == []
    for row in sources:
        entity = graph[f"#source-{row['source_id']}"]
        assert entity["name"] == f"{row['name_zh']} / {row['name_en']}"
        shown = host(row["url"]) not in unsafe  # unsafe for one source, unsafe for all
        assert entity.get("url") == (row["url"] if shown else None)
        assert entity.get("archivedAt", "") == (row["archived"] if shown else "")


def test_a_changed_digit_in_a_recorded_hash_shows():
    here, package = at(ROOT), deepcopy(HERE.tables.package)
    [table] = [table for table in package["resources"] if table["name"] == "sources"]
    table["hash"] = table["hash"][:-1] + ("1" if table["hash"][-1] == "0" else "0")
    vars(here.tables)["package"] = package
    with pytest.raises(InputError, match=r"data/raw/sources\.csv: differs from the SHA-256 recorded"):
        crate.content(here)


def test_outputs_that_were_not_accepted_are_not_described(monkeypatch):
    known = reference.read_recorded(HERE)
    name = next(iter(known))
    monkeypatch.setattr(reference, "read_recorded", lambda _: known | {name: "0" * 64})
    with pytest.raises(CompendiumError, match=f"{name}: not the one recorded"):
        crate.content(HERE)


def test_people_and_bodies_are_told_apart():
    makers = [declaration.Person(name="A body", body=True), declaration.Person(name="Ada Lovelace")]
    here = at(ROOT)
    vars(here)["declaration"] = HERE.declaration.model_copy(update={"authors": makers})
    assert [entity["@type"] for entity in crate.describe_authors(here)] == ["Organization", "Person"]
