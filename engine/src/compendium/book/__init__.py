"""The reading edition: a book in each language from the executed notebooks, the ledger and the glossary."""
