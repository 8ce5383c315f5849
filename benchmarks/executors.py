"""Load several made-up datasets with `eo-pv ingest --all`, whoever works on them: time, memory, and the same bytes.

python -m benchmarks.executors [polygons of each dataset]       by default 100000, of four datasets
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks.load import entry, write_geojson
from benchmarks.measure import measured
from benchmarks.tables import table
from loaders.core.terminal import out

DATASETS = 4
POLYGONS = 100_000
WORKERS = {
    "one at a time": ["--sequential"],
    "threads": ["--executor", "threads"],
    "processes": ["--executor", "processes"],
    "dask (a cluster here)": ["--executor", "dask"],
}


def write_project(folder: Path, polygons: int) -> None:
    """Settings and files of datasets that differ in their names only."""
    write_geojson(folder / "farms.geojson", polygons)
    datasets = {f"farms_{number}": entry("farms.geojson") for number in range(DATASETS)}
    settings = {"origin": "doi", "datasets": datasets}
    (folder / "params.yaml").write_text(yaml.safe_dump(settings, sort_keys=False))


def digest(folder: Path) -> str:
    """Of everything that was loaded."""
    found = hashlib.sha256()
    for path in sorted((folder / "data" / "doi" / "loaded").iterdir()):
        found.update(path.read_bytes())
    return found.hexdigest()


def main() -> None:
    """Measure each of them once."""
    polygons = int(sys.argv[1]) if sys.argv[1:] else POLYGONS
    title = f"{DATASETS} datasets of {polygons:,} polygons, {os.cpu_count()} cores"
    out.print(title)
    rows, digests = [], set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, polygons)
        for who, options in WORKERS.items():
            shutil.rmtree(folder / "data", ignore_errors=True)
            took = measured([sys.executable, "-m", "loaders", "ingest", "--all", *options], folder)
            rows.append((who, f"{took.seconds:.1f}", round(took.peak_mb), round(took.tree_mb)))
            digests.add(digest(folder))
    out.print(table(("worked on by", "seconds", "largest process MB", "all processes MB"), rows))
    if len(digests) > 1:
        raise SystemExit("they did not write the same bytes")
    out.print("all wrote the same bytes")


if __name__ == "__main__":
    main()
