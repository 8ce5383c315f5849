from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from loaders.report.map.ragged import Ragged
from loaders.report.map.tile_geometry import LARGEST_TILES, Zoom, reach
from loaders.report.map.tile_layers import tile_numbers
from loaders.report.map.tile_packs import PACK_BYTES, TilePacks
from loaders.report.map.vector_tile import varints, zigzag
from loaders.report.map.world import SIDE, outlines, world_xy
from tests.unit.report.map.made_world import DATASETS, features, read_tiles

Tiles = dict[tuple[int, int, int], bytes]
POINT, LARGE, TINY, HOLED, ACROSS = range(5)


@pytest.fixture(scope="module")
def tiles(map_folder: Path) -> Tiles:
    return read_tiles(map_folder)


def of(rows: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [row for row in rows if row["i"] == number]


@pytest.mark.parametrize(
    ("layer", "zooms"), [("points", (7, 8, 9)), ("outlines", (10, 11, 12, 13)), ("sources", (13,))]
)
def test_every_installation_is_at_every_zoom_of_a_layer(tiles: Tiles, layer: str, zooms: tuple[int, ...]) -> None:
    for zoom in zooms:
        assert {row["i"] for row in features(tiles, layer, zoom)} == {POINT, LARGE, TINY, HOLED, ACROSS}


def test_points_are_once_and_where_they_lie(tiles: Tiles) -> None:
    rows = features(tiles, "points", 9)
    assert [row["i"] for row in rows] == [POINT, HOLED, TINY, LARGE, ACROSS]
    x, y = rows[0]["geometry"].x, rows[0]["geometry"].y
    assert (round(x, -3), round(y, -3)) == (-6679000, -1119000)  # -60° and -10° in EPSG:3857


def test_properties_are_those_of_the_columns_and_unknown_ones_are_left_out(tiles: Tiles) -> None:
    (large,) = of(features(tiles, "points", 7), LARGE)
    texts = "," + ",".join(map(str, range(34))) + ","
    expected = {"mvt_id": 1, "i": 1, "c": 0, "s": 0, "l": 0, "q": 2, "n": 34, "y": 2019, "m": 123, "d": texts}
    assert {name: large[name] for name in expected} == expected
    assert round(large["w"], 3) == 12.345
    (point,) = of(features(tiles, "points", 7), POINT)
    assert "w" not in point
    assert "m" not in point
    assert "y" not in point


def test_outline_on_the_antimeridian_is_in_the_tiles_of_both_sides(tiles: Tiles) -> None:
    rows = of(features(tiles, "outlines", 13), ACROSS)
    assert [row["tile"] for row in rows] == [(0, 4488), (8191, 4488)]
    assert [row["geometry"].geom_type for row in rows] == ["Polygon", "Polygon"]
    west, east = (row["geometry"].area for row in rows)
    assert east / west == pytest.approx(2, rel=0.01)


def test_hole_stays_open(tiles: Tiles) -> None:
    whole = shapely.union_all([row["geometry"] for row in of(features(tiles, "outlines", 12), HOLED)])
    assert len(shapely.get_rings(whole)) == 2
    assert whole.area == pytest.approx(1.8895e6, rel=0.002)


def test_small_outline_is_a_point_until_it_has_two_pixels(tiles: Tiles) -> None:
    assert [row["geometry"].geom_type for row in of(features(tiles, "outlines", 13), TINY)] == ["Point"]


def test_outline_larger_than_tiles_is_cut_to_them(tiles: Tiles) -> None:
    rows = of(features(tiles, "outlines", 13), LARGE)
    assert len({row["tile"] for row in rows}) == len(rows) == 7 * 6
    areas = shapely.area(np.array([row["geometry"] for row in rows]))
    side = 2 * 20037508.342789244 / 2**13
    assert areas.max() == pytest.approx(side**2, rel=0.001)
    assert areas.sum() == pytest.approx(33396 * 22609, rel=0.002)  # 0.3° by 0.2° at 10° N [m]


def test_sources_are_records_with_their_dataset(tiles: Tiles) -> None:
    rows = features(tiles, "sources", 13)
    inside = [row for row in of(rows, LARGE) if row["tile"] == (4553, 3864)]
    assert [row["d"] for row in inside] == list(range(34))
    assert inside[33]["r"] == f"{DATASETS[33]}:{DATASETS[33]}/1"
    assert [row["r"] for row in of(rows, POINT)] == [f"{DATASETS[0]}:8"]


def test_outline_that_covers_too_many_tiles_is_in_none() -> None:
    shapes = np.array([shapely.box(0, 0, 60, 60), shapely.box(0, 0, 0.01, 0.01)], dtype=np.object_)
    pieces = outlines(shapes, np.array([4, 5]))
    found = reach(pieces, np.arange(2), Zoom(13, 8192))
    assert LARGEST_TILES < 60 / 360 * 8192 * (60 / 360 * 8192)
    assert set(found.feature.tolist()) == {5}


def test_world_ends_at_its_edges() -> None:
    x, y = world_xy(np.array([-180.0, 180.0, 0.0]), np.array([89.0, -89.0, 0.0]))
    assert x.tolist() == [0, SIDE - 1, SIDE // 2]
    assert y.tolist() == [0, SIDE - 1, SIDE // 2]


def test_numbers_of_tiles_are_in_z_order_after_those_of_lower_zooms() -> None:
    assert tile_numbers(np.array([0]), np.array([0]), 0).tolist() == [0]
    assert tile_numbers(np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1]), 1).tolist() == [1, 2, 3, 4]
    assert tile_numbers(np.array([3, 4095]), np.array([0, 4095]), 12).tolist() == [5592410, 5592405 + 4**12 - 1]


def test_varints_have_seven_bits_a_byte() -> None:
    encoded = varints(Ragged.of(np.array([0, 127, 128, 300, 2**32 - 1], np.uint32), np.array([2, 1, 2])))
    assert encoded.values.tobytes().hex(" ") == "00 7f 80 01 ac 02 ff ff ff ff 0f"
    assert encoded.offsets.tolist() == [0, 2, 4, 11]
    assert zigzag(np.array([0, -1, 1, -2, 8191])).tolist() == [0, 1, 2, 3, 16382]


def test_packs_are_cut_when_they_are_full_whatever_pieces_they_come_in() -> None:
    rows = Ragged.of(np.arange(3 * PACK_BYTES // 2, dtype=np.int64).astype(np.uint8), np.full(6, PACK_BYTES // 4))
    whole: dict[str, bytes] = {}
    packs = TilePacks(whole.__setitem__)
    packs.add(np.arange(10, 16), rows)
    packs.close()
    single: dict[str, bytes] = {}
    packs = TilePacks(single.__setitem__)
    for row in range(6):
        packs.add(np.array([10 + row]), rows.take(np.array([row])))
    packs.close()
    assert single == whole
    assert sorted(whole) == ["map/tiles/0", "map/tiles/1", "map/tiles/index"]
    assert np.frombuffer(whole["map/tiles/index"], "<u4").tolist() == [10, 14]
