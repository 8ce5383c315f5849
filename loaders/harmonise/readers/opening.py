"""The one place where a published file is opened: what its ending says, alone in a folder of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, gettempdir

from loaders.core.file_formats import FileFormat
from loaders.formats.signatures import expected_format, require_format
from loaders.harmonise.readers.vector.gdal import GDAL_ERRORS, DataSourceError, require_walls
from loaders.harmonise.readers.vector.shapefile import parts
from loaders.settings.file_selection import SourceFile

# pyogrio reads archives and queries out of a path, and GDAL braces; no path of theirs holds what is no character
UNSAFE = re.compile(r"[;!?{}\x00-\x1f\ud800-\udfff]")
JOURNALS = ("-wal", "-shm")  # SQLite leaves them beside a GeoPackage in WAL mode, links or not
PRJ_BYTES = 1 << 16
FOLDERS = ("/tmp", "/var/tmp")  # noqa: S108 (where the folder of temporary files has an unsafe name)


@contextmanager
def opened(file: SourceFile, key: str = "") -> Iterator[Path]:
    """A path at which a reader finds a file that is what its ending says.

    What GDAL reads gets a plain name (which some formats use for their layer) and no neighbours but the parts of a
    shapefile: a published `farms.gfs`, `.xsd` or `.qix` says nothing.

    Args:
        file: what to open.
        key: the dataset, for messages; empty where there is none yet.

    Raises:
        ReadError: the content is not what the ending says, or the ending says no format that can be read.
        DataSourceError: GDAL cannot read it; or another of `GDAL_ERRORS`.
    """
    require_format(file, key)
    found = expected_format(file, key)
    if not found.drivers:
        yield file.path
        return
    require_walls()
    name = UNSAFE.sub("_", PurePosixPath(file.published).stem)
    with TemporaryDirectory(prefix="eo-pv-", dir=_plain_folder()) as folder:
        for suffix, part in (parts(file, found.parts) if found.parts else {file.suffix: file.path}).items():
            _place(part, Path(folder) / f"{name}{suffix}")
        path = Path(folder) / f"{name}{file.suffix}"
        journals = [file.path.with_name(f"{file.path.name}{suffix}") for suffix in JOURNALS]
        new = [journal for journal in journals if not journal.exists()]
        try:
            yield path
        except GDAL_ERRORS as error:
            raise type(error)(_reason(str(error), path, file, found)) from error
        except UnboundLocalError as error:  # of pyogrio's, where a CRS is not UTF-8
            raise DataSourceError("its CRS is not UTF-8 text") from error
        finally:
            for journal in new:
                journal.unlink(missing_ok=True)


def _place(part: Path, target: Path) -> None:
    """Link a file; but copy a `.prj` whose names are not UTF-8, as those of French CRS, which pyogrio cannot read."""
    if target.suffix == ".prj" and part.stat().st_size <= PRJ_BYTES:
        content = part.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            target.write_text(content.decode("latin-1"), "utf-8")
            return
    target.symlink_to(part.absolute())


def _plain_folder() -> str:
    usual = gettempdir()
    return next((each for each in (usual, *FOLDERS) if not UNSAFE.search(each) and Path(each).is_dir()), usual)


def _reason(said: str, path: Path, file: SourceFile, found: FileFormat) -> str:
    """What GDAL said, of the published file and without its advice to choose a driver."""
    if "not recognized as being in a supported file format" in said:
        return f"it begins like {found.name}, but is none: it was cut short, or lacks what one must have"
    if "Error occurred in" in said:  # a place in the source of GDAL
        return "it is damaged"
    if "sqlite3_" in said:
        said = said.rpartition("failed: ")[2]  # before it is the statement
    return said.replace(f"/vsizip/{{{path}}}/", "").replace(str(path), file.name)
