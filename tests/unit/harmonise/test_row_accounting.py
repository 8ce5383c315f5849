import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from loaders.contract import LOADING, schema
from loaders.core.errors import AccountingError
from loaders.harmonise.row_accounting import account, format_counts, implausible_area_warning
from loaders.settings.params import Dataset


def _row(reason: str | None = None, **values: Any) -> dict[str, Any]:
    kept = {"geometry_kind": "polygon", "centroid_lon": 1.0, "centroid_lat": 2.0} if reason is None else {}
    always = {"quality_flags": [], "is_synthetic": False, "status": "unknown", "technology": "unknown"}
    return {"reason": reason, **always, **kept, **values}


def _account(rows: Sequence[dict[str, Any]], dataset: Dataset) -> dict[str, Any]:
    table = pa.Table.from_pylist(list(rows), schema=schema(LOADING))
    with tempfile.TemporaryDirectory() as folder:
        records, rejected = Path(folder, "records.parquet"), Path(folder, "rejected.parquet")
        pq.write_table(table.filter(pc.is_null(table["reason"])), records)
        pq.write_table(table.filter(pc.is_valid(table["reason"])), rejected)
        return account(records, rejected, dataset)


RECORDS = [
    _row(area_m2=2e6, source_area_m2=1e6, capacity_mw=1.5, quality_flags=["repaired"], centroid_lon=-5.0),
    _row(geometry_kind="point", capacity_mw=0.0, centroid_lat=-7.0, status="operating", technology="pv"),
    _row(area_m2=0.5e6, centroid_lon=9.0),
    _row("null_geometry", capacity_mw=100.0, quality_flags=["ignored"]),
    _row("no_area"),
    _row("null_geometry"),
]


def test_what_is_read_is_kept_or_rejected_by_reason(dataset: Callable[..., Dataset]) -> None:
    assert _account(RECORDS, dataset()) == {
        "records": {"read": 6, "kept": 3, "rejected": 3, "flagged": 1},
        "rejected": {"no_area": 1, "null_geometry": 2},
        "flags": {"repaired": 1},
        "kinds": {"point": 1, "polygon": 2},
        "statuses": {"operating": 1, "unknown": 2},
        "technologies": {"pv": 1, "unknown": 2},
        "area_km2": 2.5,
        "source_area_km2": 1.0,
        "capacity_mw": 1.5,
        "capacity_stated": 2,
        "area_stated": 1,
        "is_synthetic": False,
        "bbox": {"west": -5.0, "south": -7.0, "east": 9.0, "north": 2.0},
        "missing_columns": [],
    }


def test_a_column_of_the_settings_that_a_file_lacks_is_counted_with_the_file(dataset: Callable[..., Dataset]) -> None:
    farms = dataset(columns={"source_id": ["x_id", "sol_id"]})
    files = [("a.csv", '{"sol_id": null}'), ("b.csv", '{"x_id": 1, "sol_id": 2}')]
    rows = [_row(source_file=name, source_row=1, source_attributes=text) for name, text in files]
    assert _account(rows, farms)["missing_columns"] == [
        "'x_id' of columns.source_id is not in a.csv; 'sol_id' was used"
    ]


def test_a_total_of_which_nothing_is_stated_is_null_and_not_zero(dataset: Callable[..., Dataset]) -> None:
    metrics = _account([_row(geometry_kind="point")], dataset())
    assert (metrics["area_km2"], metrics["capacity_mw"], metrics["capacity_stated"]) == (None, None, 0)


def test_a_total_does_not_depend_on_the_order_of_the_rows(dataset: Callable[..., Dataset]) -> None:
    rows = [_row(area_m2=area) for area in (0.1, 1e12, 0.2, 7e11, 0.7)]
    assert {_account(order, dataset())["area_km2"] for order in (rows, rows[::-1])} == {1_700_000.000001}


@pytest.mark.parametrize(("expected", "shown"), [(7, "7"), (19433, "19,433")])
def test_another_number_than_the_expected_one_is_refused_with_what_to_sign(
    dataset: Callable[..., Dataset], expected: int, shown: str
) -> None:
    with pytest.raises(AccountingError) as refused:
        _account(RECORDS, dataset(expected_features=expected))
    words = [f"farms: expected {shown} records, read 6.", "`expected_features: 6` under datasets.farms"]
    assert [word for word in words if word not in str(refused.value)] == []


def test_the_expected_number_counts_rejected_records_too(dataset: Callable[..., Dataset]) -> None:
    assert _account(RECORDS, dataset(expected_features=6))["records"]["read"] == 6


def test_a_sample_need_not_have_the_expected_number(dataset: Callable[..., Dataset]) -> None:
    assert _account([_row(is_synthetic=True)], dataset(expected_features=6))["records"]["read"] == 1


def test_a_dataset_of_which_nothing_is_left_is_refused_with_the_reasons(dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(AccountingError, match=r"farms: .*no record can be used: 2 null_geometry, 1 no_area\."):
        _account(RECORDS[3:], dataset())


def test_a_dataset_without_records_is_refused(dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(AccountingError, match=r"farms: .*no record can be used: there are none\."):
        _account([], dataset())


def test_what_became_of_the_records_is_said_in_a_line(dataset: Callable[..., Dataset]) -> None:
    assert format_counts(_account(RECORDS, dataset())) == (
        "6 read, 3 kept, 1 rejected (no_area), 2 rejected (null_geometry), 1 operating, 2 unknown, 1 repaired"
    )
    assert format_counts(_account([_row()], dataset())) == "1 read, 1 kept"


@pytest.mark.parametrize(("wrong", "said"), [(2, True), (1, False), (0, False)])
def test_a_dataset_most_of_whose_stated_areas_are_wrong_is_told(wrong: int, said: bool) -> None:
    metrics = {"flags": {"stated_area_disagrees": wrong} if wrong else {}, "area_stated": 2}
    assert (implausible_area_warning(metrics) is not None) is said
