"""USGS ScienceBase, which datahugger does not know. It may answer scripts with 403, or with a page and status 200.

An item without data of its own may be a parent, whose children are the versions of a dataset; the newest is taken.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode, urlsplit

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import datacite, sciencebase_versions
from loaders.acquire.publishers.api.fields import Fields, abbreviate, get_object
from loaders.acquire.publishers.api.pages import collect_entries, follow_pages
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size
from loaders.core.errors import SourceError
from loaders.settings.file_selection import is_data

HOST = "sciencebase.gov"
CATALOG = f"https://www.{HOST}/catalog"
PAGE = re.compile(r"/catalog/item/([\w-]+)/?")
CHILDREN = {"format": "json", "max": "100", "fields": "title,dates,provenance,hasChildren"}
DEEPEST = 3  # parents of parents of parents
MOST_CHILDREN = 1000
MOST_LISTED = 20
NAMED = "name="  # in a key: a file that has no place on ScienceBase's disk is asked for by its name


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """What an item holds, by its page; null for a page elsewhere."""
    parts = urlsplit(page)
    if (parts.hostname or "").removeprefix("www.") != HOST:
        return None
    found = PAGE.fullmatch(parts.path)
    if not found:
        if doi:
            raise session.unclear_answer(f"{doi} leads to {page}, which names no item of ScienceBase")
        return None
    parent = item = _item(found[1], session)
    for _ in range(DEEPEST):
        newer = _newest_child(item, doi or page)
        if newer is None:
            break
        item = newer
    files = tuple(_files(item))
    if not files:
        raise _without_files(item, doi or page)
    return Listing(_record(item, doi, is_version=item is not parent), files)


def address(record: Record, file: LockedFile) -> str:
    """A file by its item and its place on ScienceBase's disk, or its name."""
    query = {"name": file.remote.removeprefix(NAMED)} if file.remote.startswith(NAMED) else {"f": file.remote}
    return f"{CATALOG}/file/get/{quote(record.id, safe='')}?{urlencode(query, quote_via=quote, safe='')}"


def _item(identifier: str, session: PublisherSession) -> Fields:
    what = f"item {identifier} of ScienceBase"
    stated = get_object(f"{CATALOG}/item/{identifier}?format=json", what, session)
    if "errors" in stated.values:
        raise session.unclear_answer(f"ScienceBase answers for {what}: {abbreviate(stated.values['errors'])}")
    return stated


def _newest_child(item: Fields, source: str) -> Fields | None:
    """The newest version among the children of an item that holds no data itself; null if it holds some, or is none.

    Raises:
        SourceError: it cannot be told which child is the newest.
    """
    files = list(_files(item))
    if any(is_data(file.name) for file in files) or (files and item.values.get("hasChildren") is not True):
        return None
    children = _children(item)
    if not children:
        return None
    found = sciencebase_versions.newest_version(children, _whole)
    if found is None:
        raise sciencebase_versions.ambiguous_versions_error(children, item.where, source, _page)
    return _whole(found)


def _children(item: Fields) -> list[Fields]:
    identifier, session = item.identifier("id"), item.session
    what = f"the children of {item.where}"
    first = f"{CATALOG}/items?{urlencode({'parentId': identifier, **CHILDREN})}"
    pages = follow_pages(first, what, session, lambda page: page.part("nextlink").values.get("url"))
    found = collect_entries((page.parts("items") for page in _bounded(pages, what)), what, session, _identifier)
    found.pop(identifier, None)
    return list(found.values())


def _bounded(pages: Iterable[Fields], what: str) -> Iterator[Fields]:
    """The pages of a list, all of them, and not too many."""
    listed, total = 0, None
    for page in pages:
        total = page.number("total")
        listed += len(page.parts("items"))
        if max(total or 0, listed) > MOST_CHILDREN:
            raise page.session.unclear_answer(f"{what} are more than {MOST_CHILDREN}")
        yield page
        session = page.session
    if total is not None and listed < total:
        raise session.unclear_answer(f"ScienceBase counts {total} entries in {what}, and lists {listed}")


def _identifier(child: Fields) -> str:
    return child.identifier("id")


def _whole(child: Fields) -> Fields:
    return _item(quote(child.identifier("id"), safe=""), child.session)


def _page(identifier: str) -> str:
    return f"{CATALOG}/item/{identifier}"


def _without_files(item: Fields, source: str) -> SourceError:
    """The error for an item that at most links to files; it lists the links."""
    stated = [*item.parts("webLinks"), *item.parts("distributionLinks")]
    links = list(dict.fromkeys(link.text("uri") or "" for link in stated if link.text("uri")))[:MOST_LISTED]
    remedy = (
        f"It links to {', '.join(links)}. State the address of a file as datasets.{item.session.key}.source.url in "
        f"params.yaml, without `doi`."
        if links
        else f"Correct datasets.{item.session.key}.source in params.yaml."
    )
    return SourceError(f"{item.session.key}: {item.where}, to which {source} leads, holds no files. {remedy}")


def _record(item: Fields, doi: str | None, *, is_version: bool) -> Record:
    """What DataCite knows of the DOI; a DOI of all versions says nothing of the version of a child."""
    identifier, doi = item.identifier("id"), doi or _doi(item)
    known = datacite.record(doi, item.session) if doi else {}
    if is_version or not doi:
        date = sciencebase_versions.published(item)
        known |= {"version": sciencebase_versions.version(item.text("title"))}
        known |= {"year": date[0]} if date else {}
    known |= {"title": item.text("title") or known.get("title")}
    return Record(**known | {"repository": "sciencebase", "id": identifier, "doi": doi, "url": _page(identifier)})


def _doi(item: Fields) -> str | None:
    """The DOI among the identifiers of an item."""
    for stated in item.parts("identifiers"):
        found = re.search(r"10\.\d{4,9}/\S+", stated.text("key") or "")
        if found and (stated.text("type") or "").upper() == "DOI":
            return found[0]
    return None


def _files(item: Fields) -> Iterator[LockedFile]:
    """The files of an item, directly and in its facets (shapefiles, services); the same file may be in both."""
    facets = [file for facet in item.parts("facets") for file in facet.parts("files")]
    found: dict[str, LockedFile] = {}
    for stated in (*item.parts("files"), *facets):
        file = _file(stated)
        if file.remote not in found or found[file.remote].checksum is None:
            found[file.remote] = file
    yield from found.values()


def _file(stated: Fields) -> LockedFile:
    name, digest = stated.name("name"), stated.part("checksum")
    return LockedFile(
        name=name,
        bytes=size(stated.values.get("size")),
        checksum=checksum(digest.values.get("type"), digest.values.get("value")),
        remote=stated.text("pathOnDisk") or f"{NAMED}{name}",
    )
