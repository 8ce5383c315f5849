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
    """One wanted file, by itself or inside an archive."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """What the record says it comes from."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def suffix(self) -> str:
        """The format, by its ending."""
        return PurePosixPath(self.member or self.path.name).suffix.lower()

    @property
    def gdal_path(self) -> str:
        """What GDAL opens; braces keep odd characters of the archive's path apart from the member."""
        return f"/vsizip/{{{self.path}}}/{self.member}" if self.member else str(self.path)


def may_hold_wanted(name: str, include: Sequence[str]) -> bool:
    """Whether a file is wanted, is part of a wanted shapefile, or is an archive that may hold a wanted one."""
    path = PurePosixPath(name)
    if any(part.startswith(".") for part in path.parts):
        return False
    if not include or path.suffix.lower() in ARCHIVES or _matches(name, include):
        return True
    return path.suffix.lower() in SHAPEFILE_PARTS and _matches(str(path.with_suffix(".shp")), include)


def wanted_files(folder: Path, include: Sequence[str], key: str) -> list[SourceFile]:
    """The files of a raw folder to load, sorted by name.

    Without patterns it is the only file of a known format, or the only file.

    Raises:
        ReadError: there is none, there are several to choose from without a pattern, or an archive is damaged.
    """
    present = [found for path in sorted(folder.rglob("*")) if path.is_file() for found in _expanded(path, key)]
    known = [file for file in present if file.suffix in FORMATS]
    if include:
        chosen = [file for file in present if _matches(file.member or file.path.name, include)]
    else:
        chosen = known or present
    listing = ", ".join(file.name for file in known or present) or "nothing"
    remedy = f"Name what is wanted in datasets.{key}.source.include in params.yaml."
    if not chosen:
        raise ReadError(f"{key}: no file matches include ({', '.join(include)}). Found: {listing}. {remedy}")
    if not include and len(chosen) > 1:
        raise ReadError(f"{key}: expected one file to load, found several: {listing}. {remedy}")
    return chosen


def _expanded(path: Path, key: str) -> list[SourceFile]:
    if path.suffix.lower() not in ARCHIVES:
        return [SourceFile(path)]
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(entry.filename for entry in archive.infolist() if not entry.is_dir())
    except zipfile.BadZipFile as error:
        raise ReadError(f"{key}: {path.name} is not a whole zip archive ({error}). Get the file again.") from error
    return [SourceFile(path, member) for member in members]


def _matches(name: str, include: Sequence[str]) -> bool:
    """Patterns see the whole path and the bare name."""
    return any(fnmatchcase(name, pattern) or fnmatchcase(PurePosixPath(name).name, pattern) for pattern in include)
