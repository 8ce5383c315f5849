"""A small project of bundled samples that is built in several shards, and the bytes of what it makes."""

import hashlib
import shutil
from pathlib import Path
from random import Random

import yaml

from tests.pipeline.conftest import Project, copy_sources

DATASETS = (
    "usa_cali_usgs_pv_2016",
    "uk_crowdsourced_pv_2020",
    "usa_uspvdb_2023",
    "chn_med_res_pv_2024",
    "global_tz_sam_2025",
)
SHARD_RECORDS = 120
MADE = ("boundaries", "cells", "curated", "irradiance", "loaded", "metrics")


def new_world(root: Path) -> Project:
    """A copy of the sources with few datasets and small shards, not yet run."""
    project = copy_sources(root)
    settings = yaml.safe_load((root / "params.yaml").read_text())
    datasets = {key: settings["datasets"][key] for key in DATASETS}
    project.edit(lambda s: s.update(datasets=datasets, machine={"shard_records": SHARD_RECORDS}))
    return project


def digests(project: Project) -> dict[str, str]:
    """The SHA-256 of each file that a run makes, by its name."""
    files = [path for folder in MADE for path in project.data(folder).rglob("*") if path.is_file()]
    files += [path for path in (project.data("build.json"),) if path.exists()]
    names = {str(path.relative_to(project.data())): path for path in files}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items()}


def shard_count(project: Project) -> int:
    """The shards that are kept."""
    return len(list(project.data(".work", "shards", "results").glob("*")))


def make_stale(project: Project, random: Random) -> str:
    """Let the next run load some of the datasets, compute some of the shards, and build.

    Returns:
        What it has to do.
    """
    keys = random.sample(DATASETS, random.randint(0, len(DATASETS)))
    path = project.root / "dvc.lock"
    lock = yaml.safe_load(path.read_text()) if path.exists() else {"stages": {}}
    for stage in ("build", "report", *(f"load@{key}" for key in keys)):
        lock["stages"].pop(stage, None)
    path.write_text(yaml.safe_dump(lock, sort_keys=False))
    shutil.rmtree(project.root / "data" / ".dvc-cache" / "runs", ignore_errors=True)  # or DVC takes outputs from there
    for key in keys:
        project.data("loaded", f"{key}.parquet").unlink(missing_ok=True)
    shards = sorted(project.data(".work", "shards", "results").glob("*"))
    removed = random.sample(shards, round(len(shards) * random.choice((0.3, 1))))
    for shard in removed:
        shutil.rmtree(shard)
    return f"{len(keys)} loads, {len(removed) or 'all'} shards"


def last_written(project: Project) -> str:
    """The file that was written last, for the stage that a run is in."""
    times: dict[Path, int] = {}
    for path in project.data().rglob("*"):
        try:
            times[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue
    if not times:
        return "nothing yet"
    return str(max(times, key=lambda path: times[path]).relative_to(project.data()))
