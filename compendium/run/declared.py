"""What a sweep varies and follows, as declared in notebooks/choices.toml."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import Field, TypeAdapter

from compendium import paths, toml
from compendium.run import RunError, contents

Value = bool | int | float | str


class ChoiceEntry(toml.Strict):
    """One table `choices` of notebooks/choices.toml."""

    zh: str
    en: str
    parameter: str
    notebooks: list[str] = Field(min_length=1)
    values: list[Value] = Field(min_length=1)


class ResultEntry(toml.Strict):
    """One table `results` of notebooks/choices.toml."""

    zh: str
    en: str
    notebook: str
    table: str
    where: dict[str, Value]
    columns: list[str]
    status: str = ""


class Declared(toml.Strict):
    """The file notebooks/choices.toml."""

    choices: dict[str, ChoiceEntry]
    results: dict[str, ResultEntry]


@dataclass(frozen=True)
class Choice:
    """A parameter of some notebooks and the values a sweep gives it; the first value is the default."""

    name: str
    zh: str
    en: str
    parameter: str
    notebooks: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Result:
    """Cells of a processed table that are followed like a claim."""

    name: str
    zh: str
    en: str
    notebook: str
    table: str
    where: Mapping[str, Value]
    columns: tuple[str, ...]
    status: str = ""

    def read(self, root: Path, parameters: Mapping[str, object]) -> tuple[str, str]:
        """Return value and status of this result in a run below `root`, as text."""
        path = paths.processed(self.table, root)
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        wanted = {column: str(value).format(**parameters) for column, value in self.where.items()}
        rows = frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)]
        if len(rows) != 1:
            raise RunError(
                f"result {self.name}: {len(rows)} rows of {self.table} fit {wanted}, it must be one. "
                "Remedy: correct notebooks/choices.toml"
            )
        ends = (f"{float(rows.iloc[0][column]):.6g}" for column in self.columns)
        return " to ".join(dict.fromkeys(ends)), rows.iloc[0][self.status] if self.status else ""


def declarations() -> Declared:
    """Return the content of notebooks/choices.toml."""
    return toml.whole(paths.project().notebooks / "choices.toml", TypeAdapter(Declared))


def varied(names: Sequence[str] = ()) -> dict[str, Choice]:
    """Return the declared choices by name, all or those with these names.

    Raises:
        RunError: no choice has such a name, one names a notebook or a parameter that is not there, or its first value
            is not the default of a notebook it names.
    """
    known = {
        name: Choice(name, row.zh, row.en, row.parameter, tuple(row.notebooks), tuple(row.values))
        for name, row in declarations().choices.items()
    }
    for choice in known.values():
        for notebook in choice.notebooks:
            there = contents.parameters(_notebook(choice.name, notebook))
            if choice.parameter not in there:
                raise RunError(
                    f"notebooks/choices.toml: {choice.name} names the parameter {choice.parameter!r}, which {notebook} "
                    f"does not have. Remedy: correct it; there: {', '.join(there) or 'no parameter'}"
                )
            default = there[choice.parameter]
            if default != choice.values[0] or type(default) is not type(choice.values[0]):
                file = paths.shown(contents.catalogue()[notebook].path)
                raise RunError(
                    f"{file}: the default of {choice.parameter} is {default!r}, but {choice.name} in "
                    f"notebooks/choices.toml begins with {choice.values[0]!r}. Remedy: "
                    f"{paths.restore(paths.project().root / file)}; if the new default is meant, put it first in "
                    "choices.toml"
                )
    for name in names:
        if name not in known:
            raise RunError(f"no choice is called {name!r}; there are {', '.join(known)}")
    return {name: choice for name, choice in known.items() if name in names or not names}


def results(notebook: str) -> list[Result]:
    """Return the declared results of a notebook.

    Raises:
        RunError: a result names a notebook that is not there.
    """
    every = declarations().results
    for name, row in every.items():
        _notebook(name, row.notebook)
    rows = {name: row for name, row in every.items() if row.notebook == notebook}
    return [Result(name, **row.model_dump() | {"columns": tuple(row.columns)}) for name, row in rows.items()]


def _notebook(name: str, notebook: str) -> contents.Notebook:
    known = contents.catalogue()
    if notebook not in known:
        raise RunError(
            f"notebooks/choices.toml: {name} names the notebook {notebook!r}, which is not there. "
            f"Remedy: one of {', '.join(known)}"
        )
    return known[notebook]
