"""What the notebook computes besides verdicts and a sweep follows: functions of the tables and of the choices."""

from compendium.ledger.evidence import EvidenceTables


def growth(data: EvidenceTables, first_year: int = 2019) -> float:
    """Return by how much cyclists have grown from a year to the last, %."""
    counts = data("counts")
    counts = counts.loc[counts["year"] >= first_year, "cyclists"]
    return float(100 * (counts.iloc[-1] / counts.iloc[0] - 1))
