"""Bring the files that a lock names to `raw/<key>/`, verified, and unpack what is wanted of its archives."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from filelock import FileLock

from loaders.archives import Limits, is_archive, unpack
from loaders.catalog import Dataset
from loaders.downloads import Downloads
from loaders.errors import ChecksumMismatchError, ReadError
from loaders.lock_changes import unidentified_files
from loaders.locks import UNPACKED, Lock, LockedFile, matches, sha256, statement
from loaders.publishers.local import is_local, local_files
from loaders.resolve import resolve
from loaders.seen import Seen, SeenFile, read_seen, seen_file, write_seen
from loaders.wanted import wanted_files, wanted_members
from loaders.workspace import Workspace


def fetch(dataset: Dataset, lock: Lock, workspace: Workspace, downloads: Downloads) -> Path:
    """Put the locked files of a dataset into its raw folder.

    Files that are on this disk already (samples, the user's own) are linked, not copied. The link also lets DVC
    see that a file behind it has changed. What is wanted of an archive is unpacked beside it.

    Returns:
        The raw folder.

    Raises:
        SourceError: the source is gone, or cannot be downloaded.
        ChecksumMismatchError: a file is missing or is not the one that the lock names, or came differently before.
        ReadError: an archive is damaged or hostile, or holds nothing that is wanted.
    """
    if not lock.files:
        raise ChecksumMismatchError(f"{dataset.key}: the lock names no files. Run `make update KEY={dataset.key}`.")
    fresh = workspace.scratch(f"fetch-{dataset.key}")
    with _alone(fresh):
        _fetch_aside(dataset, lock, workspace, downloads, fresh)
    return workspace.raw(dataset.key)


def _fetch_aside(dataset: Dataset, lock: Lock, workspace: Workspace, downloads: Downloads, fresh: Path) -> None:
    """Make the raw folder beside its place, then put it there."""
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        for name, path in _verified(dataset, lock, workspace, downloads).items():
            _place(path, fresh / name, workspace, is_ours=lock.record is not None)
        _unpack_archives(dataset, lock, fresh, downloads.archive_limits)
        seen = _seen(lock, fresh)
        _require_as_before(dataset.key, seen, read_seen(workspace.seen(dataset.key)).under(lock))
        write_seen(seen, workspace.seen(dataset.key))
        _replace_folder(fresh, workspace.raw(dataset.key))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _alone(fresh: Path) -> Iterator[None]:
    """One fetch of a dataset at a time in a checkout; a killed one holds nothing."""
    fresh.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(fresh.with_name(f"{fresh.name}.lock")):
        yield


def prefetch(dataset: Dataset, workspace: Workspace, downloads: Downloads) -> None:
    """Have the published files of a dataset in the download cache, if they are not in its raw folder.

    Raises:
        SourceError: the source cannot be asked, or a file cannot be downloaded.
        ChecksumMismatchError: the publisher sends something else than the lock says.
    """
    if is_local(dataset, workspace):
        return
    lock = resolve(dataset, workspace, downloads.web)
    if unidentified_files(lock):
        return  # in the cache, nothing would lead to them
    before = read_seen(workspace.seen(dataset.key)).under(lock).published
    places = {file.name: workspace.raw(dataset.key) / file.name for file in lock.files}
    sizes = {name: path.stat().st_size for name, path in places.items() if path.is_file()}
    # by their sizes alone: `fetch` looks closer if DVC finds that anything has changed
    if sizes != {name: before[name].bytes for name in places if name in before} or len(sizes) < len(places):
        downloads.files(dataset, lock, workspace)


def differences(lock: Lock, seen: Seen, workspace: Workspace) -> Iterator[str]:
    """What in the raw folder is not as the lock and the last fetch say; one sentence a file."""
    seen = seen.under(lock)
    folder = workspace.raw(lock.dataset)
    expected = {file.name: seen.published.get(file.name) for file in lock.files} | seen.unpacked
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(present - set(expected)):
        yield f"{name} is not in the lock"
    for name in sorted(set(expected) - present):
        yield f"{name} is missing"
    locked = {file.name: file for file in lock.files}
    for name in sorted(present & set(expected)):
        path, before = folder / name, expected[name]
        if before is not None and (path.stat().st_size, sha256(path)) != (before.bytes, before.sha256):
            yield f"{name} has other bytes than were fetched"
        elif name in locked and not matches(locked[name], path):
            yield f"{name} is not the file that the lock names"
        elif before is None:
            yield f"{name} was never verified"


def _verified(dataset: Dataset, lock: Lock, workspace: Workspace, downloads: Downloads) -> dict[str, Path]:
    """Where the bytes of each locked file are, verified."""
    if lock.record is not None:
        return downloads.files(dataset, lock, workspace)
    sources = local_files(dataset, workspace)
    for file in lock.files:
        _verify_local(file, sources.get(file.name), dataset.key)
    return {file.name: sources[file.name] for file in lock.files}


def _verify_local(file: LockedFile, path: Path | None, key: str) -> None:
    if path is not None and matches(file, path):
        return
    found = f"{path.stat().st_size:,} bytes with another content" if path else "no such file"
    expected = f"{file.bytes or 0:,} bytes with {(file.checksum or '')[:19].replace(':', ' ')}…"
    raise ChecksumMismatchError(
        f"{key}: {file.name} is not what it was when its source was last asked: expected {expected}, found {found}"
        f"{f' in {path}' if path else ''}. If the change is meant, accept it with `make update KEY={key}` and run "
        f"`make all` again."
    )


def _place(target: Path, place: Path, workspace: Workspace, *, is_ours: bool) -> None:
    """Link a file: to the download cache by a second name, which costs nothing and outlives the cache."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not is_ours:
        inside = target.is_relative_to(workspace.root)  # relative, so that the project's folder may be moved
        # from where the link will stand, which is as deep as where it is made: data/<origin>/x/<key>/
        place.symlink_to(os.path.relpath(target, place.parent) if inside else target)
        return
    try:
        place.hardlink_to(target)
    except OSError:  # another disk, or one without links
        shutil.copyfile(target, place)


def _unpack_archives(dataset: Dataset, lock: Lock, fresh: Path, limits: Limits) -> None:
    held: list[str] = []

    def chosen(archive: str, members: Sequence[str]) -> list[str]:
        held.extend(f"{archive}/{member}" for member in members)
        return wanted_members(members, archive, dataset.source)

    for name in (file.name for file in lock.files if is_archive(file.name)):
        folder = fresh / f"{name}{UNPACKED}"
        folder.mkdir(parents=True)
        unpack(fresh / name, name, folder, partial(chosen, name), limits, dataset.key)
        if not any(folder.iterdir()):
            folder.rmdir()
    if not held:
        return
    try:
        wanted_files(fresh, dataset.source, dataset.key)
    except ReadError as error:
        raise ReadError(f"{error} The archives hold: {', '.join(held[:50])}.") from error


def _seen(lock: Lock, fresh: Path) -> Seen:
    paths = {path.relative_to(fresh).as_posix(): path for path in sorted(fresh.rglob("*")) if path.is_file()}
    found = {name: seen_file(path) for name, path in paths.items()}
    published = {file.name: statement(lock.record, file) for file in lock.files}
    return Seen(
        published={name: replace(file, stated=published[name]) for name, file in found.items() if name in published},
        unpacked={name: file for name, file in found.items() if name not in published},
    )


def _require_as_before(key: str, seen: Seen, before: Seen) -> None:
    """Refuse data that differ from what came before under the same lock.

    An archive that a publisher packs anew for every download is told by what is in it.
    """
    known = before.unpacked | {name: file for name, file in before.published.items() if not is_archive(name)}
    found = seen.unpacked | seen.published
    changed = [name for name, file in known.items() if name in found and found[name] != file]
    if changed:
        raise ChecksumMismatchError(
            f"{key}: {', '.join(changed)} came differently before: expected sha256 {_short(known[changed[0]])}, found "
            f"{_short(found[changed[0]])}. The publisher replaced it without saying so. Accept it with "
            f"`make update KEY={key}`, then `make all`."
        )


def _short(file: SeenFile) -> str:
    return f"{file.sha256[:12]}…"


def _replace_folder(fresh: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        shutil.rmtree(place)
    fresh.replace(place)
