"""A file that somebody hands to a command is plain and of a size and width that a person could read, or is refused."""

import os
import signal
import subprocess
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError

import pytest

from compendium.authoring import tables
from compendium.base import files
from compendium.browser import site
from compendium.pages import paper

PLAIN = "must be a plain file, not a link, folder, pipe or device"
READERS = {  # what reads a file for a command, what the file is called, and the megabytes it may have
    "paper": (lambda file: paper.read_paper_text(file, ("en",)), "copy.pdf", 50),
    "table add": (lambda file: tables.read_csv_as_texts(file, file.parent / "rain"), "rain.csv", 10),
    "lite --wheels": (
        lambda file: site.PyodideLibraries(str(file.parent), file.parent).fetch(file.name),
        "python.mjs",
        100,
    ),
}


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000)


KINDS = {
    "device": lambda path: path.symlink_to("/dev/zero"),
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "200 MB": sparse,
}


@pytest.fixture
def hurry():
    """End a test that waits for a pipe, or reads without end."""
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail("it waits or reads without end"))
    signal.alarm(60)
    yield
    signal.alarm(0)


@pytest.mark.parametrize("command", READERS)
def test_what_is_no_plain_file_of_a_fit_size_is_refused_at_once(command, tmp_path, hurry):
    read, name, most = READERS[command]
    for kind, make in KINDS.items():
        (tmp_path / kind).mkdir()
        make(file := tmp_path / kind / name)
        with pytest.raises(files.InputError) as refused:
            read(file)
        said = f"must not be larger than {most} MB" if kind == "200 MB" else PLAIN
        assert f"{said}. Remedy: name a plain file of at most {most} MB." in str(refused.value)


def test_pyodide_comes_from_a_folder_or_by_http_and_a_link_to_a_plain_file_is_followed(tmp_path, hurry):
    assert not any(
        site.PyodideLibraries(place, tmp_path).fetch("zero") for place in ("file:///dev", "ftp://example.org")
    )
    (tmp_path / "file").write_bytes(b"a")
    (tmp_path / "link").symlink_to("file")
    assert files.read_user_supplied_file(tmp_path / "link", 1) == b"a"


def test_a_table_has_no_more_columns_than_a_person_describes(tmp_path, hurry):
    names = [f"c{n}" for n in range(20_000)]
    (file := tmp_path / "wide.csv").write_text(",".join(names) + "\n" + ",".join("1" * 20_000) + "\n", "utf-8")
    with pytest.raises(files.InputError, match=r"wide.csv, row 1: has 20000 columns, more than 100\. Remedy: "):
        tables.read_csv_as_texts(file, tmp_path / "place.csv")
    assert not (tmp_path / "place.csv").exists()


@pytest.mark.parametrize(("status", "said"), [(404, None), (503, "there is trouble. Remedy: --wheels")])
def test_a_file_is_absent_only_if_the_server_says_so(tmp_path, monkeypatch, status, said):
    def answer(address, timeout):
        raise HTTPError(address, status, "there is trouble", Message(), None)

    monkeypatch.setattr(site, "urlopen", answer)
    libraries = site.PyodideLibraries("https://example.org", tmp_path)
    if said:
        with pytest.raises(files.CompendiumError, match=said):
            libraries.fetch("python.mjs")
    else:
        assert not libraries.fetch("python.mjs")


@pytest.mark.parametrize(("out", "err", "last"), [("", "a\nb\n", "b"), ("a\n", "", "a"), ("", "", "exit status 2")])
def test_of_a_program_its_last_line_is_told_or_its_status(out, err, last):
    assert files.get_last_output_line(subprocess.CompletedProcess([], 2, out, err)) == last
