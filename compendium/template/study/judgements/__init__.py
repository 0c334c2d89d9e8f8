"""One judgement a claim: a function from the raw tables to what was found."""

import pandas as pd

from compendium.ledger.evidence import Data, joined, outside
from compendium.ledger.judges import Judges
from compendium.ledger.judging import Judged, missing, printed, recomputed

judges = Judges()


@judges("Q01")
def growth(claim: pd.Series, data: Data) -> Judged:
    """Growth from the first to the last year that the paper names."""
    counts = outside(data("counts")).set_index("year", drop=False)
    years = [int(claim["year_start"]), int(claim["year_end"])]
    if not set(years) <= set(counts.index):
        return missing("recomputed")
    first, last = (counts.loc[year, "cyclists"] for year in years)
    rise = 100 * (last / first - 1)
    rows = data("counts")
    return recomputed(claim, rise, rows[rows["year"].isin(years)]).because(
        f"骑车人数从{first}增至{last}，增长{rise:.0f}%。", f"Cyclists rose from {first} to {last}, by {rise:.0f} %."
    )


@judges("Q02")
def share(claim: pd.Series, data: Data) -> Judged:
    """The share by population; what holds for the centre alone is another population than the paper says."""
    rows, said = outside(data("survey")), data.evidence("Q02")
    alike = [*rows["population"].eq("city"), *said["differs_in"].eq("")]
    told = {row.population: f"{row.share_pct:g}" for row in rows.itertuples()}
    return printed(claim, joined([rows, said]), [*rows["share_pct"], *said["value"]], data, alike).because(
        f"全市{told.get('city', '–')}%，市中心{told.get('centre', '–')}%。",
        f"In the whole city {told.get('city', '–')} %, in the centre {told.get('centre', '–')} %.",
    )
