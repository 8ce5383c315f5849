"""Bring the files that a lock names to `raw/<key>/`, verified, and unpack what is wanted of its archives."""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from loaders.acquire.downloader import Downloader
from loaders.acquire.lock import Lock, LockedFile, matches
from loaders.acquire.lock_diff import unidentified_files
from loaders.acquire.publishers.local import is_local, local_files
from loaders.acquire.raw_folder import (
    link_file,
    receipt_of_folder,
    replace_folder,
    require_all_readable,
    unpack_archives,
)
from loaders.acquire.receipt import (
    Receipt,
    changed_download_error,
    changed_files,
    read_receipt,
    with_first_seen,
    write_receipt,
)
from loaders.acquire.resolve import resolve
from loaders.core.errors import ChecksumMismatchError, ReadError
from loaders.core.file_formats import UNPACKED_SUFFIX
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset

log = logging.getLogger(__name__)


def fetch(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloads: Downloader) -> Path:
    """Put the locked files of a dataset into its raw folder.

    Files that are on this disk already (samples, the user's own) are linked, not copied. The link also lets DVC
    see that a file behind it has changed. What is wanted of an archive is unpacked beside it.

    Returns:
        The raw folder.

    Raises:
        SourceError: the source is gone, or cannot be downloaded.
        ChecksumMismatchError: a file is missing or is not the one that the lock names, or came differently before.
        ReadError: an archive is damaged or hostile, or holds nothing that is wanted; or a file that no checksum proves
            is not what its name says.
    """
    if not lock.files:
        raise ChecksumMismatchError(f"{dataset.key}: the lock names no files. Run `make update KEY={dataset.key}`.")
    fresh = paths.scratch(f"fetch-{dataset.key}")
    with _alone(fresh):
        _fetch_aside(dataset, lock, paths, downloads, fresh)
    return paths.raw(dataset.key)


def confirm(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloads: Downloader) -> None:
    """Download again what was fetched under this lock and no checksum proves; see `fetch` with `downloads.force`.

    Raises:
        EoPvError: as for `fetch`; the files that were fetched before stay.
    """
    before = read_receipt(paths.receipt(dataset.key)).for_lock(lock).published
    if any(file.name in before and not file.checksum for file in lock.files):
        fetch(dataset, lock, paths, downloads.for_confirmation())


def _fetch_aside(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloads: Downloader, fresh: Path) -> None:
    """Make the raw folder beside its place, then put it there."""
    before = read_receipt(paths.receipt(dataset.key)).for_lock(lock)
    try:
        after = _assembled(dataset, lock, paths, downloads, fresh)
        if changed := changed_files(after, before):
            if not downloads.force:
                raise changed_download_error(dataset.key, changed, before.sha256(changed[0]), after.sha256(changed[0]))
            _require_agreement(dataset, lock, paths, downloads, after)
            log.warning(_acceptance(dataset.key, changed, after, before))
        write_receipt(
            with_first_seen(after, before, lock, datetime.now(UTC).date().isoformat()), paths.receipt(dataset.key)
        )
        replace_folder(fresh, paths.raw(dataset.key))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _assembled(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloads: Downloader, fresh: Path) -> Receipt:
    """Put everything into a folder: verified, unpacked, and what no checksum proves looked at."""
    shutil.rmtree(fresh, ignore_errors=True)
    for name, path in _verified(dataset, lock, paths, downloads).items():
        link_file(path, fresh / name, paths, is_ours=lock.record is not None)
    try:
        unpack_archives(dataset, lock, fresh, downloads.archive_limits)
        require_all_readable(lock, fresh)
    except ReadError:
        downloads.forget_unproven(lock)  # or it would be found in the cache for ever
        raise
    return receipt_of_folder(lock, fresh)


def _require_agreement(
    dataset: Dataset, lock: Lock, paths: ProjectPaths, downloads: Downloader, first: Receipt
) -> None:
    """Download once more, and refuse bytes that are not the same both times.

    Raises:
        ChecksumMismatchError: they are not.
    """
    aside = paths.scratch(f"fetch-{dataset.key}-again")
    try:
        second = _assembled(dataset, lock, paths, downloads.for_confirmation(), aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if differing := changed_files(second, first):
        downloads.forget_unproven(lock)
        one, other = (receipt.sha256(differing[0])[:12] for receipt in (first, second))
        raise ChecksumMismatchError(
            f"{dataset.key}: two fresh downloads of {', '.join(differing)} differ: sha256 {one}… and {other}…. "
            f"Something on the way changes it, or the publisher makes it anew each time; the former files stay. "
            f"Try `eo-pv fetch {dataset.key} --force` later, or download it yourself and say `source: {{path: …}}` in "
            f"params.yaml."
        )


def _acceptance(key: str, changed: Sequence[str], after: Receipt, before: Receipt) -> str:
    then, now = (receipt.sha256(changed[0]) for receipt in (before, after))
    return (
        f"{key}: {', '.join(changed)} came differently before (sha256 {then[:12]}…, now {now[:12]}…). Two fresh "
        f"downloads agree: the new bytes are accepted. Run `make all`."
    )


@contextmanager
def _alone(fresh: Path) -> Iterator[None]:
    """One fetch of a dataset at a time in a checkout; a killed one holds nothing."""
    fresh.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(fresh.with_name(f"{fresh.name}.lock")):
        yield


def prefetch(dataset: Dataset, paths: ProjectPaths, downloads: Downloader) -> None:
    """Have the published files of a dataset in the download cache, if they are not in its raw folder.

    Raises:
        SourceError: the source cannot be asked, or a file cannot be downloaded.
        ChecksumMismatchError: the publisher sends something else than the lock says.
    """
    if is_local(dataset, paths):
        return
    lock = resolve(dataset, paths, downloads.web)
    if unidentified_files(lock):
        return  # in the cache, nothing would lead to them
    before = read_receipt(paths.receipt(dataset.key)).for_lock(lock).published
    places = {file.name: paths.raw(dataset.key) / file.name for file in lock.files}
    sizes = {name: path.stat().st_size for name, path in places.items() if path.is_file()}
    # by their sizes alone: `fetch` looks closer if DVC finds that anything has changed
    if sizes != {name: before[name].bytes for name in places if name in before} or len(sizes) < len(places):
        downloads.files(dataset, lock, paths)


def differences(lock: Lock, receipt: Receipt, paths: ProjectPaths) -> Iterator[str]:
    """What in the raw folder is not as the lock and the last fetch say; one sentence a file."""
    receipt = receipt.for_lock(lock)
    folder = paths.raw(lock.dataset)
    expected = {file.name: receipt.published.get(file.name) for file in lock.files} | receipt.unpacked
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


def proofs(lock: Lock, receipt: Receipt) -> Iterator[str]:
    """Of a raw folder without differences: how many files a checksum proves, and when the others first came."""
    unproven = {file.name: receipt.published[file.name].first_seen for file in lock.files if not file.checksum}
    folders = tuple(f"{name}{UNPACKED_SUFFIX}/" for name in unproven)
    proven = [
        name for name in receipt.published | receipt.unpacked if not name.startswith(folders) and name not in unproven
    ]
    if proven or not unproven:
        yield f"{len(proven)} file(s) as locked"
    for name, day in sorted(unproven.items()):
        when = f"on {day}" if day else "(on a day that was not noted)"
        yield f"{name}: nobody states a checksum: as first seen {when}"


def _verified(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloads: Downloader) -> dict[str, Path]:
    """Where the bytes of each locked file are, verified."""
    if lock.record is not None:
        return downloads.files(dataset, lock, paths)
    sources = local_files(dataset, paths)
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
