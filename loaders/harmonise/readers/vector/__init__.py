"""Readers of GDAL formats, which restore the values that GDAL would change."""
