import hashlib
import json
from pathlib import Path

import pytest

from loaders.acquire.lock import Lock, LockedFile, read_lock
from loaders.acquire.lock_diff import changes
from loaders.acquire.publishers.local import local_files
from loaders.acquire.resolve import resolve, update
from loaders.core.errors import SourceError
from loaders.core.paths import ProjectPaths
from loaders.http.client import HttpClient
from loaders.settings.download import Download
from loaders.settings.params import Dataset, read_settings

KEY = "a_north_2020"
WEB = HttpClient(Download())  # nothing here asks it


@pytest.fixture
def north(project: Path) -> Dataset:
    return read_settings(project / "params.yaml").dataset("north")


def _from(path: str, *include: str, key: str = KEY) -> Dataset:
    return Dataset.model_validate({"key": key, "source": {"path": path, "include": list(include)}})


def test_a_lock_states_name_size_and_sha256_of_each_file(north: Dataset, paths: ProjectPaths, project: Path) -> None:
    content = (project / "north.geojson").read_bytes()
    resolve(north, paths, WEB)
    assert json.loads(paths.lock(KEY).read_text()) == {
        "dataset": KEY,
        "origin": "path",
        "source": {"path": "north.geojson"},
        "files": [
            {
                "name": "north.geojson",
                "bytes": len(content),
                "checksum": f"sha256:{hashlib.sha256(content).hexdigest()}",
            },
        ],
    }


@pytest.mark.parametrize("origin", ["sample", "doi"])
def test_a_file_is_synthetic_if_it_is_a_bundled_sample_whatever_the_origin(tmp_path: Path, origin: str) -> None:
    places = {"data/samples/twin/farms.csv": True, "data/farms.csv": False, "data/sample/raw/farms.csv": False}
    paths = ProjectPaths(tmp_path, origin)
    for number, (place, is_synthetic) in enumerate(places.items()):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("lon,lat\n1,2\n")
        for name in (place, str(tmp_path / place)):
            lock = resolve(_from(name, key=f"d{number}"), paths, WEB)
            assert (lock.is_synthetic, lock.source) == (is_synthetic, {"path": name})


def test_a_lock_that_is_read_is_the_one_that_was_written(north: Dataset, paths: ProjectPaths) -> None:
    written = resolve(north, paths, WEB)
    assert read_lock(paths.lock(KEY)) == written


def test_a_changed_file_leaves_the_lock_as_it_is_until_update(
    north: Dataset, paths: ProjectPaths, project: Path
) -> None:
    previous = resolve(north, paths, WEB)
    (project / "north.geojson").write_text("{}")
    assert resolve(north, paths, WEB) == previous
    assert update(north, paths, WEB).files[0].bytes == 2
    assert resolve(north, paths, WEB).files[0].bytes == 2


def test_another_source_in_the_settings_makes_the_lock_stale(north: Dataset, paths: ProjectPaths) -> None:
    resolve(north, paths, WEB)
    assert [file.name for file in resolve(_from("south.geojson"), paths, WEB).files] == ["south.geojson"]


def test_a_sample_is_synthetic_and_a_file_of_the_user_is_not(north: Dataset, paths: ProjectPaths) -> None:
    twin = paths.samples("farms") / "farms.geojson"
    twin.parent.mkdir(parents=True)
    twin.touch()
    published = Dataset.model_validate({"key": "farms", "source": {"doi": "10.5281/zenodo.1"}})
    twin_lock, own_lock = resolve(published, paths, WEB), resolve(north, paths, WEB)
    assert (twin_lock.origin, twin_lock.is_synthetic) == ("sample", True)
    assert (own_lock.origin, own_lock.is_synthetic) == ("path", False)


@pytest.mark.parametrize(
    "damage",
    [
        b"{",
        b"[]",
        b'"text"',
        b"{}",
        b'{"files": [{"name": "a"}], "dataset": "a", "origin": "path", "source": {}}',
        b'{"files": [{"name": "a", "bytes": 1, "sha256": "1"}], "dataset": "a", "origin": "path", "source": {}}',
        b'{"files": [], "dataset": "a", "origin": "path", "source": {}, "more": 1}',
        b"\xff\xfe",
    ],
)
def test_a_damaged_lock_is_refused_with_two_ways_out(north: Dataset, paths: ProjectPaths, damage: bytes) -> None:
    resolve(north, paths, WEB)
    paths.lock(KEY).write_bytes(damage)
    with pytest.raises(SourceError, match=rf"{KEY}: the lock .* is damaged .* Git, .*make update KEY={KEY}"):
        resolve(north, paths, WEB)


def test_a_missing_lock_says_what_to_type(paths: ProjectPaths) -> None:
    with pytest.raises(SourceError, match=rf"{KEY}: {KEY}\.json is missing\. Run `eo-pv resolve {KEY}`"):
        read_lock(paths.lock(KEY))


def test_a_shapefile_brings_its_parts_along_and_no_neighbour(paths: ProjectPaths) -> None:
    for name in ("x.shp", "x.dbf", "x.shx", "x.prj", "x.cpg", "y.shp", "x.geojson", "x.zip", "x.pdf"):
        (paths.root / name).touch()
    assert sorted(local_files(_from("x.shp"), paths)) == ["x.cpg", "x.dbf", "x.prj", "x.shp", "x.shx"]


def test_a_folder_that_is_a_file_geodatabase_stays_one(paths: ProjectPaths) -> None:
    (paths.root / "in/x.gdb").mkdir(parents=True)
    (paths.root / "in/x.gdb/a00000001.gdbtable").touch()
    for given in ("in/x.gdb", "in"):
        assert list(local_files(_from(given), paths)) == ["x.gdb/a00000001.gdbtable"]


def test_a_folder_is_searched_to_its_bottom_but_not_for_hidden_files(paths: ProjectPaths) -> None:
    for name in ("in/a/x.geojson", "in/.DS_Store", "in/y.tif"):
        (paths.root / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.root / name).touch()
    assert [file.name for file in resolve(_from("in"), paths, WEB).files] == ["a/x.geojson", "y.tif"]
    assert [file.name for file in resolve(_from("in", "*.geojson"), paths, WEB).files] == ["a/x.geojson"]


def test_a_source_that_is_not_there_is_refused_with_the_setting(paths: ProjectPaths) -> None:
    with pytest.raises(
        SourceError, match=rf"expected .*gone\.geojson, .*datasets\.{KEY}\.source\.path in params\.yaml"
    ):
        resolve(_from("gone.geojson"), paths, WEB)


def test_a_dataset_without_a_sample_says_so(paths: ProjectPaths) -> None:
    published = Dataset.model_validate({"key": "farms", "source": {"doi": "10.5281/zenodo.1"}})
    with pytest.raises(SourceError, match=r"farms: expected .*samples/farms, .*no bundled sample"):
        resolve(published, paths, WEB)


def test_an_include_without_a_match_lists_what_is_there(paths: ProjectPaths) -> None:
    (paths.root / "in").mkdir()
    (paths.root / "in/a.geojson").touch()
    with pytest.raises(SourceError, match=r"matches include \(\*\.shp\)\. It holds: a\.geojson\."):
        resolve(_from("in", "*.shp"), paths, WEB)


def test_the_first_alternative_that_is_published_is_locked_and_a_better_one_at_the_next_update(
    paths: ProjectPaths,
) -> None:
    (paths.root / "in").mkdir()
    source = {"path": "in", "include_first": ["farms.gpkg", "farms.csv"]}
    farms = Dataset.model_validate({"key": KEY, "source": source})
    (paths.root / "in/notes.csv").touch()
    with pytest.raises(SourceError) as refused:
        resolve(farms, paths, WEB)
    assert str(refused.value) == (
        f"{KEY}: nothing in {paths.root / 'in'} matches include_first (farms.gpkg, farms.csv). It holds: notes.csv. "
        f"Correct datasets.{KEY}.source in params.yaml, for example `include_first: [notes.csv]`."
    )
    (paths.root / "in/farms.csv").touch()
    lock = resolve(farms, paths, WEB)
    assert ([file.name for file in lock.files], lock.source["include_first"]) == (
        ["farms.csv"],
        source["include_first"],
    )
    (paths.root / "in/farms.gpkg").touch()
    assert [file.name for file in resolve(farms, paths, WEB).files] == ["farms.csv"]
    assert [file.name for file in update(farms, paths, WEB).files] == ["farms.gpkg"]


def test_changes_name_what_is_gone_new_and_different() -> None:
    def lock(**files: int) -> Lock:
        return Lock("k", "path", {}, tuple(LockedFile(name, size, f"{name}{size}") for name, size in files.items()))

    assert changes(lock(a=1, b=1000, c=3), lock(b=2000, c=3, d=4)) == [
        "a is gone",
        "d is new (4 bytes)",
        "b changed (1,000 → 2,000 bytes)",
    ]
    assert changes(lock(a=1), lock(a=1)) == []
    assert changes(None, lock(a=1)) == ["a is new (1 bytes)"]
