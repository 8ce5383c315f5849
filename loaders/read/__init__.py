"""Reads the published tables: as GeoDataFrames, as Ibis tables, and the selections that `eo-pv export` writes."""
