"""The ledger: evidence, judgements, verdicts, and how far they are from others."""
