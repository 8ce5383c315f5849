"""Bring one file of a source near enough to look into it; what is downloaded stays in the cache, the rest goes."""

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
from loaders.add.candidates import Candidate, ranked
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
class Found:
    """The file to look into.

    Attributes:
        file: on this disk.
        record: what its publisher says; none for the user's own files.
        include: the pattern that tells it from the others of its source; none where it is the only one.
        bytes: the size of what was downloaded for it [bytes]; null if nothing was.
    """

    file: SourceFile
    record: Record | None
    include: tuple[str, ...]
    bytes: int | None


class Place:
    """A source, and a folder of ours to look into it."""

    def __init__(self, dataset: Dataset, settings: Settings, root: Path, folder: Path) -> None:
        """Ask the source what it holds.

        Args:
            dataset: with nothing but a source.
            settings: for its limits and patience.
            root: the project's.
            folder: emptied by whoever made it.

        Raises:
            SourceError: the source cannot be asked.
        """
        self.dataset, self.folder = dataset, folder
        self.paths = ProjectPaths(root, "doi")  # a published source is asked itself, whatever the origin
        self.downloads = Downloader(settings)
        self.limit_mb = settings.limit_mb(dataset)
        self.record: Record | None = None
        self.local_files: dict[str, Path] = {}
        if local.is_local(dataset, self.paths):
            self.local_files = local.local_files(dataset, self.paths)
            sizes = {name: path.stat().st_size for name, path in self.local_files.items()}
            self.files = {name: LockedFile(name, size) for name, size in sizes.items()}
        else:
            self.record, listed = publishers.query(dataset, self.downloads.client)
            self.files = {file.name: file for file in listed}

    def find(self, choose: Choose) -> Found:
        """The chosen file, unpacked if it is in an archive.

        Args:
            choose: takes several candidates and returns the one that is meant.

        Raises:
            EoPvError: nothing there can be read, or what is chosen is too large or cannot be brought.
        """
        names, unmatched = select_names(self.files, self.dataset.source)
        chosen = self._choice(names, {name: file.bytes for name, file in self.files.items()}, "", choose, unmatched)
        path = self._brought(chosen)
        size = path.stat().st_size if self.record else None
        if not is_archive(chosen.name):
            return Found(SourceFile(path, chosen.name), self.record, self._include(chosen, []), size)
        members, held = self._unpacked(chosen.name, path)
        sizes = {name: (held / name).stat().st_size for name in members if (held / name).is_file()}
        inside = self._choice(list(sizes), sizes, chosen.name, choose, [])
        file = SourceFile(held / inside.name, inside.name, chosen.name)
        return Found(file, self.record, self._include(inside, members), size)

    def _choice(
        self, names: Sequence[str], sizes: Mapping[str, int | None], archive: str, choose: Choose, missed: Sequence[str]
    ) -> Candidate:
        """The one of these files that is meant.

        Args:
            names: of the files that may be meant.
            sizes: of all files beside them [bytes].
            archive: that holds them.
            choose: of several.
            missed: patterns that nothing there can match.
        """
        sizes = merge_geodatabases(sizes)
        names = sorted({geodatabase(name) or name for name in names})
        data = [name for name in names if is_data(name) and not (archive and is_archive(name))]
        if not self.dataset.source.include:
            data = sorted(main_files(data, with_archives=True))
        if missed or not data:
            wish = f"that --file {', '.join(self.dataset.source.include)!r} means and " * bool(
                self.dataset.source.include
            )
            there = ", ".join(map(one_line, sorted(sizes)[:50])) or "nothing"
            raise SourceError(f"{one_line(archive or self._name)} holds no file {wish}{READABLE}. It holds: {there}.")
        candidates = ranked(Candidate(name, sizes[name], archive) for name in data)
        return candidates[0] if len(candidates) == 1 else choose(candidates)

    @property
    def _name(self) -> str:
        return str(getattr(self.dataset.source, self.dataset.source.kind))

    def _brought(self, chosen: Candidate) -> Path:
        """Where the bytes of a published file are, under its own name and beside the other parts of a shapefile."""
        if self.record is None:
            return self._own(chosen.name)
        if (chosen.bytes or 0) / 1e6 > self.limit_mb:
            raise EoPvError(
                f"{chosen.shown} has {(chosen.bytes or 0) / 1e6:,.1f} MB, more than the limit of {self.limit_mb:g} MB. "
                f"If you want it, say --max-mb {ceil((chosen.bytes or 0) / 1e6)}, which becomes `max_mb:` of the entry."
            )
        names = {chosen.name, *_parts(chosen.name, list(self.files))} & self.files.keys()
        wanted = [self.files[name] for name in sorted(names)]
        for file in wanted:
            require_safe_name(file.name, "the publisher", self._name)
        lock = Lock(self.dataset.key, self.dataset.source.kind, {}, tuple(wanted), self.record)
        with self.downloads.bars:
            brought = self.downloads.files(self.dataset, lock, self.paths)
        for name, path in brought.items():
            link = self.folder / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
        return self.folder / chosen.name

    def _own(self, name: str) -> Path:
        """A file of the user's, or a folder that is a file geodatabase."""
        if name in self.local_files:
            return self.local_files[name]
        inside, path = next((inside, path) for inside, path in self.local_files.items() if geodatabase(inside) == name)
        return path.parents[len(PurePosixPath(inside).relative_to(name).parts) - 1]

    def _unpacked(self, name: str, path: Path) -> tuple[list[str], Path]:
        """All members of an archive, and the folder that those now are in which may be meant."""
        held: list[str] = []
        folder = self.folder / f"{name}{UNPACKED_SUFFIX}"
        folder.mkdir(parents=True)

        def wanted(members: Sequence[str]) -> list[str]:
            held.extend(members)
            return select_members(members, name, self.dataset.source)

        unpack(path, name, folder, wanted, self.downloads.archive_limits, self.dataset.key)
        return held, folder

    def _include(self, chosen: Candidate, members: Sequence[str]) -> tuple[str, ...]:
        """The shortest pattern that means this file alone; none where there is no other to be taken for it."""
        files, members = merge_geodatabases(dict.fromkeys(self.files)), list(merge_geodatabases(dict.fromkeys(members)))
        beside = [name for name in files if is_data(name) and name != (chosen.archive or chosen.name)]
        inside = [name for name in members if is_data(name) and name != chosen.name]
        if not beside and not inside:
            return ()
        if not chosen.archive:
            return (escape(chosen.name),)
        short = PurePosixPath(chosen.name).name
        others = [PurePosixPath(name).name for name in (*files, *members) if name != chosen.name]
        is_clear = short not in others and not any(is_archive(name) for name in beside)
        return (escape(short if is_clear else f"{chosen.archive}/{chosen.name}"),)


def holds(source_patterns: Sequence[str], name: str) -> bool:
    """Whether patterns of an entry mean a file of this name; without patterns they mean any."""
    short = PurePosixPath(name).name
    return not source_patterns or any(fnmatchcase(each, p) for p in source_patterns for each in (name, short))


def _parts(name: str, names: Sequence[str]) -> list[str]:
    if inside := [other for other in names if geodatabase(other) == name]:
        return inside
    if not name.lower().endswith(".shp"):
        return []
    stem = name[: -len(".shp")].lower()
    parts = {f"{stem}{suffix}" for suffix in SHAPEFILE_PARTS}
    return [other for other in names if other.lower() in parts]
