"""Local extract of an Overture Maps release, kept because Overture deletes old releases."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.boundaries.overture import ATTRIBUTION, LICENCE
from loaders.boundaries.overture.bounding_boxes import Box, boxes_around
from loaders.boundaries.overture.lock import read_release_lock, require_locked_files
from loaders.boundaries.overture.release import open_release, prefix
from loaders.boundaries.overture.releases import ALTERNATIVE
from loaders.core.errors import BuildError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import ProgressWrapper
from loaders.geo.geoparquet import ParquetFile, write_parquet
from loaders.http.client import HttpClient
from loaders.settings.build import Boundaries

METADATA_KEY = "eo_pv_overture"
BATCH_ROWS = 100  # less than 2 GiB of outlines: the largest countries have some 100 MB


@dataclass(frozen=True, slots=True)
class ExtractResult:
    """Extract of a release.

    Attributes:
        release: its name.
        areas: number of areas.
        boxes_read: boxes read in this run.
        boxes_reused: boxes of earlier runs.
    """

    release: str
    areas: int
    boxes_read: int
    boxes_reused: int


def extract(
    cells: pa.Table, settings: Boundaries, paths: ProjectPaths, web: HttpClient, watched: ProgressWrapper
) -> ExtractResult:
    """Extend the local extract to the land around records; boxes that it has already are not read again.

    Args:
        cells: lon and lat [°] of the centres of H3 cells of resolution 3 with records, EPSG:4326.
        settings: release by name, divisions, margin and bucket.
        paths: of the extract: GeoParquet in EPSG:4326 with the columns of `division_area`, replaced only when complete;
            a stopped run continues from its scratch folder.
        web: retries and timeouts.
        watched: progress bar over boxes.

    Raises:
        BuildError: no cell has a record, the CA bundle is missing, or the extract is damaged.
        SourceError: the release is deleted or cannot be reached, or has no land there.
    """
    archive, scratch = paths.overture, paths.scratch("overture")
    boxes = boxes_around(cells, settings.nearest_land_km)
    if not boxes:
        raise BuildError(
            "No cell holds a record, so it is not known where boundaries are needed. Run `eo-pv ingest --all`."
        )
    archived = _archived_boxes(archive, settings)
    missing = [box for box in boxes if not any(archived_box.contains(box) for archived_box in archived)]
    if missing:
        parts = _read_boxes(missing, settings, paths, web, watched)
        _write_archive(
            _unique_areas([archive, *parts] if archived else parts), [*archived, *missing], settings, archive
        )
        shutil.rmtree(scratch)
    return ExtractResult(settings.release, pq.read_metadata(archive).num_rows, len(missing), len(boxes) - len(missing))


def _archive_key(settings: Boundaries) -> dict[str, object]:
    """Properties that all boxes of one extract share."""
    return {"release": settings.release, "subtypes": sorted(settings.subtypes)}


def kept_release(settings: Boundaries, paths: ProjectPaths) -> str | None:
    """The release of the extract that is kept; null without one, or with one of other divisions.

    Raises:
        BuildError: the extract is damaged.
    """
    metadata = _metadata(paths.overture)
    return metadata.get("release") if metadata.get("subtypes") == sorted(settings.subtypes) else None


def _metadata(archive: Path) -> dict[str, Any]:
    """The properties of an extract; empty without one."""
    if not archive.exists():
        return {}
    try:
        file_metadata = pq.read_metadata(archive).metadata or {}
    except pa.ArrowInvalid as error:
        raise BuildError(
            f"{archive} is not a valid Parquet file: {error} Delete it, and run the same command."
        ) from error
    metadata: dict[str, Any] = json.loads(file_metadata.get(METADATA_KEY.encode(), b"{}"))
    return metadata


def _archived_boxes(archive: Path, settings: Boundaries) -> list[Box]:
    """The boxes of an existing extract with the same properties."""
    metadata = _metadata(archive)
    if {name: metadata.get(name) for name in ("release", "subtypes")} != _archive_key(settings):
        return []
    return [Box(*corners) for corners in metadata["boxes"]]


def _read_boxes(
    boxes: Sequence[Box], settings: Boundaries, paths: ProjectPaths, web: HttpClient, watched: ProgressWrapper
) -> list[Path]:
    """Download the areas of each box, except those of a stopped run."""
    folder = paths.scratch("overture") / hashlib.sha256(json.dumps(_archive_key(settings)).encode()).hexdigest()[:16]
    parts = {box: folder / f"{'_'.join(map(str, box.corners))}.parquet" for box in boxes}
    missing = [box for box in boxes if not parts[box].exists()]
    if missing:
        lock = read_release_lock(paths.release_lock)
        with open_release(settings, web) as release:
            if lock and lock.release == release.name:
                require_locked_files(lock, release.sizes)
            for box in watched(missing, "Overture Maps", len(missing)):
                write_parquet(release.areas(box), parts[box])
    return list(parts.values())


def _unique_areas(paths: Sequence[Path]) -> pa.Table:
    """Distinct areas by id; `geometry` has large offsets, since the outlines of the world exceed 2 GiB."""
    known_ids: set[str] = set()
    tables = []
    for path in paths:
        table = pq.read_table(path).drop_columns("bbox")
        index = table.schema.get_field_index("geometry")
        table = table.set_column(index, "geometry", table["geometry"].cast(pa.large_binary()))
        first_rows = {
            name: row for row, name in reversed(list(enumerate(table["id"].to_pylist()))) if name not in known_ids
        }
        tables.append(table.take(pa.array(sorted(first_rows.values()), pa.int64())))
        known_ids.update(first_rows)
    return pa.concat_tables(tables, promote_options="default").sort_by("id")


def _write_archive(rows: pa.Table, boxes: Sequence[Box], settings: Boundaries, archive: Path) -> None:
    """Write the areas, with licence and boxes as metadata."""
    if not len(rows):
        raise SourceError(
            f"Overture Maps {settings.release} has no land of {', '.join(settings.subtypes)} around the records. Check "
            f"where they are (`eo-pv cells`), or {ALTERNATIVE}."
        )
    outer = [box for box in sorted(set(boxes)) if not any(other != box and other.contains(box) for other in boxes)]
    metadata = _archive_key(settings) | {
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "source": prefix(settings.release),
        "boxes": [box.corners for box in outer],
    }
    schema = rows.schema.set(rows.schema.get_field_index("geometry"), pa.field("geometry", pa.binary()))
    with ParquetFile(archive, schema, {METADATA_KEY: json.dumps(metadata, ensure_ascii=False)}) as file:
        for start in range(0, len(rows), BATCH_ROWS):
            file.write(rows.slice(start, BATCH_ROWS).cast(schema))
