"""Writes a selection of a published table in the format that the file's ending names."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from loaders.contract import GEOMETRY
from loaders.core.errors import SelectionError
from loaders.core.files import replaced_file, write_text
from loaders.core.paths import ProjectPaths
from loaders.export.flat_table import flat_table
from loaders.export.licence_note import contributed_records, licence_note
from loaders.export.model_tables import MODELS, NEEDED, model_table
from loaders.export.spreadsheets import without_shapes, write_csv, write_xlsx
from loaders.export.vector import write_fgb, write_geojson, write_gpkg, write_kml
from loaders.geo.geoparquet import write_parquet
from loaders.read.frames import arrow_rows
from loaders.read.published import INSTALLATIONS, PREFIX, Published, column_comments
from loaders.read.selection import Selection

SYNTHETIC = "is_synthetic"
NOTE_ENDING = ".licence.md"
TABLES, SHAPES = (".csv", ".xlsx"), (".gpkg", ".geojson", ".fgb", ".kml", ".parquet")
ENDINGS = (*SHAPES, *TABLES)
NEED_SHAPES = (".geojson", ".fgb", ".kml")


@dataclass(frozen=True, slots=True)
class Request:
    """What to export.

    Attributes:
        path: of the file; its ending is the format.
        table: its name, or None for the one that the file is named after, else the installations.
        selection: of rows and columns.
        model: whose columns and units to write, one of MODELS.
        wkt: whether a spreadsheet gets the shapes, as WKT.
    """

    path: Path
    table: str | None = None
    selection: Selection = Selection()
    model: str | None = None
    wkt: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """What was written.

    Attributes:
        table: its rows are from there.
        rows: number of them.
        columns: number of them.
        note: path of the licence note.
        synthetic: number of rows that are made up.
        without_capacity: installations that a model's table leaves out, since nobody states their capacity.
        not_operating: those that it leaves out by their status.
    """

    table: str
    rows: int
    columns: int
    note: Path
    synthetic: int
    without_capacity: int = 0
    not_operating: int = 0


def export(request: Request, tables: Published) -> Export:
    """Write a file and its licence note, each at once: nobody finds half of one.

    Raises:
        SelectionError: no row is left, or the format or the place is not possible.
    """
    require_path(request, tables.paths)
    name = INSTALLATIONS if request.model else _table(request, tables)
    _require_shapes(request, name, tables)
    selection = replace(request.selection, columns=NEEDED if request.model else request.selection.columns)
    is_spatial = GEOMETRY in tables.columns(name) and request.path.suffix in SHAPES
    rows = arrow_rows(tables, name, selection, needed=_needed(request, tables.columns(name), is_spatial=is_spatial))
    if not len(rows):
        raise SelectionError(_no_rows(request, name, tables))
    contributed = contributed_records(tables, name, request.selection)
    written, result = _converted(request, rows, name, tables)
    note = licence_note(tables, request.path.name, name, len(written), contributed)
    _write(request, written, name, note, tables)
    write_text(note, result.note)
    return result


def require_path(request: Request, paths: ProjectPaths) -> None:
    """Refuse an unknown ending, and a place where the workflow keeps its own files.

    Raises:
        SelectionError: see above.
    """
    path = request.path
    if path.suffix not in ENDINGS:
        raise SelectionError(f"{path.name}: its ending names no format. Expected one of: {', '.join(ENDINGS)}.")
    if request.model and path.suffix not in TABLES:
        raise SelectionError(f"{path.name}: `--for {request.model}` writes a table. Expected .csv or .xlsx.")
    if path.absolute().resolve().is_relative_to((paths.root / "data").resolve()):
        raise SelectionError(f"{path}: below data/ are the files of the workflow. Write to another folder.")


def _table(request: Request, tables: Published) -> str:
    if request.table is not None:
        return tables.find(request.table)
    stem = request.path.stem.removeprefix(PREFIX)
    return next((name for name in tables.names() if name.removeprefix(PREFIX) == stem), INSTALLATIONS)


def _require_shapes(request: Request, table: str, tables: Published) -> None:
    if request.path.suffix in NEED_SHAPES and GEOMETRY not in tables.columns(table):
        raise SelectionError(
            f"{request.path.name}: {table} has no shapes. Write it as .csv, .xlsx, .gpkg or .parquet, or choose another "
            "table with --table."
        )


def _needed(request: Request, columns: list[str], *, is_spatial: bool) -> tuple[str, ...]:
    """Columns to read in addition to those that were asked for."""
    wants_shape = is_spatial or (request.wkt and GEOMETRY in columns)
    return (*([GEOMETRY] if wants_shape else []), *([SYNTHETIC] if SYNTHETIC in columns else []))


def _no_rows(request: Request, table: str, tables: Published) -> str:
    countries = ""
    if request.selection.countries:
        query = f"SELECT DISTINCT country FROM ({tables.rows(table, Selection())}) WHERE country IS NOT NULL ORDER BY 1"  # noqa: S608
        countries = f" Its countries are: {', '.join(code for (code,) in tables.query(query).fetchall())}."
    return f"{request.path.name}: no row of {table} meets these conditions, so nothing is written.{countries}"


def _converted(request: Request, rows: pa.Table, name: str, tables: Published) -> tuple[pa.Table, Export]:
    """The rows as they are to be written, and what to tell of them."""
    synthetic = pc.sum(rows.column(SYNTHETIC)).as_py() or 0 if SYNTHETIC in rows.column_names else 0
    chosen = request.selection.columns
    note = request.path.with_name(request.path.name + NOTE_ENDING)
    if request.model:
        model = model_table(rows, request.model, tables.settings.energy.dc_per_ac)
        counts = (model.without_capacity, model.not_operating)
        return model.rows, Export(name, len(model.rows), model.rows.num_columns, note, synthetic, *counts)
    if chosen and SYNTHETIC not in chosen and SYNTHETIC in rows.column_names:
        rows = rows.drop_columns([SYNTHETIC])
    if request.path.suffix in TABLES:
        rows = without_shapes(rows, wkt=request.wkt or GEOMETRY in (chosen or ()))
    return rows, Export(name, len(rows), rows.num_columns, note, synthetic)


def _write(request: Request, rows: pa.Table, name: str, note: str, tables: Published) -> None:
    if request.path.suffix == ".parquet":
        write_parquet(rows, request.path, {"licence_note": note})
        return
    flat, short = flat_table(rows), request.model or name.removeprefix(PREFIX)
    comments = {} if request.model else column_comments(tables.settings, tables.paths, name)
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": lambda path: write_csv(flat, path, *(["utf-8"] if request.model else [])),
        ".xlsx": lambda path: write_xlsx(flat, path, short, comments, note, rows.column_names[0]),
        ".gpkg": lambda path: write_gpkg(
            flat, path, short, comments, f"{name}; licences in {request.path.name}{NOTE_ENDING}"
        ),
        ".fgb": lambda path: write_fgb(flat, path, short),
        ".geojson": lambda path: write_geojson(flat, path, short),
        ".kml": lambda path: write_kml(flat, path, short),
    }
    with replaced_file(request.path) as partial:
        writers[request.path.suffix](partial)
