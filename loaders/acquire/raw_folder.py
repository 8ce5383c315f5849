"""Assembly of a raw folder: linked files, unpacked archives, and the receipt of both."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from loaders.acquire.archives.unpack import unpack
from loaders.acquire.archives.unpack_checks import Limits
from loaders.acquire.content_check import require_readable
from loaders.acquire.lock import Lock, content_identity
from loaders.acquire.receipt import Receipt, describe_file
from loaders.core.errors import ReadError
from loaders.core.file_formats import UNPACKED_SUFFIX, is_archive
from loaders.core.paths import ProjectPaths
from loaders.settings.file_selection import include_line, select_files, select_members
from loaders.settings.params import Dataset


def link_file(target: Path, link: Path, paths: ProjectPaths, *, is_cached: bool) -> None:
    """Link a file: a hard link into the cache, which outlives it, or a symbolic link to the user's own file."""
    link.parent.mkdir(parents=True, exist_ok=True)
    if not is_cached:
        is_inside = target.is_relative_to(paths.root)  # relative, so that the project can be moved
        # relative to the final folder, which is as deep as the scratch folder: data/<origin>/x/<key>/
        link.symlink_to(os.path.relpath(target, link.parent) if is_inside else target)
        return
    try:
        link.hardlink_to(target)
    except OSError:  # another disk, or one without hard links
        shutil.copy2(target, link)  # with its date, by which a file that was loaded ahead is known again


def unpack_archives(dataset: Dataset, lock: Lock, scratch_folder: Path, limits: Limits) -> None:
    """Unpack the selected members of the archives in a folder, each next to its archive.

    Raises:
        ReadError: an archive is damaged or hostile, or holds no selected member.
    """
    member_names: list[str] = []

    def select(archive: str, members: Sequence[str]) -> list[str]:
        member_names.extend(f"{archive}/{member}" for member in members)
        return select_members(members, archive, dataset.source)

    for name in (file.name for file in lock.files if is_archive(file.name)):
        folder = scratch_folder / f"{name}{UNPACKED_SUFFIX}"
        folder.mkdir(parents=True)
        unpack(scratch_folder / name, name, folder, partial(select, name), limits, dataset.key)
        if not any(folder.iterdir()):
            folder.rmdir()
    if not member_names:
        return
    try:
        select_files(scratch_folder, dataset.source, dataset.key)
    except ReadError as error:
        line = include_line(dataset.source, member_names)
        example = f" To load one of them, write `{line}`." if line else ""
        raise ReadError(f"{error} The archives hold: {', '.join(member_names[:50])}.{example}") from error


def require_all_readable(lock: Lock, scratch_folder: Path) -> None:
    """Check the content of files without a checksum, and of their members."""
    for file in lock.files:
        unpacked = sorted((scratch_folder / f"{file.name}{UNPACKED_SUFFIX}").rglob("*"))
        for path in (scratch_folder / file.name, *unpacked):
            if not file.checksum and path.is_file():
                require_readable(path, path.relative_to(scratch_folder).as_posix(), lock.dataset)


def receipt_of_folder(lock: Lock, scratch_folder: Path) -> Receipt:
    """The receipt of all files in a folder."""
    paths = {
        path.relative_to(scratch_folder).as_posix(): path
        for path in sorted(scratch_folder.rglob("*"))
        if path.is_file()
    }
    files = {name: describe_file(path) for name, path in paths.items()}
    identities = {file.name: content_identity(lock.record, file) for file in lock.files}
    return Receipt(
        published={name: replace(file, stated=identities[name]) for name, file in files.items() if name in identities},
        unpacked={name: file for name, file in files.items() if name not in identities},
    )


def replace_folder(scratch_folder: Path, destination: Path) -> None:
    """Replace a folder by another."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    if destination.exists():
        shutil.rmtree(destination)
    scratch_folder.replace(destination)
