"""Selects one file of a source and makes it local: lists, downloads (into the cache) and unpacks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from glob import escape
from math import ceil
from pathlib import Path, PurePosixPath

from loaders.acquire import publishers
from loaders.acquire.archives.unpack import require_safe_name, unpack
from loaders.acquire.downloader import Downloader
from loaders.acquire.lock import Lock, LockedFile, Record
from loaders.acquire.publishers import local
from loaders.add.candidates import Candidate, rank_candidates
from loaders.core.errors import EoPvError, SourceError
from loaders.core.escape import one_line
from loaders.core.file_formats import (
    FORMATS,
    SHAPEFILE_PARTS,
    UNPACKED_SUFFIX,
    geodatabase,
    is_archive,
    merge_geodatabases,
)
from loaders.core.paths import ProjectPaths
from loaders.settings.file_selection import SourceFile, is_data, main_files, select_members, select_names
from loaders.settings.params import Dataset, Settings

READABLE = f"that can be read ({', '.join(FORMATS)}, or archives of them)"

Choose = Callable[[Sequence[Candidate]], Candidate]


@dataclass(frozen=True, slots=True)
class SelectedFile:
    """The file to inspect.

    Attributes:
        file: the local file.
        record: the publisher's metadata; none for local files.
        include: the pattern that selects it among the files of its source; empty where it is the only one.
        bytes: size of the download [bytes]; null if nothing was downloaded.
    """

    file: SourceFile
    record: Record | None
    include: tuple[str, ...]
    bytes: int | None


class FileFinder:
    """Finds the file to inspect among the files of a source."""

    def __init__(self, dataset: Dataset, settings: Settings, root: Path, folder: Path) -> None:
        """List the files of the source.

        Args:
            dataset: a dataset that has only a source.
            settings: for limits and the retry policy.
            root: project folder.
            folder: scratch folder; the caller deletes it.

        Raises:
            SourceError: the source cannot be reached or has no answer.
        """
        self.dataset, self.folder = dataset, folder
        self.paths = ProjectPaths(root, "doi")  # a published source, never its bundled sample
        self.downloads = Downloader(settings)
        self.limit_mb = settings.limit_mb(dataset)
        self.record: Record | None = None
        self.local_files: dict[str, Path] = {}
        if local.is_local(dataset, self.paths):
            self.local_files = local.local_files(dataset, self.paths)
            sizes = {name: path.stat().st_size for name, path in self.local_files.items()}
            self.files = {name: LockedFile(name, size) for name, size in sizes.items()}
        else:
            self.record, files = publishers.query(dataset, self.downloads.client)
            self.files = {file.name: file for file in files}

    def find(self, choose: Choose) -> SelectedFile:
        """Choose the file; unpack it if it is in an archive.

        Args:
            choose: takes several candidates and returns the one that is meant.

        Raises:
            EoPvError: the source has no readable file, or the chosen one is too large or cannot be downloaded.
        """
        names, unmatched = select_names(self.files, self.dataset.source)
        listed_sizes = {name: file.bytes for name, file in self.files.items()}
        published = self._choose(names, listed_sizes, "", choose, unmatched)
        path = self._download(published)
        size = path.stat().st_size if self.record else None
        if not is_archive(published.name):
            file = SourceFile(path, published.name)
            return SelectedFile(file, self.record, self._include_pattern(published, []), size)
        members, folder = self._unpack(published.name, path)
        sizes = {name: (folder / name).stat().st_size for name in members if (folder / name).is_file()}
        member = self._choose(list(sizes), sizes, published.name, choose, [])
        file = SourceFile(folder / member.name, member.name, published.name)
        return SelectedFile(file, self.record, self._include_pattern(member, members), size)

    def _choose(
        self,
        names: Sequence[str],
        sizes: Mapping[str, int | None],
        archive: str,
        choose: Choose,
        unmatched: Sequence[str],
    ) -> Candidate:
        """Choose one of these files.

        Args:
            names: of the eligible files.
            sizes: of all files of the source or archive [bytes].
            archive: that holds them; empty for the source itself.
            choose: picks one of several candidates.
            unmatched: patterns that match no file.
        """
        sizes = merge_geodatabases(sizes)
        names = sorted({geodatabase(name) or name for name in names})
        data = [name for name in names if is_data(name) and not (archive and is_archive(name))]
        if not self.dataset.source.include:
            data = sorted(main_files(data, with_archives=True))
        if unmatched or not data:
            request = f"that --file {', '.join(self.dataset.source.include)!r} means and " * bool(
                self.dataset.source.include
            )
            listing = ", ".join(map(one_line, sorted(sizes)[:50])) or "nothing"
            raise SourceError(
                f"{one_line(archive or self._source_name)} holds no file {request}{READABLE}. It holds: {listing}."
            )
        candidates = rank_candidates(Candidate(name, sizes[name], archive) for name in data)
        return candidates[0] if len(candidates) == 1 else choose(candidates)

    @property
    def _source_name(self) -> str:
        return str(getattr(self.dataset.source, self.dataset.source.kind))

    def _download(self, chosen: Candidate) -> Path:
        """Download a published file with its companions and link them under their own names; the local path."""
        if self.record is None:
            return self._local_path(chosen.name)
        if (chosen.bytes or 0) / 1e6 > self.limit_mb:
            raise EoPvError(
                f"{chosen.label} has {(chosen.bytes or 0) / 1e6:,.1f} MB, more than the limit of {self.limit_mb:g} "
                f"MB. If you want it, say --max-mb {ceil((chosen.bytes or 0) / 1e6)}, which becomes `max_mb:` of the "
                "entry."
            )
        names = {chosen.name, *_companion_files(chosen.name, list(self.files))} & self.files.keys()
        files = [self.files[name] for name in sorted(names)]
        for file in files:
            require_safe_name(file.name, "the publisher", self._source_name)
        lock = Lock(self.dataset.key, self.dataset.source.kind, {}, tuple(files), self.record)
        with self.downloads.bars:
            downloaded = self.downloads.files(self.dataset, lock, self.paths)
        for name, path in downloaded.items():
            link = self.folder / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
        return self.folder / chosen.name

    def _local_path(self, name: str) -> Path:
        """The path of the user's own file, or of a folder that is a file geodatabase."""
        if name in self.local_files:
            return self.local_files[name]
        member, path = next((member, path) for member, path in self.local_files.items() if geodatabase(member) == name)
        return path.parents[len(PurePosixPath(member).relative_to(name).parts) - 1]

    def _unpack(self, name: str, path: Path) -> tuple[list[str], Path]:
        """Unpack the eligible members; the names of all members, and the folder."""
        all_members: list[str] = []
        folder = self.folder / f"{name}{UNPACKED_SUFFIX}"
        folder.mkdir(parents=True)

        def select(members: Sequence[str]) -> list[str]:
            all_members.extend(members)
            return select_members(members, name, self.dataset.source)

        unpack(path, name, folder, select, self.downloads.archive_limits, self.dataset.key)
        return all_members, folder

    def _include_pattern(self, chosen: Candidate, members: Sequence[str]) -> tuple[str, ...]:
        """The shortest pattern that matches this file only; empty where no other data file exists."""
        files, members = merge_geodatabases(dict.fromkeys(self.files)), list(merge_geodatabases(dict.fromkeys(members)))
        siblings = [name for name in files if is_data(name) and name != (chosen.archive or chosen.name)]
        other_members = [name for name in members if is_data(name) and name != chosen.name]
        if not siblings and not other_members:
            return ()
        if not chosen.archive:
            return (escape(chosen.name),)
        base_name = PurePosixPath(chosen.name).name
        other_base_names = [PurePosixPath(name).name for name in (*files, *members) if name != chosen.name]
        is_unique = base_name not in other_base_names and not any(is_archive(name) for name in siblings)
        return (escape(base_name if is_unique else f"{chosen.archive}/{chosen.name}"),)


def matches_patterns(patterns: Sequence[str], name: str) -> bool:
    """Whether `include` patterns match a file name; no patterns match any."""
    base_name = PurePosixPath(name).name
    return not patterns or any(fnmatchcase(spelling, pattern) for pattern in patterns for spelling in (name, base_name))


def _companion_files(name: str, names: Sequence[str]) -> list[str]:
    if members := [other for other in names if geodatabase(other) == name]:
        return members
    if not name.lower().endswith(".shp"):
        return []
    stem = name[: -len(".shp")].lower()
    parts = {f"{stem}{suffix}" for suffix in SHAPEFILE_PARTS}
    return [other for other in names if other.lower() in parts]
