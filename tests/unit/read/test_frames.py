from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from loaders import read_installations, read_records
from loaders.core.errors import BuildError, SelectionError, SettingsError
from loaders.core.paths import ProjectPaths
from loaders.read.frames import arrow_rows
from loaders.read.published import INSTALLATIONS, Published, published
from loaders.read.selection import Selection
from tests.services import postgres_is_installed
from tests.unit.curated import FORMULA, RECORDS


def rows(tables: Published, columns: Sequence[str] | None = None, **filters: Any) -> pa.Table:
    return arrow_rows(tables, INSTALLATIONS, Selection.of(columns, **filters))


def ids(tables: Published, **filters: Any) -> list[str]:
    found: list[str] = rows(tables, ["installation_id"], **filters)["installation_id"].to_pylist()
    return found


def test_installations_come_with_shapes_dates_and_the_meaning_of_columns(published_paths: ProjectPaths) -> None:
    frame = read_installations(project=published_paths.root)
    assert frame.crs == "EPSG:4326"
    assert len(frame) == 5
    first = frame.set_index("installation_id").loc["pv_1"]
    assert first["name"] == FORMULA
    assert first.identifiers == {"eia_plant": ["7", "9"], "osm": ["way/1"]}
    assert first.installed_to == pd.Timestamp("2019-08-31")
    assert first.geometry.geom_type == "Polygon"
    assert first.quality_flags == ["capacity_conflict", "date_conflict"]
    assert list(frame.columns)[:6] == ["installation_id", "name", "identifiers", "status", "technology", "geometry"]
    assert frame.attrs["table"] == "curated_pv_installations"
    assert frame.attrs["columns"] == {
        "capacity_mw": "Nameplate capacity [MW] in capacity_basis.",
        "name": "The owner's word.",
    }


def test_columns_are_in_the_order_that_was_asked_for_and_geometry_is_always_there(
    published_paths: ProjectPaths,
) -> None:
    frame = read_installations(["capacity_mw", "name", "capacity_mw"], project=published_paths.root)
    assert list(frame.columns) == ["capacity_mw", "name", "geometry"]
    assert list(frame.attrs["columns"]) == ["capacity_mw", "name"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"where": "capacity_mw > 5"}, ["pv_1", "pv_3"]),
        ({"where": "capacity_mw > 5 OR true -- all"}, ["pv_1", "pv_2", "pv_3", "pv_4", "pv_5"]),
        ({"where": "capacity_mw > 5 OR true -- all", "countries": "FR"}, ["pv_3"]),
        ({"countries": ("de", "FR")}, ["pv_1", "pv_2", "pv_3", "pv_5"]),
        ({"bbox": (8.05, 50.0, 8.2, 50.2)}, ["pv_1"]),
        ({"bbox": (8.0, 50.06, 8.04, 50.1)}, []),  # in its box, but not in its shape
        ({"bbox": (179, -20, -179, 0)}, ["pv_4"]),
        ({"bbox": (2, 47, 3, 49), "where": "capacity_mw > 7"}, []),
    ],
)
def test_filters_choose_rows(filters: dict[str, Any], expected: list[str], published_tables: Published) -> None:
    assert ids(published_tables, **filters) == expected


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"columns": ["capcity"]}, r"no column 'capcity'\. Did you mean capacity_mw\?"),
        ({"columns": ["roof"]}, r"no column 'roof'\. Its columns are: installation_id, name, identifiers, "),
        ({"columns": []}, "No column of curated_pv_installations is asked for"),
        ({"where": "name::INT > 5"}, "cannot be applied to curated_pv_installations: Could not convert string"),
        ({"where": "count(*) > 5"}, "WHERE clause cannot contain aggregates"),
        ({"where": "read_text('/etc/passwd') = ''"}, 'Function "read_text" is a table function'),
        ({"where": "name = ?"}, "The condition 'name = \\?' cannot be applied to curated_pv_installations: "),
        ({"where": "capcity_mw > 5"}, "has no column 'capcity_mw'. Did you mean capacity_mw\\? Text stands in single"),
        ({"columns": "name"}, "The columns are 'name'. Expected a list of names"),
        ({"countries": "Germany"}, "'Germany' is no country code"),
        ({"countries": ["D'"]}, "is no country code"),
        ({"bbox": (1, 2, 3)}, "is not four numbers"),
        ({"bbox": (1, 2, float("nan"), 4)}, "is not four numbers"),
        ({"bbox": (1, 5, 3, 4)}, "is not on Earth"),
    ],
)
def test_what_is_not_there_is_refused(filters: dict[str, Any], message: str, published_tables: Published) -> None:
    with pytest.raises(SelectionError, match=message):
        rows(published_tables, **filters)


def test_a_table_without_a_country_cannot_be_chosen_by_country(published_paths: ProjectPaths) -> None:
    with pytest.raises(SelectionError, match="curated_pv_records has no column 'country'"):
        read_records(countries="DE", project=published_paths.root)


def test_records_are_read(published_paths: ProjectPaths) -> None:
    frame = read_records(where="licence = 'ODbL-1.0'", project=str(published_paths.root))
    assert list(frame.record_id) == ["s:1", "s:2", "s:3"]


def test_the_project_around_the_working_directory_is_read(
    published_paths: ProjectPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(published_paths.curated)
    assert len(read_installations()) == 5


def test_tables_that_are_not_built_are_named(published_paths: ProjectPaths, tmp_path: Path) -> None:
    message = r"data/doi/curated/curated_pv_installations\.parquet is missing: .* Run `make all` there\."
    with pytest.raises(BuildError, match=message):
        read_installations(project=published_paths.root, origin="doi")
    with pytest.raises(SettingsError, match="no origin 'docs'"):
        read_installations(project=published_paths.root, origin="docs")
    with pytest.raises(SettingsError, match=r"params\.yaml: cannot be read"):
        read_installations(project=tmp_path)


ATTACKS = (
    "FROM read_text('/etc/passwd')",
    "ATTACH '/tmp/eo-pv-attack.duckdb'",
    "COPY (SELECT 1) TO '/tmp/eo-pv-attack.csv'",
    "SET enable_external_access = true",
    "INSTALL httpfs",
)


def refused_statements(connection: duckdb.DuckDBPyConnection, statements: Sequence[str]) -> int:
    refused = 0
    for statement in statements:
        try:
            connection.execute(statement)
        except duckdb.Error:
            refused += 1
    return refused


def test_the_connection_reads_nothing_but_the_published_files(published_tables: Published) -> None:
    assert refused_statements(published_tables.connection, ATTACKS) == len(ATTACKS)
    assert published_tables.names() == ["curated_pv_by_country", "curated_pv_installations", "curated_pv_records"]


def test_a_ducklake_gives_the_same_rows_and_meanings(lake_paths: ProjectPaths, published_paths: ProjectPaths) -> None:
    frames = [
        read_installations(where="capacity_mw > 1", project=paths.root) for paths in (lake_paths, published_paths)
    ]
    pd.testing.assert_frame_equal(*frames)
    assert frames[0].attrs == frames[1].attrs
    assert frames[0].crs == "EPSG:4326"
    with published(lake_paths.root) as tables:
        assert ids(tables, bbox=(8.05, 50.0, 8.2, 50.2)) == ["pv_1"]
        assert len(arrow_rows(tables, "curated_pv_records", Selection())) == len(RECORDS)
        assert refused_statements(tables.connection, ATTACKS) == len(ATTACKS)


@pytest.mark.skipif(not postgres_is_installed(), reason="PostgreSQL is not installed")
def test_a_lake_in_a_bucket_is_read_although_no_other_file_is(shared_lake_paths: ProjectPaths) -> None:
    frame = read_installations(where="capacity_mw > 5", project=shared_lake_paths.root)
    assert list(frame.installation_id) == ["pv_1", "pv_3"]
    with published(shared_lake_paths.root) as tables:
        assert refused_statements(tables.connection, ATTACKS) == len(ATTACKS)
