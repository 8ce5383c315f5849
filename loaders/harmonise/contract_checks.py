"""The contract as a check that Hamilton runs on the output of `canonical_records`."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from hamilton.data_quality.base import DataValidator, ValidationResult

from loaders.contract import LOADING, Field

EXAMPLES = 3  # values in a message
# `record_id` is assigned once all records are known
CHECKED = tuple(field for field in LOADING if field.name != "record_id")


class ContractValidator(DataValidator):  # type: ignore[misc]  # Hamilton has no types
    """Checks the columns, ranges, choices and required values of `contract.LOADING`, column by column."""

    def __init__(self) -> None:
        super().__init__("fail")

    def applies_to(self, datatype: type[type]) -> bool:
        """Whether it can check this type."""
        return issubclass(datatype, pd.DataFrame)

    def description(self) -> str:
        """What it checks, for the drawing of the graph."""
        return "Checks each column against loaders/contract.py."

    @classmethod
    def name(cls) -> str:
        """Its name in the graph."""
        return "contract"

    def validate(self, dataset: pd.DataFrame) -> ValidationResult:
        """The violations of the contract, as a message."""
        message = "; ".join(_violations(dataset))
        return ValidationResult(passes=not message, message=message)


def _violations(records: pd.DataFrame) -> Iterator[str]:
    """What breaks the contract, in the order of its columns."""
    expected = {field.name for field in CHECKED}
    if unexpected := [str(name) for name in records.columns if name not in expected]:
        yield f"there is no column {', '.join(map(repr, unexpected))}"
    is_rejected = records["reason"].notna() if "reason" in records.columns else False
    for field in CHECKED:
        if field.name not in records.columns:
            yield f"column {field.name!r} is missing"
            continue
        values = records[field.name]
        if field.required and not (values.notna() | is_rejected).all():
            yield f"column {field.name!r} is null in a record that is kept"
        yield from _unexpected_values(values, field)


def _unexpected_values(values: "pd.Series[Any]", field: Field) -> Iterator[str]:
    """The values of a column that its field excludes."""
    bounds = (
        (field.least, values.lt, f"expected {field.least:g} or more" if field.least is not None else ""),
        (field.most, values.gt, f"expected {field.most:g} or less" if field.most is not None else ""),
    )
    for bound, is_beyond, expected in bounds:
        if bound is not None and (beyond := values[is_beyond(bound)]).size:
            yield _message(field.name, beyond.unique().tolist(), expected)
    if field.choices and (others := [value for value in values.dropna().unique() if value not in field.choices]):
        yield _message(field.name, others, f"expected {', '.join(field.choices)}")


def _message(name: str, values: list[Any], expected: str) -> str:
    listed = ", ".join(map(repr, values[:EXAMPLES])) + (" and more" if len(values) > EXAMPLES else "")
    return f"column {name!r} holds {listed}; {expected}"
