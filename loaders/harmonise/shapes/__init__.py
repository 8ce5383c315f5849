"""Published shapes to valid polygons and points in EPSG:4326."""
