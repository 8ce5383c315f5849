"""What a 7z archive says of its members, and how to copy them in small pieces."""

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

# Of any other method, py7zr unpacks a megabyte at once, whatever that becomes; the last is judged as encryption.
STREAMED = {
    *("LZMA", "LZMA2", "PPMd", "COPY", "delta", "DELTA", "BCJ", "ARM", "ARMT", "IA64", "PPC", "SPARC", "7zAES"),
}


class _Sink(MemberWriter, Py7zIO):
    """A file as py7zr wants it."""

    def read(self, size: int | None = None) -> bytes:
        """Nothing: py7zr asks for this method and never calls it here."""
        return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Nowhere: py7zr rewinds what it has written, for those who read it again."""
        return 0

    def flush(self) -> None:
        """Nothing; closing does it."""

    def size(self) -> int:
        """What was written so far [bytes]."""
        return self._written


class _Sinks(WriterFactory):
    """Give py7zr, for each member that it unpacks, the file to write."""

    def __init__(self, chosen: Mapping[int, Member], folder: Path) -> None:
        self._chosen = {member.name: member for member in chosen.values()}
        self._folder = folder
        self._opened: list[_Sink] = []

    def create(self, filename: str) -> Py7zIO:
        """The file of one member, which py7zr names below the folder; the one before is closed by now."""
        self._opened = [_Sink(self._chosen[_below(filename, self._folder)], self._folder)]
        return self._opened[0]

    def abandon(self) -> None:
        """Close what py7zr leaves open when it fails."""
        for sink in self._opened:
            sink.close_unchecked()


class SevenZipFormat:
    """`py7zr`, which checks CRCs and hands out what it unpacks piece by piece."""

    is_sequential = True

    def members(self, archive: Path, folder: Path) -> Iterator[Member]:
        """As its header says; where links lead is packed like data."""
        with self._opened(archive) as unpacked:
            is_encrypted = unpacked.needs_password()
            entries = list(unpacked.files)
            short = [entry.filename for entry in entries if _kind(entry) == "link" and entry.uncompressed <= LINK_BYTES]
            targets = BytesIOFactory(LINK_BYTES)
            if short and not is_encrypted:
                unpacked.extract(folder.absolute(), targets=short, factory=targets)
            for entry in entries:
                stated, kind = entry.filename, _kind(entry)
                text = targets.products.get((folder.absolute() / stated).as_posix())
                target = resolve_link(stated, text.read()) if kind == "link" and text else ""
                yield Member(stated, entry.uncompressed, kind, target, is_encrypted and not entry.emptystream)

    def copy(self, archive: Path, chosen: Mapping[int, Member], folder: Path) -> None:
        """In one pass."""
        sinks = _Sinks(chosen, folder)
        with self._opened(archive) as unpacked:
            try:
                targets = [member.stated_name for member in chosen.values()]
                unpacked.extract(folder.absolute(), targets=targets, factory=sinks)
            finally:
                sinks.abandon()

    @contextmanager
    def _opened(self, archive: Path) -> Iterator[SevenZipFile]:
        # py7zr reads the blocks of an open file one after another, those of a path in threads
        try:
            with archive.open("rb") as stream, SevenZipFile(stream) as unpacked:
                if unknown := min(set(unpacked.archiveinfo().method_names) - STREAMED, default=""):
                    raise BadArchiveError(f"is packed with {unknown}; expected LZMA, which unpacks in small pieces")
                yield unpacked
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


def _below(path: str, folder: Path) -> str:
    """The name of a member from the path that py7zr makes of it."""
    return "/".join(name_parts(PurePosixPath(path).relative_to(folder.absolute().as_posix()).as_posix()))
