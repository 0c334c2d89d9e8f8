"""Explorers: charts in which a reader moves a choice, a module a notebook."""
