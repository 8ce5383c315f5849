"""Publishers of datasets: one module per kind of repository.

`query` lists the files that a source holds now; that of a repository takes the page of a record, and returns null for
other pages. `address` is where a file is downloaded. A lock stores the repository's own identifiers, never addresses: a
repository that moves needs another `address`, not other locks.
"""

from functools import cache
from typing import TYPE_CHECKING, Protocol

from loaders.acquire.lock import LockedFile, Record
from loaders.settings.params import Dataset
from loaders.settings.source import Source

if TYPE_CHECKING:
    from loaders.acquire.publishers.api.session import Listing, PublisherSession
    from loaders.http.client import HttpClient

# ruff: noqa: PLC0415 (publishers import the HTTP client, which takes longer than a step that asks nobody)


class Publisher(Protocol):
    """A kind of repository."""

    def address(self, record: Record, file: LockedFile) -> str:
        """The address of a file of a record."""


@cache
def all_publishers() -> dict[str, Publisher]:
    """The publishers, by the name that a lock has for them."""
    from loaders.acquire.publishers import dataverse, figshare, github, osf, sciencebase, url, via_datahugger, zenodo

    return {
        "dataverse": dataverse,
        "figshare": figshare,
        "github": github,
        "osf": osf,
        "others": via_datahugger,
        "sciencebase": sciencebase,
        "url": url,
        "zenodo": zenodo,
    }


def query(dataset: Dataset, client: "HttpClient", *, verify_head: bool = False) -> "Listing":
    """All files that a published source holds now, selected or not; a record's page stands for the record.

    Args:
        dataset: the dataset to query.
        client: sends the requests.
        verify_head: whether to confirm the headers of HEAD by GET, since the file could not be downloaded before.

    Raises:
        SourceError: the publisher does not answer, does not know the record, or answers in an unknown form.
    """
    from loaders.acquire.publishers.api.file_list import validate_listing
    from loaders.acquire.publishers.api.session import PublisherSession
    from loaders.core.json_text import MALFORMED_DOCUMENT_ERRORS

    session = PublisherSession(client, dataset.key, verify_head=verify_head)
    try:
        return validate_listing(_listing(dataset.source, session), session)
    except MALFORMED_DOCUMENT_ERRORS as error:
        raise session.unclear_answer("the record that the publisher sent has another form than expected") from error


def _listing(source: Source, session: "PublisherSession") -> "Listing":
    from loaders.acquire.publishers import doi, github, url

    if source.url:
        return doi.query_page(source.url, None, session) or url.query(source.url, session)
    if source.github:
        return github.query(source.github, session)
    return doi.query(str(source.doi), session)


def address(record: Record, file: LockedFile) -> str:
    """The address of a locked file."""
    return all_publishers()[record.repository].address(record, file)
