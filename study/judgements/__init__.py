"""The judgements of the paper's claims, by topic; importing this package registers them all with `judges`."""

from study.judgements import pilots, policy, structure
from study.judgements.registry import judges

__all__ = ["judges", "pilots", "policy", "structure"]
