"""Indices of concentration of counts over provinces."""

from collections.abc import Callable

import numpy as np


def cr5(counts: np.ndarray) -> float:
    """Return the share of the five largest counts, between 0 and 1."""
    counts = np.sort(np.asarray(counts, dtype=float))
    return float(counts[-5:].sum() / counts.sum())


def hhi(counts: np.ndarray) -> float:
    """Return the Herfindahl-Hirschman index, the sum of squared shares: 1/n for equal counts, 1 for a single holder."""
    shares = np.asarray(counts, dtype=float) / np.sum(counts)
    return float((shares**2).sum())


def gini(counts: np.ndarray) -> float:
    """Return the Gini coefficient of the population: mean absolute difference of all pairs over twice the mean."""
    counts = np.sort(np.asarray(counts, dtype=float))
    n = len(counts)
    return float(((2 * np.arange(1, n + 1) - n - 1) * counts).sum() / (n * counts.sum()))


def theil(counts: np.ndarray) -> float:
    """Return Theil's T, the mean of (x / mean) ln(x / mean), 0 ln 0 = 0: 0 for equal counts, ln n for one holder."""
    ratios = np.asarray(counts, dtype=float) / np.mean(counts)
    return float((ratios * np.log(np.where(ratios > 0, ratios, 1))).mean())


INDICES: dict[str, Callable[[np.ndarray], float]] = {"cr5": cr5, "hhi": hhi, "gini": gini, "theil": theil}
