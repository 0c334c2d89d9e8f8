"""Lists for readers: claims counted, versions, fingerprints, Markdown tables."""

import hashlib
import re
from collections.abc import Sequence
from importlib.metadata import version

import pandas as pd
from IPython.display import Markdown

from compendium import paths
from compendium.ledger import claims
from compendium.run import contents
from compendium.vocabulary import VERDICTS, WEIGHTS

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
    for notebook in contents.catalogue().values():
        for name in sorted(notebook.writes) if notebook.name != reader else ():
            figure = [paths.figure(name, language, ending) for language in ("zh", "en") for ending in ("svg", "png")]
            for path in figure if re.match(r"\d\d-", name) else [paths.processed(name)]:
                digest = hashlib.sha256(paths.current(path).read_bytes()).hexdigest()[:12]
                found.append((notebook.name, name, path.relative_to(paths.project().out).as_posix(), digest))
    return pd.DataFrame(found, columns=["notebook", "name", "file", "sha256"])


def grid(header: Sequence[str], rows: Sequence[Sequence[object]], align: str) -> str:
    """Return a Markdown table; `align` has one letter a column, l or r."""
    rule = ["---:" if letter == "r" else "---" for letter in align]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in (header, rule, *rows))


def counts(ledger: pd.DataFrame, language: str) -> str:
    """Return the number of claims of substance by verdict and weight as a Markdown table."""
    table = claims.count(ledger)
    zh = language == "zh"
    names = {v: VERDICTS[v].zh if zh else v for v in table.index[:-1]} | {"all": WEIGHTS["all"].zh if zh else "all"}
    header = ["判定" if zh else "verdict", *(WEIGHTS[c].zh if zh else c for c in table.columns)]
    return grid(header, [(names[verdict], *row) for verdict, row in table.iterrows()], "l" + "r" * len(table.columns))


def lists(ledger: pd.DataFrame, language: str) -> str:
    """Return in a sentence how many lists and names there are beside the claims of substance; empty for none."""
    every, agree = claims.lists(ledger)
    if not every:
        return ""
    if language == "zh":
        return f"另有{every}条只清点论文列了几项，或只是名称，只核对个数，不计在内；{agree}条相符。"
    return f"Lists and names of the paper, {every}, stand apart, as only their number is checked; {agree} agree."
