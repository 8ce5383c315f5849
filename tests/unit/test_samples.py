import csv
import functools
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
SCRIPT = SAMPLES / "make_samples.py"

USGS = "usa_cali_usgs_pv_2016"
UK = "uk_crowdsourced_pv_2020"
PREDICTED = "global_pv_inventory_sent2_spot_2021"
HARMONIZED = "global_harmonized_large_solar_farms_2020"
INDIA = "ind_pv_solar_farms_2022"
USPVDB = "usa_uspvdb_2026"
GMSEUS = "usa_gm_seus_v1_2025"
CHINA = "chn_med_res_pv_2024"

# dataset, wanted file (inside a zip after "!"), identifier column; None: the number of the row
WANTED: tuple[tuple[str, str, str | None], ...] = (
    (USGS, "SolarArrayPolygons.geojson", "polygon_id"),
    (UK, "ukpvgeo_geometries.geojson", "osm_id"),
    (PREDICTED, "predicted_set.geojson", "unique_id"),
    (
        HARMONIZED,
        "global_wind_solar_2020.zip!global_wind_solar_2020/global_solar_2020_WGS84.gpkg",
        "x_id",
    ),
    (INDIA, "solar_farms_india_2021_merged_simplified.geojson", "fid"),
    (USPVDB, "uspvdbGeoJSON.zip!uspvdb_v4_0_20260414.geojson", "case_id"),
    (GMSEUS, "GMSEUS_v1_0.zip!GMSEUS_Arrays_Final.gpkg", "arrayID"),
    (CHINA, "china_pv_2015.zip!china_pv_2015.shp", None),
    (CHINA, "china_pv_2020.zip!china_pv_2020.shp", None),
)

# country, rough bounding box: west, south, east, north
COUNTRIES = {
    "USA": (-125.0, 24.5, -66.9, 49.4),
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
COUNTRY_OF = {USGS: "USA", UK: "GBR", INDIA: "IND", USPVDB: "USA", GMSEUS: "USA", CHINA: "CHN"}
CALIFORNIA = (-124.5, 32.5, -114.1, 42.0)


def _source(key: str, name: str) -> str:
    archive, _, member = name.partition("!")
    path = SAMPLES / key / archive
    return f"/vsizip/{path}/{member}" if member else str(path)


@functools.cache
def _published(key: str, name: str) -> gpd.GeoDataFrame:
    """The file as it is; what GEOS cannot build has no geometry."""
    return pyogrio.read_dataframe(_source(key, name), on_invalid="ignore")


def _shapes(key: str, name: str) -> Any:
    return _published(key, name).geometry


@functools.cache
def _json(key: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / key / name).read_bytes())
    return document


@functools.cache
def _records() -> gpd.GeoDataFrame:
    """Every wanted record that is not rejected: key, source_id, repaired geometry in EPSG:4326."""
    tables = [_as_records(*wanted) for wanted in WANTED]
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs="EPSG:4326")


def _as_records(key: str, name: str, id_column: str | None) -> gpd.GeoDataFrame:
    table = _published(key, name)
    stem = Path(name.partition("!")[2]).stem
    ids = [f"{stem}:{row}" for row in range(1, len(table) + 1)] if id_column is None else table[id_column].astype(str)
    shapes = shapely.force_2d(table.geometry.to_crs("EPSG:4326").array)
    bad = shapely.is_missing(shapes) | _is_collapsed(shapes)
    repaired = [shapely.make_valid(shape, method="structure", keep_collapsed=False) for shape in shapes[~bad]]
    return gpd.GeoDataFrame({"key": key, "source_id": np.asarray(ids)[~bad]}, geometry=repaired, crs="EPSG:4326")


def _is_collapsed(shapes: Any) -> Any:
    return np.array([len({*map(tuple, shapely.get_coordinates(shape))}) == 2 for shape in shapes])


@functools.cache
def _truth() -> tuple[dict[str, str], ...]:
    with (SAMPLES / "truth.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def _pairs(relation: str) -> list[tuple[Any, Any]]:
    """The geometries of the pairs that stand in that relation, in EPSG:6933."""
    by_id = _records().to_crs("EPSG:6933").set_index(["key", "source_id"]).geometry
    return [
        (by_id[row["dataset_key_a"], row["source_id_a"]], by_id[row["dataset_key_b"], row["source_id_b"]])
        for row in _truth()
        if row["relation"] == relation
    ]


def _share_of_smaller(one: Any, other: Any) -> float:
    return float(one.intersection(other).area / min(one.area, other.area))


def _within(shapes: Any, box: tuple[float, float, float, float]) -> Any:
    return shapely.covered_by(np.asarray(shapes), shapely.box(*box))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# The script


def test_the_script_makes_the_bundled_bytes_again(tmp_path: Path) -> None:
    # A process of its own: the script sets GDAL's clock, which must not reach the other tests.
    subprocess.run([sys.executable, SCRIPT, tmp_path], check=True)
    made = _files(tmp_path)
    assert {name for name, content in made.items() if (SAMPLES / name).read_bytes() != content} == set()
    bundled = {name for folder in COUNTRY_OF | {PREDICTED: "", HARMONIZED: ""} for name in _files(SAMPLES / folder)}
    assert {Path(name).name for name in made} == bundled | {"truth.csv"}


def test_the_samples_weigh_less_than_3_mb() -> None:
    assert sum(len(content) for name, content in _files(SAMPLES).items() if "__pycache__" not in name) < 3e6


@pytest.mark.parametrize(("key", "name", "id_column"), WANTED)
def test_a_wanted_file_holds_30_to_200_records(key: str, name: str, id_column: str | None) -> None:
    table = _published(key, name)
    assert 30 <= len(table) <= 200
    assert id_column is None or table[id_column].is_unique


def test_the_readme_counts_the_records_of_each_wanted_file() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    counted = {(key, name): int(count) for key, name, count in re.findall(r"\| `(\w+)` \| `(.+?)` \| (\d+) \|", text)}
    assert counted == {(key, name.replace("!", "` / `")): len(_published(key, name)) for key, name, _ in WANTED}


def test_zips_are_stored_and_undated() -> None:
    members = [member for path in SAMPLES.rglob("*.zip") for member in zipfile.ZipFile(path).infolist()]
    assert {(member.compress_type, member.date_time) for member in members} == {
        (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))
    }


# usa_cali_usgs_pv_2016


def test_usgs_says_nad83_and_holds_two_rings_that_are_no_polygons() -> None:
    document = _json(USGS, "SolarArrayPolygons.geojson")
    rings = [feature["geometry"]["coordinates"][0] for feature in document["features"]]
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4269"
    assert [len(ring) for ring in rings if len({tuple(vertex) for vertex in ring}) <= 2] == [3, 3]


def test_usgs_mixes_roofs_of_four_towns_with_farms() -> None:
    table = _published(USGS, "SolarArrayPolygons.geojson").query("area_meters > 0")
    roofs, farms = table.dropna(subset="city"), table[table["city"].isna()]
    assert Counter(roofs["city"]) == {"Fresno": 9, "Stockton": 9, "Modesto": 9, "Oxnard": 9}
    assert roofs["area_meters"].between(20, 2000).all()
    assert len(farms) >= 15


def test_usgs_area_is_close_to_the_drawn_area() -> None:
    table = _published(USGS, "SolarArrayPolygons.geojson").query("area_meters > 0")
    ratio = table["area_meters"] / table.to_crs("EPSG:6933").area
    assert ratio.between(0.95, 1.05).all()


# uk_crowdsourced_pv_2020


def test_uk_mixes_three_kinds_of_geometry() -> None:
    kinds = Counter(_shapes(UK, "ukpvgeo_geometries.geojson").geom_type)
    assert kinds.keys() == {"Point", "Polygon", "MultiPolygon"}
    assert min(kinds.values()) >= 8


def test_uk_holds_two_self_intersecting_polygons() -> None:
    shapes = _shapes(UK, "ukpvgeo_geometries.geojson")
    reasons = [reason for reason in shapely.is_valid_reason(shapes.array) if reason != "Valid Geometry"]
    assert [reason.partition("[")[0] for reason in reasons] == ["Self-intersection"] * 2


def test_uk_capacities_are_often_unknown() -> None:
    table = _published(UK, "ukpvgeo_geometries.geojson")
    assert table["capacity_osm_MWp"].isna().mean() > 0.3
    assert table["capacity_repd_MWp"].isna().mean() > 0.5


def test_uk_farmhouses_lie_beside_a_plant_and_are_not_part_of_it() -> None:
    table = _records().to_crs("EPSG:6933").query("key == @UK")
    points, plants = table[table.geom_type == "Point"], table[table.geom_type != "Point"]
    true_ids = {row["source_id_b"] for row in _truth() if row["dataset_key_b"] == UK}
    houses = points[~points["source_id"].isin(true_ids)]
    distances = houses.geometry.apply(lambda point: plants.distance(point).min())
    assert (distances.between(50, 250)).sum() >= 5


# global_pv_inventory_sent2_spot_2021


def test_predicted_set_states_no_crs_and_four_kinds_of_install_date() -> None:
    document = _json(PREDICTED, "predicted_set.geojson")
    dates = [feature["properties"]["install_date"] for feature in document["features"]]
    kinds = Counter("month" if re.fullmatch(r"\d{4}-\d{2}", date or "") else date for date in dates)
    assert "crs" not in document
    assert kinds.keys() == {"month", "<2016-06-01", "", None}
    assert min(kinds.values()) >= 8


def test_predicted_set_grades_its_confidence_from_a_to_d() -> None:
    assert set(_published(PREDICTED, "predicted_set.geojson")["confidence"]) == set("ABCD")


def test_predicted_set_reaches_every_country() -> None:
    shapes = _shapes(PREDICTED, "predicted_set.geojson")
    assert {code for code, box in COUNTRIES.items() if _within(shapes, box).any()} == set(COUNTRIES)


def test_each_training_polygon_overlaps_the_predicted_set() -> None:
    training, predicted = _shapes(PREDICTED, "trn_polygons.geojson"), _shapes(PREDICTED, "predicted_set.geojson")
    assert [bool(predicted.intersects(shape).any()) for shape in training] == [True] * 5


# global_harmonized_large_solar_farms_2020


def _harmonized(stem: str) -> gpd.GeoDataFrame:
    return _published(HARMONIZED, f"global_wind_solar_2020.zip!global_wind_solar_2020/{stem}.gpkg")


def test_harmonized_panel_area_is_in_square_kilometres() -> None:
    table = _harmonized("global_solar_2020_WGS84")
    ratio = table["panel.area"] * 1e6 / table.to_crs("EPSG:6933").area
    assert ratio.between(0.99, 1.01).all()


def test_harmonized_holds_polygons_and_multipolygons() -> None:
    kinds = Counter(_harmonized("global_solar_2020_WGS84").geom_type)
    assert kinds.keys() == {"Polygon", "MultiPolygon"}
    assert min(kinds.values()) >= 8


def test_harmonized_eckert_copy_holds_the_same_shapes() -> None:
    degrees, metres = _harmonized("global_solar_2020_WGS84"), _harmonized("global_solar_2020_Eckert_IV")
    assert metres.crs.to_authority() == ("ESRI", "54012")
    assert metres["x_id"].tolist() == degrees["x_id"].tolist()
    assert shapely.equals_exact(metres.to_crs("EPSG:4326").geometry.array, degrees.geometry.array, 1e-7).all()


def test_harmonized_wind_farms_lie_on_no_solar_plant() -> None:
    wind = _harmonized("global_wind_2020_WGS84")
    assert len(wind) == 6
    assert not wind.geometry.apply(lambda shape: _records().intersects(shape).any()).any()


# ind_pv_solar_farms_2022


def _india() -> gpd.GeoDataFrame:
    return _published(INDIA, "solar_farms_india_2021_merged_simplified.geojson")


def test_india_says_crs84_and_holds_multipolygons_only() -> None:
    document = _json(INDIA, "solar_farms_india_2021_merged_simplified.geojson")
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:OGC:1.3:CRS84"
    assert {feature["geometry"]["type"] for feature in document["features"]} == {"MultiPolygon"}


def test_india_area_exceeds_the_drawn_area_3_6_times_in_all() -> None:
    drawn = shapely.area(shapely.make_valid(_india().to_crs("EPSG:6933").geometry.array, method="structure"))
    assert _india()["Area"].sum() / drawn.sum() == pytest.approx(3.6, abs=0.1)


def test_india_holds_four_shapes_with_a_hole_outside_the_shell() -> None:
    reasons = [reason for reason in shapely.is_valid_reason(_india().geometry.array) if reason != "Valid Geometry"]
    assert [reason.partition("[")[0] for reason in reasons] == ["Hole lies outside shell"] * 4


def test_india_states_two_positions_more_than_50_km_off() -> None:
    table = _india()
    stated = gpd.GeoSeries.from_xy(table["Longitude"], table["Latitude"], crs="EPSG:4326").to_crs("EPSG:6933")
    distances_m = stated.distance(table.to_crs("EPSG:6933").geometry)
    assert (distances_m > 50_000).sum() == 2
    assert (distances_m > 1_000).sum() == 2


# usa_uspvdb_2026


def _uspvdb() -> gpd.GeoDataFrame:
    return _published(USPVDB, "uspvdbGeoJSON.zip!uspvdb_v4_0_20260414.geojson")


def test_uspvdb_comes_with_a_changelog() -> None:
    names = zipfile.ZipFile(SAMPLES / USPVDB / "uspvdbGeoJSON.zip").namelist()
    assert names == ["CHANGELOG.txt", "uspvdb_v4_0_20260414.geojson"]


@pytest.mark.parametrize("column", ["p_cap_ac", "p_cap_dc", "p_year"])
def test_uspvdb_writes_unknown_as_minus_9999(column: str) -> None:
    values = _uspvdb()[column]
    assert (values == -9999).sum() >= 2
    assert (values[values != -9999] > 0).all()


def test_uspvdb_has_the_published_columns_and_image_dates() -> None:
    columns = "case_id multi_poly eia_id p_state p_county ylat xlong p_area p_img_date p_name p_year p_cap_ac p_cap_dc"
    assert [*_uspvdb().columns] == [*columns.split(), "geometry"]
    assert pd.to_datetime(_uspvdb()["p_img_date"].astype(str), format="%Y%m%d").notna().all()


def test_uspvdb_says_multi_where_the_geometry_is_multi() -> None:
    table = _uspvdb()
    assert ((table["multi_poly"] == "multi") == (table.geom_type == "MultiPolygon")).all()
    assert set(table["multi_poly"]) == {"single", "multi"}


# usa_gm_seus_v1_2025


def test_gmseus_arrays_are_three_dimensional_albers() -> None:
    table = _published(GMSEUS, "GMSEUS_v1_0.zip!GMSEUS_Arrays_Final.gpkg")
    heights = shapely.get_coordinates(table.geometry.array, include_z=True)[:, 2]
    assert table.crs.to_authority() == ("ESRI", "102003")
    assert table.has_z.all()
    assert (heights == 0).any()
    assert (heights > 0).any()


@pytest.mark.parametrize("column", ["capMW", "instYr"])
def test_gmseus_writes_unknown_as_minus_9999(column: str) -> None:
    assert (_published(GMSEUS, "GMSEUS_v1_0.zip!GMSEUS_Arrays_Final.gpkg")[column] == -9999).sum() >= 2


def test_gmseus_panel_rows_are_twenty_and_small() -> None:
    table = _published(GMSEUS, "GMSEUS_v1_0.zip!GMSEUS_Panels_Final.gpkg")
    assert {"panelID", "rowAzimuth"} <= {*table.columns}
    assert len(table) == 20
    assert (table.area < 50).all()


# chn_med_res_pv_2024


def _china(year: int) -> gpd.GeoDataFrame:
    return _published(CHINA, f"china_pv_{year}.zip!china_pv_{year}.shp")


@pytest.mark.parametrize("year", [2015, 2020])
def test_china_is_a_complete_shapefile_with_areas_in_square_kilometres(year: int) -> None:
    names = zipfile.ZipFile(SAMPLES / CHINA / f"china_pv_{year}.zip").namelist()
    ratio = _china(year)["area"] * 1e6 / _china(year).to_crs("EPSG:6933").area
    assert {Path(name).suffix for name in names} == {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    assert _china(year).crs.to_epsg() == 4326
    assert ratio.between(0.99, 1.01).all()


def test_each_chinese_plant_of_2015_comes_again_in_2020_and_most_have_grown() -> None:
    early, late = _china(2015).to_crs("EPSG:6933"), _china(2020).to_crs("EPSG:6933")
    met = late.geometry.array[[int(late.distance(shape).argmin()) for shape in early.geometry]]
    growth = shapely.area(met) / early.area
    assert shapely.intersects(met, early.geometry.array).all()
    assert (growth > 1.5).mean() > 0.5
    assert (growth < 1.1).any()


# The truth


def test_truth_is_sorted_and_orders_the_two_datasets() -> None:
    rows = [tuple(row.values()) for row in _truth()]
    assert rows == sorted(set(rows))
    assert all(row["dataset_key_a"] < row["dataset_key_b"] for row in _truth())


def test_each_relation_occurs_at_least_8_times() -> None:
    counts = Counter(row["relation"] for row in _truth())
    assert counts.keys() == {"equal", "nested", "point_in_polygon", "shifted"}
    assert min(counts.values()) >= 8


def test_equal_pairs_have_equal_coordinates() -> None:
    assert all(shapely.equals_identical(one, other) for one, other in _pairs("equal"))


def test_nested_pairs_lie_within_each_other() -> None:
    assert min(_share_of_smaller(*pair) for pair in _pairs("nested")) > 0.95


def test_points_in_polygons_lie_in_them() -> None:
    pairs = [sorted(pair, key=lambda shape: shape.area) for pair in _pairs("point_in_polygon")]
    assert all(point.geom_type == "Point" and polygon.contains(point) for point, polygon in pairs)


def test_shifted_pairs_share_more_than_half_of_the_smaller_but_not_all() -> None:
    shares = [_share_of_smaller(*pair) for pair in _pairs("shifted")]
    assert 0.5 < min(shares)
    assert max(shares) < 1


def test_records_of_two_datasets_within_30_m_are_the_pairs_of_the_truth() -> None:
    table = _records().to_crs("EPSG:6933")
    left, right = table.sindex.query(table.geometry, predicate="dwithin", distance=30)
    keys, ids = table["key"].to_numpy(), table["source_id"].to_numpy()
    met = {(keys[a], ids[a], keys[b], ids[b]) for a, b in zip(left, right, strict=True) if keys[a] < keys[b]}
    assert met == {tuple(row.values())[1:] for row in _truth()}


@pytest.mark.parametrize("method", ["linework", "structure"])
def test_the_truth_holds_however_broken_shapes_are_repaired(method: Callable[..., Any]) -> None:
    assert method


# The ground


@pytest.mark.parametrize(("key", "country"), COUNTRY_OF.items())
def test_a_national_dataset_stays_in_its_country(key: str, country: str) -> None:
    assert _within(_records().query("key == @key").geometry, COUNTRIES[country]).all()


@pytest.mark.parametrize("key", [PREDICTED, HARMONIZED])
def test_each_record_of_a_global_dataset_lies_in_one_of_the_countries(key: str) -> None:
    shapes = _records().query("key == @key").geometry
    assert np.any([_within(shapes, box) for box in COUNTRIES.values()], axis=0).all()


def test_usgs_stays_in_california() -> None:
    assert _within(_records().query("key == @USGS").geometry, CALIFORNIA).all()
