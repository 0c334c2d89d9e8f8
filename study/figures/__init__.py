"""Figures of the notebooks that are not drawn in a cell: one a module, each in at most forty lines."""
