"""The Earth in one place: its ellipsoid, geodesic distances, and degrees in metres.

Areas are measured by `loaders.geo.geometry.area_m2`. SQL has a macro of its own, `ground_distance_m`.
"""

import numpy as np
import pyproj

from loaders.core.arrays import Numbers

WGS84 = pyproj.Geod(ellps="WGS84")
ECCENTRICITY2 = WGS84.f * (2 - WGS84.f)  # `WGS84.es` is off in its last digit, and so would be what is measured by it

# The length of a degree at the equator [m], rounded. The limits and drawings that need no more than three digits
# multiply by the cosine of the latitude; `metres_per_degree` would move what lies just at a limit.
EQUATOR_EAST_M, EQUATOR_NORTH_M = 111_320.0, 110_574.0
LEAST_NORTH_M = 110_500.0  # a degree of latitude is nowhere shorter: for boxes and searches that must miss nothing

Positions = tuple[Numbers | float, Numbers | float]  # longitudes and latitudes [°]


def distance_m(here: Positions, there: Positions) -> Numbers:
    """Geodesic distance on the WGS 84 ellipsoid [m]."""
    distance: Numbers = np.asarray(WGS84.inv(*here, *there)[2], dtype=float)
    return distance


def metres_per_degree(lat: Numbers) -> tuple[Numbers, Numbers]:
    """How long a degree of longitude and one of latitude are at a latitude on the WGS 84 ellipsoid [m/°].

    By the radii of curvature along the parallel and the meridian: Snyder, Map Projections: A Working Manual (US
    Geological Survey, Professional Paper 1395, 1987), chapter 4.
    """
    latitude = np.radians(lat)
    flattened = 1 - ECCENTRICITY2 * np.sin(latitude) ** 2
    east = WGS84.a / np.sqrt(flattened) * np.cos(latitude)
    north = WGS84.a * (1 - ECCENTRICITY2) / flattened**1.5
    return np.radians(east), np.radians(north)
