import csv
import functools
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
KINDS = ("Point", "Polygon", "MultiPolygon")
Repair: TypeAlias = Literal["structure", "linework"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wanted file, and what it is made to hold."""

    key: str
    name: str  # the member of a zip after "!"
    id_column: str | None  # None: the number of the row; of "a or b", the first that states one
    crs: tuple[str, str]
    kinds: tuple[int, int, int]  # how many of each of KINDS
    country: str | None = None  # None: the world
    area: tuple[str, float] | None = None  # honest area column, its unit in m2
    broken: tuple[str, int] | None = None  # what GEOS says, how often

    @property
    def stem(self) -> str:
        return Path(self.name.replace("!", "/")).stem


WGS84 = ("EPSG", "4326")
SOLAR = "global_wind_solar_2020.zip!global_wind_solar_2020/global_solar_2020_WGS84.gpkg"
USGS = Wanted(
    "usa_cali_usgs_pv_2016", "SolarArrayPolygons.geojson", "polygon_id", ("EPSG", "4269"), (0, 59, 0), "California",
    area=("area_meters", 1), broken=("Too few points in geometry component", 2),
)  # fmt: skip
UK = Wanted(
    "uk_crowdsourced_pv_2020", "ukpvgeo_geometries.geojson", "osm_id or repd_id", WGS84, (28, 39, 7), "GBR",
    broken=("Self-intersection", 2),
)  # fmt: skip
PREDICTED = Wanted(
    "global_pv_inventory_sent2_spot_2021", "predicted_set.geojson", "unique_id", WGS84, (0, 158, 0), area=("area", 1)
)
HARMONIZED = Wanted(
    "global_harmonized_large_solar_farms_2020", SOLAR, "x_id", WGS84, (0, 128, 25), area=("panel.area", 1e6)
)
INDIA = Wanted(
    "ind_pv_solar_farms_2022", "solar_farms_india_2021_merged_simplified.geojson", "fid", WGS84, (0, 0, 42), "IND",
    broken=("Hole lies outside shell", 4),
)  # fmt: skip
USPVDB_V1 = Wanted("usa_uspvdb_2023", "uspvdb_v1_0_20231108.csv", "case_id", WGS84, (39, 0, 0), "USA")
USPVDB = Wanted(
    "usa_uspvdb_2026", "uspvdbGeoJSON.zip!uspvdb_v4_0_20260414.geojson", "case_id", WGS84, (0, 36, 13), "USA",
    area=("p_area", 1),
)  # fmt: skip
GMSEUS = Wanted(
    "usa_gm_seus_v1_2025", "GMSEUS_v1_0.zip!GMSEUS_Arrays_Final.gpkg", "arrayID", ("ESRI", "102003"), (0, 72, 0), "USA",
    area=("totArea", 1),
)  # fmt: skip
GMSEUS_V2 = Wanted(
    "usa_gm_seus_v2_2026", "GMSEUS.zip!GMSEUS_Arrays_Final_2025_v2_0.gpkg", "arrayID", ("EPSG", "6350"), (0, 72, 0),
    "USA", area=("totArea", 1),
)  # fmt: skip
SONG = Wanted(
    "global_pv_facilities_2026", "global_pv_facility_inventory.parquet", "PV_ID", WGS84, (0, 0, 214),
    area=("area_m2", 1),
)  # fmt: skip
TZSAM = Wanted("global_tz_sam_2025", "TZ-SAM.gpkg", "cluster_id", WGS84, (0, 161, 0))
GRW = Wanted("global_renewables_watch_2024", "solar_all_2024q2_v1.gpkg", None, ("EPSG", "3857"), (0, 188, 0))
CHINA_2015, CHINA_2020 = (
    Wanted("chn_med_res_pv_2024", f"china_pv_{year}.zip!china_pv_{year}.shp", None, WGS84, kinds, "CHN", ("area", 1e6))
    for year, kinds in ((2015, (0, 39, 0)), (2020, (0, 62, 0)))
)
EDITIONS = (USPVDB_V1, USPVDB, GMSEUS, GMSEUS_V2)
WANTED = (USGS, UK, PREDICTED, HARMONIZED, INDIA, *EDITIONS, CHINA_2015, CHINA_2020, SONG, TZSAM, GRW)

# west, south, east, north, roughly
BOXES = {
    "USA": (-125.0, 24.5, -66.9, 49.4),
    "California": (-124.5, 32.5, -114.1, 42.0),
    "GBR": (-8.7, 49.8, 1.8, 60.9),
    "IND": (68.1, 6.7, 97.4, 35.5),
    "CHN": (73.5, 18.1, 134.8, 53.6),
    "ESP": (-9.4, 35.9, 4.4, 43.8),
    "DEU": (5.8, 47.2, 15.1, 55.1),
    "ITA": (6.6, 35.4, 18.6, 47.1),
    "CHL": (-75.7, -55.7, -66.4, -17.5),
    "ZAF": (16.4, -34.9, 32.9, -22.1),
    "JPN": (122.9, 24.0, 145.9, 45.6),
    "AUS": (113.1, -43.7, 153.7, -10.6),
}

each_wanted_file = pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.stem)
# Two ways to mend a broken shape, of which a pipeline may take either.
however_repaired = pytest.mark.parametrize("repair", ["structure", "linework"])


@functools.cache
def _read(wanted: Wanted, name: str | None = None) -> gpd.GeoDataFrame:
    """The wanted file as published, or the one of that name beside it."""
    archive, _, member = (name or wanted.name).partition("!")
    path = SAMPLES / wanted.key / archive
    if path.suffix == ".parquet":
        return gpd.read_parquet(path)
    if path.suffix == ".csv":
        table = pd.read_csv(path, encoding="utf-8-sig")
        return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["xlong"], table["ylat"], crs="EPSG:4326"))
    return pyogrio.read_dataframe(f"/vsizip/{path}/{member}" if member else path)


@functools.cache
def _json(wanted: Wanted) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / wanted.key / wanted.name).read_bytes())
    return document


@functools.cache
def _records(repair: Repair = "structure") -> gpd.GeoDataFrame:
    """Every record that is not to be rejected: key, source_id, country, valid geometry in EPSG:4326."""
    tables = pd.concat([_as_records(wanted, repair) for wanted in WANTED], ignore_index=True)
    return gpd.GeoDataFrame(tables, crs="EPSG:4326")


def _as_records(wanted: Wanted, repair: Repair) -> gpd.GeoDataFrame:
    table = _read(wanted)
    ids = pd.Series([f"{wanted.stem}:{row}" for row in range(1, len(table) + 1)])
    if wanted.id_column:
        first, *others = (table[name] for name in wanted.id_column.split(" or "))
        ids = (first.fillna(*others) if others else first).astype(int).astype(str)
    shapes = shapely.force_2d(table.geometry.to_crs("EPSG:4326").array)
    repaired = [shape if shape.is_valid else shapely.make_valid(shape, method=repair) for shape in shapes]
    is_collapsed = [len(np.unique(shapely.get_coordinates(shape), axis=0)) == 2 for shape in shapes]
    columns = {"key": wanted.key, "source_id": ids, "country": wanted.country}
    return gpd.GeoDataFrame(columns, geometry=repaired, crs="EPSG:4326")[~np.array(is_collapsed)]


@functools.cache
def _truth() -> tuple[tuple[str, ...], ...]:
    with (SAMPLES / "truth.csv").open(encoding="utf-8", newline="") as file:
        return tuple(tuple(row) for row in csv.reader(file))[1:]


def _pairs(relation: str, repair: Repair = "structure") -> list[tuple[Any, Any]]:
    """The geometries of the pairs that stand in that relation, in EPSG:6933."""
    records = _records(repair).drop_duplicates(["key", "source_id"])  # rows with one identifier have one shape
    shapes = records.to_crs("EPSG:6933").set_index(["key", "source_id"]).geometry
    return [
        (shapes[key_a, id_a], shapes[key_b, id_b]) for name, key_a, id_a, key_b, id_b in _truth() if name == relation
    ]


def _shares_of_smaller(pairs: list[tuple[Any, Any]]) -> list[float]:
    return [one.intersection(other).area / min(one.area, other.area) for one, other in pairs]


def _in_box(shapes: Any, name: str) -> Any:
    return shapely.covered_by(np.asarray(shapes), shapely.box(*BOXES[name]))


def _bundle(folder: Path) -> list[Path]:
    """What the script makes: the folders of the datasets, and the truth."""
    return [
        folder / "truth.csv",
        *sorted(path for key in {wanted.key for wanted in WANTED} for path in (folder / key).iterdir()),
    ]


def _digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in _bundle(folder)}


def test_the_script_makes_the_bundled_bytes_again(tmp_path: Path) -> None:
    # In a process of its own: the script sets GDAL's clock, which must not reach other tests.
    subprocess.run([sys.executable, "-m", "tests.samples.make_samples", tmp_path], check=True)
    assert {path.name for path in tmp_path.iterdir()} == {"truth.csv", *(wanted.key for wanted in WANTED)}
    assert _digests(tmp_path) == _digests(SAMPLES)


def test_the_samples_weigh_less_than_2_mb() -> None:
    assert sum(path.stat().st_size for path in _bundle(SAMPLES)) < 2_000_000


def test_zips_are_stored_and_bear_no_date() -> None:
    members = [
        member for path in _bundle(SAMPLES) if path.suffix == ".zip" for member in zipfile.ZipFile(path).infolist()
    ]
    assert {(member.compress_type, member.date_time) for member in members} == {
        (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))
    }


def test_the_readme_counts_the_records_of_each_wanted_file() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    counted = {
        name: int(count) for name, count in re.findall(r"^\| `\w+` \| .*?`([^`]+)` \| (\d+) \|", text, re.MULTILINE)
    }
    assert counted == {wanted.name.rpartition("!")[2]: len(_read(wanted)) for wanted in WANTED}


@each_wanted_file
def test_a_wanted_file_holds_30_to_220_records_of_these_kinds(wanted: Wanted) -> None:
    kinds = Counter(_read(wanted).geom_type)
    assert tuple(kinds[kind] for kind in KINDS) == wanted.kinds
    assert 30 <= kinds.total() <= 220


@each_wanted_file
def test_a_wanted_file_has_this_crs_and_no_identifier_twice(wanted: Wanted) -> None:
    table = _read(wanted)
    assert table.crs.to_authority() == wanted.crs
    assert wanted.id_column is None or " or " in wanted.id_column or table[wanted.id_column].is_unique


@each_wanted_file
def test_a_wanted_file_holds_these_broken_shapes_and_no_other(wanted: Wanted) -> None:
    reasons = [reason.partition("[")[0] for reason in shapely.is_valid_reason(_read(wanted).geometry.array)]
    assert Counter(reason for reason in reasons if reason != "Valid Geometry") == dict(
        [wanted.broken] if wanted.broken else []
    )


@pytest.mark.parametrize("wanted", [wanted for wanted in WANTED if wanted.area], ids=lambda wanted: wanted.stem)
def test_the_stated_area_is_the_drawn_area(wanted: Wanted) -> None:
    assert wanted.area
    column, unit_m2 = wanted.area
    table = _read(wanted)[_read(wanted)[column] > 0]
    assert (table[column] * unit_m2 / table.to_crs("EPSG:6933").area).between(0.97, 1.03).all()


@each_wanted_file
def test_each_record_lies_in_its_country(wanted: Wanted) -> None:
    shapes = _records().query("key == @wanted.key").geometry
    names = [wanted.country] if wanted.country else [*BOXES]
    assert np.any([_in_box(shapes, name) for name in names], axis=0).all()
    assert all(_in_box(shapes, name).any() for name in names)


@pytest.mark.parametrize(
    ("wanted", "column", "count"),
    [
        (USPVDB, "p_cap_ac", 4),
        (USPVDB, "p_cap_dc", 7),
        (USPVDB, "p_year", 5),
        (GMSEUS, "capMW", 8),
        (GMSEUS, "instYr", 9),
        (GMSEUS_V2, "capMWDC", 8),
        (GMSEUS_V2, "instYr", 9),
    ],
)
def test_unknown_is_written_as_minus_9999(wanted: Wanted, column: str, count: int) -> None:
    values = _read(wanted)[column]
    assert (values == -9999).sum() == (values <= 0).sum() == count


def test_usgs_and_india_name_their_crs_and_the_predicted_set_does_not() -> None:
    named = [_json(wanted).get("crs", {}).get("properties", {}).get("name") for wanted in (USGS, INDIA, PREDICTED)]
    assert named == ["urn:ogc:def:crs:EPSG::4269", "urn:ogc:def:crs:OGC:1.3:CRS84", None]


def test_usgs_mixes_roofs_of_four_towns_with_farms() -> None:
    table = _read(USGS).query("area_meters > 0")
    counts = table["city"].fillna("farm").value_counts().to_dict()
    assert counts == {"Fresno": 9, "Stockton": 9, "Modesto": 9, "Oxnard": 9, "farm": 21}
    assert table.dropna(subset="city")["area_meters"].between(20, 2000).all()


def test_uk_rows_have_the_columns_of_the_authors_export() -> None:
    columns = (
        "osm_objtype osm_id repd_id repd_site_name capacity_repd_MWp capacity_osm_MWp area_sqm located orientation "
        "osm_power_type osm_tag_start_date num_modules repd_status repd_operational_date old_repd_id osm_cluster_id "
        "repd_cluster_id source_capacity source_obj match_rule osm_name geometry"
    )
    assert [*_read(UK).columns] == columns.split()


def test_uk_rows_of_the_register_alone_are_points_without_osm_id() -> None:
    table = _read(UK)
    assert table["osm_id"].isna().sum() == (table[table["osm_id"].isna()].geom_type == "Point").sum() == 10
    assert table["repd_status"].fillna("").value_counts().to_dict() == {
        "": 41,
        "Operational": 23,
        "No Application Required": 3,
        "Awaiting Construction": 3,
        "Application Submitted": 2,
        "Under Construction": 2,
    }


def test_two_uk_objects_stand_in_two_rows_of_one_shape_that_halve_a_capacity() -> None:
    table = _read(UK).dropna(subset="osm_id")
    twice = table[table["osm_id"].duplicated(keep=False)]
    assert twice.groupby("osm_id")["geometry"].nunique().tolist() == [1, 1]
    assert twice["repd_id"].tolist() == [1001, 1002, 1201, 1202]
    assert twice["capacity_osm_MWp"].tolist() == [6.11, 6.11, 0.78, 0.78]
    assert twice["capacity_repd_MWp"].fillna(0).tolist() == [7.2, 4.8, 0, 0]


def test_uk_capacities_are_often_unknown() -> None:
    assert _read(UK)[["capacity_osm_MWp", "capacity_repd_MWp", "area_sqm"]].isna().sum().tolist() == [44, 44, 28]


def test_uk_roofs_stand_beside_a_plant_and_belong_to_none() -> None:
    table = _records().to_crs("EPSG:6933").query("key == @UK.key")
    plants, points = table[table.geom_type != "Point"], table[table.geom_type == "Point"]
    ends = [end for _, *pair in _truth() for end in (tuple(pair[:2]), tuple(pair[2:]))]
    paired = {id_ for key, id_ in ends if key == UK.key}
    roofs = points[~points["source_id"].isin(paired) & points["source_id"].str.startswith("481")]
    assert len(roofs) == 11
    assert (roofs.distance(plants.union_all()) > 50).all()


def test_install_dates_are_months_bounds_blanks_and_nulls() -> None:
    dates = [feature["properties"]["install_date"] for feature in _json(PREDICTED)["features"]]
    kinds = Counter("month" if re.fullmatch(r"\d{4}-\d{2}", date or "") else date for date in dates)
    assert kinds == {"<2016-06-01": 95, "month": 32, "": 16, None: 15}
    assert set(_read(PREDICTED)["confidence"]) == set("ABCD")


def test_each_training_polygon_overlaps_the_predicted_set() -> None:
    training = _read(PREDICTED, "trn_polygons.geojson")
    assert [_read(PREDICTED).intersects(shape).sum() for shape in training.geometry] == [1] * 5


def test_the_eckert_copy_holds_the_same_shapes_and_the_wind_farms_are_elsewhere() -> None:
    copy, wind = (
        _read(HARMONIZED, SOLAR.replace("solar_2020_WGS84", name))
        for name in ("solar_2020_Eckert_IV", "wind_2020_WGS84")
    )
    assert copy.crs.to_authority() == ("ESRI", "54012")
    assert shapely.equals_exact(copy.to_crs("EPSG:4326").geometry.array, _read(HARMONIZED).geometry.array, 1e-7).all()
    assert [_records().intersects(shape).sum() for shape in wind.geometry] == [0] * 6


def test_india_states_3_6_times_the_drawn_area_and_two_positions_far_off() -> None:
    drawn = gpd.GeoSeries(shapely.make_valid(_read(INDIA).geometry.array, method="structure"), crs="EPSG:4326").to_crs(
        "EPSG:6933"
    )
    stated = gpd.GeoSeries.from_xy(_read(INDIA)["Longitude"], _read(INDIA)["Latitude"], crs="EPSG:4326").to_crs(
        "EPSG:6933"
    )
    assert _read(INDIA)["Area"].sum() / drawn.area.sum() == pytest.approx(3.6, abs=0.02)
    assert (stated.distance(drawn) > 50_000).sum() == (stated.distance(drawn) > 1_000).sum() == 2


def test_both_editions_of_uspvdb_have_the_published_columns_and_the_newer_one_a_changelog() -> None:
    columns = (
        "case_id multi_poly eia_id p_state p_county ylat xlong p_area p_img_date p_dig_conf p_name p_year p_pwr_reg "
        "p_tech_pri p_tech_sec p_axis p_azimuth p_tilt p_battery p_cap_ac p_cap_dc p_type p_agrivolt p_zscore"
    )
    assert [*_read(USPVDB_V1).columns] == [*columns.split(), "geometry"]
    assert [*_read(USPVDB).columns] == [*columns.split(), "p_sys_type", "p_comm", "geometry"]
    assert ((_read(USPVDB)["multi_poly"] == "multi") == (_read(USPVDB).geom_type == "MultiPolygon")).all()
    assert pd.to_datetime(_read(USPVDB)["p_img_date"].astype(str), format="%Y%m%d").dt.year.between(2022, 2025).all()
    assert "CHANGELOG.txt" in zipfile.ZipFile(SAMPLES / USPVDB.key / "uspvdbGeoJSON.zip").namelist()


def test_the_first_edition_of_uspvdb_has_points_of_plants_that_the_newer_one_outlines() -> None:
    points, outlines = (_read(wanted).set_index("case_id").geometry for wanted in (USPVDB_V1, USPVDB))
    assert outlines.loc[points.index].contains(points).all()


def test_gmseus_v2_says_where_each_array_is_from() -> None:
    table = _read(GMSEUS_V2)
    assert table["Source"].value_counts().to_dict() == {
        "OSM": 20,
        "USPVDB": 14,
        "TZSAM": 13,
        "CECSFC": 7,
        "georeferenced": 4,
        "digitised": 4,
        "GRW": 4,
        "CCVPV": 3,
        "CWSD": 3,
    }
    assert set(table["nativeID"]) - {"unknown"} <= set(_read(USPVDB)["case_id"].astype(str))
    assert {"capMWDCest", "capMWAC", "capMWACest", "grndCvr", "instYrEst"} <= {*table.columns}
    roofs = _read(GMSEUS_V2, GMSEUS_V2.name.replace("Arrays_Final", "RooftopArrays"))
    assert len(roofs) == 36


def test_the_csv_next_to_the_geopackage_holds_the_same_farms() -> None:
    with zipfile.ZipFile(SAMPLES / HARMONIZED.key / SOLAR.partition("!")[0]) as archive:
        table = pd.read_csv(archive.open("global_wind_solar_2020/global_solar_2020_WGS84.csv"))
    assert [*table.columns] == ["X", "Y", "power", "panel.area"]
    assert (len(table), table["power"].isna().sum()) == (153, 17)  # NA


def test_tz_sam_dates_are_moments_of_scenes_and_open_where_the_first_images_show_the_plant() -> None:
    after, before = _read(TZSAM)["constructed_after"], _read(TZSAM)["constructed_before"]
    assert before.str.fullmatch(r"20\d\d-\d\d-\d\d 08:16:58\.363 \+00").all()
    assert after.isna().sum() == 101
    assert (after.dropna() < before[after.notna()]).all()


def test_gmseus_is_three_dimensional_and_has_twenty_panel_rows_beside_it() -> None:
    is_high = [shapely.get_coordinates(shape, include_z=True)[0, 2] > 0 for shape in _read(GMSEUS).geometry]
    panels = _read(GMSEUS, GMSEUS.name.replace("Arrays", "Panels"))
    assert (_read(GMSEUS).has_z.all(), Counter(is_high)) == (True, {True: 36, False: 36})
    assert ({"panelID", "rowAzimuth"} <= {*panels.columns}, len(panels)) == (True, 20)


def test_each_chinese_plant_of_2015_comes_again_in_2020_and_25_of_39_have_grown() -> None:
    early, late = (_read(wanted).to_crs("EPSG:6933").geometry for wanted in (CHINA_2015, CHINA_2020))
    again = gpd.GeoSeries([late[late.intersects(shape)].item() for shape in early], crs="EPSG:6933")
    assert (again.area / early.area > 1.5).sum() == 25
    assert len(early) == 39


def test_the_truth_is_sorted_and_orders_the_datasets_of_a_pair() -> None:
    assert list(_truth()) == sorted(set(_truth()))
    assert all(key_a < key_b for _, key_a, _, key_b, _ in _truth())


def test_the_truth_counts_each_relation() -> None:
    counts = Counter(relation for relation, *_ in _truth())
    assert counts == {"equal": 16, "nested": 380, "point_in_polygon": 314, "shifted": 2292}


def test_equal_pairs_have_equal_coordinates() -> None:
    assert all(shapely.equals_identical(one, other) for one, other in _pairs("equal"))


@however_repaired
def test_the_smaller_of_a_nested_pair_lies_within_the_larger(repair: Repair) -> None:
    assert min(_shares_of_smaller(_pairs("nested", repair))) > 0.95


def test_one_of_a_point_in_polygon_pair_is_a_point_within_the_other() -> None:
    pairs = [sorted(pair, key=lambda shape: float(shape.area)) for pair in _pairs("point_in_polygon")]
    assert {(point.geom_type, polygon.contains(point)) for point, polygon in pairs} == {("Point", True)}


@however_repaired
def test_shifted_pairs_share_more_than_half_of_the_smaller_but_not_all(repair: Repair) -> None:
    shares = _shares_of_smaller(_pairs("shifted", repair))
    assert (min(shares) > 0.5, max(shares) < 0.999999) == (True, True)


@however_repaired
def test_no_records_of_two_datasets_come_within_30_m_unless_the_truth_pairs_them(repair: Repair) -> None:
    table = _records(repair).to_crs("EPSG:6933")
    keys, ids = table["key"].to_numpy(), table["source_id"].to_numpy()
    near = zip(*table.sindex.query(table.geometry, predicate="dwithin", distance=30), strict=True)
    assert {(keys[a], ids[a], keys[b], ids[b]) for a, b in near if keys[a] < keys[b]} == {row[1:] for row in _truth()}
