"""The grammar of value_text: what a paper prints for a claim, its numbers, and how precisely each is printed.

docs/engine.md shows every form with examples; the words stand in texts/signs.toml and texts/numbers.toml.
"""

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from compendium.base import texts

NUMBERS, SPOKEN = (  # in words: number or sign -> language -> words
    {
        key: {code: entry[code].split("|") for code in texts.OF_ENGINE}
        for key, entry in texts.read_catalogue(file).items()
    }
    for file in map(texts.find_catalogue_file, ("compendium/numbers", "compendium/signs"))
)
SIGNED = {sign: SPOKEN[sign] for sign in (">", ">=", "<", "<=", "nearly", "about")}
WORDS = {int(number): by for number, by in NUMBERS.items()}
SCALES = {
    word: number
    for number, by in sorted(WORDS.items(), reverse=True)
    for word in (*by["zh"], *by["en"])
    if number >= 10**4
}
SIGNS = {word.lstrip("_"): sign for sign, by in SIGNED.items() for words in by.values() for word in words}
MINUS = str.maketrans({"−": "-", ",": "", "%": ""})
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
POWER = re.compile(r"(?:(\d) ?[×x·] ?|(?<![\w.,]))10(?:\^([-−]?\d{1,2})|([⁻⁰¹²³⁴-⁹]{1,3}))(?!\w)")
DIGITS = r"(?:(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\w.])\.\d+)(?:[eE][-−+]?\d{1,2}(?!\w))?)"
N = rf"([-−]?{DIGITS}%?)"
ANY = re.compile(rf"(?:(?<![\w.,%)\]])[-−])?{DIGITS}")
TOLD = 2  # digits of a whole number that count at least, where zeros at its end may have been rounded
SCALED = re.compile(rf"(?<=\d) ?({'|'.join(SCALES)})(?![a-z])")


def _words(behind: bool, *signs: str) -> str:
    """Return a pattern of the words for signs that stand before a number, or behind it."""
    found = {word for sign in signs for words in SPOKEN[sign].values() for word in words if (word[0] == "_") == behind}
    return "|".join(re.escape(word.lstrip("_")) for word in sorted(found, key=len, reverse=True))


def _signed(*signs: str) -> str:
    """Return a pattern of a number with a word for one of these signs."""
    return rf"((?i:{_words(False, *signs)})) ?{N}|{N} ?((?i:{_words(True, *signs)}))"


TO = rf"(?: ?(?:[-–~～—]|{_words(False, 'to')}) ?)"
LEVEL = rf"\d\d(?:\.\d)?% ?(?:{_words(False, 'level')})[:,]? ?"
FORMS = {  # the first that a whole text has is its form
    "number": N,
    "about": _signed("about", "nearly"),
    "one-sided": _signed(">", ">=", "<", "<="),
    "interval": rf"{N}{TO}{N}|between {N} and {N}|\[{N}, {N}\]",
    "estimate": rf"(?:[aA]?[A-Z]{{2,4}} |[βbdr] )?{N}(?: \((?:S[ED] )?{N}\)| ?± ?{N}"
    rf"| ?[(\[（](?:{LEVEL})?{N}(?:[,;] |{TO}){N}[)\]）]|[,;] {LEVEL}{N}{TO}{N})",
    "list": rf"{N}(?: ?[/;:+×<>] ?{N})+",
    "rank": rf"(?:(?i:{_words(False, 'rank')}) ?(\d+)(?:{_words(True, 'rank')})?|(\d+)(?:st|nd|rd|th))"
    rf"(?:,? \(?{N}\)?)?",
}
P_VALUE = rf"[pP] ?(=|(?i:{_words(False, '>', '>=', '<', '<=')})) ?{N}"
MARKED = (  # the signs of a value, in whatever has none of the forms
    rf"^[pP] ?[<>=≤≥]|(?<![a-z])(?i:{_words(False, *SIGNED)}) ?\d"
    rf"|\d ?(?:[^\W\d_]{{1,12}} ?)?(?i:{_words(True, *SIGNED)})(?![a-z])"
)
RULE = "must be a value in one of the forms of docs/engine.md"
EITHER = "may be a fraction or two numbers"
REMEDY = (
    "write 12, 1,234.5, -0.1, 1.2e-5, about 300, over 40, up to 40, <=0.05, 2.1-3.4, [-0.5, 0.7], p < 0.001, "
    "0.31 (0.12), 1.4 (95% CI 1.1 to 1.9), 3rd (12.4), a list as 46 / 63, a fraction as 1/3 = 0.333, with what is "
    "counted in the unit, or words without such a sign beside a number"
)


class Malformed(ValueError):
    """A text is no value; the message is the rule that it breaks."""


class ParsedValueText(NamedTuple):
    """What value_text says.

    Attributes:
        form: key of FORMS, `p-value`, `mixed` (words with numbers) or `words`.
        numbers: those of the form as printed, without separators; the first is the estimate.
        ends: due in value_low and value_high; None where an end is open. Empty where several are possible.
        sign: `>`, `<`, `>=`, `<=`, `nearly`, or empty.
    """

    form: str
    numbers: tuple[str, ...] = ()
    ends: tuple[Decimal | None, ...] = ()
    sign: str = ""

    @property
    def half(self) -> float:
        """Half a unit of the last digit that counts: of a whole number after “about”, the last that is not 0."""
        if self.form == "about":
            return compute_rounding_tolerance(self.numbers[0], min_digits=1)
        return min(
            map(compute_rounding_tolerance, self.numbers[:1] if self.form in ("estimate", "rank") else self.numbers),
            default=0.5,
        )


def parse_value_text(text: str) -> ParsedValueText:
    """Return what a text of value_text says; of a formula, what stands after its last ` = `.

    Raises:
        Malformed: it has signs of a value, but the form of none.
    """
    if found := re.fullmatch(P_VALUE, text):
        sign, number = SIGNS.get(found[1].lower(), ""), normalise_printed_number(found[2])
        if not 0 <= Decimal(number) <= 1:
            raise Malformed("must be a p-value between 0 and 1")
        return ParsedValueText("p-value", (number,), _ends(sign, Decimal(number)), sign)
    result = convert_powers_of_ten(text.rpartition(" = ")[2].strip())
    if result == "first":
        return ParsedValueText("words", ("1",), (Decimal(1), Decimal(1)))
    if re.fullmatch(r"\d+/\d+", result):
        raise Malformed(EITHER)
    bare = SCALED.sub("", result) if len(set(SCALED.findall(result))) == 1 else result  # a scale belongs to the unit
    for form, pattern in FORMS.items():
        if found := re.fullmatch(pattern, bare):
            return _value(form, found, bare)
    named = tuple(normalise_printed_number(number) for number in ANY.findall(result))
    wordless = not re.search(r"[^\W\d_]", result)
    if (named and (wordless or re.search(MARKED, result))) or (result and result[0] in "<>≤≥≈~±["):
        raise Malformed(RULE)
    return ParsedValueText("mixed", named) if named else ParsedValueText("words", (), (None, None))


def _value(form: str, found: re.Match[str], result: str) -> ParsedValueText:
    """Return a value in one of FORMS."""
    groups = [group for group in found.groups() if group]
    sign = next((SIGNS[word.lower()] for word in groups if word.lower() in SIGNS), "")
    groups = [group for group in groups if group.lower() not in SIGNS]
    numbers = tuple(map(normalise_printed_number, ANY.findall(result) if form == "list" else groups))
    first, *others = map(Decimal, numbers)
    if form == "interval":
        if first > others[0]:
            raise Malformed("must be an interval from the lower to the upper end")
        return ParsedValueText(form, numbers, (first, others[0]))
    if form == "estimate" and (others[0] < 0 if len(others) == 1 else not others[0] <= first <= others[1]):
        raise Malformed("must be an estimate with a standard error of at least 0, or with an interval around it")
    return ParsedValueText(form, numbers, () if form == "list" else _ends(sign, first), sign.replace("about", ""))


def _ends(sign: str, number: Decimal) -> tuple[Decimal | None, Decimal | None]:
    return None if sign.startswith("<") else number, None if sign.startswith(">") else number


def convert_powers_of_ten(text: str) -> str:
    """Return a text with its powers of ten as Python reads them: `1.2e-5` of `1.2 × 10^-5`."""
    return POWER.sub(lambda m: f"{m[1] or 1}e{(m[2] or m[3]).translate(RAISED)}", text)


def normalise_printed_number(number: str) -> str:
    """Return a printed number as Python reads it: `-1234.5` of `−1,234.5`."""
    return number.translate(MINUS)


def list_numbers(text: str) -> list[str]:
    """Return every number in a text, each as Python reads it."""
    return [normalise_printed_number(number) for number in ANY.findall(convert_powers_of_ten(text))]


def find_last_digit_exponent(number: str, min_digits: int = 0) -> int:
    """Return the power of ten of the last digit; zeros that end a whole number count only among the first
    `min_digits`."""
    last = int(Decimal(number).as_tuple().exponent)
    if min_digits and last == 0:
        whole = number.lstrip("-")
        last = min(len(whole) - len(whole.rstrip("0") or whole), max(len(whole) - min_digits, 0))
    return last


def compute_rounding_tolerance(number: str, min_digits: int = 0) -> float:
    """Return half a unit of the last digit, as `power` has it."""
    return 0.5 * 10.0 ** find_last_digit_exponent(number, min_digits)


def classify_rounding(printed: str, computed: float) -> str:
    """Return how a printed number may have come from what was found, by its digits alone; empty for the very number.

    That is `rounded`, `zeros` (rounded before zeros at its end, as no count is), `cut` (without what stands behind its
    last digit, or behind zeros), `last` (rounded, but one off in the last of several digits); empty for any other too.
    """
    shown, exact = Decimal(printed), Decimal(f"{computed:.12g}")
    kept = (0,) if exact == exact.to_integral_value() else (0, TOLD)
    fine, *coarse = units = [Decimal(1).scaleb(find_last_digit_exponent(printed, one)) for one in kept]
    if abs(exact - shown) <= fine / 2:
        return "rounded" if exact != shown else ""
    if any(abs(exact - shown) <= unit / 2 for unit in coarse):
        return "zeros"
    if any(exact.quantize(unit, ROUND_DOWN) == shown for unit in units):
        return "cut"
    near = abs(exact.quantize(fine, ROUND_HALF_UP) - shown) == fine
    return "last" if near and len(shown.as_tuple().digits) > 1 else ""


def extract_single_number(text: str) -> str:
    """Return the one number of a text, without its sign; empty if it prints none or several."""
    value = parse_value_text(text)
    one = value.form == "p-value" or (value.form in ("number", "about", "one-sided") and " = " not in text)
    return value.numbers[0].lstrip("-") if one else ""
