import math
import struct
from typing import Any

import h3ronpy
import numpy as np
import pyproj
import pytest
import shapely
import shapely.affinity
from shapely import GeometryCollection, LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from loaders.geo import shape_complexity
from loaders.geo.geometry import (
    LONLAT,
    Accuracy,
    accuracy,
    area_m2,
    centroids,
    geometry_hashes,
    h3_cells,
    missing_grid,
)
from loaders.harmonise.shapes.repair import HarmonisedShapes, harmonise_shapes

GEOD = pyproj.Geod(ellps="WGS84")
NAN, INF = math.nan, math.inf
UNIT = [(0, 0), (1, 0), (1, 1), (0, 1)]
AWAY = [(2, 2), (3, 2), (3, 3), (2, 3)]
INSIDE = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)]
# of Eckert IV at the equator, 90° from its meridian: https://proj.org/operations/projections/eck4.html
ECKERT_IV_X = 4 / math.sqrt(4 * math.pi + math.pi**2) * 6_378_137 * math.pi / 2
MULTI_HEAD = struct.pack("<bII", 1, 6, 2)  # a multipolygon of two parts
TWO_VERTICES_WKB = struct.pack("<BIII4d", 1, 3, 1, 2, 0, 0, 1, 1)
OPEN_RING_WKB = struct.pack("<BIII8d", 1, 3, 1, 4, 0, 0, 1, 0, 1, 1, 0, 1)
NAN_FIRST_WKB = struct.pack("<BIII8d", 1, 3, 1, 4, NAN, NAN, 1, 0, 1, 1, NAN, NAN)
# a half circle below and above the x axis, from (0, 0) to (2, 0)
CURVE_WKB = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII10d", 1, 8, 5, 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)


def _harmonise(*shapes: shapely.Geometry | bytes | None, crs: str = "EPSG:4326") -> HarmonisedShapes:
    wkb = [shapely.to_wkb(shape) if isinstance(shape, shapely.Geometry) else shape for shape in shapes]
    return harmonise_shapes(np.array([*wkb, None], dtype=object)[:-1], pyproj.CRS.from_user_input(crs))


def _only(shape: shapely.Geometry, crs: str = "EPSG:4326") -> Any:
    return _harmonise(shape, crs=crs).shapes[0]


def _metres_apart(found: Any, lon: float, lat: float) -> float:
    return float(GEOD.inv(found.x, found.y, lon, lat)[2])


def star(corners: int) -> Polygon:
    """A ring of which each edge crosses all but two others; the number of corners is odd."""
    turns = 2 * np.pi * np.arange(corners) * (corners // 2) / corners
    return Polygon(np.column_stack((10 + np.cos(turns) / 10, 50 + np.sin(turns) / 10)))


def strips(count: int) -> MultiPolygon:
    """So many strips from west to east, and as many from south to north across them."""
    at = np.arange(count) / count
    lying, standing = [box(0, x, 1, x + 0.5 / count) for x in at], [box(x, 0, x + 0.5 / count, 1) for x in at]
    return MultiPolygon([*lying, *standing])


NESTED_HEAD = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00"
SQUARE_WKB = shapely.to_wkb(box(10, 50, 11, 51))

REJECTED: dict[str, tuple[shapely.Geometry | bytes | None, str]] = {
    "no shape": (None, "null_geometry"),
    "an empty polygon": (Polygon(), "empty_geometry"),
    "an empty point": (Point(), "empty_geometry"),
    "bytes that are no shape": (b"abc", "unreadable_geometry"),
    "a ring of two vertices": (TWO_VERTICES_WKB, "too_few_points"),
    "parts of which none is a ring": (MULTI_HEAD + 2 * TWO_VERTICES_WKB, "too_few_points"),
    "parts that end too early": (MULTI_HEAD + TWO_VERTICES_WKB, "unreadable_geometry"),
    "a ring there and back": (Polygon([(0, 0), (1, 1), (0, 0)]), "no_area"),
    "a valid ring around a square millimetre": (box(10, 50, 10 + 1e-8, 50 + 1e-8), "no_area"),
    "a line": (LineString([(0, 0), (1, 1)]), "neither_polygon_nor_point"),
    "several points": (MultiPoint([(0, 0), (1, 1)]), "neither_polygon_nor_point"),
    "a collection without polygons": (
        GeometryCollection([LineString([(0, 0), (1, 1)])]),
        "neither_polygon_nor_point",
    ),
    "east of the world": (Point(181, 0), "outside_the_world"),
    "north of the world": (box(99, 89, 100, 91), "outside_the_world"),
    "a position as (lat, lon)": (Point(37.4, -122.1), "swapped_axes"),
    "an outline as (lat, lon)": (box(23.5, 90.2, 23.6, 90.3), "swapped_axes"),
    "metres called degrees": (box(530000, 178000, 530100, 178100), "outside_the_world"),
    "a point half unknown": (Point(5, NAN), "outside_the_world"),
    "an infinite point": (Point(INF, 5), "outside_the_world"),
    "an infinite vertex": (Polygon([(0, 0), (1, 0), (INF, 1)]), "outside_the_world"),
    "an unknown first vertex": (NAN_FIRST_WKB, "unreadable_geometry"),
    "collections in one another, a stack deep": (NESTED_HEAD * 100_000 + SQUARE_WKB, "unreadable_geometry"),
    "such ones, cut short": (NESTED_HEAD * 100_000, "unreadable_geometry"),
    "such ones, in the other byte order": (b"\x00\x00\x00\x00\x06\x00\x00\x00\x01" * 100_000, "unreadable_geometry"),
    "such ones, behind a point of no byte order": (
        b"\x01\x07\x00\x00\x00\x02\x00\x00\x00" + b"\x02\x01\x00\x00\x00" + bytes(16) + NESTED_HEAD * 100_000,
        "unreadable_geometry",
    ),
    "a ring that crosses itself 200,000 times": (star(701), "too_complex_to_repair"),
    "strips across strips, 640,000 crossings": (strips(400), "too_complex_to_repair"),
}


@pytest.mark.parametrize("case", REJECTED)
def test_a_shape_that_cannot_be_used_is_rejected_for_this_reason(case: str) -> None:
    shape, reason = REJECTED[case]
    found = _harmonise(shape, Point(1, 2))
    assert (found.reason.tolist(), found.kind.tolist()) == ([reason, None], [None, "point"])
    assert found.shapes[0] is None


@pytest.mark.parametrize("vertex", [(1, NAN), (NAN, 1), (NAN, NAN)])
def test_a_polygon_with_an_unknown_vertex_is_rejected_not_drawn_without_it(vertex: tuple[float, float]) -> None:
    found = _harmonise(Polygon([(0, 0), (1, 0), vertex, (0, 1)]))
    assert (found.shapes[0], found.reason[0] is None) == (None, False)


HALF_DISCS_M2 = math.pi * 1000**2
DISC = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII10d", 1, 8, 5, 0, 0, 1000, 1000, 2000, 0, 1000, -1000, 0, 0)
COMPOUND = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 9, 2)
COMPOUND += struct.pack("<BII6d", 1, 8, 3, 0, 0, 1000, 1000, 2000, 0) + struct.pack("<BII4d", 1, 2, 2, 2000, 0, 0, 0)
SQUARE_M = box(5000, 0, 6000, 1000)
TRIANGLES = [Polygon([(0, 0), (1000, 0), (1000, 1000)]), Polygon([(0, 0), (1000, 1000), (0, 1000)])]


def _multi(code: int, *parts: bytes) -> bytes:
    return struct.pack("<BII", 1, code, len(parts)) + b"".join(parts)


def _as_triangle(polygon: Polygon) -> bytes:
    return bytes([1, 17]) + bytes(shapely.to_wkb(polygon)[2:])


CURVES: dict[str, tuple[bytes, float, bool]] = {  # area [m²] on the plane, and whether arcs are in it
    "a disc": (DISC, HALF_DISCS_M2, True),
    "a half disc, of an arc and a line": (COMPOUND, HALF_DISCS_M2 / 2, True),
    "a surface of a disc and a square": (_multi(12, DISC, shapely.to_wkb(SQUARE_M)), HALF_DISCS_M2 + 1e6, True),
    "a surface of squares alone": (_multi(12, shapely.to_wkb(SQUARE_M)), 1e6, False),
    "a collection with a disc": (_multi(7, _multi(7, DISC), shapely.to_wkb(SQUARE_M)), HALF_DISCS_M2 + 1e6, True),
    "a triangle": (_as_triangle(TRIANGLES[0]), 0.5e6, False),
    "a net of triangles": (_multi(16, *map(_as_triangle, TRIANGLES)), 1e6, False),
    "a polyhedral surface": (_multi(15, *map(shapely.to_wkb, TRIANGLES)), 1e6, False),
    "a collection with a net": (_multi(7, _multi(16, *map(_as_triangle, TRIANGLES))), 1e6, False),
}


@pytest.mark.parametrize("case", CURVES)
def test_curves_and_surfaces_are_drawn_and_arcs_are_flagged(case: str) -> None:
    wkb, expected_m2, has_arcs = CURVES[case]
    found = _harmonise(wkb, SQUARE_M, b"abc", crs="EPSG:6933")
    assert found.reason.tolist() == [None, None, "unreadable_geometry"]
    assert area_m2(found.shapes)[0] == pytest.approx(expected_m2, rel=0.002)
    assert found.linearised.tolist() == [has_arcs, False, False]


def test_heights_and_measures_of_a_curve_do_not_move_it() -> None:
    xy = struct.unpack_from("<10d", DISC, 18)
    xyzm = [number for x, y in zip(xy[::2], xy[1::2], strict=True) for number in (x, y, 7.0, 8.0)]
    wkb = struct.pack("<BII", 1, 3010, 1) + struct.pack("<BII20d", 1, 3008, 5, *xyzm)
    assert area_m2(_harmonise(wkb, crs="EPSG:6933").shapes)[0] == pytest.approx(HALF_DISCS_M2, rel=0.002)


def test_a_broken_curve_is_rejected_and_the_others_are_drawn() -> None:
    two_positions = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII4d", 1, 8, 2, 0, 0, 1000, 1000)
    nested = _multi(7, DISC)
    for _ in range(2000):
        nested = _multi(7, nested)
    deep = _multi(7, CURVE_WKB)
    for _ in range(150):
        deep = _multi(7, deep)
    found = _harmonise(two_positions, CURVE_WKB, CURVE_WKB[:-3], nested, deep, _multi(7, two_positions))
    assert [reason is None for reason in found.reason] == [False, True, False, False, False, False]


def test_polygons_in_nested_collections_are_kept_as_deep_as_can_be_read() -> None:
    assert _harmonise(NESTED_HEAD * 99 + SQUARE_WKB).shapes[0].equals(box(10, 50, 11, 51))


def test_a_ring_that_crosses_itself_thousands_of_times_is_still_repaired() -> None:
    found = _harmonise(star(125))
    assert (found.reason[0], bool(found.repaired[0])) == (None, True)
    assert found.shapes[0].is_valid


def test_a_valid_ring_of_many_corners_is_not_too_complex() -> None:
    turns = np.linspace(0, 2 * np.pi, 200_001)[:-1]
    found = _harmonise(Polygon(np.column_stack((10 + np.cos(turns) / 10, 50 + np.sin(turns) / 10))))
    assert (found.reason[0], bool(found.repaired[0])) == (None, False)


def test_a_crossing_far_away_in_a_long_ring_is_repaired() -> None:
    turns = np.linspace(0, 2 * np.pi, 5_001)[:-1]
    corners = np.column_stack((10 + np.cos(turns) / 10, 50 + np.sin(turns) / 10))
    corners[[4_000, 4_001]] = corners[[4_001, 4_000]]
    found = _harmonise(Polygon(corners))
    assert (found.reason[0], bool(found.repaired[0])) == (None, True)


def comb(teeth: int, *, lying: bool) -> Polygon:
    """As many thin teeth as this, standing side by side or lying on one another."""
    at = np.repeat(np.arange(teeth) / teeth, 4) + np.tile([0, 0, 0.4, 0.4], teeth) / teeth
    high = np.tile([0.01, 1, 1, 0.01], teeth)
    corners = np.vstack(([(0, 0)], np.column_stack((at, high)), [(1, 0.01), (1, 0)]))
    return Polygon(corners[:, ::-1] if lying else corners)


def test_outlines_that_cross_too_often_are_not_intersected() -> None:
    standing, lying = comb(400, lying=False), comb(400, lying=True)
    assert (standing.is_valid, lying.is_valid) == (True, True)
    aside = shapely.affinity.translate(standing, 2)
    pairs = (np.array([standing, standing, comb(100, lying=False)]), np.array([lying, aside, comb(100, lying=True)]))
    assert shape_complexity.cross_too_often(*pairs).tolist() == [True, False, False]


def test_holes_times_corners_of_the_shell_are_bounded() -> None:
    holes = [box(10.1 + step / 100, 50.1, 10.105 + step / 100, 50.2).exterior for step in range(50)]
    shape = Polygon(box(10, 50, 11, 51).segmentize(1e-5).exterior, holes)
    corners = shapely.get_num_coordinates(shape.exterior)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shape_complexity, "MOST_CHECKS", 50 * corners)
        assert _harmonise(shape).reason.tolist() == [None]
        patch.setattr(shape_complexity, "MOST_CHECKS", 50 * corners - 1)
        assert _harmonise(shape).reason.tolist() == ["too_complex_to_repair"]


def test_no_shapes_at_all_are_no_records() -> None:
    assert len(_harmonise().shapes) == 0


def test_a_valid_polygon_is_passed_on_vertex_by_vertex() -> None:
    found = _harmonise(Polygon(UNIT, [INSIDE]))
    assert shapely.equals_identical(found.shapes[0], Polygon(UNIT, [INSIDE]))
    assert (found.repaired.tolist(), np.isnan(found.unrepaired_area_m2).tolist()) == ([False], [True])


@pytest.mark.parametrize("hole", [AWAY, AWAY[::-1]], ids=["wound left", "wound right"])
def test_a_hole_outside_its_shell_is_removed_not_filled(hole: list[tuple[float, float]]) -> None:
    found = _harmonise(Polygon(UNIT, [hole]))
    assert found.repaired.tolist() == [True]
    assert found.shapes[0].equals(Polygon(UNIT))


def test_a_hole_outside_its_shell_does_not_close_the_one_inside() -> None:
    assert _only(Polygon(UNIT, [INSIDE, AWAY])).equals(Polygon(UNIT, [INSIDE]))


def test_a_hole_across_its_shell_takes_away_only_what_it_shares() -> None:
    across = Polygon(UNIT, [[(0.5, 0.25), (1.5, 0.25), (1.5, 0.75), (0.5, 0.75)]])
    assert _only(across).area == pytest.approx(1 - 0.5 * 0.5)


def test_a_bow_tie_becomes_its_two_triangles() -> None:
    found = _harmonise(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
    triangles = MultiPolygon([Polygon([(0, 0), (0.5, 0.5), (0, 1)]), Polygon([(1, 0), (1, 1), (0.5, 0.5)])])
    assert found.shapes[0].equals(triangles)
    assert (found.kind[0], found.repaired[0], found.unrepaired_area_m2[0]) == ("polygon", True, 0.0)


def test_overlapping_parts_merge_and_the_area_before_counts_them_twice() -> None:
    found = _harmonise(MultiPolygon([box(0, 0, 0.2, 0.1), box(0.1, 0, 0.3, 0.1)]))
    assert found.shapes[0].equals(box(0, 0, 0.3, 0.1))
    assert found.unrepaired_area_m2[0] / area_m2(found.shapes)[0] == pytest.approx(4 / 3)


def test_heights_are_dropped() -> None:
    found = _harmonise(Point(1, 2, 300), shapely.from_wkt("POLYGON Z ((0 0 9, 1 0 9, 1 1 9, 0 0 9))"))
    assert [shape.wkt for shape in found.shapes] == ["POINT (1 2)", "POLYGON ((0 0, 1 0, 1 1, 0 0))"]


def test_a_multipoint_of_one_is_a_point() -> None:
    assert _only(MultiPoint([(1, 2)])).wkt == "POINT (1 2)"


@pytest.mark.parametrize(
    "collection",
    [
        GeometryCollection([LineString([(0, 0), (9, 9)]), box(2, 2, 3, 3), MultiPolygon([box(0, 0, 1, 1)])]),
        GeometryCollection([GeometryCollection([box(0, 0, 1, 1)]), box(2, 2, 3, 3)]),
    ],
    ids=["beside a line", "in a collection of its own"],
)
def test_each_polygon_of_a_collection_is_kept(collection: GeometryCollection) -> None:
    assert _only(collection).equals(MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]))


# EPSG guidance note 7-2 (ETRS89-LAEA), the definition of ESRI:102003, NAD83 = WGS 84 to about a metre
@pytest.mark.parametrize(
    ("crs", "x", "y", "lon", "lat"),
    [
        ("EPSG:3035", 3_962_799.45, 2_999_718.85, 5.0, 50.0),
        ("EPSG:3035", 4_321_000, 3_210_000, 10.0, 52.0),
        ("ESRI:54012", ECKERT_IV_X, 0, 90, 0),
        ("ESRI:102003", 0, 0, -96.0, 37.5),
        ("EPSG:4269", -120.0, 37.0, -120.0, 37.0),
        ("EPSG:4258", 8.0, 50.0, 8.0, 50.0),
        ("EPSG:32631", 500_000, 0, 3.0, 0.0),
        ("EPSG:3857", 20_037_508.342789244 / 2, 0, 90.0, 0.0),
        ("OGC:CRS84", 8.0, 50.0, 8.0, 50.0),
    ],
)
def test_a_position_arrives_within_a_metre(crs: str, x: float, y: float, lon: float, lat: float) -> None:
    assert _metres_apart(_only(Point(x, y), crs), lon, lat) < 1


def test_the_british_grid_arrives_within_three_metres() -> None:
    # TP11 of the Ordnance Survey's OSTN15 test points; without that grid, which is not bundled, PROJ is 2 m off
    assert _metres_apart(_only(Point(530_624.974, 178_388.464), "EPSG:27700"), -0.11992557180, 51.48936564950) < 3


def test_vertices_are_transformed_one_by_one() -> None:
    found = _only(box(4_321_000, 3_210_000, 4_322_000, 3_211_000), "EPSG:3035")
    west, south, _, _ = found.bounds
    assert (west, south) == (pytest.approx(10, abs=1e-3), pytest.approx(52, abs=1e-3))
    assert abs(GEOD.geometry_area_perimeter(found)[0]) == pytest.approx(1e6, rel=1e-3)


@pytest.mark.parametrize("lat", [0, 52, 70, -52])
def test_the_area_is_the_geodesic_one_within_a_thousandth(lat: float) -> None:
    shape = box(10, lat, 10.01, lat + 0.005)
    assert area_m2(np.array([shape]))[0] == pytest.approx(abs(GEOD.geometry_area_perimeter(shape)[0]), rel=1e-3)


def test_a_hole_does_not_count_as_area() -> None:
    whole, pierced = area_m2(np.array([box(0, 0, 0.01, 0.01), Polygon(box(0, 0, 0.01, 0.01).exterior.coords)]))
    hole = Polygon([(0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01)], [[(0, 0), (0.005, 0), (0.005, 0.01), (0, 0.01)]])
    assert whole == pierced
    assert area_m2(np.array([hole]))[0] == pytest.approx(whole / 2, rel=1e-6)


def test_a_point_has_no_area_and_not_the_area_zero() -> None:
    assert np.isnan(area_m2(np.array([Point(1, 2), None], dtype=object))).all()


def test_the_centroid_of_a_box_is_its_middle() -> None:
    lon, lat = centroids(np.array([box(10, 50, 10.02, 50.01), None], dtype=object))
    assert (lon[0], lat[0]) == (10.01, 50.005)
    assert np.isnan([lon[1], lat[1]]).all()


def test_the_centroid_of_neighbours_across_the_antimeridian_lies_beside_it() -> None:
    fiji = MultiPolygon([box(179.9, -17, 180, -16.9), box(-180, -17, -179.9, -16.9)])
    assert abs(centroids(np.array([fiji], dtype=object))[0][0]) > 179.8


FIJI = [(179.9, -17), (-179.9, -17), (-179.9, -16.9), (179.9, -16.9)]  # uncut, it would go around the world
BEYOND = [(lon % 360, lat) for lon, lat in FIJI]
HOLE = [(179.95, -16.98), (180.05, -16.98), (180.05, -16.92), (179.95, -16.92)]
CROSSING = {
    "jumps": Polygon(FIJI),
    "goes on beyond": Polygon(BEYOND),
    "begins before": Polygon([(lon - 360, lat) for lon, lat in BEYOND]),
    "winds the other way": Polygon(FIJI[::-1]),
    "has a hole": Polygon(BEYOND, [HOLE]),
}


@pytest.mark.parametrize("case", CROSSING)
def test_an_outline_that_crosses_the_antimeridian_is_cut_there(case: str) -> None:
    found = _harmonise(CROSSING[case])
    elsewhere = shapely.transform(Polygon(BEYOND, [HOLE] if "hole" in case else []), lambda xy: xy - [90, 0])
    assert found.cut_at_antimeridian.tolist() == [True]
    assert found.shapes[0].geom_type == "MultiPolygon"
    assert shapely.bounds(found.shapes)[0].tolist() == [-180, -17, 180, -16.9]
    assert area_m2(found.shapes)[0] == pytest.approx(area_m2(np.array([elsewhere], dtype=object))[0], rel=1e-9)
    assert abs(centroids(found.shapes)[0][0]) > 179.99


def test_an_outline_that_crosses_the_antimeridian_in_metres_is_cut_too() -> None:
    # a Mercator map of the Pacific, which has the antimeridian in its middle
    to_metres = pyproj.Transformer.from_crs(4326, 3832, always_xy=True)
    (west, south), (east, north) = to_metres.transform(179.95, -17), to_metres.transform(-179.95, -16.9)
    found = _harmonise(box(west, south, east, north), crs="EPSG:3832")
    assert found.cut_at_antimeridian.tolist() == [True]
    assert shapely.bounds(found.shapes)[0] == pytest.approx([-180, -17, 180, -16.9])


def test_what_is_cut_already_and_what_touches_the_antimeridian_stay_as_they_are() -> None:
    fiji = MultiPolygon([box(179.9, -17, 180, -16.9), box(-180, -17, -179.9, -16.9)])
    found = _harmonise(fiji, box(179.9, -17, 180, -16.9), box(-180, -17, -179.9, -16.9))
    assert found.cut_at_antimeridian.tolist() == [False, False, False]
    assert found.reason.tolist() == [None, None, None]


def test_a_ring_around_the_world_is_rejected() -> None:
    around = Polygon([(-170, 0), (-60, 1), (60, 1), (170, 0), (60, -1), (-60, -1)])
    assert _harmonise(around).reason.tolist() == ["wraps_around_the_world"]


def test_an_invalid_outline_across_the_antimeridian_is_repaired_and_cut() -> None:
    bow_tie = Polygon([(179.9, -17), (-179.9, -16.9), (-179.9, -17), (179.9, -16.9)])
    found = _harmonise(bow_tie)
    assert (found.repaired.tolist(), found.cut_at_antimeridian.tolist()) == ([True], [True])
    assert found.shapes[0].is_valid
    assert area_m2(found.shapes)[0] == pytest.approx(area_m2(_harmonise(Polygon(FIJI)).shapes)[0] / 2, rel=1e-3)


def test_a_ring_that_does_not_close_is_closed_and_counts_as_repaired() -> None:
    found = _harmonise(OPEN_RING_WKB)
    assert (found.repaired.tolist(), found.repair_changed_area.tolist()) == ([True], [False])
    assert found.shapes[0].equals(shapely.from_wkb(OPEN_RING_WKB, on_invalid="fix"))


@pytest.mark.parametrize("z", [False, True])
def test_a_part_of_too_few_corners_is_left_out_and_the_others_stay(z: bool) -> None:
    good = shapely.to_wkb(shapely.force_3d(box(0, 0, 1, 1)) if z else box(0, 0, 1, 1), flavor="iso")
    line = struct.pack("<bIII4d", 1, 3, 1, 2, 5.0, 5.0, 6.0, 6.0)
    found = _harmonise(MULTI_HEAD + good + line)
    assert (found.reason.tolist(), found.incomplete.tolist()) == ([None], [True])
    assert found.shapes[0].equals(box(0, 0, 1, 1))


def test_what_is_inside_the_extent_only_with_its_axes_swapped_is_rejected() -> None:
    germany = (5.8, 47.2, 15.1, 55.1)
    shapes = [Point(10, 50), Point(50, 10), Point(100, 20)]
    wkb = np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object)
    found = harmonise_shapes(wkb, LONLAT, extent=germany)
    assert found.reason.tolist() == [None, "swapped_axes", None]
    assert found.outside_extent.tolist() == [False, False, True]


@pytest.mark.parametrize(
    "shape",
    [
        Polygon([(179.9, -17), (-179.95, -17), (-179.95, -16.9), (179.9, -16.9)]),
        box(179.9, -17, 180.05, -16.9),
        MultiPolygon([box(179.9, -17, 180, -16.9), box(-180, -17, -179.95, -16.9)]),
    ],
    ids=["jumps", "goes on beyond", "is cut already"],
)
def test_what_crosses_the_antimeridian_is_inside_of_an_extent_that_holds_its_centroid(shape: shapely.Geometry) -> None:
    wkb = np.array([shapely.to_wkb(shape)], dtype=object)
    for extent, outside in (((176, -20, 180, -12), False), ((-180, -20, -176, -12), True), ((-5, -20, 5, 0), True)):
        assert harmonise_shapes(wkb, LONLAT, extent=extent).outside_extent.tolist() == [outside]


def test_a_ring_of_three_positions_has_too_few_points_and_is_left_out_of_a_larger_shape() -> None:
    back = struct.pack("<BIII6d", 1, 3, 1, 3, 5, 5, 6, 6, 5, 5)
    found = _harmonise(back, MULTI_HEAD + shapely.to_wkb(box(0, 0, 1, 1)) + back)
    assert found.reason.tolist() == ["too_few_points", None]
    assert (found.incomplete.tolist(), found.repaired.tolist()) == ([False, True], [False, False])
    assert found.shapes[1].equals(box(0, 0, 1, 1))


def test_what_is_not_wanted_is_rejected_unseen() -> None:
    wkb = np.array([b"abc", shapely.to_wkb(Point(1, 2))], dtype=object)
    assert harmonise_shapes(wkb, LONLAT, is_selected=np.array([False, True])).reason.tolist() == ["filtered_out", None]


def test_a_repair_that_changes_the_area_by_more_than_5_percent_is_told() -> None:
    spike = Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 1.2), (0.5, 1), (0, 1)])
    bow_tie = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    found = _harmonise(spike, bow_tie, box(0, 0, 1, 1))
    assert found.repaired.tolist() == [True, True, False]
    assert found.repair_changed_area.tolist() == [False, True, False]


@pytest.mark.parametrize("latitude", [0.0, 52.0, 70.0, -33.0])
@pytest.mark.parametrize("size_m", [50, 1_000, 10_000])
@pytest.mark.parametrize("corners", [UNIT, [(0, 0), (2, 0), (2, 1), (1, 1), (1, 3), (0, 3)]], ids=["square", "L"])
def test_areas_are_those_of_geodesics_within_a_thousandth(
    latitude: float, size_m: int, corners: list[tuple[float, float]]
) -> None:
    degree_m = GEOD.inv(10, latitude, 10, latitude + 0.01)[2] * 100, GEOD.inv(10, latitude, 10.01, latitude)[2] * 100
    ring = [(10 + x * size_m / degree_m[1], latitude + y * size_m / degree_m[0]) for x, y in corners]
    expected = abs(GEOD.geometry_area_perimeter(Polygon(ring))[0])
    assert area_m2(np.array([Polygon(ring)], dtype=object))[0] == pytest.approx(expected, rel=1e-3)


def test_the_same_shape_has_the_same_hash_wherever_its_corners_begin() -> None:
    square = Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])
    again = Polygon([(1, 1), (1, 0), (0, 0), (0, 1)])
    one, two, other, point, none = geometry_hashes(np.array([square, again, box(0, 0, 1, 2), Point(0, 0), None]))
    assert one == two
    assert len({one, other, point}) == 3
    assert none is None


@pytest.mark.parametrize("latitude", [0, 52, 70])
def test_a_square_of_twenty_kilometres_with_a_hole_has_its_geodesic_area(latitude: float) -> None:
    north, east = GEOD.fwd(10, latitude, 0, 20_000)[1], GEOD.fwd(10, latitude, 90, 20_000)[0]
    square, hole = box(10, latitude, east, north), box(10.01, latitude + 0.01, 10.05, latitude + 0.05)
    geodesic = [abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in (square, hole)]
    pierced = Polygon(square.exterior, [hole.exterior])
    assert area_m2(np.array([pierced]))[0] == pytest.approx(geodesic[0] - geodesic[1], rel=1e-4)


def test_outlines_two_degrees_wide_have_their_geodesic_area_within_five_ten_thousandths() -> None:
    # Edges are straight lines in (lon, lat), as RFC 7946 has it, which geodesics are not. That makes 0.02 % along
    # parallels, 0.04 % along a diagonal; 0.11 % of an L of 40 km by 60 km at 70°, and as much of a strip 5° long there.
    for latitude in (0, 52, 70):
        for shape in (
            box(10, latitude, 12, latitude + 2),
            box(10, latitude, 12, latitude + 0.1),
            Polygon([(10, latitude), (12, latitude + 2), (12, latitude + 2.02), (10, latitude + 0.02)]),
        ):
            geodesic = abs(GEOD.geometry_area_perimeter(shape)[0])
            assert area_m2(np.array([shape]))[0] == pytest.approx(geodesic, rel=5e-4)


def test_an_area_is_the_same_across_the_antimeridian_and_away_from_it() -> None:
    here, across = box(10, 52, 10.2, 52.1), box(179.9, 52, 180.1, 52.1)
    parts = MultiPolygon([box(179.9, 52, 180.1, 52.1), box(-0.1, 52, 0.1, 52.1)])
    areas = area_m2(np.array([here, across, parts], dtype=object))
    assert areas[1:] == pytest.approx([areas[0], 2 * areas[0]], rel=1e-9)


def test_holes_larger_than_their_shell_do_not_make_the_area_negative() -> None:
    found = _harmonise(Polygon(UNIT, [[(2, 2), (5, 2), (5, 5), (2, 5)]]))
    assert found.shapes[0].equals(Polygon(UNIT))
    assert (found.unrepaired_area_m2.tolist(), found.repair_changed_area.tolist()) == ([0.0], [True])


def test_the_centroid_of_parts_all_over_the_world_does_not_tear_the_one_at_greenwich() -> None:
    parts = MultiPolygon([box(-0.1, 0, 0.1, 0.1), box(160, 0, 160.2, 0.1), box(-60, 0, -59.8, 0.1)])
    assert centroids(np.array([parts], dtype=object))[0][0] == pytest.approx((0 + 160.1 - 59.9) / 3)


def test_a_zero_with_a_minus_and_a_collection_of_one_do_not_make_another_shape() -> None:
    hashes = geometry_hashes(np.array([box(0, 0, 1, 1), box(-0.0, -0.0, 1, 1), MultiPolygon([box(0, 0, 1, 1)])]))
    assert len(set(hashes)) == 1


def test_the_order_of_parts_does_not_change_the_hash_and_a_moved_corner_does() -> None:
    one, two = box(0, 0, 1, 1), box(2, 2, 3, 3)
    same, also, other = geometry_hashes(
        np.array([MultiPolygon([one, two]), MultiPolygon([two, one]), MultiPolygon([one, box(2, 2, 3, 3.0000001)])])
    )
    assert same == also != other
    assert len(same) == 16


# https://epsg.org: NAD83 to WGS 84 (1) is 1188, ETRS89 to WGS 84 (1) is 1149; Eckert IV is on WGS 84 itself
@pytest.mark.parametrize(
    ("crs", "metres"),
    [
        ("EPSG:4326", 0),
        ("OGC:CRS84", 0),
        ("ESRI:54012", 0),
        ("EPSG:4269", 4),
        ("ESRI:102003", 4),
        ("EPSG:3035", 1),
    ],
)
def test_the_accuracy_of_a_transformation_is_the_registered_one(crs: str, metres: float) -> None:
    assert accuracy(pyproj.CRS.from_user_input(crs)) == Accuracy(metres, None)


def test_without_its_grid_the_british_grid_is_two_metres_off() -> None:
    found = accuracy(pyproj.CRS.from_epsg(27700))
    assert (found.metres, found.missing_grid) in {(2.0, "uk_os_OSTN15_NTv2_OSGBtoETRS.tif"), (1.0, None)}


def test_the_stated_accuracy_is_that_of_the_transformation_in_use() -> None:
    british = pyproj.CRS.from_epsg(27700)
    used = pyproj.Transformer.from_crs(british, LONLAT, always_xy=True)
    used.transform(530_624.974, 178_388.464)
    assert used.get_last_used_operation().accuracy == accuracy(british).metres


def test_an_unregistered_datum_has_no_known_accuracy() -> None:
    assert accuracy(pyproj.CRS.from_proj4("+proj=longlat +ellps=bessel +type=crs")).metres is None


def test_a_grid_that_the_best_transformation_lacks_is_named() -> None:
    assert missing_grid(LONLAT) is None
    assert missing_grid(pyproj.CRS.from_epsg(3035)) is None
    named = missing_grid(pyproj.CRS.from_epsg(27700))
    assert named is None or "OSTN15" in named  # None where somebody has installed it


def test_the_cell_of_the_published_example_is_found() -> None:
    # https://h3geo.org/docs/quickstart: 37.3615593, -122.0553238 is 85283473fffffff at resolution 5
    assert h3_cells(np.array([-122.0553238]), np.array([37.3615593]), 5).tolist() == ["85283473fffffff"]


def test_the_centre_of_a_cell_is_near_its_position_and_an_unknown_position_has_none() -> None:
    cells = h3_cells(np.array([10.0, NAN]), np.array([52.0, 52.0]), 8)
    centre = h3ronpy.cells_parse([cells[0]])
    found = h3ronpy.vector.cells_to_coordinates(centre)
    assert GEOD.inv(found["lng"][0].as_py(), found["lat"][0].as_py(), 10, 52)[2] < 700
    assert cells[1] is None


def test_the_cell_of_a_position_at_the_antimeridian_is_the_same_from_both_sides() -> None:
    assert len(set(h3_cells(np.array([180.0, -180.0]), np.array([-17.0, -17.0]), 8))) == 1
