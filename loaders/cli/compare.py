"""Command `compare`: coverage and agreement of two datasets."""

import re
from pathlib import Path
from typing import Annotated

import typer

from loaders.cli.console import AsJson, app, display_path, list_files, open_project, print_json
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import err, out
from loaders.settings.params import Settings

SUFFIXES = (".parquet", ".geoparquet")
MAX_DISTANCE_M = 10_000

SIDE_HELP = "Key or alias of a loaded dataset, or a GeoParquet file of such records."


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help=SIDE_HELP)],
    b: Annotated[str, typer.Argument(metavar="B", help=SIDE_HELP)],
    within: Annotated[
        float,
        typer.Option(min=0, max=MAX_DISTANCE_M, metavar="METRES", help="How far from its match a point may be [m]."),
    ] = 250,
    compares_all: Annotated[
        bool,
        typer.Option("--all", help="Also compare records that are in no installation (include_status, licences…)."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two datasets where they overlap: coverage, IoU, bias of area and capacity; a table and a picture.

    For example `eo-pv compare uspvdb gmseus`. Records that are in no installation, by their status, technology or
    licence, are left out and counted.

    Outlines match where they share area; a point matches an outline that it lies in or near, and points match that
    lie near each other. Connected matching records form a group: one farm may be one outline in A and ten
    blocks in B. "In the other's extent" counts the records in the bounding box of the other's records. A bias is B's
    sum over A's, less one. Where nothing overlaps, the tables say zero and the exit code is 0.
    """
    from loaders.core.files import write_text
    from loaders.report.compare.comparison import compare as run
    from loaders.report.compare.document import as_document
    from loaders.report.compare.picture import draw
    from loaders.report.compare.records import read_side
    from loaders.report.compare.table import agreement_table, as_csv, extents_table, left_out_note, sentences

    settings, paths = open_project()
    path_a, path_b = (_records_path(name, settings, paths) for name in (a, b))
    if path_a.resolve() == path_b.resolve():
        raise typer.BadParameter(f"{a} and {b} are the same dataset; name two")
    name_a, name_b = _display_names(path_a, path_b)
    with err.status(f"{name_a}, {name_b}: comparing"):
        side_a = read_side(path_a, name_a, settings, compares_all=compares_all)
        side_b = read_side(path_b, name_b, settings, compares_all=compares_all)
        comparison = run(side_a, side_b, within)
        picture = paths.report().with_name(f"compare_{name_a}_{name_b}.png")
        pairs = picture.with_suffix(".csv")
        draw(comparison, picture)
        write_text(as_csv(comparison), pairs)
    notes = [note for side in (side_a, side_b) for note in left_out_note(side, compares_all=compares_all)]
    if as_json:
        files = {"picture": display_path(picture, paths), "csv": display_path(pairs, paths)}
        print_json({"ok": True, "errors": [], **as_document(comparison), "within_m": within, "notes": notes} | files)
        return
    out.print(extents_table(comparison))
    out.print(agreement_table(comparison))
    for sentence in (*sentences(comparison), *notes):
        out.print(sentence)
    list_files([picture, pairs], paths)


def _records_path(name: str, settings: Settings, paths: ProjectPaths) -> Path:
    """The records of a dataset, or the file that is named instead.

    Raises:
        BuildError: the dataset is not loaded.
        SettingsError: it is neither a file nor a dataset in the settings.
    """
    keys = {name for key, dataset in settings.datasets.items() for name in (key, dataset.alias)}
    path = Path(name).expanduser()
    if name not in keys and (path.suffix in SUFFIXES or path.is_file()):
        return path
    key = settings.dataset(name).key
    records = paths.loaded(key)
    if not records.is_file():
        location = records.relative_to(paths.root)
        raise BuildError(f"{key}: not loaded yet, {location} is missing. Run `dvc repro load@{key}` or `make all`.")
    return records


def _display_names(a: Path, b: Path) -> tuple[str, str]:
    """Display names of two files: their stems, with their folders if the stems are equal."""
    if a.stem != b.stem:
        return _safe_name(a.stem), _safe_name(b.stem)
    name_a, name_b = (_safe_name(f"{path.resolve().parent.name}_{path.stem}") for path in (a, b))
    return (name_a, name_b) if name_a != name_b else (f"{name_a}_a", f"{name_b}_b")


def _safe_name(name: str) -> str:
    """A name with only characters that every file system allows."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)
