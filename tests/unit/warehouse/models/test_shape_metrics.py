"""Rectangles around outlines, against geodesics."""

import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely
from hamilton import driver

from loaders.core.arrays import Numbers
from loaders.warehouse.models import shape_metrics

WGS84 = pyproj.Geod(ellps="WGS84")
LONG_M, WIDE_M = 800.0, 300.0  # of the field that the tests draw


def field(lon: float, lat: float, azimuth_deg: float) -> shapely.Polygon:
    """A rectangle on the ellipsoid, its longer side in a direction, drawn by geodesics."""
    corners = [(lon, lat)]
    for turn, length_m in ((0, LONG_M), (90, WIDE_M), (180, LONG_M)):
        (lon, lat) = WGS84.fwd(*corners[-1], azimuth_deg + turn, length_m)[:2]
        corners.append((lon, lat))
    return shapely.Polygon(corners)


def measured(*shapes: shapely.Geometry) -> dict[str, Numbers]:
    """The columns of the graph's end."""
    rows = pa.table({"record_id": [str(n) for n in range(len(shapes))], "wkb": shapely.to_wkb(np.array(shapes))})
    graph = driver.Builder().with_modules(shape_metrics).build()
    table = graph.execute(["shape_metrics"], inputs={"outline_rows": rows})["shape_metrics"]
    found = {name: table[name].to_numpy() for name in table.column_names}
    return found | {"geometry": shapely.from_wkb(found["geometry"])}


@pytest.mark.parametrize("lat", [-75.0, -33.9, 0.0, 52.5, 80.0])
@pytest.mark.parametrize("azimuth_deg", [0.0, 31.0, 90.0, 145.0])
def test_a_field_is_as_long_and_lies_as_it_was_drawn(lat: float, azimuth_deg: float) -> None:
    found = measured(field(13.0, lat, azimuth_deg))
    assert found["length_m"] == pytest.approx(LONG_M, rel=1e-3)
    assert found["width_m"] == pytest.approx(WIDE_M, rel=2e-3)
    turned = (found["axis_azimuth_deg"][0] - azimuth_deg + 90) % 180 - 90
    assert abs(turned) < 0.3
    square_side = np.pi * LONG_M * WIDE_M / (LONG_M + WIDE_M) ** 2
    assert found["compactness"] == pytest.approx(square_side, rel=1e-3)


def test_the_rectangle_covers_the_outline_where_it_lies() -> None:
    outline = field(-70.0, -24.0, 20.0)
    (rectangle,) = measured(outline)["geometry"]
    assert rectangle.buffer(1e-6).covers(outline)
    assert rectangle.area == pytest.approx(outline.area, rel=1e-3)


def test_a_circle_is_as_compact_as_can_be_and_a_sliver_is_not() -> None:
    circle, sliver = shapely.Point(0, 0).buffer(0.001, 64), shapely.box(1, 0, 1.01, 1e-7)
    assert measured(circle, sliver)["compactness"] == pytest.approx([1.0, 0.0], abs=0.01)


def test_a_circle_of_a_million_corners_is_no_more_compact_than_a_circle() -> None:
    turns = 2 * np.pi * np.arange(2**20) / 2**20
    circle = shapely.Polygon(1000 * np.column_stack((np.cos(turns), np.sin(turns))))
    assert shape_metrics.compactness(np.array([circle])) == [1.0]


def test_an_outline_as_thin_as_a_line_has_a_width_of_nearly_nothing() -> None:
    found = measured(shapely.Polygon([(0, 0), (0.01, 1e-14), (0.01, 2e-14)]), shapely.box(5, 5, 5.001, 5.001))
    assert found["width_m"][0] < 1e-6
    assert found["length_m"] == pytest.approx([1113.2, 110.9], rel=1e-3)


def test_parts_of_an_outline_lie_in_one_rectangle() -> None:
    parts = shapely.union_all([shapely.box(0, 0, 0.001, 0.001), shapely.box(0.003, 0, 0.004, 0.001)])
    assert measured(parts)["length_m"] == pytest.approx(4 * 111.32, rel=1e-3)
