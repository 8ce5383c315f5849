"""Make a world of solar plants and the datasets that see them, loaded already: what the build is measured on.

    python -m benchmarks.world FOLDER [--records 300000] [--seed 1]

FOLDER becomes a project in which `python -m loaders warehouse` runs; its `truth.parquet` says which records show the
same plant. Everything in it is made up.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
import yaml

from benchmarks.world_plants import SITES_AT_A_TIME, plants_of, site_cells, sites_for
from benchmarks.world_views import VIEWS, Sightings, sightings, take
from loaders.acquire.lock import Lock, LockedFile, write_lock
from loaders.contract import RECORD, REJECTED, schema
from loaders.core.arrays import Flags, Rows, Shapes
from loaders.core.files import sha256, write_json
from loaders.core.paths import ProjectPaths
from loaders.geo.geometry import area_m2, centroids, h3_cells
from loaders.geo.geoparquet import ParquetFile
from loaders.harmonise.row_accounting import account
from loaders.settings.licences import NOT_STATED
from loaders.settings.params import Settings, read_settings

ORIGIN = "doi"
RECORDS_PER_PLANT = 2.86  # as it turns out, so that there are a few more than were asked for
DUPLICATE_SHARE = 0.01
DUPLICATE = "duplicate_geometry"
TRUTH = "truth.parquet"
TRUTH_SCHEMA = pa.schema([("record_id", pa.string()), ("plant", pa.int64())])
DBT = Path(__file__).resolve().parents[1] / "dbt"
BOUNDARIES = DBT.parent / "data" / "samples" / "admin_boundaries"


def make_world(folder: Path, records: int, seed: int) -> int:
    """Make the project; returns how many records its datasets have, which is about what was asked for.

    Args:
        folder: of the project; what it holds of another world is replaced.
        records: of all datasets together.
        seed: the same one makes the same world.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder)
    settings = read_settings(folder / "params.yaml")
    paths = ProjectPaths(folder, settings.origin)
    made = _write_records(paths, settings.h3_resolution, records, seed)
    _write_accounting(settings, paths)
    shutil.copytree(DBT, folder / "dbt", dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(BOUNDARIES, folder / "data" / "samples" / BOUNDARIES.name, dirs_exist_ok=True)
    return made


def write_settings(folder: Path) -> None:
    """The `params.yaml` of the world: its datasets, and eo-pv's own choices for all else."""
    datasets = {
        key: {"source": {"path": f"{key}.geojson"}, "columns": {"source_id": "id"}}
        | ({"licence": view.licence, "licence_verified": True} if view.licence else {})
        for key, view in VIEWS.items()
    }
    settings = {"origin": ORIGIN, "boundaries": {"source": "naturalearth"}, "datasets": datasets}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def sighting_chunks(records: int, seed: int) -> Iterator[dict[str, Sightings]]:
    """What all datasets show of some thousand sites at a time."""
    cells = site_cells(sites_for(round(records / RECORDS_PER_PLANT)), seed)
    number = 0
    for first in range(0, len(cells), SITES_AT_A_TIME):
        random = np.random.default_rng((seed, first))
        plants = plants_of(cells[first : first + SITES_AT_A_TIME], first, number, random)
        number += len(plants.number)
        yield sightings(plants, random)


def _write_records(paths: ProjectPaths, resolution: int, records: int, seed: int) -> int:
    """Write the records of all datasets, and the truth."""
    random, written = np.random.default_rng(seed + 1), dict.fromkeys(VIEWS, 0)
    with ExitStack() as stack:
        files = {key: stack.enter_context(ParquetFile(paths.loaded(key), schema())) for key in VIEWS}
        truth = stack.enter_context(pq.ParquetWriter(paths.root / TRUTH, TRUTH_SCHEMA, compression="zstd"))
        for chunk in sighting_chunks(records, seed):
            for key, found in chunk.items():
                rows, is_duplicate = with_duplicates(found.shapes, random)
                table = record_table(key, take(found, rows), is_duplicate, written[key], resolution)
                files[key].write(table)
                truth.write_table(pa.table([table["record_id"], found.plant[rows]], schema=TRUTH_SCHEMA))
                written[key] += len(rows)
    for key in VIEWS:
        with ParquetFile(paths.rejected(key), schema(REJECTED)):
            pass
    return sum(written.values())


def with_duplicates(shapes: Shapes, random: np.random.Generator) -> tuple[Rows, Flags]:
    """The rows of some records, a few outlines twice, and which those are: two points at one spot are two plants."""
    is_twice = (random.random(len(shapes)) < DUPLICATE_SHARE) & (shapely.get_dimensions(shapes) > 0)
    rows = np.sort(np.concatenate([np.arange(len(shapes)), np.flatnonzero(is_twice)]))
    return rows, is_twice[rows]


def record_table(key: str, found: Sightings, is_duplicate: Flags, before: int, resolution: int) -> pa.Table:
    """Canonical records; of what the contract asks for and nothing here fills, null.

    Args:
        key: of the dataset.
        found: its records.
        is_duplicate: which of them have the shape of another.
        before: how many records of the dataset there are already.
        resolution: of the H3 cells.

    Raises:
        ValueError: the contract requires a column that nothing here fills.
    """
    columns = _columns(key, found, is_duplicate, before, resolution)
    if unfilled := [field.name for field in RECORD if field.required and field.name not in columns]:
        raise ValueError(f"benchmarks.world does not fill {', '.join(unfilled)}, which the contract requires.")
    nulls = {field.name: pa.nulls(len(found.plant), field.type) for field in RECORD}
    return pa.table(nulls | columns).select(schema().names).cast(schema())


def _columns(
    key: str, found: Sightings, is_duplicate: Flags, before: int, resolution: int
) -> dict[str, pa.Array | pa.ChunkedArray]:
    view, count = VIEWS[key], len(found.plant)
    lon, lat = centroids(found.shapes)
    row = pa.array(before + 1 + np.arange(count))
    source_id = pc.cast(row, pa.string())
    is_point = shapely.get_dimensions(found.shapes) == 0
    first, last = _interval(found.year, view.vintage, is_dated=view.is_dated)
    return {
        "dataset_key": _repeated(key, count),
        "record_id": _text(f"{key}:", source_id),
        "source_id": source_id,
        "status": _repeated("operating", count),
        "technology": _repeated("pv", count),
        "mounting": _repeated("unknown", count),
        "geometry": pa.array(shapely.to_wkb(found.shapes), pa.binary()),
        "geometry_kind": pa.array(np.where(is_point, "point", "polygon"), pa.string()),
        "centroid_lon": pa.array(lon),
        "centroid_lat": pa.array(lat),
        "area_m2": pa.array(area_m2(found.shapes), from_pandas=True),
        "capacity_mw": pa.array(found.capacity_mw, from_pandas=True),
        "capacity_basis": pa.array([view.basis] * count, pa.string(), mask=np.isnan(found.capacity_mw)),
        "installed_from": first,
        "installed_to": last,
        "h3_cell": pa.array(h3_cells(lon, lat, resolution), pa.string()),
        "source_file": _repeated(f"{key}.geojson", count),
        "source_row": row,
        "source_attributes": _text('{"id": ', source_id, "}"),
        "quality_flags": _flags(is_duplicate),
        "licence": pa.array([view.licence or NOT_STATED] * count, pa.string()),
        "licence_verified": pa.array(np.full(count, view.licence is not None)),
        "is_synthetic": pa.array(np.ones(count, dtype=np.bool_)),
    }


def _interval(year: Rows, vintage: int, *, is_dated: bool) -> tuple[pa.Array, pa.Array]:
    """First and last day on which plants of these years may have been installed, as far as a dataset knows."""
    if not is_dated:
        last = np.full(len(year), np.datetime64(f"{vintage}-12-31"))
        return pa.nulls(len(year), pa.date32()), pa.array(last, pa.date32())
    first = (year - 1970).astype("datetime64[Y]")
    days = [(first + shift).astype("datetime64[D]") - (shift == 1) for shift in (0, 1)]
    return pa.array(days[0], pa.date32()), pa.array(days[1], pa.date32())


def _flags(is_duplicate: Flags) -> pa.ListArray:
    ends = np.concatenate([[0], np.cumsum(is_duplicate)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), _repeated(DUPLICATE, int(ends[-1])))


def _repeated(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), count)


def _text(before: str, middle: pa.Array, after: str = "") -> pa.Array:
    return pc.binary_join_element_wise(before, middle, after, "")


def _write_accounting(settings: Settings, paths: ProjectPaths) -> None:
    """What the loads of the datasets would have written beside the records."""
    for key, dataset in settings.datasets.items():
        write_json(account(paths.loaded(key), paths.rejected(key), dataset), paths.metrics(key))
        file = LockedFile(f"{key}.geojson", checksum=f"sha256:{sha256(paths.loaded(key))}")
        write_lock(Lock(key, "path", dataset.source.as_stated, (file,)), paths.lock(key))


def main() -> None:
    """Make one, and say how large it is."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--records", type=int, default=300_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    made = make_world(chosen.folder.resolve(), chosen.records, chosen.seed)
    sys.stdout.write(f"{made:,} records of {len(VIEWS)} datasets in {chosen.folder}\n")


if __name__ == "__main__":
    main()
