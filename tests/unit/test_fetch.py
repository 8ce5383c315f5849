import shutil
from pathlib import Path

import pytest

from loaders.acquire.downloader import Downloads
from loaders.acquire.fetch import differences, fetch
from loaders.acquire.lock import Lock
from loaders.acquire.receipt import read_seen
from loaders.acquire.resolve import resolve
from loaders.core.errors import ChecksumMismatchError, EoPvError
from loaders.core.paths import Workspace
from loaders.settings.params import Catalog, Dataset, read_catalog

KEY = "a_north_2020"
DATASETS = {"farms": {"source": {"path": "farms.geojson"}}}
DOWNLOADS = Downloads(Catalog.model_validate({"datasets": {k: {"key": k, **v} for k, v in DATASETS.items()}}))


def is_fetched(lock: Lock, workspace: Workspace) -> bool:
    """Whether the raw folder holds just the locked files and what is wanted of them, with the right bytes."""
    return not any(differences(lock, read_seen(workspace.seen(lock.dataset)), workspace))


@pytest.fixture
def north(project: Path) -> Dataset:
    return read_catalog(project / "params.yaml").dataset("north")


@pytest.fixture
def lock(north: Dataset, workspace: Workspace) -> Lock:
    return resolve(north, workspace, DOWNLOADS.web)


def test_a_fetched_file_is_a_link_to_the_same_bytes(
    north: Dataset, lock: Lock, workspace: Workspace, project: Path
) -> None:
    (fetched,) = fetch(north, lock, workspace, DOWNLOADS).iterdir()
    assert (fetched.name, fetched.is_symlink()) == ("north.geojson", True)
    assert fetched.samefile(project / "north.geojson")
    assert not fetched.readlink().is_absolute()


def test_a_project_may_be_moved_after_a_fetch(north: Dataset, lock: Lock, workspace: Workspace, project: Path) -> None:
    fetch(north, lock, workspace, DOWNLOADS)
    moved = project / "moved"
    moved.mkdir()
    for name in ("data", "north.geojson"):
        shutil.move(project / name, moved / name)
    assert is_fetched(lock, Workspace(moved, "sample"))


def test_a_file_outside_the_project_is_linked_by_its_full_path(tmp_path: Path, north: Dataset) -> None:
    inner = Workspace(tmp_path / "inner", "sample")
    inner.root.mkdir()
    outside = north.model_copy(update={"source": north.source.model_copy(update={"path": "../north.geojson"})})
    (fetched,) = fetch(outside, resolve(outside, inner, DOWNLOADS.web), inner, DOWNLOADS).iterdir()
    assert fetched.samefile(tmp_path / "north.geojson")


def test_fetching_again_leaves_nothing_of_a_former_file(
    north: Dataset, lock: Lock, workspace: Workspace, project: Path
) -> None:
    (fetch(north, lock, workspace, DOWNLOADS) / "former.geojson").touch()
    assert not is_fetched(lock, workspace)
    assert [path.name for path in fetch(north, lock, workspace, DOWNLOADS).iterdir()] == ["north.geojson"]
    assert is_fetched(lock, workspace)
    assert [path.name for path in (project / "data/sample/.work").iterdir()] == [f"fetch-{KEY}.lock"]


@pytest.mark.parametrize("content", ["", "{}"])
def test_a_changed_file_is_refused_and_the_fetched_ones_stay(
    north: Dataset, lock: Lock, workspace: Workspace, project: Path, content: str
) -> None:
    folder = fetch(north, lock, workspace, DOWNLOADS)
    (project / "north.geojson").write_text(content)
    with pytest.raises(ChecksumMismatchError) as refused:
        fetch(north, lock, workspace, DOWNLOADS)
    expected = [f"{KEY}: north.geojson", str(lock.files[0].checksum)[7:19], f"found {len(content)} bytes", f"KEY={KEY}"]
    assert [word for word in expected if word not in str(refused.value)] == []
    assert [path.name for path in folder.iterdir()] == ["north.geojson"]
    assert not is_fetched(lock, workspace)


def test_a_change_that_keeps_the_size_is_noticed(
    north: Dataset, lock: Lock, workspace: Workspace, project: Path
) -> None:
    path = project / "north.geojson"
    path.write_bytes(path.read_bytes().replace(b'"n0"', b'"n9"'))
    with pytest.raises(ChecksumMismatchError, match=f"make update KEY={KEY}"):
        fetch(north, lock, workspace, DOWNLOADS)


def test_a_missing_part_of_the_source_is_refused_by_name(workspace: Workspace, project: Path) -> None:
    (project / "in").mkdir()
    for name in ("a.shp", "a.dbf"):
        (project / "in" / name).write_text(name)
    farms = Dataset.model_validate({"key": "farms", "source": {"path": "in"}})
    locked = resolve(farms, workspace, DOWNLOADS.web)
    (project / "in/a.dbf").unlink()
    with pytest.raises(ChecksumMismatchError, match=r"farms: a\.dbf .*no such file"):
        fetch(farms, locked, workspace, DOWNLOADS)


def test_files_keep_their_folders(workspace: Workspace, project: Path) -> None:
    for name in ("in/a/x.geojson", "in/b/x.geojson"):
        (project / name).parent.mkdir(parents=True)
        (project / name).write_text(name)
    farms = Dataset.model_validate({"key": "farms", "source": {"path": "in"}})
    folder = fetch(farms, resolve(farms, workspace, DOWNLOADS.web), workspace, DOWNLOADS)
    assert [(folder / name).read_text() for name in ("a/x.geojson", "b/x.geojson")] == [
        "in/a/x.geojson",
        "in/b/x.geojson",
    ]


def test_a_lock_without_files_is_refused_not_a_crash(north: Dataset, workspace: Workspace) -> None:
    with pytest.raises(EoPvError):
        fetch(north, Lock(KEY, "path", {}, ()), workspace, DOWNLOADS)


def test_what_is_not_there_is_not_fetched(lock: Lock, workspace: Workspace) -> None:
    assert not is_fetched(lock, workspace)
