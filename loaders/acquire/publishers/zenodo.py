"""Zenodo. A version has a record number and a DOI of its own; the DOI of all versions leads to the newest.

A record states its files, and so does its own list of files, which may be paged; both are combined.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers.api.fields import Fields, as_fields, get_object
from loaders.acquire.publishers.api.pages import collect_entries, follow_pages
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size, year
from loaders.acquire.publishers.api.site import Site
from loaders.core.errors import SourceError

HOST = "zenodo.org"
API = f"https://{HOST}/api/records"
PAGE = re.compile(r"/records?/(\d+)/?")
SITE = Site(HOST, "record of Zenodo", PAGE, doi=re.compile(r"zenodo\.(\d+)$", re.IGNORECASE))
REFUSED = frozenset({401, 403})


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """The files of a record, by its page, or else by its DOI; null for a page elsewhere."""
    number = SITE.identifier(page, doi, session)
    if number is None:
        return None
    fields = get_object(f"{API}/{number}", f"record {number} of Zenodo", session)
    return Listing(_record(fields), _files(fields))


def address(record: Record, file: LockedFile) -> str:
    """The address of a file by its record and key."""
    return f"{API}/{quote(record.id, safe='')}/files/{quote(file.remote, safe='')}/content"


def _record(fields: Fields) -> Record:
    """The record, in Zenodo's form since 2023, or in the older one that it still returns by default."""
    metadata, record_id = fields.part("metadata"), fields.identifier("id")
    rights = metadata.parts("rights") or [metadata.part("license")]
    creators = [
        creator.part("person_or_org").text("name") or creator.text("name") for creator in metadata.parts("creators")
    ]
    return Record(
        repository="zenodo",
        id=record_id,
        doi=fields.text("doi") or fields.part("pids").part("doi").text("identifier"),
        title=metadata.text("title"),
        creators=tuple(name for name in creators if name),
        year=year(metadata.values.get("publication_date")),
        version=metadata.text("version"),
        licence=rights[0].text("id"),
        url=f"https://{HOST}/records/{record_id}",
    )


def _files(fields: Fields) -> tuple[LockedFile, ...]:
    """The files in the record or in its list of files."""
    session, is_embedded = fields.session, isinstance(fields.values.get("files"), dict)
    files = _entries(fields.part("files")) if is_embedded else fields.parts("files")
    locked_files: dict[str, LockedFile] = {}
    for file in map(_file, (*files, *_listed_entries(fields, is_shown=bool(files)))):
        locked_files[file.remote] = _merged(locked_files.get(file.remote, file), file, fields)
    if not locked_files:
        raise SourceError(
            f"{session.key}: {fields.label} shows no files (access: {_access(fields)}). Ask its authors, or name "
            f"another record in datasets.{session.key}.source.doi in params.yaml."
        )
    count = fields.part("files").number("count") if is_embedded else None
    if count is not None and len(locked_files) < count:
        raise session.unclear_answer(f"{fields.label} counts {count} files, and lists {len(locked_files)}")
    return tuple(locked_files.values())


def _listed_entries(fields: Fields, *, is_shown: bool) -> Iterable[Fields]:
    """The entries of a record's list of files; empty without a list, or if all files are restricted."""
    session, record_id = fields.session, fields.identifier("id")
    url, label = f"{API}/{quote(record_id, safe='')}/files", f"the files of record {record_id} of Zenodo"
    status = session.get(url).status_code
    if status == 404 or (status in REFUSED and not is_shown):
        return []
    pages = follow_pages(url, label, session, lambda page: page.part("links").values.get("next"))
    return collect_entries(map(_entries, pages), label, session, lambda file: file.name("key")).values()


def _entries(page: Fields) -> list[Fields]:
    """The files of a page, which may be an object with keys."""
    entries = page.values.get("entries")
    if isinstance(entries, dict):
        return as_fields(entries.values(), f"`entries` of {page.label}", page.session)
    return page.parts("entries")


def _file(fields: Fields) -> LockedFile:
    key = fields.name("key")
    algorithm, _, digest = (fields.text("checksum") or "").partition(":")
    return LockedFile(name=key, bytes=size(fields.values.get("size")), checksum=checksum(algorithm, digest), remote=key)


def _merged(first: LockedFile, second: LockedFile, fields: Fields) -> LockedFile:
    """A file as stated by two lists, either of which may be incomplete."""
    if None not in {first.bytes, second.bytes} and first.bytes != second.bytes:
        raise fields.session.unclear_answer(
            f"{fields.label} states two sizes of {first.name!r}: {first.bytes} and {second.bytes}"
        )
    if None not in {first.checksum, second.checksum} and first.checksum != second.checksum:
        raise fields.session.unclear_answer(
            f"{fields.label} states two checksums of {first.name!r}: {first.checksum} and {second.checksum}"
        )
    stated_bytes = second.bytes if first.bytes is None else first.bytes
    return replace(first, bytes=stated_bytes, checksum=first.checksum or second.checksum)


def _access(fields: Fields) -> str:
    """The access rights of the files, as stated."""
    access = fields.part("metadata").text("access_right") or fields.part("access").text("files")
    return access or "not stated"
