"""Lists for readers: claims one by one or counted, versions, fingerprints, Markdown tables."""

import hashlib
import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import pandas as pd
from IPython.display import Markdown

from compendium import escape, paths
from compendium.data import tables
from compendium.ledger import claims
from compendium.run import contents
from compendium.show.wording import bilingual
from compendium.vocabulary import STRENGTHS, VERDICTS, WEIGHTS, found

PACKAGES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn", "papermill")


def versions() -> Markdown:
    """Return the installed versions of the libraries that the results depend on."""
    return Markdown(" · ".join(f"{name} {version(name)}" for name in PACKAGES))


def told(ledger: pd.DataFrame, reasons: bool = True) -> Markdown:
    """Return claims one by one in both languages: statement, printed and computed value, verdict, grade and reason.

    Args:
        ledger: rows of the joined ledger, in the order in which they are to be told.
        reasons: with the reason and the notebook that gives it, or without.
    """
    return bilingual(
        zh=lines(ledger, "zh", reasons) or "没有这样的论断。",
        en=lines(ledger, "en", reasons) or "There is no such claim.",
    )


def lines(ledger: pd.DataFrame, language: str, reasons: bool = True) -> str:
    """Return claims as a Markdown list."""
    statements = tables.raw("claims").set_index("claim_id")[f"statement_{language}"]
    write = line_zh if language == "zh" else line_en
    return "\n".join(write(row, statements[row.claim_id], reasons) for row in ledger.itertuples())


def line_zh(row: Any, statement: str, reasons: bool) -> str:
    """Return one claim, a row of the joined ledger, as one line of a Markdown list in Chinese."""
    strength = "" if reasons else STRENGTHS[row.strength].zh
    ground = "，".join(t for t in (f"{row.lowest_grade} 级" if row.lowest_grade else "", strength) if t)
    ours = f"；核查结果：{found(row._asdict(), 'zh')}" if row.value_computed else ""
    value = escape.markdown(f"论文：{row.printed_zh}{ours}")
    verdict = f"**{VERDICTS[row.verdict].zh}**" + (f"（{ground}）" if ground else "")
    link = f"见 [{row.notebook}]({row.notebook}.ipynb)。"
    why = escape.markdown(row.reason_zh) + link if reasons else ""
    said = f"{escape.markdown(statement)}{value}。{verdict}。{why}"
    return f"- **{row.claim_id}**（{WEIGHTS[row.weight].zh}）{said}"


def line_en(row: Any, statement: str, reasons: bool) -> str:
    """Return one claim, a row of the joined ledger, as one line of a Markdown list in English."""
    strength = "" if reasons else STRENGTHS[row.strength].en
    ground = ", ".join(t for t in (f"grade {row.lowest_grade}" if row.lowest_grade else "", strength) if t)
    ours = f"; we find: {found(row._asdict(), 'en')}" if row.value_computed else ""
    value = escape.markdown(f"The paper: {row.printed_en}{ours}")
    verdict = f"**{row.verdict}**" + (f" ({ground})" if ground else "")
    link = f" See [{row.notebook}]({row.notebook}.ipynb)."
    why = f" {escape.markdown(row.reason_en)}{link}" if reasons else ""
    return f"- **{row.claim_id}** ({row.weight}) {escape.markdown(statement)} {value}. {verdict}.{why}"


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
    """Return the number of claims by verdict and weight as a Markdown table."""
    table = claims.count(ledger)
    zh = language == "zh"
    names = {v: VERDICTS[v].zh if zh else v for v in table.index[:-1]} | {"all": WEIGHTS["all"].zh if zh else "all"}
    header = ["判定" if zh else "verdict", *(WEIGHTS[c].zh if zh else c for c in table.columns)]
    return grid(header, [(names[verdict], *row) for verdict, row in table.iterrows()], "l" + "r" * len(table.columns))
