"""Arithmetic over many series at once: medians and spreads, runs of points, trees as plain arrays."""
