"""Bounds: what missing pilot lists leave possible, from constraints to the smallest and largest totals."""
