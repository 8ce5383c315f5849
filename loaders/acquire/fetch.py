"""Fetch: download the locked files to `raw/<key>/`, verify them, and unpack the selected members of archives."""

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
from loaders.acquire.resolve import current_lock, resolve
from loaders.core.errors import ChecksumMismatchError, ReadError
from loaders.core.file_formats import UNPACKED_SUFFIX
from loaders.core.files import sha256
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset

log = logging.getLogger(__name__)


def fetch(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloader: Downloader) -> Path:
    """Put the locked files of a dataset into its raw folder.

    Local files (samples, the user's own) are linked, not copied. The link also lets DVC
    see that the file behind it has changed. Archives are unpacked next to themselves.

    Returns:
        The raw folder.

    Raises:
        SourceError: the source is gone, or cannot be downloaded.
        ChecksumMismatchError: a file is missing, or differs from the lock or from an earlier download.
        ReadError: an archive is damaged or hostile, or holds no selected member; or a file without a checksum
            does not match its ending.
    """
    if not lock.files:
        raise ChecksumMismatchError(f"{dataset.key}: the lock names no files. Run `make update KEY={dataset.key}`.")
    scratch_folder = paths.scratch(f"fetch-{dataset.key}")
    with _exclusive_fetch(scratch_folder):
        _fetch_to_scratch(dataset, lock, paths, downloader, scratch_folder)
    return paths.raw(dataset.key)


def confirm(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloader: Downloader) -> None:
    """Download the files of this lock without a checksum again, as `fetch` does with `downloader.force`.

    Raises:
        EoPvError: as for `fetch`; the files of the earlier fetch stay.
    """
    previous = read_receipt(paths.receipt(dataset.key)).for_lock(lock).published
    if any(file.name in previous and not file.checksum for file in lock.files):
        fetch(dataset, lock, paths, downloader.for_confirmation())


def _fetch_to_scratch(
    dataset: Dataset, lock: Lock, paths: ProjectPaths, downloader: Downloader, scratch_folder: Path
) -> None:
    """Assemble the raw folder in the scratch folder, then move it into place."""
    previous = read_receipt(paths.receipt(dataset.key)).for_lock(lock)
    try:
        current = _assemble(dataset, lock, paths, downloader, scratch_folder)
        if changed_names := changed_files(current, previous):
            if not downloader.force:
                raise changed_download_error(
                    dataset.key, changed_names, previous.sha256(changed_names[0]), current.sha256(changed_names[0])
                )
            _require_agreement(dataset, lock, paths, downloader, current)
            log.warning(_acceptance_warning(dataset.key, changed_names, current, previous))
        write_receipt(
            with_first_seen(current, previous, lock, datetime.now(UTC).date().isoformat()), paths.receipt(dataset.key)
        )
        replace_folder(scratch_folder, paths.raw(dataset.key))
    finally:
        shutil.rmtree(scratch_folder, ignore_errors=True)


def _assemble(
    dataset: Dataset, lock: Lock, paths: ProjectPaths, downloader: Downloader, scratch_folder: Path
) -> Receipt:
    """Assemble a folder: link verified files, unpack archives, check the content of files without a checksum."""
    shutil.rmtree(scratch_folder, ignore_errors=True)
    for name, path in _verified_paths(dataset, lock, paths, downloader).items():
        link_file(path, scratch_folder / name, paths, is_cached=lock.record is not None)
    try:
        unpack_archives(dataset, lock, scratch_folder, downloader.archive_limits)
        require_all_readable(lock, scratch_folder)
    except ReadError:
        downloader.forget_unproven(lock)  # or the cache would return it for ever
        raise
    return receipt_of_folder(lock, scratch_folder)


def _require_agreement(
    dataset: Dataset, lock: Lock, paths: ProjectPaths, downloader: Downloader, first: Receipt
) -> None:
    """Download once more, and refuse bytes that differ between both downloads.

    Raises:
        ChecksumMismatchError: the downloads differ.
    """
    scratch_folder = paths.scratch(f"fetch-{dataset.key}-again")
    try:
        second = _assemble(dataset, lock, paths, downloader.for_confirmation(), scratch_folder)
    finally:
        shutil.rmtree(scratch_folder, ignore_errors=True)
    if differing_names := changed_files(second, first):
        downloader.forget_unproven(lock)
        first_sha256, second_sha256 = (receipt.sha256(differing_names[0])[:12] for receipt in (first, second))
        raise ChecksumMismatchError(
            f"{dataset.key}: two fresh downloads of {', '.join(differing_names)} differ: sha256 {first_sha256}… and "
            f"{second_sha256}…. Something on the way changes it, or the publisher makes it anew each time; the former "
            f"files stay. Try `eo-pv fetch {dataset.key} --force` later, or download it yourself and say `source: "
            f"{{path: …}}` in params.yaml."
        )


def _acceptance_warning(key: str, changed_names: Sequence[str], current: Receipt, previous: Receipt) -> str:
    old_sha256, new_sha256 = (receipt.sha256(changed_names[0]) for receipt in (previous, current))
    return (
        f"{key}: {', '.join(changed_names)} came differently before (sha256 {old_sha256[:12]}…, now "
        f"{new_sha256[:12]}…). Two fresh downloads agree: the new bytes are accepted. Run `make all`."
    )


@contextmanager
def _exclusive_fetch(scratch_folder: Path) -> Iterator[None]:
    """Allow one fetch of a dataset at a time; the lock of a killed process is released."""
    scratch_folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(scratch_folder.with_name(f"{scratch_folder.name}.lock")):
        yield


def prefetch(dataset: Dataset, paths: ProjectPaths, downloader: Downloader) -> None:
    """Download the published files of a dataset into the cache, if they are not in its raw folder.

    Raises:
        SourceError: the source does not answer, or a file cannot be downloaded.
        ChecksumMismatchError: a file differs from the locked one.
    """
    if is_local(dataset, paths) or _is_fetched(dataset, paths):
        return
    with paths.timed(dataset.key, "prefetch"):
        lock = resolve(dataset, paths, downloader.client)
        if not unidentified_files(lock):  # the cache could not find them again
            downloader.files(dataset, lock, paths)


def _is_fetched(dataset: Dataset, paths: ProjectPaths) -> bool:
    """Whether the raw folder holds the locked files, by size alone: `fetch` compares digests if DVC finds a change."""
    lock = current_lock(dataset, paths)
    if lock is None or unidentified_files(lock):
        return lock is not None
    previous = read_receipt(paths.receipt(dataset.key)).for_lock(lock).published
    raw_paths = {file.name: paths.raw(dataset.key) / file.name for file in lock.files}
    sizes = {name: path.stat().st_size for name, path in raw_paths.items() if path.is_file()}
    known_sizes = {name: previous[name].bytes for name in raw_paths if name in previous}
    return sizes == known_sizes and len(sizes) == len(raw_paths)


def differences(lock: Lock, receipt: Receipt, paths: ProjectPaths) -> Iterator[str]:
    """The differences between the raw folder and its lock and receipt; one sentence per file."""
    receipt = receipt.for_lock(lock)
    folder = paths.raw(lock.dataset)
    expected = {file.name: receipt.published.get(file.name) for file in lock.files} | receipt.unpacked
    present_names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(present_names - set(expected)):
        yield f"{name} is not in the lock"
    for name in sorted(set(expected) - present_names):
        yield f"{name} is missing"
    locked_files = {file.name: file for file in lock.files}
    for name in sorted(present_names & set(expected)):
        path, fetched = folder / name, expected[name]
        if fetched is not None and (path.stat().st_size, sha256(path)) != (fetched.bytes, fetched.sha256):
            yield f"{name} has other bytes than were fetched"
        elif name in locked_files and not matches(locked_files[name], path):
            yield f"{name} is not the file that the lock names"
        elif fetched is None:
            yield f"{name} was never verified"


def proofs(lock: Lock, receipt: Receipt) -> Iterator[str]:
    """For a raw folder without differences: how many files a checksum proves, and when the others were first seen."""
    first_days = {file.name: receipt.published[file.name].first_seen for file in lock.files if not file.checksum}
    folders = tuple(f"{name}{UNPACKED_SUFFIX}/" for name in first_days)
    proven_names = [
        name for name in receipt.published | receipt.unpacked if not name.startswith(folders) and name not in first_days
    ]
    if proven_names or not first_days:
        yield f"{len(proven_names)} file(s) as locked"
    for name, day in sorted(first_days.items()):
        when = f"on {day}" if day else "(on a day that was not noted)"
        yield f"{name}: nobody states a checksum: as first seen {when}"


def _verified_paths(dataset: Dataset, lock: Lock, paths: ProjectPaths, downloader: Downloader) -> dict[str, Path]:
    """The verified file of each locked file."""
    if lock.record is not None:
        return downloader.files(dataset, lock, paths)
    sources = local_files(dataset, paths)
    for file in lock.files:
        _verify_local(file, sources.get(file.name), dataset.key)
    return {file.name: sources[file.name] for file in lock.files}


def _verify_local(file: LockedFile, path: Path | None, key: str) -> None:
    if path is not None and matches(file, path):
        return
    actual = f"{path.stat().st_size:,} bytes with another content" if path else "no such file"
    expected = f"{file.bytes or 0:,} bytes with {(file.checksum or '')[:19].replace(':', ' ')}…"
    raise ChecksumMismatchError(
        f"{key}: {file.name} is not what it was when its source was last asked: expected {expected}, found {actual}"
        f"{f' in {path}' if path else ''}. If the change is meant, accept it with `make update KEY={key}` and run "
        f"`make all` again."
    )
