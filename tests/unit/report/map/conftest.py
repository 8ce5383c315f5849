from pathlib import Path

import pytest

from loaders.core.paths import ProjectPaths
from loaders.report.map.write import write_map_data
from loaders.settings.params import read_settings
from tests.unit.report.map.made_world import write_project


@pytest.fixture(scope="package")
def map_paths(tmp_path_factory: pytest.TempPathFactory) -> ProjectPaths:
    """A project with published tables and the data of their map; do not change it."""
    paths = write_project(tmp_path_factory.mktemp("map"))
    write_map_data(read_settings(paths.root / "params.yaml"), paths)
    return paths


@pytest.fixture(scope="package")
def map_folder(map_paths: ProjectPaths) -> Path:
    """The data of the map."""
    return map_paths.home / "report" / "map"
