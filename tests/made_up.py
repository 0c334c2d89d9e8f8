"""Made-up data for tests: an exact count for every province and batch that no row of evidence contradicts."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from worlds import at

from compendium.data.tables import RawTables
from study.bounds import constraints, regional

SOURCE = "made-up-by-a-test"
EVERY = 5  # the highest tier, so that no assumption contradicts either


def add(folder: Path, table: str, /, **cells: object) -> None:
    """Append a row with these cells to a table below the copy `folder`."""
    path = folder / "data" / "raw" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    row = pd.DataFrame([cells]).reindex(columns=text.partition("\n")[0].split(","))
    path.write_text(text + row.to_csv(index=False, header=False, lineterminator="\n"), encoding="utf-8", newline="\n")


def source(folder: Path) -> None:
    """Add the source that all made-up rows name, with its origin."""
    cells = {"title": "Made-up list for a test", "name_zh": "测试用的编造名单", "name_en": "Made-up list for a test"}
    cells |= {"publisher": "nobody", "published": "2026", "accessed": "2026-11-24", "taken_from": "page"}
    address = {"url": "https://example.com/made-up-by-a-test", "grade": "A", "host_trust": "ok", "note": "made up"}
    address |= {"no_excerpt": "not_kept"}
    add(folder, "sources", source_id=SOURCE, **cells, **address)
    add(folder, "source_origins", source_id=SOURCE, origin_id="O-MIIT-PILOT", role="origin")


def counts(tables: RawTables) -> pd.Series:
    """Return one possible table, projects by province and year, under all evidence and no higher than a cell may be."""
    batches, provinces = tables("pilot_batches"), tables("provinces").query("in_study")["adcode"]
    covered = batches[batches["basis"] == "seen"].dropna(subset="provinces").groupby("year")["provinces"].max()
    sizes = batches[batches["preferred"]].set_index("year")["projects"]
    problem = constraints.build_project_count_problem(
        tables("pilot_province_evidence"), sizes, covered, provinces, EVERY
    )
    return regional.find_bound_attaining_table(problem, [provinces.iloc[0]], maximise=True).stack()


def drawn(tables: RawTables, seed: int, years: Sequence[int]) -> pd.DataFrame:
    """Return counts by province and year, each batch as large as it is, spread over the provinces at random."""
    codes = tables("provinces").query("in_study")["adcode"]
    batches = tables("pilot_batches")
    sizes = batches[batches["preferred"]].set_index("year")["projects"]
    random = np.random.default_rng(seed)
    evenness = random.choice([0.2, 1, 5])
    spread = {year: random.multinomial(sizes[year], random.dirichlet(np.full(len(codes), evenness))) for year in years}
    return pd.DataFrame(spread, index=pd.Index(codes, name="adcode")).rename_axis(columns="year")


def projects(tables: RawTables, counts: pd.Series) -> pd.DataFrame:
    """Return the rows of pilot_projects of four made-up lists that hold these counts, by province and year."""
    names = tables("provinces").set_index("adcode")["province_zh"]
    rows = [(code, year) for (code, year), number in counts.items() for _ in range(number)]
    frame = pd.DataFrame(rows, columns=["adcode", "year_start"])
    return frame.assign(
        project_row=[f"J{number}" for number in range(100, 100 + len(frame))],
        year_end=frame["year_start"],
        province_zh=frame["adcode"].map(names),
        enterprise=[f"编造的企业{number}" for number in range(len(frame))],
        project=[f"编造的项目{number}" for number in range(len(frame))],
        list_id="L" + frame["year_start"].astype(str),
        basis="seen",
        source_id=SOURCE,
        note="made up",
    ).reindex(columns=tables("pilot_projects").columns)


def lists(folder: Path, numbers: pd.Series | None = None) -> None:
    """Put complete lists with these numbers, by province and year, below the copy `folder`, as whoever has them would.

    Without numbers there are four lists that no row of evidence contradicts.
    """
    tables = at(folder).tables
    source(folder)
    numbers = counts(tables) if numbers is None else numbers
    years = numbers.index.unique("year")
    raw, known = folder / "data" / "raw", tables("pilot_projects")
    known.loc[known["list_id"].isin([f"L{year}" for year in years]), "list_id"] = ""
    rows = pd.concat([known, projects(tables, numbers)])
    rows.to_csv(raw / "pilot_projects.csv", index=False, lineterminator="\n")
    for name, pattern, new in (
        (
            "pilot_lists",
            rf"^(L(?:{'|'.join(map(str, years))}),\d{{4}},final),false,([^,]*),[^,]*",
            rf"\1,true,\2,{SOURCE}",
        ),
        ("records", rf"^(R0[{''.join(str(year - 2014) for year in years)}],[^,]*,true),false", r"\1,true"),
    ):
        text = (raw / f"{name}.csv").read_text(encoding="utf-8")
        text, changed = re.subn(pattern, new, text, flags=re.M)
        assert changed == len(years), name
        (raw / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")
