"""figshare and the portals that it runs for others. An article has versions, each with files; the newest is meant.

An article itself states no more than ten of its files, which is all that datahugger sees; the others come in pages.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import via_datahugger as others
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
PER_PAGE = 1000  # the most that figshare allows
MOST_LISTED = 20


def article(doi: str, session: PublisherSession) -> Listing | None:
    """What a DOI of figshare itself holds: it names the article, and its version; null for another DOI."""
    if found := COLLECTION.fullmatch(doi):
        raise _collection(found[1], doi, session)
    found = DOI.fullmatch(doi)
    return _listing(found[1], found[2], session) if found else None


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """What an article holds, by its page at figshare or at a portal; null for a page elsewhere."""
    parts = urlsplit(page)
    host, found = parts.hostname or "", PAGE.fullmatch(parts.path)
    is_figshare = host == HOST or host.endswith(f".{HOST}")
    if not found or not (is_figshare or (doi and others.service(page) == "FigShareDataset")):
        return None
    named = DOI_OF_PORTAL.fullmatch(doi or "")
    number, version = named.groups() if named and f"/{named[1]}" in parts.path else found.groups()
    return _listing(number, version, session)


def address(record: Record, file: LockedFile) -> str:
    """A file by its number."""
    return f"{DOWNLOADS}/{file.remote}"


def _listing(number: str, version: str | None, session: PublisherSession) -> Listing:
    what = f"article {number}{f', version {version},' if version else ''} of figshare"
    url = f"{API}/articles/{number}{f'/versions/{version}' if version else ''}"
    stated = get_object(url, what, session)
    files = _files(stated, (f"{url}/files", f"{API}/articles/{number}/files") if version else (f"{url}/files",))
    if not files:
        raise SourceError(
            f"{session.key}: {what} shows no files ({_access(stated)}). Ask its authors, or name another one in "
            f"datasets.{session.key}.source in params.yaml."
        )
    folders = stated.part("folder_structure").values
    return Listing(_record(stated), tuple(_file(file, folders) for file in files))


def _record(stated: Fields) -> Record:
    names = (author.text("full_name") for author in stated.parts("authors"))
    return Record(
        repository="figshare",
        id=stated.identifier("id"),
        doi=stated.text("doi"),
        title=stated.text("title"),
        creators=tuple(name for name in names if name),
        year=year(stated.values.get("published_date")),
        version=stated.text("version"),
        licence=stated.part("license").text("name"),
        url=stated.text("figshare_url") or stated.text("url_public_html"),
    )


def _files(stated: Fields, lists: Sequence[str]) -> list[Fields]:
    """All files of an article, from its own list of files.

    Where there is none, the list of its newest version, or the files that the article itself states, are its files too
    if they have as many bytes.
    """
    session, what = stated.session, f"the files of {stated.where}"
    total_bytes = size(stated.values.get("size"))
    for url in lists:
        if session.get(f"{url}?page=1&page_size={PER_PAGE}").status_code != 404:
            pages = _pages(url, what, total_bytes, session)
            files = list(collect_entries(pages, what, session, lambda file: file.identifier("id")).values())
            if url == lists[0] or _bytes(files) == total_bytes:
                return files
    files = stated.parts("files")
    if _bytes(files) != total_bytes:
        raise session.unclear_answer(f"{what} cannot be listed: figshare states {len(files)} of them, and more bytes")
    return files


def _pages(url: str, what: str, total_bytes: int | None, session: PublisherSession) -> Iterator[list[Fields]]:
    """The pages of a list of files: up to an empty one, or to the stated sum of bytes on a page that is not full."""
    first: list[Fields] = []
    listed_bytes, number = 0, 0
    while True:
        number += 1
        page = get_list(f"{url}?page={number}&page_size={PER_PAGE}", what, session)
        if not page or (number > 1 and page == first and listed_bytes == total_bytes):
            return  # the end; or a server that knows no pages, and has listed all
        yield page
        first = first or page
        listed_bytes += _bytes(page)
        if len(page) < PER_PAGE and listed_bytes == total_bytes:
            return


def _bytes(files: list[Fields]) -> int:
    return sum(size(file.values.get("size")) or 0 for file in files)


def _file(stated: Fields, folders: dict[str, object]) -> LockedFile:
    """A file in its folder; of one that figshare only links to, it knows neither size nor checksum."""
    number, name = stated.identifier("id"), stated.name("name")
    folder = folders.get(number)
    is_link = stated.values.get("is_link_only") is True
    digest = stated.text("computed_md5") or stated.text("supplied_md5")
    return LockedFile(
        name=f"{folder.strip('/')}/{name}" if isinstance(folder, str) and folder.strip("/") else name,
        bytes=None if is_link else size(stated.values.get("size")),
        checksum=None if is_link else checksum("md5", digest),
        remote=number,
    )


def _access(stated: Fields) -> str:
    if stated.values.get("is_embargoed") is True:
        until = stated.text("embargo_date")
        return f"they are under embargo until {until}" if until else "they are under embargo"
    return "it describes data, and holds none"


def _collection(number: str, doi: str, session: PublisherSession) -> SourceError:
    """The error for a DOI of several articles; it lists them."""
    what = f"collection {number} of figshare"
    listed = get_list(f"{API}/collections/{number}/articles?page=1&page_size={MOST_LISTED}", what, session)
    articles = ", ".join(f"{each.text('doi') or 'no DOI'} ({each.text('title') or 'no title'})" for each in listed)
    return SourceError(
        f"{session.key}: {doi} is a collection of articles: {articles or 'none is public'}. Name one of its articles "
        f"in datasets.{session.key}.source.doi in params.yaml."
    )
