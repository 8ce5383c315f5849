"""From a DOI, or the address of a page, to the record of a repository."""

from collections.abc import Callable
from urllib.parse import urlsplit

from loaders.acquire.publishers import dataverse, figshare, osf, sciencebase, via_datahugger, zenodo
from loaders.acquire.publishers.api.session import Listing, PublisherSession

# each returns null for pages of others
REPOSITORIES: tuple[Callable[[str, str | None, PublisherSession], Listing | None], ...] = (
    zenodo.query,
    figshare.query,
    sciencebase.query,
    dataverse.query,
    osf.query,
)


def query(doi: str, session: PublisherSession) -> Listing:
    """The files of a DOI; the DOI of all versions leads to the newest one.

    Raises:
        SourceError: the DOI does not exist, or leads to an unsupported repository.
    """
    if listing := figshare.article(doi, session):
        return listing
    page = via_datahugger.landing_page(doi, session)
    return query_page(page, doi, session) or via_datahugger.query(page, doi, session)


def query_page(page: str, doi: str | None, session: PublisherSession) -> Listing | None:
    """The record of a repository's page; null for any other page."""
    try:
        urlsplit(page)
    except ValueError:
        return None
    for query_repository in REPOSITORIES:
        if listing := query_repository(page, doi, session):
            return listing
    return None
