"""Paged lists: followed on one host, to their end, and never in circles."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from loaders.acquire.publishers.api.fields import Fields, abbreviate, get_object
from loaders.acquire.publishers.api.session import PublisherSession
from loaders.core.redact import redacted_url

MAX_PAGES = 500


def follow_pages(
    first: str, label: str, session: PublisherSession, next_page: Callable[[Fields], object]
) -> Iterator[Fields]:
    """The pages of a list in which each page links to the next.

    Args:
        first: the address of the first page; all others must be on its host.
        label: the list, for error messages.
        session: the conversation.
        next_page: the address of the next page; null, or empty, on the last.

    Raises:
        SourceError: a page cannot be read, or is on another host.
    """
    url, visited_urls = first, set[str]()
    while True:
        visited_urls.add(url)
        page = get_object(url, label, session)
        if _origin(response_url := str(session.get(url).url)) != _origin(url):
            raise session.unclear_answer(
                f"{label} are sent from {redacted_url(response_url)}, expected {urlsplit(url).hostname}"
            )
        yield page
        next_link = next_page(page)
        if next_link is None or next_link == "":
            return
        url = _next_url(next_link, url, label, session)
        if url in visited_urls:
            raise session.unclear_answer(
                f"the pages of {label} go round in circles: {redacted_url(url)} follows itself"
            )


def collect_entries(
    pages: Iterable[list[Fields]], label: str, session: PublisherSession, identify: Callable[[Fields], str]
) -> dict[str, Fields]:
    """All entries of a paged list, by their identity.

    Args:
        pages: the entries of each page.
        label: the list, for error messages.
        session: the conversation.
        identify: returns the identity of an entry.

    Raises:
        SourceError: the list has no end, or a page repeats earlier entries.
    """
    collected: dict[str, Fields] = {}
    for number, page in enumerate(pages, start=1):
        entries = {identify(entry): entry for entry in page}
        if entries and entries.keys() <= collected.keys():
            raise session.unclear_answer(f"page {number} of {label} repeats entries of the pages before it")
        collected |= entries
        if number > MAX_PAGES:
            raise session.unclear_answer(f"{label} has more than {MAX_PAGES} pages")
    return collected


def _next_url(link: object, url: str, label: str, session: PublisherSession) -> str:
    """The address of the next page, required to be on the same host."""
    try:
        target = urljoin(url, link) if isinstance(link, str) else ""
        is_same = _origin(target) == _origin(url)
    except ValueError:
        target, is_same = "", False
    if not is_same:
        host = urlsplit(url).hostname
        raise session.unclear_answer(
            f"the next page of {label} is stated as {abbreviate(link)}, expected an address at {host}"
        )
    return target


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
