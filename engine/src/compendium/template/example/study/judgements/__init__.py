"""One judgement a claim: a function from the raw tables to what was found."""

import pandas as pd

from compendium.base.texts import catalogue
from compendium.ledger.evidence import EvidenceTables, drop_paper_based_rows, join_rows
from compendium.ledger.rules import Judged, missing, printed, recomputed
from compendium.ledger.verdict import Judges

judges, text = Judges(), catalogue("study/example")


@judges("Q01")
def growth(claim: pd.Series, data: EvidenceTables) -> Judged:
    """Growth from the first to the last year that the paper names."""
    counts = drop_paper_based_rows(data("counts")).set_index("year", drop=False)
    years = [int(claim["year_start"]), int(claim["year_end"])]
    if not set(years) <= set(counts.index):
        return missing("recomputed")
    first, last = (counts.loc[year, "cyclists"] for year in years)
    rise = 100 * (last / first - 1)
    rows = data("counts")
    reason = text("growth", first=first, last=last, rise=rise)
    return recomputed(claim, rise, rows[rows["year"].isin(years)]).told(reason)


@judges("Q02")
def share(claim: pd.Series, data: EvidenceTables) -> Judged:
    """The share by population; what holds for the centre alone is another population than the paper says."""
    rows, said = drop_paper_based_rows(data("survey")), data.evidence("Q02")
    alike = [*rows["population"].eq("city"), *said["differs_in"].eq("")]
    told = {row.population: f"{row.share_pct:g}" for row in rows.itertuples()}
    reason = text("share", city=told.get("city", "–"), centre=told.get("centre", "–"))
    return printed(claim, join_rows([rows, said]), [*rows["share_pct"], *said["value"]], data, alike).told(reason)
