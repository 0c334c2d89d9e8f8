"""Which layer notices a seeded fault: the validation, claims judged anew, notebooks played, files compared, tests.

Notebooks are played cell by cell in one process, forked for every fault; a figure counts by what is drawn (lines,
areas, texts), not by its pixels. The run of a fault ends with the first cell whose output differs.
"""

import contextlib
import gc
import hashlib
import inspect
import io
import json
import marshal
import math
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import copies
import numpy as np
import pandas as pd
import pytest
import recalling
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from verification.seeds import Fault
from worlds import HERE, at

from compendium import cells as notebooks
from compendium import paths
from compendium.compendium import Compendium
from compendium.data import sourcing, validity
from compendium.data.columns import Rows
from compendium.data.tables import Tables
from compendium.languages import Languages
from compendium.ledger import claims, gate
from compendium.pages.readme import EXPECTED
from compendium.run import asking, comparison, contents, judge, notebookfile
from compendium.show import figures
from study import solver

SOURCES = {"code cell deleted", "text cell deleted", "number in text changed", "parameter renamed", "sentence deleted",
    "value left out"}  # fmt: skip
OUTPUTS = {"output edited", "output cleared", "notebook unexecuted", "figure flipped", "figure replaced",
    "table edited", "table removed"}  # fmt: skip
COPIED = "notebooks", "data/processed", "figures"
UNITS = "engine/tests/unit/test_claims.py"
RAW = str(paths.HOME / "data" / "raw")
SEEN = {  # what is seen of an artist
    Line2D: lambda a: [a.get_xydata(), a.get_color()],
    Patch: lambda a: [a.get_path().vertices, a.get_patch_transform().get_matrix(), a.get_facecolor()],
    Collection: lambda a: [a.get_offsets(), a.get_array(), a.get_facecolor(), *(p.vertices for p in a.get_paths())],
    Text: lambda a: [a.get_text(), a.get_position(), a.get_color()],
    Axes: lambda a: [a.get_xlim(), a.get_ylim()],
}


@dataclass
class Outcome:
    """What noticed a fault: layer, message, and whether the message names the place."""

    layer: str = ""
    message: str = ""
    named: bool = True


NONE = Outcome(named=False)


# Playing the notebooks


def drawn(figure: Figure) -> str:
    """Return a fingerprint of what a figure shows: the data of lines and areas, colours, texts, limits."""
    digest = hashlib.sha256()
    for artist in figure.findobj():
        for part in next((see(artist) for kind, see in SEEN.items() if isinstance(artist, kind)), ()):
            digest.update(np.ascontiguousarray(part).tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.hexdigest()


class Player:
    """Executes notebooks cell by cell in this process, without drawing the figures to files."""

    def __init__(self, scratch: Path) -> None:
        self.scratch, self.save = scratch, figures.save
        self.shell = InteractiveShell.instance(cache_size=0)  # else each reset searches for garbage
        self.shell.history_manager.enabled = False
        self.shell.displayhook.compute_format_data = lambda result: ({}, {})  # `play` does it
        self.drawings: list[str] = []
        self.opened: set[str] = set()  # raw tables
        sys.addaudithook(self.note)
        figures.save = lambda page, alt: self.drawings.append(drawn(page.figure))
        figures.display = lambda *_, **__: None
        figures.Drawing = lambda path: None
        os.environ.setdefault(recalling.FOLDER, str(scratch / "recalled"))
        for name, search in recalling.searches().items():
            setattr(solver.Programme, name, search)

    def note(self, event: str, given: tuple) -> None:
        if event == "open" and str(given[0]).startswith(RAW):
            self.opened.add(Path(given[0]).stem)

    def play(self, notebook: contents.Notebook) -> Iterator[tuple[str, str]]:
        """Yield the id of each code cell and its outputs as text; a RuntimeError says that a cell failed."""
        self.shell.reset(new_session=True)
        for cell in notebooks.read(notebook.path):
            if cell.kind == "code":
                self.drawings.clear()
                with capture_output() as captured:
                    result = self.shell.run_cell(cell.source, store_history=False)
                if not result.success:
                    error = result.error_in_exec or result.error_before_exec
                    raise RuntimeError(first_line(f"{notebook.name}, cell {cell.id}: {type(error).__name__}: {error}"))
                shown = [o.data for o in captured.outputs]
                if result.result is not None:
                    shown.append(self.shell.display_formatter.format(result.result)[0])
                yield cell.id, json.dumps(shown + self.drawings, default=str)

    def saved(self, notebook: contents.Notebook) -> dict[str, str]:
        made = {name: Compendium.find().processed_path(name) for name in makes(notebook)}
        return {name: path.read_text(encoding="utf-8") for name, path in made.items() if path.is_file()}

    def played(self, notebook: contents.Notebook) -> dict:
        """Play a notebook on the committed tables; return outputs by cell, tables by name, the raw tables it read."""
        with mock.patch.dict(os.environ, {paths.ROOT: str(paths.HOME), paths.OUT: str(self.scratch)}):
            self.opened.clear()
            found = {"cells": dict(self.play(notebook)), "tables": self.saved(notebook)}
        return found | {"reads": set(self.opened)}

    def difference(self, notebook: contents.Notebook, was: dict) -> Outcome:
        """Play a notebook until something differs from what it `was` when played before, if anything does."""
        try:
            for cell, output in self.play(notebook):
                if output != was["cells"].get(cell):
                    return Outcome("comparison", f"{notebook.name}, cell {cell}: the output differs")
        except RuntimeError as error:
            return Outcome("stop", str(error))
        now = self.saved(notebook)
        changed = sorted(name for name in was["tables"] if now.get(name) != was["tables"][name])
        return Outcome("comparison", f"data/processed/{changed[0]}.csv: differs") if changed else NONE


def first_line(text: str) -> str:
    return text.split("\n")[0]


@cache
def makes(notebook: contents.Notebook) -> list[str]:
    """Return the names of the tables and figures that a notebook makes, as the accepted run saw it."""
    seen = claims.read_shown(HERE, paths.HOME)
    return seen.loc[seen["notebook"].eq(notebook.name) & seen["kind"].ne("claim"), "name"].tolist()


# Planting and watching


class Watch:
    """Plants faults and finds out which layer notices."""

    def __init__(self, player: Player, made: Path) -> None:
        self.player, self.made, self.raw = player, made, player.scratch / "raw"
        shutil.copytree(RAW, self.raw)
        self.kept: dict[str, dict] = {}  # what each notebook gives on the committed tables, once it is needed
        self.quiet: set[str] = set()  # notebooks and tests that notice nothing where nothing is planted
        self.last: dict[str, str] = {}  # the notebook that noticed a fault in a table last
        self.books = contents.catalogue(HERE)
        self.ledger = judge.judge_claims(HERE)
        reads = judge.read_kept(HERE).kept
        self.judged_by = {claim: set(reads[claim].reads) for claim in self.ledger}
        self.seconds = json.loads((made / "run.json").read_text(encoding="utf-8"))["seconds"]
        verdicts = pd.read_csv(paths.HOME / EXPECTED).set_index("claim_id")["verdict"]
        self.accepted = verdicts.to_dict()

    def was(self, notebook: contents.Notebook) -> dict:
        if notebook.name not in self.kept:
            self.kept[notebook.name] = self.player.played(notebook)
        return self.kept[notebook.name]

    @contextlib.contextmanager
    def planted(self, fault: Fault) -> Iterator[Compendium]:
        with tempfile.TemporaryDirectory(prefix="faults-", dir=self.player.scratch) as scratch:
            root = linked(Path(scratch), "data/raw")
            shutil.copytree(self.raw, root / "data" / "raw", copy_function=os.link)
            fault.apply(root / "data" / "raw")
            yield at(root, root / "build")

    def validated(self, fault: Fault) -> Outcome:
        with self.planted(fault) as c:
            found = [str(problem) for problem in gate.check(c)]
        return Outcome("validation", found[0], named(fault, found)) if found else NONE

    def examine(self, fault: Fault) -> Outcome:
        if fault.kind in SOURCES | OUTPUTS:
            return self.look_at_files(fault)
        if fault.kind == "font changed":
            return apart(lambda: self.look_at_figures(fault))
        outcome = self.look(fault)
        if fault.kind == "rule altered" and not outcome.layer:
            return apart(lambda: units(fault))
        return outcome

    def look(self, fault: Fault) -> Outcome:
        """Judge the claims that a fault may reach, then play the notebooks that read its table, by default all.

        It begins with the notebook that noticed a fault in this table last, and with the quickest.
        """
        if (found := apart(lambda: self.rejudge(fault))).layer:
            return found
        table, last = fault.table, self.last.get(fault.table)
        readers = [b for b in self.books.values() if not table or table in b.reads or table in contents.COMMON]
        for notebook in sorted(readers, key=lambda b: (b.name != last, self.seconds.get(b.name, math.inf))):
            if table and table not in self.was(notebook)["reads"]:
                continue
            outcome = apart(lambda notebook=notebook: self.look_at(fault, notebook))
            if outcome.layer:
                self.raise_if_restless(notebook)
                self.last[table] = notebook.name
                return outcome
        return NONE

    def rejudge(self, fault: Fault) -> Outcome:
        """Plant a fault and judge the claims that it may reach until a row of the ledger differs."""
        rule = fault.kind == "rule altered"
        with self.planted(fault) as c:
            for claim in (claim for claim, reads in self.judged_by.items() if rule or fault.table in reads):
                try:
                    row = asking.judge_claim(c, claim, {}, "")[1]
                except Exception as error:
                    return Outcome("stop", first_line(f"{claim}: {type(error).__name__}: {error}"))
                was = self.ledger[claim].cells(HERE.languages)
                if differing := [name for name, cell in was.items() if cell != row[name]]:
                    layer = "verdict" if row["verdict"] != self.accepted[claim] else "comparison"
                    return Outcome(layer, f"data/processed/claims.csv, {claim}: {differing[0]} differs")
        return NONE

    def look_at(self, fault: Fault, notebook: contents.Notebook) -> Outcome:
        was = self.was(notebook)
        with self.planted(fault) as c:
            os.environ |= {paths.ROOT: str(c.root), paths.OUT: str(c.out)}
            judge.write(c, self.ledger)
            return self.player.difference(notebook, was)

    def raise_if_restless(self, notebook: contents.Notebook) -> None:
        """Raise RuntimeError where a notebook, played in the place of a fault, differs without one."""
        if notebook.name not in self.quiet:
            none = Fault("none", ("", "", ""), "", lambda folder: None)
            if (found := apart(lambda: self.look_at(none, notebook))).layer:
                raise RuntimeError(f"differs without a fault: {found.message}")
            self.quiet.add(notebook.name)

    def look_at_figures(self, fault: Fault) -> Outcome:
        """Draw the figures of one notebook to files and compare them with the committed ones."""
        notebook = self.books["10-problems-and-paths"]
        figures.save = self.player.save
        fault.apply(Path())
        try:
            list(self.player.play(notebook))
        except RuntimeError as error:
            return Outcome("stop", str(error))
        found = comparison.compare_figures(self.player.scratch, paths.HOME, notebook, by_eye=False)
        return Outcome("comparison", found[0]) if found else NONE

    def look_at_files(self, fault: Fault) -> Outcome:
        """Return what notices a fault in a notebook or its outputs; a test that does must pass without the fault."""
        stem = Path(fault.place[0]).stem
        books = list(self.books.values())
        notebook = next((b for b in books if stem == b.name or stem in makes(b)), books[0])
        if fault.kind in SOURCES:
            self.was(notebook)
        outcome, test = apart(lambda: self.look_at_copy(fault, notebook))
        if test and f"{notebook.name} {test}" not in self.quiet:
            if said := apart(lambda: told_by_tests(HERE, notebook.name, test))[1]:
                raise RuntimeError(f"the tests fail without a fault: {said}")
            self.quiet.add(f"{notebook.name} {test}")
        return outcome

    def look_at_copy(self, fault: Fault, notebook: contents.Notebook) -> tuple[Outcome, str]:
        """Plant a fault in a copy of a notebook and its outputs; return what notices it, and the test that did."""
        with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
            copy = linked(Path(scratch), *COPIED)
            copies.parts(copy, *COPIED)
            fault.apply(copy)
            os.environ[paths.ROOT] = str(copy)
            c = at(copy)
            book = contents.catalogue(c)[notebook.name]
            if fault.kind in OUTPUTS and (found := self.compared(c, book)):
                return Outcome("comparison", found[0], named(fault, found)), ""
            if found := notebookfile.faults(book.path):
                return Outcome("gate", found[0], named(fault, found)), ""
            if fault.kind in OUTPUTS:
                return NONE, ""
            test, said = told_by_tests(c, notebook.name)
            outcome = Outcome("texts", said) if test else self.player.difference(book, self.was(notebook))
        return Outcome(outcome.layer, outcome.message, named(fault, [outcome.message])), test

    def compared(self, c: Compendium, book: contents.Notebook) -> list[str]:
        seen = (paths.processed_path(claims.SHOWN, root) for root in (self.made, c.root))
        tables = [line for _, line in comparison.compare_tables(*seen)]
        return comparison.compare(c, self.made, [book], c.root) + tables


def linked(root: Path, *own: str) -> Path:
    """Let `root` be a compendium of links to what lies in this one, but for the folders `own`, and return it."""
    (root / "data").mkdir()
    for path in (*paths.HOME.iterdir(), *(paths.HOME / "data").iterdir()):
        name = path.relative_to(paths.HOME)
        if name.as_posix() not in (*own, "data", "build") and not path.name.startswith("."):
            (root / name).symlink_to(path)
    return root


@cache
def tests_of_texts() -> dict[str, Callable[..., None]]:
    sys.path[:0] = [str(paths.HOME / part) for part in ("tests", "engine/tests")]
    import test_exercises
    import test_notebooks as tests
    import test_texts

    found = (
        tests.test_text_cells_hold_both_languages_alike,
        tests.test_no_language_was_edited_without_the_other,
        tests.test_no_number_is_typed_in_text,
        tests.test_cells_are_few_and_small_and_most_code_is_in_view,
        tests.test_what_is_in_view_depends_on_nothing_hidden,
        tests.test_the_first_screen_has_the_question_the_story_and_the_key_figure,
        tests.test_headings_descend_in_order_and_one_asks_what_if,
        test_texts.test_code_and_texts_of_a_notebook_fit,
        test_exercises.test_exercises_are_solved,
    )
    return {test.__name__: test for test in found}


def told_by_tests(c: Compendium, name: str, chosen: str = "") -> tuple[str, str]:
    """Return which test of the texts, or of the `chosen` one, is the first to fail for a notebook, and what it says."""
    for test in [tests_of_texts()[chosen]] if chosen else tests_of_texts().values():
        with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="faults-") as folder:
            given = {"name": name, "monkeypatch": patch, "tmp_path": Path(folder)}
            given["file"] = contents.catalogue(c)[name].path
            patch.setattr(sys.modules[test.__module__], "HERE", c, raising=False)  # where the test looks
            if "notebook" in inspect.signature(test).parameters:
                given["notebook"] = sys.modules[test.__module__].load.__wrapped__(name)
            try:
                test(**{wanted: given[wanted] for wanted in inspect.signature(test).parameters})
            except Exception as error:
                return test.__name__, f"{name}.ipynb: {first_line(str(error)) or test.__name__}"
    return "", ""


def units(fault: Fault) -> Outcome:
    os.environ.pop(paths.ROOT, None)
    fault.apply(Path())
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", str(paths.HOME / UNITS)])
    failed = re.search(r"FAILED (\S+)", said.getvalue())
    return Outcome("units", failed[1] if failed else UNITS) if status == 1 else NONE


def named(fault: Fault, messages: list[str]) -> bool:
    """Tell whether a message names the file of a fault and, where it lies in one place, its row or column."""
    file, row, column = fault.place
    mine = [m for m in messages if file.removesuffix(".ipynb") in m]
    exact = [m for m in mine if (row and re.search(rf"\b{row}\b", m)) or (column and column in m)]
    return bool(exact if row or column else mine)


def apart(function: Callable[[], object]) -> object:
    """Return what `function` returns in a forked process, so that nothing it changes stays."""
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)
    child = os.fork()
    if child == 0:
        receiver.close()
        gc.disable()
        try:
            sender.send(function())
        except BaseException as error:
            sender.send(error)
        os._exit(0)
    sender.close()
    try:
        answer = receiver.recv()
    except EOFError:
        answer = RuntimeError("the process died")
    os.waitpid(child, 0)
    if isinstance(answer, BaseException):
        raise answer
    return answer


def remember_valid() -> None:
    """Let the validation read the descriptor, but for sizes and hashes, and each unchanged raw table once.

    A fault changes one table, and sizes and hashes.
    """
    describe, read, kept = validity.check_descriptor, validity.type_rows, {}

    def described(tables: Tables, needed: Iterable[str] = ()) -> object:
        bare = [resource | {"bytes": 0, "hash": "", sourcing.DIGEST: ""} for resource in tables.package["resources"]]
        key = json.dumps(tables.package | {"resources": bare})
        if key not in kept:
            kept[key] = describe(tables, needed)
        return kept[key]

    def typed(resource: object, columns: dict, odd: dict, file: str, languages: Languages) -> tuple:
        content = [(list(column.places), column.rows.tobytes()) for column in columns.values()]
        key = file, marshal.dumps((content, odd))
        if key not in kept:
            kept[key] = read(resource, columns, odd, file, languages)
        rows, found = kept[key]
        return Rows(rows.name, file, rows.columns, rows.types.values()), found

    validity.check_descriptor, validity.type_rows = described, typed
    gate.check(HERE)
