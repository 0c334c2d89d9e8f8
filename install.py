"""Install the versions of requirements.lock and the engine into .venv; `make` calls it when .venv is not up to date.

It needs nothing but Python. A lock on this file, which its children inherit, keeps two installations apart; it ends
with the processes that hold it. Of the user's settings of pip, those that say where packages come from count, for uv
too; the others, which may put packages elsewhere, do not. With PIP_NO_INDEX=1 and PIP_FIND_LINKS=folder they come from
that folder alone.
"""

import ast
import fcntl
import os
import re
import shutil
import subprocess
import sys

VENV = ".venv"
PYTHON = f"{VENV}/bin/python"
READY = f"{VENV}/.ready"
CHECKOUT = "engine/pyproject.toml"  # where the engine lies here as code
SOURCES = {  # options of pip, and the variables in which uv takes the same
    "index-url": "UV_INDEX_URL",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
}
OUTSIDE = {  # what a failed installation says, and what to do about it
    "no space left|quota exceeded": "make room on the disk: 1.1 GB here, as much for the cache of uv; then make",
    "failed to fetch|sending request|connection|timed out|name resolution|from versions: none": (
        "check the network; a mirror or a proxy is taken from the settings of pip, such as PIP_INDEX_URL; then make"
    ),
    "ensurepip": "install the package python3-venv, or make PYTHON=/path/to/another/python3",
}
PACKAGES = {
    "parse requirement|invalid requirement": "take requirements.lock from the archive you unpacked, then make",
    "no wheels|failed to build": "make PYTHON=python3.12, or another Python for which packages are ready-made",
    "hash|no version of|not find a version|not found in": (
        "set PIP_INDEX_URL to an index that has the files of requirements.lock, then make"
    ),
}


def main() -> None:
    """Install, unless another `make` has just done so."""
    with open(__file__, "r+", encoding="utf-8") as lock:
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("another make is installing into .venv here; waiting until it has ended", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if ready():
            return
        print(f"installing into {VENV} (about a minute, 1.1 GB)", flush=True)
        remove()
        try:
            install()
        except BaseException:
            remove()
            raise


def ready() -> bool:
    """Tell whether .venv was installed here, with the Python that it points to, from the files as they are now."""
    try:
        made = os.path.getmtime(READY)
        with open(READY, encoding="utf-8") as file:
            made_for = file.read().splitlines()
        return made_for == [os.getcwd(), os.path.realpath(PYTHON, strict=True)] and all(
            made >= os.path.getmtime(name) for name in ("requirements.lock", "install.py", *engine())
        )
    except OSError:
        return False


def engine() -> list[str]:
    """Return what the engine is installed from: the checkout, or the wheel here, which the lock names by its hash."""
    checkout = os.path.exists(CHECKOUT)
    return [CHECKOUT] if checkout else [name for name in os.listdir() if name.endswith(".whl")]


def remove() -> None:
    """Remove .venv."""
    if os.path.islink(VENV):
        os.remove(VENV)
    elif os.path.exists(VENV):
        shutil.rmtree(VENV)


def run(*command: str) -> str:
    """Return what a command prints."""
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8", close_fds=False).stdout


def install() -> None:
    """Make .venv: pip installs uv, uv installs the rest, all by their hashes."""
    run(sys._base_executable, "-m", "venv", VENV)  # that of the system, should this one be in .venv itself
    links = adapt(run(PYTHON, "-m", "pip", "config", "list"))
    with open("requirements.lock", encoding="utf-8") as lock, open(f"{VENV}/uv.txt", "w", encoding="utf-8") as own:
        own.writelines(re.findall(r"^uv==(?:.*\\\n)*.*\n", lock.read(), re.M))
    alone = ("-q", "--disable-pip-version-check", "--require-hashes", "-r", own.name)
    run(PYTHON, "-m", "pip", "install", *links, *alone)
    where = ("-q", "--no-config", "--python", VENV)
    uv = (f"{VENV}/bin/uv", "pip")
    run(*uv, "install", *where, *links, "--compile-bytecode", "--require-hashes", "-r", "requirements.lock")
    if os.path.exists(CHECKOUT):
        run(*uv, "install", *where, *links, "--no-deps", "--no-build-isolation", "-e", "engine")
    run(*uv, "check", *where)
    with open(READY, "w", encoding="utf-8") as file:
        file.write(f"{os.getcwd()}\n{os.path.realpath(PYTHON)}\n")


def adapt(configured: str) -> list[str]:
    """Set the environment for pip and uv by the settings of pip, as `pip config list` prints them.

    Those of SOURCES are kept and handed on to uv, unless uv has its own; the links of a computer without an index are
    returned as options. All others go.
    """
    found = {}
    for section in ("global", "install", ":env:"):
        found |= re.findall(rf"^{section}\.([a-z-]+)=(.*)$", configured, re.M)
    found = {name: ast.literal_eval(value) for name, value in found.items()}
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        del os.environ[name]
    os.environ["PIP_CONFIG_FILE"] = os.devnull
    for name in found.keys() & {*SOURCES, "no-index", "find-links", "timeout", "default-timeout"}:
        os.environ[f"PIP_{name.upper().replace('-', '_')}"] = found[name]
    for name in found.keys() & SOURCES.keys():
        os.environ.setdefault(SOURCES[name], " ".join(found[name].split()))
    if "extra-index-url" in found:
        os.environ.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip does; hashes decide what is taken
    if found.get("no-index", "false").lower() in ("1", "true", "yes", "on"):
        return ["--no-index", *(f"--find-links={link}" for link in found.get("find-links", "").split())]
    return []


def remedy(said: str) -> str:
    """Return what to do about an installation that failed with these words."""

    def fitting(remedies: dict[str, str]) -> str:
        return next((advice for words, advice in remedies.items() if re.search(words, said, re.I)), "")

    changed = "git checkout -- requirements.lock, then make" if lock_changed() else ""
    return fitting(OUTSIDE) or changed or fitting(PACKAGES) or "see to what the lines above say, then make"


def lock_changed() -> bool:
    """Tell whether git says that requirements.lock is not the committed one."""
    if not (os.path.exists(".git") and shutil.which("git")):
        return False
    line = ["git", "diff", "--quiet", "HEAD", "--", "requirements.lock"]
    return subprocess.run(line, stderr=subprocess.DEVNULL).returncode == 1


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or getattr(error, "stdout", "") or str(error)
        sys.exit(f"{said.strip()}\nThe installation failed. Remedy: {remedy(said)}")
