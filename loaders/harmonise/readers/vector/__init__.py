"""Formats that GDAL reads, with the values that it would change put back."""
