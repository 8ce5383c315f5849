"""figshare and its portals for institutions. An article has versions, each with files; the newest is used.

An article itself states no more than ten of its files, which is all that datahugger reads; the others come in pages.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import via_datahugger
from loaders.acquire.publishers.api.fields import Fields, get_list, get_object
from loaders.acquire.publishers.api.pages import collect_entries
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size, year
from loaders.core.errors import SourceError

HOST = "figshare.com"
API = "https://api.figshare.com/v2"
DOWNLOADS = "https://ndownloader.figshare.com/files"
DOI = re.compile(r"10\.6084/m9\.figshare\.(\d+)(?:\.v(\d+))?", re.IGNORECASE)
COLLECTION = re.compile(r"10\.6084/m9\.figshare\.c\.(\d+)(?:\.v\d+)?", re.IGNORECASE)
DOI_OF_PORTAL = re.compile(r".*[./](\d{4,})(?:\.v(\d+))?")
PAGE = re.compile(r"/articles/(?:[a-z_]+/)?[^/]+/(\d{4,})(?:/(\d{1,4}))?/?")
PER_PAGE = 1000  # figshare's limit
MAX_LISTED = 20


def article(doi: str, session: PublisherSession) -> Listing | None:
    """The files of figshare's own DOI, which names the article and its version; null for another DOI."""
    if match := COLLECTION.fullmatch(doi):
        raise _collection_error(match[1], doi, session)
    match = DOI.fullmatch(doi)
    return _listing(match[1], match[2], session) if match else None


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """The files of an article, by its page at figshare or at a portal; null for a page elsewhere."""
    parts = urlsplit(page)
    host, match = parts.hostname or "", PAGE.fullmatch(parts.path)
    is_figshare = host == HOST or host.endswith(f".{HOST}")
    if not match or not (is_figshare or (doi and via_datahugger.service(page) == "FigShareDataset")):
        return None
    doi_match = DOI_OF_PORTAL.fullmatch(doi or "")
    number, version = doi_match.groups() if doi_match and f"/{doi_match[1]}" in parts.path else match.groups()
    return _listing(number, version, session)


def address(record: Record, file: LockedFile) -> str:
    """The address of a file by its number."""
    return f"{DOWNLOADS}/{file.remote}"


def _listing(number: str, version: str | None, session: PublisherSession) -> Listing:
    label = f"article {number}{f', version {version},' if version else ''} of figshare"
    url = f"{API}/articles/{number}{f'/versions/{version}' if version else ''}"
    fields = get_object(url, label, session)
    files = _files(fields, (f"{url}/files", f"{API}/articles/{number}/files") if version else (f"{url}/files",))
    if not files:
        raise SourceError(
            f"{session.key}: {label} shows no files ({_access(fields)}). Ask its authors, or name another one in "
            f"datasets.{session.key}.source in params.yaml."
        )
    folders = fields.part("folder_structure").values
    return Listing(_record(fields), tuple(_file(file, folders) for file in files))


def _record(fields: Fields) -> Record:
    names = (author.text("full_name") for author in fields.parts("authors"))
    return Record(
        repository="figshare",
        id=fields.identifier("id"),
        doi=fields.text("doi"),
        title=fields.text("title"),
        creators=tuple(name for name in names if name),
        year=year(fields.values.get("published_date")),
        version=fields.text("version"),
        licence=fields.part("license").text("name"),
        url=fields.text("figshare_url") or fields.text("url_public_html"),
    )


def _files(fields: Fields, lists: Sequence[str]) -> list[Fields]:
    """All files of an article, from its own list of files.

    Without one, the list of its newest version, or the files in the article itself, are used
    if they have the stated size in total.
    """
    session, label = fields.session, f"the files of {fields.label}"
    total_bytes = size(fields.values.get("size"))
    for url in lists:
        if session.get(f"{url}?page=1&page_size={PER_PAGE}").status_code != 404:
            pages = _pages(url, label, total_bytes, session)
            files = list(collect_entries(pages, label, session, lambda file: file.identifier("id")).values())
            if url == lists[0] or _total_bytes(files) == total_bytes:
                return files
    files = fields.parts("files")
    if _total_bytes(files) != total_bytes:
        raise session.unclear_answer(f"{label} cannot be listed: figshare states {len(files)} of them, and more bytes")
    return files


def _pages(url: str, label: str, total_bytes: int | None, session: PublisherSession) -> Iterator[list[Fields]]:
    """The pages of a list of files: up to an empty one, or to a partial one that completes the stated size."""
    first_page: list[Fields] = []
    listed_bytes, number = 0, 0
    while True:
        number += 1
        page = get_list(f"{url}?page={number}&page_size={PER_PAGE}", label, session)
        if not page or (number > 1 and page == first_page and listed_bytes == total_bytes):
            return  # the end; or a server without paging, which has listed all
        yield page
        first_page = first_page or page
        listed_bytes += _total_bytes(page)
        if len(page) < PER_PAGE and listed_bytes == total_bytes:
            return


def _total_bytes(files: list[Fields]) -> int:
    return sum(size(file.values.get("size")) or 0 for file in files)


def _file(fields: Fields, folders: dict[str, object]) -> LockedFile:
    """A file in its folder; figshare states neither size nor checksum of a file that it only links to."""
    number, name = fields.identifier("id"), fields.name("name")
    folder = folders.get(number)
    is_link = fields.values.get("is_link_only") is True
    digest = fields.text("computed_md5") or fields.text("supplied_md5")
    return LockedFile(
        name=f"{folder.strip('/')}/{name}" if isinstance(folder, str) and folder.strip("/") else name,
        bytes=None if is_link else size(fields.values.get("size")),
        checksum=None if is_link else checksum("md5", digest),
        remote=number,
    )


def _access(fields: Fields) -> str:
    if fields.values.get("is_embargoed") is True:
        until = fields.text("embargo_date")
        return f"they are under embargo until {until}" if until else "they are under embargo"
    return "it describes data, and holds none"


def _collection_error(number: str, doi: str, session: PublisherSession) -> SourceError:
    """The error for a DOI of several articles; it lists them."""
    label = f"collection {number} of figshare"
    entries = get_list(f"{API}/collections/{number}/articles?page=1&page_size={MAX_LISTED}", label, session)
    articles = ", ".join(f"{entry.text('doi') or 'no DOI'} ({entry.text('title') or 'no title'})" for entry in entries)
    return SourceError(
        f"{session.key}: {doi} is a collection of articles: {articles or 'none is public'}. Name one of its articles "
        f"in datasets.{session.key}.source.doi in params.yaml."
    )
