"""Download plan: what `fetch` would download, reported before it does."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from loaders.acquire.downloader import Downloader
from loaders.acquire.publishers import address
from loaders.acquire.resolve import current_lock, query_source
from loaders.core.errors import EoPvError
from loaders.core.fitted_table import Column, FittedTable, number_column
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset

COLUMNS = (
    Column("dataset", min_width=20, is_id=True),
    Column("from", 3, min_width=12),
    number_column("wanted", 4),
    number_column("to\nfetch"),
    number_column("MB"),
    Column("note", 2, min_width=16),
)
LOCAL = "this disk"
UNKNOWN = "unknown"
UNKNOWN_ROW = ("?", "", UNKNOWN, UNKNOWN, "nobody could be asked")


@dataclass(frozen=True, slots=True)
class DownloadPlan:
    """The planned download of a dataset.

    Attributes:
        hosts: of its files.
        file_count: how many files are wanted.
        missing_count: how many of them are neither in the raw folder nor in the download cache.
        bytes: the size of those [bytes]; null if the publisher does not state it.
        notes: remarks for the user.
        is_possible: whether the download would succeed, as far as is known.
    """

    hosts: tuple[str, ...]
    file_count: int
    missing_count: int
    bytes: int | None
    notes: tuple[str, ...]
    is_possible: bool = True

    def row(self, name: str) -> tuple[str, ...]:
        """The cells of a row, in the order of the columns."""
        size = f"{self.bytes / 1e6:,.1f}" if self.bytes is not None else UNKNOWN
        return (name, ", ".join(self.hosts), f"{self.file_count}", f"{self.missing_count}", size, "; ".join(self.notes))


def plan(dataset: Dataset, paths: ProjectPaths, downloader: Downloader) -> DownloadPlan:
    """The planned download of a dataset; a source without a lock is queried, and no lock is written.

    Raises:
        SourceError: the source does not answer.
    """
    lock = current_lock(dataset, paths)
    notes = [] if lock else ["no lock yet"]
    lock = lock or query_source(dataset, paths, downloader.client)
    if lock.record is None:
        return DownloadPlan((LOCAL,), len(lock.files), 0, 0, tuple(notes))
    requests = list(downloader.requests(dataset, lock, paths))
    missing_requests = [request for request in requests if downloader.find(request, paths) is None]
    too_large = [request for request in requests if (request.file.bytes or 0) > request.limit_bytes]
    notes += [f"{request.file.name} is over the limit of {request.limit_mb:g} MB" for request in too_large]
    sizes = [request.file.bytes for request in missing_requests]
    known_sizes = [size for size in sizes if size is not None]
    hosts = sorted({urlsplit(address(request.record, request.file)).hostname or "" for request in requests})
    total = sum(known_sizes) if len(known_sizes) == len(sizes) else None
    return DownloadPlan(tuple(hosts), len(requests), len(missing_requests), total, tuple(notes), not too_large)


def plan_table(plans: dict[str, DownloadPlan | EoPvError]) -> FittedTable:
    """The plans as a table for the terminal."""
    rows = [
        entry.row(name) if isinstance(entry, DownloadPlan) else (name, *UNKNOWN_ROW) for name, entry in plans.items()
    ]
    return FittedTable(COLUMNS, rows, all_columns="--json")


def plan_summary(plans: Iterable[DownloadPlan | EoPvError]) -> str:
    """All plans in one sentence."""
    entries = list(plans)
    known_plans = [entry for entry in entries if isinstance(entry, DownloadPlan)]
    if entries and not known_plans:
        return "What would be downloaded is unknown: nobody could be asked."
    file_count = sum(entry.missing_count for entry in known_plans)
    size = sum(entry.bytes or 0 for entry in known_plans) / 1e6
    open_sizes = "" if all(entry.bytes is not None for entry in known_plans) else ", and those whose size is unknown"
    unknown = (
        f"; unknown for {len(entries) - len(known_plans)} dataset(s), which could not be asked"
        if known_plans != entries
        else ""
    )
    return f"{file_count} file(s) to download, {size:,.1f} MB{open_sizes}{unknown}."
