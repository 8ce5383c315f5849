"""What differs between what a source held before and what it holds now."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from loaders.acquire.lock import Lock, LockedFile, content_identity


def changes(old: Lock | None, new: Lock) -> list[str]:
    """What differs between two locks of a dataset, one sentence a fact."""
    before: dict[str, LockedFile] = {file.name: file for file in old.files} if old else {}
    after = {file.name: file for file in new.files}
    gone = [f"{name} is gone" for name in before if name not in after]
    added = [f"{name} is new ({_size(file)})" for name, file in after.items() if name not in before]
    changed = [
        f"{name} changed ({_difference(before[name], file)})"
        for name, file in after.items()
        if name in before and _bytes_meant(file) != _bytes_meant(before[name])
    ]
    return [*_record_changes(old, new), *gone, *added, *changed]


def unidentified_files(lock: Lock) -> set[str]:
    """The files whose bytes nothing tells from others: no checksum, no ETag, no date, no commit."""
    return {file.name for file in lock.files if content_identity(lock.record, file) is None}


def with_former_checksums(old: Lock | None, new: Lock) -> Lock:
    """A lock with the checksums that GitHub stated before of the same files, where it does not repeat them now.

    Its interface answers few questions an hour; what a commit holds never changes.
    """
    if old is None or old.record is None or new.record is None or old.record.id != new.record.id:
        return new
    if new.record.repository != "github":
        return new
    before = {replace(file, checksum=None, bytes=None): file for file in old.files if file.checksum}
    return replace(new, files=tuple(_with_checksum(file, before) for file in new.files))


def _with_checksum(file: LockedFile, before: Mapping[LockedFile, LockedFile]) -> LockedFile:
    stated = None if file.checksum else before.get(replace(file, bytes=None))
    if stated is None or (file.bytes is not None and file.bytes != stated.bytes):
        return file
    return stated


def _bytes_meant(file: LockedFile) -> tuple[object, ...]:
    return (file.bytes, file.checksum, file.validator)


def _record_changes(old: Lock | None, new: Lock) -> list[str]:
    before = asdict(old.record) if old and old.record else {}
    after = asdict(new.record) if new.record else {}
    return [
        f"{name} changed ({before[name] or 'none'} → {after[name] or 'none'})"
        for name in ("id", "doi", "version", "licence", "title")
        if name in before and name in after and before[name] != after[name]
    ]


def _difference(before: LockedFile, after: LockedFile) -> str:
    if before.bytes != after.bytes:
        return f"{_size(before).removesuffix(' bytes')} → {_size(after)}"
    if before.checksum is None and after.checksum is not None:
        return f"{_size(after)}, and a checksum is stated now"
    what = "checksum" if before.checksum != after.checksum else "version"
    return f"{_size(after)}, another {what}"


def _size(file: LockedFile) -> str:
    return f"{file.bytes:,} bytes" if file.bytes is not None else "size not stated"
