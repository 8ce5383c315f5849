"""The warehouse is stale when it is missing, or when the curated files are not those that it was built with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loaders.core.paths import ProjectPaths
from loaders.settings.params import Settings
from loaders.warehouse.staleness import curated_hashes, is_stale

TABLE = "curated_pv_records.parquet"
CHANGES: dict[str, Callable[[ProjectPaths], Any]] = {
    "no warehouse": lambda paths: paths.database.unlink(),
    "no record of its tables": lambda paths: paths.curated_digests.unlink(),
    "half a record": lambda paths: paths.curated_digests.write_text("{"),
    "another table": lambda paths: (paths.curated / TABLE).write_bytes(b"other rows"),
    "one table more": lambda paths: (paths.curated / "curated_pv_pairs.parquet").write_bytes(b"pairs"),
    "one table less": lambda paths: (paths.curated / TABLE).unlink(),
}


@pytest.fixture
def built(tmp_path: Path) -> ProjectPaths:
    """A warehouse, and the one table that it was built with."""
    paths = ProjectPaths(tmp_path, "sample")
    paths.curated.mkdir(parents=True)
    (paths.curated / TABLE).write_bytes(b"rows")
    paths.database.touch()
    paths.curated_digests.write_text(json.dumps(curated_hashes(paths)))
    return paths


def test_a_warehouse_is_fresh_with_the_tables_that_it_was_built_with(built: ProjectPaths) -> None:
    assert not is_stale(Settings.model_construct(), built)


@pytest.mark.parametrize("change", CHANGES)
def test_a_warehouse_is_stale_after_a_change(change: str, built: ProjectPaths) -> None:
    CHANGES[change](built)
    assert is_stale(Settings.model_construct(), built)


def test_a_lake_that_is_gone_makes_it_stale(built: ProjectPaths) -> None:
    assert is_stale(Settings.model_construct(warehouse="ducklake"), built)
