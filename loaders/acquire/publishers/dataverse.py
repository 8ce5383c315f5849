"""Dataverse, which many universities run. A dataset has a DOI and versions; a file has a number and perhaps a folder.

An ingested table is listed as `farms.tab`, a copy without column types, but with the checksum of the deposited file.
The deposited file is fetched, under its own name, which the list states as well.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import datacite, via_datahugger
from loaders.acquire.publishers.api.fields import Fields, get_object
from loaders.acquire.publishers.api.pages import collect_entries
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size

PAGE = re.compile(r"(?P<root>.*)/(?:dataset\.xhtml|citation|(?P<file>file\.xhtml))")
IDENTIFIER = re.compile(r"/(?=(?:doi|hdl|ark|perma):)", re.IGNORECASE)
ORIGINAL = "?format=original"
PER_PAGE = 1000
# endings by Dataverse's formats of ingested tables, for sites that state no name of the deposited file
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
    """The files of a dataset, or one of its files, by its page; null for another page."""
    parts = urlsplit(page)
    match = PAGE.fullmatch(parts.path)
    identifiers = parse_qs(parts.query).get("persistentId", [])
    if not (match and identifiers) and not (doi and via_datahugger.service(page) == "DataverseDataset"):
        return None
    identifier = identifiers[0] if identifiers else f"doi:{doi}"
    site = parts.netloc.rpartition("@")[2] + (match["root"] if match else "")
    version, entries = _dataset_or_file(identifier, site, session, is_file=bool(match and match["file"]))
    return Listing(_record(version, identifier, site, doi or _doi(identifier), page), tuple(_locked_files(entries)))


def address(record: Record, file: LockedFile) -> str:
    """The address of a file by its number, at the site that the record's identifier begins with."""
    number, original, _ = file.remote.partition(ORIGINAL)
    return f"https://{IDENTIFIER.split(record.id)[0]}/api/access/datafile/{quote(number, safe='')}{original}"


def _dataset_or_file(
    identifier: str, site: str, session: PublisherSession, *, is_file: bool
) -> tuple[Fields, list[Fields]]:
    """The newest version of a dataset and its files; or a single file."""
    label = f"{identifier} at {site}"
    if is_file:
        return Fields({}, label, session), [
            get_object(_api_url("files", "", identifier, site), label, session).required_part("data")
        ]
    version = get_object(
        _api_url("datasets", "versions/:latest-published", identifier, site), label, session
    ).required_part("data")
    return version, _entries(version, identifier, site)


def _api_url(kind: str, endpoint: str, identifier: str, site: str, **parameters: int) -> str:
    query_string = urlencode({**parameters, "persistentId": identifier}, safe=":/")
    return f"https://{site}/api/{kind}/:persistentId/{endpoint}?{query_string}"


def _record(version: Fields, identifier: str, site: str, doi: str | None, page: str) -> Record:
    fields: dict[str, Any] = datacite.record(doi, version.session) if doi else {}
    numbers = [version.text("versionNumber"), version.text("versionMinorNumber")]
    if all(numbers):
        fields["version"] = ".".join(filter(None, numbers))
    if not fields.get("licence"):
        licence = version.values.get("license")
        fields["licence"] = (
            version.part("license").text("name") if isinstance(licence, dict) else version.text("license")
        )
    fields["title"] = fields.get("title") or _title(version)
    return Record(**fields | {"repository": "dataverse", "id": f"{site}/{identifier}", "doi": doi, "url": page})


def _title(version: Fields) -> str | None:
    """The title in a dataset's own citation."""
    citation_fields = version.part("metadataBlocks").part("citation").parts("fields")
    return next((field.text("value") for field in citation_fields if field.text("typeName") == "title"), None)


def _doi(identifier: str) -> str | None:
    return identifier.removeprefix("doi:") if identifier.startswith("doi:") else None


def _entries(version: Fields, identifier: str, site: str) -> list[Fields]:
    """All files: of the paged list, and of the version itself, as far as the site supports them."""
    session, label = version.session, f"the files of {identifier} at {site}"
    stated_files = {_file_id(file): file for file in version.parts("files")}
    if session.get(_page_url(identifier, site, 0)).status_code == 404:
        return list(stated_files.values())
    pages = _pages(identifier, site, label, session, stated_files.keys())
    return list((stated_files | collect_entries(pages, label, session, _file_id)).values())


def _pages(
    identifier: str, site: str, label: str, session: PublisherSession, stated_ids: Collection[str]
) -> Iterator[list[Fields]]:
    """The pages of a list of files; old sites state no total, and may ignore paging."""
    first_page: list[Fields] = []
    listed_count, total = 0, None
    while True:
        page = get_object(_page_url(identifier, site, listed_count), label, session)
        entries, total = page.parts("data"), page.number("totalCount")
        if not entries or (
            total is None and entries == first_page and set(stated_ids) <= set(map(_file_id, first_page))
        ):
            break
        yield entries
        first_page = first_page or entries
        listed_count += len(entries)
        if listed_count == total:
            break
    if total is not None and listed_count < total:
        raise session.unclear_answer(f"{site} counts {total} entries in {label}, and lists {listed_count}")


def _page_url(identifier: str, site: str, offset: int) -> str:
    return _api_url("datasets", "versions/:latest-published/files", identifier, site, limit=PER_PAGE, offset=offset)


def _file_id(entry: Fields) -> str:
    return entry.required_part("dataFile").identifier("id")


def _locked_files(entries: Sequence[Fields]) -> Iterator[LockedFile]:
    """The files, with their folders; tables deposited under the same name have their listed names."""
    names = [_path(entry, _deposited_name(entry) or entry.name("label")) for entry in entries]
    name_counts = Counter(names)
    for entry, name in zip(entries, names, strict=True):
        deposited_name = _deposited_name(entry)
        is_shared = deposited_name is not None and name_counts[name] > 1
        unique_name = _path(entry, _with_ending(entry.name("label"), deposited_name or "")) if is_shared else name
        yield _file(entry, unique_name, is_table=deposited_name is not None)


def _with_ending(label: str, deposited_name: str) -> str:
    """The listed name with the ending of the deposited file."""
    _, dot, ending = deposited_name.rpartition(".")
    return f"{re.sub(r'[.]tab$', '', label, flags=re.IGNORECASE)}{dot}{ending if dot else ''}"


def _file(entry: Fields, name: str, *, is_table: bool) -> LockedFile:
    data_file = entry.part("dataFile")
    checksum_fields = data_file.part("checksum")
    file_checksum = checksum(checksum_fields.values.get("type"), checksum_fields.values.get("value")) or checksum(
        "md5", data_file.text("md5")
    )
    return LockedFile(
        name=name,
        bytes=size(data_file.values.get("originalFileSize" if is_table else "filesize")),
        checksum=file_checksum,
        remote=f"{_file_id(entry)}{ORIGINAL if is_table else ''}",
    )


def _deposited_name(entry: Fields) -> str | None:
    """The name under which a table was deposited; null for a file that is not an ingested table."""
    data_file = entry.part("dataFile")
    if data_file.values.get("originalFileName") is not None:
        return data_file.name("originalFileName")
    kind = (data_file.text("originalFileFormat") or "").partition(";")[0].lower()
    if not kind and data_file.values.get("tabularData") is not True:
        return None
    label = entry.name("label")
    return _with_ending(label, ENDINGS[kind]) if kind in ENDINGS and label.lower().endswith(".tab") else label


def _path(entry: Fields, name: str) -> str:
    folder = entry.path("directoryLabel")
    return f"{folder}/{name}" if folder else name
