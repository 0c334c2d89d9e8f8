"""The gate before a run: the data package is valid, by the checks of the ledger's tables and of the study's too, and
the judgements of the study can be read and are of claims."""

import importlib
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from compendium import CompendiumError, paths
from compendium.data import tables, validity
from compendium.data.validity import codebooks, outdated, write_codebook
from compendium.files import InputError
from compendium.ledger import checks, printed, sentences
from compendium.ledger.evidence import LedgerError
from compendium.ledger.judging import stated

T = TypeVar("T")


def study(name: str) -> ModuleType:
    """Import a module of the study, of a package all modules in its folder.

    Raises:
        CompendiumError: it cannot be imported; file and line are told.
    """
    try:
        module = importlib.import_module(f"study.{name}")
        for found in pkgutil.iter_modules(getattr(module, "__path__", ())):
            importlib.import_module(f"study.{name}.{found.name}")
        return module
    except Exception as error:
        said = str(error) if isinstance(error, CompendiumError) else f"{type(error).__name__}: {error}"
        place, folders = f"study.{name}", getattr(sys.modules.get("study"), "__path__", ())
        for frame in traceback.extract_tb(error.__traceback__):
            if any(Path(frame.filename).is_relative_to(folder) for folder in folders):
                place = f"{paths.shown(frame.filename)}, line {frame.lineno}"
        if isinstance(error, SyntaxError):
            place, said = f"{paths.shown(str(error.filename))}, line {error.lineno}", error.msg
        raise CompendiumError(f"{place}: {said}. Remedy: correct the code") from None


def checked(function: Callable[..., T]) -> Callable[..., T]:
    """Return a function of the data package that knows the checks of the study too, if it has any."""

    @wraps(function)
    def known(folder: Path | None = None) -> T:
        if find_spec("study.checks"):
            study("checks")
        return function(folder)

    return known


check, refresh = checked(validity.check), checked(validity.refresh)


def raise_if_bad(folder: Path | None = None) -> None:
    """Raise the first problem of the data package in `folder` (default: data/raw), else of the judgements.

    Raises:
        InputError: of the data package; it says how many others there are.
        CompendiumError: of the judgements.
    """
    checked(validity.raise_if_bad)(folder)
    raise_if_unjudged()


def raise_if_unjudged() -> None:
    """Raise the first problem of the judgements.

    Raises:
        InputError: a row of claim_evidence gives a number to a claim that prints none and has no judgement of its own.
        CompendiumError: the judgements cannot be imported, or one is of no claim.
    """
    claims, known = tables.raw("claims").set_index("claim_id", drop=False), study("judgements").judges.known
    for name, judgement in known.items():
        if name not in claims.index:
            place = f"{paths.shown(inspect.getfile(judgement))}, line {inspect.getsourcelines(judgement)[1]}"
            raise CompendiumError(f"{place}: {name} is no claim of data/raw/claims.csv. Remedy: correct the id")
    for place, row in tables.raw("claim_evidence").query("comparison == 'value'").iterrows():
        if (name := row["claim_id"]) in known:
            continue
        try:
            printed.stands(claims.loc[name], stated(row))
        except LedgerError:
            rule = f"cannot be compared with {name}, which prints {claims.loc[name]['value_text']!r}: it holds or fails"
            remedy = "write holds or fails as comparison and leave value and value_high empty"
            file = "data/raw/claim_evidence.csv"
            raise InputError(file, rule, remedy, place + 2, "value", f"{row['value']:g}") from None


__all__ = ["check", "checks", "codebooks", "outdated", "raise_if_bad", "refresh", "sentences", "write_codebook"]
