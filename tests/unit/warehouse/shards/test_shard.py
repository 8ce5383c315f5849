"""A shard's tables are there when all of them are, whatever happened before."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.core.errors import BuildError
from loaders.core.escape import sql_parquet
from loaders.execution.executors import DaskWorker
from loaders.warehouse.shards import shard
from loaders.warehouse.shards.code import code_digest
from loaders.warehouse.shards.database import write_query
from loaders.warehouse.shards.models import Check, CompiledModels, Model
from loaders.warehouse.shards.preparation import Shard
from loaders.warehouse.shards.shard import ShardTask, compute_shard, duckdb_memory_mb, is_complete, result_name
from loaders.warehouse.shards.shares import SHARES

SITES, TILES = "prep_sites", "prep_admin_tiles"
FEATURES_SQL = "SELECT record_id FROM raw_data.doi_pv_features"
NAMES_SQL = "SELECT record_id, upper(record_id) AS name FROM staging.stg_features"
SITES_SQL = "SELECT record_id, name, value AS tile FROM prepared.prep_names CROSS JOIN prepared.prep_admin_tiles"
COMPILED = CompiledModels(
    models=(
        Model("stg_features", "staging", FEATURES_SQL, None, is_view=True, place="", reads=()),
        Model(TILES, "prepared", "SELECT nothing", None, is_view=False, place="before", reads=()),
        Model("prep_names", "prepared", NAMES_SQL, None, is_view=False, place="inside", reads=("stg_features",)),
        Model(SITES, "prepared", SITES_SQL, None, is_view=False, place="inside", reads=("prep_names", TILES)),
        Model(
            "curated_sites", "curated", f"FROM prepared.{SITES}", None, is_view=False, place="inside", reads=(SITES,)
        ),
    ),
    checks=(Check("short_names", "FROM prepared.prep_names WHERE length(name) > 3", "prep_names", is_of_rows=False),),
    kept=("curated_sites", SITES),
)
RECORDS = "records-000000.parquet"
MakeTask = Callable[..., ShardTask]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two shards read: of each table a row a shard, and the records a and b of shard 0 and `long` of shard 1."""
    folder = tmp_path_factory.mktemp("inputs")
    for table in SHARES:
        pq.write_table(pa.table({"shard": [0, 1], "value": [10, 11]}), folder / f"{table}.parquet")
    records = pa.table({"shard": [0, 0, 1], "record_id": ["a", "b", "long"]})
    pq.write_table(records, folder / RECORDS)
    return folder


@pytest.fixture
def task(inputs: Path, tmp_path: Path) -> MakeTask:
    """The task of a shard, with these models."""

    def make(number: int, compiled: CompiledModels = COMPILED) -> ShardTask:
        code = code_digest(compiled)
        return ShardTask(Shard(number, 2, "digest"), compiled, inputs, RECORDS, tmp_path / "results/0a1b", 200, code)

    return make


def _rows(path: Path) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(path).sort_by("record_id").to_pylist()
    return rows


def test_a_shard_has_its_own_records_and_its_share_of_each_table(task: MakeTask) -> None:
    folder = compute_shard(task(0))
    assert sorted(path.name for path in folder.iterdir()) == ["curated_sites.parquet", "prep_sites.parquet"]
    expected = [{"record_id": "a", "name": "A", "tile": 10}, {"record_id": "b", "name": "B", "tile": 10}]
    assert _rows(folder / "curated_sites.parquet") == expected
    assert _rows(folder / "prep_sites.parquet") == expected


def test_a_shard_reads_nothing_of_the_one_before(task: MakeTask) -> None:
    compute_shard(task(0))
    folder = compute_shard(replace(task(1, replace(COMPILED, checks=())), result=task(0).result.with_name("2c3d")))
    assert _rows(folder / "prep_sites.parquet") == [{"record_id": "long", "name": "LONG", "tile": 11}]


def test_half_a_result_is_replaced(task: MakeTask) -> None:
    result = task(0).result
    result.mkdir(parents=True)
    (result / "prep_sites.parquet").write_bytes(b"PAR1 half a table")
    (result / "prep_former.parquet").write_bytes(b"PAR1")
    folder = compute_shard(task(0))
    assert sorted(path.name for path in folder.iterdir()) == ["curated_sites.parquet", "prep_sites.parquet"]
    assert [row["record_id"] for row in _rows(folder / "prep_sites.parquet")] == ["a", "b"]
    assert [path.name for path in folder.parent.iterdir()] == ["0a1b"]


def test_of_two_workers_with_one_shard_the_second_leaves_the_tables_of_the_first(
    task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the scheduler has lost a worker that goes on."""

    def overtaken(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
        monkeypatch.setattr(shard, "write_query", write_query)
        compute_shard(replace(task(0)))
        inodes.update((file.name, file.stat().st_ino) for file in task(0).result.iterdir())
        write_query(connection, query, path, options)

    inodes: dict[str, int] = {}
    monkeypatch.setattr(shard, "write_query", overtaken)
    monkeypatch.setattr(shard, "get_ident", count().__next__)  # each has a connection of its own
    folder = compute_shard(task(0))
    assert {file.name: file.stat().st_ino for file in folder.iterdir()} == inodes
    assert [path.name for path in folder.parent.iterdir()] == ["0a1b"]


@pytest.mark.parametrize(
    ("most_mb", "worker_mb", "threads", "expected_mb"),
    [
        (800, None, 1, 800),  # no limit but the one of the task
        (None, None, 1, 800),
        (None, 1500, 1, 950),  # 80 % without 250 MB of other libraries
        (None, 16_000, 1, 12_550),
        (None, 16_000, 4, 3137),
        (300, 16_000, 4, 300),
        (800, 1000, 1, 550),
        (800, 200, 1, 100),
    ],
)
def test_duckdb_takes_what_a_worker_may_hold(
    most_mb: int | None, worker_mb: float | None, threads: int, expected_mb: int
) -> None:
    worker = DaskWorker("tcp://127.0.0.1:1", Path("here"), worker_mb, threads)
    assert duckdb_memory_mb(most_mb, worker) == expected_mb


def test_a_process_takes_what_its_task_states_and_no_more_than_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert duckdb_memory_mb(700, None) == 700
    monkeypatch.setenv("EO_PV_MEMORY_MB", "300")
    assert duckdb_memory_mb(700, None) == 300
    assert duckdb_memory_mb(None, DaskWorker("tcp://127.0.0.1:1", Path("here"), 1500, 1)) == 300


def test_a_shard_that_needs_more_memory_is_named_with_what_to_set(
    task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate")

    monkeypatch.setattr(shard, "run_models", too_large)
    expected = (
        r"Shard 0 \(2 records\) needs more memory than the 200 MB that DuckDB may hold on .*--memory-limit.*, or match "
        r"fewer records at a time: `machine: \{shard_records: 1\}`"
    )
    with pytest.raises(BuildError, match=expected):
        compute_shard(task(0))
    assert not task(0).result.exists()


def test_the_folder_of_a_shard_appears_when_all_its_tables_are_written(
    task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def observed(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
        write_query(connection, query, path, options)
        written.append((path.name, path.exists(), task(0).result.exists()))

    monkeypatch.setattr(shard, "write_query", observed)
    assert compute_shard(task(0)).is_dir()
    assert written == [("curated_sites.parquet", True, False), ("prep_sites.parquet", True, False)]


def test_a_table_that_cannot_be_written_leaves_no_folder_and_the_next_attempt_makes_it(
    task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_full_disk(connection: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> None:
        if path.name == "prep_sites.parquet":
            raise OSError("no space left on device")
        write_query(connection, query, path, options)

    with monkeypatch.context() as patched:
        patched.setattr(shard, "write_query", on_a_full_disk)
        with pytest.raises(OSError, match="no space left"):
            compute_shard(task(0))
    assert [path.name.partition("-")[0] for path in task(0).result.parent.iterdir()] == ["0a1b.partial"]
    assert len(_rows(compute_shard(task(0)) / "prep_sites.parquet")) == 2


def test_a_shard_whose_test_fails_leaves_no_folder_and_the_next_shard_is_computed(task: MakeTask) -> None:
    expected = "1 of the tests of shard 1 failed; the tables of the last good build stay.\n  short_names: 1 rows\n"
    with pytest.raises(BuildError, match=re.escape(expected)):
        compute_shard(task(1))
    assert not task(1).result.exists()
    assert len(_rows(compute_shard(task(0)) / "prep_sites.parquet")) == 2


def test_of_many_failed_tests_five_are_listed(task: MakeTask) -> None:
    checks = tuple(Check(f"claim_{number}", f"FROM prepared.{SITES}", SITES, is_of_rows=False) for number in range(7))
    with pytest.raises(BuildError, match="7 of the tests of shard 0 failed") as raised:
        compute_shard(task(0, replace(COMPILED, checks=checks)))
    listed = [line.strip() for line in str(raised.value).splitlines() if line.startswith("  ")]
    assert listed == [f"claim_{number}: 2 rows" for number in range(5)]


def test_the_name_of_a_shard_follows_from_what_it_reads_and_from_the_code() -> None:
    name = result_name(Shard(0, 2, "digest"), "code")
    assert re.fullmatch("[0-9a-f]{32}", name)
    assert result_name(Shard(5, 2, "digest"), "code") == name  # its number is that of a build
    assert result_name(Shard(0, 2, "other"), "code") != name
    assert result_name(Shard(0, 2, "digest"), "other") != name


def test_a_folder_whose_name_is_a_partition_adds_no_column(tmp_path: Path) -> None:
    path = tmp_path / "key=1" / "t.parquet"
    path.parent.mkdir()
    pq.write_table(pa.table({"record_id": ["a"]}), path)
    with duckdb.connect() as connection:
        assert connection.sql(f"FROM {sql_parquet(path)}").columns == ["record_id"]


def test_a_worker_of_another_version_is_an_error(task: MakeTask) -> None:
    with pytest.raises(BuildError, match="has another version of eo-pv, or of its libraries"):
        compute_shard(replace(task(0), code="of the machine that builds"))


def test_a_shard_is_there_once_each_of_its_files_has_its_end(task: MakeTask) -> None:
    result = compute_shard(task(0))
    assert is_complete(result, COMPILED.kept)
    (result / f"{SITES}.parquet").write_bytes(b"")  # as after a power cut
    assert not is_complete(result, COMPILED.kept)
    (result / f"{SITES}.parquet").unlink()
    assert not is_complete(result, COMPILED.kept)
