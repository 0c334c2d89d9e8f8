"""What a reader may choose in a notebook; anything else is refused in one line that names what is allowed."""

from collections.abc import Iterable
from numbers import Real

from compendium import CompendiumError
from compendium.base.texts import catalogue

text = catalogue("study/choices")


def raise_if_not_allowed(name: str, value: object, allowed: Iterable[object]) -> None:
    """Raise CompendiumError if a choice, or one of a list of them, is none of those allowed."""
    values = list(allowed)
    for one in value if isinstance(value, list) else [value]:
        if one not in values:
            raise_choice_error("among", name, one, allowed=", ".join(map(str, values)))


def raise_if_out_of_range(name: str, value: object, low: float, high: float) -> None:
    """Raise CompendiumError if a choice is no number from `low` to `high`, in the unit of the choice."""
    if not (isinstance(value, Real) and low <= value <= high):  # type: ignore[operator]
        raise_choice_error("between", name, value, low=low, high=high)


def raise_choice_error(text_key: str, name: str, value: object, **allowed: object) -> None:
    """Raise CompendiumError that a choice is refused, in both languages, for who runs a notebook reads one of them."""
    said = text(text_key, name=name, choice=repr(value), **allowed)
    raise CompendiumError(f"{said['en']} / {said['zh']}")
