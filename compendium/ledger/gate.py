"""The gate before a run: the data package is valid, by the checks of the ledger's tables and of the study's too."""

import importlib

from compendium.data.validity import check, codebooks, raise_if_bad, refresh, write_codebook
from compendium.ledger import checks

importlib.import_module("study.checks")

__all__ = ["check", "checks", "codebooks", "raise_if_bad", "refresh", "write_codebook"]
