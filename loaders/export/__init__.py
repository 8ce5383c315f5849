"""Writes published tables for other programs: `eo-pv export`."""
