"""Opens a published file by the format of its ending, isolated in a temporary folder."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, gettempdir

from loaders.core.file_formats import FileFormat
from loaders.formats.signatures import expected_format, require_format
from loaders.harmonise.readers.vector.gdal import GDAL_ERRORS, DataSourceError, restrict_gdal
from loaders.harmonise.readers.vector.shapefile import parts
from loaders.settings.file_selection import SourceFile

# pyogrio reads archives and queries out of a path, and GDAL braces; no path of theirs holds what is no character
UNSAFE_CHARACTERS = re.compile(r"[;!?{}\x00-\x1f\ud800-\udfff]")
JOURNALS = ("-wal", "-shm")  # SQLite leaves them next to a GeoPackage in WAL mode, even behind a link
PRJ_BYTES = 1 << 16
TEMPORARY_FOLDERS = ("/tmp", "/var/tmp")  # noqa: S108 (where the folder of temporary files has an unsafe name)


@contextmanager
def open_published(file: SourceFile, key: str = "") -> Iterator[Path]:
    """A path for readers, after a check that the content has the format of its ending.

    A file for GDAL gets a safe name (some formats use it for their layer) and no sibling files except the parts of a
    shapefile: a published `farms.gfs`, `.xsd` or `.qix` has no effect.

    Args:
        file: to open.
        key: the dataset, for messages; empty where there is none yet.

    Raises:
        ReadError: the content does not have the format of the ending, or that format is not supported.
        DataSourceError: GDAL cannot read it; or another of `GDAL_ERRORS`.
    """
    require_format(file, key)
    file_format = expected_format(file, key)
    if not file_format.drivers:
        yield file.path
        return
    restrict_gdal()
    name = UNSAFE_CHARACTERS.sub("_", PurePosixPath(file.published).stem)
    with TemporaryDirectory(prefix="eo-pv-", dir=_plain_folder()) as folder:
        for suffix, part in (parts(file, file_format.parts) if file_format.parts else {file.suffix: file.path}).items():
            _link_part(part, Path(folder) / f"{name}{suffix}")
        path = Path(folder) / f"{name}{file.suffix}"
        journals = [file.path.with_name(f"{file.path.name}{suffix}") for suffix in JOURNALS]
        missing_journals = [journal for journal in journals if not journal.exists()]
        try:
            yield path
        except GDAL_ERRORS as error:
            raise type(error)(_failure_reason(str(error), path, file, file_format)) from error
        except UnboundLocalError as error:  # of pyogrio's, where a CRS is not UTF-8
            raise DataSourceError("its CRS is not UTF-8 text") from error
        finally:
            for journal in missing_journals:
                journal.unlink(missing_ok=True)


def _link_part(part: Path, target: Path) -> None:
    """Link a file, but transcode a `.prj` that is not UTF-8 (French CRS names): pyogrio cannot read it."""
    if target.suffix == ".prj" and part.stat().st_size <= PRJ_BYTES:
        content = part.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            target.write_text(content.decode("latin-1"), "utf-8")
            return
    target.symlink_to(part.absolute())


def _plain_folder() -> str:
    default = gettempdir()
    return next(
        (
            folder
            for folder in (default, *TEMPORARY_FOLDERS)
            if not UNSAFE_CHARACTERS.search(folder) and Path(folder).is_dir()
        ),
        default,
    )


def _failure_reason(message: str, path: Path, file: SourceFile, file_format: FileFormat) -> str:
    """GDAL's message for the published file, without its advice to choose a driver."""
    if "not recognized as being in a supported file format" in message:
        return f"it begins like {file_format.name}, but is none: it was cut short, or lacks what one must have"
    if "Error occurred in" in message:  # a place in the source of GDAL
        return "it is damaged"
    if "sqlite3_" in message:
        message = message.rpartition("failed: ")[2]  # before it is the statement
    return message.replace(f"/vsizip/{{{path}}}/", "").replace(str(path), file.name)
