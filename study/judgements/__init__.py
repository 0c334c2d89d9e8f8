"""The judgements of the paper's claims, by topic; importing this package registers them all with `judges`."""

from study.judgements import (
    clusters,
    departments,
    firms,
    funding,
    industry_order,
    innovation,
    maturity,
    pilots,
    policy,
    regions,
    since,
    structure,
    talent,
    technology,
)
from study.judgements.registry import judges
