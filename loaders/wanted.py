"""Which published files are wanted: by the patterns of `source.include`, inside archives too."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from loaders.errors import ReadError

ARCHIVES = frozenset({".zip"})
FORMATS = frozenset({".geojson", ".json", ".shp", ".gpkg", ".fgb", ".kml", ".parquet", ".geoparquet", ".csv"})
SHAPEFILE_PARTS = frozenset({".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One wanted file, by itself or inside an archive.

    Attributes:
        path: the file on this disk.
        member: its path inside the archive that `path` is, if it is one.
        place: where `path` is below the raw folder, if not directly in it.
    """

    path: Path
    member: str | None = None
    place: str = ""

    @property
    def name(self) -> str:
        """What a record says it comes from."""
        return "/".join(part for part in (self.place, self.path.name, self.member) if part)

    @property
    def published_name(self) -> str:
        """What patterns see: the path in the archive, or in the raw folder."""
        return self.member or self.name

    @property
    def suffix(self) -> str:
        """The format, by its ending."""
        return PurePosixPath(self.published_name).suffix.lower()

    @property
    def gdal_path(self) -> str:
        """What GDAL opens; braces keep odd characters of the archive's path apart from the member."""
        return f"/vsizip/{{{self.path}}}/{self.member}" if self.member else str(self.path)


def may_hold_wanted(name: str, include: Sequence[str]) -> bool:
    """Whether a file is wanted, is part of a wanted shapefile, or is an archive that may hold a wanted one."""
    suffix = PurePosixPath(name).suffix.lower()
    if _is_hidden(name):
        return False
    if not include or suffix in ARCHIVES or any(_matches(name, pattern) for pattern in include):
        return True
    shapefile = str(PurePosixPath(name).with_suffix(".shp")).lower()
    return suffix in SHAPEFILE_PARTS and any(_matches(shapefile, pattern.lower()) for pattern in include)


def wanted_files(folder: Path, include: Sequence[str], key: str) -> list[SourceFile]:
    """The files of a raw folder to load, sorted by name.

    Without patterns it is the only file of a known format, or the only file.

    Raises:
        ReadError: a pattern finds nothing, there are several files to choose from without a pattern, or an archive is
            damaged.
    """
    present = [file for path in sorted(folder.rglob("*")) if path.is_file() for file in _expanded(path, folder, key)]
    present = [file for file in present if file.suffix not in SHAPEFILE_PARTS]
    known = [file for file in present if file.suffix in FORMATS] or present
    listing = ", ".join(file.name for file in known) or "nothing"
    remedy = f"Name what is wanted in datasets.{key}.source.include in params.yaml."
    if not include and len(known) != 1:
        several = "several: " if known else ""
        raise ReadError(f"{key}: expected one file to load, found {several}{listing}. {remedy}")
    chosen = {file.name: file for file in known} if not include else {}
    for pattern in include:
        found = [file for file in present if _matches(file.published_name, pattern)]
        if not found:
            raise ReadError(f"{key}: no file matches include ({pattern}). Found: {listing}. {remedy}")
        chosen |= {file.name: file for file in found}
    return [chosen[name] for name in sorted(chosen)]


def _expanded(path: Path, folder: Path, key: str) -> list[SourceFile]:
    """The file itself, or the members of the archive that it is."""
    parent = path.relative_to(folder).parent.as_posix()
    place = "" if parent == "." else parent
    if path.suffix.lower() not in ARCHIVES:
        return [SourceFile(path, place=place)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    except zipfile.BadZipFile as error:
        raise ReadError(f"{key}: {path.name} is not a whole zip archive ({error}). Get the file again.") from error
    return [SourceFile(path, member, place) for member in sorted(members) if not _is_hidden(member)]


def _is_hidden(name: str) -> bool:
    """Hidden by its name, or what macOS adds to an archive."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _matches(name: str, pattern: str) -> bool:
    """A pattern sees the whole path and the bare name."""
    return fnmatchcase(name, pattern) or fnmatchcase(PurePosixPath(name).name, pattern)
