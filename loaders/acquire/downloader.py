"""Downloader of the published files of datasets: from the raw folder, the cache or the publisher, several at a time."""

import copy
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, TypeVar

from rich.progress import BarColumn, DownloadColumn, Progress, Task, TimeRemainingColumn, TransferSpeedColumn

from loaders.acquire.archives.unpack_checks import Limits
from loaders.acquire.download_cache import DownloadCache, user_cache
from loaders.acquire.download_request import DownloadRequest
from loaders.acquire.lock import Lock, LockedFile, Record, matches
from loaders.acquire.receipt import read_receipt
from loaders.core.errors import EoPvError, SourceError
from loaders.core.files import sha256
from loaders.core.foreign_errors import translate_error
from loaders.core.paths import ProjectPaths
from loaders.core.progress import Activity, report
from loaders.core.progress_bars import progress
from loaders.settings.download import Download
from loaders.settings.params import Dataset, Settings

if TYPE_CHECKING:
    from loaders.http.client import HttpClient

log = logging.getLogger(__name__)
Result = TypeVar("Result")
BYTES_PER_MB = 1e6


class Downloader:
    """Downloads files; shared by all datasets of a run, so that limits per host hold for all of them."""

    def __init__(self, settings: Settings, cache: DownloadCache | None = None, *, force: bool = False) -> None:
        """Prepare; nothing is requested yet.

        Args:
            settings: limits and retry policy.
            cache: where verified bytes are kept; by default the user's.
            force: download again, even if the files are here.
        """
        self.settings = settings
        self.cache = cache or user_cache()
        self.force = force
        self.only_unproven = False
        self._clients = _OneClient(settings.download)
        self.bars = _bars()

    @property
    def client(self) -> "HttpClient":
        """The client that all requests share."""
        return self._clients.get()

    def __reduce__(self) -> tuple[Callable[..., "Downloader"], tuple[object, ...]]:
        """Pickle for another process, which has a client of its own and shows no progress."""
        return _restore_downloader, (self.settings, self.cache, self.force)

    def for_confirmation(self) -> "Downloader":
        """A copy that downloads files without a checksum again, even if they are here."""
        downloader = copy.copy(self)
        downloader.force = downloader.only_unproven = True
        return downloader

    def forget_unproven(self, lock: Lock) -> None:
        """Remove the files without a checksum from the cache's index."""
        for file in lock.files:
            if lock.record and not file.checksum:
                self.cache.forget(lock.record, file)

    @property
    def archive_limits(self) -> Limits:
        """The limits for unpacking."""
        return Limits(self.settings.download.max_unpacked_mb, self.settings.download.max_ratio)

    def files(self, dataset: Dataset, lock: Lock, paths: ProjectPaths) -> dict[str, Path]:
        """The verified files of a dataset, by name.

        Raises:
            SourceError: a file cannot be downloaded.
            ChecksumMismatchError: a file differs from the locked one.
        """
        requests = list(self.requests(dataset, lock, paths))
        for request in requests:  # before the first byte of any
            request.require_within_limit(request.file.bytes)
        return {request.file.name: self._verified_path(request, paths) for request in requests}

    def requests(self, dataset: Dataset, lock: Lock, paths: ProjectPaths) -> Iterator[DownloadRequest]:
        """The files to download for a dataset."""
        previous = read_receipt(paths.receipt(dataset.key)).for_lock(lock).published
        limit_mb, limit_name = self.settings.limit_mb(dataset), self.settings.limit_name(dataset)
        for file in lock.files:
            is_known = file.name in previous and not _is_repacked(lock, file) and not self._is_forced(file)
            known_sha256 = previous[file.name].sha256 if is_known else None
            yield DownloadRequest(dataset.key, _record(lock), file, limit_mb, limit_name, known_sha256)

    def find(self, request: DownloadRequest, paths: ProjectPaths) -> Path | None:
        """The verified file in the raw folder or in the cache; null if it is in neither."""
        raw_path = paths.raw(request.key) / request.file.name
        if raw_path.is_file() and _is_requested_file(raw_path, request):
            return raw_path
        return self.cache.find(request.record, request.file, request.known_sha256)

    def _verified_path(self, request: DownloadRequest, paths: ProjectPaths) -> Path:
        is_forced = self._is_forced(request.file)
        if not is_forced and (path := self.find(request, paths)):
            log.info("%s: %s is here already: %s", request.key, request.file.name, path)
            return path
        from loaders.acquire.download import download  # noqa: PLC0415 (imports the HTTP client)

        with self._progress_bar(request) as advance:
            return download(request, self.cache, self.client, advance, force=is_forced)

    def _is_forced(self, file: LockedFile) -> bool:
        return self.force and not (self.only_unproven and file.checksum)

    def for_each(self, datasets: Iterable[Dataset], work: Callable[[Dataset], Result]) -> dict[str, Result | EoPvError]:
        """Run a function for several datasets at a time; returns its results or errors, by key."""
        selected = list(datasets)
        outcomes: Queue[tuple[str, Result | EoPvError | BaseException]] = Queue()
        slots = threading.Semaphore(self.settings.download.datasets_at_once)

        def attempt(dataset: Dataset) -> None:
            with slots:
                outcomes.put((dataset.key, _run(dataset, work)))

        with self.shown():
            for dataset in selected:  # daemons: Ctrl-C does not wait for servers; partial files are kept
                threading.Thread(target=attempt, args=(dataset,), daemon=True).start()
            results = dict(outcomes.get() for _ in selected)
        return {dataset.key: _raise_bug(results[dataset.key]) for dataset in selected}

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show what is downloaded: a bar for each file, or a line where there is no terminal."""
        with Activity("downloading") if self.bars.disable else self.bars:
            yield

    @contextmanager
    def _progress_bar(self, request: DownloadRequest) -> Iterator[Callable[[int], None]]:
        task = self.bars.add_task(f"{request.key}: {request.file.name}", total=request.file.bytes)

        def advance(count: int) -> None:
            self.bars.advance(task, count)
            report(_format_downloads(self.bars.tasks))

        try:
            yield advance
        finally:
            self.bars.stop_task(task)


class _OneClient:
    """Makes an HTTP client with the first request, one for all threads: its import takes longer than a short step."""

    def __init__(self, download: Download) -> None:
        self._settings = download
        self._lock = threading.Lock()
        self._client: HttpClient | None = None

    def get(self) -> "HttpClient":
        with self._lock:
            if self._client is None:
                from loaders.http.client import HttpClient  # noqa: PLC0415 (see above)

                self._client = HttpClient(self._settings)
            return self._client


def _restore_downloader(settings: Settings, cache: DownloadCache, force: bool) -> Downloader:
    return Downloader(settings, cache, force=force)


def _run(dataset: Dataset, work: Callable[[Dataset], Result]) -> Result | EoPvError | BaseException:
    try:
        return work(dataset)
    except BaseException as error:  # a bug of ours is raised in the main thread
        translated = translate_error(error, (Path("data"),))
        return SourceError(f"{dataset.key}: {translated}") if translated else error


def _raise_bug(outcome: Result | EoPvError | BaseException) -> Result | EoPvError:
    if isinstance(outcome, BaseException) and not isinstance(outcome, EoPvError):
        raise outcome
    return outcome


def _is_requested_file(path: Path, request: DownloadRequest) -> bool:
    """Whether a file in the raw folder is the requested one, by its receipt or the stated checksum."""
    if not matches(request.file, path):
        return False
    return sha256(path) == request.known_sha256 if request.known_sha256 else request.file.checksum is not None


def _is_repacked(lock: Lock, file: LockedFile) -> bool:
    """Whether a publisher packs an archive anew for every download, so that its bytes vary."""
    return _record(lock).repository == "github" and file.remote == "archive"


def _record(lock: Lock) -> Record:
    assert lock.record is not None  # noqa: S101 (only called for published files)
    return lock.record


def _format_downloads(tasks: Iterable[Task]) -> str:
    """How much of how many files is here; a publisher may not state the size."""
    sizes = [(task.completed, task.total) for task in tasks]
    done_mb, known_mb = (sum(filter(None, column)) / BYTES_PER_MB for column in zip(*sizes, strict=True))
    total = f" of {known_mb:,.0f}" if all(size for _, size in sizes) else ""
    return f"{len(sizes)} {'file' if len(sizes) == 1 else 'files'}, {done_mb:,.0f}{total} MB"


def _bars() -> Progress:
    return progress(BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
