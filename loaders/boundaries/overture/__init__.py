"""Overture Maps' divisions: which releases there are, and what is read of one."""

LICENCE = "ODbL-1.0"  # https://docs.overturemaps.org/attribution/
ATTRIBUTION = "© OpenStreetMap contributors, Overture Maps Foundation"
