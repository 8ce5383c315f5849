"""From a DOI to the place where it is published."""

from urllib.parse import urlsplit

from loaders.publishers import figshare, others, sciencebase, zenodo
from loaders.publishers.asking import Asking, Listing


def ask(name: str, asking: Asking) -> Listing:
    """What is published under a DOI now; the DOI of all versions leads to the newest one.

    Raises:
        SourceError: the DOI does not exist, or leads to a place that we cannot ask.
    """
    if figshare.article(name):
        return figshare.ask(name, asking)
    landing = others.landing_page(name, asking)
    host = urlsplit(landing).hostname or ""
    if host == zenodo.HOST:
        return zenodo.ask(name, asking)
    if host.removeprefix("www.") == sciencebase.HOST:
        return sciencebase.ask(name, asking)
    return others.ask(name, asking)
