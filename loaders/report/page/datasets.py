"""The datasets of the page: what each publication is, what it holds, and what it may be used for."""

from dataclasses import dataclass
from typing import Any

from loaders.acquire.lock import Lock, read_lock_if_valid
from loaders.core.escape import doi_address
from loaders.core.paths import ProjectPaths
from loaders.report.creators import short_creators
from loaders.report.docs.places import source_address, source_name
from loaders.report.page.figures import Figures
from loaders.report.summary import DatasetSummary
from loaders.settings.params import Dataset, Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """A dataset; its texts are the publisher's.

    Attributes:
        summary: its counts, as in `summary.md`.
        table: its row of `curated_pv_dataset_summary`; empty where it is missing from the tables.
        title: as the publisher states it; null in the samples.
        version: as the publisher states it.
        year: of publication.
        source: its DOI, URL, GitHub file or path.
        address: of the source; null for a local file.
        creators: the first one, with "et al." for the others; empty in the samples.
        paper: DOI of the paper to cite.
        older: the dataset that it is the next edition of.
    """

    key: str
    summary: DatasetSummary
    table: dict[str, Any]
    source: str
    address: str | None = None
    title: str | None = None
    version: str | None = None
    year: int | None = None
    creators: str = ""
    paper: str | None = None
    older: str | None = None

    @property
    def paper_address(self) -> str | None:
        """The address of the paper."""
        return doi_address(self.paper) if self.paper else None


def entries(summaries: list[DatasetSummary], figures: Figures, settings: Settings, paths: ProjectPaths) -> list[Entry]:
    """The datasets, in the order of the settings."""
    tables = {row["dataset_key"]: row for row in figures.datasets}
    return [
        _entry(
            summary,
            tables.get(summary.name, {}),
            settings.datasets[summary.name],
            read_lock_if_valid(paths.lock(summary.name)),
        )
        for summary in summaries
    ]


def _entry(summary: DatasetSummary, table: dict[str, Any], dataset: Dataset, lock: Lock | None) -> Entry:
    record = lock.record if lock else None
    return Entry(
        key=summary.name,
        summary=summary,
        table=table,
        source=source_name(dataset, lock),
        address=source_address(dataset, lock),
        title=record.title if record else None,
        version=record.version if record else None,
        year=record.year if record else None,
        creators=short_creators(record.creators) if record else "",
        paper=dataset.cite,
        older=dataset.version_of,
    )
