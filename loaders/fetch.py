"""Bring the files that a lock names to `raw/<key>/`, verified, and nothing else."""

import os
import shutil
from pathlib import Path

from loaders.catalog import Dataset
from loaders.errors import ChecksumMismatchError
from loaders.locks import Lock, LockedFile, sha256
from loaders.resolve import local_files
from loaders.workspace import Workspace


def fetch(dataset: Dataset, lock: Lock, workspace: Workspace) -> Path:
    """Put the locked files of a dataset into its raw folder.

    Files that are on this disk already (samples, the user's own) are linked, not copied. The link also lets DVC
    see that a file behind it has changed.

    Returns:
        The raw folder.

    Raises:
        SourceError: the source is gone.
        ChecksumMismatchError: a file is missing or is not the one that the lock names.
    """
    if not lock.files:
        raise ChecksumMismatchError(f"{dataset.key}: the lock names no files. Run `make update KEY={dataset.key}`.")
    sources = local_files(dataset, workspace)
    for file in lock.files:
        _verify(file, sources.get(file.name), dataset.key)
    fresh = workspace.scratch(f"fetch-{dataset.key}")
    shutil.rmtree(fresh, ignore_errors=True)
    for file in lock.files:
        _link(sources[file.name], fresh / file.name, workspace)
    _replace_folder(fresh, workspace.raw(dataset.key))
    return workspace.raw(dataset.key)


def is_fetched(lock: Lock, workspace: Workspace) -> bool:
    """Whether the raw folder holds just the locked files, with the right bytes."""
    folder = workspace.raw(lock.dataset)
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    expected = {file.name for file in lock.files}
    return present == expected and all(_matches(file, folder / file.name) for file in lock.files)


def _matches(file: LockedFile, path: Path) -> bool:
    return path.stat().st_size == file.bytes and sha256(path) == file.sha256


def _verify(file: LockedFile, path: Path | None, key: str) -> None:
    if path is not None and _matches(file, path):
        return
    found = f"{path.stat().st_size:,} bytes with another content" if path else "no such file"
    raise ChecksumMismatchError(
        f"{key}: {file.name} is not what it was when its source was last asked: expected {file.bytes:,} bytes with "
        f"sha256 {file.sha256[:12]}…, found {found}{f' in {path}' if path else ''}. If the change is meant, "
        f"accept it with `make update KEY={key}` and run `make all` again."
    )


def _link(target: Path, link: Path, workspace: Workspace) -> None:
    """Link a file, relative inside the project, so that its folder may be moved."""
    link.parent.mkdir(parents=True, exist_ok=True)
    inside = target.is_relative_to(workspace.root)
    # from where the link will stand, which is as deep as where it is made: data/<origin>/x/<key>/
    link.symlink_to(os.path.relpath(target, link.parent) if inside else target)


def _replace_folder(fresh: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    fresh.replace(place)
