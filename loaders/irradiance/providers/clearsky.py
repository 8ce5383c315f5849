"""Clear-sky irradiation and yield: an upper bound, computed here with the models and grids of pvlib."""

from collections.abc import Iterator
from importlib.metadata import version

import numpy as np
import pyarrow as pa

from loaders.core.answer_cache import AnswerCache
from loaders.core.arrays import Numbers
from loaders.irradiance.clear_sky.contract import SUMS
from loaders.irradiance.clear_sky.stored import (
    read_skies,
    request_key,
    sky_of,
    store_skies,
    without_cells,
    without_sky,
)
from loaders.irradiance.panels import ALBEDO, irradiance_table, orientation
from loaders.irradiance.provider import ProviderContext, ProviderResult
from loaders.settings.irradiance import Irradiance, ProviderName

NAME: ProviderName = "clearsky"
CELLS_AT_ONCE = 5_000
MODELS = (
    f"pvlib {version('pvlib')}: sun by SPA (Reda and Andreas 2004), air mass by Kasten and Young (1989), clear sky by "
    "Ineichen and Perez (2002) with the Linke turbidity of SoDa, tilted plane by Hay and Davies (1980) with albedo "
    f"{ALBEDO}; yield: plane-of-array irradiation times (1 - losses), panels at 25 °C"
)


def irradiance_of(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> Iterator[ProviderResult]:
    """Clear-sky irradiation and yield, month by month and of the year.

    Args:
        cells: h3_cell, lon and lat [°] of its centre, EPSG:4326.
        settings: tilt and losses.
        context: its cache and its progress bar are used.

    Yields:
        Batches of cells in order; none is refused.
    """
    skies = _skies(cells, settings, context)
    for first in range(0, len(cells), CELLS_AT_ONCE):
        yield ProviderResult(_rows(skies.slice(first, CELLS_AT_ONCE), settings), {})


def _skies(cells: pa.Table, settings: Irradiance, context: ProviderContext) -> pa.Table:
    """The sky of each cell, cached or computed."""
    cache = AnswerCache.of(context.cache_folder / NAME, request_key(settings))
    cached = read_skies(cache)
    missing = without_sky(cells, cached)
    if len(missing):
        from loaders.irradiance.clear_sky.compute import skies  # noqa: PLC0415 (pvlib takes a second to import)

        blocks, count = skies(missing, settings)
        computed = pa.concat_tables(context.watched(blocks, NAME, count))
        cached = pa.concat_tables([computed, without_cells(cached, missing)])
        store_skies(cached, cache)
    return sky_of(cells, cached)


def _rows(skies: pa.Table, settings: Irradiance) -> pa.Table:
    """A row for the year and one for each month, of each cell."""
    count, rows = len(skies), len(skies) * 13
    lat = skies["lat"].to_numpy()
    tilt_deg, azimuth_deg = orientation(lat, settings)
    constants = {"lon": skies["lon"], "lat": lat, "elevation_m": skies["elevation_m"]}
    constants |= {"tilt_deg": tilt_deg, "azimuth_deg": azimuth_deg}
    columns = {name: np.repeat(np.asarray(values), 13) for name, values in constants.items()}
    sums = {f"{name}_kwh_per_m2": _with_year(skies[name]) for name in SUMS}
    annotations = {
        "h3_cell": skies["h3_cell"].combine_chunks().take(np.repeat(np.arange(count), 13)),
        "provider": pa.repeat(NAME, rows),
        "month": pa.array([None, *range(1, 13)] * count, pa.int64()),
        "air_temperature_c": pa.nulls(rows, pa.float64()),
        "specific_yield_kwh_per_kwp": sums["poa_kwh_per_m2"] * (1 - settings.losses),
        "losses": np.full(rows, settings.losses),
        "model_chain": pa.repeat(MODELS, rows),
        "is_upper_bound": pa.repeat(True, rows),
    }
    return irradiance_table(columns | sums | annotations)


def _with_year(column: pa.ChunkedArray) -> Numbers:
    months = column.combine_chunks().flatten().to_numpy().reshape(-1, 12)
    return np.column_stack([months.sum(axis=1), months]).ravel().round(4)
