"""The crate at the root of a copy, before roc-validator, which is installed apart: it cannot share our versions."""

import json
import os
import re
import subprocess
import sys

import copies
import pytest
from worlds import HERE

from compendium import paths
from compendium.forms import crate

pytestmark = pytest.mark.slow
TOOLS = paths.HOME / "engine" / "tests" / "tools" / "roc-validator.txt"
NO_NETWORK = "connection|timed out|name resolution|from versions: none|proxy"
# Puts the context of RO-Crate 1.1, as an older rocrate ships it, where the validator keeps what it has fetched.
PRIME = """
import io, sys
from importlib.resources import files
import requests
from requests_cache import CachedSession
from urllib3 import HTTPResponse
URL = "https://w3id.org/ro/crate/1.1/context"
body = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
assert URL.encode() in body
class Shipped(requests.adapters.HTTPAdapter):
    def send(self, request, **_):
        head = {"Content-Type": "application/ld+json"}
        return self.build_response(request, HTTPResponse(io.BytesIO(body), head, 200, preload_content=False))
with CachedSession(sys.argv[1], backend="sqlite", expire_after=-1) as session:
    session.mount(URL, Shipped())
    assert session.get(URL).ok
"""
RUN_PROFILES = ("https://w3id.org/ro/wfrun/process/0.5", "https://w3id.org/ro/wfrun/workflow/0.5")


@pytest.fixture(scope="module")
def validate(tmp_path_factory):
    """A function that returns profiles and issues (level, message, entity) which roc-validator finds in a folder."""
    place = tmp_path_factory.mktemp("validator")
    programs = place / "venv" / "bin"
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
    line = [programs / "python", "-m", "pip", "install", "-q", "--require-hashes", "-r", TOOLS]
    done = subprocess.run(line, capture_output=True, encoding="utf-8")
    if done.returncode and re.search(NO_NETWORK, done.stderr, re.IGNORECASE):
        pytest.skip(f"roc-validator cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    subprocess.run([programs / "python", "-c", PRIME, place / "contexts"], check=True)

    def found(folder, level, *options):
        report = place / "report.json"
        line = [programs / "rocrate-validator", "-y", "validate", "--offline", "--cache-path", place / "contexts"]
        line += ["-l", level, "-f", "json", "-o", report, *options, folder]
        report.unlink(missing_ok=True)
        done = subprocess.run(line, capture_output=True, encoding="utf-8")
        assert report.is_file(), done.stdout + done.stderr
        said = json.loads(report.read_text(encoding="utf-8"))
        issues = [(i["severity"], i["message"], i.get("violatingEntity")) for i in said["issues"]]
        assert said["passed"] == (not issues) == (done.returncode == 0)
        return said["validation_settings"]["profile_identifiers"], said["statistics"], issues

    return found


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """A copy of what is committed with the files of the crate at its root."""
    folder = copies.checkout(tmp_path_factory.mktemp("unpacked") / "crate")
    for name, data in crate.make_files(HERE).items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def changed(unpacked):
    """A function that changes the crate for one test."""
    before = (unpacked / crate.NAME).read_bytes()

    def change(edit):
        content = json.loads(before)
        edit({entity["@id"]: entity for entity in content["@graph"]}, content["@graph"])
        (unpacked / crate.NAME).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    yield change
    (unpacked / crate.NAME).write_bytes(before)


@pytest.mark.outside
@pytest.mark.parametrize("level", ["required", "recommended"])
def test_no_issue_by_the_profile_that_it_claims(validate, unpacked, level):
    profiles, statistics, issues = validate(unpacked, level)
    assert issues == [] and profiles == ["workflow-ro-crate-1.0"]
    assert statistics["total_passed_checks"] == statistics["total_checks"] > 30
    assert not statistics["total_skipped_checks"]


@pytest.mark.outside
@pytest.mark.parametrize(
    ("fault", "level", "message"),
    [
        (lambda known, _: known["./"].pop("mainEntity"), "required", "Main Workflow must be specified"),
        (lambda known, _: known["./"].pop("publisher"), "recommended", "`publisher` property"),
        (lambda known, _: known["data/raw/claims.csv"].pop("encodingFormat"), "recommended", "`encodingFormat`"),
        (lambda known, _: known["./"]["hasPart"].pop(), "required", "RootDataEntity"),
        (lambda known, _: known["data/raw/claims.csv"].update({"@id": "data/raw/none.csv"}), "required", "none.csv"),
    ],
    ids=["no-workflow", "no-publisher", "no-format", "not-linked", "no-file"],
)
def test_the_validator_notices_a_planted_fault(validate, unpacked, changed, fault, level, message):
    changed(fault)
    _, _, issues = validate(unpacked, level)
    assert any(message in said for _, said, _ in issues), issues


@pytest.mark.outside
def test_what_keeps_it_from_claiming_the_profile_of_a_run(validate, unpacked, changed):
    """With the claim made, nothing that is required lacks; recommended are an end time and tools on the web."""

    def claim(known, graph):
        known["./"]["conformsTo"] = [known["./"]["conformsTo"], *({"@id": profile} for profile in RUN_PROFILES)]
        graph += [{"@id": p, "@type": "CreativeWork", "name": p, "version": "0.5"} for p in RUN_PROFILES]

    changed(claim)
    assert validate(unpacked, "required", "-p", "workflow-run-crate-0.5")[2] == []
    _, _, issues = validate(unpacked, "recommended", "-p", "workflow-run-crate-0.5")
    assert {said for _, said, _ in issues} == {
        "The Action SHOULD have an endTime in ISO 8601 format",
        "The SoftwareApplication id SHOULD be an absolute URI",
    }


def test_same_bytes_in_another_process(unpacked):
    code = "import sys; from compendium.compendium import Compendium; from compendium.forms import crate;"
    code += " sys.stdout.buffer.write(crate.content(Compendium.find()))"
    settings = os.environ | {
        "PYTHONPATH": str(unpacked / "engine/src"),
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Shanghai",
        "LC_ALL": "C",
    }
    settings |= {"COMPENDIUM_ROOT": str(unpacked)}
    done = subprocess.run([sys.executable, "-c", code], cwd=unpacked, env=settings, capture_output=True)
    assert done.stdout == (unpacked / crate.NAME).read_bytes(), done.stderr.decode()
