"""Lists that come in pages: followed on one host, to an end, and without going round in circles."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from loaders.acquire.publishers.api.fields import Fields, abbreviate, get_object
from loaders.acquire.publishers.api.session import PublisherSession
from loaders.core.redact import redacted_url

MOST_PAGES = 500


def follow_pages(
    first: str, what: str, session: PublisherSession, following: Callable[[Fields], object]
) -> Iterator[Fields]:
    """The pages of a list of which each states the address of the next.

    Args:
        first: the address of the first page; all others must be on its host.
        what: the list, for error messages.
        session: the conversation.
        following: the address of the next page; null, or empty, on the last.

    Raises:
        SourceError: a page cannot be read, or its address is no page of this list.
    """
    url, known = first, set[str]()
    while True:
        known.add(url)
        page = get_object(url, what, session)
        if _origin(place := str(session.get(url).url)) != _origin(url):
            raise session.unclear_answer(
                f"{what} are sent from {redacted_url(place)}, expected {urlsplit(url).hostname}"
            )
        yield page
        stated = following(page)
        if stated is None or stated == "":
            return
        url = _next(stated, url, what, session)
        if url in known:
            raise session.unclear_answer(f"the pages of {what} go round in circles: {redacted_url(url)} follows itself")


def collect_entries(
    pages: Iterable[list[Fields]], what: str, session: PublisherSession, identity: Callable[[Fields], str]
) -> dict[str, Fields]:
    """All entries of a list, by their identity.

    Args:
        pages: the entries of each page.
        what: the list, for error messages.
        session: the conversation.
        identity: what tells an entry from the others.

    Raises:
        SourceError: the list has no end, or a page repeats what came before.
    """
    found: dict[str, Fields] = {}
    for number, page in enumerate(pages, start=1):
        entries = {identity(entry): entry for entry in page}
        if entries and entries.keys() <= found.keys():
            raise session.unclear_answer(f"page {number} of {what} repeats entries of the pages before it")
        found |= entries
        if number > MOST_PAGES:
            raise session.unclear_answer(f"{what} has more than {MOST_PAGES} pages")
    return found


def _next(stated: object, url: str, what: str, session: PublisherSession) -> str:
    """The address of the next page, if it is one on the same host."""
    try:
        target = urljoin(url, stated) if isinstance(stated, str) else ""
        is_same = _origin(target) == _origin(url)
    except ValueError:
        target, is_same = "", False
    if not is_same:
        place = urlsplit(url).hostname
        raise session.unclear_answer(
            f"the next page of {what} is stated as {abbreviate(stated)}, expected an address at {place}"
        )
    return target


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
