"""Columns and values of any name and content arrive untouched, and none is taken for the geometry."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders.harmonise.readers.published_file import PublishedBatch, read_published
from loaders.harmonise.source_attributes import json_rows
from loaders.settings.columns import ReadOptions
from loaders.settings.file_selection import SourceFile

NAMES = (
    *("wkb_geometry", "geometry", "geom", "GEOMETRY", "id", "fid", "FID", "ogc_fid", "OGC_FID", "__index_level_0__"),
    *(
        "",
        " ",
        '"',
        "'",
        "'; drop table x; --",
        "{{ x }}",
        "<script>",
        "a\nb",
        "a,b",
        "x" * 300,
        "type",
        "bbox",
        "$",
        ".",
    ),
    *("\u202e", "\x1b[2J", "=1+1", "record_id", "reason", "name", "Name", "ü", "中"),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ROWS = st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXT), st.one_of(st.sampled_from(NAMES), TEXT), max_size=6)
POINT = {"type": "Point", "coordinates": [10.5, 50.25]}


def _read(path: Path) -> PublishedBatch:
    (published,) = read_published(SourceFile(path, path.name), ReadOptions(), "farms")
    return published


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(ROWS)
def test_properties_of_a_geojson_may_be_called_anything(
    tmp_path_factory: pytest.TempPathFactory, row: dict[str, str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile.geojson"
    feature = {"type": "Feature", "properties": row, "geometry": POINT}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False))
    published = _read(path)
    assert [shapely.to_wkt(shape) for shape in shapely.from_wkb(published.wkb)] == ["POINT (10.5 50.25)"]
    assert [json.loads(text) for text in json_rows(published.attributes)] == [row]


@pytest.mark.parametrize(("driver", "ending"), [("GPKG", "gpkg"), ("FlatGeobuf", "fgb"), ("GeoJSON", "geojson")])
def test_a_column_called_like_gdals_geometry_is_a_column(tmp_path: Path, driver: str, ending: str) -> None:
    path = tmp_path / f"farms.{ending}"
    columns = {"wkb_geometry": ["a text"], "geometry_": [5]}
    pyogrio.write_dataframe(
        gpd.GeoDataFrame(columns, geometry=[shapely.Point(1, 2)], crs="EPSG:4326"), path, driver=driver
    )
    published = _read(path)
    found: dict[str, Any] = published.attributes.to_pylist()[0]
    assert {name: found[name] for name in columns} == {"wkb_geometry": "a text", "geometry_": 5}
    assert shapely.to_wkt(shapely.from_wkb(published.wkb)[0]) == "POINT (1 2)"


def test_a_geoparquet_may_call_a_text_like_gdals_geometry(tmp_path: Path) -> None:
    columns = {"wkb_geometry": ["a text"], "fid": ["7"]}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.Point(1, 2)], crs="EPSG:4326").rename_geometry("__shape__")
    frame.to_parquet(tmp_path / "farms.parquet", index=False)
    published = _read(tmp_path / "farms.parquet")
    assert published.attributes.to_pylist() == [{"wkb_geometry": "a text", "fid": "7"}]
    assert shapely.to_wkt(shapely.from_wkb(published.wkb)[0]) == "POINT (1 2)"
