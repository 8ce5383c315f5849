"""Settings of one published column."""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from loaders.settings.base import SettingsModel, Text, as_tuple

Scalar = str | int | float


def as_column(value: object) -> object:
    """A column from a bare name, or from a list of names to coalesce."""
    return {"column": value} if isinstance(value, str | list) else value


def as_scalars(value: object) -> object:
    """A tuple of a list, or of a single value."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str | int | float) else value


ColumnNames = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]
Scalars = Annotated[tuple[Scalar, ...], BeforeValidator(as_scalars)]
AllowedValues = Annotated[tuple[Scalar | bool, ...], BeforeValidator(as_scalars), Field(min_length=1)]


class Column(SettingsModel):
    """A published column, or one value for all records.

    Attributes:
        column: its name; of several, the first non-null one in a row counts.
        constant: the value of every record, instead of a column.
        null_values: values that mean "unknown".
    """

    column: ColumnNames = ()
    constant: Scalar | None = None
    null_values: Scalars = ()

    @model_validator(mode="after")
    def _require_column_or_constant(self) -> Self:
        if bool(self.column) == (self.constant is not None):
            raise ValueError("give either a column or a constant")
        return self
