"""Resolve `boundaries.release` to a release of Overture Maps, and lock it."""

from loaders.acquire.last_asked import write_last_asked
from loaders.boundaries.overture.extract import kept_release
from loaders.boundaries.overture.lock import (
    LockedPart,
    ReleaseLock,
    changes,
    read_release_lock,
    require_locked_files,
    write_release_lock,
)
from loaders.boundaries.overture.release import open_release
from loaders.boundaries.overture.releases import ALTERNATIVE, live_releases, schema_version
from loaders.core.errors import NoNetworkError, SourceError
from loaders.core.paths import OVERTURE, ProjectPaths
from loaders.http.client import HttpClient
from loaders.settings.build import LATEST, Boundaries


def resolve(settings: Boundaries, paths: ProjectPaths, web: HttpClient) -> ReleaseLock:
    """The lock of the release; Overture Maps is asked only without a current lock and without a kept extract.

    Raises:
        SourceError: no release can be found, or it cannot be reached.
    """
    if lock := current_lock(settings, paths):
        return lock
    lock = _kept_lock(settings, paths) or query_release(settings, web)
    write_release_lock(lock, paths.release_lock)
    return lock


def current_lock(settings: Boundaries, paths: ProjectPaths) -> ReleaseLock | None:
    """The lock; null if there is none, or if the settings name another release.

    Raises:
        SourceError: it is damaged.
    """
    lock = read_release_lock(paths.release_lock)
    return lock if lock and settings.release in {LATEST, lock.release} else None


def update(settings: Boundaries, paths: ProjectPaths, web: HttpClient) -> list[str]:
    """Ask Overture Maps, whatever the lock states, and replace the lock.

    Returns:
        The changes, one sentence each.

    Raises:
        SourceError: as for `resolve`.
    """
    try:
        former = read_release_lock(paths.release_lock)
    except SourceError:
        former = None
    lock = query_release(settings, web)
    write_release_lock(lock, paths.release_lock)
    write_last_asked(OVERTURE, paths)
    return changes(former, lock)


def query_release(settings: Boundaries, web: HttpClient) -> ReleaseLock:
    """What Overture Maps states about the release now, as a lock that is not written yet.

    Raises:
        SourceError: as for `resolve`.
    """
    name = live_releases(web)[0] if settings.release == LATEST else settings.release
    with open_release(settings.of_release(name), web) as release:
        files = tuple(LockedPart(file, size) for file, size in sorted(release.sizes.items()))
    return ReleaseLock(name, schema_version(name, web), files)


def require_release(settings: Boundaries, paths: ProjectPaths, web: HttpClient) -> ReleaseLock:
    """Require that boundaries can be read, before anything is downloaded; no lock is written.

    Returns:
        The release; Overture Maps is not asked where an extract of it is kept.

    Raises:
        SourceError: the release is gone, or cannot be reached; the message offers the bundled boundaries.
    """
    try:
        locked = current_lock(settings, paths) or _kept_lock(settings, paths)
        if locked and kept_release(settings, paths) == locked.release:
            return locked
        queried = query_release(settings.of_release(locked.release) if locked else settings, web)
        if locked:
            require_locked_files(locked, {file.name: file.bytes for file in queried.files})
    except NoNetworkError as error:
        raise NoNetworkError(f"{error} Boundaries need none if you {ALTERNATIVE}.") from error
    except SourceError as error:
        offer = "" if ALTERNATIVE in str(error) else f" Or {ALTERNATIVE}."
        raise SourceError(f"boundaries: {error}{offer}") from error
    return locked or queried


def _kept_lock(settings: Boundaries, paths: ProjectPaths) -> ReleaseLock | None:
    """A lock of the extract that is kept from before there was a lock, if it is of the release in the settings."""
    kept = kept_release(settings, paths)
    return ReleaseLock(kept) if kept and settings.release in {LATEST, kept} else None
