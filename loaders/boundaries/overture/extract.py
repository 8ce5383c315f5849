"""Read what is needed of a release of Overture Maps, and keep it: Overture deletes its old releases."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.boundaries.overture import ATTRIBUTION, LICENCE
from loaders.boundaries.overture.bounding_boxes import Box, boxes_around
from loaders.boundaries.overture.release import opened, prefix
from loaders.boundaries.overture.releases import no_release
from loaders.core.errors import BuildError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import ProgressWrapper
from loaders.geo.geoparquet import ParquetFile, write_parquet
from loaders.http.client import HttpClient
from loaders.settings.build import Boundaries

SAID = "eo_pv_overture"
ROWS_AT_ONCE = 100  # fewer than 2 GiB of outlines: the largest countries have some 100 MB


@dataclass(frozen=True, slots=True)
class Extracted:
    """What is kept of a release.

    Attributes:
        release: which one.
        areas: how many there are.
        asked: boxes that were read now.
        kept: boxes that were there already.
    """

    release: str
    areas: int
    asked: int
    kept: int


def extract(
    cells: pa.Table, settings: Boundaries, paths: ProjectPaths, web: HttpClient, watched: ProgressWrapper
) -> Extracted:
    """Keep the land of the wanted divisions around records; what is kept already is not asked for again.

    Args:
        cells: lon and lat [°] of the centres of H3 cells of resolution 3 that hold records, EPSG:4326.
        settings: which release, which divisions, how far around, and where it is.
        paths: where it is kept: GeoParquet in EPSG:4326 with the columns of `division_area`, replaced only when all
            is there; what has come so far is beside it, and a run that was stopped goes on there.
        web: how often to try, and how long to wait.
        watched: shows how many boxes are done.

    Returns:
        What is kept.

    Raises:
        BuildError: no cell holds a record, the CA bundle is not there, or what is kept is broken.
        SourceError: no release is named, it is gone or cannot be reached, or has no land there.
    """
    if settings.release is None:
        no_release(web)
    archive, scratch = paths.overture, paths.scratch("overture")
    wanted = boxes_around(cells, settings.nearest_land_km)
    if not wanted:
        raise BuildError(
            "No cell holds a record, so nobody knows where boundaries are needed. Run `eo-pv ingest --all`."
        )
    covered = _covered(archive, settings)
    missing = [box for box in wanted if not any(whole.holds(box) for whole in covered)]
    if missing:
        folder = scratch / hashlib.sha256(json.dumps(_kind(settings)).encode()).hexdigest()[:16]
        parts = _read(missing, settings, folder, web, watched)
        _write(_unique([archive, *parts] if covered else parts), [*covered, *missing], settings, archive)
        shutil.rmtree(scratch)
    return Extracted(settings.release, pq.read_metadata(archive).num_rows, len(missing), len(wanted) - len(missing))


def _kind(settings: Boundaries) -> dict[str, object]:
    """What must be the same for two extracts to be parts of one."""
    return {"release": settings.release, "subtypes": sorted(settings.subtypes)}


def _covered(archive: Path, settings: Boundaries) -> list[Box]:
    """The boxes that an archive of the same kind holds."""
    if not archive.exists():
        return []
    try:
        metadata = pq.read_metadata(archive).metadata or {}
    except pa.ArrowInvalid as error:
        raise BuildError(f"{archive} is no Parquet any longer: {error} Delete it, and run the same command.") from error
    said = json.loads(metadata.get(SAID.encode(), b"{}"))
    if {name: said.get(name) for name in ("release", "subtypes")} != _kind(settings):
        return []
    return [Box(*corners) for corners in said["boxes"]]


def _read(
    boxes: Sequence[Box], settings: Boundaries, folder: Path, web: HttpClient, watched: ProgressWrapper
) -> list[Path]:
    """Bring the areas of each box; those that a stopped run has brought are there."""
    places = {box: folder / f"{'_'.join(map(str, box.corners))}.parquet" for box in boxes}
    missing = [box for box in boxes if not places[box].exists()]
    if missing:
        with opened(settings, web) as release:
            for box in watched(missing, "Overture Maps", len(missing)):
                write_parquet(release.areas(box), places[box])
    return list(places.values())


def _unique(paths: Sequence[Path]) -> pa.Table:
    """Each area once, by id; `geometry` is of large offsets, for the outlines of the world exceed 2 GiB."""
    seen: set[str] = set()
    tables = []
    for path in paths:
        table = pq.read_table(path).drop_columns("bbox")
        place = table.schema.get_field_index("geometry")
        table = table.set_column(place, "geometry", table["geometry"].cast(pa.large_binary()))
        first = {name: row for row, name in reversed(list(enumerate(table["id"].to_pylist()))) if name not in seen}
        tables.append(table.take(pa.array(sorted(first.values()), pa.int64())))
        seen.update(first)
    return pa.concat_tables(tables, promote_options="default").sort_by("id")


def _write(rows: pa.Table, boxes: Sequence[Box], settings: Boundaries, archive: Path) -> None:
    """Keep the areas, and say what they are."""
    if not len(rows):
        raise SourceError(
            f"Overture Maps {settings.release} has no land of {', '.join(settings.subtypes)} around the records. Check "
            f"where they are (`eo-pv cells`), or write `source: naturalearth` under boundaries in params.yaml."
        )
    outer = [box for box in sorted(set(boxes)) if not any(each != box and each.holds(box) for each in boxes)]
    said = _kind(settings) | {
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "source": prefix(settings.release or ""),
        "boxes": [box.corners for box in outer],
    }
    schema = rows.schema.set(rows.schema.get_field_index("geometry"), pa.field("geometry", pa.binary()))
    with ParquetFile(archive, schema, {SAID: json.dumps(said, ensure_ascii=False)}) as file:
        for start in range(0, len(rows), ROWS_AT_ONCE):
            file.write(rows.slice(start, ROWS_AT_ONCE).cast(schema))
