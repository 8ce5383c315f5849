"""Zenodo. A version has a record number and a DOI of its own; the DOI of all versions leads to the newest.

A record states its files, and so does a list of its own, which may come in pages; a file that only one of them names
is a file too.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, urlsplit

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers.api.fields import Fields, as_fields, get_object
from loaders.acquire.publishers.api.pages import collect_entries, follow_pages
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size, year
from loaders.core.errors import SourceError

HOST = "zenodo.org"
API = f"https://{HOST}/api/records"
PAGE = re.compile(r"/records?/(\d+)/?")
REFUSED = frozenset({401, 403})


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """What a record holds, by its page, or else by its DOI; null for a page elsewhere."""
    parts = urlsplit(page)
    if (parts.hostname or "").removeprefix("www.") != HOST:
        return None
    found = PAGE.fullmatch(parts.path) or re.search(r"zenodo\.(\d+)$", doi or "", re.IGNORECASE)
    if not found:
        if doi:
            raise session.unclear_answer(f"{doi} leads to {page}, which names no record of Zenodo")
        return None
    stated = get_object(f"{API}/{found[1]}", f"record {found[1]} of Zenodo", session)
    return Listing(_record(stated), _files(stated))


def address(record: Record, file: LockedFile) -> str:
    """A file by its record and its key."""
    return f"{API}/{quote(record.id, safe='')}/files/{quote(file.remote, safe='')}/content"


def _record(stated: Fields) -> Record:
    """From the form that Zenodo has had since 2023, or the older one that it still answers with by default."""
    said, number = stated.part("metadata"), stated.identifier("id")
    rights = said.parts("rights") or [said.part("license")]
    creators = [
        creator.part("person_or_org").text("name") or creator.text("name") for creator in said.parts("creators")
    ]
    return Record(
        repository="zenodo",
        id=number,
        doi=stated.text("doi") or stated.part("pids").part("doi").text("identifier"),
        title=said.text("title"),
        creators=tuple(name for name in creators if name),
        year=year(said.values.get("publication_date")),
        version=said.text("version"),
        licence=rights[0].text("id"),
        url=f"https://{HOST}/records/{number}",
    )


def _files(stated: Fields) -> tuple[LockedFile, ...]:
    """The files that the record or its list of files names."""
    session, embedded = stated.session, isinstance(stated.values.get("files"), dict)
    files = _entries(stated.part("files")) if embedded else stated.parts("files")
    found: dict[str, LockedFile] = {}
    for file in map(_file, (*files, *_listed(stated, is_shown=bool(files)))):
        found[file.remote] = _agreed(found.get(file.remote, file), file, stated)
    if not found:
        raise SourceError(
            f"{session.key}: {stated.where} shows no files (access: {_access(stated)}). Ask its authors, or name "
            f"another record in datasets.{session.key}.source.doi in params.yaml."
        )
    count = stated.part("files").number("count") if embedded else None
    if count is not None and len(found) < count:
        raise session.unclear_answer(f"{stated.where} counts {count} files, and lists {len(found)}")
    return tuple(found.values())


def _listed(stated: Fields, *, is_shown: bool) -> Iterable[Fields]:
    """The entries of a record's list of files; none if it has no such list, or shows no files at all."""
    session, number = stated.session, stated.identifier("id")
    url, what = f"{API}/{quote(number, safe='')}/files", f"the files of record {number} of Zenodo"
    status = session.get(url).status_code
    if status == 404 or (status in REFUSED and not is_shown):
        return []
    pages = follow_pages(url, what, session, lambda page: page.part("links").values.get("next"))
    return collect_entries(map(_entries, pages), what, session, lambda file: file.name("key")).values()


def _entries(stated: Fields) -> list[Fields]:
    """The files of a list, which may have them by their keys."""
    entries = stated.values.get("entries")
    if isinstance(entries, dict):
        return as_fields(entries.values(), f"`entries` of {stated.where}", stated.session)
    return stated.parts("entries")


def _file(stated: Fields) -> LockedFile:
    key = stated.name("key")
    algorithm, _, digest = (stated.text("checksum") or "").partition(":")
    return LockedFile(name=key, bytes=size(stated.values.get("size")), checksum=checksum(algorithm, digest), remote=key)


def _agreed(one: LockedFile, other: LockedFile, record: Fields) -> LockedFile:
    """What two lists state of a file; one of them may leave something out."""
    if None not in {one.bytes, other.bytes} and one.bytes != other.bytes:
        raise record.session.unclear_answer(
            f"{record.where} states two sizes of {one.name!r}: {one.bytes} and {other.bytes}"
        )
    if None not in {one.checksum, other.checksum} and one.checksum != other.checksum:
        raise record.session.unclear_answer(
            f"{record.where} states two checksums of {one.name!r}: {one.checksum} and {other.checksum}"
        )
    stated_bytes = other.bytes if one.bytes is None else one.bytes
    return replace(one, bytes=stated_bytes, checksum=one.checksum or other.checksum)


def _access(stated: Fields) -> str:
    """Who may see the files, as the record says."""
    said = stated.part("metadata").text("access_right") or stated.part("access").text("files")
    return said or "not stated"
