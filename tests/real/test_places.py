"""Places by real boundaries: today's countries of Natural Earth at 1:110 million, with states at 1:50 million."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
import shapely

from loaders.boundaries.admin_boundaries import BoundaryCounts
from loaders.contract import schema
from loaders.db.connection import connect
from loaders.geo.geometry import area_m2
from loaders.geo.geoparquet import write_parquet
from loaders.overture_maps_loader import load_boundaries

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("EO_PV_REAL_FILES", ROOT.parent / "shared" / "data")) / "boundaries"
COUNTRIES, STATES = REAL / "ne_110m_admin_0_countries.json", REAL / "ne_50m_admin_1_states_provinces.json"
UNCODED = {"France": "FR", "Norway": "NO"}
HALF_DEG = 0.005  # half the side of an outline, about 550 m

pytestmark = [
    pytest.mark.skipif(
        not (COUNTRIES.is_file() and STATES.is_file()),
        reason=f"the real files are not at {REAL}; EO_PV_REAL_FILES names the folder above theirs",
    ),
]


class Place(NamedTuple):
    """Where a record lies, and what is to be said of it."""

    lon: float
    lat: float
    kind: str
    country: str | None
    region: str | None
    method: str | None
    distance_km: float | None = 0
    flags: tuple[str, ...] = ()


PLACES = {
    "Topaz Solar Farm": Place(-120.05, 35.38, "polygon", "US", "US-CA", "shared_area"),
    "Sarnia": Place(-82.34, 42.94, "polygon", "CA", "CA-ON", "shared_area"),
    "Broken Hill": Place(141.39, -31.99, "point", "AU", "AU-NSW", "contained"),
    "Pirapora": Place(-44.9, -17.4, "polygon", "BR", "BR-MG", "shared_area"),
    "Cestas": Place(-0.82, 44.73, "polygon", "FR", None, "shared_area"),
    "Bhadla": Place(71.91, 27.53, "point", "IN", None, "contained"),
    "Noor Ouarzazate": Place(-6.86, 31.05, "polygon", "MA", None, "shared_area"),
    "Hargeisa": Place(44.07, 9.56, "point", None, None, "contained", 0, ("doubly_claimed",)),
    # across the 49th parallel
    "Coutts": Place(-111.96, 49.001, "polygon", "CA", "CA-AB", "shared_area", 0, ("across_border",)),
    "Malta": Place(14.4, 35.9, "polygon", None, None, None, None, ("no_land_near",)),
    # islands that the file leaves out; distances by pyproj's geodesics to its coast in steps of 0.0002°
    "Jersey": Place(-2.1, 49.2, "point", "FR", None, "nearest", 23.496),
    "Avalon": Place(-118.4, 33.4, "point", "US", "US-CA", "nearest", 35.865),
    "off Newcastle": Place(151.6, -33.5, "point", "AU", "AU-NSW", "nearest", 9.255),
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[BoundaryCounts, Path]:
    """Both files as one of Overture's."""
    folder = tmp_path_factory.mktemp("boundaries")
    rows = [_country(**feature) for feature in _features(COUNTRIES)]
    rows += [_region(**feature) for feature in _features(STATES) if "~" not in feature["properties"]["iso_3166_2"]]
    texts = [(name, pa.string()) for name in ("id", "subtype", "class", "country", "region")]
    others = [("geometry", pa.binary()), ("is_land", pa.bool_()), ("names", pa.null()), ("sources", pa.null())]
    write_parquet(pa.Table.from_pylist(rows, pa.schema(texts + others)), folder / "areas.parquet")
    target = folder / "admin_boundaries.parquet"
    return load_boundaries(folder / "areas.parquet", target), target


@pytest.fixture(scope="module")
def found(loaded: tuple[BoundaryCounts, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the models say of PLACES, by name."""
    folder = tmp_path_factory.mktemp("places")
    database = folder / "places.duckdb"
    records = pa.Table.from_pylist([_record(name, place) for name, place in PLACES.items()], schema())
    with connect(database) as connection:
        connection.register("records", records)
        connection.execute("create schema raw_data; create schema raw_meta")
        connection.execute(
            "create table raw_data.doi_pv_features as "
            "select * replace (st_setcrs(st_geomfromwkb(geometry), 'EPSG:4326') as geometry) from records"
        )
        connection.execute(
            "create table raw_data.admin_boundaries as "  # noqa: S608 (a path of ours)
            f"select * replace (st_setcrs(geometry::geometry, 'EPSG:4326') as geometry) from '{loaded[1]}'"
        )
        settings = ROOT / "dbt" / "tests" / "fixtures" / "settings.csv"
        connection.execute(f"create table raw_meta.settings as from '{settings}'")
    _run_dbt(database, folder)
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select record_id, country, region, admin_method, admin_distance_m / 1000, admin_flags "
            "from prepared.prep_pv_places"
        ).fetchall()
    return {name: values for name, *values in rows}


def _features(path: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def _country(properties: dict[str, Any], geometry: dict[str, Any], **_: object) -> dict[str, Any]:
    code = UNCODED.get(properties["NAME"], properties["ISO_A2"])
    area = {"id": properties["ADM0_A3"], "subtype": "country", "country": None if code == "-99" else code}
    return area | _land(geometry)


def _region(properties: dict[str, Any], geometry: dict[str, Any], **_: object) -> dict[str, Any]:
    area = {"id": properties["adm1_code"], "subtype": "region", "country": properties["iso_a2"]}
    return area | {"region": properties["iso_3166_2"]} | _land(geometry)


def _land(geometry: dict[str, Any]) -> dict[str, Any]:
    shape = shapely.from_geojson(json.dumps(geometry))
    return {"class": "land", "is_land": True, "geometry": shapely.to_wkb(shape)}


def _record(name: str, place: Place) -> dict[str, Any]:
    point = shapely.Point(place.lon, place.lat)
    shape = point if place.kind == "point" else shapely.box(*point.buffer(HALF_DEG).bounds)
    area = None if place.kind == "point" else float(area_m2(np.array([shape], dtype=object))[0])
    always = {"dataset_key": "d", "quality_flags": [], "is_synthetic": False, "licence_verified": False}
    position = {"centroid_lon": place.lon, "centroid_lat": place.lat, "area_m2": area}
    return always | position | {"record_id": name, "geometry": shapely.to_wkb(shape), "geometry_kind": place.kind}


def _run_dbt(database: Path, folder: Path) -> None:
    places = ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    project = ["--project-dir", str(ROOT / "dbt"), "--profiles-dir", str(ROOT / "dbt")]
    settings = {"EO_PV_DATABASE": str(database), "EO_PV_HAMILTON": "off", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "run", "--quiet", "--select", "+prep_pv_places", *project, *places],
        cwd=ROOT,
        env=os.environ | settings,
        check=True,
    )


def test_every_area_of_the_real_files_is_loaded(loaded: tuple[BoundaryCounts, Path]) -> None:
    assert loaded[0] == BoundaryCounts(
        read=276,
        not_land=0,
        other_subtypes=0,
        countries=177,
        regions=99,
        counties=0,
        without_country=2,
        repaired=2,
    )


@pytest.mark.parametrize("name", PLACES)
def test_a_real_place_is_in_its_country_and_region(found: dict[str, Any], name: str) -> None:
    place = PLACES[name]
    distance = None if place.distance_km is None else pytest.approx(place.distance_km, rel=1e-3)
    assert found[name] == [place.country, place.region, place.method, distance, list(place.flags)]
