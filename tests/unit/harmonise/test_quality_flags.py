from pathlib import Path

import numpy as np
import pyproj
import pytest
from shapely import MultiPolygon, Point, box

from loaders.contract import REASONS
from loaders.geo.geometry import area_m2, centroids
from loaders.harmonise.quality_flags import (
    FLAGS,
    far_from_stated_position,
    flag_lists,
    implausible_power_density,
    stated_area_disagrees,
)

NAN = float("nan")
PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "flags.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("drawn", "stated", "disagrees"),
    [
        (100, 100, False),
        (100, 200, False),
        (100, 200.1, True),
        (100, 50, False),
        (100, 49.9, True),
        (100, 0, True),
        (0, 0, False),
        (NAN, 100, False),
        (100, NAN, False),
    ],
)
def test_a_stated_area_disagrees_beyond_a_factor_of_two(drawn: float, stated: float, disagrees: bool) -> None:
    assert stated_area_disagrees(np.array([drawn]), np.array([stated])).tolist() == [disagrees]


@pytest.mark.parametrize(
    ("mw", "m2", "implausible"),
    [
        (50, 1e6, False),
        (5, 1e6, False),
        (4.9, 1e6, True),
        (300, 1e6, False),
        (301, 1e6, True),
        (0, 1e6, True),
        (50, NAN, False),
        (NAN, 1e6, False),
        (50, 0, False),
    ],
)
def test_a_power_density_is_plausible_from_5_to_300_watts_a_square_metre(
    mw: float, m2: float, implausible: bool
) -> None:
    assert implausible_power_density(np.array([mw], float), np.array([m2], float)).tolist() == [implausible]


def _is_far(shape: object, lon: float, lat: float) -> bool:
    shapes = np.array([shape, None], dtype=object)[:1]
    stated = np.array([lon], float), np.array([lat], float)
    far = far_from_stated_position(shapes, centroids(shapes), stated, area_m2(shapes))
    return bool(far[0])


@pytest.mark.parametrize("latitude", [0.0, 52.0, 70.0, -33.0])
@pytest.mark.parametrize("azimuth_deg", [0, 90, 200])
def test_a_position_is_far_beyond_a_kilometre(latitude: float, azimuth_deg: float) -> None:
    geod = pyproj.Geod(ellps="WGS84")
    near, far = (geod.fwd(10, latitude, azimuth_deg, metres)[:2] for metres in (999, 1001))
    assert (_is_far(Point(10, latitude), *near), _is_far(Point(10, latitude), *far)) == (False, True)


def test_a_position_in_a_corner_of_a_large_farm_is_not_far() -> None:
    farm = box(10, 52, 10.2, 52.1)
    assert not _is_far(farm, 10.01, 52.01)
    assert not _is_far(farm, 9.99, 52.05)
    assert _is_far(farm, 9.98, 52.05)


def test_a_position_in_one_of_two_parts_that_lie_far_apart_is_far() -> None:
    parts = MultiPolygon([box(10, 52, 10.01, 52.01), box(11, 52, 11.01, 52.01)])
    assert _is_far(parts, 10.005, 52.005)


def test_an_unknown_position_is_not_far_and_one_that_is_nowhere_is() -> None:
    assert [_is_far(Point(10, 50), lon, lat) for lon, lat in ((NAN, 50), (10, NAN), (10, -9999))] == [
        False,
        False,
        True,
    ]
    assert not _is_far(None, 10, 50)


def test_a_position_across_the_antimeridian_is_near() -> None:
    assert not _is_far(Point(179.999, -17), -179.999, -17)


def test_a_position_that_counts_on_beyond_180_is_near() -> None:
    farm = box(-170.2, 52, -170, 52.1)
    assert (_is_far(farm, -170.19, 52.01), _is_far(farm, 189.81, 52.01)) == (False, False)


def test_rows_that_are_far_and_near_do_not_mix_up() -> None:
    farm, other = box(10, 52, 10.2, 52.1), MultiPolygon([box(20, 70, 20.3, 70.1), box(20.4, 70, 20.5, 70.1)])
    shapes = np.array([farm, None, other, Point(10, 52), farm], dtype=object)
    stated = np.array([10.01, 10, 20.01, 11, 9.9]), np.array([52.01, 52, 70.01, 52, 52.05])
    far = far_from_stated_position(shapes, centroids(shapes), stated, area_m2(shapes))
    assert far.tolist() == [False, False, False, True, True]


def test_flags_stand_in_one_order() -> None:
    found = {"incomplete": np.array([True, False, True]), "repaired": np.array([True, False, False])}
    assert flag_lists(found) == [["repaired", "incomplete"], [], ["incomplete"]]


@pytest.mark.parametrize("table", [FLAGS, REASONS], ids=["flags", "reasons"])
def test_the_page_of_flags_defines_each_flag_and_reason_as_the_code_does(table: dict[str, str]) -> None:
    assert [name for name, meaning in table.items() if f"| `{name}` | {meaning} |" not in PAGE] == []
