"""Lists for readers: claims counted, versions, fingerprints, Markdown tables."""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version

import pandas as pd
from IPython.display import Markdown

from compendium import paths
from compendium.ledger import claims
from compendium.texts import catalogue
from compendium.vocabulary import ANSWERS, VERDICTS, WEIGHTS

text = catalogue("compendium/show")
PACKAGES = ("pandas", "numpy", "scipy", "highspy", "statsmodels", "matplotlib", "seaborn", "papermill")


def versions() -> Markdown:
    """Return the installed versions of the libraries that the results depend on."""
    return Markdown(" · ".join(f"{name} {version(name)}" for name in PACKAGES))


def ordered(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the claims by verdict in the order of the vocabulary, then by weight, then by number."""
    rank = {"verdict": list(VERDICTS).index, "weight": claims.WEIGHED.index, "claim_id": lambda name: int(name[1:])}
    return ledger.sort_values(list(rank), key=lambda column: column.map(rank[column.name]))


def fingerprints(reader: str) -> pd.DataFrame:
    """Return the SHA-256 of every table and figure that the notebooks other than `reader` write.

    Files of the present run count, or else the committed ones.

    Returns:
        notebook, name, file (below the root, with forward slashes), sha256 (its first 12 characters).

    Raises:
        FileNotFoundError: a file is in neither place.
    """
    found = []
    made = claims.shown()
    made = made[made["kind"].ne("claim") & made["notebook"].ne(reader)].sort_values(["notebook", "name"])
    for notebook, kind, name in made[["notebook", "kind", "name"]].itertuples(index=False):
        figure = [paths.figure(name, language, ending) for language in ("zh", "en") for ending in ("svg", "png")]
        for path in figure if kind == "figure" else [paths.processed(name)]:
            digest = hashlib.sha256(paths.current(path).read_bytes()).hexdigest()[:12]
            found.append((notebook, name, path.relative_to(paths.project().out).as_posix(), digest))
    return pd.DataFrame(found, columns=["notebook", "name", "file", "sha256"])


def grid(header: Sequence[str], rows: Sequence[Sequence[object]], align: str) -> str:
    """Return a Markdown table; `align` has one letter a column, l or r."""
    rule = ["---:" if letter == "r" else "---" for letter in align]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (header, rule, *rows))


def counts(ledger: pd.DataFrame, language: str) -> str:
    """Return the number of claims of substance by answer, verdict and weight as a Markdown table, answers bold."""
    table = claims.by_answer(ledger)
    names = {code: getattr(word, language) for code, word in (VERDICTS | WEIGHTS).items()}
    names |= {key: f"**{getattr(answer, language)}**" for key, answer in ANSWERS.items()}
    header = [text("answer")[language], *(names[weight] for weight in table.columns)]
    return grid(header, [(names[code], *row) for code, row in table.iterrows()], "l" + "r" * len(table.columns))


def lists(ledger: pd.DataFrame, language: str) -> str:
    """Return in a sentence how many lists and names there are beside the claims of substance; empty for none."""
    every, agree = claims.lists(ledger)
    return text("lists", claims=len(ledger) - every, every=every, agree=agree)[language] if every else ""
