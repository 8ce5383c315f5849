"""File selection: which published files `source.include`, `include_first` and `exclude` select, inside archives too.

A pattern is matched with a file's path, its bare name, and its path below its archive's name (`farms.zip/a.shp`). A
pattern that names an archive selects every readable file in it, or only those of common formats, if there are any.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from loaders.core.errors import ReadError
from loaders.core.file_formats import (
    COMMON_SUFFIXES,
    FORMATS,
    SHAPEFILE_PARTS,
    UNPACKED_SUFFIX,
    geodatabase,
    is_archive,
    suffix,
)
from loaders.settings.source import Source

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A selected file.

    Attributes:
        path: on this disk; a folder for a file geodatabase.
        published: its path in its archive, or in the raw folder.
        archive: its archive, below the raw folder; empty without one.
    """

    path: Path
    published: str
    archive: str = ""

    @property
    def name(self) -> str:
        """The source file of a record."""
        return f"{self.archive}/{self.published}" if self.archive else self.published

    @property
    def suffix(self) -> str:
        """The ending of the file, which names its format."""
        return suffix(self.published)


def select_names(names: Collection[str], source: Source) -> tuple[list[str], list[str]]:
    """The files of a publisher to fetch, sorted; and the patterns without any possible match.

    Archives are selected for a pattern without a matching file, since it may match one of their members.
    """
    visible = sorted(name for name in names if not _is_hidden(name) and not _matches_any(name, "", source.exclude))
    if source.include_first:
        return _first_match(visible, source.include_first)
    return _all_matches(visible, source.include) if source.include else (visible, [])


def _all_matches(visible: Sequence[str], patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    selected = {name for name in visible if _matches_any(name, "", patterns)}
    selected = add_parts(selected, visible)
    unmatched = [pattern for pattern in patterns if not any(_matches_any(name, "", [pattern]) for name in visible)]
    archives = {p: [name for name in visible if is_archive(name) and _may_hold(name, p)] for p in unmatched}
    selected |= {name for matches in archives.values() for name in matches}
    return sorted(selected), [pattern for pattern, matches in archives.items() if not matches]


def _first_match(visible: Sequence[str], patterns: Sequence[str]) -> tuple[list[str], list[str]]:
    """The files of the first pattern that matches, with the archives that may hold a match of an earlier one."""
    selected: set[str] = set()
    for pattern in patterns:
        selected |= set(_all_matches(visible, [pattern])[0])
        if any(_matches_any(name, "", [pattern]) for name in visible):
            break
    return sorted(selected), [] if selected else [*patterns]


def select_members(members: Sequence[str], archive: str, source: Source) -> list[str]:
    """The members of an archive to unpack."""
    visible = [name for name in members if not _is_hidden(name) and _is_below_folder(name, source)]
    visible = [name for name in visible if not _matches_any(name, archive, source.exclude)]
    main = main_files(visible)
    if not source.patterns:
        return sorted(add_parts(main or set(visible), visible))
    alternatives = [source.include] if source.include else [(pattern,) for pattern in source.include_first]
    matches = ({name for name in visible if _matches_any(name, archive, each, main)} for each in alternatives)
    return sorted(add_parts(next(filter(None, matches), set()), visible))


def select_files(folder: Path, source: Source, key: str) -> list[SourceFile]:
    """The files of a raw folder to load, sorted by name.

    Without patterns, the only file of a known format, or the only file.

    Raises:
        ReadError: a pattern matches nothing, or there are several files and no pattern.
    """
    source_files = sorted({_source_file(path, folder) for path in folder.rglob("*") if path.is_file()}, key=_sort_key)
    source_files = [
        file for file in source_files if file.suffix not in SHAPEFILE_PARTS and not is_archive(file.published)
    ]
    source_files = [file for file in source_files if not _matches_any(file.published, file.archive, source.exclude)]
    main = main_files([file.name for file in source_files])
    candidates = [file for file in source_files if file.name in main] or source_files
    listing = ", ".join(file.name for file in candidates) or "nothing"
    setting = source.patterns_setting
    remedy = f"Name what is wanted in datasets.{key}.source.{setting} in params.yaml{_example(source, main)}."
    if not source.patterns and len(candidates) != 1:
        several = "several: " if candidates else ""
        raise ReadError(f"{key}: expected one file to load, found {several}{listing}. {remedy}")
    if not source.patterns:
        return _log_files(key, candidates)
    matches = _matching_files(source_files, source.patterns)
    if source.include_first:
        nothing: tuple[str, list[SourceFile]] = (" or ".join(source.include_first), [])
        pattern, files = next((match for match in matches.items() if match[1]), nothing)
        matches = {pattern: files}
    if unmatched := next((pattern for pattern, files in matches.items() if not files), None):
        raise ReadError(f"{key}: no file matches {setting} ({unmatched}). Found: {listing}. {remedy}")
    selected = {file.name: file for files in matches.values() for file in files}
    return _log_files(key, [selected[name] for name in sorted(selected)])


def _log_files(key: str, files: list[SourceFile]) -> list[SourceFile]:
    for file in files:
        log.info("%s: loads %s", key, file.path)
    return files


def _matching_files(files: Sequence[SourceFile], patterns: Sequence[str]) -> dict[str, list[SourceFile]]:
    """The files that each pattern matches."""
    names_by_archive: dict[str, list[str]] = {}
    for file in files:
        names_by_archive.setdefault(file.archive, []).append(file.published)
    main = {archive: main_files(names) for archive, names in names_by_archive.items()}
    return {
        pattern: [file for file in files if _matches_any(file.published, file.archive, [pattern], main[file.archive])]
        for pattern in patterns
    }


def _example(source: Source, names: Collection[str]) -> str:
    return f", for example `{line}`" if (line := include_line(source, names)) else ""


def include_line(source: Source, names: Collection[str]) -> str:
    """The setting that selects a readable file, the one whose name is most like a missing one; empty without any."""
    spelt = {PurePosixPath(name).name.casefold(): name for name in sorted(names, reverse=True) if is_data(name)}
    close = [name for pattern in source.patterns for name in get_close_matches(pattern.casefold(), spelt, 1, 0)]
    nearest = next((spelt[name] for name in (*close, *sorted(spelt))), "")
    is_plain = nearest.isascii() and not set(nearest) & set("[]{},*?:#&!|>'\"%@`")
    return f"{source.patterns_setting}: [{nearest}]" if nearest and is_plain else ""


def _is_below_folder(name: str, source: Source) -> bool:
    """Whether a member is in the repository's folder that the source names; the archive adds a parent folder."""
    folder = (source.github or "").rpartition(":")[2]
    return not folder.endswith("/") or name.partition("/")[2].startswith(folder.lstrip("/"))


def is_data(name: str) -> bool:
    """Whether a file may hold records, itself or as an archive."""
    return suffix(geodatabase(name) or name) in FORMATS or is_archive(name)


def main_files(names: Collection[str], *, with_archives: bool = False) -> set[str]:
    """The files that are loaded without patterns: of common formats (and archives), or else of any readable one."""
    usual = {name for name in names if suffix(name) in COMMON_SUFFIXES or (with_archives and is_archive(name))}
    return usual or {name for name in names if suffix(geodatabase(name) or name) in FORMATS}


def _sort_key(file: SourceFile) -> Path:
    return file.path


def _source_file(path: Path, folder: Path) -> SourceFile:
    name = path.relative_to(folder).as_posix()
    if database := geodatabase(name):
        path, name = folder / database, database
    for parent in path.relative_to(folder).parents:
        archive = parent.as_posix().removesuffix(UNPACKED_SUFFIX)
        if parent.suffix == UNPACKED_SUFFIX and is_archive(archive):
            return SourceFile(path, path.relative_to(folder / parent).as_posix(), archive)
    return SourceFile(path, name)


def _matches_any(name: str, archive: str, patterns: Sequence[str], main: Collection[str] | None = None) -> bool:
    """Whether any pattern selects a file; the name of its archive selects its main files, or all readable ones."""
    database = geodatabase(name) or name
    forms = {part for each in (name, database) for part in (each, PurePosixPath(each).name)}
    if archive:
        forms |= {f"{outer}/{each}" for outer in (archive, PurePosixPath(archive).name) for each in (name, database)}
        if name in main if main is not None else suffix(database) in FORMATS:
            forms |= {archive, PurePosixPath(archive).name}
    return any(fnmatchcase(form, pattern) for form in forms for pattern in patterns)


def _may_hold(archive: str, pattern: str) -> bool:
    """Whether a pattern may match a member of an archive: it names no archive, or this one."""
    parts = PurePosixPath(pattern).parts
    outer_archives = ["/".join(parts[: index + 1]) for index, part in enumerate(parts[:-1]) if is_archive(part)]
    return not outer_archives or _matches_any(archive, "", outer_archives)


def add_parts(selected: set[str], visible: Sequence[str]) -> set[str]:
    """Add the other parts of the shapefiles and file geodatabases among the files."""
    shapefiles, folders = {name.lower() for name in selected}, {geodatabase(name) for name in selected} - {""}
    return selected | {name for name in visible if _shapefile(name) in shapefiles or geodatabase(name) in folders}


def _shapefile(name: str) -> str:
    """The shapefile that a file is a part of, in lower case; empty for others."""
    return str(PurePosixPath(name).with_suffix(".shp")).lower() if suffix(name) in SHAPEFILE_PARTS else ""


def _is_hidden(name: str) -> bool:
    """Whether a file is hidden, or added by macOS to an archive."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
