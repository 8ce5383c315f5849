from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from loaders.report.map.land import land

WAVES = [(10, 50 + step / 1000 + 0.004 * (step % 2)) for step in range(0, 1000, 5)]  # a border with small waves
WEST = shapely.Polygon([(9, 50), *WAVES, (10, 51), (9, 51)])
EAST = shapely.Polygon([(11, 51), (10, 51), *reversed(WAVES), (11, 50)])


def row(number: int, subtype: str, code: str, name: str | None, shape: shapely.Geometry) -> dict[str, Any]:
    return {
        "boundary_id": f"b{number}",
        "subtype": subtype,
        "country": code[:2],
        "region": code if subtype == "region" else None,
        "name": name,
        "geometry": shapely.to_wkb(shape),
    }


def test_neighbours_keep_their_common_border_and_have_fewer_corners(tmp_path: Path) -> None:
    rows = [row(2, "country", "EE", "East\nland", EAST), row(1, "country", "WW", None, WEST)]
    rows.append(row(3, "region", "WW-A", "Part", shapely.box(9, 50, 9.5, 51)))
    rows.append(row(4, "county", "WW-A", "Left out", shapely.box(9, 50, 9.1, 51)))
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "boundaries.parquet")
    features = land(tmp_path / "boundaries.parquet")["features"]
    assert [each["properties"] for each in features] == [
        {"kind": "country", "code": "WW", "name": ""},
        {"kind": "country", "code": "EE", "name": "East land"},
        {"kind": "region", "code": "WW-A", "name": "Part"},
    ]
    west, east = (shapely.geometry.shape(each["geometry"]) for each in features[:2])
    assert shapely.get_num_coordinates(west) < len(WAVES) / 4
    assert shapely.area(shapely.intersection(west, east)) == 0
    assert shapely.area(shapely.union(west, east)) == 2


def test_without_boundaries_there_is_no_land(tmp_path: Path) -> None:
    assert land(tmp_path / "none.parquet") == {"type": "FeatureCollection", "features": []}
