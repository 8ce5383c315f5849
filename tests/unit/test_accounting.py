from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from loaders.accounting import account
from loaders.catalog import Dataset
from loaders.contract import LOADING, schema
from loaders.errors import AccountingError


def _row(reason: str | None = None, **values: Any) -> dict[str, Any]:
    kept = {"geometry_kind": "polygon", "centroid_lon": 1.0, "centroid_lat": 2.0} if reason is None else {}
    return {"reason": reason, "quality_flags": [], "is_synthetic": False, **kept, **values}


def _table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema(LOADING))


RECORDS = _table(
    _row(area_m2=2e6, source_area_m2=1e6, capacity_mw=1.5, quality_flags=["repaired"], centroid_lon=-5.0),
    _row(geometry_kind="point", capacity_mw=0.0, centroid_lat=-7.0),
    _row(area_m2=0.5e6, centroid_lon=9.0),
    _row("null_geometry", capacity_mw=100.0, quality_flags=["ignored"]),
    _row("no_area"),
    _row("null_geometry"),
)


def test_what_is_read_is_kept_or_rejected_by_reason(dataset: Callable[..., Dataset]) -> None:
    assert account(RECORDS, dataset()) == {
        "records": {"read": 6, "kept": 3, "rejected": 3},
        "rejected": {"no_area": 1, "null_geometry": 2},
        "flags": {"repaired": 1},
        "kinds": {"point": 1, "polygon": 2},
        "area_km2": 2.5,
        "source_area_km2": 1.0,
        "capacity_mw": 1.5,
        "capacity_stated": 2,
        "bbox": {"west": -5.0, "south": -7.0, "east": 9.0, "north": 2.0},
    }


def test_a_total_of_which_nothing_is_stated_is_null_and_not_zero(dataset: Callable[..., Dataset]) -> None:
    metrics = account(_table(_row(geometry_kind="point")), dataset())
    assert (metrics["area_km2"], metrics["capacity_mw"], metrics["capacity_stated"]) == (None, None, 0)


def test_a_total_does_not_depend_on_the_order_of_the_rows(dataset: Callable[..., Dataset]) -> None:
    rows = [_row(area_m2=area) for area in (1e16, 1.0, -1e16, 1.0)]
    assert {account(_table(*order), dataset())["area_km2"] for order in (rows, rows[::-1])} == {2e-6}


@pytest.mark.parametrize(("expected", "shown"), [(7, "7"), (19433, "19,433")])
def test_another_number_than_the_expected_one_is_refused_with_what_to_sign(
    dataset: Callable[..., Dataset], expected: int, shown: str
) -> None:
    with pytest.raises(AccountingError) as refused:
        account(RECORDS, dataset(expected_features=expected))
    words = [f"farms: expected {shown} records, read 6.", "`expected_features: 6` under datasets.farms"]
    assert [word for word in words if word not in str(refused.value)] == []


def test_the_expected_number_counts_rejected_records_too(dataset: Callable[..., Dataset]) -> None:
    assert account(RECORDS, dataset(expected_features=6))["records"]["read"] == 6


def test_a_sample_need_not_have_the_expected_number(dataset: Callable[..., Dataset]) -> None:
    assert account(_table(_row(is_synthetic=True)), dataset(expected_features=6))["records"]["read"] == 1


def test_a_dataset_of_which_nothing_is_left_is_refused_with_the_reasons(dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(AccountingError, match=r"farms: .*no record can be used: 2 null_geometry, 1 no_area\."):
        account(RECORDS.slice(3), dataset())


def test_a_dataset_without_records_is_refused(dataset: Callable[..., Dataset]) -> None:
    with pytest.raises(AccountingError, match=r"farms: .*no record can be used: no records\."):
        account(_table(), dataset())
