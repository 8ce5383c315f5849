"""Validation of every publisher's listing: files with names, valid checksums, no expiring addresses."""

import re
from dataclasses import replace

from loaders.acquire.archives.formats import name_fault, name_parts
from loaders.acquire.lock import CHECKSUM, LockedFile, Record
from loaders.acquire.publishers.api.session import Listing, PublisherSession, text, texts
from loaders.core.errors import SourceError
from loaders.core.redact import credential_in, without_credential

MAX_BYTES = 10**18


def validate_listing(listing: Listing, session: PublisherSession) -> Listing:
    """A listing whose parts have the types of a lock.

    Raises:
        SourceError: a file has no name, or an address that gives access for a while and cannot be locked.
    """
    for file in listing.files:
        _require_file(file, session)
    return Listing(_record(listing.record), tuple(map(_normalised, listing.files)))


def _normalised(file: LockedFile) -> LockedFile:
    """The file with its path normalised; an unsafe name is kept, to be refused later."""
    return file if name_fault(file.name) else replace(file, name="/".join(name_parts(file.name)))


def _record(record: Record) -> Record:
    """The record with text on one line, and addresses without credentials."""
    page = text(record.url)
    return replace(
        record,
        id=without_credential(str(record.id)),
        doi=text(record.doi),
        title=text(record.title),
        creators=texts(record.creators),
        version=text(record.version),
        licence=text(record.licence),
        url=without_credential(page) if page else None,
    )


def _require_file(file: LockedFile, session: PublisherSession) -> None:
    for field in ("name", "remote"):
        value: object = getattr(file, field)
        if not isinstance(value, str) or not _is_encodable(value):
            raise session.unclear_answer(f"the publisher lists a file whose {field} is {_quoted(value)}; expected text")
    size = file.bytes
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= MAX_BYTES):
        raise session.unclear_answer(f"the publisher says that {file.name!r} has {_quoted(size)} bytes")
    if file.checksum is not None and not re.fullmatch(CHECKSUM, str(file.checksum)):
        raise session.unclear_answer(f"the publisher states a checksum of {file.name!r} of an unknown form")
    if "://" in file.remote and (credential := credential_in(file.remote)):
        raise SourceError(
            f"{session.key}: the publisher gives {file.name!r} an address that holds a secret or expires "
            f"({credential}), which cannot be locked. Download the file yourself and say `source: {{path: …}}` in "
            "params.yaml."
        )


def _is_encodable(value: str) -> bool:
    """Whether UTF-8 can encode it; JSON can hold lone surrogates."""
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _quoted(value: object) -> str:
    return "null" if value is None else ascii(value)[:60]
