"""What would be downloaded, said before anything is."""

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from rich.table import Table

from loaders.acquire.downloader import Downloader
from loaders.acquire.publishers import address
from loaders.acquire.resolve import current_lock, query_source
from loaders.core.errors import BuildError, EoPvError
from loaders.core.paths import ProjectPaths
from loaders.settings.params import Dataset

HEADINGS = ("dataset", "from", "wanted", "to fetch", "MB", "note")
HERE = "this disk"
NOT_STATED = "not stated"
UNKNOWN = ("?", "", "unknown", "unknown", "cannot be asked")
PER_DATASET = ("resolve", "fetch", "load")
TOGETHER = "build, report"


@dataclass(frozen=True, slots=True)
class DownloadPlan:
    """What would be downloaded for a dataset.

    Attributes:
        hosts: where its files come from.
        file_count: how many files are wanted.
        missing_count: how many of them are neither in the raw folder nor in the download cache.
        bytes: the size of those [bytes]; null if the publisher does not state it.
        notes: what else must be said.
        is_possible: whether it would succeed, as far as one can know.
    """

    hosts: tuple[str, ...]
    file_count: int
    missing_count: int
    bytes: int | None
    notes: tuple[str, ...]
    is_possible: bool = True

    def row(self, name: str) -> tuple[str, ...]:
        """As text, in the order of the headings."""
        size = f"{self.bytes / 1e6:,.1f}" if self.bytes is not None else NOT_STATED
        return (name, ", ".join(self.hosts), f"{self.file_count}", f"{self.missing_count}", size, "; ".join(self.notes))


def plan(dataset: Dataset, paths: ProjectPaths, downloads: Downloader) -> DownloadPlan:
    """What would be downloaded for a dataset; a source without a lock is asked, and no lock is written.

    Raises:
        SourceError: the source cannot be asked.
    """
    lock = current_lock(dataset, paths)
    notes = [] if lock else ["no lock yet"]
    lock = lock or query_source(dataset, paths, downloads.web)
    if lock.record is None:
        return DownloadPlan((HERE,), len(lock.files), 0, 0, tuple(notes))
    wanted = list(downloads.requests(dataset, lock, paths))
    missing = [each for each in wanted if downloads.find(each, paths) is None]
    too_large = [each for each in wanted if (each.file.bytes or 0) > each.limit_bytes]
    notes += [f"{each.file.name} is over the limit of {each.limit_mb:g} MB" for each in too_large]
    sizes = [each.file.bytes for each in missing]
    known = [size for size in sizes if size is not None]
    hosts = sorted({urlsplit(address(each.record, each.file)).hostname or "" for each in wanted})
    total = sum(known) if len(known) == len(sizes) else None
    return DownloadPlan(tuple(hosts), len(wanted), len(missing), total, tuple(notes), not too_large)


def plan_table(planned: dict[str, DownloadPlan | EoPvError]) -> Table:
    """For the terminal."""
    table = Table(header_style="bold")
    for heading in HEADINGS:
        is_number = heading in {"wanted", "to fetch", "MB"}
        table.add_column(heading, justify="right" if is_number else "left", overflow="fold")
    for name, each in planned.items():
        table.add_row(*(each.row(name) if isinstance(each, DownloadPlan) else (name, *UNKNOWN)))
    return table


def pending_steps(paths: ProjectPaths) -> list[str]:
    """Which steps of the workflow would run, as DVC finds it; a step may find that nothing changes for the next.

    Raises:
        BuildError: DVC cannot say.
    """
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    done = subprocess.run(command, cwd=paths.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"`dvc status` failed: {done.stderr.strip()}")
    changed = [stage.partition("@") for stage in json.loads(done.stdout)]
    keys = list(dict.fromkeys(key for _, _, key in changed if key))
    first = {key: min(PER_DATASET.index(step) for step, _, other in changed if other == key) for key in keys}
    lines = [", ".join(f"{step}@{key}" for step in PER_DATASET[first[key] :]) for key in keys]
    return [f"would run: {line}" for line in [*lines, TOGETHER]] if changed else ["nothing would run"]


def plan_summary(planned: Iterable[DownloadPlan | EoPvError]) -> str:
    """All of it in one sentence."""
    every = list(planned)
    known = [each for each in every if isinstance(each, DownloadPlan)]
    if every and not known:
        return "What would be downloaded is unknown: no source could be asked."
    files = sum(each.missing_count for each in known)
    size = sum(each.bytes or 0 for each in known) / 1e6
    open_sizes = "" if all(each.bytes is not None for each in known) else ", and those whose size is not stated"
    unasked = f"; unknown for {len(every) - len(known)} dataset(s), which could not be asked" if known != every else ""
    return f"{files} file(s) to download, {size:,.1f} MB{open_sizes}{unasked}."
