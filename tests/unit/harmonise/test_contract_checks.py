from typing import Any

import pandas as pd
import pytest

from loaders.harmonise.contract_checks import CHECKED, ContractValidator

KEPT = {
    "dataset_key": "farms",
    "status": "operating",
    "technology": "pv",
    "mounting": "ground",
    "geometry": b"\x01",
    "geometry_kind": "polygon",
    "centroid_lon": 10.0,
    "centroid_lat": 50.0,
    "area_m2": 100.0,
    "h3_cell": "881f",
    "source_file": "farms.csv",
    "source_row": 1,
    "source_attributes": "{}",
    "quality_flags": [],
    "licence": "MIT",
    "licence_verified": True,
    "is_synthetic": False,
}
REJECTED = KEPT | dict.fromkeys(("geometry", "geometry_kind", "centroid_lon", "centroid_lat", "area_m2", "h3_cell"))


def _message(*rows: dict[str, Any]) -> str:
    names = [field.name for field in CHECKED]
    frame = pd.DataFrame([dict.fromkeys(names) | row for row in rows]).astype({"centroid_lon": float, "area_m2": float})
    return str(ContractValidator().validate(frame).message)


def test_kept_and_rejected_records_meet_the_contract() -> None:
    assert _message(KEPT, REJECTED | {"reason": "no_area"}) == ""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"centroid_lon": 180.5}, "column 'centroid_lon' holds 180.5; expected 180 or less"),
        ({"area_m2": -5.0}, "column 'area_m2' holds -5.0; expected 0 or more"),
        ({"capacity_mw": -0.1}, "column 'capacity_mw' holds -0.1; expected 0 or more"),
        ({"geometry_kind": "line"}, "column 'geometry_kind' holds 'line'; expected polygon, point"),
        ({"h3_cell": None}, "column 'h3_cell' is null in a record that is kept"),
        ({"colour": "red"}, "there is no column 'colour'"),
    ],
)
def test_a_violation_is_named_with_its_column(changes: dict[str, Any], expected: str) -> None:
    assert _message(KEPT, KEPT | changes) == expected


def test_a_missing_column_is_named() -> None:
    frame = pd.DataFrame([dict.fromkeys(field.name for field in CHECKED) | KEPT]).drop(columns="licence")
    assert ContractValidator().validate(frame).message == "column 'licence' is missing"


def test_only_some_values_are_listed() -> None:
    rows = [KEPT | {"area_m2": -float(number)} for number in range(1, 6)]
    assert _message(*rows) == "column 'area_m2' holds -1.0, -2.0, -3.0 and more; expected 0 or more"
