import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from benchmarks import join_engines
from benchmarks.join import Joined, fastest, joined, sheet
from benchmarks.join_inputs import COPY_DEG, write_outlines
from benchmarks.measure import Figures

# in a row, each touching the next one but the last, which is apart
BOXES = [shapely.box(lon, 0, lon + 1, 1) for lon in (3, 1, 2, 10)]


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A folder as loads write it: outlines, a point, and a rejected outline."""
    folder = tmp_path / "loaded"
    folder.mkdir()
    rows = [*shapely.to_wkb(BOXES), shapely.to_wkb(shapely.Point(1, 1))]
    table = pa.table({"geometry": rows, "geometry_kind": ["polygon"] * 4 + ["point"]})
    pq.write_table(table, folder / "farms.parquet")
    pq.write_table(table, folder / "farms.rejected.parquet")
    return folder


def test_few_outlines_are_the_westernmost_ones(loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "outlines.parquet"
    assert write_outlines(loaded, file, 3) == 3
    table = pq.read_table(file)
    assert table["number"].to_pylist() == [0, 1, 2]
    assert [shapely.from_wkb(shape).bounds[0] for shape in table["geometry"].to_pylist()] == [1, 2, 3]


def test_many_outlines_are_whole_copies_apart_from_each_other(loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "outlines.parquet"
    assert write_outlines(loaded, file, 11) == 8
    table = pq.read_table(file)
    assert table["number"].to_pylist() == list(range(8))
    west = [shapely.from_wkb(shape).bounds[0] for shape in table["geometry"].to_pylist()]
    assert west == [1, 2, 3, 10, *(COPY_DEG + lon for lon in (1, 2, 3, 10))]


@pytest.mark.parametrize("strip_rows", [1, 2, 100])
def test_engines_find_each_pair_once(
    loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strip_rows: int
) -> None:
    file = tmp_path / "outlines.parquet"
    write_outlines(loaded, file, 12)
    monkeypatch.setattr(join_engines, "STRIP_ROWS", strip_rows)
    assert join_engines.tree_pairs(file, 0, tmp_path) == 6
    assert join_engines.duckdb_pairs(file, 0, tmp_path) == 6


def test_a_join_is_a_process_of_its_own(loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "outlines.parquet"
    write_outlines(loaded, file, 4)
    found = joined("DuckDB", sys.executable, file, 4, 500)
    assert (found.pairs, found.limit_mb, found.spilled_mb) == (2, 500, 0)
    assert 20 < found.figures.peak_mb < 200  # this process holds more


def test_the_repetition_with_least_time_of_processors_counts() -> None:
    joins = [Joined("DuckDB", 4, 0, 2, Figures(seconds, 90, 90, cpu_s), 0) for seconds, cpu_s in ((3, 2), (9, 1))]
    assert fastest(joins).figures.seconds == 9
    with pytest.raises(SystemExit, match="DuckDB found different numbers of pairs of the same outlines: 2, 3"):
        fastest([*joins, Joined("DuckDB", 4, 0, 3, Figures(1, 1), 0)])


def test_engines_that_disagree_are_an_error_and_one_that_failed_is_not() -> None:
    found = Joined("DuckDB", 4000, 0, 2, Figures(1.25, 90, 90, 2), 12)
    failed = Joined("DuckDB", 4000, 1000, None, Figures(1, 1000, 90, 2), 0)
    other = Joined("SedonaDB", 4000, 0, 3, Figures(1, 90, 90, 2), 0)
    assert sheet([found, failed]).rows == [
        ("DuckDB", "4,000", "none", "2", "1.2", "2.0", "90", "12"),
        ("DuckDB", "4,000", "1,000", "failed", "1.0", "2.0", "1,000", "0"),
    ]
    with pytest.raises(SystemExit, match=r"different pairs of 4,000 outlines: \{'DuckDB': 2, 'SedonaDB': 3\}"):
        sheet([found, other])
