"""Make the published files of a world of solar plants, in six formats, and a project that loads them.

    python -m benchmarks.inventories FOLDER [--records 400000] [--seed 1]

FOLDER becomes a project in which `eo-pv all` runs; its `truth.parquet` states which records show the same plant.
Everything in it is made up.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from benchmarks.inventory_files import zipped
from benchmarks.inventory_kinds import KINDS
from benchmarks.outputs import PUBLISHED
from benchmarks.world import TRUTH, TRUTH_SCHEMA, sighting_chunks, with_duplicates
from benchmarks.world_views import take
from loaders.add.new_project import NO_DATASETS, create_project
from loaders.core.errors import EoPvError

RECORDS = 400_000


def make_inventories(folder: Path, records: int, seed: int) -> dict[str, int]:
    """Make the project; returns the number of features of each inventory, together about `records`.

    Args:
        folder: does not exist yet, or is empty.
        records: of all inventories together.
        seed: the same one makes the same inventories.

    Raises:
        EoPvError: the folder is in use.
    """
    create_project(folder)
    (folder / PUBLISHED).mkdir()
    features = _write_files(folder, records, seed)
    for kind in KINDS.values():
        if kind.archive:
            zipped(folder / PUBLISHED / kind.file, folder / PUBLISHED / kind.archive)
    datasets = {key: kind.entry(key, PUBLISHED, features[key]) for key, kind in KINDS.items()}
    params = folder / "params.yaml"
    settings = params.read_text(encoding="utf-8")
    filled = yaml.safe_dump({"datasets": datasets}, sort_keys=False)
    params.write_text(settings.replace(f"\n{NO_DATASETS}", f"\n{filled}"), encoding="utf-8")
    return features


def _write_files(folder: Path, records: int, seed: int) -> dict[str, int]:
    """Write the files and the truth chunk by chunk; returns the number of features of each inventory."""
    random, written = np.random.default_rng(seed + 1), dict.fromkeys(KINDS, 0)
    with ExitStack() as stack:
        append = {key: stack.enter_context(kind.write(folder / PUBLISHED / kind.file)) for key, kind in KINDS.items()}
        truth = stack.enter_context(pq.ParquetWriter(folder / TRUTH, TRUTH_SCHEMA, compression="zstd"))
        for chunk in sighting_chunks(records, seed):
            for key, kind in KINDS.items():
                rows, _ = with_duplicates(chunk[key].shapes, random)
                found = take(chunk[key], rows)
                table = kind.table(found, written[key] + 1 + np.arange(len(rows)))
                append[key](table)
                source_id = table[kind.columns["source_id"]].cast(pa.string())
                truth.write_table(_truth(key, source_id, found.plant))
                written[key] += len(rows)
    return written


def _truth(key: str, source_id: pa.ChunkedArray, plant: np.ndarray) -> pa.Table:
    record_id = [f"{key}:{one}" for one in source_id.to_pylist()]
    return pa.table([record_id, plant], schema=TRUTH_SCHEMA)


def main() -> None:
    """Make them, and say how many features and bytes each has."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--records", type=int, default=RECORDS)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    try:
        features = make_inventories(chosen.folder.resolve(), chosen.records, chosen.seed)
    except EoPvError as error:
        raise SystemExit(f"Error: {error}") from error
    for key, kind in KINDS.items():
        path = chosen.folder / PUBLISHED / (kind.archive or kind.file)
        sys.stdout.write(f"{key}: {features[key]:,} features, {path.name} of {path.stat().st_size / 1e6:,.1f} MB\n")
    sys.stdout.write(f"{sum(features.values()):,} features of {len(KINDS)} inventories in {chosen.folder}\n")


if __name__ == "__main__":
    main()
