r"""Archive formats zip and tar: list the members, and copy them in small chunks.

Members are reported as the archive states them; `loaders.acquire.archives.unpack` checks them. Only an archive that
cannot be read on at all is refused here, with a `BadArchiveError`. `tarfile.data_filter` checks too little, and tar
only: it accepts `C:\x`, `..\x`, control characters and negative sizes, and refuses a pipe even if it is not selected.
"""

import io
import re
import stat
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import IO, Any, Literal, Protocol, cast

from loaders.formats.signatures import UNLIMITED_BYTES

CHUNK_BYTES = 1 << 20
HEADER_BYTES = 1 << 24  # no name, sparse map or padding of a tar is longer
MAX_PART_BYTES, MAX_NAME_BYTES = 240, 1000  # disks allow 255 and 4,096
ZIP_END_BYTES = 22 + 0xFFFF  # with the longest possible comment
LINK_BYTES = 4096  # no path is longer
# These decompress a whole read at once: 4 kB of bzip2 may become 80 MB, and 1 MB becomes 20 GB.
SMALL_CHUNK_BYTES = {zipfile.ZIP_BZIP2: 4096, zipfile.ZIP_LZMA: 4096}

Kind = Literal["file", "folder", "link", "special file"]
ZIP_KINDS: dict[int, Kind] = {0: "file", stat.S_IFREG: "file", stat.S_IFLNK: "link"}  # folders end in a slash


class BadArchiveError(Exception):
    """A fault of an archive, as the rest of a sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class Member:
    r"""A member, as its archive states it.

    Attributes:
        stated_name: its name there.
        bytes: its size when unpacked [bytes].
        kind: only a file is data.
        target: of a link, from the top of the archive; empty if unknown.
        encrypted: whether it requires a password.
    """

    stated_name: str
    bytes: int
    kind: Kind
    target: str = ""
    encrypted: bool = False

    @property
    def parts(self) -> list[str]:
        r"""Its path: `.\a//b` is `a`, `b`."""
        return name_parts(self.stated_name)

    @property
    def name(self) -> str:
        """Its path, as patterns see it."""
        return "/".join(self.parts)


def name_parts(name: str) -> list[str]:
    r"""The parts of a path, whether separated by `/` or `\`, without empty ones and `.`."""
    return [part for part in name.replace("\\", "/").split("/") if part not in {"", "."}]


def name_fault(name: str) -> str:
    """Why a name cannot become a path; empty if it can."""
    parts = name_parts(name)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        return "holds control characters"
    if name.startswith(("/", "\\")):
        return "is an absolute path"
    if not parts:
        return "is empty"
    if re.match("[A-Za-z]:", parts[0]):
        return "begins with a drive letter"
    return "leads out of its folder" if ".." in parts else ""


def length_fault(name: str) -> str:
    """Why a name is too long for a downloaded file, with room for suffixes and parent folders; empty if it is not."""
    longest = max(len(part.encode()) for part in name_parts(name))
    is_too_long = longest > MAX_PART_BYTES or len(name.encode()) > MAX_NAME_BYTES
    return "is longer than a disk allows" if is_too_long else ""


def resolve_link(link: str, target: bytes) -> str:
    """The target of a link, relative to the top of the archive instead of its own folder."""
    text = target.decode("utf-8", "replace")
    return text if PureWindowsPath(text).anchor else "/".join([*name_parts(link)[:-1], text])


class ArchiveFormat(Protocol):
    """An archive format; members are numbered in their order."""

    @property
    def is_sequential(self) -> bool:
        """Whether members before a selected one are unpacked too, to skip them."""

    def members(self, archive: Path, folder: Path) -> Iterator[Member]:
        """All members; nothing is written into the folder."""

    def copy(self, archive: Path, selected: Mapping[int, Member], folder: Path) -> None:
        """Write the selected members into the folder."""


class MemberWriter:
    """The file that a member is written to; it takes the stated number of bytes and not one more."""

    def __init__(self, member: Member, folder: Path) -> None:
        self._member = member
        self._written = 0
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = path.open("xb")

    def write(self, s: bytes | bytearray) -> int:
        """Append a chunk, unless it exceeds the stated size."""
        self._written += len(s)
        if self._written > self._member.bytes:
            raise self._size_error("more")
        return self._stream.write(s)

    def close(self) -> None:
        """Close the file, unless it is too short."""
        self.close_unchecked()
        if self._written != self._member.bytes:
            raise self._size_error("fewer")

    def copy_from(self, source: IO[bytes], chunk_bytes: int = CHUNK_BYTES) -> None:
        """Copy all of a stream."""
        try:
            while chunk := source.read(chunk_bytes):
                self.write(chunk)
        finally:
            self.close_unchecked()
        self.close()

    def close_unchecked(self) -> None:
        """Close the file, whatever its size."""
        self._stream.close()

    def _size_error(self, comparison: str) -> BadArchiveError:
        return BadArchiveError(
            f"says that {self._member.stated_name!r} has {self._member.bytes:,} bytes, but holds {comparison} than that"
        )


class ZipFormat:
    """`zipfile`, which checks the CRC of every member that is read to its end."""

    is_sequential = False

    def members(self, archive: Path, folder: Path) -> Iterator[Member]:
        """All members of the central directory."""
        with zipfile.ZipFile(archive) as zip_file:
            _require_whole_directory(archive, len(zip_file.infolist()))
            for entry in zip_file.infolist():
                # zipfile truncates a name at a NUL; a name from a later field is only in `filename`
                name = entry.orig_filename if "\0" in entry.orig_filename else entry.filename
                is_folder = name.endswith(("/", "\\"))
                kind = "folder" if is_folder else ZIP_KINDS.get(stat.S_IFMT(entry.external_attr >> 16), "special file")
                encrypted = bool(entry.flag_bits & 1)
                target = ""
                if kind == "link" and not encrypted:
                    with zip_file.open(entry) as source:
                        target = resolve_link(name, source.read(LINK_BYTES))
                yield Member(name, entry.file_size, kind, target, encrypted)

    def copy(self, archive: Path, selected: Mapping[int, Member], folder: Path) -> None:
        """Copy member by member."""
        with zipfile.ZipFile(archive) as zip_file:
            entries = zip_file.infolist()
            for index, member in selected.items():
                entry = entries[index]
                entry.file_size = UNLIMITED_BYTES  # at the stated size, zipfile would stop silently
                with zip_file.open(entry) as source:
                    MemberWriter(member, folder).copy_from(
                        source, SMALL_CHUNK_BYTES.get(entry.compress_type, CHUNK_BYTES)
                    )


def _require_whole_directory(archive: Path, listed_count: int) -> None:
    """Compare the number of members with the one at the end of a zip archive, which zipfile ignores."""
    with archive.open("rb") as stream:
        stream.seek(max(archive.stat().st_size - ZIP_END_BYTES, 0))
        end = stream.read()
    position = end.rfind(b"PK\5\6") + 10
    stated_count = int.from_bytes(end[position : position + 2], "little")
    if stated_count not in {listed_count % 0x10000, 0xFFFF}:  # 0xFFFF is for larger numbers
        raise BadArchiveError(
            f"is damaged or cut short: it states {stated_count:,} members, but lists {listed_count:,}"
        )


class _BoundedReader(io.BufferedReader):
    """A stream of a tar that refuses large reads into memory, and remembers the last read."""

    last = b""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read at most a header's length; tarfile reads a whole header, whatever length it states."""
        if size is None or not 0 <= size <= HEADER_BYTES:
            raise BadArchiveError(f"holds a header of {size} bytes; expected {HEADER_BYTES:,} at most")
        self.last = super().read(size)
        return self.last


@dataclass(frozen=True, slots=True)
class TarFormat:
    """`tarfile`, with a check that tells the end of an archive from a hole in it."""

    opener: Callable[..., Any]
    is_sequential: bool = True

    def members(self, archive: Path, folder: Path) -> Iterator[Member]:
        """All members in their order, up to the very end, where the checksum of the compression is."""
        with self._opened(archive) as (tar_file, stream):
            for entry in tar_file:
                kind: Kind = "file" if entry.isreg() else "folder" if entry.isdir() else "special file"
                target = resolve_link(entry.name, entry.linkname.encode()) if entry.issym() else entry.linkname
                is_link = entry.issym() or entry.islnk()
                yield Member(entry.name, entry.size, "link" if is_link else kind, target if is_link else "")
            if stream.last != bytes(tarfile.BLOCKSIZE):
                raise BadArchiveError("is damaged or cut short: its last member is not followed by an end")
            if len(stream.read(HEADER_BYTES)) == HEADER_BYTES:
                raise BadArchiveError(f"goes on for more than {HEADER_BYTES:,} bytes after its end")

    def copy(self, archive: Path, selected: Mapping[int, Member], folder: Path) -> None:
        """Copy in one pass."""
        with self._opened(archive) as (tar_file, _):
            for index, entry in enumerate(tar_file):
                if index in selected:
                    MemberWriter(selected[index], folder).copy_from(cast("IO[bytes]", tar_file.extractfile(entry)))

    @contextmanager
    def _opened(self, archive: Path) -> Iterator[tuple[tarfile.TarFile, _BoundedReader]]:
        with self.opener(archive, "rb") as raw, _BoundedReader(raw) as stream:
            readable = cast("IO[bytes]", stream)
            with tarfile.open(fileobj=readable, mode="r:", encoding="utf-8", errors="replace") as tar_file:
                yield tar_file, stream
