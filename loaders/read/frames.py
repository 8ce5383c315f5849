"""`read_installations` and `read_records`: published tables as GeoDataFrames."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import geopandas as gpd
import pandas as pd
import pyarrow as pa

from loaders.contract import GEOMETRY
from loaders.core.errors import SelectionError
from loaders.core.escape import sql_name
from loaders.read.condition import error_reason
from loaders.read.published import CRS, INSTALLATIONS, RECORDS, Published, published
from loaders.read.selection import Selection, column_suggestion

UNKNOWN_COLUMN = re.compile(r'Referenced column "([^"]+)"')


def read_installations(  # noqa: PLR0913 (each is a filter of its own)
    columns: Iterable[str] | None = None,
    where: str | None = None,
    bbox: Sequence[float] | None = None,
    countries: str | Iterable[str] | None = None,
    *,
    project: str | Path | None = None,
    origin: str | None = None,
) -> gpd.GeoDataFrame:
    """The installations, one row each, in EPSG:4326; the filters are applied while the file is read.

    Args:
        columns: to read, `geometry` always among them; by default all. `attrs["columns"]` says what each means.
        where: a condition of SQL on the columns, such as `capacity_mw > 5`.
        bbox: west, south, east, north [°]: rows whose shape meets that box; west greater than east crosses the
            antimeridian.
        countries: ISO 3166-1 alpha-2, one or several.
        project: its folder; by default the one around the working directory.
        origin: `sample` or `doi`; by default that of `params.yaml`.

    Raises:
        BuildError: nothing is built yet.
        SelectionError: a column, a condition or a place is not what it should be.
        SettingsError: there is no project, or no such origin.
    """
    return _read(INSTALLATIONS, Selection.of(columns, where, bbox, countries), project, origin)


def read_records(  # noqa: PLR0913 (as above)
    columns: Iterable[str] | None = None,
    where: str | None = None,
    bbox: Sequence[float] | None = None,
    countries: str | Iterable[str] | None = None,
    *,
    project: str | Path | None = None,
    origin: str | None = None,
) -> gpd.GeoDataFrame:
    """The published records, one row each; arguments and errors as for `read_installations`."""
    return _read(RECORDS, Selection.of(columns, where, bbox, countries), project, origin)


def _read(table: str, selection: Selection, project: str | Path | None, origin: str | None) -> gpd.GeoDataFrame:
    with published(project, origin) as tables:
        rows = arrow_rows(tables, table, selection, needed=(GEOMETRY,))
        comments = tables.comments(table)
    frame = geo_frame(rows)
    frame.attrs["table"] = table
    frame.attrs["columns"] = {name: comments[name] for name in rows.column_names if name in comments}
    return frame


def arrow_rows(tables: Published, table: str, selection: Selection, needed: tuple[str, ...] = ()) -> pa.Table:
    """The rows of a selection, with shapes as WKB.

    Args:
        tables: of the project.
        table: one of them.
        selection: of rows and columns.
        needed: columns to read in addition to those of the selection.

    Raises:
        SelectionError: a column is missing, or DuckDB refuses the condition.
    """
    rows = tables.rows(table, selection)
    names = list(dict.fromkeys((*(selection.columns or tables.columns(table)), *needed)))
    chosen = ", ".join(f"ST_AsWKB({GEOMETRY}) AS {GEOMETRY}" if name == GEOMETRY else sql_name(name) for name in names)
    try:
        return tables.query(f"SELECT {chosen} FROM ({rows})").to_arrow_table()  # noqa: S608 (see `Published.rows`)
    except duckdb.Error as error:
        if selection.where is None or isinstance(error, duckdb.IOException):
            raise
        raise SelectionError(_condition_message(selection.where, table, tables.columns(table), error)) from None


def _condition_message(where: str, table: str, columns: Sequence[str], error: duckdb.Error) -> str:
    """What is wrong with a condition that DuckDB refuses; most often a name, or text in double quotes."""
    if unknown := UNKNOWN_COLUMN.search(str(error)):
        hint = column_suggestion([unknown[1]], columns)
        return f"{table} has no column {unknown[1]!r}. {hint} Text stands in single quotes: country = 'DE'."
    reason = error_reason(error)
    return f"The condition {where!r} cannot be applied to {table}: {reason}. Its columns are: {', '.join(columns)}."


def geo_frame(rows: pa.Table) -> gpd.GeoDataFrame:
    """A table with WKB as a GeoDataFrame: dates as datetime64, lists as lists, maps as dictionaries."""
    nested = [field.name for field in rows.schema if pa.types.is_nested(field.type)]
    values = rows.drop_columns([GEOMETRY, *nested]).to_pandas(date_as_object=False)
    for name in nested:
        values[name] = pd.Series(rows[name].to_pylist(maps_as_pydicts="strict"), dtype=object)
    shapes = gpd.GeoSeries.from_wkb(pd.Series(rows[GEOMETRY].to_pandas(), dtype=object), crs=CRS)
    return gpd.GeoDataFrame(values, geometry=shapes)[rows.column_names]
