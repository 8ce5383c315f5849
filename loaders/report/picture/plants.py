"""The installations of a picture, as arrays."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from loaders.core.arrays import Flags, Numbers, Shapes
from loaders.core.errors import SelectionError
from loaders.core.escape import sql_text
from loaders.read.published import INSTALLATIONS, PREFIX, SCHEMA, Published
from loaders.read.selection import Selection

YIELD = f"{PREFIX}yield"
PLACEHOLDER = "placeholder_position"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Plants:
    """Installations, an entry of each array for each.

    Attributes:
        id: installation_id.
        lon, lat: centroid [°].
        size_mw: capacity of the panels [MW, DC], NaN where it is not known.
        is_stated: whether a publisher states that capacity; else it is estimated from the outline.
        year: last year in which it may have been installed; NaN where it is not known.
        country: ISO 3166-1 alpha-2; empty without one.
        status: as in the table.
        confidence: as in the table.
        dataset_keys: the datasets that have it.
        is_synthetic: whether it is made up.
        is_placed: whether its position is its own, and no placeholder.
    """

    id: Shapes
    lon: Numbers
    lat: Numbers
    size_mw: Numbers
    is_stated: Flags
    year: Numbers
    country: Shapes
    status: Shapes
    confidence: Shapes
    dataset_keys: pa.ListArray
    is_synthetic: Flags
    is_placed: Flags

    def __len__(self) -> int:
        return len(self.lon)

    def where(self, rows: Flags) -> Self:
        """Some of them."""
        arrays = {each.name: getattr(self, each.name) for each in fields(self)}
        keys = arrays.pop("dataset_keys").filter(pa.array(rows))
        return type(self)(dataset_keys=keys, **{name: array[rows] for name, array in arrays.items()})

    @property
    def dataset_count(self) -> Numbers:
        """Number of datasets that have each of them."""
        return np.asarray(pc.list_value_length(self.dataset_keys), dtype=float)


def selection(country: str | None, dataset: str | None) -> Selection:
    """The installations in a country (ISO 3166-1 alpha-2) that a dataset (key) has."""
    where = f"list_contains(dataset_keys, {sql_text(dataset)})" if dataset else None
    return Selection.of(where=where, countries=country)


def read_plants(tables: Published, chosen: Selection) -> Plants:
    """The installations of a selection, largest last.

    Raises:
        SelectionError: there are none.
    """
    query = f"""
        SELECT
            installation_id AS id, centroid_lon AS lon, centroid_lat AS lat, size_mw,
            coalesce(is_stated, false) AS is_stated,
            year(installed_to)::DOUBLE AS year, coalesce(country, '') AS country, status, confidence, dataset_keys,
            is_synthetic, NOT list_contains(quality_flags, '{PLACEHOLDER}') AS is_placed
        FROM ({tables.rows(INSTALLATIONS, chosen)}) LEFT JOIN ({_sizes(tables)}) USING (installation_id)
        ORDER BY size_mw NULLS FIRST, installation_id
    """  # noqa: S608 (the selection is checked)
    rows = tables.query(query).to_arrow_table()
    if not len(rows):
        raise SelectionError(_none_found(tables, chosen))
    texts = {name: rows[name].to_numpy() for name in ("id", "country", "status", "confidence")}
    numbers = {name: rows[name].to_numpy() for name in ("lon", "lat", "size_mw", "year")}
    flags = {name: rows[name].to_numpy().astype(bool) for name in ("is_stated", "is_synthetic", "is_placed")}
    return Plants(dataset_keys=rows["dataset_keys"].combine_chunks(), **texts, **numbers, **flags)


def read_outlines(tables: Published, chosen: Selection, least_area_m2: float) -> tuple[Shapes, Shapes]:
    """The ids of installations whose outline has at least an area, the largest first, and the outlines [°]."""
    query = f"""
        SELECT installation_id, ST_AsWKB(geometry) AS shape FROM ({tables.rows(INSTALLATIONS, chosen)})
        WHERE area_m2 >= {float(least_area_m2)!r} ORDER BY area_m2 DESC, installation_id
    """  # noqa: S608 (the selection is checked)
    rows = tables.query(query).to_arrow_table()
    return rows["installation_id"].to_numpy(), shapely.from_wkb(rows["shape"].to_numpy())


def _sizes(tables: Published) -> str:
    """The capacity of the panels of each installation, and whether it is stated."""
    is_stated = "starts_with(panel_capacity_method, 'stated') AS is_stated"
    table = f"{SCHEMA}.{tables.find(YIELD)}"
    return f"SELECT installation_id, panel_capacity_mw AS size_mw, {is_stated} FROM {table}"  # noqa: S608 (our own table)


def _none_found(tables: Published, chosen: Selection) -> str:
    """Why nothing is drawn, and the countries that the dataset, or all together, have installations in."""
    rows = tables.rows(INSTALLATIONS, Selection(where=chosen.where))
    query = f"SELECT DISTINCT country FROM ({rows}) WHERE country IS NOT NULL ORDER BY 1"  # noqa: S608 (as above)
    countries = ", ".join(code for (code,) in tables.query(query).fetchall()) or "none"
    place = f" in {', '.join(chosen.countries)}" if chosen.countries else ""
    dataset = " of that dataset" if chosen.where else ""
    return f"There is no installation{dataset}{place}: nothing is drawn. Countries with installations: {countries}."
