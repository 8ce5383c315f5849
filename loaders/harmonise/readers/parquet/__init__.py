"""Readers of GeoParquet (all versions) and GeoArrow."""
