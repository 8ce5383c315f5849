"""Alternative columns: of the columns that a setting lists, those that the file has."""

import difflib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from loaders.core.errors import ReadError
from loaders.core.escape import yaml_line
from loaders.settings.column import Column
from loaders.settings.columns import ColumnMap, IdentifierColumn
from loaders.settings.params import Dataset

logger = logging.getLogger(__name__)

LISTED_COLUMNS, VALUE_CHARACTERS = 40, 30  # in an error
NAMES = ("column", "after", "before", "year", "quarter", "month")  # the settings of a column that name columns


@dataclass(frozen=True, slots=True)
class MissingColumn:
    """An alternative that a file does not have.

    Attributes:
        setting: below `columns`, say `source_id`.
        name: of the missing column.
        used: the alternatives that the file has.
    """

    setting: str
    name: str
    used: tuple[str, ...]


class Alternatives:
    """Narrows the settings of a dataset to the columns of each file, and warns about missing alternatives once."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._narrowed: dict[tuple[str, ...], Dataset] = {}

    def dataset(self, attributes: pa.Table, file: str) -> Dataset:
        """The settings for the published columns of a batch of a file.

        Raises:
            ReadError: the file has none of the alternatives.
        """
        names = tuple(attributes.column_names)
        if names not in self._narrowed:
            self._narrowed[names] = self._dataset.model_copy(update={"columns": self._existing(attributes)})
            for missing in missing_columns(self._dataset.columns, names):
                logger.warning("%s: %s.", self._dataset.key, missing_column_warning(missing, file))
        return self._narrowed[names]

    def _existing(self, attributes: pa.Table) -> ColumnMap:
        columns = self._dataset.columns
        narrowed = {name: self._narrow(attributes, name, column) for name, column in _columns(columns)}
        identifiers = {name: narrowed[f"identifiers.{name}"] for name in columns.identifiers}
        fields = {name: column for name, column in narrowed.items() if "." not in name}
        known = {name: column for name, column in identifiers.items() if column}
        return columns.model_copy(update=fields | {"identifiers": known})

    def _narrow(self, attributes: pa.Table, setting: str, column: Column) -> Column | None:
        """The setting with the columns that the file has; null if it has none, and need not."""
        existing = {}
        for kind, names in _alternatives(column):
            existing[kind] = tuple(name for name in names if name in attributes.column_names)
            if existing[kind] and (len(existing[kind]) == len(names) or not _needs_all(column)):
                continue
            if not column.required:
                return None
            raise ReadError(_no_column(attributes, self._dataset.key, setting, column, kind))
        return column.model_copy(update=existing)


def missing_columns(columns: ColumnMap, names: tuple[str, ...]) -> list[MissingColumn]:
    """The alternatives that are not among the columns of a file."""
    return [
        MissingColumn(setting, name, tuple(other for other in alternatives if other in names))
        for setting, column in _columns(columns)
        for _, alternatives in _alternatives(column)
        for name in alternatives
        if name not in names
    ]


def missing_column_warning(missing: MissingColumn, file: str) -> str:
    """A warning about an alternative that a file does not have, since it may be misspelt; without a full stop."""
    used = " and ".join(map(repr, missing.used)) or "no column"
    verb = "were" if len(missing.used) > 1 else "was"
    return f"{missing.name!r} of columns.{missing.setting} is not in {file}; {used} {verb} used"


def _columns(columns: ColumnMap) -> Iterator[tuple[str, Column]]:
    """Each setting with a column, by its name below `columns`."""
    for setting, value in columns:
        parts: Mapping[str, Any] = value if isinstance(value, dict) else {}
        named = {f"{setting}.{name}": part for name, part in parts.items()} or {setting: value}
        yield from ((name, column) for name, column in named.items() if isinstance(column, Column))


def _alternatives(column: Column) -> list[tuple[str, tuple[str, ...]]]:
    """The settings of a column that name columns, with their names."""
    named = ((kind, getattr(column, kind, ())) for kind in NAMES)
    return [(kind, names) for kind, names in named if names]


def _needs_all(column: Column) -> bool:
    """Whether the columns are the parts of one value."""
    return isinstance(column, IdentifierColumn) and bool(column.join)


def _no_column(attributes: pa.Table, key: str, setting: str, column: Column, kind: str) -> str:
    """The error where a file lacks a column: what it has, and the line to write."""
    names = [name for name in getattr(column, kind) if name not in attributes.column_names]
    line = f"{setting.rpartition('.')[2]}: {yaml_line(_replaced(column, kind, _nearest(names, attributes)))}"
    return (
        f"{key}: the file has no column {' or '.join(map(repr, names))}, which datasets.{key}.columns.{setting} in "
        f"params.yaml names. It has: {_format_columns(attributes)}. Name the right one, for example `{line}`, or leave "
        f"{setting} out."
    )


def _nearest(names: list[str], attributes: pa.Table) -> str:
    """The column whose name is most like a missing one."""
    spelt = {name.casefold(): name for name in reversed(attributes.column_names)}
    close = [match for name in names for match in difflib.get_close_matches(name.casefold(), spelt, 1, 0.3)]
    return spelt[close[0]] if close else next(iter(attributes.column_names), "COLUMN")


def _replaced(column: Column, kind: str, name: str) -> object:
    """The setting with another column, as it stands in YAML."""
    stated = column.model_dump(mode="json", exclude_defaults=True) | {kind: name}
    return name if stated == {"column": name} else stated


def _format_columns(attributes: pa.Table) -> str:
    """The columns with their first values."""
    listed = ", ".join(map(_with_first_value, attributes.column_names[:LISTED_COLUMNS], attributes.columns))
    more = len(attributes.column_names) - LISTED_COLUMNS
    return f"{listed} and {more:,} more" if more > 0 else listed or "no columns"


def _with_first_value(name: str, column: pa.ChunkedArray) -> str:
    value = next((text for text in map(str, column.drop_null().slice(0, 20).to_pylist()) if text.strip()), "")
    text = value if len(value) <= VALUE_CHARACTERS else f"{value[:VALUE_CHARACTERS]}…"
    return f"{name} ({text!r})" if text else f"{name} (blank)"
