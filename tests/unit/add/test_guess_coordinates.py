from dataclasses import replace

import pytest

from loaders.add.draft import Guess
from loaders.add.guess_coordinates import missing_positions, position_settings
from loaders.add.values import PLAIN_MARKS
from tests.unit.add.made_inspections import made_inspection


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("Laengengrad", "Breitengrad"),
        ("NumCoordEEmpreendimento", "NumCoordNEmpreendimento"),
        ("coord_e", "coord_n"),
        ("Longitudine", "Latitudine"),
        ("经度", "纬度"),
        ("_x", "_y"),
    ],
)
def test_coordinates_are_recognised_by_their_names_in_other_languages(x: str, y: str) -> None:
    settings, questions = position_settings({y: ["48.5", "49.25"], x: ["8.5", "9.75"]}, PLAIN_MARKS)
    assert (settings["longitude"].value, settings["latitude"].value, questions) == (x, y, [])


def test_coordinates_that_are_blank_in_the_sample_are_taken_by_their_names_and_doubtful() -> None:
    settings, questions = position_settings({"latitude": [None] * 3, "longitude": [None] * 3}, PLAIN_MARKS)
    assert {name: guess.value for name, guess in settings.items()} == {
        "crs": "EPSG:4326",
        "longitude": "longitude",
        "latitude": "latitude",
    }
    assert (settings["longitude"].is_doubtful, questions) == (True, [])


def test_columns_with_values_are_preferred_to_blank_ones() -> None:
    columns: dict[str, list[str | None]] = {"lat_old": [None], "lon_old": [None], "lat": ["1"], "lon": ["2"]}
    assert position_settings(columns, PLAIN_MARKS)[0]["longitude"].value == "lon"


def test_longitudes_and_latitudes_with_a_wrong_one_stay_degrees() -> None:
    columns: dict[str, list[str | None]] = {"lat": ["52.1", "52.2", "52.3", "95"], "lon": ["9.4", "9.5", "9.6", "200"]}
    settings, questions = position_settings(columns, PLAIN_MARKS)
    assert (settings["crs"].value, settings["longitude"].value, questions) == ("EPSG:4326", "lon", [])


def test_both_coordinates_in_one_column_cannot_be_read() -> None:
    settings, (question,) = position_settings({"geo_point_2d": ["48.85, 2.35", "43.3, 5.4"]}, PLAIN_MARKS)
    assert settings == {}
    assert question.startswith("geo_point_2d holds both coordinates in one column, which cannot be read: split it")


def test_records_without_a_position_are_reported_with_their_share() -> None:
    inspection = made_inspection(lon=["8", None, "9", "-9999"], lat=["48", "49", None, "50"], id=["1", "2", "3", "4"])
    inspection = replace(inspection, reading={"longitude": Guess("lon"), "latitude": Guess("lat")})
    message = "3 of the 4 records looked at (75.0 %) have no position: they are rejected"
    assert missing_positions(inspection, inspection) == [message]
    assert missing_positions(inspection, inspection.select([True, False, False, False])) == []


def test_records_without_a_shape_are_reported_with_their_share() -> None:
    inspection = replace(made_inspection([100.0, 50.0, 20.0], id=["1", "2", "3"]), shapes={"Polygon": 2})
    message = "1 of the 3 records looked at (33.3 %) have no position: they are rejected"
    assert missing_positions(inspection, inspection.select([True, True, False])) == [message]
