from collections.abc import Sequence
from pathlib import Path

import pytest

from loaders.core.errors import ReadError
from loaders.settings.file_selection import SourceFile, include_line, select_files, select_members, select_names
from loaders.settings.source import Source

SHAPEFILE = ("x.shp", "x.shx", "x.dbf", "x.prj", "x.cpg")


def _zip(path: Path, *members: str) -> None:
    """An archive, with members that were unpacked."""
    path.touch()
    _touch(path.with_name(f"{path.name}.unpacked"), members)


def _source(*include: str, **more: object) -> Source:
    return Source.model_validate({"url": "https://example.org/x.zip", "include": include, **more})


def _wanted(folder: Path, *include: str) -> list[str]:
    return [file.name for file in select_files(folder, _source(*include), "farms")]


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
    assert _wanted(folder, "in/a.geojson") == ["in/a.geojson"]


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


@pytest.mark.parametrize("include", [(), ("*.geojson",)])
def test_what_a_mac_adds_to_a_zip_is_not_wanted(include: tuple[str, ...]) -> None:
    assert select_members(["f/x.geojson", "__MACOSX/f/._x.geojson"], "a.zip", _source(*include)) == ["f/x.geojson"]


@pytest.mark.parametrize("name", [".DS_Store", "a/.hidden.geojson", ".git/config.json"])
@pytest.mark.parametrize("include", [(), ("*",)])
def test_hidden_files_are_never_wanted(name: str, include: tuple[str, ...]) -> None:
    assert select_names([name, "x.geojson"], _source(*include))[0] == ["x.geojson"]


@pytest.mark.parametrize(
    ("name", "include", "wanted"),
    [
        ("a.tif", (), True),
        ("a.tif", ("*.shp",), False),
        ("any.zip", ("*.gpkg",), True),
        ("any.zip", ("*.shp",), False),  # a shapefile lies beside it
        ("any.zip", ("any.zip/*.shp",), True),
        ("other.zip", ("any.zip/*.shp",), False),
        ("any.zip", ("any.zip",), True),
        ("y.dbf", ("x.shp",), False),
        ("x.dbf", ("*.shp",), True),
        ("x.dbf", ("x.shp",), True),
        ("in/z.prj", ("z.shp",), True),
        ("x.dbf", ("x.geojson",), False),
        ("X2.DBF", ("*2.SHP",), True),
    ],
)
def test_a_file_is_fetched_if_it_is_wanted_or_part_of_what_is(
    name: str, include: tuple[str, ...], wanted: bool
) -> None:
    names = {name, "x.shp", "in/z.shp", "X2.SHP", "any.zip"}
    assert (name in select_names(names, _source(*include))[0]) is wanted


def test_what_is_excluded_is_not_wanted_wherever_it_is() -> None:
    source = _source("*.geojson", exclude=["*train*"])
    assert select_names(["farms.geojson", "train.geojson"], source) == (["farms.geojson"], [])
    assert select_members(["farms.geojson", "train.geojson"], "a.zip", source) == ["farms.geojson"]


def test_a_pattern_that_nothing_can_match_is_named() -> None:
    assert select_names(["a.geojson"], _source("a.geojson", "b.geojson")) == (["a.geojson"], ["b.geojson"])
    assert select_names(["a.geojson", "b.zip"], _source("b.geojson")) == (["b.zip"], [])
    assert select_names(["b.zip"], _source("a.zip/b.geojson")) == ([], ["a.zip/b.geojson"])


@pytest.mark.parametrize(
    ("include", "unpacked"),
    [
        (("in/x.shp",), ["in/x.dbf", "in/x.shp"]),
        (("a.zip/in/x.shp",), ["in/x.dbf", "in/x.shp"]),
        (("b.zip/in/x.shp",), []),
        (("a.zip",), ["in/x.dbf", "in/x.shp", "y.gpkg"]),
        ((), ["in/x.dbf", "in/x.shp", "y.gpkg"]),
        (("*.txt",), ["README.txt"]),
    ],
)
def test_only_what_is_wanted_is_unpacked(include: tuple[str, ...], unpacked: list[str]) -> None:
    members = ["in/x.shp", "in/x.dbf", "y.gpkg", "README.txt"]
    assert select_members(members, "a.zip", _source(*include)) == unpacked


def test_of_a_repository_only_the_named_folder_is_unpacked() -> None:
    source = Source(github="o/solar-farms@v1:data/")
    members = ["solar-farms-1a2b/data/x.geojson", "solar-farms-1a2b/docs/y.geojson", "solar-farms-1a2b/z.geojson"]
    assert select_members(members, "solar-farms-1a2b.zip", source) == members[:1]


def test_the_format_is_in_small_letters() -> None:
    assert SourceFile(Path("a/FARMS.GeoJSON"), "x/FARMS.GeoJSON").suffix == ".geojson"


GEODATABASES = ("in/x.gdb/a00000001.gdbtable", "in/x.gdb/gdb", "y.GDB/a00000001.gdbtable", "README.txt")


@pytest.mark.parametrize(
    ("include", "unpacked"),
    [
        (("x.gdb",), GEODATABASES[:2]),
        (("in/x.gdb",), GEODATABASES[:2]),
        (("a.zip/in/x.gdb",), GEODATABASES[:2]),
        (("*.gdbtable",), GEODATABASES[:3]),
        (("a.zip",), GEODATABASES[:3]),
        ((), GEODATABASES[:3]),
        (("b.zip/*",), ()),
    ],
)
def test_a_file_geodatabase_is_unpacked_whole_or_not_at_all(include: tuple[str, ...], unpacked: Sequence[str]) -> None:
    assert select_members(GEODATABASES, "a.zip", _source(*include)) == sorted(unpacked)


def test_a_file_geodatabase_is_one_file(folder: Path) -> None:
    _zip(folder / "a.gdb.zip", *GEODATABASES[:2])
    _touch(folder, ["b.gdb/a00000001.gdbtable", "b.gdb/a00000002.gdbtable"])
    found = select_files(folder, _source("*"), "farms")
    assert [file.name for file in found] == ["a.gdb.zip/in/x.gdb", "b.gdb"]
    assert [file.path for file in found] == [folder / "a.gdb.zip.unpacked/in/x.gdb", folder / "b.gdb"]
    assert _wanted(folder, "x.gdb") == ["a.gdb.zip/in/x.gdb"]
    assert _wanted(folder, "a.gdb.zip") == ["a.gdb.zip/in/x.gdb"]


def test_what_accompanies_a_file_of_a_usual_format_is_left_unless_it_is_named(folder: Path) -> None:
    _zip(folder / "a.zip", "x.shp", "codebook.xlsx", "x.gdb/a00000001.gdbtable", "x.kmz")
    members = ["x.shp", "codebook.xlsx", "x.gdb/a00000001.gdbtable", "x.kmz"]
    assert _wanted(folder) == ["a.zip/x.shp"]
    assert _wanted(folder, "a.zip") == ["a.zip/x.shp"]
    assert _wanted(folder, "codebook.xlsx") == ["a.zip/codebook.xlsx"]
    assert select_members(members, "a.zip", _source()) == ["x.shp"]
    assert select_members(members, "a.zip", _source("a.zip")) == ["x.shp"]
    assert select_members(members[1:2], "a.zip", _source("a.zip")) == ["codebook.xlsx"]


def test_a_spreadsheet_alone_is_what_is_meant(folder: Path) -> None:
    _touch(folder, ["plants.xlsx", "README.txt"])
    assert _wanted(folder) == ["plants.xlsx"]


FIRST = ["farms.gpkg", "farms.csv"]


def _first(*patterns: str) -> Source:
    return Source.model_validate({"url": "https://example.org/x.zip", "include_first": patterns})


@pytest.mark.parametrize(
    ("published", "selected"),
    [
        (["farms.csv", "farms.gpkg", "notes.txt"], ["farms.gpkg"]),
        (["farms.csv", "notes.txt"], ["farms.csv"]),
        (["farms.csv", "world.zip"], ["farms.csv", "world.zip"]),  # the archive may hold the better one
        (["farms.gpkg", "world.zip"], ["farms.gpkg"]),
    ],
)
def test_the_first_alternative_that_is_published_is_selected(published: list[str], selected: list[str]) -> None:
    assert select_names(published, _first(*FIRST)) == (selected, [])


def test_alternatives_of_which_none_is_published_are_all_unmatched() -> None:
    assert select_names(["notes.txt"], _first(*FIRST)) == ([], FIRST)


def test_of_an_archive_the_first_alternative_is_unpacked_and_loaded(folder: Path) -> None:
    assert select_members(["in/farms.csv", "in/farms.gpkg"], "a.zip", _first(*FIRST)) == ["in/farms.gpkg"]
    assert select_members(["in/farms.csv", "in/wind.gpkg"], "a.zip", _first(*FIRST)) == ["in/farms.csv"]
    _touch(folder, ["farms.csv"])
    _zip(folder / "world.zip", "in/farms.gpkg")
    assert [file.name for file in select_files(folder, _first(*FIRST), "farms")] == ["world.zip/in/farms.gpkg"]


def test_no_alternative_in_the_folder_shows_the_files_and_the_line_to_write(folder: Path) -> None:
    _touch(folder, ["farms_2020.csv", "wind.csv", "notes.txt"])
    with pytest.raises(ReadError) as refused:
        select_files(folder, _first(*FIRST), "farms")
    assert str(refused.value) == (
        "farms: no file matches include_first (farms.gpkg or farms.csv). Found: farms_2020.csv, wind.csv. Name what is "
        "wanted in datasets.farms.source.include_first in params.yaml, for example `include_first: [farms_2020.csv]`."
    )


def test_several_files_without_a_pattern_show_a_line_that_selects_one(folder: Path) -> None:
    _touch(folder, ["wind.csv", "farms.csv"])
    with pytest.raises(ReadError, match=r"for example `include: \[farms\.csv\]`"):
        select_files(folder, _source(), "farms")
    assert include_line(_source(), ["notes.txt"]) == include_line(_source("a.csv"), []) == ""


def test_a_name_that_yaml_or_a_pattern_would_read_otherwise_is_no_example() -> None:
    assert include_line(_source("farms.csv"), ["farms [1].csv"]) == ""


def test_include_and_alternatives_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="either include"):
        _source("a.csv", include_first=["b.csv"])
