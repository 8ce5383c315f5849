"""Which rows and columns of a table are asked for."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from loaders.contract import GEOMETRY
from loaders.core.errors import SelectionError
from loaders.core.escape import sql_name, sql_text
from loaders.read.condition import as_expression, require_condition

COUNTRY, BOX = "country", "bbox"
BBox = tuple[float, float, float, float]


def column_suggestion(names: Iterable[str], available: Sequence[str]) -> str:
    """The columns that misspelt names may mean; all that there are, where none is near."""
    near = dict.fromkeys(match for name in names for match in get_close_matches(name, available, n=1))
    return f"Did you mean {', '.join(near)}?" if near else f"Its columns are: {', '.join(available)}."


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows and columns of a table.

    Attributes:
        columns: in this order; all of them if None.
        where: a condition of SQL.
        bbox: west, south, east, north [°]: rows whose shape meets that box. If west is greater than east, it crosses
            the antimeridian.
        countries: ISO 3166-1 alpha-2; none for all rows.
    """

    columns: tuple[str, ...] | None = None
    where: str | None = None
    bbox: BBox | None = None
    countries: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        columns: Iterable[str] | None = None,
        where: str | None = None,
        bbox: Sequence[float] | None = None,
        countries: str | Iterable[str] | None = None,
    ) -> Self:
        """A selection of what a user wrote.

        Raises:
            SelectionError: the condition, the box or a country cannot be one.
        """
        if where is not None:
            require_condition(where)
        codes = (countries,) if isinstance(countries, str) else tuple(countries or ())
        if isinstance(columns, str):
            raise SelectionError(f"The columns are {columns!r}. Expected a list of names, such as [{columns!r}].")
        names = None if columns is None else tuple(dict.fromkeys(columns))
        return cls(names, where, None if bbox is None else _box(bbox), tuple(map(_country, codes)))

    def require_columns(self, table: str, available: Sequence[str]) -> None:
        """Refuse columns that the table does not have, and filters that it has no column for.

        Raises:
            SelectionError: with the columns that there are.
        """
        needed = [*(self.columns or ()), *([COUNTRY] if self.countries else []), *([GEOMETRY] if self.bbox else [])]
        if missing := [name for name in needed if name not in available]:
            names = ", ".join(map(repr, missing))
            raise SelectionError(f"{table} has no column {names}. {column_suggestion(missing, available)}")
        if self.columns == ():
            raise SelectionError(f"No column of {table} is asked for. Its columns are: {', '.join(available)}.")

    def predicate(self, *, has_box: bool) -> str:
        """The rows, as a condition of SQL.

        Args:
            has_box: whether the table also has the bounding box of each shape, which a scan of Parquet can skip by.
        """
        conditions = []
        if self.countries:
            conditions.append(f"{COUNTRY} IN ({', '.join(map(sql_text, self.countries))})")
        if self.bbox:
            parts = [_meets(part, has_box=has_box) for part in _without_antimeridian(self.bbox)]
            conditions.append(f"({' OR '.join(parts)})")
        if self.where is not None:
            conditions.append(as_expression(self.where, ""))
        return " AND ".join(conditions) or "true"


def _country(code: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", code):
        raise SelectionError(f"{code!r} is no country code. Expected two letters of ISO 3166-1, such as DE.")
    return code.upper()


def _box(numbers: Sequence[float]) -> BBox:
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise SelectionError(f"The box {list(numbers)} is not four numbers: west, south, east, north [°].")
    west, south, east, north = map(float, numbers)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise SelectionError(
            f"The box {west:g},{south:g},{east:g},{north:g} is not on Earth. Expected west, south, east, north [°]: "
            "longitudes from -180 to 180, latitudes from -90 to 90, south below north."
        )
    return west, south, east, north


def _without_antimeridian(box: BBox) -> list[BBox]:
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]


def _meets(box: BBox, *, has_box: bool) -> str:
    west, south, east, north = map(repr, box)
    exact = f"ST_Intersects({GEOMETRY}, ST_SetCRS(ST_MakeEnvelope({west}, {south}, {east}, {north}), 'EPSG:4326'))"
    if not has_box:
        return exact
    xmin, ymin, xmax, ymax = (f"{BOX}.{sql_name(corner)}" for corner in ("xmin", "ymin", "xmax", "ymax"))
    return f"({xmin} <= {east} AND {xmax} >= {west} AND {ymin} <= {north} AND {ymax} >= {south} AND {exact})"
