"""The lock of Overture Maps, for the commands that resolve, update and prefetch."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from loaders.core.errors import EoPvError
from loaders.core.paths import OVERTURE, ProjectPaths
from loaders.core.terminal import out
from loaders.settings.params import Settings

if TYPE_CHECKING:
    from loaders.http.client import HttpClient


def lock_boundaries(settings: Settings, paths: ProjectPaths, web: "HttpClient") -> None:
    """Lock the release that boundaries are read from, if they are Overture's and there is no lock.

    Raises:
        SourceError: the release is gone, or cannot be reached.
    """
    if settings.boundary_source != OVERTURE:
        return
    from loaders.boundaries.overture.lock import write_release_lock
    from loaders.boundaries.overture.resolve import current_lock, require_release

    boundaries = settings.boundaries.below(paths.root)
    lock = require_release(boundaries, paths, web)
    if current_lock(boundaries, paths) is None:
        write_release_lock(lock, paths.release_lock)
        out.print(f"{OVERTURE}: release {lock.release} is locked")


def update_boundaries(
    settings: Settings, paths: ProjectPaths, web: "HttpClient", names: Collection[str]
) -> list[EoPvError]:
    """Move the lock of Overture Maps and report the change, if all is updated or it is named.

    Returns:
        The error, if it failed.
    """
    if names and OVERTURE not in names:
        return []
    if settings.boundary_source != OVERTURE:
        if names:
            out.print(f"{OVERTURE}: nothing to ask: origin {settings.origin} takes the bundled boundaries")
        return []
    from loaders.boundaries.overture.resolve import update

    try:
        changes = update(settings.boundaries.below(paths.root), paths, web)
    except EoPvError as error:
        return [error]
    out.print(f"{OVERTURE}: {'; '.join(changes) or 'nothing changed'}")
    return []


def boundaries_line(settings: Settings, paths: ProjectPaths) -> str | None:
    """What would be read of Overture Maps, in one sentence; null for bundled boundaries. Nobody is asked."""
    if settings.boundary_source != OVERTURE:
        return None
    from loaders.boundaries.overture.extract import kept_release
    from loaders.boundaries.overture.resolve import current_lock

    lock = current_lock(settings.boundaries, paths)
    if lock and kept_release(settings.boundaries, paths) == lock.release:
        return f"{OVERTURE}: release {lock.release} is locked and kept; only what is around new records would be read."
    release = f"release {lock.release}, locked" if lock else f"release {settings.boundaries.release}, no lock yet"
    return f"{OVERTURE}: {release}; what is around the records would be read, size unknown."
