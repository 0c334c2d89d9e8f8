"""Checks between the tables of this study; importing this package registers them."""

from study.checks import maturity, pilots, provinces, texts

__all__ = ["maturity", "pilots", "provinces", "texts"]
