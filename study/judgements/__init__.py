"""The judgements of the paper's claims, by topic; importing this package registers them all with `judges`."""

from study.judgements import maturity, pilots, policy, structure, talent
from study.judgements.registry import judges

__all__ = ["judges", "maturity", "pilots", "policy", "structure", "talent"]
