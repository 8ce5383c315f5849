"""Repositories with one host, whose pages name the record in their address."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from loaders.acquire.publishers.api.session import PublisherSession


@dataclass(frozen=True, slots=True)
class Site:
    """A repository with one host and one form of address for its records.

    Attributes:
        host: without `www.`.
        record: what it publishes, for error messages: "item of ScienceBase".
        page: the path of a record's page; its first group is the identifier.
        doi: a DOI that names the identifier itself, for pages that do not; null if no DOI does.
    """

    host: str
    record: str
    page: re.Pattern[str]
    doi: re.Pattern[str] | None = None

    def identifier(self, page: str, doi: str | None, session: PublisherSession) -> str | None:
        """The record of a page; null for a page elsewhere, or without a record.

        Raises:
            SourceError: a DOI leads to a page of this site that is about no record.
        """
        parts = urlsplit(page)
        if (parts.hostname or "").removeprefix("www.") != self.host:
            return None
        match_in_doi = self.doi.search(doi or "") if self.doi else None
        if match := self.page.fullmatch(parts.path) or match_in_doi:
            return match[1]
        if doi:
            raise session.unclear_answer(f"{doi} leads to {page}, which names no {self.record}")
        return None
