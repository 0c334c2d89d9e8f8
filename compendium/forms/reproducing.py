"""The log of reproductions: a row from a certificate, once for each run that was executed whole."""

from datetime import datetime
from pathlib import Path

from compendium import paths
from compendium.data.datapackage import LIST
from compendium.files import csv_text, fingerprint, read_plain, write_atomic
from compendium.run import RunError, caching, contents, reference
from compendium.show import readme, reproductions
from compendium.show.reproductions import FORMS, LOG

MARKS = ("/.dockerenv", "/run/.containerenv")  # files by which a container can be told
AGAIN = "Remedy: compendium run --force, then --log"


def log(root: Path, told: dict, who: str) -> list[str]:
    """Append the run below `root` to the log, renew the pages that count it, and return the files that changed.

    Args:
        root: folder of the run.
        told: the facts of its certificate.
        who: ran it; one of the makers is named as in compendium.toml.

    Raises:
        InputError: the log is spoilt, or a page lacks the marks of its generated part.
        RunError: `who` is no name, a page is not up to date, or the run cannot be logged.
    """
    if not reproductions.fits("who", who):
        raise RunError(f"--who: {who!r} — {FORMS['who'][1]}")
    if stale := readme.outdated():
        raise RunError(stale[0])
    new = row(root, told, who)
    if any(reproductions.alike(one, new) for one in reproductions.rows() or ()):
        raise RunError(f"this run stands in {LOG} already. {AGAIN}")
    path = paths.project().root / LOG
    before = path.read_text(encoding="utf-8") if path.is_file() else csv_text(FORMS, ())
    write_atomic(path, (before + csv_text(new.values(), ())).encode("utf-8"))
    with paths.using(out=paths.project().root):
        pages = {name: readme.renewed(name) for name in readme.pages()}
    changed = {name: page for name, (old, page) in pages.items() if page != old}
    for name, page in changed.items():
        write_atomic(paths.project().root / name, page.encode("utf-8"))
    return [LOG, *changed]


def row(root: Path, told: dict, who: str) -> dict[str, str]:
    """Return the row of the log for the run below `root`.

    Raises:
        RunError: it kept notebooks of an earlier run, ended before the last commit, or nothing says what was run.
    """
    run, machine, made = told["run"], told["machine"], caching.previous(root)
    if made.get("executed") != len(contents.catalogue()):
        raise RunError(f"the last run kept what an earlier one had made. {AGAIN}")
    if run["commit"]:
        place, commit = "clone", run["commit"]
        committed = int((reference.git("log", "-1", "--format=%ct") or b"0").decode())
        if datetime.fromisoformat(run["finished"]).timestamp() < committed:
            raise RunError(f"the last commit is younger than the run. {AGAIN}")
    elif run["archive"]:
        place, commit = "archive", fingerprint(read_plain(paths.project().root / paths.MANIFEST))
    else:
        raise RunError("neither git nor the list of an archive says what was run. Remedy: a clone, or the archive")
    container = ["container"] if any(map(Path.exists, map(Path, MARKS))) else []
    return {
        "date": run["finished"],
        "commit": commit,
        "platform": f"{machine['system']}, {machine['processor']}",
        "python": machine["python"],
        "who": who,
        "differences": str(told["agreement_with_own_outputs"]["differences"]),
        "how": LIST.join([place, "clean" if run["clean"] else "changed", *container]),
    }
