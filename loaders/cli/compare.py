"""The command that holds two datasets against each other."""

import re
from pathlib import Path
from typing import Annotated

import typer

from loaders.cli.console import app, list_files, open_project
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.terminal import err, out
from loaders.settings.params import Settings

SUFFIXES = (".parquet", ".geoparquet")
FARTHEST_M = 10_000

NAMED = "Key or alias of a loaded dataset, or a GeoParquet file of such records."


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help=NAMED)],
    b: Annotated[str, typer.Argument(metavar="B", help=NAMED)],
    within: Annotated[
        float, typer.Option(min=0, max=FARTHEST_M, metavar="METRES", help="How far from its match a point may be [m].")
    ] = 250,
) -> None:
    """Compare two datasets where they overlap: coverage, IoU, bias of area and capacity; a table and a picture.

    Outlines match where they share area; a point matches an outline that it lies in or near, and points match that
    lie near each other. Matching records that hang together are a group: one farm may be one outline in A and ten
    blocks in B. "In the other's extent" counts the records in the bounding box of the other's records. A bias is B's
    sum over A's, less one. Where nothing overlaps, the tables say zero and the exit code is 0.
    """
    from loaders.core.files import write_text
    from loaders.report.compare.comparison import compare as run
    from loaders.report.compare.picture import draw
    from loaders.report.compare.records import read_side
    from loaders.report.compare.table import agreement_table, as_csv, extents_table, sentences

    settings, paths = open_project()
    path_a, path_b = (_place(name, settings, paths) for name in (a, b))
    if path_a.resolve() == path_b.resolve():
        raise typer.BadParameter(f"{a} and {b} are the same dataset; name two")
    name_a, name_b = _names(path_a, path_b)
    with err.status(f"{name_a}, {name_b}: comparing"):
        found = run(read_side(path_a, name_a), read_side(path_b, name_b), within)
        picture = paths.report().with_name(f"compare_{name_a}_{name_b}.png")
        pairs = picture.with_suffix(".csv")
        draw(found, picture)
        write_text(as_csv(found), pairs)
    out.print(extents_table(found))
    out.print(agreement_table(found))
    for sentence in sentences(found):
        out.print(sentence)
    list_files([picture, pairs], paths)


def _place(name: str, settings: Settings, paths: ProjectPaths) -> Path:
    """Where the records of a dataset are, or of a file that is named instead.

    Raises:
        BuildError: the dataset is not loaded.
        SettingsError: it is neither a file nor in the settings.
    """
    keys = {name for key, dataset in settings.datasets.items() for name in (key, dataset.alias)}
    path = Path(name).expanduser()
    if name not in keys and (path.suffix in SUFFIXES or path.is_file()):
        return path
    key = settings.dataset(name).key
    loaded = paths.loaded(key)
    if not loaded.is_file():
        place = loaded.relative_to(paths.root)
        raise BuildError(f"{key}: not loaded yet, {place} is missing. Run `dvc repro load@{key}` or `make all`.")
    return loaded


def _names(a: Path, b: Path) -> tuple[str, str]:
    """What to call two files: by their stems, or with their folders where the stems are the same."""
    if a.stem != b.stem:
        return _plain(a.stem), _plain(b.stem)
    name_a, name_b = (_plain(f"{path.resolve().parent.name}_{path.stem}") for path in (a, b))
    return (name_a, name_b) if name_a != name_b else (f"{name_a}_a", f"{name_b}_b")


def _plain(name: str) -> str:
    """As part of a file's name on every system."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)
