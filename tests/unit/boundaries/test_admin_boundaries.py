import functools
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from loaders.boundaries.admin_boundaries import BoundaryCounts
from loaders.contract import BOUNDARIES
from loaders.core.errors import ReadError
from loaders.geo.geoparquet import write_parquet
from loaders.overture_maps_loader import load_boundaries

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
EXTRACT = SAMPLES / "admin_boundaries" / "division_area.parquet"
# as Overture writes them; its sources need not name a licence
TEXTS = ("id", "country", "subtype", "class", "region", "division_id")
OVERTURE = pa.schema(
    [
        *((name, pa.string()) for name in TEXTS),
        ("geometry", pa.binary()),
        ("version", pa.int32()),
        ("names", pa.struct([("primary", pa.string()), ("common", pa.map_(pa.string(), pa.string()))])),
        ("sources", pa.list_(pa.struct([("property", pa.string()), ("dataset", pa.string())]))),
        ("is_land", pa.bool_()),
        ("is_territorial", pa.bool_()),
    ]
)
BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])

Write = Callable[..., Path]


@functools.cache
def _extract() -> gpd.GeoDataFrame:
    """The bundled areas, by id without its prefix."""
    areas = gpd.read_parquet(EXTRACT)
    return areas.set_index(areas["id"].str.removeprefix("naturalearth_lowres:"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write areas as Overture does; each is a square of land in country AA, unless it says otherwise."""

    def file(*areas: dict[str, Any], schema: pa.Schema = OVERTURE) -> Path:
        rows = []
        for number, area in enumerate(areas):
            shape = area.get("shape", shapely.box(number, 0, number + 1, 1))
            usual = {"id": f"id-{number}", "subtype": "country", "class": "land", "country": "AA", "is_land": True}
            rows.append({**usual, "geometry": shapely.to_wkb(shape) if shape else None, **area})
        path = tmp_path / "division_area.parquet"
        write_parquet(pa.Table.from_pylist(rows, schema), path)
        return path

    return file


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Path], tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Load a file; the counts that are not 0, and the rows without their shapes."""

    def run(source: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        counts = asdict(load_boundaries(source, tmp_path / "loaded" / "admin_boundaries.parquet"))
        rows = pq.read_table(tmp_path / "loaded" / "admin_boundaries.parquet").drop_columns(["geometry", "bbox"])
        return {name: count for name, count in counts.items() if count}, rows.to_pylist()

    return run


def test_the_script_makes_the_bundled_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "tests.samples.make_boundaries", tmp_path], check=True)
    assert (tmp_path / "admin_boundaries" / "division_area.parquet").read_bytes() == EXTRACT.read_bytes()


def test_the_extract_weighs_less_than_300_kb() -> None:
    assert EXTRACT.stat().st_size < 300_000


def test_the_extract_has_177_countries_and_two_pieces_of_disputed_ground() -> None:
    areas = _extract()
    assert len(areas) == 177 + 2
    assert areas["country"].nunique() == areas["country"].notna().sum() == 175
    assert sorted(areas.index[areas["country"].isna()]) == ["CRIMEA", "N_CYPRUS", "SOMALILAND", "W_SAHARA_WEST"]


def test_countries_to_which_natural_earth_gives_no_code_have_one() -> None:
    codes = _extract()["country"]
    assert codes[["FRA", "NOR", "XKX", "DEU", "GBR", "CHN"]].tolist() == ["FR", "NO", "XK", "DE", "GB", "CN"]


def test_every_outline_of_the_extract_is_valid_and_together_they_are_the_land_of_the_earth() -> None:
    shapes = _extract().geometry
    assert shapes.is_valid.all()
    assert shapes.to_crs("EPSG:6933").area.sum() / 1e12 == pytest.approx(147.36, abs=0.01)


@pytest.mark.parametrize(
    ("place", "lon", "lat", "area"),
    [
        ("Paris", 2.35, 48.86, "FRA"),
        ("Oslo", 10.75, 59.91, "NOR"),
        ("Simferopol", 34.10, 44.95, "CRIMEA"),
        ("Laayoune", -13.0, 27.1, "W_SAHARA_WEST"),
        ("Tifariti", -10.57, 26.16, "ESH"),
        ("Agadir", -9.4, 30.4, "MAR"),
        ("Krasnodar", 38.97, 45.04, "RUS"),
        ("Kherson", 33.0, 46.8, "UKR"),
        ("Hargeisa", 44.06, 9.56, "SOMALILAND"),
        ("Suva", 178.44, -18.0, "FJI"),
    ],
)
def test_a_place_lies_in_one_area_of_the_extract(place: str, lon: float, lat: float, area: str) -> None:
    found = _extract()
    assert list(found.index[found.contains(shapely.Point(lon, lat))]) == [area], place


def test_loading_the_extract_accounts_for_every_area(tmp_path: Path) -> None:
    target = tmp_path / "admin_boundaries.parquet"
    assert load_boundaries(EXTRACT, target) == BoundaryCounts(
        read=179,
        not_land=0,
        other_subtypes=0,
        countries=179,
        regions=0,
        counties=0,
        without_country=4,
        repaired=0,
    )
    loaded = gpd.read_parquet(target)
    assert list(loaded.columns) == BOUNDARIES.names
    assert (loaded.crs.to_authority(), loaded.is_valid.all()) == (("EPSG", "4326"), True)
    assert loaded.total_bounds.tolist() == pytest.approx([-180, -90, 180, 83.64513], abs=1e-9)
    assert loaded.total_bounds[2] == 180  # the published Russia goes on beyond it
    assert set(loaded["source"]) == {"Natural Earth 110m (naturalearth_lowres)"}
    assert set(loaded["licence"]) == {"public-domain"}


def test_of_overtures_areas_the_land_of_countries_regions_and_counties_is_kept(write: Write, load: Any) -> None:
    source = write(
        {"id": "c", "names": {"primary": "Aaland"}, "sources": [{"property": "", "dataset": "OpenStreetMap"}]},
        {"id": "sea", "class": "maritime", "is_land": False},
        {"id": "b", "subtype": "dependency", "country": "BB"},
        {"id": "a", "subtype": "region", "region": "AA-01"},
        {"id": "z", "subtype": "county", "region": "AA-01"},
        {"id": "town", "subtype": "locality"},
        {"id": "n", "country": None},
    )
    counts, rows = load(source)
    assert counts == {
        "read": 7,
        "not_land": 1,
        "other_subtypes": 1,
        "countries": 3,
        "regions": 1,
        "counties": 1,
        "without_country": 1,
    }
    assert [tuple(row.values())[:5] for row in rows] == [
        ("a", "region", "AA", "AA-01", None),
        ("b", "country", "BB", None, None),
        ("c", "country", "AA", None, "Aaland"),
        ("n", "country", None, None, None),
        ("z", "county", "AA", "AA-01", None),
    ]
    assert [row["source"] for row in rows] == [None, None, "OpenStreetMap", None, None]


def test_an_invalid_outline_is_repaired_and_counted(write: Write, load: Any) -> None:
    counts, rows = load(write({"shape": BOWTIE}))
    assert (counts["repaired"], len(rows)) == (1, 1)


@pytest.mark.parametrize(
    ("areas", "said"),
    [
        (({"country": "AAA"},), "id-0: no ISO 3166 code of a country is AAA"),
        (({}, {"subtype": "region", "region": "Bavaria"}), "id-1: no ISO 3166 code of a region is Bavaria"),
        (({"shape": shapely.Point(0, 0)},), "id-0: no polygon in longitude and latitude"),
        (({"shape": None},), "id-0: no polygon in longitude and latitude"),
        (({"shape": shapely.box(500_000, 5_000_000, 600_000, 6_000_000)},), "id-0: no polygon in longitude"),
        (({"geometry": b"nonsense"},), "well-known binary"),
        (({"subtype": "locality"},), "has no land of any country"),
        (({"is_land": False},), "has no land of any country"),
        (({"id": "twice"}, {"id": "twice"}), "of the same id"),
    ],
)
def test_what_cannot_be_meant_is_refused(write: Write, load: Any, areas: tuple[dict[str, Any], ...], said: str) -> None:
    with pytest.raises(ReadError, match=said) as error:
        load(_raw(write, areas))
    assert "division_area.parquet" in str(error.value)
    assert "python -m tests.samples.make_boundaries" in str(error.value)


def test_a_file_without_the_columns_of_division_area_is_refused(tmp_path: Path, load: Any) -> None:
    path = tmp_path / "countries.parquet"
    write_parquet(pa.table({"id": ["a"], "geometry": [shapely.to_wkb(BOWTIE)]}), path)
    with pytest.raises(ReadError, match=r"countries\.parquet has no column subtype, class, country"):
        load(path)


def test_what_is_no_parquet_is_refused(tmp_path: Path, load: Any) -> None:
    path = tmp_path / "countries.parquet"
    path.write_text("country,shape")
    with pytest.raises(ReadError, match="cannot be read as GeoParquet"):
        load(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, load: Any) -> None:
    with pytest.raises(ReadError, match="cannot be read as GeoParquet"):
        load(tmp_path / "gone.parquet")


def test_metres_are_no_degrees(write: Write, load: Any, tmp_path: Path) -> None:
    table = pq.read_table(write({}))
    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": "EPSG:3857"}}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "metres.parquet")
    with pytest.raises(ReadError, match="no well-known binary in longitude and latitude"):
        load(tmp_path / "metres.parquet")


def test_a_failed_load_leaves_the_file_of_the_last_one(write: Write, load: Any, tmp_path: Path) -> None:
    load(write({}))
    with pytest.raises(ReadError):
        load(write({"country": "nowhere"}))
    assert pq.read_metadata(tmp_path / "loaded" / "admin_boundaries.parquet").num_rows == 1


def _raw(write: Write, areas: tuple[dict[str, Any], ...]) -> Path:
    """A file as `write` makes it, but with bytes of any kind for geometries."""
    path = write(*({name: value for name, value in area.items() if name != "geometry"} for area in areas))
    if not any("geometry" in area for area in areas):
        return path
    table = pq.read_table(path)
    position = table.schema.get_field_index("geometry")
    nonsense = pa.array([area["geometry"] for area in areas], pa.binary())
    pq.write_table(table.set_column(position, "geometry", nonsense), path)
    return path
