"""Made-up data for tests: an exact count for every province and batch that no row of evidence contradicts."""

from pathlib import Path

import pandas as pd

from compendium import bounds, tables

SOURCE = "made-up-by-a-test"


def add(folder: Path, table: str, **cells: object) -> None:
    """Append a row with these cells to a table below the copy `folder`."""
    path = folder / "data" / "raw" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    row = pd.DataFrame([cells]).reindex(columns=text.partition("\n")[0].split(","))
    path.write_text(text + row.to_csv(index=False, header=False, lineterminator="\n"), encoding="utf-8", newline="\n")


def source(folder: Path) -> None:
    """Add the source that all made-up rows name."""
    cells = {"title": "Made-up list for a test", "publisher": "nobody", "published": "2026", "accessed": "2026-11-24"}
    address = {"url": "https://example.com/made-up-by-a-test", "grade": "A", "host_trust": "ok", "note": "made up"}
    add(folder, "sources", source_id=SOURCE, **cells, **address)


def counts() -> pd.Series:
    """Return one possible table, projects by province and year, under all evidence and no higher than a cell may be."""
    batches, provinces = tables.raw("pilot_batches"), tables.raw("provinces").query("in_study")["adcode"]
    covered = batches[batches["basis"] == "seen"].dropna(subset="provinces").groupby("year")["provinces"].max()
    sizes = batches[batches["preferred"]].set_index("year")["projects"]
    evidence, sources = tables.raw("pilot_province_evidence"), tables.raw("sources")
    upper = next(f for f in tables.schema("pilot_province_evidence")["fields"] if f["name"] == "upper")
    caps = [(f"{code} {year}", code, year, year) for code in provinces for year in sizes.index]
    caps = pd.DataFrame(caps, columns=["evidence_id", "adcode", "period_start", "period_end"])
    caps = caps.assign(upper=upper["constraints"]["maximum"], counts="project", basis="seen", source_id="paper")
    evidence = pd.concat([evidence, caps], ignore_index=True)
    problem = bounds.problem(evidence, sources, sizes, covered, provinces, max(bounds.TIERS))
    return bounds.allocation(problem, [provinces.iloc[0]], maximise=True).stack()


def fill(folder: Path) -> None:
    """Fill the evidence below the copy `folder` with a count for every province and batch."""
    evidence = tables.raw("pilot_province_evidence")
    names = tables.raw("provinces").set_index("adcode")["province_zh"]
    first = evidence["evidence_id"].str[1:].astype(int).max() + 1
    source(folder)
    for number, ((adcode, year), projects) in enumerate(counts().items(), first):
        cells = {"evidence_id": f"E{number:03d}", "adcode": adcode, "province_zh": names[adcode], "period_start": year}
        cells |= {"period_end": year, "lower": projects, "upper": projects, "counts": "project", "basis": "seen"}
        add(folder, "pilot_province_evidence", **cells, source_id=SOURCE, note="made up")
