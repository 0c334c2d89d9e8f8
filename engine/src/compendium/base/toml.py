"""The TOML files of a compendium: read through typed models, so that a misspelt key is told and not passed over."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from compendium import CompendiumError
from compendium.base import paths


class StrictTomlTable(BaseModel):
    """A table of a TOML file: every key must be known, and no value is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Model = TypeVar("Model", bound=StrictTomlTable)
T = TypeVar("T")


def read_tables(file: Path, model: type[Model], languages: Sequence[str] = ()) -> dict[str, Model]:
    """Return the tables of a TOML file by name, each as a `model`, as `read_file` does; none where there is no file."""
    shape = TypeAdapter(dict[str, model])  # type: ignore[valid-type]
    return read_file(file, shape, languages) if file.is_file() else {}


def read_file(file: Path, shape: TypeAdapter[T], languages: Sequence[str] = ()) -> T:
    """Return the content of a TOML file in a shape; texts must be in each of these languages only, if any are given.

    Raises:
        CompendiumError: the file cannot be read, is no TOML, or has another shape.
    """
    place = paths.format_path(file)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        return shape.validate_python(content, context={"languages": languages})
    except FileNotFoundError:
        raise CompendiumError(f"{place} is missing. Remedy: write it, or {paths.suggest_restore(file)}") from None
    except ValidationError as error:
        fault = error.errors()[0]
        said = fault["msg"].removeprefix("Value error, ")
        rules = {"extra_forbidden": "no such key is known here", "missing": "the key is missing"}
        rule, key = rules.get(fault["type"], said[:1].lower() + said[1:]), ".".join(map(str, fault["loc"]))
        raise CompendiumError(f"{place}, {key}: {rule}. Remedy: correct the entry") from None
    except ValueError as error:
        raise CompendiumError(
            f"{place} is no TOML: {error}. Remedy: correct it, or {paths.suggest_restore(file)}"
        ) from None
