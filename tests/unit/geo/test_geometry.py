"""Measures of shapes."""

import numpy as np
import shapely

from loaders.geo.geometry import centroids


def test_no_centroid_is_minus_zero() -> None:
    west_south = shapely.box(-2e-8, -2e-8, 0, 0)
    lon, lat = centroids(np.array([west_south, shapely.Point(-0.0, -0.0)], dtype=object))
    assert [str(value) for value in (*lon, *lat)] == ["0.0"] * 4
