"""What a sweep varies and follows, as declared in notebooks/choices.toml."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from compendium.base import toml
from compendium.base.texts import TomlTranslations
from compendium.compendium import Compendium
from compendium.ledger import gate
from compendium.ledger.claims import CLAIM
from compendium.ledger.verdict import list_choices
from compendium.run import RunError

FILE = "notebooks/choices.toml"
Value = bool | int | float | str


class SweepChoice(TomlTranslations):
    """A keyword of judgements and results, and the values a sweep gives it; the first value is the default."""

    parameter: str
    values: list[Value] = Field(min_length=1)


class SweptFunction(TomlTranslations):
    """A function of the tables and of choices, which is followed like a claim."""

    function: Annotated[str, Field(pattern=r"^study(\.\w+)*:\w+$")]


class ChoicesFile(toml.StrictTomlTable):
    """The file notebooks/choices.toml."""

    choices: dict[str, SweepChoice] = Field(default_factory=dict)
    results: dict[str, SweptFunction] = Field(default_factory=dict)


def read_choices_file(c: Compendium) -> ChoicesFile:
    """Return the content of notebooks/choices.toml; nothing where there is no such file."""
    file = c.root / FILE
    if not file.is_file():
        return ChoicesFile()
    found = toml.read_file(file, TypeAdapter(ChoicesFile), c.languages)
    if alike := next(filter(CLAIM.fullmatch, found.results), None):
        raise RunError(f"{FILE}, results.{alike}: a result may not be named like a claim. Remedy: give it another name")
    return found


def import_swept_function(c: Compendium, name: str) -> Callable[..., Any]:
    """Return the function of a declared result; a CompendiumError says that it is not there or cannot be imported."""
    place, _, called = read_choices_file(c).results[name].function.partition(":")
    found: Callable[..., Any] | None = getattr(
        gate.import_study_modules(c, place.removeprefix("study."))[0], called, None
    )
    if not callable(found):
        raise RunError(f"{FILE}: {name} names {called!r}, which is no function of {place}. Remedy: correct it")
    return found


def list_accepted_choices(c: Compendium) -> dict[str, dict[str, object]]:
    """Return by claim and by result the choices that its judgement or its function takes, with their defaults."""
    known = gate.load_judgements(c).known | {
        name: import_swept_function(c, name) for name in read_choices_file(c).results
    }
    return {item: list_choices(asked) for item, asked in known.items()}


def select_sweep_choices(c: Compendium, names: Sequence[str] = ()) -> dict[str, SweepChoice]:
    """Return the declared choices by name, all or those with these names; a RunError says that none has such a name,
    two are of one parameter, nothing takes one, or its first value is not the default of what does."""
    known, taken = read_choices_file(c).choices, list_accepted_choices(c)
    for name, choice in known.items():
        reached = {item: defaults[choice.parameter] for item, defaults in taken.items() if choice.parameter in defaults}
        if not reached:
            raise RunError(
                f"{FILE}: {name} names the parameter {choice.parameter!r}, which no judgement and no result takes. "
                "Remedy: correct it, or take the choice away"
            )
        for item, default in reached.items():
            if default != choice.values[0] or type(default) is not type(choice.values[0]):
                raise RunError(
                    f"{item}: the default of {choice.parameter} is {default!r}, but {name} in {FILE} begins with "
                    f"{choice.values[0]!r}. Remedy: begin with the default, and let all that take it have the same"
                )
        if other := [n for n, c in known.items() if c.parameter == choice.parameter and n != name]:
            raise RunError(f"{FILE}: {name} and {other[0]} name the same parameter. Remedy: make them one choice")
    if unknown := [name for name in names if name not in known]:
        raise RunError(f"no choice is called {unknown[0]!r}; there are {', '.join(known)}")
    return {name: choice for name, choice in known.items() if name in names or not names}


def list_choices_by_item(
    c: Compendium, varied: Mapping[str, SweepChoice], items: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Return by item the names of those of some choices that reach it."""
    taken = list_accepted_choices(c)
    return {item: tuple(n for n, c in varied.items() if c.parameter in taken.get(item, {})) for item in items}
