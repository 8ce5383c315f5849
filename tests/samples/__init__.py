"""Makers of the bundled samples: synthetic twins of the published datasets, the same bytes every time."""
