import numpy as np
import pyproj
import pytest

from loaders.add.guess_coordinates import position_settings
from loaders.add.guess_crs import crs_guess, fitting_grids
from loaders.add.values import PLAIN_MARKS
from loaders.core.arrays import Numbers

SWITZERLAND, GREAT_BRITAIN, UTRECHT = (6.1, 46.0, 10.2, 47.6), (-5.0, 50.2, 1.5, 57.0), (5.0, 52.0, 5.4, 52.2)
GERMANY, EUROPE, USA = (6.2, 47.6, 14.5, 54.5), (-8.0, 37.0, 25.0, 65.0), (-120.0, 30.0, -75.0, 45.0)


def _positions(extent: tuple[float, float, float, float], epsg: int) -> tuple[Numbers, Numbers]:
    """A grid of positions in an extent [°], in a CRS."""
    west, south, east, north = extent
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.linspace(west, east, 9), np.linspace(south, north, 9)))
    x, y = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
    return x, y


@pytest.mark.parametrize(
    ("extent", "epsg", "others"),
    [
        (SWITZERLAND, 2056, []),
        (SWITZERLAND, 21781, [23700]),
        (GREAT_BRITAIN, 27700, []),
        ((3.6, 51.0, 7.0, 53.4), 28992, [27700]),
        (GERMANY, 25832, []),
        ((7.6, 47.6, 10.4, 54.5), 31467, []),
        ((-4.0, 42.6, 7.5, 50.5), 2154, []),
        ((7.0, 37.5, 18.0, 46.0), 32632, []),
        ((15.0, 49.5, 23.5, 54.3), 2180, []),
        ((12.0, 55.6, 22.0, 67.0), 3006, []),
        (EUROPE, 3035, [3857]),
        (GERMANY, 3857, []),
        (USA, 5070, [3857]),
    ],
)
def test_a_grid_is_recognised_by_the_range_of_its_numbers(
    extent: tuple[float, float, float, float], epsg: int, others: list[int]
) -> None:
    fits = fitting_grids(*_positions(extent, epsg))
    assert [fit.grid.epsg for fit in fits] == [epsg, *others]


def test_a_grid_is_always_doubtful_and_says_where_the_positions_lie_and_what_fits_as_well() -> None:
    guess = crs_guess(fitting_grids(*_positions(UTRECHT, 28992), {"netherlands"}))
    assert guess is not None
    assert (guess.value, guess.is_doubtful) == ("EPSG:28992", True)
    assert "EPSG:28992 (Amersfoort / RD New), where they lie at 5.0° E to 5.4° E and 52.0° N to 52.2° N" in guess.reason
    assert "as well fit EPSG:27700 (OSGB36 / British National Grid), EPSG:29903" in guess.reason


def test_numbers_of_utm_without_a_zone_get_no_grid() -> None:
    assert fitting_grids(*_positions((75.5, 15.0, 77.5, 20.0), 32643)) == []


def test_coordinates_whose_names_are_exchanged_are_exchanged() -> None:
    northing, easting = ([str(value) for value in axis] for axis in _positions((7.6, 47.6, 10.4, 54.5), 31467)[::-1])
    settings, questions = position_settings({"x": northing, "y": easting}, PLAIN_MARKS)
    assert {name: guess.value for name, guess in settings.items()} == {
        "crs": "EPSG:31467",
        "longitude": "y",
        "latitude": "x",
    }
    assert questions == []
