"""The computed skies in the cache: one entry with a row per cell, as an entry for each takes longer than its sky."""

import logging
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.answer_cache import AnswerCache
from loaders.core.files import sha256
from loaders.irradiance.clear_sky.contract import SKY
from loaders.settings.irradiance import Irradiance

ENTRY = "cells"
CODE = (*sorted(Path(__file__).parent.glob("*.py")), Path(__file__).parents[1] / "panels.py")

log = logging.getLogger(__name__)


def request_key(settings: Irradiance) -> str:
    """Everything that a sky depends on except its cell: libraries, code and the tilt of the panels."""
    libraries = [f"{name} {version(name)}" for name in ("pvlib", "numpy")]
    return "\n".join([*libraries, *map(sha256, CODE), f"tilt {settings.tilt_deg}"])


def read_skies(cache: AnswerCache) -> pa.Table:
    """The cached skies, columns of SKY; none if missing, damaged or of another form."""
    try:
        skies = pa.ipc.open_stream(cache.answer(ENTRY) or b"").read_all()
    except pa.ArrowInvalid:
        return SKY.empty_table()
    return skies if skies.schema.equals(SKY) else SKY.empty_table()


def store_skies(skies: pa.Table, cache: AnswerCache) -> None:
    """Replace the cached skies; a cache that cannot be written only costs time."""
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, SKY) as writer:
        writer.write_table(skies)
    try:
        cache.store_answer(ENTRY, stream.getvalue())
    except OSError as error:
        log.warning("the clear sky of %d cells is not cached: %s", len(skies), error)


def without_cells(skies: pa.Table, cells: pa.Table) -> pa.Table:
    """The skies of other cells than these."""
    return skies.filter(pc.invert(pc.is_in(skies["h3_cell"], cells["h3_cell"].combine_chunks())))


def without_sky(cells: pa.Table, skies: pa.Table) -> pa.Table:
    """The cells whose sky is not among these, at their position."""
    positions = sky_of(cells, skies).select(["lon", "lat"])
    is_there = pc.and_(*(pc.equal(positions[name], cells[name]) for name in positions.column_names))
    return cells.filter(pc.invert(pc.fill_null(is_there, False)))


def sky_of(cells: pa.Table, skies: pa.Table) -> pa.Table:
    """The row of each cell, null where it has none."""
    return skies.take(pc.index_in(cells["h3_cell"], skies["h3_cell"].combine_chunks()))
