"""A release of Overture Maps is found once, locked, and asked for before anything is downloaded."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from loaders.boundaries.overture import resolve as resolving
from loaders.boundaries.overture.lock import (
    LockedPart,
    ReleaseLock,
    changes,
    keep_release_lock,
    read_release_lock,
    write_release_lock,
)
from loaders.boundaries.overture.resolve import require_release, resolve, update
from loaders.core.errors import NoNetworkError, SourceError
from loaders.core.paths import ProjectPaths
from loaders.core.prune import prune
from loaders.http.client import HttpClient
from loaders.settings.build import Boundaries
from loaders.settings.download import Download
from tests.overture import keep_extract

OLD, NEW = "2026-09-23.1", "2026-10-21.0"
WEB = HttpClient(Download())
LATEST = Boundaries()


class Overture:
    """Overture Maps as it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.releases: dict[str, dict[str, int]] = {OLD: {"part-0.parquet": 10}, NEW: {"part-0.parquet": 20}}
        self.error: SourceError | None = None
        self.asked = 0

    def live_releases(self, _: HttpClient) -> list[str]:
        self.asked += 1
        if self.error:
            raise self.error
        return sorted(self.releases, reverse=True)

    @contextmanager
    def open_release(self, settings: Boundaries, _: HttpClient) -> Iterator[Any]:
        self.asked += 1
        if self.error:
            raise self.error
        if settings.release not in self.releases:
            raise SourceError(f"it holds no release {settings.release}.")
        yield SimpleNamespace(sizes=self.releases[settings.release])


@pytest.fixture
def overture(monkeypatch: pytest.MonkeyPatch) -> Overture:
    found = Overture()
    monkeypatch.setattr(resolving, "live_releases", found.live_releases)
    monkeypatch.setattr(resolving, "open_release", found.open_release)
    monkeypatch.setattr(resolving, "schema_version", lambda name, _: {OLD: "1.9.0", NEW: "2.0.0"}[name])
    return found


def test_latest_becomes_a_lock_that_only_an_update_moves(overture: Overture, paths: ProjectPaths) -> None:
    del overture.releases[NEW]
    assert resolve(LATEST, paths, WEB) == ReleaseLock(OLD, "1.9.0", (LockedPart("part-0.parquet", 10),))
    assert json.loads(paths.release_lock.read_text()) == {
        "release": OLD,
        "schema": "1.9.0",
        "files": [{"name": "part-0.parquet", "bytes": 10}],
    }
    overture.releases[NEW], asked = {"part-0.parquet": 2_500_000}, overture.asked
    assert (resolve(LATEST, paths, WEB).release, overture.asked) == (OLD, asked)
    assert update(LATEST, paths, WEB) == [f"release {OLD} → {NEW}, schema 2.0.0 (1 file(s), 2.5 MB)"]
    assert update(LATEST, paths, WEB) == []
    assert resolve(LATEST, paths, WEB).release == NEW


def test_a_release_by_name_is_locked_too(overture: Overture, paths: ProjectPaths) -> None:
    assert resolve(Boundaries(release=OLD), paths, WEB).files == (LockedPart("part-0.parquet", 10),)
    assert resolve(LATEST, paths, WEB).release == OLD, "the lock stays"
    assert resolve(Boundaries(release=NEW), paths, WEB).release == NEW


def test_an_extract_that_is_kept_is_enough_even_if_its_release_is_gone(overture: Overture, paths: ProjectPaths) -> None:
    keep_extract(paths, OLD)
    overture.error = SourceError("it is down.")
    for settings in (LATEST, Boundaries(release=OLD)):
        assert require_release(settings, paths, WEB).release == OLD
        assert resolve(settings, paths, WEB) == ReleaseLock(OLD)
        paths.release_lock.unlink()
    assert overture.asked == 0
    write_release_lock(ReleaseLock(NEW), paths.release_lock)
    with pytest.raises(SourceError, match=r"it is down\."):
        require_release(LATEST, paths, WEB)


@pytest.mark.parametrize("error", [SourceError("it is down."), NoNetworkError("No network: x.")])
def test_overture_that_cannot_be_reached_is_an_error_that_offers_bundled_boundaries(
    error: SourceError, overture: Overture, paths: ProjectPaths
) -> None:
    overture.error = error
    with pytest.raises(type(error), match=re.escape("write `boundaries: {source: naturalearth}` in params.yaml")):
        require_release(LATEST, paths, WEB)
    assert not paths.release_lock.exists()


def test_a_locked_release_that_is_gone_or_has_changed_is_an_error_before_anything_is_read(
    overture: Overture, paths: ProjectPaths
) -> None:
    resolve(LATEST, paths, WEB)
    overture.releases[NEW] = {"part-0.parquet": 21_000_000}
    with pytest.raises(SourceError, match=r"other files than when .* found 1 file\(s\), 21\.0 MB\. Accept .*KEY=overt"):
        require_release(LATEST, paths, WEB)
    del overture.releases[NEW]
    with pytest.raises(SourceError, match=rf"boundaries: it holds no release {NEW}\. Or write `boundaries"):
        require_release(LATEST, paths, WEB)


def test_bundled_boundaries_leave_a_lock_as_it_is_or_write_one_without_a_release(paths: ProjectPaths) -> None:
    keep_release_lock(paths.release_lock)
    assert read_release_lock(paths.release_lock) is None
    write_release_lock(ReleaseLock(OLD), paths.release_lock)
    keep_release_lock(paths.release_lock)
    assert read_release_lock(paths.release_lock) == ReleaseLock(OLD)


def test_the_lock_is_no_remainder_of_a_removed_dataset(paths: ProjectPaths) -> None:
    for key in ("farms", "gone"):
        paths.lock(key).parent.mkdir(parents=True, exist_ok=True)
        paths.lock(key).write_text("{}")
    write_release_lock(ReleaseLock(OLD), paths.release_lock)
    assert prune(["farms"], paths) == ["gone"]
    assert sorted(path.name for path in paths.release_lock.parent.iterdir()) == ["farms.json", "overture.json"]


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"release": 1}', '{"release": "a", "files": [1]}'])
def test_a_damaged_lock_says_how_to_get_another(text: str, tmp_path: Path) -> None:
    path = tmp_path / "overture.json"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"overture: the lock .* is damaged .*`make update KEY=overture`"):
        read_release_lock(path)


def test_changes_of_schema_and_files_are_listed() -> None:
    old = ReleaseLock(OLD, "1.0.0", (LockedPart("a", 1),))
    new = ReleaseLock(OLD, "1.1.0", (LockedPart("a", 2_000_000),))
    assert changes(old, new) == ["schema 1.0.0 → 1.1.0", "its files changed (1 file(s), 2.0 MB)"]
    assert changes(None, ReleaseLock(OLD)) == [f"release none → {OLD} (0 file(s), 0.0 MB)"]
