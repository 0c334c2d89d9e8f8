"""Commands that add to a compendium: a claim, a source, a row of evidence, a table."""
