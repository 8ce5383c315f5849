"""Shards on a Dask cluster, through a bucket, into a DuckLake: the same bytes, whatever is killed.

Skipped where PostgreSQL is not installed.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import boto3
import dask
import pytest

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.db import ducklake as lake
from loaders.settings.ducklake import DuckLake
from loaders.settings.machine import Machine, machine, use_machine
from loaders.warehouse.former_database import NOTE
from loaders.warehouse.shards.storage import COMPLETE, RESULTS
from tests.dask_services import dask_processes, once
from tests.services import servers, services
from tests.warehouse.conftest import Warehouse, built
from tests.warehouse.test_shards import computed, published, shards

BUCKET = "eo-pv"
MOST = 100  # records in a shard
LAKE = DuckLake(catalogue="postgres", files=f"s3://{BUCKET}/lake")

__all__ = ["servers", "services"]  # fixtures


@pytest.fixture(autouse=True)
def _services(services: None) -> None:
    """An empty bucket, and a PostgreSQL, which the environment names."""


@pytest.fixture
def project(warehouse: Warehouse, tmp_path: Path) -> Iterator[Path]:
    """A copy of the worlds, whose shards are computed on Dask, through the bucket."""
    root = tmp_path / "project"
    shutil.copytree(warehouse.paths.root, root, ignore=shutil.ignore_patterns("*.duckdb"))
    params = root / "params.yaml"
    params.write_text(f"{params.read_text()}\nexecutor: dask\n")
    former = machine()
    use_machine(Machine(shard_records=MOST, shard_files=f"s3://{BUCKET}/shards"))
    yield root
    use_machine(former)


def written() -> dict[str, datetime]:
    """When the result of each shard was whole in the bucket."""
    objects = boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix=f"shards/doi/{RESULTS}/")
    return {each.key.split("/")[-2]: each.last_modified for each in objects if each.key.endswith(COMPLETE)}


def folders() -> set[str]:
    """What is in the bucket, besides the lake."""
    return {each.key.split("/")[2] for each in boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix="shards/")}


def test_a_killed_scheduler_and_a_killed_worker_lose_nothing(
    project: Path, warehouse: Warehouse, tmp_path: Path
) -> None:
    kept = _with_a_killed_scheduler(project, tmp_path)
    paths = ProjectPaths(project, "doi")
    with dask_processes(tmp_path / "second", 2) as cluster, dask.config.set({"scheduler-address": cluster.address}):
        with once(lambda: len(written()) > len(kept), cluster.workers[0].kill) as killed:
            in_shards = built(project, {"warehouse": "ducklake", "ducklake": LAKE.model_dump()})
        assert killed.is_set()
        assert cluster.workers[0].wait() == -9
    assert published(in_shards.paths) == published(warehouse.paths)
    with lake.opened(LAKE, paths, read_only=True) as connection:
        (records,) = connection.execute("SELECT count(*) FROM curated.curated_pv_records").fetchall()[0]
    assert records == warehouse.value("SELECT count(*) FROM curated.curated_pv_records")
    assert len(written()) == len(shards(paths)) >= 4
    assert written().items() >= kept.items()  # not computed again
    assert folders() == {RESULTS}  # what shards read is gone
    assert not (paths.scratch("shards") / NOTE).exists()  # its database has no raw tables to take over


def _with_a_killed_scheduler(project: Path, folder: Path) -> dict[str, datetime]:
    """When each shard was written to the bucket before the scheduler was killed."""
    with dask_processes(folder / "first", 1) as cluster, dask.config.set({"scheduler-address": cluster.address}):

        def kill() -> None:
            cluster.scheduler.kill()
            cluster.workers[0].kill()

        with once(lambda: len(written()) > 0, kill), pytest.raises(BuildError) as error:
            computed(project, MOST)
    found = re.fullmatch(
        rf"The Dask scheduler {cluster.address} is gone\. (\d+) of (\d+) shards are kept\. Start it again with its "
        r"workers, then run the same command again \(`eo-pv warehouse`, `make all`\): it computes only the others\.",
        str(error.value),
    )
    assert found
    kept = written()
    assert 1 <= len(kept) == int(found[1]) < int(found[2])
    return kept
