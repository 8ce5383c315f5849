"""A warehouse of worlds that can be drawn on paper: each is a few records of a few datasets, far from the others."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import shapely.affinity
import yaml
from shapely import Point, box

from loaders import run_doi_pipeline
from loaders.contract import BOUNDARIES
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.geo.geoparquet import write_parquet
from loaders.geo.record_cells import write_cells
from loaders.overture_maps_loader import load_boundaries
from loaders.settings.params import read_settings
from loaders.settings.project import read_project
from loaders.solar_irradiance_loader import load_irradiance, provider_context
from loaders.warehouse.build import build
from tests.duckdb_extensions import extensions_verified_once
from tests.warehouse.elsewhere import LICENCES, NATURAL_EARTH, STATUS, A, B, C, D, Receipt, elsewhere, is_far
from tests.warehouse.mixed_world import write_mixed_world
from tests.warehouse.point_worlds import write_point_worlds

__all__ = ["extensions_verified_once"]  # a fixture
ROOT = Path(__file__).resolve().parents[2]
UNIT = 0.001  # [°], about 111 m: the worlds lie at the equator


def square(east: float, north: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    """By units."""
    return box(east, north, east + width, north + height)


# each world: its records by name, and how they should fall into installations
WORLDS: dict[str, tuple[dict[str, Receipt], list[str]]] = {
    "equal": ({"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0, 0))}, ["1 2"]),
    "nested": ({"1": Receipt(A, square(0, 0, 4, 4)), "2": Receipt(B, square(1, 1, 2, 2))}, ["1 2"]),
    "touching": ({"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(1, 0))}, ["1", "2"]),
    "apart": ({"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(1.1, 0))}, ["1", "2"]),
    "hardly": ({"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0.85, 0))}, ["1", "2"]),
    "shifted": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0.1, 0.1)), "3": Receipt(C, square(-0.1, 0))},
        ["1 2 3"],
    ),
    "roofs": (
        {
            "1": Receipt(A, square(0, 0, 0.15, 0.15)),
            "2": Receipt(B, square(0.09, 0, 0.15, 0.15)),
            "3": Receipt(A, square(0.3, 0, 0.15, 0.15)),
        },
        ["1 2", "3"],
    ),
    "blocks": (
        {"w": Receipt(A, square(0, 0, 6, 2)), **{str(n): Receipt(B, square(2 * n, 0, 1.8, 2), mw=5) for n in range(3)}},
        ["0 1 2 w"],
    ),
    "lump": (
        {"w": Receipt(C, square(0, 0, 9, 9)), "1": Receipt(A, square(0, 0, 2, 2)), "2": Receipt(B, square(7, 7, 2, 2))},
        ["1", "2", "w"],
    ),
    "vote": (
        {
            "w": Receipt(C, square(0, 0, 3, 1)),
            "1": Receipt(A, square(0, 0, 1.4, 1)),
            "2": Receipt(A, square(1.6, 0, 1.4, 1)),
            "3": Receipt(B, square(0, 0, 1.4, 1)),
            "4": Receipt(B, square(1.6, 0, 1.4, 1)),
        },
        ["1 3", "2 4", "w"],
    ),
    "chain": ({str(n): Receipt((A, B)[n % 2], square(0.45 * n, 0)) for n in range(9)}, ["0 1 2 3 4", "5 6 7 8"]),
    "inside": ({"1": Receipt(A, square(0, 0), mw=5), "2": Receipt(D, Point(0.9, 0.9), mw=4)}, ["1 2"]),
    "other": ({"1": Receipt(A, square(0, 0), mw=50), "2": Receipt(D, Point(0.9, 0.9), mw=1)}, ["1", "2"]),
    "near": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(D, Point(1.3, 0.5)), "3": Receipt(D, Point(2, 0.5))},
        ["1 2", "3"],
    ),
    "backed": ({"1": Receipt(A, square(0, 0), mw=5), "2": Receipt(D, Point(2, 0.5), mw=6)}, ["1 2"]),
    "between": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(1.5, 0)), "3": Receipt(D, Point(1.2, 0.5))},
        ["1 3", "2"],
    ),
    "points": (
        {"1": Receipt(A, Point(0, 0)), "2": Receipt(D, Point(0.2, 0)), "3": Receipt(D, Point(0.3, 0))},
        ["1 2", "3"],
    ),
    "stack": ({str(n): Receipt(D, Point(0, 0), mw=2) for n in range(4)}, ["0", "1", "2", "3"]),
    "moved": ({"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0.6, 0))}, ["1 2"]),
    "crowd": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0.6, 0)), "3": Receipt(B, square(-0.7, 0))},
        ["1", "2", "3"],
    ),
    "phases": ({"1": Receipt(A, square(0, 0, 2, 1)), "2": Receipt(A, square(0, 0, 3, 1))}, ["1 2"]),
    "group": ({str(n): Receipt(B, square(5 * n, 0), mw=7, group="g") for n in range(3)}, ["0 1 2"]),
    "said": ({"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(9, 0))}, ["1 2"]),
    "twins": ({"1": Receipt(A, square(0, 0)), "2": Receipt(A, square(0, 0))}, ["1", "2"]),
    "beats": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0, 0)), "3": Receipt(C, square(9, 0))},
        ["1", "2 3"],
    ),
    "turned": (
        {
            "1": Receipt(A, square(0, 0), mw=5),
            "2": Receipt(A, shapely.Polygon([(1, 1), (0, 1), (0, 0), (1, 0)]), mw=5),
        },
        ["1 2"],
    ),
    "echo": (
        {
            "w": Receipt(C, square(0, 0, 9, 9)),
            "1": Receipt(A, square(0, 0, 3, 3)),
            "2": Receipt(B, square(0, 0, 3, 3.1)),
        },
        ["1 2 w"],
    ),
    "epochs": (
        {
            "w": Receipt(A, square(0, 0, 10, 1)),
            "1": Receipt(B, square(0, 0, 4, 1)),
            "2": Receipt(B, square(0, 0, 4.5, 1)),
            "3": Receipt(C, square(0.05, 0, 4, 1)),
            "4": Receipt(C, square(0.05, 0, 4.5, 1)),
        },
        ["1 2 3 4 w"],
    ),
    "overlap": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0.85, 0)), "3": Receipt(D, Point(0.9, 0.5))},
        ["1 3", "2"],
    ),
    "unsaid": (
        {
            "w": Receipt(A, square(0, 0, 4, 1)),
            "1": Receipt(A, square(0, 0, 1.8, 1), mw=5),
            "2": Receipt(A, square(2, 0, 1.8, 1), mw=5),
        },
        ["1 2 w"],
    ),
    "ajar": ({"1": Receipt(A, square(0, 0), mw=5), "2": Receipt(A, square(0.45, 0), mw=7)}, ["1 2"]),
    "mixed": ({"1": Receipt(B, square(0, 0), mw=5, group="1"), "2": Receipt(B, square(0.2, 0), mw=5)}, ["1 2"]),
    "pole": ({"1": Receipt(D, Point(0, -90_000))}, ["1"]),
    "nowhere": (
        {"w": Receipt(A, square(-0.5, -0.5)), **{str(n): Receipt(D, Point(0, 0), mw=2) for n in range(5)}},
        ["0", "1", "2", "3", "4", "w"],
    ),
    "denied": (
        {"1": Receipt(A, square(0, 0)), "2": Receipt(B, square(0, 0)), "3": Receipt(C, square(0.1, 0))},
        ["1 3", "2"],
    ),
    "partly": (
        {
            "w": Receipt(A, square(0, 0, 4, 1), group="partly"),
            "1": Receipt(A, square(0, 0, 1.8, 1), mw=5),
            "2": Receipt(A, square(2, 0, 1.8, 1), mw=5),
            "3": Receipt(A, square(4.1, 0), mw=8, group="partly"),
        },
        ["1 2 3 w"],
    ),
    "sum": (
        {
            "w": Receipt(A, square(0, 0, 3), mw=563, group="sum"),
            "1": Receipt(A, square(3.1, 0), mw=250, group="sum"),
            "2": Receipt(A, square(4.2, 0), mw=313, group="sum"),
        },
        ["1 2 w"],
    ),
}
OVERRIDES = f"""origin,verdict,record_id_a,record_id_b,reason,who
doi,same,{A}:said/1,{B}:said/2,moved in 2022,Ada
doi,different,{A}:denied/1,{B}:denied/2,two owners,Bo
doi,different,{A}:twins/1,{A}:twins/2,two owners,Bo
doi,same,{B}:beats/2,{C}:beats/3,moved,Ada
doi,different,{A}:beats/1,{C}:beats/3,not moved,Ada
doi,same,{A}:said/1,{B}:gone/1,was there once,Ada
sample,same,{A}:said/1,{B}:apart/2,of another world,Ada
"""
EDGE = ["1 2"]
CODES = {"known/1": "P1", "known/2": "P1"}  # shared identifiers


def write_project(root: Path) -> None:
    """Settings and files of all worlds; the n-th lies at n degrees east."""
    rows: dict[str, list[dict[str, Any]]] = {key: [] for key in LICENCES}
    for number, (name, (records, _)) in enumerate(WORLDS.items(), start=1):
        for record, seen in records.items():
            shape = shapely.affinity.affine_transform(seen.shape, (UNIT, 0, 0, UNIT, number, 0))
            rows[seen.dataset].append(_feature(f"{name}/{record}", seen, shape))
    for name, seen in elsewhere().items():
        rows[seen.dataset].append(_feature(name, seen, seen.shape))
    for key, features in rows.items():
        (root / f"{key}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    of = {B: {"of": "group"}}
    capacity = {"column": "mw", "unit": "MW", "basis": "dc"}
    datasets: dict[str, dict[str, Any]] = {
        key: {
            "source": {"path": f"{key}.geojson"},
            "columns": {
                "source_id": "id",
                "capacity": capacity | of.get(key, {}),
                "group": "plant",
                "identifiers": {"eia_plant": "code"},
                "status": STATUS,
            },
            "licence": licence,
        }
        for key, licence in LICENCES.items()
    }
    datasets |= write_point_worlds(root) | write_mixed_world(root)
    (root / "params.yaml").write_text(yaml.safe_dump({"origin": "doi", "datasets": datasets}, sort_keys=False))
    (root / "overrides.csv").write_text(OVERRIDES)


def _feature(name: str, seen: Receipt, shape: shapely.Geometry) -> dict[str, Any]:
    properties = {"id": name, "mw": seen.mw, "plant": seen.group, "state": seen.status, "code": CODES.get(name)}
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(shape))}


def write_boundaries(path: Path) -> None:
    """Two countries: AA west of 10.5° E, BB east of it, with a region each; and the real ones far from them."""
    load_boundaries(NATURAL_EARTH, path)
    halves = {"AA": box(-10, -5, 10.5, 5), "BB": box(10.5, -5, 180, 5)}
    published = pq.read_table(path, columns=BOUNDARIES.names).to_pylist()
    rows = [area for area in published if is_far(shapely.from_wkb(area["geometry"]))] + [
        {"boundary_id": f"{subtype}-{code}", "subtype": subtype, "country": code, "region": region, "name": code}
        | {"geometry": shapely.to_wkb(shape), "source": "drawn", "licence": "CC0-1.0"}
        for code, shape in halves.items()
        for subtype, region in (("country", None), ("region", f"{code}-1"))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_parquet(pa.Table.from_pylist(rows, BOUNDARIES), path)


def write_irradiance(root: Path) -> None:
    """Clear sky where the records are."""
    catalog, paths = read_project(root / "params.yaml")
    write_cells(catalog, paths)
    load_irradiance(catalog.irradiance, paths, provider_context(catalog))


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A built warehouse."""

    paths: ProjectPaths

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The answer to a query."""
        with connect(self.paths.database, read_only=True) as connection:
            return connection.execute(query, parameters or {}).fetchall()

    def value(self, query: str, parameters: Mapping[str, Any] | None = None) -> Any:
        """The only value of the answer."""
        ((value,),) = self.rows(query, parameters)
        return value


def built(root: Path, settings: Mapping[str, Any] | None = None) -> Warehouse:
    """Build what is loaded in a project; settings replace branches of params.yaml."""
    path = root / "params.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | dict(settings or {}), sort_keys=False))
    catalog = read_settings(path)
    paths = ProjectPaths(root, catalog.origin)
    build(catalog, paths)
    return Warehouse(paths)


def _build_worlds(root: Path) -> None:
    shutil.copytree(ROOT / "dbt", root / "dbt", ignore=shutil.ignore_patterns("target", "logs", ".user.yml"))
    write_project(root)
    run_doi_pipeline(database_path=root / "raw.duckdb", params=root / "params.yaml", use_parallel=False)
    write_boundaries(ProjectPaths(root, "doi").boundaries)
    write_irradiance(root)
    built(root)


@pytest.fixture(scope="session")
def warehouse(made_once: Callable[..., Path]) -> Iterator[Warehouse]:
    """All worlds under the default settings. Copy its project, do not change it."""
    found = Warehouse(ProjectPaths(made_once("worlds", _build_worlds), "doi"))
    with connect(found.paths.database, read_only=True):  # others of this process then share what it has loaded
        yield found
