"""Other doors and licences: containers, Binder and the workflow lead to the same versions; every file has a licence."""

import json
import re
import tomllib

import copies
import pytest
import yaml
from worlds import HERE

from compendium import paths
from compendium.forms import archive
from compendium.run import reference

TERMS = {
    "MIT.txt": "LICENSE",
    "OFL-1.1.txt": "engine/src/compendium/fonts/OFL.txt",
    "Apache-2.0.txt": "engine/src/compendium/book/static/mathjax/LICENSE",
    "BSD-3-Clause.txt": "engine/src/compendium/book/static/vega/LICENSE",
}
IGNORED = r"(.*/)?LICEN[CS]E([-.].*)?|LICENSES/.*|REUSE\.toml"  # what REUSE asks no licence of


def text(name):
    return (paths.HOME / name).read_text(encoding="utf-8")


def lowest():
    """Return the lowest Python that pyproject.toml allows."""
    return tomllib.loads(text("engine/pyproject.toml"))["project"]["requires-python"].removeprefix(">=")


def test_containers_have_the_python_of_the_project_and_install_the_lock():
    image = f"python:{lowest()}-bookworm"
    made = text(".devcontainer/Dockerfile")
    assert re.search(r"^FROM (\S+)$", made, re.M)[1] == image
    assert "RUN make .venv/.ready\n" in made and 'CMD ["make"]' in made
    container = json.loads(text(".devcontainer/devcontainer.json"))
    assert (container["image"], container["postCreateCommand"]) == (image, "make .venv/.ready")
    assert re.search(r"^\$\(READY\): requirements\.lock ", text("Makefile"), re.M)
    assert {".venv", "build", ".git"} < set(text(".dockerignore").split())


def test_binder_has_the_python_of_the_project_and_installs_the_lock():
    assert text(".binder/runtime.txt") == f"python-{lowest()}\n"
    assert text(".binder/requirements.txt") == "-r ../requirements.lock\n"
    assert text(".binder/postBuild").endswith("python -m pip install --no-deps --no-build-isolation -e engine\n")


def test_the_workflow_runs_the_two_commands_on_every_python_and_kind_of_processor():
    workflow = yaml.safe_load(text(".github/workflows/reproduce.yml"))
    job = workflow["jobs"]["two-commands"]
    *commands, again = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["make", "make test"]
    assert again.split()[-2:] == ["notebooks", "tests/test_exercises.py"]  # with nbval, and the exercises solved
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    matrix = job["strategy"]["matrix"]
    assert matrix["python"][0] == lowest() and {"ubuntu-24.04", "ubuntu-24.04-arm"} == set(matrix["os"])
    assert [entry.get("may-fail") for entry in matrix["include"]] == [True]


def test_the_other_workflow_publishes_what_the_make_targets_wrote_with_rights_for_that_only():
    workflow = yaml.safe_load(text(".github/workflows/publish.yml"))
    build, deploy = (workflow["jobs"][name] for name in ("build", "deploy"))
    *commands, gather = [step["run"] for step in build["steps"] if "run" in step]
    assert commands == ["make", "make lite", "make book", "make certificate"]  # a book leads to the site made before it
    assert {"build/book", "build/lite", "build/certificate.pdf"} <= set(gather.split())
    assert workflow["permissions"] == {"contents": "read"} and "permissions" not in build
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"} and deploy["needs"] == "build"
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in build["steps"] if "uses" in step)


def test_who_reproduced_it_or_could_not_is_asked_in_both_languages():
    form = yaml.safe_load(text(".github/ISSUE_TEMPLATE/reproduced.yml"))
    assert [field["id"] for field in form["body"]] == ["result", "version", "system", "command", "lines"]
    said = [form["name"], *form["body"][0]["attributes"]["options"]]
    said += [field["attributes"]["label"] for field in form["body"]]
    assert all(re.search(r"[a-z].* · .*[\u4e00-\u9fff]", line) for line in said)


@pytest.mark.parametrize("language", HERE.languages)
def test_the_first_door_is_the_site_at_its_address_or_how_to_serve_it(language):
    page = text(HERE.languages.page("README.md", language))
    door = page.split("\n### ")[1]
    address = HERE.declaration.lite
    assert address in door if address else "`make lite`" in door and "http.server --directory build/lite" in door


def names():
    """Return the files that are committed, or that lie in a copy without git, with what is added to an archive."""
    if paths.has_git(paths.HOME):
        found = reference.git(HERE, "ls-files", "-z").decode("utf-8").split("\0")[:-1]
    else:
        ignored = re.compile("|".join(re.escape(name).replace(r"\*", "[^/]*") for name in copies.IGNORED))
        every = (p.relative_to(paths.HOME) for p in paths.HOME.rglob("*") if p.is_file())
        found = [p.as_posix() for p in every if not any(ignored.fullmatch(part) for part in p.parts)]
    return sorted({*found, archive.MANIFEST})


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


def test_every_file_has_a_licence_whose_text_is_here():
    files = [name for name in names() if not re.fullmatch(IGNORED, name)]
    found, idle = licences(tomllib.loads(text("REUSE.toml")), files)
    assert [name for name, licence in found.items() if licence is None] == []
    assert idle == ([] if (paths.HOME / ".ci").is_dir() else [".ci/**"])  # an archive leaves it out
    said = {word for licence in found.values() for word in licence.split(" AND ")}
    assert {f"{licence}.txt" for licence in said} == {p.name for p in (paths.HOME / "LICENSES").iterdir()}
    known = {
        "engine/src/compendium/__main__.py": "MIT",
        "data/raw/sources.csv": "CC-BY-4.0",
        "figures/en/02-batches.svg": "CC-BY-4.0",
        "notebooks/02-pilot-growth.ipynb": "MIT AND CC-BY-4.0",
        "engine/src/compendium/fonts/NotoSansSC-GB2312.otf": "OFL-1.1",
        "engine/src/compendium/book/static/mathjax/tex-svg.js": "Apache-2.0",
        "engine/src/compendium/book/static/vega/vega.min.js": "BSD-3-Clause",
    }
    assert {name: found[name] for name in known} == known


def test_the_texts_of_licences_are_those_beside_what_they_cover_and_that_of_cc_by_is_the_legal_code():
    assert {name: text(f"LICENSES/{name}") for name in TERMS} == {name: text(file) for name, file in TERMS.items()}
    said = text("LICENSES/CC-BY-4.0.txt")
    assert "Creative Commons Attribution 4.0 International Public License" in said and len(said) > 18_000
