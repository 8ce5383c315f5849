import gc
import json
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from filelock import FileLock

from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset

# a shell lets what it starts in the background ignore Ctrl-C, and so would all programs that tests start
signal.signal(signal.SIGINT, signal.default_int_handler)

NORTH, SOUTH = "a_north_2020", "b_south_2021"
# Files of whole builds, which take the longest. The first one makes what the fourth and later ones share.
FIRST = (
    "pipeline/test_make_all.py",
    "pipeline/test_dvc_repro.py",
    "acquisition/test_workflow.py",
    "docs/test_blocks.py",
    "founding_design/test_commands.py",
    "pipeline/test_killed.py",
    "warehouse/test_worlds.py",
    "real/test_compare.py",
    "browser/test_pages.py",
    "browser/test_map.py",
    "browser/test_map_search.py",
    "pipeline/test_init.py",
    "warehouse/test_ducklake.py",
    "warehouse/test_hamilton.py",
    "warehouse/test_licences.py",
    "pipeline/test_dvc_remote.py",
)


def pytest_collectstart() -> None:
    """Nothing that is imported and collected is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What was imported and collected need not be searched for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that no worker waits at the end for the other."""

    def place(item: pytest.Item) -> int:
        name = "/".join(item.path.parts[-2:])
        return FIRST.index(name) if name in FIRST else len(FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[..., Path]:
    """A folder that is filled by whichever of pytest's workers needs it first; the others wait, and then share it."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own

    def folder(name: str, fill: Callable[[Path], object]) -> Path:
        path, filled = shared / name, shared / f"{name}.filled"
        with FileLock(shared / f"{name}.lock"):
            if not filled.exists():
                shutil.rmtree(path, ignore_errors=True)  # of a worker that failed
                path.mkdir()
                fill(path)
                filled.touch()
        return path

    return folder


@pytest.fixture
def paths(tmp_path: Path) -> ProjectPaths:
    return ProjectPaths(tmp_path, "sample")


@pytest.fixture
def dataset() -> Callable[..., Dataset]:
    """A dataset with the key `farms`; its branches as in params.yaml."""

    def make(**branches: Any) -> Dataset:
        return Dataset.model_validate({"key": "farms", "source": {"path": "farms.geojson"}, **branches})

    return make


@pytest.fixture
def geojson() -> Callable[..., str]:
    """A feature collection of shapes; rows are their properties, members what else stands in the file."""

    def text(*shapes: shapely.Geometry | None, rows: Sequence[dict[str, Any]] = (), **members: Any) -> str:
        features = [
            {
                "type": "Feature",
                "properties": rows[position] if rows else {},
                "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
            }
            for position, shape in enumerate(shapes)
        ]
        return json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)

    return text


@pytest.fixture
def project(tmp_path: Path, geojson: Callable[..., str]) -> Path:
    """A project of two datasets that stand in it: three squares with an id, and a point."""
    squares = [shapely.box(10 + step, 50, 10.01 + step, 50.01) for step in range(3)]
    (tmp_path / "north.geojson").write_text(geojson(*squares, rows=[{"id": f"n{step}"} for step in range(3)]))
    (tmp_path / "south.geojson").write_text(geojson(shapely.Point(20, -30), rows=[{"mw": 5}]))
    datasets = {
        NORTH: {"alias": "north", "source": {"path": "north.geojson"}, "columns": {"source_id": "id"}},
        SOUTH: {
            "alias": "south",
            "source": {"path": "south.geojson"},
            "columns": {"capacity": {"column": "mw", "unit": "MWp"}},
        },
    }
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"datasets": datasets}, sort_keys=False))
    return tmp_path
