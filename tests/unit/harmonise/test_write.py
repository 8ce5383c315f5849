import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from shapely import Point, box

from loaders.contract import Provenance
from loaders.core.errors import AccountingError
from loaders.harmonise.batches import harmonise
from loaders.harmonise.readers.published_file import PublishedBatch
from loaders.harmonise.write import write_load_result
from loaders.settings.params import Dataset

WGS84 = pyproj.CRS.from_epsg(4326)
FARMS = {
    "columns": {
        "source_id": "id",
        "area": {"column": "area", "unit": "m2"},
        "capacity": {"column": "mw", "unit": "MW"},
        "installed": "year",
    },
    "where": {"kind": ["PV"]},
}


def _table(rows: int) -> pa.Table:
    """Mixed rows: whole and broken numbers, blanks, shared ids, rows that are not wanted."""
    numbers = np.arange(rows)
    return pa.table(
        {
            "id": pa.array([None if n % 11 == 0 else f"f{n % 40}" for n in numbers]),
            "area": pa.array([None if n % 7 == 0 else float(n) if n % 2 else n + 0.25 for n in numbers]),
            "mw": pa.array([str(n / 8) for n in numbers]),
            "year": pa.array([2000 + n % 20 for n in numbers]),
            "kind": pa.array(["PV" if n % 5 else "wind" for n in numbers]),
        }
    )


def _shapes(rows: int) -> np.ndarray:
    shapes = [
        None if n % 13 == 0 else box(n % 30, 0, n % 30 + 0.01, 0.01) if n % 3 else Point(n % 30, 1) for n in range(rows)
    ]
    wkb = np.full(rows, None, dtype=object)
    wkb[:] = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    return wkb


def _batches(table: pa.Table, wkb: np.ndarray, size: int) -> Iterator[PublishedBatch]:
    for first in range(0, len(table), size):
        part = slice(first, first + size)
        yield PublishedBatch("f.geojson", table.slice(first, size), wkb[part], WGS84, first + 1)


def _written(folder: Path, farms: Dataset, rows: int, size: int) -> dict[str, str]:
    batches = harmonise(_batches(_table(rows), _shapes(rows), size), farms, Provenance(None, is_synthetic=False), 8)
    loaded = write_load_result(batches, farms, folder / str(size))
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (loaded.records, loaded.rejected)}
    return {**digests, "metrics": str(loaded.metrics)}


@pytest.mark.parametrize("size", [1, 7, 60])
def test_the_bytes_do_not_depend_on_the_size_of_the_batches(
    tmp_path: Path, dataset: Callable[..., Dataset], size: int
) -> None:
    farms = dataset(**FARMS)
    assert _written(tmp_path, farms, 60, size) == _written(tmp_path, farms, 60, 59)


def test_row_groups_end_at_the_same_rows_whatever_the_size_of_the_batches(
    tmp_path: Path, dataset: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.geo.geoparquet.ROW_GROUP_ROWS", 50)
    monkeypatch.setattr("loaders.harmonise.record_ids.BATCH_ROWS", 33)
    farms = dataset(**FARMS)
    assert _written(tmp_path, farms, 400, 17) == _written(tmp_path, farms, 400, 90)
    found = pq.ParquetFile(tmp_path / "17" / "records.parquet").metadata
    assert [found.row_group(group).num_rows for group in range(found.num_row_groups)][:-1] == [50] * (
        found.num_row_groups - 1
    )


def test_every_row_is_kept_or_rejected_with_its_attributes_and_duplicates_are_flagged(
    tmp_path: Path, dataset: Callable[..., Dataset]
) -> None:
    farms = dataset(**FARMS)
    _written(tmp_path, farms, 400, 60)
    kept, rejected = (
        pq.read_table(tmp_path / "60" / name).to_pylist() for name in ("records.parquet", "rejected.parquet")
    )
    assert sorted(row["source_row"] for row in [*kept, *rejected]) == list(range(1, 401))
    assert {row["reason"] for row in rejected} == {"filtered_out", "null_geometry"}
    assert all('"kind"' in row["source_attributes"] for row in rejected)
    shapes = pd.Series([row["geometry"] for row in kept])
    assert ["duplicate_geometry" in row["quality_flags"] for row in kept] == shapes.duplicated(keep=False).tolist()
    assert len({row["record_id"] for row in [*kept, *rejected]}) == 400


def _at(positions: list[tuple[float, float]], columns: dict[str, list[str]], crs: str = "EPSG:4326") -> PublishedBatch:
    wkb = np.array([*(shapely.to_wkb(Point(position)) for position in positions), None], dtype=object)[:-1]
    return PublishedBatch("f.csv", pa.table(columns), wkb, pyproj.CRS.from_user_input(crs))


@pytest.mark.parametrize(
    ("position", "ids", "crs", "expected"),
    [
        ((0, 0), "a", "EPSG:4326", 1),
        ((0, 0), "a", "EPSG:27700", 1),
        ((0, 1), "abcd", "EPSG:4326", 0),
        ((-3.5, 53.3), "abcde", "EPSG:4326", 5),
        ((-3.5, 53.3), "abcd", "EPSG:4326", 0),
        ((-3.5, 53.3), "aaaaaa", "EPSG:4326", 0),
        ((-3.51, 53.32), "abcdef", "EPSG:4326", 6),
        ((-3.512, 53.32), "abcdef", "EPSG:4326", 0),
        ((400_000, 300_000), "abcde", "EPSG:27700", 5),
        ((400_000, 300_100), "abcde", "EPSG:27700", 0),
    ],
    ids=[
        "null island",
        "a zero in metres",
        "few",
        "five",
        "four",
        "one plant six times",
        "hundredths",
        "precise",
        "kilometres",
        "metres",
    ],
)
def test_points_at_a_stand_in_for_a_position_are_flagged(
    tmp_path: Path,
    dataset: Callable[..., Dataset],
    position: tuple[float, float],
    ids: str,
    crs: str,
    expected: int,
) -> None:
    farms = dataset(columns={"source_id": "id"})
    published = [_at([position] * len(ids), {"id": list(ids)}, crs), _at([(20, 30.12)], {"id": ["z"]})]
    loaded = write_load_result(
        harmonise(published, farms, Provenance(None, is_synthetic=False), 8), farms, tmp_path / "a"
    )
    flags = pq.read_table(loaded.records)["quality_flags"].to_pylist()
    assert ["placeholder_position" in names for names in flags].count(True) == expected
    assert loaded.metrics["flags"].get("placeholder_position", 0) == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Raven Yard Solar", "Élder Edge", "Wren Mere PV", "Heather Stoke", "Orchard House Solar"], 5),
        (["Raven Yard Solar", "Élder Edge", "Wren Mere PV", "Heather Stoke"], 0),
        (["Raven Yard", "Raven Yard", "Raven Yard", "Raven Yard", "Elder Edge"], 0),
        (["Azure Bhadla 1", "Bhadlá Sun", "BHADLA North", "Elder Edge", "Wren Mere"], 0),
        (["Sun Hill 1", "Sun Hill 2", "Sun Hill 3", "Sun Hill 4", "Sun Hill 5"], 0),
    ],
    ids=["five strangers", "four", "two names", "a solar park", "phases"],
)
def test_strangers_at_one_precise_position_are_at_a_placeholder(
    tmp_path: Path, dataset: Callable[..., Dataset], names: list[str], expected: int
) -> None:
    farms = dataset(columns={"source_id": "id", "name": "name"})
    rows = {"id": [str(number) for number in range(len(names))], "name": names}
    published = [_at([(-3.51234, 53.32123)] * len(names), rows), _at([(20, 30.12)], {"id": ["z"], "name": ["z"]})]
    loaded = write_load_result(
        harmonise(published, farms, Provenance(None, is_synthetic=False), 8), farms, tmp_path / "a"
    )
    assert loaded.metrics["flags"].get("placeholder_position", 0) == expected


def test_a_dataset_without_any_row_is_refused(tmp_path: Path, dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(AccountingError, match=r"farms: .* no record can be used: there are none\."):
        write_load_result(iter(()), dataset(), tmp_path / "aside")
