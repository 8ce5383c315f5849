"""Fetch receipt: SHA-256 of every file, enforced on later downloads."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter

from loaders.acquire.lock import STRICT, Bytes, Lock, Sha256, content_identity, validation_message
from loaders.core.errors import ChecksumMismatchError, SourceError
from loaders.core.escape import json_text
from loaders.core.file_formats import UNPACKED_SUFFIX, is_archive
from loaders.core.files import sha256, without_empty_values, write_json

Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A downloaded or unpacked file.

    Attributes:
        bytes: its size [bytes].
        sha256: of its bytes.
        stated: their content identity in the lock of that time (see `content_identity`); void under another one.
        first_seen: the day (UTC) of the first download of these bytes, without a checksum to prove them.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    bytes: Bytes
    sha256: Sha256
    stated: str | None = None
    first_seen: Day | None = None

    def has_bytes_of(self, other: "ReceiptFile") -> bool:
        """Whether both have the same bytes, whenever they were downloaded."""
        return (self.bytes, self.sha256) == (other.bytes, other.sha256)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The files of a fetch.

    Attributes:
        published: the files of the lock, by name.
        unpacked: the members of the archives among them, by their path below `raw/<key>/`.
    """

    __pydantic_config__: ClassVar[ConfigDict] = STRICT

    published: dict[str, ReceiptFile] = field(default_factory=dict)
    unpacked: dict[str, ReceiptFile] = field(default_factory=dict)

    def for_lock(self, lock: Lock) -> "Receipt":
        """The part of the receipt that is still valid under a lock's statements."""
        identities = {file.name: content_identity(lock.record, file) for file in lock.files}
        changed_names = {
            name for name, file in self.published.items() if name not in identities or identities[name] != file.stated
        }
        return self.without(changed_names)

    def sha256(self, name: str) -> str:
        """The SHA-256 of a file."""
        return (self.published | self.unpacked)[name].sha256

    def without(self, names: set[str]) -> "Receipt":
        """A receipt without some published files and their members."""
        folders = tuple(f"{name}{UNPACKED_SUFFIX}/" for name in names)
        return Receipt(
            published={name: file for name, file in self.published.items() if name not in names},
            unpacked={name: file for name, file in self.unpacked.items() if not name.startswith(folders)},
        )


def changed_files(current: Receipt, previous: Receipt) -> list[str]:
    """The files whose bytes differ between two fetches; archives, which may be repacked, by their members."""
    previous_files = previous.unpacked | {
        name: file for name, file in previous.published.items() if not is_archive(name)
    }
    current_files = current.unpacked | current.published
    return [
        name
        for name, file in previous_files.items()
        if name in current_files and not current_files[name].has_bytes_of(file)
    ]


def changed_download_error(key: str, names: Sequence[str], expected: str, actual: str) -> ChecksumMismatchError:
    """The error for files that differ from an earlier download; the digests are of the first file."""
    return ChecksumMismatchError(
        f"{key}: {', '.join(names)} came differently before: expected sha256 {expected[:12]}…, found {actual[:12]}…. "
        f"One of the two downloads was damaged, or the publisher replaced the file without saying so. Accept what it "
        f"sends now with `eo-pv fetch {key} --force`, which downloads it twice, then `make all`."
    )


def with_first_seen(current: Receipt, previous: Receipt, lock: Lock, today: str) -> Receipt:
    """A receipt with the day on which each file without a checksum was first downloaded."""
    unproven_names = {file.name for file in lock.files if not file.checksum}
    changed_names = {name.partition(f"{UNPACKED_SUFFIX}/")[0] for name in changed_files(current, previous)}
    first_days = {name: file.first_seen for name, file in previous.published.items() if name not in changed_names}
    days = {name: first_days.get(name, today) for name in unproven_names}
    published = {name: replace(file, first_seen=days.get(name)) for name, file in current.published.items()}
    return replace(current, published=published)


def describe_file(path: Path) -> ReceiptFile:
    """The receipt of a file on this disk."""
    return ReceiptFile(bytes=path.stat().st_size, sha256=sha256(path))


def write_receipt(receipt: Receipt, path: Path) -> None:
    """Write a receipt, sorted and stable."""
    write_json(_document(receipt), path)


def bytes_hash(path: Path) -> str:
    """A hash of a receipt that does not depend on the days of its downloads.

    Raises:
        SourceError: the receipt is damaged.
    """
    receipt = read_receipt(path)
    published = {name: replace(file, first_seen=None) for name, file in receipt.published.items()}
    return hashlib.sha256(json_text(_document(replace(receipt, published=published))).encode()).hexdigest()


def _document(receipt: Receipt) -> dict[str, dict[str, object]]:
    parts = asdict(receipt)
    return {part: {name: without_empty_values(file) for name, file in files.items()} for part, files in parts.items()}


@cache
def _receipt_adapter() -> TypeAdapter[Receipt]:
    """Made once: it takes milliseconds, and a load ahead reads its receipt several times."""
    return TypeAdapter(Receipt)


def read_receipt(path: Path) -> Receipt:
    """Read a receipt; empty before the first fetch.

    Raises:
        SourceError: the file is damaged.
    """
    try:
        return _receipt_adapter().validate_json(path.read_bytes())
    except FileNotFoundError:
        return Receipt()
    except ValueError as error:
        raise SourceError(
            f"{path.name.partition('.')[0]}: {path} is damaged ({validation_message(error)}). Restore it from Git; or "
            "delete it, and what comes next is accepted as it is."
        ) from error
