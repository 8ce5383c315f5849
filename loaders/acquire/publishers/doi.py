"""From a DOI, or from the address of a page, to the record that a repository publishes there."""

from collections.abc import Callable
from urllib.parse import urlsplit

from loaders.acquire.publishers import dataverse, figshare, osf, sciencebase, zenodo
from loaders.acquire.publishers import via_datahugger as others
from loaders.acquire.publishers.api.session import Asking, Listing

# each answers for its own pages, and null for all others
REPOSITORIES: tuple[Callable[[str, str | None, Asking], Listing | None], ...] = (
    zenodo.ask,
    figshare.ask,
    sciencebase.ask,
    dataverse.ask,
    osf.ask,
)


def ask(name: str, asking: Asking) -> Listing:
    """What is published under a DOI now; the DOI of all versions leads to the newest one.

    Raises:
        SourceError: the DOI does not exist, or leads to a place that we cannot ask.
    """
    if listing := figshare.article(name, asking):
        return listing
    page = others.landing_page(name, asking)
    return on_page(page, name, asking) or others.ask(page, name, asking)


def on_page(page: str, doi: str | None, asking: Asking) -> Listing | None:
    """The record that a page of a repository is about; null if it is no such page, or one of another repository."""
    try:
        urlsplit(page)
    except ValueError:
        return None
    for ask_repository in REPOSITORIES:
        if listing := ask_repository(page, doi, asking):
            return listing
    return None
