"""The grammar of value_text: what a paper prints for a claim, its numbers, and how precisely each is printed.

docs/engine.md shows every form with examples.
"""

import re
from decimal import Decimal
from typing import NamedTuple

MINUS = str.maketrans({"−": "-", ",": "", "%": ""})
DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)"
N = rf"([-−]?{DIGITS}%?)"
ANY = re.compile(rf"(?:(?<![\w.,%)\]])[-−])?{DIGITS}")
SIGNS = {">": ">", "<": "<", ">=": ">=", "<=": "<=", "≥": ">=", "≤": "<="}
SIGNS |= {"more than": ">", "less than": "<", "at least": ">=", "at most": "<="}
SIGN = rf"({'|'.join(sorted(SIGNS, key=len, reverse=True))})"
FORMS = {  # the first that a whole text has is its form
    "number": N,
    "about": rf"(?:≈|~|about) ?{N}",
    "one-sided": rf"{SIGN} ?{N}",
    "interval": rf"{N}(?: ?[-–] ?| to ){N}|\[{N}, {N}\]",
    "estimate": rf"{N}(?: \({N}\)| ?± ?{N}| [(\[]{N}(?:, | to |–){N}[)\]])",
    "list": rf"{N}(?: ?[/;:+×<>] ?{N})+",
}
P_VALUE = rf"[pP] ?(=|{SIGN}) ?{N}"
MARKED = rf"[<>≤≥≈~±[]|(?:about|{SIGN[1:-1]})\b|[pP] ?[<>=≤≥]"
RULE = "must be a value in one of the forms of docs/engine.md"
REMEDY = (
    "write 12, 1,234.5, -0.1, about 300, >40, <=0.05, 2.1-3.4, [-0.5, 0.7], p < 0.001, 0.31 (0.12), 46 / 63, "
    "99 / 46 = 2.15, or words that do not begin with such a sign"
)


class Malformed(ValueError):
    """A text is no value; the message is the rule that it breaks."""


class Value(NamedTuple):
    """What value_text says.

    Attributes:
        form: key of FORMS, `p-value`, `mixed` (words with numbers) or `words`.
        numbers: those of the form as printed, without separators; the first is the estimate.
        ends: due in value_low and value_high; None where an end is open. Empty where several are possible.
        sign: `>`, `<`, `>=`, `<=`, or empty.
    """

    form: str
    numbers: tuple[str, ...] = ()
    ends: tuple[Decimal | None, ...] = ()
    sign: str = ""

    @property
    def decimals(self) -> int:
        """Digits after the point to which the ends are printed."""
        shown = self.numbers[:1] if self.form == "estimate" else self.numbers
        return max(map(decimals, shown), default=0)

    @property
    def half(self) -> float:
        """Half a unit of the last digit that counts: of a whole number after “about”, the last that is not 0."""
        return half(self.numbers[0], about=True) if self.form == "about" else 0.5 * 10.0**-self.decimals


def read(text: str) -> Value:
    """Return what a text of value_text says; of a formula, what stands after its last ` = `.

    Raises:
        Malformed: it has signs of a value, but the form of none.
    """
    if found := re.fullmatch(P_VALUE, text):
        sign, number = SIGNS.get(found[1], ""), plain(found[3])
        if not 0 <= Decimal(number) <= 1:
            raise Malformed("must be a p-value between 0 and 1")
        return Value("p-value", (number,), _ends(sign, Decimal(number)), sign)
    result = text.rpartition(" = ")[2].strip()
    if result == "first":
        return Value("words", ("1",), (Decimal(1), Decimal(1)))
    for form, pattern in FORMS.items():
        if found := re.fullmatch(pattern, result):
            return _value(form, found, result)
    named = tuple(plain(number) for number in ANY.findall(result))
    wordless = not re.search(r"[^\W\d_]", result)
    if (named and (wordless or re.match(MARKED, result))) or (result and result[0] in "<>≤≥≈~±["):
        raise Malformed(RULE)
    return Value("mixed", named) if named else Value("words", (), (None, None))


def _value(form: str, found: re.Match[str], result: str) -> Value:
    """Return a value in one of FORMS."""
    groups = [group for group in found.groups() if group]
    sign = SIGNS[groups.pop(0)] if form == "one-sided" else ""
    numbers = tuple(map(plain, ANY.findall(result) if form == "list" else groups))
    first, *others = map(Decimal, numbers)
    if form == "interval":
        if first > others[0]:
            raise Malformed("must be an interval from the lower to the upper end")
        return Value(form, numbers, (first, others[0]))
    if form == "estimate" and (others[0] < 0 if len(others) == 1 else not others[0] <= first <= others[1]):
        raise Malformed("must be an estimate with a standard error of at least 0, or with an interval around it")
    return Value(form, numbers, () if form == "list" else _ends(sign, first), sign)


def _ends(sign: str, number: Decimal) -> tuple[Decimal | None, Decimal | None]:
    return None if sign.startswith("<") else number, None if sign.startswith(">") else number


def plain(number: str) -> str:
    """Return a printed number as Python reads it: `-1234.5` of `−1,234.5`."""
    return number.translate(MINUS)


def numbers(text: str) -> list[str]:
    """Return every number in a text, each as Python reads it."""
    return [plain(number) for number in ANY.findall(text)]


def decimals(number: str) -> int:
    """Return how many digits stand after the point."""
    return len(number.partition(".")[2])


def half(number: str, about: bool = False) -> float:
    """Return half a unit of the last digit; after “about” zeros at the end of a whole number do not count."""
    if about and "." not in number:
        whole = number.lstrip("-")
        return 0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0") or whole))
    return 0.5 * 10.0 ** -decimals(number)


def alone(text: str) -> str:
    """Return the one number of a text, without its sign; empty if it prints none or several."""
    value = read(text)
    one = value.form == "p-value" or (value.form in ("number", "about", "one-sided") and " = " not in text)
    return value.numbers[0].lstrip("-") if one else ""
