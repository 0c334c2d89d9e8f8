"""The judgements by claim."""

from compendium.ledger.judging import Judges

judges = Judges()
