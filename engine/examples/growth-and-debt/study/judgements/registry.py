"""The judgements by claim."""

from compendium.ledger.judges import Judges

judges = Judges()
