import pytest

from loaders.core.paths import ProjectPaths
from loaders.db import ducklake
from loaders.settings.ducklake import DuckLake
from tests.unit.curated import create_tables


@pytest.fixture(scope="session")
def lake_paths(published_paths: ProjectPaths, tmp_path_factory: pytest.TempPathFactory) -> ProjectPaths:
    """A project with the same tables in a DuckLake only; do not change it."""
    root = tmp_path_factory.mktemp("lake")
    settings = (published_paths.root / "params.yaml").read_text()
    (root / "params.yaml").write_text(f"warehouse: ducklake\n{settings}")
    create_tables(root / "built.duckdb")
    paths = ProjectPaths(root, "sample")
    ducklake.publish(root / "built.duckdb", ["curated"], "a build", DuckLake(), paths)
    return paths
