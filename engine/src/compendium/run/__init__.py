"""Notebooks end to end through papermill: order, parameters, cache, comparing, accepting, sweeping."""

from compendium import CompendiumError


class RunError(CompendiumError):
    """A run cannot start or a notebook failed; the message names the place and the remedy."""
