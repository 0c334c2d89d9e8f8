"""What a page shows, made from the ledger: the parts of the READMEs, the report, lists in a terminal."""
