"""Overture Maps divisions: list of releases, and extract of one."""

LICENCE = "ODbL-1.0"  # https://docs.overturemaps.org/attribution/
ATTRIBUTION = "© OpenStreetMap contributors, Overture Maps Foundation"
