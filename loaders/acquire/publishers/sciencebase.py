"""USGS ScienceBase, which datahugger does not support. It may answer scripts with 403, or with a page and status 200.

An item without data may be a parent whose children are the versions of a dataset; the newest is used.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import datacite, sciencebase_versions
from loaders.acquire.publishers.api.fields import Fields, abbreviate, get_object
from loaders.acquire.publishers.api.pages import collect_entries, follow_pages
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size
from loaders.acquire.publishers.api.site import Site
from loaders.core.errors import SourceError
from loaders.settings.file_selection import is_data

HOST = "sciencebase.gov"
CATALOG = f"https://www.{HOST}/catalog"
SITE = Site(HOST, "item of ScienceBase", re.compile(r"/catalog/item/([\w-]+)/?"))
CHILDREN = {"format": "json", "max": "100", "fields": "title,dates,provenance,hasChildren"}
MAX_DEPTH = 3  # parents of parents of parents
MAX_CHILDREN = 1000
MAX_LISTED = 20
NAME_PREFIX = "name="  # in `remote`: a file without a path on ScienceBase's disk is requested by name


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """The files of an item, by its page; null for a page elsewhere."""
    identifier = SITE.identifier(page, doi, session)
    if identifier is None:
        return None
    parent = item = _item(identifier, session)
    for _ in range(MAX_DEPTH):
        child = _newest_child(item, doi or page)
        if child is None:
            break
        item = child
    files = tuple(_files(item))
    if not files:
        raise _no_files_error(item, doi or page)
    return Listing(_record(item, doi, is_version=item is not parent), files)


def address(record: Record, file: LockedFile) -> str:
    """The address of a file by its item and its path on ScienceBase's disk, or its name."""
    parameters = (
        {"name": file.remote.removeprefix(NAME_PREFIX)} if file.remote.startswith(NAME_PREFIX) else {"f": file.remote}
    )
    return f"{CATALOG}/file/get/{quote(record.id, safe='')}?{urlencode(parameters, quote_via=quote, safe='')}"


def _item(identifier: str, session: PublisherSession) -> Fields:
    label = f"item {identifier} of ScienceBase"
    fields = get_object(f"{CATALOG}/item/{identifier}?format=json", label, session)
    if "errors" in fields.values:
        raise session.unclear_answer(f"ScienceBase answers for {label}: {abbreviate(fields.values['errors'])}")
    return fields


def _newest_child(item: Fields, source: str) -> Fields | None:
    """The newest version among the children of an item; null for an item with data of its own, or without children.

    Raises:
        SourceError: the newest child is ambiguous.
    """
    files = list(_files(item))
    if any(is_data(file.name) for file in files) or (files and item.values.get("hasChildren") is not True):
        return None
    children = _children(item)
    if not children:
        return None
    newest = sciencebase_versions.newest_version(children, _full_item)
    if newest is None:
        raise sciencebase_versions.ambiguous_versions_error(children, item.label, source, _page)
    return _full_item(newest)


def _children(item: Fields) -> list[Fields]:
    identifier, session = item.identifier("id"), item.session
    label = f"the children of {item.label}"
    first = f"{CATALOG}/items?{urlencode({'parentId': identifier, **CHILDREN})}"
    pages = follow_pages(first, label, session, lambda page: page.part("nextlink").values.get("url"))
    children = collect_entries(
        (page.parts("items") for page in _within_limit(pages, label)), label, session, _identifier
    )
    children.pop(identifier, None)
    return list(children.values())


def _within_limit(pages: Iterable[Fields], label: str) -> Iterator[Fields]:
    """The pages of a complete list, up to a limit."""
    listed_count, total = 0, None
    for page in pages:
        total = page.number("total")
        listed_count += len(page.parts("items"))
        if max(total or 0, listed_count) > MAX_CHILDREN:
            raise page.session.unclear_answer(f"{label} are more than {MAX_CHILDREN}")
        yield page
        session = page.session
    if total is not None and listed_count < total:
        raise session.unclear_answer(f"ScienceBase counts {total} entries in {label}, and lists {listed_count}")


def _identifier(child: Fields) -> str:
    return child.identifier("id")


def _full_item(child: Fields) -> Fields:
    return _item(quote(child.identifier("id"), safe=""), child.session)


def _page(identifier: str) -> str:
    return f"{CATALOG}/item/{identifier}"


def _no_files_error(item: Fields, source: str) -> SourceError:
    """The error for an item without files; it lists the links of the item."""
    stated_links = [*item.parts("webLinks"), *item.parts("distributionLinks")]
    links = list(dict.fromkeys(link.text("uri") or "" for link in stated_links if link.text("uri")))[:MAX_LISTED]
    remedy = (
        f"It links to {', '.join(links)}. State the address of a file as datasets.{item.session.key}.source.url in "
        f"params.yaml, without `doi`."
        if links
        else f"Correct datasets.{item.session.key}.source in params.yaml."
    )
    return SourceError(f"{item.session.key}: {item.label}, to which {source} leads, holds no files. {remedy}")


def _record(item: Fields, doi: str | None, *, is_version: bool) -> Record:
    """The record, with DataCite's metadata; a DOI of all versions does not describe the version of a child."""
    identifier, doi = item.identifier("id"), doi or _doi(item)
    fields = datacite.record(doi, item.session) if doi else {}
    if is_version or not doi:
        date = sciencebase_versions.publication_date(item)
        fields |= {"version": sciencebase_versions.version_in_title(item.text("title"))}
        fields |= {"year": date[0]} if date else {}
    fields |= {"title": item.text("title") or fields.get("title")}
    return Record(**fields | {"repository": "sciencebase", "id": identifier, "doi": doi, "url": _page(identifier)})


def _doi(item: Fields) -> str | None:
    """The DOI among the identifiers of an item."""
    for entry in item.parts("identifiers"):
        match = re.search(r"10\.\d{4,9}/\S+", entry.text("key") or "")
        if match and (entry.text("type") or "").upper() == "DOI":
            return match[0]
    return None


def _files(item: Fields) -> Iterator[LockedFile]:
    """The files of an item, directly and in its facets (shapefiles, services); the same file may be in both."""
    facets = [file for facet in item.parts("facets") for file in facet.parts("files")]
    locked_files: dict[str, LockedFile] = {}
    for entry in (*item.parts("files"), *facets):
        file = _file(entry)
        if file.remote not in locked_files or locked_files[file.remote].checksum is None:
            locked_files[file.remote] = file
    yield from locked_files.values()


def _file(fields: Fields) -> LockedFile:
    name, digest = fields.name("name"), fields.part("checksum")
    return LockedFile(
        name=name,
        bytes=size(fields.values.get("size")),
        checksum=checksum(digest.values.get("type"), digest.values.get("value")),
        remote=fields.text("pathOnDisk") or f"{NAME_PREFIX}{name}",
    )
