"""What firms raised by loans, bonds and shares, by period, and what their loans cost: which rows say it best."""

import pandas as pd

from compendium.base.texts import TranslatedText, catalogue, join_texts
from compendium.ledger.evidence import EvidenceTables, list_row_sources, rank_source_quality

text = catalogue("study/funding")
CLAUSE = ("，", ", ")
RAISED = {"loans_increase": text("loans"), "bonds_increase": text("bonds"), "equity_increase": text("shares")}


def parse_period_months(period: str) -> tuple[str, str]:
    """Return first and last month of a period, which is a year or two months joined by a slash."""
    first, _, last = period.partition("/")
    return (first, last) if last else (f"{period}-01", f"{period}-12")


def select_financing_by_period(table: pd.DataFrame, period: str, data: EvidenceTables) -> pd.DataFrame:
    """Return what firms raised in a period, a row each of loans, bonds and shares; fewer where one is not known.

    Bonds and shares may be those of a longer period that holds this one, and are too many then. The best source
    decides, then the shorter period.
    """
    first, last = parse_period_months(period)
    table = table[table["measure"].isin(RAISED)]
    table = table[(table["measure"] != "loans_increase") | (table["period"] == period)]
    table = table[[start <= first and last <= end for start, end in map(parse_period_months, table["period"])]]
    months = [len(pd.period_range(*parse_period_months(held), freq="M")) for held in table["period"]]
    best = [min(rank_source_quality(data.quality(source)) for source in named) for named in list_row_sources(table)]
    order = sorted(range(len(table)), key=lambda i: (best[i], months[i]))
    return table.iloc[order].drop_duplicates("measure")


def compute_loan_share(rows: pd.DataFrame) -> float:
    """Return loans over loans, bonds and shares, in per cent."""
    return float(100 * rows.loc[rows["measure"] == "loans_increase", "value"].sum() / rows["value"].sum())


def describe_financing(rows: pd.DataFrame, data: EvidenceTables) -> TranslatedText:
    """Return what was raised by each means and when."""
    periods = data.tables.labels("corporate_financing_2020", "period")
    rows = rows.sort_values("measure", key=lambda codes: codes.map(list(RAISED).index), kind="stable")
    told = (text("term", means=RAISED[row.measure], row=row, period=periods[row.period]) for row in rows.itertuples())
    return join_texts(told, CLAUSE)


def select_lending_rate_rows(data: EvidenceTables) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return what loans to firms cost and what to compare it with.

    Args:
        data: the tables.

    Returns:
        The rows of enterprise loans in China in order of time; of these the last one up to the year of the
        return on assets, or the first if all are later; the last row of the euro area up to that year; the row of the
        return on assets. Tables of no row where there is none.
    """
    table = data("lending_rates_and_returns").sort_values("as_of", kind="stable")
    home = table[table["iso3"] == "CHN"]
    loans = home[home["measure"] == "enterprise_loans"]
    profit = home[home["measure"] == "industry_profit_over_assets"].tail(1)
    until = profit["as_of"].str[:4].max() if len(profit) else "9999"
    euro = table[(table["iso3"] == "EMU") & (table["measure"] == "composite_cost")]
    in_time = loans[loans["as_of"].str[:4] <= until].tail(1)
    return loans, loans.head(1) if in_time.empty else in_time, euro[euro["as_of"].str[:4] <= until].tail(1), profit
