import shutil
import zipfile
from pathlib import Path

import pytest

from loaders.acquire.downloader import Downloader
from loaders.acquire.fetch import differences, fetch
from loaders.acquire.lock import Lock
from loaders.acquire.receipt import read_receipt
from loaders.acquire.resolve import resolve
from loaders.core.errors import ChecksumMismatchError, EoPvError
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset, Settings, read_settings

KEY = "a_north_2020"
DATASETS = {"farms": {"source": {"path": "farms.geojson"}}}
DOWNLOADS = Downloader(Settings.model_validate({"datasets": {k: {"key": k, **v} for k, v in DATASETS.items()}}))


def is_fetched(lock: Lock, paths: ProjectPaths) -> bool:
    """Whether the raw folder holds just the locked files and what is wanted of them, with the right bytes."""
    return not any(differences(lock, read_receipt(paths.receipt(lock.dataset)), paths))


@pytest.fixture
def north(project: Path) -> Dataset:
    return read_settings(project / "params.yaml").dataset("north")


@pytest.fixture
def lock(north: Dataset, paths: ProjectPaths) -> Lock:
    return resolve(north, paths, DOWNLOADS.client)


def test_a_fetched_file_is_a_link_to_the_same_bytes(
    north: Dataset, lock: Lock, paths: ProjectPaths, project: Path
) -> None:
    (fetched,) = fetch(north, lock, paths, DOWNLOADS).iterdir()
    assert (fetched.name, fetched.is_symlink()) == ("north.geojson", True)
    assert fetched.samefile(project / "north.geojson")
    assert not fetched.readlink().is_absolute()


def test_a_project_may_be_moved_after_a_fetch(north: Dataset, lock: Lock, paths: ProjectPaths, project: Path) -> None:
    fetch(north, lock, paths, DOWNLOADS)
    moved = project / "moved"
    moved.mkdir()
    for name in ("data", "north.geojson"):
        shutil.move(project / name, moved / name)
    assert is_fetched(lock, ProjectPaths(moved, "sample"))


def test_a_file_outside_the_project_is_linked_by_its_full_path(tmp_path: Path, north: Dataset) -> None:
    inner = ProjectPaths(tmp_path / "inner", "sample")
    inner.root.mkdir()
    outside = north.model_copy(update={"source": north.source.model_copy(update={"path": "../north.geojson"})})
    (fetched,) = fetch(outside, resolve(outside, inner, DOWNLOADS.client), inner, DOWNLOADS).iterdir()
    assert fetched.samefile(tmp_path / "north.geojson")


def test_fetching_again_leaves_nothing_of_a_former_file(
    north: Dataset, lock: Lock, paths: ProjectPaths, project: Path
) -> None:
    (fetch(north, lock, paths, DOWNLOADS) / "former.geojson").touch()
    assert not is_fetched(lock, paths)
    assert [path.name for path in fetch(north, lock, paths, DOWNLOADS).iterdir()] == ["north.geojson"]
    assert is_fetched(lock, paths)
    assert [path.name for path in (project / "data/sample/.work").iterdir()] == [f"fetch-{KEY}.lock"]


@pytest.mark.parametrize("content", ["", "{}"])
def test_a_changed_file_is_refused_and_the_fetched_ones_stay(
    north: Dataset, lock: Lock, paths: ProjectPaths, project: Path, content: str
) -> None:
    folder = fetch(north, lock, paths, DOWNLOADS)
    (project / "north.geojson").write_text(content)
    with pytest.raises(ChecksumMismatchError) as refused:
        fetch(north, lock, paths, DOWNLOADS)
    expected = [f"{KEY}: north.geojson", str(lock.files[0].checksum)[7:19], f"found {len(content)} bytes", f"KEY={KEY}"]
    assert [word for word in expected if word not in str(refused.value)] == []
    assert [path.name for path in folder.iterdir()] == ["north.geojson"]
    assert not is_fetched(lock, paths)


def test_a_change_that_keeps_the_size_is_noticed(
    north: Dataset, lock: Lock, paths: ProjectPaths, project: Path
) -> None:
    path = project / "north.geojson"
    path.write_bytes(path.read_bytes().replace(b'"n0"', b'"n9"'))
    with pytest.raises(ChecksumMismatchError, match=f"make update KEY={KEY}"):
        fetch(north, lock, paths, DOWNLOADS)


def test_a_missing_part_of_the_source_is_refused_by_name(paths: ProjectPaths, project: Path) -> None:
    (project / "in").mkdir()
    for name in ("a.shp", "a.dbf"):
        (project / "in" / name).write_text(name)
    farms = Dataset.model_validate({"key": "farms", "source": {"path": "in"}})
    locked = resolve(farms, paths, DOWNLOADS.client)
    (project / "in/a.dbf").unlink()
    with pytest.raises(ChecksumMismatchError, match=r"farms: a\.dbf .*no such file"):
        fetch(farms, locked, paths, DOWNLOADS)


def test_files_keep_their_folders(paths: ProjectPaths, project: Path) -> None:
    for name in ("in/a/x.geojson", "in/b/x.geojson"):
        (project / name).parent.mkdir(parents=True)
        (project / name).write_text(name)
    farms = Dataset.model_validate({"key": "farms", "source": {"path": "in"}})
    folder = fetch(farms, resolve(farms, paths, DOWNLOADS.client), paths, DOWNLOADS)
    assert [(folder / name).read_text() for name in ("a/x.geojson", "b/x.geojson")] == [
        "in/a/x.geojson",
        "in/b/x.geojson",
    ]


def test_a_lock_without_files_is_refused_not_a_crash(north: Dataset, paths: ProjectPaths) -> None:
    with pytest.raises(EoPvError):
        fetch(north, Lock(KEY, "path", {}, ()), paths, DOWNLOADS)


def test_what_is_not_there_is_not_fetched(lock: Lock, paths: ProjectPaths) -> None:
    assert not is_fetched(lock, paths)


def _farms_in_an_archive(paths: ProjectPaths, *members: str) -> Dataset:
    with zipfile.ZipFile(paths.root / "world.zip", "w") as archive:
        for member in members:
            archive.writestr(member, "id,x,y\n1,2,3\n")
    source = {"path": "world.zip", "include_first": ["farms.gpkg", "farms.csv"]}
    return Dataset.model_validate({"key": "farms", "source": source})


def test_of_alternatives_in_an_archive_the_first_one_is_unpacked(paths: ProjectPaths) -> None:
    farms = _farms_in_an_archive(paths, "in/farms.csv", "in/wind.csv")
    folder = fetch(farms, resolve(farms, paths, DOWNLOADS.client), paths, DOWNLOADS)
    assert [path.name for path in (folder / "world.zip.unpacked").rglob("*.*")] == ["farms.csv"]


def test_an_archive_without_any_alternative_shows_its_members_and_the_line_to_write(paths: ProjectPaths) -> None:
    farms = _farms_in_an_archive(paths, "in/farms_2020.csv", "in/wind.csv")
    with pytest.raises(EoPvError) as refused:
        fetch(farms, resolve(farms, paths, DOWNLOADS.client), paths, DOWNLOADS)
    assert str(refused.value).endswith(
        "The archives hold: world.zip/in/farms_2020.csv, world.zip/in/wind.csv. To load one of them, write "
        "`include_first: [world.zip/in/farms_2020.csv]`."
    )
