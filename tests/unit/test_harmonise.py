import datetime as dt
import json
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyproj
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from loaders.catalog import Dataset
from loaders.errors import AccountingError
from loaders.harmonise import harmonise, json_rows, record_ids
from loaders.reading import Published

SHAPES: list[shapely.Geometry | None] = [box(10, 50, 10.01, 50.01), Point(11, 51), LineString([(0, 0), (1, 1)]), None]
ID_COLUMN = {"columns": {"source_id": "id"}}


def _published(
    shapes: Sequence[shapely.Geometry | None], name: str = "f.geojson", crs: str = "EPSG:4326", **columns: Any
) -> Published:
    wkb = np.array([*(None if shape is None else shapely.to_wkb(shape) for shape in shapes), None], dtype=object)[:-1]
    return Published(name, pa.table(columns or {"n": list(range(len(shapes)))}), wkb, pyproj.CRS.from_user_input(crs))


def _records(
    published: Published | Sequence[Published], dataset: Dataset, *, synthetic: bool = False
) -> gpd.GeoDataFrame:
    files = [published] if isinstance(published, Published) else published
    return harmonise(files, dataset, 8, is_synthetic=synthetic)


def _first(published: Published, dataset: Dataset) -> dict[str, Any]:
    row: dict[str, Any] = _records(published, dataset).iloc[0].to_dict()
    return row


def test_each_published_row_is_one_record_kept_or_rejected(dataset: Callable[..., Dataset]) -> None:
    records = _records(_published(SHAPES), dataset())
    assert records["source_row"].tolist() == [1, 2, 3, 4]
    assert records["reason"].fillna("").tolist() == ["", "", "neither_polygon_nor_point", "null_geometry"]
    assert records["geometry_kind"].fillna("").tolist() == ["polygon", "point", "", ""]


def test_a_rejected_shape_is_kept_as_published_and_a_kept_one_is_not_kept_twice(
    dataset: Callable[..., Dataset],
) -> None:
    records = _records(_published(SHAPES), dataset())
    assert [value is None for value in records["published_wkb"]] == [True, True, False, True]
    assert shapely.from_wkb(records["published_wkb"][2]).equals(SHAPES[2])


def test_quantities_are_in_square_metres_and_megawatt(dataset: Callable[..., Dataset]) -> None:
    farms = dataset(
        columns={
            "area": {"column": "ha", "unit": "ha"},
            "capacity": {"column": "kw", "unit": "kWp"},
            "installed": "year",
        }
    )
    record = _first(_published(SHAPES[:1], ha=[1.5], kw=[2500], year=["<2016-06-01"]), farms)
    assert (record["source_area_m2"], record["capacity_mw"], record["capacity_basis"]) == (15_000, 2.5, "dc")
    assert (record["installed_from"], record["installed_to"]) == (None, dt.date(2016, 5, 31))


def test_an_unknown_capacity_has_no_basis_and_a_capacity_of_zero_has_one(dataset: Callable[..., Dataset]) -> None:
    farms = dataset(columns={"capacity": {"column": "mw", "unit": "MW", "basis": "ac", "null_values": [-9999]}})
    records = _records(_published(SHAPES[:2] * 2, mw=[-9999, 0, 1, None]), farms)
    assert [None if math.isnan(value) else value for value in records["capacity_mw"]] == [None, 0, 1, None]
    assert records["capacity_basis"].fillna("").tolist() == ["", "ac", "ac", ""]


def test_a_record_knows_where_it_is_and_whose_it_is(dataset: Callable[..., Dataset]) -> None:
    farms = dataset(source={"doi": "10.5281/zenodo.1"}, licence="ODbL-1.0", licence_verified=True)
    record = _first(_published([Point(-122.0553238, 37.3615593)], name="a.zip/x.shp"), farms)
    assert (record["centroid_lon"], record["centroid_lat"]) == (-122.0553238, 37.3615593)
    # the resolution 8 cell in the published example's 85283473fffffff
    assert record["h3_cell"].startswith("8828347")
    assert (record["dataset_key"], record["source_file"]) == ("farms", "a.zip/x.shp")
    assert (record["doi"], record["licence"], record["licence_verified"]) == ("10.5281/zenodo.1", "ODbL-1.0", True)


def test_a_repaired_record_is_flagged_and_tells_the_area_before(dataset: Callable[..., Dataset]) -> None:
    bow_tie = Polygon([(0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01)])
    records = _records(_published([bow_tie, box(0, 0, 0.01, 0.01)]), dataset())
    assert records["quality_flags"].tolist() == [["repaired"], []]
    # two triangles of a quarter each: half of the square
    assert records["area_m2"][0] / records["area_m2"][1] == pytest.approx(0.5, rel=1e-5)
    assert records["unrepaired_area_m2"].isna().tolist() == [False, True]


def test_rows_count_anew_in_each_file_and_ids_do_not(dataset: Callable[..., Dataset]) -> None:
    early, late = (_published(SHAPES[:2], name=f"{year}.shp") for year in (2015, 2020))
    records = _records([early, late], dataset())
    assert records["source_row"].tolist() == [1, 2, 1, 2]
    assert records["source_file"].tolist() == ["2015.shp", "2015.shp", "2020.shp", "2020.shp"]
    assert records["record_id"].is_unique


def test_files_of_different_crs_meet_in_one(dataset: Callable[..., Dataset]) -> None:
    degrees = _published([Point(10, 52)])
    metres = _published([Point(4_321_000, 3_210_000)], crs="EPSG:3035")
    records = _records([degrees, metres], dataset())
    assert records.crs.to_epsg() == 4326
    assert records.geometry[0].distance(records.geometry[1]) < 1e-6


@pytest.mark.parametrize("columns", [{}, ID_COLUMN], ids=["without ids", "with ids"])
def test_a_shuffled_file_gives_the_same_record_ids(dataset: Callable[..., Dataset], columns: dict[str, Any]) -> None:
    rows = [(box(step, 0, step + 0.5, 1), f"n{step % 7}") for step in range(20)] + [(Point(1, 2), None)] * 3
    shuffled = random.Random(1).sample(rows, len(rows))  # noqa: S311
    before, after = (
        _records(_published([shape for shape, _ in order], id=[name for _, name in order]), dataset(**columns))
        for order in (rows, shuffled)
    )
    assert set(before["record_id"]) == set(after["record_id"])
    assert before["record_id"].is_unique
    assert not before["record_id"].equals(after["record_id"])


def test_a_record_that_is_added_does_not_rename_the_others(dataset: Callable[..., Dataset]) -> None:
    shapes = [box(step, 0, step + 0.5, 1) for step in range(3)]
    before = _records(_published(shapes[:2], id=["a", "b"]), dataset(**ID_COLUMN))
    after = _records(_published(shapes, id=["a", "b", "c"]), dataset(**ID_COLUMN))
    assert set(before["record_id"]) == {"farms:a", "farms:b"}
    assert set(before["record_id"]) < set(after["record_id"])


def test_a_record_without_an_id_is_called_by_its_shape_and_one_without_a_shape_by_its_attributes(
    dataset: Callable[..., Dataset],
) -> None:
    records = _records(
        _published([*SHAPES[:2], None, None], id=["1", None, None, None], n=[1, 2, 3, 4]), dataset(**ID_COLUMN)
    )
    assert records["record_id"][0] == "farms:1"
    assert records["record_id"][1:].str.fullmatch(r"farms:g-[0-9a-f]{16}").all()
    assert records["record_id"].is_unique


def test_what_shares_an_id_is_told_apart_by_its_shape_then_by_order() -> None:
    ids = record_ids(
        "k", ["a", "a", "a", "b", None, None], ["1" * 64, "2" * 64, "2" * 64, "1" * 64, "3" * 64, "3" * 64]
    )
    hashed = "k:g-3333333333333333"
    assert ids == ["k:a~11111111", "k:a~22222222", "k:a~22222222.2", "k:b", hashed, f"{hashed}.2"]


def test_attributes_are_the_published_values_as_json() -> None:
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int64()),
            "share": [0.1, math.nan],
            "day": ["2016-06-01", ""],
            "name": ['Łódź "x"', None],
            "raw": [b"\xff\x00", None],
            "on": [True, False],
            "made": [dt.date(2016, 6, 1), None],
        }
    )
    rows = [json.loads(row) for row in json_rows(table)]
    assert rows == [
        {
            "n": 1,
            "share": 0.1,
            "day": "2016-06-01",
            "name": 'Łódź "x"',
            "raw": "ff00",
            "on": True,
            "made": "2016-06-01",
        },
        {"n": None, "share": None, "day": "", "name": None, "raw": None, "on": False, "made": None},
    ]
    assert "Łódź" in json_rows(table)[0]


def test_not_a_number_is_null_however_deep_it_stands() -> None:
    (row,) = json_rows(pa.table({"list": [[1.0, math.nan]], "struct": [{"x": math.inf}]}))
    assert "NaN" not in row
    assert "Infinity" not in row


def test_rows_without_columns_are_empty_objects(dataset: Callable[..., Dataset]) -> None:
    table = pa.table({"n": [1, 2]}).drop_columns(["n"])
    assert json_rows(table) == ["{}", "{}"]


def test_a_file_of_no_features_is_refused_by_name(dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(AccountingError, match=r"no record can be used: there is none in f\.geojson"):
        _records(_published([], id=pa.array([], pa.string())), dataset(**ID_COLUMN))
