"""The gate before a run: the data package is valid, by the checks of the ledger's tables and of the study's too, and
the judgements of the study can be read and are of claims."""

import importlib
import inspect
import pkgutil
import traceback
from pathlib import Path
from types import ModuleType

from compendium import CompendiumError
from compendium.base import paths
from compendium.base.files import InputError
from compendium.compendium import Compendium
from compendium.data import validity
from compendium.data.checks import Check, collect
from compendium.data.tables import RawTables
from compendium.ledger import checks, printed, sentences
from compendium.ledger.evidence import LedgerError
from compendium.ledger.rules import read_stated
from compendium.ledger.verdict import Judges


def import_study_modules(c: Compendium, name: str) -> list[ModuleType]:
    """Import a module of the study, of a package all modules in its folder too, and return them.

    Raises:
        CompendiumError: it cannot be imported; file and line are told.
    """
    try:
        paths.import_study_package(c.root)
        module = importlib.import_module(f"study.{name}")
        inner = pkgutil.iter_modules(getattr(module, "__path__", ()))
        return [module, *(importlib.import_module(f"study.{name}.{one.name}") for one in inner)]
    except Exception as error:
        said = str(error) if isinstance(error, CompendiumError) else f"{type(error).__name__}: {error}"
        place = f"study.{name}"
        for frame in traceback.extract_tb(error.__traceback__):
            if Path(frame.filename).is_relative_to(c.root / "study"):
                place = f"{paths.format_path(frame.filename)}, line {frame.lineno}"
        if isinstance(error, SyntaxError):
            place, said = f"{paths.format_path(str(error.filename))}, line {error.lineno}", error.msg
        raise CompendiumError(f"{place}: {said}. Remedy: correct the code") from None


def load_judgements(c: Compendium) -> Judges:
    """Return the judgements of the study, of all modules in its folder."""
    found: Judges = import_study_modules(c, "judgements")[0].judges
    return found


def all_checks(c: Compendium) -> list[Check]:
    """Return the checks of the tables of the ledger, and of the study, if it has any."""
    own = import_study_modules(c, "checks") if (c.root / "study" / "checks").exists() else []
    history = c.raw / "CHANGES.md"
    noted = checks.organisations_are_in_changelog(history.read_text("utf-8", "replace") if history.is_file() else "")
    ahead = checks.forecasts_look_ahead(c.declaration.paper.year)
    return [*collect([checks, sentences]), noted, ahead, *collect(own)]


def validate_data_package(c: Compendium) -> list[InputError]:
    """Return every problem of the data package, as `validity.check`."""
    return validity.list_data_package_problems(c.tables, all_checks(c))


def refresh_data_package(c: Compendium) -> list[str]:
    """Renew hashes and codebook of the data package, as `validity.refresh`."""
    return validity.refresh_hashes_and_codebook(c.tables, all_checks(c))


def raise_if_inputs_invalid(c: Compendium) -> None:
    """Raise the first problem of the data package, else of the judgements.

    Raises:
        InputError: of the data package; it says how many others there are.
        CompendiumError: of the judgements.
    """
    validity.raise_first(validate_data_package(c))
    raise_if_judgements_invalid(c.tables, load_judgements(c))


def raise_if_judgements_invalid(tables: RawTables, judges: Judges) -> None:
    """Raise CompendiumError for a judgement of no claim, else as `raise_if_incomparable`."""
    known = {*tables("claims")["claim_id"]}
    for name, judgement in judges.known.items():
        if name not in known:
            place = f"{paths.format_path(inspect.getfile(judgement))}, line {inspect.getsourcelines(judgement)[1]}"
            raise CompendiumError(f"{place}: {name} is no claim of data/raw/claims.csv. Remedy: correct the id")
    raise_if_incomparable(tables, judges)


def raise_if_incomparable(tables: RawTables, judges: Judges) -> None:
    """Raise InputError for the first row of claim_evidence that gives a number to a claim in words, of no judgement."""
    claims, known = tables("claims").set_index("claim_id", drop=False), judges.known
    for place, row in tables("claim_evidence").query("comparison == 'value'").iterrows():
        if (name := row["claim_id"]) in known:
            continue
        try:
            printed.compare_source_value(claims.loc[name], read_stated(row))
        except LedgerError:
            rule = f"cannot be compared with {name}, which prints {claims.loc[name]['value_text']!r}: it holds or fails"
            remedy = "write holds or fails as comparison and leave value and value_high empty"
            file = "data/raw/claim_evidence.csv"
            raise InputError(file, rule, remedy, place + 2, "value", f"{row['value']:g}") from None
