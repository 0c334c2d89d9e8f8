"""One judgement a claim; importing this package registers them."""

from study.judgements import countries, growth, sample, threshold
from study.judgements.registry import judges

__all__ = ["countries", "growth", "judges", "sample", "threshold"]
