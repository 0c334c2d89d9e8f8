"""Indices of concentration of counts over provinces."""

from collections.abc import Callable

import numpy as np


def compute_top_five_share(counts: np.ndarray) -> float:
    """Return the share of the five largest counts, between 0 and 1."""
    counts = np.sort(np.asarray(counts, dtype=float))
    return float(counts[-5:].sum() / counts.sum())


def compute_gini(counts: np.ndarray) -> float:
    """Return the Gini coefficient of the population: mean absolute difference of all pairs over twice the mean."""
    counts = np.sort(np.asarray(counts, dtype=float))
    n = len(counts)
    return float(((2 * np.arange(1, n + 1) - n - 1) * counts).sum() / (n * counts.sum()))


INDICES: dict[str, Callable[[np.ndarray], float]] = {"cr5": compute_top_five_share, "gini": compute_gini}
