"""What is told of the rounds: the tables beside this file, the figure, and the generated part of README.md."""

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import psutil
from matplotlib.ticker import NullLocator

from compendium.pages import cost
from compendium.pages.listing import grid
from compendium.show import figures

if TYPE_CHECKING:
    from bench import Case

HERE = Path(__file__).resolve().parent
FLOOR, RUN, LOOP, SWEEP = "floor: all cells in one process", cost.RUN, cost.LOOP, "compendium sweep, 256 specifications"
LONGEST = 25  # cells that profile.csv lists one by one
MARKS = re.compile("(<!-- generated:told -->\n).*(<!-- /generated:told -->)", re.S)


def write(cases: Sequence["Case"], commit: str, folder: Path) -> None:
    """Write results.csv, growth.csv, machine.txt, growth.png and growth.svg, and README.md from these tables."""
    seen = pd.DataFrame([row(case) for case in cases if case.seen])
    own = seen["grows"].eq("")
    for name, table in (("results", ratios(seen[own])), ("growth", exponents(seen[~own]))):
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "machine.txt").write_text(machine(commit), encoding="utf-8")
    draw(folder)
    page = MARKS.sub(lambda marks: f"{marks[1]}{tables(folder)}\n{marks[2]}", (HERE / "README.md").read_text("utf-8"))
    (folder / "README.md").write_text(page, encoding="utf-8", newline="\n")


def row(case: "Case") -> dict[str, object]:
    """Return what was seen of a case."""
    seconds, megabytes = zip(*case.seen, strict=True)
    found = {"grows": case.grows, "size": case.size, "case": case.name}
    found |= {"median_s": round(statistics.median(seconds), 3), "least_s": round(min(seconds), 3)}
    return found | {
        "most_s": round(max(seconds), 3),
        "repeats": len(seconds),
        "largest_process_mb": round(max(megabytes)),
    }


def ratios(seen: pd.DataFrame) -> pd.DataFrame:
    """Return cases with the ratio of their seconds to those of the floor."""
    floor = seen.loc[seen["case"].eq(FLOOR), "median_s"].iloc[0]
    return seen.drop(columns=["grows", "size"]).assign(ratio_to_floor=(seen["median_s"] / floor).round(3))


def exponents(seen: pd.DataFrame) -> pd.DataFrame:
    """Return cases with the exponent by which seconds grow with the size, from the size before to this one."""
    logs = np.log(seen[["median_s", "size"]].astype(float))
    steps = logs.groupby([seen["grows"], seen["case"]]).diff()
    return seen.assign(exponent=(steps["median_s"] / steps["size"]).round(2))


def profile(said: str, folder: Path) -> None:
    """Write profile.csv from what the floor said: the longest cells, all others together, and all."""
    cells = re.findall(r"^([\w-]+),([\w-]+),([\d.e-]+),([\d.e-]+)$", said, re.M)
    table = pd.DataFrame(cells, columns=["notebook", "cell", "seconds", "of_which_figures_s"])
    table = table.astype({"seconds": float, "of_which_figures_s": float}).sort_values("seconds", ascending=False)
    sums = [
        {"notebook": name, "cell": f"{len(part)} cells", **part[["seconds", "of_which_figures_s"]].sum()}
        for name, part in (("the rest", table[LONGEST:]), ("all", table))
    ]
    table = pd.concat([table[:LONGEST], pd.DataFrame(sums)]).round(2)
    table.to_csv(folder / "profile.csv", index=False, lineterminator="\n")


def tables(folder: Path) -> str:
    """Return in Markdown the tables of a folder, seconds and ratios, then seconds and exponents, and the figure."""
    results = pd.read_csv(folder / "results.csv")
    lines = [
        (r.case, f"{r.median_s:.2f}", r.repeats, f"{r.ratio_to_floor:.2f}", r.largest_process_mb)
        for r in results.itertuples()
    ]
    first = grid(["case", "seconds, median", "rounds", "times the floor", "largest process, MB"], lines, "lrrrr")
    lines = []
    for (grows, case), part in pd.read_csv(folder / "growth.csv").groupby(["grows", "case"], sort=False):
        sizes = ", ".join(part["size"].map("{:,}".format))
        seconds = " → ".join(part["median_s"].map("{:.2f}".format))
        steps = " → ".join(part["exponent"].dropna().map("{:.2f}".format))
        lines.append((f"{grows}: {sizes}", case, seconds, steps))
    second = grid(["what grows", "case", "seconds, median", "exponents"], lines, "llll")
    where = (folder / "machine.txt").read_text(encoding="utf-8").strip()
    return f"{first}\n\n{second}\n\n![Seconds at growing sizes](growth.png)\n\nMeasured on: {where}"


def draw(folder: Path) -> None:
    """Draw seconds over size, one panel for each thing that grows, both axes logarithmic."""
    growth = pd.read_csv(folder / "growth.csv")
    colours = {case: f"C{number}" for number, case in enumerate(growth["case"].unique())}
    with plt.rc_context(figures.STYLE):
        figure, panels = plt.subplots(2, 2, figsize=(7, 5.6), sharey=True)
        for axes, (grows, part) in zip(panels.flat, growth.groupby("grows", sort=False), strict=False):
            small, large, most = part["size"].min(), part["size"].max(), part["median_s"].max()
            axes.loglog([small, large], [most * small / large, most], color=figures.GREY, ls=":", zorder=0)
            for case, line in part.groupby("case", sort=False):
                axes.loglog(line["size"], line["median_s"], marker="o", ms=4, color=colours[case])
            ends = part[part["size"].eq(large)]
            places = np.exp(figures.spread(list(np.log(ends["median_s"])), 0.5))
            for case, place in zip(ends["case"], places, strict=True):
                told = {"textcoords": "offset points", "va": "center", "color": colours[case], "annotation_clip": False}
                axes.annotate(case, (large, place), (7, 0), **told)
            axes.set(title=grows, xlim=(small / 1.5, large * (3 * large / small) ** 0.7))
            axes.set_xticks(sorted(set(part["size"])))
            axes.xaxis.set_major_formatter("{x:,.0f}")
            axes.xaxis.set_minor_locator(NullLocator())
            axes.yaxis.set_major_formatter("{x:g}")
        figure.suptitle("Seconds at growing sizes; dotted: in proportion to the size", x=0.01, ha="left")
        for ending in ("png", "svg"):
            figure.savefig(folder / f"growth.{ending}", metadata={"Date": None} if ending == "svg" else {})
        plt.close(figure)


def commit() -> str:
    """Return the last commit of this checkout, with a + where files are not as committed."""
    said = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], ["git", "-C", str(HERE), "status", "--porcelain"]
    head, status = (subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip() for line in said)
    return head + "+" * bool(status)


def machine(commit: str) -> str:
    """Return what was measured on, which commit, and when."""
    about = Path("/proc/cpuinfo")  # of Linux
    named = re.search(r"^model name\s*: (.+)$", about.read_text() if about.exists() else "", re.M)
    return (
        f"{named[1] if named else platform.machine()}, {os.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 1e9:.1f} GB; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; commit {commit}; {date.today()}\n"
    )
