"""The explorer of notebook 02: which counts, with or without the first batch."""

import altair
import pandas as pd

from compendium.base.texts import join_texts
from compendium.notebook import explorers
from compendium.notebook.begin import Notebook
from compendium.notebook.figures import BLUE

COUNTS = ("final", "notice_low", "notice_high")


def show_batch_size_explorer(notebook: Notebook, sizes: pd.DataFrame, targets: pd.Series) -> explorers.ShownExplorer:
    """Return the batches by each count, with or without the first; under them the sum and how many times the targets.

    Args:
        sizes: the columns of `COUNTS` by year; a year without a notice has its final list.
        targets: the target of the paper first, then the plans that were found.
    """
    page = explorers.InteractiveChartBuilder(notebook)
    page.options("counts", page.label("explore-counts"), {c: page.label(f"explore-{c}") for c in COUNTS}, "final")
    first = {kind: page.label(f"explore-{kind}") for kind in ("with", "without")}
    page.options("first", page.label("explore-first"), first, "with")
    states, told = [], []
    for counts in COUNTS:
        every = sizes[counts].fillna(sizes["final"]).dropna().astype(int)
        for kind in first:
            batches = every if kind == "with" else every.iloc[1:]
            rates = 100 * batches.pct_change()
            grown = zip(batches, rates, strict=True)
            texts = [page.label("explore-bar", number=n, rate=r) if r == r else f"{n}" for n, r in grown]
            drawn = {"counts": counts, "first": kind, "year": batches.index, "projects": batches, "text": texts}
            states.append(pd.DataFrame(drawn))
            times = join_texts(f"{batches.sum() / target:.4g}" for target in targets)
            finding = {"total": batches.sum(), "times": times, "year": rates.idxmin(), "rate": rates.min()}
            told.append((counts, kind, page.label("explore-said", **finding)))
    y = altair.Y("projects:Q", title=page.label("figure-batches-projects"))
    bars = page.chart(pd.concat(states)).encode(x=altair.X("year:O", title=None).axis(labelAngle=0), y=y)
    names = bars.mark_text(dy=-8, fontSize=12).encode(text="text:N")
    said = pd.DataFrame(told, columns=["counts", "first", "said"])
    return page.show(bars.mark_bar(color=BLUE, size=50), names, said=said, alt=notebook.say("explore"))
