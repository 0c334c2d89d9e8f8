"""claims.json against its schema and the ledger."""

import json
import re
from functools import cache

import jsonschema
import pytest
from worlds import HERE, rows

from compendium import paths
from compendium.forms import claimsfile
from compendium.texts import catalogue
from compendium.vocabulary import AGREEMENTS, ANSWERS, RULES, VERDICTS, answered

SCHEMA = json.loads((paths.CODE / "compendium" / "templates" / "claims.schema.json").read_text(encoding="utf-8"))
FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER
FORMATS.checkers["iri"] = cache(FORMATS.checkers["iri"][0]), ()  # an address, which takes long to parse, once
CHECK = jsonschema.Draft202012Validator(SCHEMA, format_checker=FORMATS)
NONE_FOUND = catalogue("compendium/ledger")("flip-none")


@pytest.fixture(scope="module")
def content():
    return claimsfile.content(HERE)


@pytest.fixture
def whole(content):
    return json.loads(content)


def faults(whole):
    return [f"{'.'.join(map(str, e.path))}: {e.message}" for e in CHECK.iter_errors(whole)]


def test_it_fits_its_schema(whole):
    CHECK.check_schema(SCHEMA)
    assert faults(whole) == []
    assert set(VERDICTS) == set(SCHEMA["$defs"]["verdict"]["enum"])
    assert SCHEMA["$defs"]["answer"]["enum"] == list(ANSWERS) and set(whole["verdicts"]) == set(VERDICTS)
    for claim in whole["claims"]:
        assert claim["agreement"] in AGREEMENTS and claim["rule"] in RULES


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: w["claims"][0].pop("sources"), "'sources' is a required property"),
        (lambda w: w["claims"][0].update(verdict="validated"), "'validated' is not one of"),
        (lambda w: w["claims"][0]["statement"].update(en=""), "'' should be non-empty"),
        (lambda w: w["claims"][0]["sources"][0].update(url="no address"), "'no address' is not a 'iri'"),
    ],
)
def test_the_schema_notices_a_planted_fault(whole, change, said):
    change(short := whole | {"claims": whole["claims"][:1]})
    [fault] = faults(short)
    assert said in fault


SAME = ("verdict", "agreement", "direction", "trace", "rule", "strength", "trust", "weight", "topic")
ENDS = {"value": ("low", "high"), "year": ("start", "end")}


def host(source):
    return re.search(r"//(?:www\.|m\.)?([^/:]+)", source["url"].replace("[.]", "."))[1]


def test_it_says_what_the_ledger_and_the_tables_say_and_no_address_of_an_untrusted_site(whole, content):
    ledger, stated = rows("claims", "processed"), {row["claim_id"]: row for row in rows("claims")}
    sources = {row["source_id"]: row for row in rows("sources")}
    unsafe = {host(row) for row in sources.values() if row["host_trust"] == "unsafe"}
    known = {(row["source_id"], row["table"]): row["origin_id"] for row in rows("source_origins")}
    assert [claim["id"] for claim in whole["claims"]] == [row["claim_id"] for row in ledger] and len(ledger) > 100
    said = HERE.declaration
    assert whole["compendium"]["version"] == said.version and whole["compendium"]["licence"] == said.rights.data
    assert whole["paper"]["doi"] == said.paper.doi and whole["compendium"]["released"] == str(said.released)
    for claim, row in zip(whole["claims"], ledger, strict=True):
        own = stated[claim["id"]]
        columns = {key: key for key in SAME} | {"computed": "value_computed", "grade": "lowest_grade"}
        assert {key: claim[key] or "" for key in columns} == {key: row[column] for key, column in columns.items()}
        for language in HERE.languages:
            assert claim["statement"][language] == own[f"statement_{language}"]
            assert claim["printed"][language] == row[f"printed_{language}"]
            assert claim["reason"][language] == row[f"reason_{language}"]
            turned, none = row[f"flip_{language}"], ("", NONE_FOUND[language])
            assert claim["turns"]["text"][language] == turned if row["flip"] else claim["turns"] is None
            assert row["flip"] or turned in none
        for thing, ends in ENDS.items():
            told = ["" if claim[thing][end] is None else float(claim[thing][end]) for end in ends]
            assert told == [own[f"{thing}_{end}"] and float(own[f"{thing}_{end}"]) for end in ends]
        assert claim["answer"] == answered(row["verdict"]) and claim["origin"]["id"] == own["origin_id"]
        assert [source["id"] for source in claim["sources"]] == [s for s in row["evidence"].split(" ; ") if s]
        for source in claim["sources"]:
            entry, origin = sources[source["id"]], known.get((source["id"], own["check_table"]))
            assert (source["grade"], source["trust"]) == (entry["grade"], entry["host_trust"])
            assert source["origin"]["id"] == (origin or known[source["id"], ""])
            assert source["url"] == (None if host(entry) in unsafe else entry["url"])
    text = content.decode("utf-8")
    assert claimsfile.content(HERE) == content and "hxxp" not in text and "[.]" not in text
    addresses = [row["url"].replace("[.]", ".") for row in sources.values() if row["host_trust"] == "unsafe"]
    assert len(unsafe) > 50 and [url for url in addresses if re.sub(r"^\w+:", "", url) in text] == []


def test_a_sweep_is_told_where_it_is_of_this_verdict(whole, monkeypatch):
    swept = {row["item"]: row for row in rows("../sweep/robustness")}
    told = [claim for claim in whole["claims"] if claim["choices"]]
    assert len(told) > 100 and {claim["choices"]["share"] for claim in told} >= {1}
    for claim in told:
        assert swept[claim["id"]]["verdict"] == claim["verdict"] in claim["choices"]["verdicts"]
        assert claim["choices"]["moved_by"] == [c for c in swept[claim["id"]]["moved_by"].split(" ; ") if c]
    first = told[0]
    monkeypatch.setattr(claimsfile, "read_sweep", lambda *_: {(first["id"], "another verdict"): first["choices"]})
    assert [claim["id"] for claim in claimsfile.list_claims(HERE) if claim["choices"]] == []
