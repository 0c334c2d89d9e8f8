"""Other doors and licences: containers, Binder and the workflow lead to the same versions; every file has a licence."""

import json
import re
import tomllib

import pytest
import yaml
from worlds import HERE, text

from compendium.base import paths
from compendium.run import accept

TERMS = {
    "MIT.txt": "LICENSE",
    "OFL-1.1.txt": "engine/src/compendium/fonts/OFL.txt",
    "Apache-2.0.txt": "engine/src/compendium/book/static/mathjax/LICENSE",
    "BSD-3-Clause.txt": "engine/src/compendium/book/static/vega/LICENSE",
}
IGNORED = r"(.*/)?LICEN[CS]E([-.].*)?|LICENSES/.*|REUSE\.toml"  # what REUSE asks no licence of


def lowest():
    """Return the lowest Python that pyproject.toml allows."""
    return tomllib.loads(text("engine/pyproject.toml"))["project"]["requires-python"].removeprefix(">=")


def test_containers_and_binder_have_the_python_of_the_project_and_install_the_lock():
    image = f"python:{lowest()}-bookworm"
    for file, line in (
        (".devcontainer/Dockerfile", f"FROM {image}"),
        (".devcontainer/Dockerfile", "RUN make .venv/.ready"),
        (".devcontainer/Dockerfile", 'CMD ["make"]'),
        (".binder/runtime.txt", f"python-{lowest()}"),
        (".binder/requirements.txt", "-r ../requirements.lock"),
        (".binder/postBuild", "python -m pip install --no-deps --no-build-isolation -e engine"),
        *((".dockerignore", name) for name in (".venv", "build", ".git")),
    ):
        assert line in text(file).splitlines(), file
    container = json.loads(text(".devcontainer/devcontainer.json"))
    assert (container["image"], container["postCreateCommand"]) == (image, "make .venv/.ready")
    assert re.search(r"^\$\(READY\): requirements\.lock ", text("Makefile"), re.M)


def steps(workflow, job):
    """Return the commands of a job; the actions that it uses are of one kind."""
    found = yaml.safe_load(text(f".github/workflows/{workflow}.yml"))["jobs"][job]["steps"]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in found if "uses" in step)
    return [step["run"] for step in found if "run" in step]


def test_one_workflow_runs_the_two_commands_on_every_python_and_the_other_publishes_with_rights_for_that_only():
    *commands, again, summary = steps("reproduce", "two-commands")
    assert commands == ["make", "make test"]
    assert again.split()[-2:] == ["notebooks", "tests/test_exercises.py"]  # with nbval, and the exercises solved
    assert "check --since" in summary and summary.split()[-3:] == ["--markdown", ">>", '"$GITHUB_STEP_SUMMARY"']
    matrix = yaml.safe_load(text(".github/workflows/reproduce.yml"))["jobs"]["two-commands"]["strategy"]["matrix"]
    assert matrix["python"][0] == lowest() and {"ubuntu-24.04", "ubuntu-24.04-arm"} == set(matrix["os"])
    *commands, gather = steps("publish", "build")
    assert commands == ["make", "make lite", "make book", "make certificate"]  # a book leads to the site made before it
    assert {"build/book", "build/lite", "build/certificate.html"} <= set(gather.split())
    workflow = yaml.safe_load(text(".github/workflows/publish.yml"))
    assert workflow["permissions"] == {"contents": "read"} and "permissions" not in workflow["jobs"]["build"]
    assert workflow["jobs"]["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}


@pytest.mark.parametrize("language", HERE.languages)
def test_the_first_door_is_the_site_at_its_address_or_how_to_serve_it(language):
    page = text(HERE.languages.page("README.md", language))
    door = page.split("\n### ")[1]
    address = HERE.declaration.lite
    assert address in door if address else "`make lite`" in door and "http.server --directory build/lite" in door


def licences(declared, files):
    """Return path -> licence by the entries of REUSE.toml, None where none fits, and the patterns that fit no file."""
    found, idle = dict.fromkeys(files), []
    for entry in declared["annotations"]:
        for pattern in [entry["path"]] if isinstance(entry["path"], str) else entry["path"]:
            expression = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
            fitting = [name for name in files if re.fullmatch(expression, name)]
            idle += [] if fitting else [pattern]
            found |= dict.fromkeys(fitting, entry["SPDX-License-Identifier"])
    return found, idle


@pytest.mark.skipif(not paths.has_git(paths.HOME), reason="what belongs to it is known by git")
def test_every_file_has_a_licence_whose_text_is_here():
    names = accept.run_git(HERE, "ls-files", "-z").decode("utf-8").split("\0")[:-1]
    files = [name for name in names if not re.fullmatch(IGNORED, name)]
    found, idle = licences(tomllib.loads(text("REUSE.toml")), files)
    assert [name for name, licence in found.items() if licence is None] == []
    assert idle == []
    said = {word for licence in found.values() for word in licence.split(" AND ")}
    assert {f"{licence}.txt" for licence in said} == {p.name for p in (paths.HOME / "LICENSES").iterdir()}
    known = {
        "engine/src/compendium/__main__.py": "MIT",
        "data/raw/sources.csv": "CC-BY-4.0",
        "engine/src/compendium/fonts/NotoSansSC-GB2312.otf": "OFL-1.1",
        "engine/src/compendium/book/static/mathjax/tex-svg.js": "Apache-2.0",
        "engine/src/compendium/book/static/vega/vega.min.js": "BSD-3-Clause",
    }
    assert {name: found[name] for name in known} == known


def test_the_texts_of_licences_are_those_beside_what_they_cover_and_that_of_cc_by_is_the_legal_code():
    assert {name: text(f"LICENSES/{name}") for name in TERMS} == {name: text(file) for name, file in TERMS.items()}
    said = text("LICENSES/CC-BY-4.0.txt")
    assert "Creative Commons Attribution 4.0 International Public License" in said and len(said) > 18_000
