"""Differences between two locks of a dataset."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from loaders.acquire.lock import Lock, LockedFile, content_identity


def changes(old: Lock | None, new: Lock) -> list[str]:
    """The differences between two locks of a dataset, one sentence each."""
    old_files: dict[str, LockedFile] = {file.name: file for file in old.files} if old else {}
    new_files = {file.name: file for file in new.files}
    removed = [f"{name} is gone" for name in old_files if name not in new_files]
    added = [f"{name} is new ({_size(file)})" for name, file in new_files.items() if name not in old_files]
    changed = [
        f"{name} changed ({_difference(old_files[name], file)})"
        for name, file in new_files.items()
        if name in old_files and _content_key(file) != _content_key(old_files[name])
    ]
    return [*_record_changes(old, new), *removed, *added, *changed]


def unidentified_files(lock: Lock) -> set[str]:
    """The files without any content identity: no checksum, no ETag, no date, no commit."""
    return {file.name for file in lock.files if content_identity(lock.record, file) is None}


def with_former_checksums(old: Lock | None, new: Lock) -> Lock:
    """A lock with GitHub's earlier checksums of the same files, where GitHub does not repeat them now.

    Its API allows few requests an hour; the content of a commit never changes.
    """
    if old is None or old.record is None or new.record is None or old.record.id != new.record.id:
        return new
    if new.record.repository != "github":
        return new
    known_files = {replace(file, checksum=None, bytes=None): file for file in old.files if file.checksum}
    return replace(new, files=tuple(_with_checksum(file, known_files) for file in new.files))


def _with_checksum(file: LockedFile, known_files: Mapping[LockedFile, LockedFile]) -> LockedFile:
    known_file = None if file.checksum else known_files.get(replace(file, bytes=None))
    if known_file is None or (file.bytes is not None and file.bytes != known_file.bytes):
        return file
    return known_file


def _content_key(file: LockedFile) -> tuple[object, ...]:
    return (file.bytes, file.checksum, file.validator)


def _record_changes(old: Lock | None, new: Lock) -> list[str]:
    old_fields = asdict(old.record) if old and old.record else {}
    new_fields = asdict(new.record) if new.record else {}
    return [
        f"{name} changed ({old_fields[name] or 'none'} → {new_fields[name] or 'none'})"
        for name in ("id", "doi", "version", "licence", "title")
        if name in old_fields and name in new_fields and old_fields[name] != new_fields[name]
    ]


def _difference(old_file: LockedFile, new_file: LockedFile) -> str:
    if old_file.bytes != new_file.bytes:
        return f"{_size(old_file).removesuffix(' bytes')} → {_size(new_file)}"
    if old_file.checksum is None and new_file.checksum is not None:
        return f"{_size(new_file)}, and a checksum is stated now"
    kind = "checksum" if old_file.checksum != new_file.checksum else "version"
    return f"{_size(new_file)}, another {kind}"


def _size(file: LockedFile) -> str:
    return f"{file.bytes:,} bytes" if file.bytes is not None else "size not stated"
