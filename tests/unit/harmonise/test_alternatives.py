from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from loaders.core.errors import ReadError
from loaders.harmonise.alternatives import (
    Alternatives,
    MissingColumn,
    missing_column_warning,
    missing_columns,
)
from loaders.settings.column import Column
from loaders.settings.columns import ColumnMap, InstalledColumn
from loaders.settings.params import Dataset


def _published(file: str = "f.csv", /, **columns: Any) -> tuple[pa.Table, str]:
    return pa.table(columns), file


def _error(dataset: Dataset, /, **columns: Any) -> str:
    with pytest.raises(ReadError) as refused:
        Alternatives(dataset).dataset(*_published(**columns))
    return str(refused.value)


def test_of_several_columns_those_that_the_file_has_count_in_order(dataset: Callable[..., Dataset]) -> None:
    columns = {"source_id": ["x_id", "sol_id", "n"], "installed": {"after": ["a", "b"], "before": ["c", "d"]}}
    narrowed = Alternatives(dataset(columns=columns)).dataset(*_published(n=[1], sol_id=[2], b=[3], c=[4])).columns
    assert narrowed.source_id == Column(column=("sol_id", "n"))
    assert narrowed.installed == InstalledColumn(after=("b",), before=("c",))


def test_identifiers_and_null_values_keep_their_settings(dataset: Callable[..., Dataset]) -> None:
    ids = {"eia_plant": {"column": ["eia", "eia_id"], "null_values": [-9999]}, "osm": "osm"}
    columns = (
        Alternatives(dataset(columns={"identifiers": ids})).dataset(*_published(eia_id=[1], osm=["way/1"])).columns
    )
    eia = columns.identifiers["eia_plant"]
    assert (eia.column, eia.null_values, columns.identifiers["osm"].column) == (("eia_id",), (-9999,), ("osm",))


def test_a_missing_alternative_is_told_once_for_each_file_that_differs(
    dataset: Callable[..., Dataset], caplog: pytest.LogCaptureFixture
) -> None:
    alternatives = Alternatives(dataset(columns={"source_id": ["x_id", "sol_id"]}))
    for name in ("a.csv", "a.csv", "b.csv"):
        alternatives.dataset(*_published(name, sol_id=[1]))
    alternatives.dataset(*_published("c.csv", x_id=[1]))
    assert [record.getMessage() for record in caplog.records] == [
        "farms: 'x_id' of columns.source_id is not in a.csv; 'sol_id' was used.",
        "farms: 'sol_id' of columns.source_id is not in c.csv; 'x_id' was used.",
    ]


def test_no_alternative_in_the_file_shows_its_columns_with_values_and_the_line_to_write(
    dataset: Callable[..., Dataset],
) -> None:
    columns = {"area": {"column": ["panel_area", "area"], "unit": "km2", "null_values": [0]}}
    assert _error(
        dataset(columns=columns), power=[None, 12.5], **{"panel.area": [0.25, 1], "note": [" ", "x" * 40]}
    ) == (
        "farms: the file has no column 'panel_area' or 'area', which datasets.farms.columns.area in params.yaml names. "
        f"It has: power ('12.5'), panel.area ('0.25'), note ('{'x' * 30}…'). Name the right one, for example "
        "`area: {column: panel.area, null_values: [0], unit: km2}`, or leave area out."
    )


def test_a_bare_column_is_suggested_as_one(dataset: Callable[..., Dataset]) -> None:
    message = _error(dataset(columns={"source_id": "polygon_id"}), ID=["7"], Polygon_ID=["8"])
    assert "for example `source_id: Polygon_ID`, or leave source_id out." in message


def test_the_parts_of_a_joined_identifier_are_no_alternatives(dataset: Callable[..., Dataset]) -> None:
    osm = {"column": ["osm_type", "osm_id"], "join": "/"}
    message = _error(dataset(columns={"identifiers": {"osm": osm}}), osm_id=[1])
    assert "no column 'osm_type', which datasets.farms.columns.identifiers.osm in params.yaml names" in message


def test_each_end_of_an_interval_needs_a_column(dataset: Callable[..., Dataset]) -> None:
    message = _error(dataset(columns={"installed": {"after": "seen", "before": "built_before"}}), built_before=["2020"])
    assert "`installed: {after: built_before, before: [built_before]}`" in message


def test_missing_columns_name_the_alternatives_that_were_used() -> None:
    columns = ColumnMap.model_validate({"name": ["a", "b", "c"]})
    assert [(each.setting, each.name, each.used) for each in missing_columns(columns, ("a", "c"))] == [
        ("name", "b", ("a", "c"))
    ]


def test_a_column_that_is_not_required_may_be_missing_and_its_warning_says_so(
    dataset: Callable[..., Dataset], caplog: pytest.LogCaptureFixture
) -> None:
    optional = {"column": ["x_id", "sol_id"], "required": False}
    columns = {"source_id": optional, "identifiers": {"repd": optional, "osm": "osm"}}
    narrowed = Alternatives(dataset(columns=columns)).dataset(*_published(osm=["way/1"])).columns
    assert (narrowed.source_id, list(narrowed.identifiers)) == (None, ["osm"])
    assert caplog.messages[0] == "farms: 'x_id' of columns.source_id is not in f.csv; no column was used."


def test_a_warning_names_all_the_columns_that_were_used() -> None:
    missing = MissingColumn("status", "state", ("now", "then"))
    assert missing_column_warning(missing, "f.csv") == (
        "'state' of columns.status is not in f.csv; 'now' and 'then' were used"
    )
