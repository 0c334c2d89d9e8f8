"""The words of the ledger, each once: verdicts, rules, weights, grades, as texts/vocabulary.toml has them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, TypeAdapter

from compendium.base import texts, toml
from compendium.base.texts import TomlTranslations

Entry = Annotated[tuple[str, Literal["exact", "close", "broad", "related"]], BeforeValidator(tuple)]


class VocabularyWord(TomlTranslations):
    """A word of the vocabulary, `word[language]`, what it means, and its colour, if any.

    An answer has the verdicts that it stands for; how strong evidence is has a mark. A verdict has a term of CiTO
    (http://purl.org/spar/cito/) and how well it matches, as SKOS grades it; most have none of FORRT
    (https://forrt.org/replication-hub/flora/).
    """

    means: TomlTranslations = TomlTranslations.model_validate({"zh": "", "en": ""})
    colour: str = ""
    mark: str = ""
    verdicts: tuple[str, ...] = ()
    cito: Entry | None = None
    forrt: Entry | None = None


WORDS = toml.read_file(
    texts.find_catalogue_file("compendium/vocabulary"),
    TypeAdapter(dict[str, dict[str, VocabularyWord]]),
    texts.OF_ENGINE,
)
VERDICTS = WORDS["verdicts"]  # in the order in which they are told
SINCE = VERDICTS | WORDS["undecided"]  # of what came after the paper: a verdict, or that nothing decides
TRUSTS, DIFFERENCES, RULES, WEIGHTS = (WORDS[name] for name in ("trusts", "differences", "rules", "weights"))
GRADES, STRENGTHS, DIRECTIONS, NEARNESS = (WORDS[name] for name in ("grades", "strengths", "directions", "nearness"))
STATED, ANOTHER = WORDS["stated"], WORDS["another"]  # of what is found
OVER, WITHIN, RANGE, *TRUTHS = (WORDS["signs"][name] for name in ("over", "within", "to", "no", "yes"))

WRONG = ("contradicted", "misquoted", "inconsistent", "mixed")  # must be corrected before the paper is quoted
DEPENDS = "depends on the reading"
IMPRECISE = ("relabelled", DEPENDS)  # true of something that the plain words do not say
QUALIFIED = (*WRONG, *IMPRECISE)  # beside these stands what to quote instead
MATCHING = ("confirmed", "traced", "reproduced", "recomputed")
UNSETTLED = ("bounded", "open", "indirect", "consistent", "not obtained", "no source found", "not testable")
ANSWERS = {  # the gravest first; each verdict belongs to one
    key: WORDS["answers"][key].model_copy(update={"verdicts": verdicts})
    for key, verdicts in {
        "correct": WRONG,
        "precise": IMPRECISE,
        "unsettled": UNSETTLED,
        "matches": MATCHING,
    }.items()
}
AGREEMENTS = ("same", "relabelled", "related", "part", "depends", "interval", "open", "differs", "none")


def find_answer_category(verdict: str) -> str:
    """Return which of the four answers a verdict belongs to, a key of ANSWERS; what is undecided is not settled."""
    if verdict == "undecided":
        return "unsettled"
    return next(key for key, answer in ANSWERS.items() if verdict in answer.verdicts)


def decide_verdict(agreement: str, origin: str, numbers_differ: bool = False) -> str:
    """Return the verdict from agreement and origin; the trace, tells where and moves no word.

    Args:
        agreement: key of AGREEMENTS other than `none`.
        origin: whose rows decide, as in `Assessment`; `other` only where a measurement of another origin agrees,
            `authors` where the number follows from the authors' own data, `data` where it follows from public ones.
        numbers_differ: whether what disagrees is a number that sources print.
    """
    if agreement == "depends":
        return DEPENDS
    if origin == "own" and agreement != "open":
        return "consistent" if agreement == "same" else "inconsistent"
    if agreement == "same":
        return {"other": "confirmed", "authors": "recomputed", "data": "reproduced"}.get(origin, "traced")
    if agreement == "differs" and numbers_differ and origin == "same":
        return "misquoted"
    words = {"related": "indirect", "part": "mixed", "interval": "bounded", "differs": "contradicted"}
    return (words | {word: word for word in ("relabelled", "open")})[agreement]
