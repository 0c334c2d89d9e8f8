"""The judgements by claim."""

from compendium.ledger.verdict import Judges

judges = Judges()
