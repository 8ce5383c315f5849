"""Figures of a table for the data dictionary, gathered from its rows as they are written."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from loaders.contract import GEOMETRY

UNKNOWN = ("unknown", "not stated")  # values that say that nothing is known
UNKNOWN_TEXTS = pa.array(UNKNOWN)
NO_EXAMPLE: tuple[object, ...] = ("", [], *UNKNOWN)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many rows of a table have a value in a column, and the first of these values; null if all are empty."""

    rows: int
    known: int
    example: object

    @property
    def share(self) -> str:
        """The known rows, and their share."""
        percent = 100 * self.known // self.rows if self.rows else 0
        rounded = "< 1" if self.known and not percent else str(percent)
        return f"{self.known:,} of {self.rows:,} ({rounded} %)"


NO_ROWS = Figures(0, 0, None)


def with_rows(former: Mapping[str, Figures], rows: pa.Table) -> dict[str, Figures]:
    """The figures of each column, with more rows.

    Args:
        former: of the rows before; empty where there are none.
        rows: that follow, `geometry` as WKB.
    """
    return {name: _with_rows(former.get(name, NO_ROWS), name, rows.column(name)) for name in rows.column_names}


def _with_rows(former: Figures, name: str, column: pa.ChunkedArray) -> Figures:
    known = len(column) - column.null_count
    if known and pa.types.is_string(column.type):
        known -= pc.sum(pc.is_in(column, value_set=UNKNOWN_TEXTS)).as_py()
    example = _example(name, column) if known and former.example is None else former.example
    return Figures(former.rows + len(column), former.known + known, example)


def _example(name: str, column: pa.ChunkedArray) -> object:
    """The first value; null if all are empty."""
    if pa.types.is_list(column.type):
        column = column.filter(pc.greater(pc.list_value_length(column), 0))
    values = (value.as_py() for value in column if value.is_valid)
    found = next((value for value in values if value not in NO_EXAMPLE), None)
    if isinstance(found, bool):
        return str(found).lower()
    if name == GEOMETRY and found:
        return shapely.from_wkb(found).geom_type.upper()
    if pa.types.is_map(column.type) and found:
        return f"{{{', '.join(f'{key}={value}' for key, value in found)}}}"
    return f"[{', '.join(map(str, found))}]" if isinstance(found, list) else found
