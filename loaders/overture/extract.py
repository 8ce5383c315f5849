"""Read what is needed of a release of Overture Maps, and keep it: Overture deletes its old releases."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from loaders.catalog_build import Boundaries
from loaders.errors import SourceError
from loaders.geoparquet import write_parquet
from loaders.overture.boxes import Box, boxes_around
from loaders.overture.release import opened, prefix
from loaders.overture.releases import no_release
from loaders.web import Web
from loaders.workspace import Workspace

SAID = "eo_pv_overture"
LICENCE = "ODbL-1.0"  # https://docs.overturemaps.org/attribution/
ATTRIBUTION = "© OpenStreetMap contributors, Overture Maps Foundation"
Watched = Callable[[Iterable[Any], str, int], Iterator[Any]]


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


def extract(cells: pa.Table, settings: Boundaries, workspace: Workspace, web: Web, watched: Watched) -> Extracted:
    """Keep the land of the wanted divisions around records; what is kept already is not asked for again.

    Args:
        cells: lon and lat [°] of the centres of H3 cells of resolution 3 that hold records, EPSG:4326.
        settings: which release, which divisions, how far around, and where it is.
        workspace: where it is kept: GeoParquet in EPSG:4326 with the columns of `division_area`, replaced only when all
            is there; what has come so far is beside it, and a run that was stopped goes on there.
        web: how often to try, and how long to wait.
        watched: shows how many boxes are done.

    Returns:
        What is kept.

    Raises:
        BuildError: the file that says whom to trust is not there.
        SourceError: no release is named, it is gone or cannot be reached, or has no land there.
    """
    if settings.release is None:
        no_release(web)
    archive, scratch = workspace.overture, workspace.scratch("overture")
    wanted = boxes_around(cells, settings.nearest_land_km)
    covered = _covered(archive, settings)
    missing = [box for box in wanted if not any(whole.holds(box) for whole in covered)]
    if missing:
        folder = scratch / hashlib.sha256(json.dumps(_kind(settings)).encode()).hexdigest()[:16]
        parts = _read(missing, settings, folder, web, watched)
        tables = [pq.read_table(path).drop_columns("bbox") for path in ([archive] if covered else []) + parts]
        _write(tables, [*covered, *missing], settings, archive)
        shutil.rmtree(scratch)
    return Extracted(settings.release, pq.read_metadata(archive).num_rows, len(missing), len(wanted) - len(missing))


def is_kept(cells: pa.Table, settings: Boundaries, archive: Path) -> bool:
    """Whether all that is needed around these cells is kept already."""
    covered = _covered(archive, settings)
    return all(any(whole.holds(box) for whole in covered) for box in boxes_around(cells, settings.nearest_land_km))


def _kind(settings: Boundaries) -> dict[str, object]:
    """What must be the same for two extracts to be parts of one."""
    return {"release": settings.release, "subtypes": sorted(settings.subtypes)}


def _covered(archive: Path, settings: Boundaries) -> list[Box]:
    """The boxes that an archive of the same kind holds."""
    if not archive.exists():
        return []
    said = json.loads((pq.read_metadata(archive).metadata or {}).get(SAID.encode(), b"{}"))
    if {name: said.get(name) for name in ("release", "subtypes")} != _kind(settings):
        return []
    return [Box(*corners) for corners in said["boxes"]]


def _read(boxes: Sequence[Box], settings: Boundaries, folder: Path, web: Web, watched: Watched) -> list[Path]:
    """Bring the areas of each box; those that a stopped run has brought are there."""
    places = {box: folder / f"{'_'.join(map(str, box.corners))}.parquet" for box in boxes}
    missing = [box for box in boxes if not places[box].exists()]
    if missing:
        with opened(settings, web) as release:
            for box in watched(missing, "Overture Maps", len(missing)):
                write_parquet(release.areas(box), places[box])
    return list(places.values())


def _write(tables: Sequence[pa.Table], boxes: Sequence[Box], settings: Boundaries, archive: Path) -> None:
    """Each area once, by id."""
    whole = pa.concat_tables(tables, promote_options="default").combine_chunks()
    seen: dict[str, int] = {}
    for row, name in enumerate(whole["id"].to_pylist()):
        seen.setdefault(name, row)
    if not seen:
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
    rows = whole.take([seen[name] for name in sorted(seen)])
    write_parquet(rows, archive, {SAID: json.dumps(said, ensure_ascii=False)})
