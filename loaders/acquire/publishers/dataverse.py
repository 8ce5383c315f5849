"""Dataverse, which many universities run. A dataset has a DOI and versions; a file has a number and perhaps a folder.

A table that Dataverse has taken in is listed as `farms.tab`, a copy without column types, but with the checksum of the
file that was deposited. That file is the one to fetch: under its own name, which the list states as well.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import datacite
from loaders.acquire.publishers import via_datahugger as others
from loaders.acquire.publishers.api.fields import Fields, get_object
from loaders.acquire.publishers.api.pages import collect_entries
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size

PAGE = re.compile(r"(?P<root>.*)/(?:dataset\.xhtml|citation|(?P<file>file\.xhtml))")
IDENTIFIER = re.compile(r"/(?=(?:doi|hdl|ark|perma):)", re.IGNORECASE)
ORIGINAL = "?format=original"
PER_PAGE = 1000
# as Dataverse names the formats that it takes in, where it does not state the name of the deposited file
ENDINGS = {
    "text/csv": ".csv",
    "text/comma-separated-values": ".csv",
    "text/tsv": ".tsv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/x-stata": ".dta",
    "application/x-stata-13": ".dta",
    "application/x-stata-14": ".dta",
    "application/x-stata-15": ".dta",
    "application/x-spss-sav": ".sav",
    "application/x-spss-por": ".por",
    "application/x-rlang-transport": ".RData",
}


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """What a dataset, or one file of it, holds, by its page; null for a page of something else."""
    parts = urlsplit(page)
    found = PAGE.fullmatch(parts.path)
    stated = parse_qs(parts.query).get("persistentId", [])
    if not (found and stated) and not (doi and others.service(page) == "DataverseDataset"):
        return None
    identifier = stated[0] if stated else f"doi:{doi}"
    site = parts.netloc.rpartition("@")[2] + (found["root"] if found else "")
    whole, entries = _stated(identifier, site, session, is_file=bool(found and found["file"]))
    return Listing(_record(whole, identifier, site, doi or _doi(identifier), page), tuple(_named(entries)))


def address(record: Record, file: LockedFile) -> str:
    """A file by its number, at the site that the record names before its identifier."""
    number, original, _ = file.remote.partition(ORIGINAL)
    return f"https://{IDENTIFIER.split(record.id)[0]}/api/access/datafile/{quote(number, safe='')}{original}"


def _stated(identifier: str, site: str, session: PublisherSession, *, is_file: bool) -> tuple[Fields, list[Fields]]:
    """The newest version of a dataset, and its files; or a file alone."""
    what = f"{identifier} at {site}"
    if is_file:
        return Fields({}, what, session), [
            get_object(_api("files", "", identifier, site), what, session).required_part("data")
        ]
    version = get_object(_api("datasets", "versions/:latest-published", identifier, site), what, session).required_part(
        "data"
    )
    return version, _entries(version, identifier, site)


def _api(kind: str, rest: str, identifier: str, site: str, **query: int) -> str:
    persistent = urlencode({**query, "persistentId": identifier}, safe=":/")
    return f"https://{site}/api/{kind}/:persistentId/{rest}?{persistent}"


def _record(version: Fields, identifier: str, site: str, doi: str | None, page: str) -> Record:
    known: dict[str, Any] = datacite.record(doi, version.session) if doi else {}
    numbers = [version.text("versionNumber"), version.text("versionMinorNumber")]
    if all(numbers):
        known["version"] = ".".join(filter(None, numbers))
    if not known.get("licence"):
        licence = version.values.get("license")
        known["licence"] = (
            version.part("license").text("name") if isinstance(licence, dict) else version.text("license")
        )
    known["title"] = known.get("title") or _title(version)
    return Record(**known | {"repository": "dataverse", "id": f"{site}/{identifier}", "doi": doi, "url": page})


def _title(version: Fields) -> str | None:
    """The title in a dataset's own citation."""
    stated = version.part("metadataBlocks").part("citation").parts("fields")
    return next((field.text("value") for field in stated if field.text("typeName") == "title"), None)


def _doi(identifier: str) -> str | None:
    return identifier.removeprefix("doi:") if identifier.startswith("doi:") else None


def _entries(version: Fields, identifier: str, site: str) -> list[Fields]:
    """All files: of the list that comes in pages, and of the version itself, as far as the site knows either."""
    session, what = version.session, f"the files of {identifier} at {site}"
    stated = {_number(file): file for file in version.parts("files")}
    if session.get(_page(identifier, site, 0)).status_code == 404:
        return list(stated.values())
    pages = _pages(identifier, site, what, session, stated.keys())
    return list((stated | collect_entries(pages, what, session, _number)).values())


def _pages(
    identifier: str, site: str, what: str, session: PublisherSession, stated: Collection[str]
) -> Iterator[list[Fields]]:
    """The pages of a list of files; old sites state no total, and may send all files whatever is asked for."""
    first: list[Fields] = []
    listed, total = 0, None
    while True:
        page = get_object(_page(identifier, site, listed), what, session)
        entries, total = page.parts("data"), page.number("totalCount")
        if not entries or (total is None and entries == first and set(stated) <= set(map(_number, first))):
            break
        yield entries
        first = first or entries
        listed += len(entries)
        if listed == total:
            break
    if total is not None and listed < total:
        raise session.unclear_answer(f"{site} counts {total} entries in {what}, and lists {listed}")


def _page(identifier: str, site: str, offset: int) -> str:
    return _api("datasets", "versions/:latest-published/files", identifier, site, limit=PER_PAGE, offset=offset)


def _number(entry: Fields) -> str:
    return entry.required_part("dataFile").identifier("id")


def _named(entries: Sequence[Fields]) -> Iterator[LockedFile]:
    """The files, with their folders; of two tables that were deposited under one name, each has its listed name."""
    names = [_path(entry, _deposited(entry) or entry.name("label")) for entry in entries]
    taken = Counter(names)
    for entry, name in zip(entries, names, strict=True):
        deposited = _deposited(entry)
        is_shared = deposited is not None and taken[name] > 1
        own = _path(entry, _retitled(entry.name("label"), deposited or "")) if is_shared else name
        yield _file(entry, own, is_table=deposited is not None)


def _retitled(label: str, deposited: str) -> str:
    """The listed name with the ending of the deposited file."""
    _, dot, ending = deposited.rpartition(".")
    return f"{re.sub(r'[.]tab$', '', label, flags=re.IGNORECASE)}{dot}{ending if dot else ''}"


def _file(entry: Fields, name: str, *, is_table: bool) -> LockedFile:
    stated = entry.part("dataFile")
    digest = stated.part("checksum")
    found = checksum(digest.values.get("type"), digest.values.get("value")) or checksum("md5", stated.text("md5"))
    return LockedFile(
        name=name,
        bytes=size(stated.values.get("originalFileSize" if is_table else "filesize")),
        checksum=found,
        remote=f"{_number(entry)}{ORIGINAL if is_table else ''}",
    )


def _deposited(entry: Fields) -> str | None:
    """The name under which a table was deposited; null for what is no table that Dataverse has taken in."""
    stated = entry.part("dataFile")
    if stated.values.get("originalFileName") is not None:
        return stated.name("originalFileName")
    kind = (stated.text("originalFileFormat") or "").partition(";")[0].lower()
    if not kind and stated.values.get("tabularData") is not True:
        return None
    label = entry.name("label")
    return _retitled(label, ENDINGS[kind]) if kind in ENDINGS and label.lower().endswith(".tab") else label


def _path(entry: Fields, name: str) -> str:
    folder = entry.path("directoryLabel")
    return f"{folder}/{name}" if folder else name
