from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from loaders.add.candidates import Candidate, rank_candidates
from loaders.add.find_file import matches_patterns
from loaders.add.guess_columns import source_id
from loaders.add.inspect import inspect_file
from loaders.add.inspection import Inspection
from loaders.core.errors import ReadError
from loaders.settings.file_selection import SourceFile

SQUARES = [shapely.box(10 + step, 50, 10.01 + step, 50.01) for step in range(3)]


def _inspect(path: Path, rows: int = 5000) -> Inspection:
    return inspect_file(SourceFile(path, path.name), lambda layers: layers[0], rows)


def _frame(crs: int | None = 4326) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame({"id": [1, 2, 3], "kw": [5.0, None, 7.5]}, geometry=SQUARES, crs=4326)
    return frame.to_crs(crs) if crs else frame.set_crs(None, allow_override=True)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.fgb", "a.geojson", "a.parquet"])
def test_a_file_of_shapes_tells_its_crs_its_columns_and_all_its_records(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    frame = _frame(4326 if name == "a.geojson" else 3035)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    inspection = _inspect(path, rows=2)
    assert inspection.features == 3
    assert inspection.crs.startswith("EPSG:3035" if name != "a.geojson" else ("EPSG:4326", "OGC:CRS84"))
    assert inspection.shapes in ({"Polygon": 2}, {"MultiPolygon": 2})
    rows = list(zip(inspection.columns["id"], inspection.columns["kw"], strict=True))
    assert len(rows) == 2  # FlatGeobuf has them in an order of its own
    assert set(rows) < {("1", "5"), ("2", None), ("3", "7.5")}
    assert inspection.area_m2.tolist() == pytest.approx([797_000, 797_000], rel=0.01)


def test_degrees_without_a_crs_are_a_doubtful_guess(tmp_path: Path) -> None:
    _frame(None).to_file(tmp_path / "a.shp")
    inspection = _inspect(tmp_path / "a.shp")
    assert (inspection.crs, inspection.reading["crs"].value, inspection.reading["crs"].is_doubtful) == (
        "not stated",
        "EPSG:4326",
        True,
    )


def test_metres_without_a_crs_are_in_the_grid_in_which_they_lie_where_it_is_used(tmp_path: Path) -> None:
    _frame(25832).set_crs(None, allow_override=True).to_file(tmp_path / "a.shp")
    inspection = _inspect(tmp_path / "a.shp")
    assert (inspection.reading["crs"].value, inspection.reading["crs"].is_doubtful) == ("EPSG:25832", True)
    assert inspection.area_m2.tolist() == pytest.approx([797_000] * 3, rel=0.01)


def test_metres_of_no_grid_are_an_open_question(tmp_path: Path, geojson: Callable[..., str]) -> None:
    (tmp_path / "a.geojson").write_text(geojson(shapely.box(4e7, 1e7, 4.1e7, 1.1e7), rows=[{"id": 1}]))
    inspection = _inspect(tmp_path / "a.geojson")
    assert (inspection.reading, inspection.has_polygons) == ({}, False)
    assert "are no degrees" in inspection.open_questions[0]
    assert "add read.crs" in inspection.open_questions[0]


def test_a_parquet_without_shapes_is_refused(tmp_path: Path) -> None:
    gpd.pd.DataFrame({"id": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ReadError, match="not GeoParquet"):
        _inspect(tmp_path / "a.parquet")


def test_the_users_own_identifier_is_preferred_to_that_of_a_placemark(tmp_path: Path) -> None:
    placemarks = "".join(
        f'<Placemark id="a{step}"><ExtendedData><Data name="plant_id"><value>P{step}</value></Data></ExtendedData>'
        f"<Point><coordinates>{step},50</coordinates></Point></Placemark>"
        for step in range(2)
    )
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemarks}</Document></kml>'
    (tmp_path / "a.kml").write_text(text)
    guess = source_id(_inspect(tmp_path / "a.kml"))
    assert guess is not None
    assert (guess.value, guess.is_doubtful) == ("plant_id", False)


def test_a_table_that_begins_with_numbers_may_have_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1,10.5,50,Kent\n2,11.5,51,Essex\n")
    assert "its first line holds numbers, not names" in _inspect(tmp_path / "a.csv").open_questions[-1]


def test_a_row_at_which_the_load_would_stop_is_reported_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,lon,lat\n"1\n2",10,50\n3,11,51,\n4,Kent, UK,12,52\n' + "5,13,53\n" * 9)
    inspection = _inspect(tmp_path / "a.csv")
    assert inspection.open_questions == ("line 5 has more values than there are columns: the load stops there",)


def test_coordinates_that_are_blank_in_the_sample_are_looked_up_in_the_rest_of_the_file(tmp_path: Path) -> None:
    rows = [f"{row},," for row in range(2000)]
    (tmp_path / "a.csv").write_text("\n".join(["id,x,y", *rows, "7,2600500,1200500", "8,2683500,1247500"]))
    inspection = _inspect(tmp_path / "a.csv", rows=20)
    assert inspection.columns["x"] == [None] * 20
    assert {name: guess.value for name, guess in inspection.reading.items()} == {
        "crs": "EPSG:2056",
        "longitude": "x",
        "latitude": "y",
    }


def test_a_table_without_coordinates_says_what_to_name(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,country_long,mw\n1,Brazil,5\n")
    inspection = _inspect(tmp_path / "a.csv")
    assert inspection.reading == {}
    assert "name them as read.longitude and read.latitude" in inspection.open_questions[0]


@pytest.mark.parametrize(
    ("x", "y"),
    [("lon", "lat"), ("xlong", "ylat"), ("decimalLongitude", "decimalLatitude"), ("x", "y"), ("LONG", "LAT")],
)
def test_coordinates_are_found_by_their_names(x: str, y: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"country_long,{y},{x}\nBrazil,-10.5,-50\nPeru,-11,-70.25\n")
    reading = _inspect(tmp_path / "a.csv").reading
    assert {name: guess.value for name, guess in reading.items()} == {"crs": "EPSG:4326", "longitude": x, "latitude": y}


def test_coordinates_that_belong_together_are_paired(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("site_lat,grid_lon,site_lon,grid_lat\n1,2,3,4\n")
    reading = _inspect(tmp_path / "a.csv").reading
    assert reading["longitude"].value.partition("_")[0] == reading["latitude"].value.partition("_")[0]


def test_the_likeliest_file_is_first() -> None:
    names = ["wind.gpkg", "plants.csv", "small_solar.geojson", "README.csv", "grid.gpkg", "train_pv.geojson", "all.zip"]
    sizes = dict.fromkeys(names, 10) | {"grid.gpkg": 99}
    ranking = [candidate.name for candidate in rank_candidates(Candidate(name, sizes[name]) for name in names)]
    assert ranking[:4] == ["small_solar.geojson", "grid.gpkg", "all.zip", "plants.csv"]
    assert set(ranking[4:]) == {"wind.gpkg", "README.csv", "train_pv.geojson"}


def test_the_larger_of_two_alike_is_first() -> None:
    ranking = rank_candidates([Candidate("solar_a.gpkg", 5), Candidate("solar_b.gpkg", 50)])
    assert ranking[0].name == "solar_b.gpkg"


def test_patterns_mean_a_file_by_its_bare_name_too() -> None:
    assert matches_patterns(["solar*"], "data/solar.gpkg")
    assert matches_patterns([], "anything")
    assert not matches_patterns(["wind*"], "data/solar.gpkg")
