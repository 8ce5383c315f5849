import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml

from loaders.catalog import Dataset
from loaders.workspace import Workspace

NORTH, SOUTH = "a_north_2020", "b_south_2021"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, "sample")


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
