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
from loaders.export.kml import write_kml
from loaders.export.licence_note import licence_note
from loaders.export.model_tables import NEEDED, OPERATING, USABLE, model_table
from loaders.export.spreadsheets import require_workbook_size, without_shapes, write_csv, write_xlsx
from loaders.export.vector import write_fgb, write_geojson, write_gpkg
from loaders.geo.geoparquet import ParquetFile
from loaders.read.condition import as_expression
from loaders.read.contributed import contributed_records
from loaders.read.frames import arrow_rows
from loaders.read.published import INSTALLATIONS, PREFIX, Published
from loaders.read.selection import Selection

SYNTHETIC = "is_synthetic"
NOTE_ENDING = ".licence.md"
TABLES, SHAPES = (".csv", ".xlsx"), (".gpkg", ".geojson", ".fgb", ".kml", ".parquet")
ENDINGS = (*SHAPES, *TABLES)
ALL_ROWS = Selection()
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
    selection: Selection = ALL_ROWS
    model: str | None = None
    wkt: bool = False

    @property
    def ending(self) -> str:
        """Of the file's name, in lower case."""
        return self.path.suffix.lower()


@dataclass(frozen=True, slots=True)
class Export:
    """What was written.

    Attributes:
        table: its rows are from there.
        rows: number of them.
        columns: number of them.
        note: path of the licence note.
        synthetic: number of rows that are made up.
        without_capacity: installations that a model's table leaves out, without a stated capacity.
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
    """Write a file and its licence note, each complete or not at all.

    Raises:
        SelectionError: no row is left, or the format or the place is not possible.
    """
    require_path(request, tables.paths)
    name = INSTALLATIONS if request.model else _table(request, tables)
    _require_shapes(request, name, tables)
    wanted = request.selection
    if request.model:
        wanted = replace(wanted, columns=NEEDED, where=_and(wanted.where, USABLE))
    rows = arrow_rows(tables, name, wanted, needed=_needed(request, tables.columns(name)))
    if not len(rows):
        raise SelectionError(_no_rows(request, name, tables))
    written = _converted(request, rows, tables)
    contributed = contributed_records(tables, name, wanted)
    note = licence_note(tables, request.path.name, name, len(written), contributed)
    note_path = request.path.with_name(request.path.name + NOTE_ENDING)
    _write(request, written, name, note, tables)
    write_text(note, note_path)
    synthetic = pc.sum(rows.column(SYNTHETIC)).as_py() if SYNTHETIC in rows.column_names else 0
    left_out = _left_out(request.selection, tables) if request.model else (0, 0)
    return Export(name, len(written), written.num_columns, note_path, synthetic, *left_out)


def require_path(request: Request, paths: ProjectPaths) -> None:
    """Refuse an unknown ending, and a place where the workflow keeps its own files.

    Raises:
        SelectionError: see above.
    """
    path = request.path
    if request.ending not in ENDINGS:
        raise SelectionError(f"{path.name}: its ending names no format. Expected one of: {', '.join(ENDINGS)}.")
    if request.model and request.ending not in TABLES:
        raise SelectionError(f"{path.name}: `--for {request.model}` writes a table. Expected .csv or .xlsx.")
    if path.absolute().resolve().is_relative_to((paths.root / "data").resolve()):
        raise SelectionError(f"{path}: below data/ are the files of the workflow. Write to another folder.")


def _table(request: Request, tables: Published) -> str:
    if request.table is not None:
        return tables.find(request.table)
    stem = request.path.stem.removeprefix(PREFIX)
    return next((name for name in tables.names() if name.removeprefix(PREFIX) == stem), INSTALLATIONS)


def _require_shapes(request: Request, table: str, tables: Published) -> None:
    if request.ending in NEED_SHAPES and GEOMETRY not in tables.columns(table):
        raise SelectionError(
            f"{request.path.name}: {table} has no shapes. Write it as .csv, .xlsx, .gpkg or .parquet, or choose "
            "another table with --table."
        )


def _needed(request: Request, columns: list[str]) -> tuple[str, ...]:
    """Columns to read in addition to those that were asked for."""
    wants_shape = GEOMETRY in columns and not request.model and (request.ending in SHAPES or request.wkt)
    return (*([GEOMETRY] if wants_shape else []), *([SYNTHETIC] if SYNTHETIC in columns else []))


def _and(condition: str | None, other: str) -> str:
    return other if condition is None else f"{as_expression(condition, '')} AND {other}"


def _left_out(selection: Selection, tables: Published) -> tuple[int, int]:
    """Number of installations that a model's table leaves out: without a capacity, and not operating."""
    rows = tables.rows(INSTALLATIONS, selection)
    counts = f"count(*) FILTER ({OPERATING} AND capacity_mw IS NULL), count(*) FILTER (NOT {OPERATING})"
    ((unknown, not_operating),) = tables.query(f"SELECT {counts} FROM ({rows})").fetchall()  # noqa: S608 (the selection is checked)
    return unknown, not_operating


def _no_rows(request: Request, table: str, tables: Published) -> str:
    countries = ""
    if request.selection.countries:
        query = f"SELECT DISTINCT country FROM ({tables.rows(table, Selection())}) WHERE country IS NOT NULL ORDER BY 1"  # noqa: S608
        countries = f" Its countries are: {', '.join(code for (code,) in tables.query(query).fetchall())}."
    return f"{request.path.name}: no row of {table} meets these conditions, so nothing is written.{countries}"


def _converted(request: Request, rows: pa.Table, tables: Published) -> pa.Table:
    """The rows as they are to be written."""
    if request.model:
        return model_table(rows, request.model, tables.settings.energy.dc_per_ac)
    chosen = request.selection.columns
    if chosen and SYNTHETIC not in chosen and SYNTHETIC in rows.column_names:
        rows = rows.drop_columns([SYNTHETIC])
    if request.ending in TABLES:
        return without_shapes(rows, wkt=request.wkt or GEOMETRY in (chosen or ()))
    return rows


def _write(request: Request, rows: pa.Table, name: str, note: str, tables: Published) -> None:
    comments = {} if request.model else tables.comments(name)
    if request.ending == ".parquet":
        with ParquetFile(request.path, rows.schema, {"licence_note": note}, comments) as file:
            file.write(rows)
        return
    flat, short = flat_table(rows), request.model or name.removeprefix(PREFIX)
    writers: dict[str, Callable[[Path], None]] = {
        ".csv": lambda path: write_csv(flat, path, *(["utf-8"] if request.model else [])),
        ".xlsx": lambda path: write_xlsx(flat, path, short, comments, note),
        ".gpkg": lambda path: write_gpkg(
            flat, path, short, comments, f"{name}; licences in {request.path.name}{NOTE_ENDING}"
        ),
        ".fgb": lambda path: write_fgb(flat, path, short),
        ".geojson": lambda path: write_geojson(flat, path, short),
        ".kml": lambda path: write_kml(flat, path, short),
    }
    if request.ending == ".xlsx":
        require_workbook_size(flat, request.path)
    with replaced_file(request.path) as partial:
        writers[request.ending](partial)
