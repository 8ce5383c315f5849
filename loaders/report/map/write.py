"""Writes the data of the map, `report/map/`."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from loaders.core.paths import ProjectPaths
from loaders.report.map.columns import Columns, read_columns
from loaders.report.map.details import details
from loaders.report.map.hexagons import hexagon_files, hexagons
from loaders.report.map.land import land
from loaders.report.map.meta import meta
from loaders.report.map.search import id_buckets, names
from loaders.report.map.tables import MapTables, map_tables
from loaders.report.map.tile_packs import Write
from loaders.report.map.tiles import write_tiles
from loaders.report.web.script_files import as_json_bytes, write_script_file
from loaders.settings.params import Settings

FOLDER = "map"
MOST_WAITING = 8  # files that wait to be compressed


def write_map_data(settings: Settings, paths: ProjectPaths) -> Path:
    """Write the data of the map; the old data stays until the new is complete.

    Returns:
        The folder.

    Raises:
        BuildError: a published table is missing.
    """
    scratch = paths.scratch(FOLDER)
    shutil.rmtree(scratch, ignore_errors=True)  # of a run that was killed
    try:
        with map_tables(paths) as tables:
            _write_files(settings, paths, tables, scratch)
        return _replace(paths.report_folder / FOLDER, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write_files(settings: Settings, paths: ProjectPaths, tables: MapTables, scratch: Path) -> None:
    with file_writer(scratch) as write, ThreadPoolExecutor(1) as other:
        columns = read_columns(tables)
        texts = other.submit(_write_texts, tables, scratch / "rows", write)
        levels, columns.arrays["hex"] = hexagons(columns.lon, columns.lat)
        _write_arrays(columns, hexagon_files(levels), write)
        write("map/land", as_json_bytes(land(paths.boundaries)))
        write_tiles(tables, columns, write)
        counts = {
            "hexagons": [{"resolution": level.resolution, "count": len(level.corners)} for level in levels],
            "ids_buckets": texts.result(),
        }
        write("map/meta", as_json_bytes(meta(settings, paths, tables, columns) | counts))


def _write_texts(tables: MapTables, scratch: Path, write: Write) -> int:
    """Write what is read as text; returns the number of files of identifiers."""
    for number, content in details(tables, scratch):
        write(f"map/details/{number}", content)
    write("map/names", names(tables))
    buckets, files = id_buckets(tables)
    for number, content in files:
        write(f"map/ids/{number}", content)
    return buckets


def _write_arrays(columns: Columns, hexagons: dict[str, bytes], write: Write) -> None:
    for name, array in columns.arrays.items():
        write(f"map/columns/{name}", array.tobytes())
    for name, content in hexagons.items():
        write(name, content)


@contextmanager
def file_writer(folder: Path) -> Iterator[Write]:
    """Writes script files in threads of their own, a few at a time; an error is raised at the end at the latest."""
    waiting: list[Future[Path]] = []
    with ThreadPoolExecutor(2) as pool:

        def write(name: str, content: bytes) -> None:
            while len(waiting) >= MOST_WAITING:
                waiting.pop(0).result()
            waiting.append(pool.submit(write_script_file, folder, name, content))

        yield write
        for each in waiting:
            each.result()


def _replace(folder: Path, scratch: Path) -> Path:
    """Put the new folder in the place of the old one, which comes back if that fails."""
    old = scratch / "old"
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.replace(old)
    try:
        (scratch / FOLDER).replace(folder)
    except OSError:
        if old.exists():
            old.replace(folder)
        raise
    return folder
