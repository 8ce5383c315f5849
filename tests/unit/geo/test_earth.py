import numpy as np
import pyproj
import pytest

from loaders.geo.earth import EQUATOR_EAST_M, EQUATOR_NORTH_M, LEAST_NORTH_M, distance_m, metres_per_degree

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize("latitude", [-80.0, -33.0, 0.0, 52.0, 70.0])
def test_a_degree_is_as_long_as_the_geodesics_say(latitude: float) -> None:
    east, north = (each[0] for each in metres_per_degree(np.array([latitude])))
    along = GEOD.inv(10, latitude, 10.001, latitude)[2]
    across = GEOD.inv(10, latitude - 0.0005, 10, latitude + 0.0005)[2]
    assert (east, north) == (pytest.approx(1000 * along, rel=1e-7), pytest.approx(1000 * across, rel=1e-7))


def test_the_rounded_lengths_are_those_at_the_equator_and_no_degree_of_latitude_is_shorter() -> None:
    east, north = metres_per_degree(np.linspace(-90, 90, 181))
    assert (east.max(), north.min()) == (pytest.approx(EQUATOR_EAST_M, abs=1), pytest.approx(EQUATOR_NORTH_M, abs=1))
    assert north.min() > LEAST_NORTH_M


def test_distances_are_of_pairs_of_positions_and_go_across_the_antimeridian() -> None:
    found = distance_m((np.array([10.0, 179.9995]), np.array([0.0, 0.0])), (np.array([11.0, -179.9995]), np.zeros(2)))
    assert found == pytest.approx([111319.491, 111.319], abs=1e-3)
    assert float(distance_m((10, 50), (10, 50))) == 0
