import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from loaders.errors import ReadError
from loaders.wanted import SourceFile, may_hold_wanted, wanted_files

SHAPEFILE = ("x.shp", "x.shx", "x.dbf", "x.prj", "x.cpg")


def _zip(path: Path, *members: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            archive.writestr(member, b"x")


def _wanted(folder: Path, *include: str) -> list[str]:
    return [file.name for file in wanted_files(folder, include, "farms")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw"


def _touch(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize(
    "names",
    [
        ["farms.geojson", "README.txt", "licence.pdf"],
        ["farms.SHP", "farms.DBF"],
        ["farms.gml"],
    ],
)
def test_the_only_file_of_a_known_format_or_the_only_file_is_wanted(folder: Path, names: list[str]) -> None:
    _touch(folder, names)
    assert _wanted(folder) == names[:1]


def test_a_shapefile_is_one_file_whatever_its_parts(folder: Path) -> None:
    _touch(folder, SHAPEFILE)
    assert _wanted(folder) == ["x.shp"]


@pytest.mark.parametrize("pattern", ["x*", "x.s*", "*"])
def test_a_broad_pattern_does_not_read_the_parts_of_a_shapefile_again(folder: Path, pattern: str) -> None:
    _touch(folder, SHAPEFILE)
    assert _wanted(folder, pattern) == ["x.shp"]


def test_several_candidates_ask_for_include(folder: Path) -> None:
    _touch(folder, ["a.geojson", "b.gpkg"])
    with pytest.raises(ReadError, match=r"found several: a\.geojson, b\.gpkg\. .*datasets\.farms\.source\.include"):
        _wanted(folder)


def test_several_candidates_in_a_zip_ask_for_include(folder: Path) -> None:
    _zip(folder / "a.zip", "in/a.geojson", "in/b.geojson", "in/README.md")
    with pytest.raises(
        ReadError, match=r"found several: a\.zip/in/a\.geojson, a\.zip/in/b\.geojson\. .*datasets\.farms\.source"
    ):
        _wanted(folder)


@pytest.mark.parametrize("pattern", ["b.geojson", "in/b.geojson", "*/b*", "b.*"])
def test_a_pattern_sees_the_path_and_the_name_inside_a_zip(folder: Path, pattern: str) -> None:
    _zip(folder / "a.zip", "in/a.geojson", "in/b.geojson")
    assert _wanted(folder, pattern) == ["a.zip/in/b.geojson"]


def test_a_pattern_sees_the_path_of_a_file_in_a_folder(folder: Path) -> None:
    _touch(folder, ["in/a.geojson", "out/a.geojson"])
    assert may_hold_wanted("in/a.geojson", ["in/a.geojson"])
    assert len(_wanted(folder, "in/a.geojson")) == 1


def test_files_of_one_name_in_two_folders_are_told_apart(folder: Path) -> None:
    _touch(folder, ["2015/a.geojson", "2020/a.geojson"])
    assert len(set(_wanted(folder, "a.geojson"))) == 2


def test_files_are_sorted_by_name_whatever_the_order_of_the_patterns(folder: Path) -> None:
    _touch(folder, ["c.shp", "b.shp", "a.shp"])
    assert _wanted(folder, "c.shp", "*.shp") == ["a.shp", "b.shp", "c.shp"]


def test_each_pattern_must_find_something(folder: Path) -> None:
    _touch(folder, ["farms_2015.shp"])
    with pytest.raises(ReadError, match=r"\*2020\.shp"):
        _wanted(folder, "*2015.shp", "*2020.shp")


def test_a_pattern_without_a_match_lists_what_is_there(folder: Path) -> None:
    _touch(folder, ["a.geojson"])
    with pytest.raises(ReadError, match=r"no file matches include \(b\.geojson\)\. Found: a\.geojson\."):
        _wanted(folder, "b.geojson")


def test_an_empty_folder_does_not_ask_to_mend_a_pattern_that_is_not_there(folder: Path) -> None:
    with pytest.raises(ReadError) as refused:
        _wanted(folder)
    assert "include ()" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"<html>404</html>"])
def test_what_is_not_a_whole_zip_is_refused_by_name(folder: Path, content: bytes) -> None:
    (folder / "a.zip").write_bytes(content)
    with pytest.raises(ReadError, match=r"farms: a\.zip is not a whole zip archive"):
        _wanted(folder)


@pytest.mark.parametrize("include", [(), ("*.geojson",)])
def test_what_a_mac_adds_to_a_zip_is_not_wanted(folder: Path, include: tuple[str, ...]) -> None:
    _zip(folder / "a.zip", "f/x.geojson", "__MACOSX/f/._x.geojson")
    assert _wanted(folder, *include) == ["a.zip/f/x.geojson"]


@pytest.mark.parametrize("name", [".DS_Store", "a/.hidden.geojson", ".git/config.json"])
def test_hidden_files_are_never_wanted(name: str) -> None:
    assert not may_hold_wanted(name, [])
    assert not may_hold_wanted(name, ["*"])


@pytest.mark.parametrize(
    ("name", "include", "wanted"),
    [
        ("a.tif", (), True),
        ("a.tif", ("*.shp",), False),
        ("any.zip", ("*.shp",), True),
        ("x.dbf", ("*.shp",), True),
        ("x.dbf", ("x.shp",), True),
        ("y.dbf", ("x.shp",), False),
        ("in/x.prj", ("x.shp",), True),
        ("x.dbf", ("x.geojson",), False),
        ("X.DBF", ("*.shp",), True),
        ("X.DBF", ("X.SHP",), True),
        ("X.PRJ", ("*.SHP",), True),
    ],
)
def test_a_file_is_fetched_if_it_is_wanted_or_part_of_what_is(
    name: str, include: tuple[str, ...], wanted: bool
) -> None:
    assert may_hold_wanted(name, include) is wanted


def test_the_format_is_that_of_the_member_and_in_small_letters() -> None:
    assert SourceFile(Path("a.zip"), "x/FARMS.GeoJSON").suffix == ".geojson"
    assert SourceFile(Path("/data/a.zip"), "x/f.shp").gdal_path == "/vsizip/{/data/a.zip}/x/f.shp"
