"""Where datasets are published: one module for each kind of place, all with the same two functions.

`ask` finds out what the place holds now; `address` says where a file of it is downloaded. A lock keeps what the place
calls a record and its files, never an address: a place that moves needs another `address`, not other locks.
"""

from typing import Protocol

from loaders.catalog import Dataset
from loaders.locks import LockedFile, Record
from loaders.publishers import direct, doi, figshare, github, others, sciencebase, zenodo
from loaders.publishers.asking import Asking, Listing
from loaders.web import Web


class Publisher(Protocol):
    """A kind of place where data are published."""

    def ask(self, name: str, asking: Asking) -> Listing:
        """What the place holds under a name now.

        Raises:
            SourceError: it does not answer, knows nothing of that name, or answers what cannot be understood.
        """

    def address(self, record: Record, file: LockedFile) -> str:
        """Where a file of a record is downloaded."""


PUBLISHERS: dict[str, Publisher] = {
    "figshare": figshare,
    "github": github,
    "others": others,
    "sciencebase": sciencebase,
    "url": direct,
    "zenodo": zenodo,
}


def ask(dataset: Dataset, web: Web) -> Listing:
    """Everything that a published source holds now, wanted or not.

    Raises:
        SourceError: as for `Publisher.ask`.
    """
    source, asking = dataset.source, Asking(web, dataset.key)
    if source.url:
        return direct.ask(source.url, asking)
    if source.github:
        return github.ask(source.github, asking)
    return doi.ask(str(source.doi), asking)


def address(record: Record, file: LockedFile) -> str:
    """Where a file of a lock is downloaded."""
    return PUBLISHERS[record.repository].address(record, file)
