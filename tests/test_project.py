"""The house itself: one source of versions, two READMEs that agree, commands that exist, clean code."""

import re
import subprocess
import sys
import tomllib

import yaml
from packaging.requirements import Requirement

from compendium import paths, reference, reporting, tables

READMES = ("README.md", "README.zh-CN.md")


def text(name):
    return (paths.ROOT / name).read_text(encoding="utf-8")


def test_the_lock_satisfies_every_direct_requirement_and_names_no_registry():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    wanted = project["dependencies"] + [r for group in project["optional-dependencies"].values() for r in group]
    lock = text("requirements.lock")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", lock, re.M))
    for line in wanted:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pinned[requirement.name]), line
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock and "--index" not in lock


def test_the_conda_door_leads_to_the_same_versions():
    environment = yaml.safe_load(text("environment.yml"))
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert pip == ["-r requirements.lock"]
    python = next(d for d in environment["dependencies"] if str(d).startswith("python "))
    assert python.split(" ")[1] == tomllib.loads(text("pyproject.toml"))["project"]["requires-python"]


def test_both_readmes_say_the_same():
    english, chinese = (text(name) for name in READMES)
    blocks = [re.findall(r"^(?:make|compendium|\.) ?[^#\n]*", t, re.M) for t in (english, chinese)]
    assert [b.strip() for b in blocks[0]] == [b.strip() for b in blocks[1]] != []
    levels = [re.findall(r"^#+ ", t, re.M) for t in (english, chinese)]
    assert levels[0] == levels[1]
    targets = [set(re.findall(r"\]\(([^)#]+)\)", t)) - set(READMES) for t in (english, chinese)]
    assert {t.replace(".zh-CN", "") for t in targets[1]} == targets[0]


def test_what_the_readmes_name_exists():
    for name in READMES:
        for target in re.findall(r"\]\(([^)#:]+)\)", text(name)):
            assert (paths.ROOT / target).exists(), f"{name}: {target}"
        for target in re.findall(r"^\s*make ([a-z]+)", text(name), re.M):
            assert re.search(rf"^{target}:", text("Makefile"), re.M), f"{name}: make {target}"
        assert re.findall(r"(\d+) (?:tables|张表)", text(name)) == [f"{len(tables.names())}"]


def test_generated_parts_are_up_to_date():
    assert reporting.outdated() == [] and reference.outdated() == []


def test_help_of_make_lists_every_target():
    shown = subprocess.run(["make", "-s", "help"], cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout
    declared = re.search(r"^\.PHONY: (.*)$", text("Makefile"), re.M)[1].split()
    assert sorted(re.findall(r"^make ([a-z]+)", shown, re.M)) == sorted(declared)


def test_the_code_is_clean():
    outcome = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "."],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stdout
