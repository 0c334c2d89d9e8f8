"""What install.py takes over from the settings of pip, and which remedy it gives."""

import importlib.util
import os
import subprocess

import pytest

from compendium.base import paths


@pytest.fixture
def install(tmp_path, monkeypatch):
    """The module install.py in a folder without git, with the variables of this process put back afterwards."""
    monkeypatch.chdir(tmp_path)
    spec = importlib.util.spec_from_file_location("install", paths.HOME / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    set_by_hand = ("PIP_", "UV_", "SSL_", "ALL_PROXY")
    clean = {k: v for k, v in os.environ.items() if not k.startswith(set_by_hand)}
    monkeypatch.setattr(os, "environ", clean)
    return module


def test_of_the_settings_of_pip_only_those_count_that_say_where_packages_come_from(install):
    os.environ |= {"PIP_USER": "1", "PIP_TARGET": "/t", "PIP_INDEX_URL": "http://a/s", "UV_INSECURE_HOST": "mine"}
    before = dict(os.environ)
    links = install.adapt(
        ":env:.index-url='http://a/s'\n:env:.target='/t'\n:env:.user='1'\nglobal.index-url='http://b/s'\n"
        "global.cert='/c.pem'\nglobal.find-links='/w /x'\ninstall.extra-index-url='http://c/s\\nhttp://d/s'\n"
        "install.trusted-host='a'\n"
    )
    found = {k: v for k, v in os.environ.items() if before.get(k) != v or k.startswith(("PIP_", "UV_"))}
    index = {"PIP_INDEX_URL": "http://a/s", "UV_INDEX_URL": "http://a/s", "UV_INDEX_STRATEGY": "unsafe-best-match"}
    index |= {"PIP_EXTRA_INDEX_URL": "http://c/s\nhttp://d/s", "UV_EXTRA_INDEX_URL": "http://c/s http://d/s"}
    trust = {"PIP_CERT": "/c.pem", "SSL_CERT_FILE": "/c.pem", "PIP_TRUSTED_HOST": "a", "UV_INSECURE_HOST": "mine"}
    assert found == index | trust | {"PIP_CONFIG_FILE": os.devnull, "PIP_FIND_LINKS": "/w /x"} and links == []
    links = install.adapt(":env:.no-index='1'\nglobal.find-links='/w /x'\n")
    assert links == ["--no-index", "--find-links=/w", "--find-links=/x"], "without an index uv looks where pip looks"


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "make room on the disk"),
        ("error: Failed to fetch: `x`\n  cause: dns error", "check the network"),
        ("ERROR: Could not find a version that satisfies uv==9 (from versions: none)", "check the network"),
        ("ERROR: Could not find a version that satisfies uv==9 (from versions: 1, 2)", "set PIP_INDEX_URL"),
        ("Because there is no version of numpy==9.9.9 and", "set PIP_INDEX_URL"),
        ("error: Hash mismatch for `click==8`", "set PIP_INDEX_URL"),
        ("hint: scipy has no wheels with a matching Python version tag", "make PYTHON=python3.12"),
        ("ensurepip is not\navailable", "install the package python3-venv"),
        ("error: Couldn't parse requirement in `requirements.lock`", "take requirements.lock from the archive"),
        ("something else", "see to what the lines above say"),
    ],
)
def test_each_trouble_has_its_own_remedy(install, said, advice):
    assert install.remedy(said).startswith(advice)


def test_git_is_advised_only_where_the_lock_differs_and_that_may_be_the_cause(install, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1\n")
    for words in ("init -q", "add .", "-c user.name=n -c user.email=e commit -qm m"):
        subprocess.run(["git", *words.split()], check=True)
    parse = "Couldn't parse requirement in `requirements.lock`"
    assert not install.remedy(parse).startswith("git")
    lock.write_text("a b\n")
    assert install.remedy(parse) == "git checkout -- requirements.lock, then make"
    assert install.remedy("Failed to fetch").startswith("check the network")
    monkeypatch.setattr(install.shutil, "which", lambda _: None)
    assert not install.remedy(parse).startswith("git")
