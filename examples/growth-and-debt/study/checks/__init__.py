"""Checks between the tables of this study; importing this package registers them."""
