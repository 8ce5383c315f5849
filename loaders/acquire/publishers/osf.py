"""OSF. A project keeps files with one or more storage providers, in folders, and every list is paged.

datahugger reads the first page of a project only. A component is a project of its own, with files of its own.
"""

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import quote

from loaders.acquire.lock import LockedFile, Record
from loaders.acquire.publishers import datacite
from loaders.acquire.publishers.api.fields import Fields, abbreviate
from loaders.acquire.publishers.api.pages import MAX_PAGES, collect_entries, follow_pages
from loaders.acquire.publishers.api.session import Listing, PublisherSession, checksum, size
from loaders.acquire.publishers.api.site import Site
from loaders.core.errors import SourceError

HOST = "osf.io"
API = "https://api.osf.io/v2"
PAGE = re.compile(r"/([a-z0-9]{4,})(?:/(?:overview/?|files/?)?)?", re.IGNORECASE)
SITE = Site(HOST, "project of OSF", PAGE)
DOWNLOAD_URL = re.compile(r"https://osf\.io/download/([\w-]+)/?")
STORAGE_URL = re.compile(r"https://(?:[a-z0-9-]+\.)*osf\.io/[!-~]+")
KINDS = ("nodes", "registrations")  # a registration is a project at one moment
OWN_STORAGE = "osfstorage"
PER_PAGE = "page%5Bsize%5D=100"
MAX_LISTED = 20


def query(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """The files of a project or a registration, by its page; null for a page elsewhere."""
    identifier = SITE.identifier(page, doi, session)
    if identifier is None:
        return None
    identifier = identifier.lower()
    root = _root(identifier, session)
    files = _files(root, f"project {identifier} of OSF", session)
    if not files:
        raise _no_files_error(identifier, root, doi or page, session)
    fields = datacite.record(doi, session) if doi else {}
    url = f"https://{HOST}/{identifier}/"
    return Listing(Record(**fields | {"repository": "osf", "id": identifier, "doi": doi, "url": url}), tuple(files))


def address(record: Record, file: LockedFile) -> str:
    """The address of a file by its key, or OSF's link to a file that OSF does not serve itself."""
    return file.remote if "/" in file.remote else f"https://{HOST}/download/{quote(file.remote, safe='')}/"


def _root(identifier: str, session: PublisherSession) -> str:
    """The API address of a project or a registration."""
    for kind in KINDS:
        root = f"{API}/{kind}/{identifier}"
        response = session.get(f"{root}/files/")
        if response.status_code not in {404, 410}:
            break
    session.require_found(response, f"project {identifier} of OSF")
    return root


def _files(root: str, label: str, session: PublisherSession) -> list[LockedFile]:
    """All files of all providers, in all folders."""
    files: list[LockedFile] = []
    queue = deque(
        (f"{root}/files/{quote(name, safe='')}/?{PER_PAGE}", name) for name in _providers(root, label, session)
    )
    known_urls = {url for url, _ in queue}
    while queue:
        url, provider = queue.popleft()
        for entry in _entries(url, f"the files of {label}", session):
            attributes = entry.part("attributes")
            if attributes.text("kind") != "folder":
                files.append(_file(entry, attributes, provider))
            elif (folder := _folder(entry)) not in known_urls:
                known_urls.add(folder)
                queue.append((folder, provider))
        if len(known_urls) > MAX_PAGES:
            raise session.unclear_answer(f"{label} has more than {MAX_PAGES} folders")
    return files


def _providers(root: str, project: str, session: PublisherSession) -> list[str]:
    label = f"the storage of {project}"
    pages = _pages(f"{root}/files/", label, session)
    return list(collect_entries(pages, label, session, lambda entry: entry.part("attributes").identifier("provider")))


def _entries(url: str, label: str, session: PublisherSession) -> list[Fields]:
    pages = _pages(url, label, session)
    return list(collect_entries(pages, label, session, lambda entry: entry.identifier("id")).values())


def _pages(url: str, label: str, session: PublisherSession) -> Iterator[list[Fields]]:
    pages = follow_pages(url, label, session, lambda page: page.part("links").values.get("next"))
    return (page.parts("data") for page in pages)


def _folder(entry: Fields) -> str:
    """The address of a folder's list of files."""
    link = entry.part("relationships").part("files").part("links").part("related").name("href")
    if not link.startswith(f"{API}/"):
        raise entry.session.unclear_answer(
            f"{entry.label} is a folder at {abbreviate(link)}, expected an address at api.osf.io"
        )
    return link if "?" in link else f"{link}?{PER_PAGE}"


def _file(entry: Fields, attributes: Fields, provider: str) -> LockedFile:
    """A file; outside OSF's own storage, its provider is its top folder."""
    path = attributes.path("materialized_path") or attributes.name("name")
    hashes = attributes.part("extra").part("hashes")
    link = entry.part("links").name("download")
    download_match = DOWNLOAD_URL.fullmatch(link)
    if not download_match and not STORAGE_URL.fullmatch(link):
        raise entry.session.unclear_answer(
            f"{entry.label} is downloaded at {abbreviate(link)}, expected an address at {HOST}"
        )
    return LockedFile(
        name=path if provider == OWN_STORAGE else f"{provider}/{path}",
        bytes=size(attributes.values.get("size")),
        checksum=checksum("sha256", hashes.text("sha256")) or checksum("md5", hashes.text("md5")),
        remote=download_match[1] if download_match else link,
    )


def _no_files_error(identifier: str, root: str, source: str, session: PublisherSession) -> SourceError:
    """The error for a project without files; it lists the components, which may have some."""
    components = _entries(f"{root}/children/", f"the components of project {identifier} of OSF", session)[:MAX_LISTED]
    listing = ", ".join(
        f"https://{HOST}/{child.identifier('id')}/ ({abbreviate(child.part('attributes').text('title'))})"
        for child in components
    )
    if not listing:
        return SourceError(
            f"{session.key}: project {identifier} of OSF, to which {source} leads, shows no files. Ask its authors, or "
            f"correct datasets.{session.key}.source in params.yaml."
        )
    return SourceError(
        f"{session.key}: project {identifier} of OSF, to which {source} leads, has no files of its own, but components"
        f": {listing}. State the address of one of them as datasets.{session.key}.source.url in params.yaml, "
        f"without `doi`."
    )
