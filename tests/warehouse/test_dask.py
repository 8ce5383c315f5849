"""Shards on a Dask cluster of separate processes: the same bytes, whatever is killed."""

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
from loaders.settings.machine import Machine, machine, use_machine
from loaders.warehouse.shards.storage import COMPLETE, RESULTS
from tests.dask_services import dask_processes, once
from tests.services import CREDENTIALS, bucket_server
from tests.warehouse.conftest import Warehouse, built
from tests.warehouse.test_shards import computed, published, shards

BUCKET = "eo-pv-shards"
MOST = 60  # records in a shard: a dozen of them


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with bucket_server() as address:
        yield address


@pytest.fixture(autouse=True)
def _bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty bucket, which the environment names."""
    for name, text in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, text)
    boto3.resource("s3").Bucket(BUCKET).create()


@pytest.fixture
def project(warehouse: Warehouse, tmp_path: Path) -> Iterator[Path]:
    """A copy of the worlds, whose shards are computed on Dask, through the bucket."""
    root = tmp_path / "project"
    shutil.copytree(warehouse.paths.root, root, ignore=shutil.ignore_patterns("*.duckdb"))
    params = root / "params.yaml"
    params.write_text(f"{params.read_text()}\nexecutor: dask\n")
    former = machine()
    use_machine(Machine(shard_records=MOST, shard_files=f"s3://{BUCKET}/worlds"))
    yield root
    use_machine(former)


def written() -> dict[str, datetime]:
    """When the result of each shard was whole in the bucket."""
    objects = boto3.resource("s3").Bucket(BUCKET).objects.filter(Prefix=f"worlds/doi/{RESULTS}/")
    return {each.key.split("/")[-2]: each.last_modified for each in objects if each.key.endswith(COMPLETE)}


def folders() -> set[str]:
    """What is in the bucket."""
    return {each.key.split("/")[2] for each in boto3.resource("s3").Bucket(BUCKET).objects.all()}


def test_a_killed_scheduler_and_a_killed_worker_lose_nothing(
    project: Path, warehouse: Warehouse, tmp_path: Path
) -> None:
    kept = _with_a_killed_scheduler(project, tmp_path)
    paths = ProjectPaths(project, "doi")
    with dask_processes(tmp_path / "second", 2) as cluster, dask.config.set({"scheduler-address": cluster.address}):
        with once(lambda: len(written()) > len(kept), cluster.workers[0].kill) as killed:
            in_shards = built(project)
        assert killed.is_set()
        assert cluster.workers[0].wait() == -9
    assert published(in_shards.paths) == published(warehouse.paths)
    assert len(written()) == len(shards(paths)) >= 4
    assert written().items() >= kept.items()  # not computed again
    assert folders() == {RESULTS}  # what shards read is gone


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
