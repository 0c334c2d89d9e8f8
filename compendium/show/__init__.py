"""What a notebook shows, and what is made from the ledger: texts, figures, findings, report."""
