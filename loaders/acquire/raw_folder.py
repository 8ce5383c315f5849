"""A raw folder while it is made: files linked into place, archives unpacked, and a receipt of all that is there."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from loaders.acquire.archives.unpack import Limits, unpack
from loaders.acquire.content_check import require_readable
from loaders.acquire.lock import Lock, content_identity
from loaders.acquire.receipt import Receipt, describe_file
from loaders.core.errors import ReadError
from loaders.core.file_formats import UNPACKED_SUFFIX, is_archive
from loaders.core.paths import ProjectPaths
from loaders.settings.file_selection import select_files, select_members
from loaders.settings.params import Dataset


def link_file(target: Path, place: Path, paths: ProjectPaths, *, is_ours: bool) -> None:
    """Link a file: to the download cache by a second name, which costs nothing and outlives the cache."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not is_ours:
        inside = target.is_relative_to(paths.root)  # relative, so that the project's folder may be moved
        # from where the link will stand, which is as deep as where it is made: data/<origin>/x/<key>/
        place.symlink_to(os.path.relpath(target, place.parent) if inside else target)
        return
    try:
        place.hardlink_to(target)
    except OSError:  # another disk, or one without links
        shutil.copyfile(target, place)


def unpack_archives(dataset: Dataset, lock: Lock, fresh: Path, limits: Limits) -> None:
    """Unpack what is wanted of the archives in a folder, next to each of them.

    Raises:
        ReadError: an archive is damaged or hostile, or holds nothing that is wanted.
    """
    held: list[str] = []

    def chosen(archive: str, members: Sequence[str]) -> list[str]:
        held.extend(f"{archive}/{member}" for member in members)
        return select_members(members, archive, dataset.source)

    for name in (file.name for file in lock.files if is_archive(file.name)):
        folder = fresh / f"{name}{UNPACKED_SUFFIX}"
        folder.mkdir(parents=True)
        unpack(fresh / name, name, folder, partial(chosen, name), limits, dataset.key)
        if not any(folder.iterdir()):
            folder.rmdir()
    if not held:
        return
    try:
        select_files(fresh, dataset.source, dataset.key)
    except ReadError as error:
        raise ReadError(f"{error} The archives hold: {', '.join(held[:50])}.") from error


def require_all_readable(lock: Lock, fresh: Path) -> None:
    """Look at the files that no checksum proves, and at what is in them."""
    for file in lock.files:
        inside = sorted((fresh / f"{file.name}{UNPACKED_SUFFIX}").rglob("*"))
        for path in (fresh / file.name, *inside):
            if not file.checksum and path.is_file():
                require_readable(path, path.relative_to(fresh).as_posix(), lock.dataset)


def receipt_of_folder(lock: Lock, fresh: Path) -> Receipt:
    """The receipt of all that is in a folder."""
    paths = {path.relative_to(fresh).as_posix(): path for path in sorted(fresh.rglob("*")) if path.is_file()}
    found = {name: describe_file(path) for name, path in paths.items()}
    published = {file.name: content_identity(lock.record, file) for file in lock.files}
    return Receipt(
        published={name: replace(file, stated=published[name]) for name, file in found.items() if name in published},
        unpacked={name: file for name, file in found.items() if name not in published},
    )


def replace_folder(fresh: Path, place: Path) -> None:
    """Put a folder into the place of another."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    fresh.replace(place)
