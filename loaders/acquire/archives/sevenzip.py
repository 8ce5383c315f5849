"""Archive format 7z: list the members, and copy them in small chunks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from py7zr import SevenZipFile
from py7zr.exceptions import PasswordRequired, UnsupportedCompressionMethodError
from py7zr.io import BytesIOFactory, Py7zIO, WriterFactory
from py7zr.py7zr import ArchiveFile

from loaders.acquire.archives.formats import (
    LINK_BYTES,
    BadArchiveError,
    Kind,
    Member,
    MemberWriter,
    name_parts,
    resolve_link,
)

# With other methods, py7zr unpacks a megabyte at once, whatever its size; 7zAES is reported as encryption.
STREAMED_METHODS = {
    *("LZMA", "LZMA2", "PPMd", "COPY", "delta", "DELTA", "BCJ", "ARM", "ARMT", "IA64", "PPC", "SPARC", "7zAES"),
}


class _MemberWriter(MemberWriter, Py7zIO):
    """A member's file with the interface that py7zr expects."""

    def read(self, size: int | None = None) -> bytes:
        """Return nothing: py7zr requires this method and never calls it here."""
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Do nothing: py7zr rewinds its output for readers."""
        return 0

    def flush(self) -> None:
        """Do nothing: `close` flushes."""

    def size(self) -> int:
        """The number of bytes written so far."""
        return self._written


class _MemberWriters(WriterFactory):
    """Creates the file of each member that py7zr unpacks."""

    def __init__(self, selected: Mapping[int, Member], folder: Path) -> None:
        self._members = {member.name: member for member in selected.values()}
        self._folder = folder
        self._writers: list[_MemberWriter] = []

    def create(self, filename: str) -> Py7zIO:
        """Create the file of one member; the previous one is closed by now."""
        self._writers = [_MemberWriter(self._members[_member_name(filename, self._folder)], self._folder)]
        return self._writers[0]

    def close_all(self) -> None:
        """Close the files that py7zr leaves open when it fails."""
        for writer in self._writers:
            writer.close_unchecked()


class SevenZipFormat:
    """`py7zr`, which checks CRCs and unpacks in chunks."""

    is_sequential = True

    def members(self, archive: Path, folder: Path) -> Iterator[Member]:
        """All members of the header; targets of links are packed like data."""
        with self._opened(archive) as archive_file:
            is_encrypted = archive_file.needs_password()
            entries = list(archive_file.files)
            link_names = [
                entry.filename for entry in entries if _kind(entry) == "link" and entry.uncompressed <= LINK_BYTES
            ]
            targets = BytesIOFactory(LINK_BYTES)
            if link_names and not is_encrypted:
                archive_file.extract(folder.absolute(), targets=link_names, factory=targets)
            for entry in entries:
                name, kind = entry.filename, _kind(entry)
                content = targets.products.get((folder.absolute() / name).as_posix())
                target = resolve_link(name, content.read()) if kind == "link" and content else ""
                yield Member(name, entry.uncompressed, kind, target, is_encrypted and not entry.emptystream)

    def copy(self, archive: Path, selected: Mapping[int, Member], folder: Path) -> None:
        """Copy in one pass."""
        writers = _MemberWriters(selected, folder)
        with self._opened(archive) as archive_file:
            try:
                names = [member.stated_name for member in selected.values()]
                archive_file.extract(folder.absolute(), targets=names, factory=writers)
            finally:
                writers.close_all()

    @contextmanager
    def _opened(self, archive: Path) -> Iterator[SevenZipFile]:
        # py7zr reads the blocks of an open file sequentially, those of a path in threads
        try:
            with archive.open("rb") as stream, SevenZipFile(stream) as archive_file:
                if unknown_method := min(set(archive_file.archiveinfo().method_names) - STREAMED_METHODS, default=""):
                    raise BadArchiveError(
                        f"is packed with {unknown_method}; expected LZMA, which unpacks in small pieces"
                    )
                yield archive_file
        except PasswordRequired as error:
            raise BadArchiveError("is encrypted, and asks for a password") from error
        except UnsupportedCompressionMethodError as error:
            raise NotImplementedError(str(error)) from error


def _kind(entry: ArchiveFile) -> Kind:
    if entry.is_directory:
        return "folder"
    if entry.is_symlink or entry.is_junction:
        return "link"
    return "file" if entry.is_file else "special file"


def _member_name(path: str, folder: Path) -> str:
    """The name of a member, from the path that py7zr makes of it."""
    return "/".join(name_parts(PurePosixPath(path).relative_to(folder.absolute().as_posix()).as_posix()))
