"""Geometry that several stages share: validity, measures, the antimeridian, H3 cells, GeoParquet."""
