"""One function a claim, for claims that are not judged by their rows of claim_evidence.csv alone."""

from compendium.ledger.judges import Judges

judges = Judges()
