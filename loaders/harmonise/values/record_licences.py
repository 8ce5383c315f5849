"""Licence of each record: one for the whole dataset, or one by the values of a column."""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Flags
from loaders.core.errors import ReadError
from loaders.harmonise.values.columns import published_text, spellings
from loaders.harmonise.values.value_counts import count_values, format_value_counts, shorten
from loaders.settings.licences import NOT_STATED
from loaders.settings.stated_licence import StatedLicence, stated_name

BLANK = ""  # the value of a record that states none


def record_licences(attributes: pa.Table, licence: StatedLicence, key: str) -> list[str]:
    """The licence of each row (SPDX); `not stated` also where the settings do not list its value.

    Args:
        attributes: published columns.
        licence: of all rows, or by the values of a column; they are compared as trimmed text, in any case.
        key: of the dataset.

    Raises:
        ReadError: the column is missing, or has no text form.
    """
    others = licence.of_other_records or NOT_STATED
    if licence.column is None:
        return [others] * len(attributes)
    values, licences = _values(attributes, licence.column, key), _licence_by_value(licence)
    by_value = {value: licences.get(value.casefold(), others) for value in pc.unique(values).to_pylist()}
    return [by_value[value] for value in values.to_pylist()]


class UnlistedLicences:
    """Counts the values of a dataset, over its batches, to which the settings give no licence."""

    def __init__(self, licence: StatedLicence, key: str) -> None:
        self._licence, self._key = licence, key
        self._counts: Counter[str] = Counter()

    def add(self, attributes: pa.Table, row_is_wanted: Flags) -> None:
        """Count the values of a batch, in the rows that `where` does not exclude."""
        if self._licence.column is None or self._licence.otherwise is not None:
            return
        licences = _licence_by_value(self._licence)
        values = _values(attributes, self._licence.column, self._key).filter(pa.array(row_is_wanted))
        counts = count_values(values).items()
        self._counts.update({value: rows for value, rows in counts if value.casefold() not in licences})

    def require_none(self) -> None:
        """Require that the settings give each record a licence, or say that it has none.

        Raises:
            ReadError: a value is not listed; the message names it with its number of records.
        """
        if not self._counts:
            return
        counts = Counter({value or "(blank)": rows for value, rows in self._counts.items()})
        example = shorten(next(filter(None, sorted(self._counts)), "VALUE"))
        raise ReadError(
            f"{self._key}: column {self._licence.column!r} holds values that datasets.{self._key}.licence.values in "
            f"params.yaml does not list: {format_value_counts(counts)}. Give each its licence, as in "
            f"`{example!r}: CC-BY-4.0`; or say the licence of all other records, in the form `otherwise: unknown` "
            "where none is stated."
        )


def _values(attributes: pa.Table, column: str, key: str) -> pa.ChunkedArray:
    return pc.fill_null(published_text(attributes, column, key, "licence.column"), BLANK)


def _licence_by_value(licence: StatedLicence) -> dict[str, str]:
    """The licence by published value, case-folded."""
    return {
        spelling.casefold(): stated_name(name) or NOT_STATED
        for value, name in licence.values.items()
        for spelling in spellings(value)
    }
