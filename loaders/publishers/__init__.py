"""Where datasets are published: one module for each kind of place.

`ask` finds out what the place holds now; that of a repository takes the page of a record, and is null for other pages.
`address` says where a file of it is downloaded. A lock keeps what the place calls a record and its files, never an
address: a place that moves needs another `address`, not other locks.
"""

from typing import Protocol

from loaders.catalog import Dataset
from loaders.locks import LockedFile, Record
from loaders.publishers import dataverse, direct, doi, figshare, github, osf, others, sciencebase, zenodo
from loaders.publishers.asking import Asking, Listing
from loaders.web import Web


class Publisher(Protocol):
    """A kind of place where data are published."""

    def address(self, record: Record, file: LockedFile) -> str:
        """Where a file of a record is downloaded."""


PUBLISHERS: dict[str, Publisher] = {
    "dataverse": dataverse,
    "figshare": figshare,
    "github": github,
    "osf": osf,
    "others": others,
    "sciencebase": sciencebase,
    "url": direct,
    "zenodo": zenodo,
}


def ask(dataset: Dataset, web: Web) -> Listing:
    """Everything that a published source holds now, wanted or not; the page of a record is the record.

    Raises:
        SourceError: the place does not answer, knows nothing of that name, or answers what cannot be understood.
    """
    source, asking = dataset.source, Asking(web, dataset.key)
    if source.url:
        return doi.on_page(source.url, None, asking) or direct.ask(source.url, asking)
    if source.github:
        return github.ask(source.github, asking)
    return doi.ask(str(source.doi), asking)


def address(record: Record, file: LockedFile) -> str:
    """Where a file of a lock is downloaded."""
    return PUBLISHERS[record.repository].address(record, file)
