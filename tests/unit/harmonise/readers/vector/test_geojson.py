"""What a GeoJSON says of itself: found by one streaming parse, and only where the format puts it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ijson
import pytest

from loaders.harmonise.readers.vector import geojson
from loaders.harmonise.readers.vector.geojson import has_feature_ids, names_known_crs

CRS = {"type": "name", "properties": {"name": "EPSG:3035"}}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "f.geojson"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_ring_of_many_pieces_is_parsed_once(file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    given = []

    def counted(stream: Any, **options: Any) -> Any:
        given.append(stream)
        return basic_parse(stream, **options)

    basic_parse = ijson.basic_parse
    monkeypatch.setattr(ijson, "basic_parse", counted)
    monkeypatch.setattr(geojson, "PIECE_CHARACTERS", 1000)
    ring = [[10 + step / 1e6, 50] for step in range(20_000)]
    feature = {"type": "Feature", "id": 7, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path = file(text := json.dumps({"type": "FeatureCollection", "features": [feature], "crs": CRS}))
    assert (names_known_crs(path), has_feature_ids(path)) == (True, True)
    assert [stream.characters for stream in given] == [len(text)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"crs": %s, "features": []}', True),
        ('{"features": [{"properties": {"a": [[1]]}, "geometry": null}], "crs": %s}', True),
        ('{"features": [{"properties": {"crs": %s}}]}', None),
        ('{"features": [{"crs": %s}]}', None),
        ('{"features": [{"geometry": {"crs": %s}}]}', None),
        ('[{"crs": %s}]', None),
        ('{"crs": null, "about": %s, "features": []}', False),
        ('{"crs": 7, "about": %s, "features": []}', False),
    ],
)
def test_the_crs_is_the_member_of_the_collection_alone(
    file: Callable[[str], Path], content: str, expected: bool | None
) -> None:
    assert names_known_crs(file(content % json.dumps(CRS))) is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"features": [{"id": 1}, {"id": "b"}]}', True),
        ('{"features": [{"properties": {"id": 1}, "geometry": {"id": 2}}], "id": 3}', False),
        ('{"features": [{"id": null}, {}]}', False),
        ('{"type": "Feature", "id": 1, "properties": {}}', True),
        ('{"type": "FeatureCollection", "id": 1, "features": []}', False),
        ('\x1e{"type": "Feature", "id": 1}\n\x1e{"type": "Feature", "id": 2}\n', True),
        ('\ufeff{"features": [{"id": 1, "n": NaN, "m": -Infinity, "text": "a\tb"}]}', True),
        (b'{"features": [{"id": 1, "name": "Caf\xe9"}]}', True),
        ("", False),
    ],
)
def test_ids_are_those_of_features_alone(
    file: Callable[[str | bytes], Path], content: str | bytes, expected: bool
) -> None:
    assert has_feature_ids(file(content)) is expected


def test_a_word_for_no_number_is_understood_across_two_pieces(
    file: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '{"features": [{"id": 1, "n": -Infinity}]}'
    for size in range(1, len(text)):
        monkeypatch.setattr(geojson, "PIECE_CHARACTERS", size)
        geojson._scan.cache_clear()
        assert has_feature_ids(file(text)) is True


@pytest.mark.parametrize("ids", [("1", "null"), ("null", '"a"')])
def test_ids_of_some_features_are_refused_in_any_order(file: Callable[[str], Path], ids: tuple[str, str]) -> None:
    first, second = ids
    with pytest.raises(ValueError, match="some features have an id of their own and others have none"):
        has_feature_ids(file(f'{{"features": [{{"id": {first}}}, {{"id": {second}}}]}}'))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 100_000, "nests lists and objects more than 1,024 deep"),
        ('{"crs":' * 100_000, "nests lists and objects more than 1,024 deep"),
        ('{"features": [{"id": 1}', "not valid JSON, near character 23, or is cut short"),
        ('{"features": [{"id": 1},]}', "not valid JSON, near character 26"),
        ("no JSON", "not valid JSON, near character 7"),
    ],
    ids=["lists", "objects", "cut short", "a comma", "text"],
)
def test_what_is_no_json_is_said_in_words(file: Callable[[str], Path], content: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        names_known_crs(file(content))
