"""The research object crate: what it says of each table, notebook, output and claim, against the files themselves."""

import csv
import hashlib
import json
import re
import tomllib
from collections import Counter
from copy import deepcopy
from functools import cache
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from rocrate.rocrate import ROCrate
from worlds import HERE, at

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


def rows(name, folder="raw"):
    with (ROOT / "data" / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
    context = json.loads(data)["@context"]
    added = {name: f"http://schema.org/{name}" for name in ("archivedAt", "sha256")}
    assert context == ["https://w3id.org/ro/crate/1.1/context", added | crosswalk.context()]
    assert ids(graph["ro-crate-metadata.json"]["about"]) == ["./"]
    assert set(ids(graph["ro-crate-metadata.json"]["conformsTo"])) == {"https://w3id.org/ro/crate/1.1", crate.PROFILE}
    named = set()
    for entity in graph.values():
        for key, value in entity.items():
            values = value if isinstance(value, list) else [value]
            assert values and (key == "@type" or not isinstance(value, list) or len(value) > 1), (entity["@id"], key)
            for each in values:
                assert (isinstance(each, str) and each) or (isinstance(each, dict) and set(each) == {"@id"}), key
            named.update(each["@id"] for each in values if isinstance(each, dict))
    assert named - set(graph) == ELSEWHERE


def test_same_bytes_twice(data):
    assert crate.content(HERE) == data


def test_the_whole_is_named_in_both_languages_and_dated_by_its_data(graph):
    root, package = graph["./"], json.loads((ROOT / "data/raw/datapackage.json").read_text(encoding="utf-8"))
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


def test_every_raw_table_has_titles_licence_sources_and_origins(graph):
    names = parts(graph, r"data/raw/[^/]+\.csv")
    assert names == committed("data/raw/*.csv")
    resources = json.loads((ROOT / "data/raw/datapackage.json").read_text(encoding="utf-8"))["resources"]
    origins = {(row["source_id"], row["table"]): row["origin_id"] for row in rows("source_origins")}
    for table in resources:
        entity = graph[f"data/raw/{table['path']}"]
        assert entity["name"] == f"{table['title_zh']} / {table['title']}" and entity["encodingFormat"] == "text/csv"
        digest = table.get("sources_sha256")
        zh, en = (f"来源校验值：{digest}。", f" Digest of its sources: {digest}.") if digest else ("", "")
        assert entity["description"] == f"{table['description_zh']}{zh}\n{table['description']}{en}"
        assert entity["license"]
        named = {s for row in rows(table["name"]) for s in row.get("source_id", "").split(" ; ") if s}
        if "source_id" in table["schema"]["primaryKey"]:  # the sources themselves, and tables about them
            continue
        based = set(ids(entity.get("isBasedOn")))
        assert {f"#source-{source}" for source in named} <= based
        own = {origins.get((source, table["name"])) or origins[source, ""] for source in named}
        assert {f"#{origin}" for origin in own} <= based


def test_every_notebook_is_a_step_with_inputs_and_outputs(graph):
    declared = tomllib.loads((ROOT / "notebooks/contents.toml").read_text(encoding="utf-8"))
    assert parts(graph, r"notebooks/[^/]+\.ipynb") == committed("notebooks/*.ipynb")
    workflow = graph[graph["./"]["mainEntity"]["@id"]]
    assert sorted(graph[step]["workExample"]["@id"] for step in ids(workflow["step"])) == committed("notebooks/*.ipynb")
    assert sorted(ids(workflow["hasPart"])) == committed("notebooks/*.ipynb")
    for name in declared:
        action = graph[f"#run-{name}"]
        assert ids(action["instrument"]) == [f"notebooks/{name}.ipynb"]
        reads = contents.catalogue(HERE)[name].reads
        raw = {f"data/raw/{table}.csv" for table in reads if (ROOT / "data/raw" / f"{table}.csv").is_file()}
        taken = {place for place in ids(action["object"]) if place.startswith("data/raw/")}
        assert taken - {f"data/raw/{table}.csv" for table in ("claims",)} == raw - {"data/raw/claims.csv"}, name
        stems = {re.sub(r".*/|\.\w+$", "", place) for place in ids(action["result"])}
        seen = [row for row in rows("shown", "processed") if row["notebook"] == name and row["kind"] != "claim"]
        assert stems == {row["name"] for row in seen}


def test_every_output_is_there_with_the_hash_recorded_at_accept(graph):
    lines = (ROOT / "data/SHA256SUMS").read_text(encoding="utf-8").splitlines()
    recorded = dict(line.split("  ")[::-1] for line in lines if not line.endswith(".ipynb"))
    assert parts(graph, r"(data/processed|figures)/.*") == sorted(recorded)
    assert {name: graph[name]["sha256"] for name in recorded} == recorded
    results = Counter(place for action in of_kind(graph, "CreateAction") for place in ids(action["result"]))
    of_the_run = {f"data/processed/{name}.csv" for name in ("claims", "judged-from", "shown")}
    assert results == {name: 2 - (name in of_the_run) for name in recorded}, "of one notebook and of the whole"


def test_every_claim_has_one_review_with_its_verdict_reason_and_evidence(graph):
    with (ROOT / "tests/expected-verdicts.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["claim_id"]: row["verdict"] for row in csv.DictReader(file)}
    stated, ledger = {r["claim_id"]: r for r in rows("claims")}, {r["claim_id"]: r for r in rows("claims", "processed")}
    reviews = {e["itemReviewed"]["@id"].removeprefix("#claim-"): e for e in of_kind(graph, "ClaimReview")}
    assert len(of_kind(graph, "ClaimReview")) == len(of_kind(graph, "Claim")) == len(stated) == len(expected)
    assert set(reviews) == set(expected) and set(ids(graph["./"]["mentions"])) >= {e["@id"] for e in reviews.values()}
    paper = ids(graph["./"]["about"])[0]
    for name, review in reviews.items():
        word = VERDICTS[expected[name]]
        assert graph[review["reviewRating"]["@id"]]["alternateName"] == f"{word.zh} / {word.en}"
        assert review["claimReviewed"] == f"{stated[name]['statement_zh']}\n{stated[name]['statement_en']}"
        assert review["reviewBody"] == f"{ledger[name]['reason_zh']}\n{ledger[name]['reason_en']}"
        evidence = {f"#source-{source}" for source in ledger[name]["evidence"].split(" ; ") if source}
        assert set(ids(review.get("citation"))) == set(ids(review.get("citesAsEvidence"))) == evidence
        assert ids(review[crosswalk.relation(expected[name])]) == [f"#claim-{name}"]
        places = ids(graph[f"#claim-{name}"]["appearance"])
        assert paper in places and f"#paper-{stated[name]['section']}" in places
        assert [graph[p]["name"] for p in places if "Fig" in p] == [
            f"图{f[-1]} / {f}" for f in [stated[name]["figure"]] if f
        ]


def test_verdicts_stand_in_the_terms_of_other_vocabularies(graph):
    for key in VERDICTS:
        entity, terms = graph[f"#verdict-{key.replace(' ', '-')}"], crosswalk.terms(key)
        found = {(kind, place) for kind in entity if kind.endswith("Match") for place in ids(entity[kind])}
        assert {(kind.removesuffix("Match"), graph[place]["url"]) for kind, place in found} == {
            (term.match, term.iri) for term in terms
        }
        assert {graph[place]["name"] for _, place in found} == {term.term for term in terms}
        assert {graph[place]["@type"] for _, place in found} == {"DefinedTerm"}


def test_the_library_reads_what_is_written(tmp_path, monkeypatch, data):
    monkeypatch.setattr(crate, "content", lambda _: data)
    monkeypatch.setattr(Compendium, "build", tmp_path)
    folder = crate.write(HERE)
    assert {path.name for path in folder.iterdir()} == {crate.NAME, crate.PAGE, claimsfile.NAME}
    assert folder.parent == tmp_path and (folder / crate.NAME).read_bytes() == data
    read = ROCrate(folder)
    assert read.preview["about"].id == "./" and read.preview.id == crate.PAGE
    assert {e["@id"] for e in json.loads(data)["@graph"]} == {entity.id for entity in read.get_entities()}
    assert (
        read.dereference("claims.json")["sha256"] == hashlib.sha256((folder / "claims.json").read_bytes()).hexdigest()
    )


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


@cache
def untrusted():
    """Return the hosts of the untrusted sites."""
    unsafe = [row["url"].replace("[.]", ".") for row in rows("sources") if row["host_trust"] == "unsafe"]
    hosts = {re.sub(r"^(www|m)\.", "", urlsplit(url).netloc) for url in unsafe}
    assert len(hosts) > 50
    return hosts


def addresses(text):
    """Return the untrusted sites whose address stands in a text."""
    plain = text.replace("[.]", ".")
    return [host for host in untrusted() if re.search(rf"//([\w-]+\.)*{re.escape(host)}", plain)]


def test_no_address_of_an_unsafe_host_and_every_other_one(data, graph):
    text = data.decode("utf-8")
    assert addresses(text) == [] and "hxxp" not in text
    unsafe = next(row for row in rows("sources") if row["host_trust"] == "unsafe")
    assert addresses(f"{text} {unsafe['url']}") and addresses(f"{text} {unsafe['url'].replace('[.]', '.')}")
    for row in rows("sources"):
        entity = graph[f"#source-{row['source_id']}"]
        assert entity["name"] == f"{row['name_zh']} / {row['name_en']}"
        shown = row["host_trust"] == "ok" and not addresses(row["url"])  # unsafe for one source, unsafe for all
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
    assert [(e["@type"], e["name"]) for e in crate.describe_authors(here)] == [
        ("Organization", "A body"),
        ("Person", "Ada Lovelace"),
    ]
