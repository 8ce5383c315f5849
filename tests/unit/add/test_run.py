import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from loaders.__main__ import main
from loaders.add import prompts
from loaders.settings.params import Dataset, read_settings
from loaders.settings.project import read_project

Add = Callable[..., tuple[int, str, str]]
GeoJson = Callable[..., str]
SQUARES = [shapely.box(10 + step, 50, 10.01 + step, 50.01) for step in range(3)]


@pytest.fixture
def add(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Add:
    """`eo-pv add` in the project; returns exit code, output and errors."""
    monkeypatch.chdir(project)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["eo-pv", "add", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        code = left.value.code or 0
        return int(code), *capsys.readouterr()

    return run


def _answers(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """A terminal with somebody who types this."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    monkeypatch.setattr(prompts, "_is_terminal", lambda: True)


def _dataset(project: Path, key: str) -> Dataset:
    return read_settings(project / "params.yaml").datasets[key]


def _comments(text: str) -> str:
    """What the comments say, without their line ends."""
    return " ".join(line.strip().lstrip("# ") for line in text.splitlines() if line.strip().startswith("#"))


def _write(path: Path, geojson: GeoJson, *rows: dict[str, Any], **members: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(geojson(*SQUARES[: len(rows)], rows=list(rows), **members))
    return path


def test_a_file_without_photovoltaics_is_not_added_unasked(add: Add, project: Path, geojson: GeoJson) -> None:
    before = (project / "params.yaml").read_text()
    _write(
        project / "own" / "plants.geojson", geojson, *({"id": n, "fuel": ["Coal", "Gas", "Coal"][n]} for n in range(3))
    )
    code, _, err = add("own/plants.geojson", "--yes")
    assert (code, (project / "params.yaml").read_text()) == (1, before)
    assert "fuel holds no photovoltaics in the 3 records looked at: 'Coal' (2), 'Gas' (1)" in " ".join(err.split())


def test_a_geojson_with_implausible_areas_is_added_with_a_doubt(add: Add, project: Path, geojson: GeoJson) -> None:
    before = (project / "params.yaml").read_text()
    stated = [3.0 * 793_000, 4.0 * 793_000, 6.0 * 793_000]
    rows = [
        {"State": "Karnataka", "Area": area, "Latitude": 50.005, "Longitude": 10.005 + step, "fid": 7 + step}
        for step, area in enumerate(stated)
    ]
    _write(project / "own" / "solar_farms_2021.geojson", geojson, *rows)
    code, out, err = add("own/solar_farms_2021.geojson", "--key", "ind_farms_2021", "--yes")
    assert (code, err) == (0, "")
    assert "ind_farms_2021 is added" in out
    dataset = _dataset(project, "ind_farms_2021")
    assert dataset.source.as_stated == {"path": "own/solar_farms_2021.geojson"}
    assert dataset.expected_features == 3
    assert dataset.columns.model_dump(exclude_defaults=True) == {
        "source_id": {"column": ("fid",)},
        "area": {"column": ("Area",), "unit": "m2"},
        "position": {"longitude": "Longitude", "latitude": "Latitude"},
    }
    after = (project / "params.yaml").read_text()
    assert after.startswith(before)
    assert "disagree with the outlines: 3.98 times as large" in _comments(after)
    assert not (project / "data" / "sample" / "locks").exists()
    assert not (project / "data" / "sample" / ".work" / "add").exists()


def test_a_table_with_other_fuels_gets_a_filter(add: Add, project: Path) -> None:
    lines = ["gppd_idnr,capacity_mw,latitude,longitude,primary_fuel,commissioning_year"]
    fuels = ["Hydro", "Solar", "Wind"]
    lines += [f"B{i},{i}.5,{-10 - i},{-50 - i},{fuels[i % 3]},{2000 + i if i % 3 == 1 else 'x'}" for i in range(12)]
    (project / "plants_2018.csv").write_text("\n".join(lines))
    assert add("plants_2018.csv", "--yes")[0] == 0
    dataset = _dataset(project, "plants_2018")
    assert dict(dataset.where) == {"primary_fuel": ("Solar",)}
    assert (dataset.read.crs, dataset.read.longitude, dataset.read.latitude) == ("EPSG:4326", "longitude", "latitude")
    assert dataset.columns.model_dump(exclude_defaults=True) == {
        "source_id": {"column": ("gppd_idnr",)},
        "identifiers": {"gppd": {"column": ("gppd_idnr",)}},
        "capacity": {"column": ("capacity_mw",), "unit": "MW"},
        "installed": {"column": ("commissioning_year",)},
    }
    assert dataset.expected_features == 12


def test_what_a_filter_and_a_status_leave_out_is_shown_before_it_is_used(add: Add, project: Path) -> None:
    kinds = ["Solar Photovoltaics,Operational", "Solar Photovoltaics,Application Refused", "Wind Onshore,Abandoned"]
    lines = ["Ref ID,lat,lon,Technology Type,Development Status"]
    lines += [f"{i},{50 + i / 10},{i / 10},{kinds[i % 3]}" for i in range(12)]
    (project / "register_2020.csv").write_text("\n".join(lines))
    code, out, _ = add("register_2020.csv", "--yes")
    assert code == 0
    doubts = out.partition("Look at these before you use it:\n")[2].splitlines()
    assert doubts == [
        "  - where: 4 of the 12 records looked at (33.3 %) are left out: 'Wind Onshore' (4)",
        "  - columns.status: sorted by the words in its values; 4 of the 8 records looked at (50.0 %) are not "
        "operating, and count as installations only if include_status says so",
        *doubts[2:],
    ]
    assert _dataset(project, "register_2020").columns.model_dump(exclude_defaults=True)["status"] == {
        "column": ("Development Status",),
        "operating": ("Operational",),
        "rejected": ("Application Refused",),
    }
    assert dict(_dataset(project, "register_2020").where) == {"Technology Type": ("Solar Photovoltaics",)}


def test_a_western_table_with_semicolons_and_decimal_commas_is_understood(add: Add, project: Path) -> None:
    rows = [f"{i};Köln {i};6,{i}5;50,9{i};1.{i}00,5;0{i}.12.2019" for i in range(1, 5)]
    text = "\n".join(["Anlage_ID;Ort;Longitude;Latitude;Leistung_kWp;Inbetriebnahme", *rows])
    (project / "anlagen.csv").write_bytes(text.encode("cp1252"))
    assert add("anlagen.csv", "--yes")[0] == 0
    dataset = _dataset(project, "anlagen")
    assert dataset.read.model_dump(exclude_defaults=True) == {
        "crs": "EPSG:4326",
        "longitude": "Longitude",
        "latitude": "Latitude",
        "encoding": "cp1252",
        "delimiter": ";",
        "decimal": ",",
        "thousands": ".",
    }
    assert dataset.columns.model_dump(exclude_defaults=True) == {
        "source_id": {"column": ("Anlage_ID",)},
        "capacity": {"column": ("Leistung_kWp",), "unit": "kWp"},
        "installed": {"column": ("Inbetriebnahme",), "pattern": ("DD.MM.YYYY",)},
    }


def test_coordinates_in_metres_get_a_doubtful_crs(add: Add, project: Path) -> None:
    rows = [f'{i},"30{i},219","16{i},320",England' for i in range(4)]
    (project / "sites.csv").write_text("\n".join(["Ref ID,X-coordinate,Y-coordinate,Country", *rows]))
    code, out, _ = add("sites.csv", "--yes")
    assert code == 0
    reading = _dataset(project, "sites").read
    assert (reading.crs, reading.longitude, reading.thousands) == ("EPSG:27700", "X-coordinate", ",")
    assert "  - read.crs: the file names no CRS; by the range of the numbers EPSG:27700 (OSGB36 / British" in out


def test_a_shapefile_in_an_archive_next_to_others_is_named(add: Add, project: Path) -> None:
    folder = project / "shapes"
    folder.mkdir()
    for name in ("solar_farms", "wind_farms"):
        frame = gpd.GeoDataFrame({"id": [1, 2], "kw": [500.0, 700.0]}, geometry=SQUARES[:2], crs=4326).to_crs(3035)
        frame.to_file(folder / f"{name}.shp")
    with zipfile.ZipFile(project / "farms.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"data/{path.name}")
    code, out, _ = add("farms.zip", "--yes")
    assert code == 0
    assert "Taking farms.zip/data/solar_farms.shp, the likeliest of 2" in out
    assert "CRS EPSG:3035" in out
    dataset = _dataset(project, "solar_farms")
    assert dataset.source.as_stated == {"path": "farms.zip", "include": ["solar_farms.shp"]}
    assert dataset.expected_features == 2
    assert not list((project / "data").rglob("*.shp"))


def test_several_files_without_a_terminal_are_listed_in_an_error(add: Add, project: Path, geojson: GeoJson) -> None:
    for name in ("solar.geojson", "wind.geojson", "readme.csv"):
        _write(project / "many" / name, geojson, {"id": 1})
    before = (project / "params.yaml").read_bytes()
    code, _, err = add("many")
    assert code == 1
    assert [line.split("'")[1] for line in err.splitlines() if "--file '" in line] == [
        "solar.geojson",
        "wind.geojson",
        "readme.csv",
    ]
    assert (project / "params.yaml").read_bytes() == before


def test_a_pattern_chooses_the_file(add: Add, project: Path, geojson: GeoJson) -> None:
    for name in ("solar.geojson", "wind.geojson"):
        _write(project / "many" / name, geojson, {"id": name})
    assert add("many", "--file", "w*", "--key", "farms_2020", "--yes")[0] == 0
    assert _dataset(project, "farms_2020").source.include == ("wind.geojson",)


def test_a_pattern_that_no_file_has_lists_what_is_there(add: Add, project: Path, geojson: GeoJson) -> None:
    _write(project / "many" / "solar.geojson", geojson, {"id": 1})
    code, _, err = add("many", "--file", "*.gpkg", "--yes")
    assert (code, "It holds: solar.geojson." in err) == (1, True)


def test_on_a_terminal_it_asks_which_file_and_whether_to_write(
    add: Add, project: Path, geojson: GeoJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("solar.geojson", "wind.geojson"):
        _write(project / "many" / name, geojson, {"id": 1})
    _answers(monkeypatch, "7\n2\ny\n")
    code, out, _ = add("many")
    assert (code, "Expected a number from 1 to 2." in out) == (0, True)
    assert _dataset(project, "wind").source.include == ("wind.geojson",)


def test_a_no_writes_nothing(add: Add, project: Path, monkeypatch: pytest.MonkeyPatch, geojson: GeoJson) -> None:
    _write(project / "new.geojson", geojson, {"id": 1})
    before = (project / "params.yaml").read_bytes()
    _answers(monkeypatch, "n\n")
    code, out, _ = add("new.geojson")
    assert (code, out.endswith("Nothing was written.\n")) == (1, True)
    assert (project / "params.yaml").read_bytes() == before


def test_without_a_terminal_and_yes_the_entry_is_shown_and_not_written(
    add: Add, project: Path, geojson: GeoJson
) -> None:
    _write(project / "new.geojson", geojson, {"id": 1})
    before = (project / "params.yaml").read_bytes()
    code, out, err = add("new.geojson")
    assert (code, "\nnew:\n  source:\n    path: new.geojson\n" in out) == (1, True)
    assert "Say --yes to add this entry." in err
    assert (project / "params.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("a_north_2020", "stands in params.yaml already"),
        ("north", "stands in params.yaml already"),
        ("build", "a name that eo-pv uses"),
        ("My Farms", "expected, for example, deu_my_farms_2024"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused(
    add: Add, project: Path, geojson: GeoJson, key: str, message: str
) -> None:
    _write(project / "new.geojson", geojson, {"id": 1})
    code, _, err = add("new.geojson", "--key", key, "--yes")
    assert (code, message in err) == (1, True)


def test_a_file_that_is_listed_already_is_refused_by_its_key(add: Add) -> None:
    code, _, err = add("north.geojson", "--yes")
    assert (code, "is in params.yaml already, as a_north_2020" in err) == (1, True)


def test_a_file_without_a_single_shape_is_refused(add: Add, project: Path, geojson: GeoJson) -> None:
    (project / "none.geojson").write_text(geojson(None, None, rows=[{"id": 1}, {"id": 2}]))
    code, _, err = add("none.geojson", "--yes")
    assert (code, "none of its 2 records has a shape" in err) == (1, True)


@pytest.mark.parametrize("content", ["", "not json", '{"type": "FeatureCollection", "features": []}'])
def test_a_file_that_cannot_be_read_is_one_paragraph(add: Add, project: Path, content: str) -> None:
    (project / "bad.geojson").write_text(content)
    code, _, err = add("bad.geojson", "--yes")
    assert (code, err.count("\n"), err.startswith("Error: bad.geojson ")) == (1, 1, True)


def test_of_several_layers_one_is_chosen_and_named(add: Add, project: Path) -> None:
    frame = gpd.GeoDataFrame({"id": [1, 2]}, geometry=SQUARES[:2], crs=4326)
    for layer in ("boundaries", "solar"):
        frame.to_file(project / "farms.gpkg", layer=layer)
    assert add("farms.gpkg", "--yes")[0] == 0
    assert _dataset(project, "farms").read.layer == "solar"
    code, _, err = add("farms.gpkg", "--layer", "wind", "--key", "other")
    assert (code, "already, as farms" in err) == (1, True)


def test_a_layer_that_is_not_there_is_refused(add: Add, project: Path, geojson: GeoJson) -> None:
    _write(project / "new.geojson", geojson, {"id": 1}, name="farms")
    code, _, err = add("new.geojson", "--layer", "wind", "--yes")
    assert (code, "There is no layer 'wind'. There are: farms." in err) == (1, True)


def test_names_of_columns_cannot_inject_settings_or_control_the_terminal(add: Add, project: Path) -> None:
    evil = 'x_id\n  evil: {source: {path: /}}\n# "'
    escape = "area\x1b[2J m2"
    features = [
        {"type": "Feature", "properties": {evil: i, escape: 793_000}, "geometry": json.loads(shapely.to_geojson(shape))}
        for i, shape in enumerate(SQUARES)
    ]
    (project / "new.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    code, out, _ = add("new.geojson", "--yes")
    assert code == 0
    assert "\x1b" not in out
    assert list(read_settings(project / "params.yaml").datasets) == ["a_north_2020", "b_south_2021", "new"]
    columns = _dataset(project, "new").columns
    assert columns.source_id is not None
    assert columns.source_id.column == (evil,)


def test_a_name_in_brackets_means_the_file_of_that_name(add: Add, project: Path, geojson: GeoJson) -> None:
    for name in ("farms[a].geojson", "farmsa.geojson"):
        _write(project / "many" / name, geojson, {"id": name})
    assert add("many", "--file", "farms[[]a].geojson", "--key", "farms", "--yes")[0] == 0
    assert _dataset(project, "farms").source.include == ("farms[[]a].geojson",)


def test_an_entry_goes_into_the_file_of_own_datasets_on_request_and_then_by_itself(
    project: Path, add: Add, geojson: GeoJson
) -> None:
    for name in ("west", "east"):
        (project / f"{name}.geojson").write_text(geojson(*SQUARES, rows=[{"id": n} for n in range(3)]))
    before = (project / "params.yaml").read_bytes()
    code, out, _ = add(str(project / "west.geojson"), "--key", "west_2024", "--local", "--yes")
    assert (code, "local/params.yaml, line 7: west_2024 is added." in out) == (0, True)
    code, out, _ = add(str(project / "east.geojson"), "--key", "east_2024", "--yes")
    assert (code, "local/params.yaml, line " in out) == (0, True)
    assert (project / "params.yaml").read_bytes() == before
    settings, _ = read_project(project / "params.yaml")
    assert list(settings.datasets)[-2:] == ["west_2024", "east_2024"]
    text = (project / "local" / "params.yaml").read_text()
    assert text.splitlines()[6] == "  west_2024:"
    assert text.startswith("# Your own datasets. Git ignores this file;")
    code, _, err = add(str(project / "east.geojson"), "--key", "west_2024", "--yes")
    assert (code, "west_2024" in err) == (1, True)
