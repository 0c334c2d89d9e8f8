"""The page of the research object crate for people: what was found, what lies where, how to run it and cite it."""

from collections.abc import Callable, Mapping

from compendium import html, paths
from compendium.data import datapackage
from compendium.declaration import declared
from compendium.forms import claimsfile
from compendium.languages import FILES, called, spoken
from compendium.ledger import claims
from compendium.run import contents
from compendium.show.listing import lists
from compendium.texts import catalogue
from compendium.vocabulary import VERDICTS, Word

text = catalogue("compendium/forms")
NAME = "ro-crate-preview.html"
PARTS = {"data/raw": "raw", "data/processed/claims.csv": "ledger", "figures": "figures", claimsfile.NAME: "claims"}
COMMANDS = {"make": "make", "make test": "test"}


def content(told: Mapping[str, str]) -> bytes:
    """Return the page, as bytes; it loads nothing and runs nothing.

    Args:
        told: the files that tell about the whole, by path, with the key of the text that says what each is.
    """
    top, every = paths.project().root, {**told, **PARTS}
    ledger = claims.stored("claims", top)
    counted = {name: int(n) for name, n in claims.count(ledger)["all"].items()}
    page = html.render(
        "crate",
        declared=declared(),
        languages={language: FILES.get(language, language) for language in spoken()},
        named=called,
        tell=telling,
        form=in_form,
        files={name: key for name, key in every.items() if (top / name).exists() or name == claimsfile.NAME},
        commands=COMMANDS,
        notebooks=list(contents.catalogue().values()),
        tables=len(datapackage.names()),
        total=counted["all"],
        counted={verdict: counted[verdict] for verdict in VERDICTS if verdict in counted},
        lists=lambda language: lists(ledger, language),
    )
    return f"{page}\n".encode()


def telling(language: str) -> Callable[..., str]:
    """Return what gives the texts of the page in a language by their keys."""
    return lambda key, **values: text(key, **values)[language]


def in_form(word: Word, language: str, means: bool = False) -> str:
    """Return a word of the vocabulary in a language, or what it means."""
    return word.means(language) if means else word[language]
