"""What the rows of the raw tables rest on: the sources they name, and the origins of these."""

import pandas as pd

from compendium import CompendiumError
from compendium.base.vocabulary import GRADES
from compendium.data import sourcing
from compendium.ledger.evidence import list_row_sources
from compendium.notebook.begin import Notebook

ABOUT_SOURCES = {"sources", "source_origins", "excerpts"}  # tables whose rows are no facts


def list_fact_sources(notebook: Notebook) -> pd.DataFrame:
    """Return which sources each fact names: a line for each row of a raw table and each source named there.

    Returns:
        table; row, its number there; source_id; origin_id and kind, of the origin of what the table takes from there.
    """
    data = notebook.data
    kind, found = data("origins").set_index("origin_id")["kind"], []
    for name in notebook.c.tables.resources:
        frame = data(name)
        if name not in ABOUT_SOURCES and "source_id" in frame:
            for row, named in enumerate(list_row_sources(frame)):
                origins = {source: data.origin(source, name)[0] for source in named}
                found += [(name, row, source, origin, kind[origin]) for source, origin in origins.items()]
    return pd.DataFrame(found, columns=["table", "row", "source_id", "origin_id", "kind"])


def mask_accepted_sources(sources: pd.DataFrame, lowest_grade: str, accept_unsafe: bool) -> pd.Series:
    """Return which sources, by their columns grade and host_trust, are good enough.

    Args:
        sources: sources, or citations of them.
        lowest_grade: the weakest grade that is accepted.
        accept_unsafe: whether those on untrusted sites are accepted too.

    Raises:
        CompendiumError: there is no such grade.
    """
    if lowest_grade not in GRADES:
        raise CompendiumError(f"lowest_grade is {lowest_grade!r}. Remedy: {', '.join(GRADES)}")
    return sources["grade"].le(lowest_grade) & (sources["host_trust"].eq("ok") | accept_unsafe)


def hash_table_sources(notebook: Notebook) -> pd.DataFrame:
    """Return by raw table a digest of what is said of the sources it names."""
    found = sourcing.hash_sources_by_table(notebook.c.raw, notebook.c.tables.package)
    return pd.DataFrame(found.items(), columns=["table", "sources_sha256"])
