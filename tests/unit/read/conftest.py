from pathlib import Path

import pytest
import yaml

from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.settings.ducklake import DuckLake
from tests.services import servers, services
from tests.unit.curated import create_tables

__all__ = ["servers", "services"]  # fixtures


def write_lake_project(root: Path, settings: Path, lake: DuckLake) -> ProjectPaths:
    """Write a project with the same tables in a DuckLake only."""
    branches = {"warehouse": "ducklake", "ducklake": lake.model_dump(exclude_none=True)}
    (root / "params.yaml").write_text(yaml.safe_dump(yaml.safe_load(settings.read_text()) | branches))
    create_tables(root / "built.duckdb")
    paths = ProjectPaths(root, "sample")
    ducklake.publish(root / "built.duckdb", ["curated"], "a build", lake, paths)
    return paths


@pytest.fixture(scope="session")
def lake_paths(published_paths: ProjectPaths, tmp_path_factory: pytest.TempPathFactory) -> ProjectPaths:
    """A project with its tables in a DuckLake in files; do not change it."""
    root = tmp_path_factory.mktemp("lake")
    return write_lake_project(root, published_paths.root / "params.yaml", DuckLake())


@pytest.fixture
def shared_lake_paths(services: None, published_paths: ProjectPaths, tmp_path: Path) -> ProjectPaths:
    """A project with its tables in a DuckLake in PostgreSQL and a bucket."""
    lake = DuckLake(catalogue="postgres", files="s3://eo-pv/read")
    return write_lake_project(tmp_path, published_paths.root / "params.yaml", lake)
