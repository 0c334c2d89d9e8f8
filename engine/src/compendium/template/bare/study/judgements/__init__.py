"""One function a claim, for claims that are not judged by their rows of claim_evidence.csv alone."""

from compendium.ledger.verdict import Judges

judges = Judges()
