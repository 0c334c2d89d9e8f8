"""Figure 03-lorenz: the region in which the Lorenz curve lies."""

from compendium.show.figures import BLUE, DIM, draw
from compendium.texts import Text
from study import bounds
from study.layout import EVIDENCE


def draw_lorenz(problem: bounds.Problem, given: Text) -> None:
    """Draw the region of the Lorenz curve of the provinces; `given` says what the constraints take for granted."""
    region, size = bounds.lorenz(problem), len(problem.provinces)
    across, low, high = 100 * region["provinces"] / size, 100 * region["lower"], 100 * region["upper"]
    half = size // 2
    said = {"given": given, "half": half, "low": low[half], "high": high[half], "even": across[half]}
    heading = "figure-lorenz-sure" if high[half] < across[half] else "figure-lorenz-open"
    cited = [EVIDENCE, "pilot_batches"]
    for page in draw("03-lorenz", "figure-lorenz", cited, heading=heading, size=(5.6, 3.5), **said):
        ax = page.axes
        ax.fill_between(across, low, high, color="#BFDDF2", lw=0)
        ax.plot(across, low, across, high, color=BLUE, lw=1.4)
        ax.plot([0, 100], [0, 100], color=DIM, lw=1)
        ax.vlines(across[half], low[half], high[half], color="black", lw=2)
        ax.text(across[half] + 2, low[half] - 2, f"{low[half]:.0f}%", ha="right", va="top")
        ax.text(across[half] - 1, high[half] + 1, f"{high[half]:.0f}%", ha="right")
        ax.text(46, 50, page.label("figure-lorenz-equal"), ha="right", color=DIM)
        middle = (across[half + 8], (low[half + 8] + high[half + 8]) / 2)
        arrow = {"arrowstyle": "-", "color": BLUE, "lw": 0.8}
        ax.annotate(page.label("figure-lorenz-curve"), middle, (98, 12), ha="right", color=BLUE, arrowprops=arrow)
        ax.set(xlim=(0, 100), ylim=(0, 100), xlabel=page.label("figure-lorenz-provinces"))
        ax.set_ylabel(page.label("figure-lorenz-projects"))
