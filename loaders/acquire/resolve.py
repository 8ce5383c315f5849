"""Resolve: query a source, and write the result as a lock."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from loaders.acquire import publishers
from loaders.acquire.archives.unpack import require_safe_name
from loaders.acquire.archives.unpack_checks import case_folded
from loaders.acquire.last_asked import write_last_asked
from loaders.acquire.lock import Lock, LockedFile, Record, read_lock, read_lock_if_valid, write_lock
from loaders.acquire.lock_diff import with_former_checksums
from loaders.acquire.publishers import local
from loaders.acquire.receipt import Receipt, read_receipt, write_receipt
from loaders.core.errors import SourceError
from loaders.core.file_formats import UNPACKED_SUFFIX, geodatabase
from loaders.core.paths import ProjectPaths
from loaders.settings.file_selection import add_parts, include_line, main_files, select_names
from loaders.settings.params import Dataset

if TYPE_CHECKING:
    from loaders.http.client import HttpClient

MAX_LISTED = 50


def resolve(dataset: Dataset, paths: ProjectPaths, client: "HttpClient") -> Lock:
    """The lock of a dataset; the source is queried only without a current lock.

    Raises:
        SourceError: the source cannot be reached, is empty, or holds no matching file.
    """
    return current_lock(dataset, paths) or update(dataset, paths, client)


def current_lock(dataset: Dataset, paths: ProjectPaths) -> Lock | None:
    """The lock of a dataset; null if it is missing, or of another source than in the settings."""
    path = paths.lock(dataset.key)
    lock = read_lock(path) if path.exists() else None
    expected = (dataset.source.as_stated, _origin(dataset, paths))
    return lock if lock and (lock.source, lock.origin) == expected else None


def update(dataset: Dataset, paths: ProjectPaths, client: "HttpClient") -> Lock:
    """Query the source again, whatever the lock states, and replace the lock.

    The receipt of changed files is dropped: their next download is accepted.

    Raises:
        SourceError: as for `resolve`.
    """
    former, receipt = read_lock_if_valid(paths.lock(dataset.key)), paths.receipt(dataset.key)
    lock = with_former_checksums(former, query_source(dataset, paths, client))
    if former and former.source == lock.source and _was_queried_by_head(lock) and _was_never_fetched(lock, receipt):
        lock = with_former_checksums(former, query_source(dataset, paths, client, verify_head=True))
    if receipt.exists():
        write_receipt(_receipt_or_empty(receipt).for_lock(lock), receipt)
    write_lock(lock, paths.lock(dataset.key))
    write_last_asked(dataset.key, paths)
    return lock


def query_source(dataset: Dataset, paths: ProjectPaths, client: "HttpClient", *, verify_head: bool = False) -> Lock:
    """The current state of the source, as a lock that is not written yet.

    Args:
        dataset: the dataset to query.
        paths: the project's paths.
        client: sends the requests.
        verify_head: whether to confirm the headers of HEAD by GET, since a file could not be downloaded before.

    Raises:
        SourceError: as for `resolve`.
    """
    record: Record | None = None
    if local.is_local(dataset, paths):
        local_paths = local.local_files(dataset, paths)
        selected = _matching_names(dataset, local_paths, str(local.source_path(dataset, paths)))
        files = [local.locked_file(local_paths[name], name) for name in selected]
    else:
        record, listed_files = publishers.query(dataset, client, verify_head=verify_head)
        files = _select_files(dataset, {file.name: file for file in listed_files}, record.id)
        _require_distinct(dataset, [file for file in listed_files if file.name in {each.name for each in files}])
    return Lock(
        dataset=dataset.key,
        origin=_origin(dataset, paths),
        source=dataset.source.as_stated,
        files=tuple(sorted(files, key=lambda file: file.name)),
        record=record,
    )


def required_lock(dataset: Dataset, paths: ProjectPaths) -> Lock:
    """The lock of the source in the settings.

    Raises:
        SourceError: the lock is missing, or of another source.
    """
    lock = current_lock(dataset, paths)
    if lock is None and paths.lock(dataset.key).exists():
        raise SourceError(
            f"{dataset.key}: its lock is of another source than params.yaml states now. Run `eo-pv resolve "
            f"{dataset.key}`, or `make all`."
        )
    return lock or read_lock(paths.lock(dataset.key))


def _was_queried_by_head(lock: Lock) -> bool:
    return lock.record is not None and lock.record.repository in {"github", "url"}


def _was_never_fetched(lock: Lock, receipt: Path) -> bool:
    """Whether the receipt lacks a file of this lock without a checksum."""
    fetched = _receipt_or_empty(receipt).for_lock(lock).published
    return any(file.name not in fetched and not file.checksum for file in lock.files)


def _receipt_or_empty(path: Path) -> Receipt:
    try:
        return read_receipt(path)
    except SourceError:
        return Receipt()


def _select_files(dataset: Dataset, listed_files: Mapping[str, LockedFile], location: str) -> list[LockedFile]:
    """The selected files of a published record, which may be large: an ambiguous selection is refused."""
    selected = _matching_names(dataset, listed_files, location)
    data = main_files(selected, with_archives=True)
    is_ambiguous = len({geodatabase(name) or name for name in data}) != 1
    if not dataset.source.patterns and dataset.source.kind in {"doi", "url"}:
        if is_ambiguous and len(selected) != 1:
            sizes = (f"{name} ({(listed_files[name].bytes or 0) / 1e6:,.1f} MB)" for name in sorted(listed_files))
            raise SourceError(
                f"{dataset.key}: {location} holds several files: {', '.join(sizes)}. "
                f"Name what is wanted in datasets.{dataset.key}.source.include in params.yaml."
            )
        selected = sorted(add_parts(data, selected)) if data else selected
    return [listed_files[name] for name in selected]


def _matching_names(dataset: Dataset, names: Collection[str], location: str) -> list[str]:
    """The names that match the patterns.

    Raises:
        SourceError: a pattern matches nothing; the message lists the names.
    """
    selected, unmatched = select_names(names, dataset.source)
    if selected and not unmatched:
        return selected
    line = include_line(dataset.source, names)
    example = f", for example `{line}`" if line else ""
    raise SourceError(
        f"{dataset.key}: nothing in {location} matches {dataset.source.patterns_setting} "
        f"({', '.join(unmatched) or 'any file'}). It holds: {_format_names(names)}. "
        f"Correct datasets.{dataset.key}.source in params.yaml{example}."
    )


def _require_distinct(dataset: Dataset, files: Collection[LockedFile]) -> None:
    """Refuse names that would leave the folder, or that some disks cannot tell apart."""
    for file in files:
        require_safe_name(file.name, "the publisher", dataset.key)
    folded_names = {case_folded(file.name) for file in files}
    folders = {str(folder) for name in folded_names for folder in PurePosixPath(name).parents}
    unpacked_folders = {f"{name}{UNPACKED_SUFFIX}" for name in folded_names}
    if len(folded_names) < len(files) or folders & folded_names or (folders | folded_names) & unpacked_folders:
        raise SourceError(
            f"{dataset.key}: the publisher lists files whose names differ only in case, or not at all, or of which one "
            f"would be the folder of another: {_format_names(file.name for file in files)}. Narrow "
            f"datasets.{dataset.key}.source.include in params.yaml."
        )


def _format_names(names: Iterable[str]) -> str:
    sorted_names = sorted(names)
    rest = f" and {len(sorted_names) - MAX_LISTED} more" if len(sorted_names) > MAX_LISTED else ""
    return f"{', '.join(sorted_names[:MAX_LISTED])}{rest}" if sorted_names else "nothing"


def _origin(dataset: Dataset, paths: ProjectPaths) -> str:
    """`sample` for a bundled sample, however it is named; else the kind of source."""
    kind, path = dataset.source.kind, dataset.source.path
    if path is None:
        return "sample" if paths.origin == "sample" else kind
    is_bundled = (paths.root / Path(path).expanduser()).resolve().is_relative_to(paths.samples("").resolve())
    return "sample" if is_bundled else kind
