"""A project whose published tables hold five installations that can be checked by hand, and what reads its map."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyogrio
import shapely
import yaml
from pyogrio._ogr import _register_drivers

from benchmarks.report_world import contracts
from loaders.acquire.lock import Lock, LockedFile, Record, write_lock
from loaders.core.escape import sql_name
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.harmonise.readers.vector.gdal import restrict_gdal
from loaders.report.map.tile_packs import NUMBER
from loaders.report.web.script_files import read_script_file
from loaders.warehouse.curated_files import export_curated

DATASETS = [f"world_{number:02}_2024" for number in range(34)]
HOSTILE = '</script><img src=x onerror=alert(1)>"\u2028\\ ü'
ACROSS = "MULTIPOLYGON(((179.99 -17,180 -17,180 -16.99,179.99 -16.99,179.99 -17)),\
((-180 -17,-179.995 -17,-179.995 -16.99,-180 -16.99,-180 -17)))"
HOLED = "POLYGON((10 50,10.01 50,10.01 50.01,10 50.01,10 50),(10.004 50.004,10.004 50.006,10.006 50.006,10.004 50.004))"
LARGE = "POLYGON((20 10,20.3 10,20.3 10.2,20 10.2,20 10))"
TINY = "POLYGON((20 40,20.00005 40,20.00005 40.00005,20 40.00005,20 40))"
POINT = "POINT(-60 -10)"
SHAPES = {"pv_across": ACROSS, "pv_holed": HOLED, "pv_large": LARGE, "pv_point": POINT, "pv_tiny": TINY}
COUNTRIES = {"pv_across": "FJ", "pv_holed": "DE", "pv_point": "BR"}
CENTROIDS = {"pv_across": (179.9975, -16.995), "pv_large": (20.15, 10.1), "pv_point": (-60.0, -10.0)}
RECORDS = {  # dataset and source id → installation
    **{(key, f"{key}/1"): "pv_large" for key in DATASETS},
    (DATASETS[0], "7"): "pv_across",
    (DATASETS[1], "7"): "pv_holed",
    (DATASETS[0], "8"): "pv_point",
    (DATASETS[33], "9"): "pv_tiny",
    (DATASETS[2], "10"): None,
}
PAIRS = [
    (f"{DATASETS[0]}:{DATASETS[0]}/1", f"{DATASETS[1]}:{DATASETS[1]}/1", "pv_large", "pv_large", True, 0.87654321),
    (f"{DATASETS[0]}:{DATASETS[0]}/1", f"{DATASETS[0]}:8", "pv_large", "pv_point", False, None),
]
COMMON = {
    "status": "operating", "technology": "pv", "mounting": "unknown", "h3_cell": "88", "licence": "CC-BY-4.0",
    "licence_verified": True, "is_synthetic": False, "quality_flags": [],
}  # fmt: skip


def write_project(root: Path) -> ProjectPaths:
    """Write settings, locks and published tables."""
    datasets = {
        key: {"source": {"path": f"{key}.geojson"}, "columns": {"source_id": "id"}, "licence": "CC-BY-4.0"}
        for key in DATASETS
    }
    datasets[DATASETS[0]]["alias"] = "first"
    (root / "params.yaml").write_text(yaml.safe_dump({"origin": "doi", "datasets": datasets}))
    paths = ProjectPaths(root, "doi")
    record = Record("zenodo", "1", title="A\ntitle", version="v2", url="https://zenodo.org/records/1")
    write_lock(
        Lock(DATASETS[0], "doi", {}, (LockedFile("a.geojson", 1, f"md5:{0:032}"),), record), paths.lock(DATASETS[0])
    )
    paths.home.mkdir(parents=True, exist_ok=True)
    with connect(paths.database) as connection:
        _create_tables(connection)
        export_curated(connection, paths.curated)
    return paths


YIELD = {"panel_capacity_mw": 12.345, "energy_mwh": 20_000.0, "is_upper_bound": True}


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA curated")
    rows = {
        "installations": [_installation(name) for name in SHAPES],
        "records": [_record(key, source_id, name) for (key, source_id), name in RECORDS.items()],
        "yield": [{"installation_id": "pv_large", "irradiance_cell": "83", **YIELD, **COMMON}],
        "pairs": [_pair(*pair) for pair in PAIRS],
        "dataset_summary": [{"dataset_key": key, "doi": "10.5281/zenodo.1", **COMMON} for key in DATASETS],
    }
    for name, columns in contracts().items():
        kept = rows.get(name.removeprefix("curated_pv_"))
        if kept is not None:
            types = ", ".join(f"{sql_name(column)} {kind}" for column, kind in columns.items())
            connection.execute(f"CREATE TABLE curated.{name} ({types})")
            for row in kept:
                _insert(connection, name, {column: value for column, value in row.items() if column in columns})


def _insert(connection: duckdb.DuckDBPyConnection, name: str, row: dict[str, Any]) -> None:
    values = ["ST_GeomFromText(?)" if column == "geometry" else "?" for column in row]
    columns = ", ".join(map(sql_name, row))
    connection.execute(f"INSERT INTO curated.{name} ({columns}) VALUES ({', '.join(values)})", list(row.values()))  # noqa: S608


def _place(shape: str) -> dict[str, Any]:
    centroid = shapely.from_wkt(shape).centroid
    return {
        "geometry": shape,
        "geometry_kind": "point" if shape.startswith("POINT") else "polygon",
        "centroid_lon": centroid.x,
        "centroid_lat": centroid.y,
    }


def _installation(name: str) -> dict[str, Any]:
    keys = sorted({key for (key, _), owner in RECORDS.items() if owner == name})
    place = _place(SHAPES[name])
    if name in CENTROIDS:
        place["centroid_lon"], place["centroid_lat"] = CENTROIDS[name]
    return COMMON | place | {
        "installation_id": name,
        "name": HOSTILE if name == "pv_holed" else None,
        "geometry_dataset": keys[0],
        "area_m2": 123.456 if name != "pv_point" else None,
        "capacity_mw": 10.5 if name == "pv_large" else None,
        "installed_to": "2019-08-31" if name == "pv_large" else None,
        "country": COUNTRIES.get(name),
        "h3_cell_5": "85",
        "record_ids": [f"{key}:{source_id}" for (key, source_id), owner in RECORDS.items() if owner == name],
        "dataset_keys": keys,
        "dataset_count": len(keys),
        "independent_inventories": len(keys),
        "confidence": "high" if len(keys) > 1 else "low",
        "licence_kind": "permissive",
        "licences": ["CC-BY-4.0"],
    }  # fmt: skip


def _record(key: str, source_id: str, name: str | None) -> dict[str, Any]:
    place = _place(SHAPES[name or "pv_point"])
    if name in CENTROIDS:
        place["centroid_lon"], place["centroid_lat"] = CENTROIDS[name]
    return COMMON | place | {
        "dataset_key": key,
        "record_id": f"{key}:{source_id}",
        "installation_id": name,
        "left_out": None if name else "status rejected",
        "source_id": source_id,
        "source_file": "a.geojson",
        "source_row": 1,
        "source_attributes": "{}",
    }  # fmt: skip


def _pair(*values: Any) -> dict[str, Any]:
    a, b, one, other, is_joined, iou = values
    return {
        "record_id_a": a, "record_id_b": b, "dataset_key_a": a.partition(":")[0], "dataset_key_b": b.partition(":")[0],
        "installation_id_a": one, "installation_id_b": other, "is_joined": is_joined, "iou": iou,
        "reason": "overlap" if is_joined else "too far apart", "pair_kind": "outlines", "centroid_distance_m": 1.0,
        "is_synthetic": False,
    }  # fmt: skip


def content(folder: Path, name: str) -> bytes:
    """A file of the map."""
    return read_script_file(folder / f"{name}.js")


def document(folder: Path, name: str) -> Any:
    """A JSON file of the map."""
    return json.loads(content(folder, name))


def numbers(folder: Path, name: str, kind: str) -> list[Any]:
    """A file of numbers."""
    values: list[Any] = np.frombuffer(content(folder, name), kind).tolist()
    return values


def column(folder: Path, name: str, kind: str) -> list[Any]:
    """A column of the map."""
    return numbers(folder, f"columns/{name}", kind)


def read_tiles(folder: Path) -> dict[tuple[int, int, int], bytes]:
    """The tiles by zoom, x and y, as `tile_packs` describes their files."""
    tiles = {}
    for pack, first in enumerate(numbers(folder, "tiles/index", "<u4")):
        packed = content(folder, f"tiles/{pack}")
        (count,) = np.frombuffer(packed, NUMBER, 1).tolist()
        own = np.frombuffer(packed, NUMBER, count, 4).tolist()
        offsets = np.frombuffer(packed, NUMBER, count + 1, 4 + 4 * count).tolist()
        body = packed[4 * (2 + 2 * count) :]
        assert own[0] == first
        assert own == sorted(own)
        for number, start, end in zip(own, offsets, offsets[1:], strict=False):
            tiles[_place_of(number)] = body[start:end]
    return tiles


def _place_of(number: int) -> tuple[int, int, int]:
    level = next(level for level in range(20) if number < ((1 << 2 * level + 2) - 1) // 3)
    code = number - ((1 << 2 * level) - 1) // 3
    x, y = (sum((code >> 2 * bit + shift & 1) << bit for bit in range(level)) for shift in (0, 1))
    return level, x, y


def features(tiles: dict[tuple[int, int, int], bytes], layer: str, zoom: int) -> list[dict[str, Any]]:
    """The features of a layer at a zoom as GDAL reads them, with the tile of each; geometries in EPSG:3857."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        for (level, x, y), tile in sorted(tiles.items()):
            path = Path(name, str(level), str(x), f"{y}.pbf")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tile)
            if level != zoom:
                continue
            with _all_drivers():
                if layer in pyogrio.list_layers(path)[:, 0]:
                    frame = pyogrio.read_dataframe(path, layer=layer)
                    rows += [row | {"tile": (x, y)} for row in frame.to_dict("records")]
    return rows


@contextmanager
def _all_drivers() -> Iterator[None]:
    """GDAL with its reader of tiles, which the readers of published files take from it."""
    pyogrio.set_gdal_config_options({"GDAL_SKIP": None})
    _register_drivers()
    try:
        yield
    finally:
        restrict_gdal()
