import datetime as dt
import gc
import hashlib
import json
import math
import random
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from loaders.contract import Provenance
from loaders.core.errors import ReadError, SettingsError
from loaders.harmonise.batches import harmonise, record_graph
from loaders.harmonise.readers.published_file import PublishedBatch
from loaders.harmonise.record_ids import identify_records
from loaders.harmonise.source_attributes import json_rows
from loaders.harmonise.write import to_arrow
from loaders.settings.params import Dataset

SHAPES: list[shapely.Geometry | None] = [box(10, 50, 10.01, 50.01), Point(11, 51), LineString([(0, 0), (1, 1)]), None]
ID_COLUMN = {"columns": {"source_id": "id"}}


def _published(
    shapes: Sequence[shapely.Geometry | None], name: str = "f.geojson", crs: str = "EPSG:4326", **columns: Any
) -> PublishedBatch:
    wkb = np.array([*(None if shape is None else shapely.to_wkb(shape) for shape in shapes), None], dtype=object)[:-1]
    return PublishedBatch(
        name, pa.table(columns or {"n": list(range(len(shapes)))}), wkb, pyproj.CRS.from_user_input(crs)
    )


def _records(published: PublishedBatch | Sequence[PublishedBatch], dataset: Dataset) -> gpd.GeoDataFrame:
    """The canonical records, with the identifiers that all of them together give."""
    batches = [published] if isinstance(published, PublishedBatch) else published
    frames = list(harmonise(batches, dataset, Provenance(dataset.source.doi, is_synthetic=False), 8))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "unnamed.parquet")
        pq.write_table(pa.concat_tables(to_arrow(frame) for frame in frames), path)
        names = [name for part in identify_records(path, dataset.key) for name in part["record_id"].to_pylist()]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True).assign(record_id=names), crs=4326)


def _first(published: PublishedBatch, dataset: Dataset) -> dict[str, Any]:
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


def test_a_record_states_name_operator_and_shared_identifiers(dataset: Callable[..., Dataset]) -> None:
    identifiers = {"eia_plant": {"column": "eia", "null_values": [-9999]}, "uspvdb_case": "case"}
    farms = dataset(columns={"name": ["site", "osm"], "operator": "owner", "identifiers": identifiers})
    rows: dict[str, Any] = {"site": [None, " "], "osm": ["Park\nFarm", None], "owner": ["Acme", None]}
    records = _records(_published(SHAPES[:2], **rows, eia=[60058.0, -9999.0], case=[4, None]), farms)
    table = to_arrow(records).select(["name", "operator", "identifiers"])
    assert table.to_pylist() == [
        {
            "name": "Park Farm",
            "operator": "Acme",
            "identifiers": [("eia_plant", "60058"), ("uspvdb_case", "4")],
        },
        {"name": None, "operator": None, "identifiers": None},
    ]


def test_a_record_states_status_technology_and_mounting(dataset: Callable[..., Dataset]) -> None:
    status = {"column": "status", "operating": ["Built"], "planned": ["Idea"]}
    farms = dataset(columns={"status": status, "technology": {"constant": "pv"}}, where={"n": [1, 2]})
    table = to_arrow(_records(_published(SHAPES[:2] + SHAPES[:1], n=[1, 2, 3], status=["built", None, "x"]), farms))
    assert table.select(["status", "technology", "mounting"]).to_pylist() == [
        {"status": "operating", "technology": "pv", "mounting": "unknown"},
        {"status": "unknown", "technology": "pv", "mounting": "unknown"},
        {"status": "unknown", "technology": "pv", "mounting": "unknown"},  # `where` excludes it
    ]


def test_a_status_that_no_list_holds_stops_the_load(dataset: Callable[..., Dataset]) -> None:
    batches = [_published(SHAPES[:1], status=["Built"]), _published(SHAPES[:1], status=["Gone"])]
    with pytest.raises(ReadError, match=r"farms: column 'status' holds values .* not list: 'Gone' \(1\)"):
        _records(batches, dataset(columns={"status": {"column": "status", "operating": ["Built"]}}))


def test_conditions_that_no_row_meets_together_are_answered_with_the_values(dataset: Callable[..., Dataset]) -> None:
    rows: dict[str, Any] = {"fuel": ["Solar", "Wind", "Wind"], "built": ["no", "yes", "yes"]}
    with pytest.raises(ReadError) as refused:
        _records(_published(SHAPES[:2] + SHAPES[:1], **rows), dataset(where={"fuel": "Solar", "built": "yes"}))
    assert str(refused.value) == (
        "farms: no record meets all conditions of where: 'fuel' holds 'Wind' (2), 'Solar' (1); 'built' holds 'yes' "
        "(2), 'no' (1). Correct datasets.farms.where in params.yaml, or select another file in source."
    )


def test_an_unknown_capacity_has_no_basis_and_a_capacity_of_zero_has_one(dataset: Callable[..., Dataset]) -> None:
    farms = dataset(columns={"capacity": {"column": "mw", "unit": "MW", "basis": "ac", "null_values": [-9999]}})
    records = _records(_published(SHAPES[:2] * 2, mw=[-9999, 0, 1, None]), farms)
    assert [None if math.isnan(value) else value for value in records["capacity_mw"]] == [None, 0, 1, None]
    assert records["capacity_basis"].fillna("").tolist() == ["", "ac", "ac", ""]


def test_a_misspelt_inventory_of_shared_identifiers_is_an_error(dataset: Callable[..., Dataset]) -> None:
    column = {"column": "native", "where": {"origin": "USPVD"}}
    rows = _published(SHAPES[:2], native=["7", "8"], origin=["USPVDB", "OSM"])
    with pytest.raises(
        ReadError, match=r"'USPVD': no record has it; .* datasets\.farms\.columns\.identifiers\.uspvdb_case"
    ):
        _records(rows, dataset(columns={"identifiers": {"uspvdb_case": column}}))


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
    assert records["quality_flags"].tolist() == [["repaired", "repair_changed_area"], []]
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


def test_what_shares_an_id_is_told_apart_by_its_shape_then_by_order(dataset: Callable[..., Dataset]) -> None:
    one, two, three = (box(step, 0, step + 0.5, 1) for step in range(3))
    ids = ["a", "a", "a", "b", None, None]
    records = _records(_published([one, two, two, one, three, three], id=ids), dataset(**ID_COLUMN))
    first, second, third = (hashlib.sha256(shapely.to_wkb(shape)).hexdigest() for shape in (one, two, three))
    hashed = f"farms:g-{third[:16]}"
    assert records["record_id"].tolist() == [
        f"farms:a~{first[:8]}",
        f"farms:a~{second[:8]}",
        f"farms:a~{second[:8]}.2",
        "farms:b",
        hashed,
        f"{hashed}.2",
    ]


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


def test_not_a_number_is_null_in_a_map_too() -> None:
    table = pa.table({"m": pa.array([[("a", math.nan)]], pa.map_(pa.string(), pa.float64()))})
    assert json_rows(table) == ['{"m": [["a", null]]}']


@pytest.mark.parametrize(
    "day",
    [pa.array([10_000_000], pa.date32()), pa.array([0], pa.timestamp("us", "Mars/Base"))],
    ids=["too late", "on Mars"],
)
def test_a_date_that_cannot_be_written_is_refused(day: pa.Array, dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(ReadError, match=r"column 'day' holds a date beyond the year 9999.*f\.geojson"):
        _records(_published(SHAPES[:1], n=pa.array([1]), day=day), dataset())


def test_rows_without_columns_are_empty_objects(dataset: Callable[..., Dataset]) -> None:
    table = pa.table({"n": [1, 2]}).drop_columns(["n"])
    assert json_rows(table) == ["{}", "{}"]


def test_rows_that_the_filter_does_not_want_are_rejected_and_need_not_be_understood(
    dataset: Callable[..., Dataset],
) -> None:
    farms = dataset(where={"fuel": ["Solar"]}, columns={"capacity": {"column": "mw", "unit": "MW"}})
    records = _records(_published(SHAPES[:2], fuel=["Wind", " Solar "], mw=["many", "5"]), farms)
    assert records["reason"].fillna("").tolist() == ["filtered_out", ""]
    assert records["capacity_mw"].tolist()[1] == 5
    assert json.loads(records["source_attributes"][0]) == {"fuel": "Wind", "mw": "many"}


def test_a_wanted_value_that_no_record_has_is_refused_with_those_that_there_are(
    dataset: Callable[..., Dataset],
) -> None:
    batches = [_published(SHAPES[:1], fuel=[name]) for name in ("Hydro", "Solar")]
    assert len(_records(batches, dataset(where={"fuel": ["Solar"]}))) == 2
    with pytest.raises(ReadError, match=r"'solar'.*'Solar'"):
        _records(batches, dataset(where={"fuel": ["solar"]}))


def test_a_stated_position_far_from_the_shape_is_flagged(dataset: Callable[..., Dataset]) -> None:
    farms = dataset(columns={"position": {"longitude": "lon", "latitude": "lat"}})
    records = _records(_published([SHAPES[0]] * 3, lon=[10.005, 10.5, None], lat=[50.005, 50.0, None]), farms)
    assert records["quality_flags"].tolist() == [[], ["far_from_stated_position"], []]


def test_a_stated_area_that_disagrees_and_an_impossible_power_density_are_flagged(
    dataset: Callable[..., Dataset],
) -> None:
    farms = dataset(
        columns={"area": {"column": "a", "unit": "km2"}, "capacity": {"column": "mw", "unit": "MW", "basis": "ac"}}
    )
    # the box encloses about 0.8 km2: 40 MW are plausible, 4,000 are not
    records = _records(_published([SHAPES[0]] * 2, a=[0.8, 2.0], mw=[40, 4000]), farms)
    assert records["quality_flags"].tolist() == [[], ["stated_area_disagrees", "implausible_power_density"]]


def test_the_year_in_the_file_name_dates_the_installations_of_china() -> None:
    source = {"doi": "10.6084/m9.figshare.25347880"}
    china = Dataset.model_validate({"key": "chn_med_res_pv_2024", "source": source})
    records = _records([_published(SHAPES[:1], name=f"x_{year}.zip/pv_{year}.shp") for year in (2015, 2020)], china)
    assert records["installed_to"].tolist() == [dt.date(2015, 12, 31), dt.date(2020, 12, 31)]
    assert records["installed_from"].isna().all()
    with pytest.raises(ReadError, match=r"one year in it, found pv\.shp"):
        _records(_published(SHAPES[:1], name="pv.shp"), china)


@pytest.fixture
def quirk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the dataset `farms` a module of its own."""

    def define(**nodes: Callable[..., Any]) -> None:
        module = ModuleType("loaders.datasets.farms")
        for name, node in nodes.items():
            node.__module__, node.__name__ = module.__name__, name
            setattr(module, name, node)
        module.__spec__ = ModuleSpec(module.__name__, None)
        monkeypatch.setitem(sys.modules, module.__name__, module)

    return define


def test_a_batch_is_freed_before_the_next_one_is_read(dataset: Callable[..., Dataset]) -> None:
    alive: list[weakref.ref[gpd.GeoDataFrame]] = []
    held: list[bool] = []

    def published() -> Iterator[PublishedBatch]:
        for _ in range(3):
            held.append(any(frame() is not None for frame in alive[:-1]))  # the last one is the reader's
            yield _published(SHAPES[:1])

    gc.collect()
    thresholds = gc.get_threshold()
    gc.set_threshold(10_000_000)  # by itself, Python would look for cycles later
    try:
        for frame in harmonise(published(), dataset(), Provenance(None, is_synthetic=False), 8):
            alive.append(weakref.ref(frame))
    finally:
        gc.set_threshold(*thresholds)
    assert held == [False, False, False]


def test_a_node_that_breaks_the_contract_is_named_with_its_column(
    quirk: Callable[..., None], dataset: Callable[..., Dataset]
) -> None:
    def capacity_mw(published: PublishedBatch) -> pd.Series:
        return pd.Series([-5.0] * len(published.wkb))

    quirk(capacity_mw=capacity_mw)
    with pytest.raises(ReadError, match=r"break the contract.*'capacity_mw'.*-5\.0.*loaders/datasets/farms\.py"):
        _records(_published(SHAPES[:1]), dataset())


def test_a_node_that_nothing_uses_is_refused(quirk: Callable[..., None]) -> None:
    def instaled() -> int:
        return 1

    quirk(instaled=instaled)
    with pytest.raises(SettingsError, match=r"datasets/farms\.py defines instaled.*capacity_mw"):
        record_graph("farms")


def test_a_record_whose_date_is_none_is_kept_and_flagged_and_most_of_them_are_an_error(
    dataset: Callable[..., Dataset], caplog: pytest.LogCaptureFixture
) -> None:
    farms = dataset(columns={"installed": "year"})
    years = ["2005", "2007.278571", "9999", *["2010"] * 7]
    records = _records(_published([SHAPES[0]] * 10, year=years), farms)
    assert records["quality_flags"].tolist() == [[], [], ["unusable_date"], *[[]] * 7]
    assert records["installed_to"].tolist()[:3] == [dt.date(2005, 12, 31), dt.date(2007, 12, 31), None]
    assert "1 of the 10 dates in 'year' cannot be used: '9999' (1)" in caplog.text
    with pytest.raises(ReadError, match=r"3 of the 10 dates in 'year' cannot be used: 'soon' \(3\)"):
        _records(_published([SHAPES[0]] * 10, year=["soon"] * 3 + ["2010"] * 7), farms)
