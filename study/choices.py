"""What a reader may choose in a notebook; anything else is refused in one line that names what is allowed."""

from collections.abc import Iterable
from numbers import Real

from compendium import CompendiumError
from compendium.base.texts import catalogue

text = catalogue("study/choices")


def among(name: str, choice: object, allowed: Iterable[object]) -> None:
    """Raise CompendiumError if a choice, or one of a list of them, is none of those allowed."""
    values = list(allowed)
    for one in choice if isinstance(choice, list) else [choice]:
        if one not in values:
            refuse("among", name, one, allowed=", ".join(map(str, values)))


def between(name: str, choice: object, low: float, high: float) -> None:
    """Raise CompendiumError if a choice is no number from `low` to `high`, in the unit of the choice."""
    if not (isinstance(choice, Real) and low <= choice <= high):  # type: ignore[operator]
        refuse("between", name, choice, low=low, high=high)


def refuse(key: str, name: str, choice: object, **allowed: object) -> None:
    """Raise CompendiumError that a choice is refused, in both languages, for who runs a notebook reads one of them."""
    said = text(key, name=name, choice=repr(choice), **allowed)
    raise CompendiumError(f"{said['en']} / {said['zh']}")
