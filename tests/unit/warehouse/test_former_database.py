"""The database of the last build, of which the next one takes over what has not changed."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from loaders.core.paths import ProjectPaths
from loaders.db.connection import CONFIG
from loaders.warehouse.former_database import (
    NOTE,
    DatabaseNote,
    changed_rows,
    note_database,
    take_over,
)
from loaders.warehouse.shards.run import ShardTables

RAW = {"farms_2020": "a", "roofs_2021": "b"}
TABLES = """
    CREATE SCHEMA raw_data; CREATE SCHEMA staging; CREATE SCHEMA prepared; CREATE SCHEMA curated;
    CREATE TABLE raw_data.farms_2020 AS SELECT 1 AS a;
    CREATE VIEW staging.stg_farms AS FROM raw_data.farms_2020;
    CREATE TABLE prepared.prep_pairs AS SELECT 2 AS a;
    CREATE TABLE prepared.prep_totals AS SELECT 3 AS a;
    CREATE TABLE curated.curated_records AS SELECT 4 AS a;
"""
KEPT = frozenset({"prep_pairs", "curated_records"})
TakeOver = Callable[[str], DatabaseNote | None]


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    """A project with a published database."""
    paths = ProjectPaths(tmp_path, "doi")
    paths.database.parent.mkdir(parents=True)
    with duckdb.connect(paths.database, config=CONFIG) as connection:
        connection.execute(TABLES)
    note_database(_shards(paths), "code", paths, RAW, _tables(paths, "t1", "x", "y"), None)
    return paths


@pytest.fixture
def taken(paths: ProjectPaths, tmp_path: Path) -> TakeOver:
    """Takes it over with this code."""
    return lambda code: take_over(_shards(paths), code, paths, tmp_path / "new.duckdb", KEPT)


def _shards(paths: ProjectPaths) -> Path:
    return paths.scratch("shards")


def _tables(paths: ProjectPaths, name: str, *results: str) -> ShardTables:
    """The tables of shards; each file says its result."""
    folder = _shards(paths) / name
    for number, result in enumerate(results):
        (folder / f"{number:06d}").mkdir(parents=True)
        for table in KEPT:
            (folder / f"{number:06d}" / f"{table}.parquet").write_text(f"{result}PAR1")
    return ShardTables(folder, results)


def _results(folder: str) -> list[str]:
    files = Path(folder).glob("*/prep_pairs.parquet") if folder else ()
    return sorted(path.read_text().removesuffix("PAR1") for path in files)


def test_the_copy_has_raw_tables_and_those_of_shards(taken: TakeOver, tmp_path: Path) -> None:
    assert taken("code") is not None
    with duckdb.connect(tmp_path / "new.duckdb", config=CONFIG) as connection:
        names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    assert (names, views) == ([("curated_records",), ("farms_2020",), ("prep_pairs",)], [])


def test_raw_tables_of_the_same_files_are_not_written_again(taken: TakeOver) -> None:
    note = taken("code")
    assert note is not None
    assert note.unchanged({"farms_2020": "a", "roofs_2021": "c", "sites_2022": "d"}) == {"farms_2020"}


def test_other_code_makes_a_new_database(taken: TakeOver, tmp_path: Path) -> None:
    assert taken("other code") is None
    assert not (tmp_path / "new.duckdb").exists()


def test_what_somebody_has_written_is_not_taken_over(taken: TakeOver, paths: ProjectPaths) -> None:
    with duckdb.connect(paths.database, config=CONFIG) as connection:
        connection.execute("DELETE FROM curated.curated_records")
    os.utime(paths.database, ns=(0, 0))
    assert taken("code") is None


def test_a_database_that_is_gone_is_not_taken_over(taken: TakeOver, paths: ProjectPaths) -> None:
    paths.database.unlink()
    assert taken("code") is None


def test_a_database_whose_shards_are_gone_is_not_taken_over(taken: TakeOver, paths: ProjectPaths) -> None:
    (_shards(paths) / "t1" / "000001" / "prep_pairs.parquet").unlink()
    assert taken("code") is None


def test_a_database_whose_shards_are_cut_short_is_not_taken_over(taken: TakeOver, paths: ProjectPaths) -> None:
    (_shards(paths) / "t1" / "000001" / "prep_pairs.parquet").write_text("")
    assert taken("code") is None


def test_a_database_that_has_grown_is_made_anew(taken: TakeOver, paths: ProjectPaths) -> None:
    note = json.loads((_shards(paths) / NOTE).read_text())
    (_shards(paths) / NOTE).write_text(json.dumps(note | {"first_size": note["size"] // 2}))
    assert taken("code") is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"size": 1}'])
def test_a_note_that_cannot_be_read_is_none(taken: TakeOver, paths: ProjectPaths, text: str) -> None:
    (_shards(paths) / NOTE).write_text(text)
    assert taken("code") is None


def test_shards_that_are_gone_or_new_are_laid_out(taken: TakeOver, paths: ProjectPaths, tmp_path: Path) -> None:
    note = taken("code")
    assert note is not None
    variables = changed_rows(note, _tables(paths, "t2", "w", "x", "z"), tmp_path / "changed")
    assert {name: _results(folder) for name, folder in variables.items()} == {
        "EO_PV_NEW_SHARDS": ["w", "z"],
        "EO_PV_GONE_SHARDS": ["y"],
    }


def test_without_a_change_nothing_is_laid_out(taken: TakeOver, paths: ProjectPaths, tmp_path: Path) -> None:
    note = taken("code")
    assert note is not None
    same = changed_rows(note, _tables(paths, "t3", "y", "x"), tmp_path / "changed")
    assert same == {"EO_PV_NEW_SHARDS": "", "EO_PV_GONE_SHARDS": ""}


def test_growth_is_counted_from_the_first_one(taken: TakeOver, paths: ProjectPaths) -> None:
    former = taken("code")
    assert former is not None
    with paths.database.open("ab") as stream:
        stream.write(b"more")
    note_database(_shards(paths), "code", paths, RAW, _tables(paths, "t4", "x"), former)
    assert json.loads((_shards(paths) / NOTE).read_text())["first_size"] == former.size
