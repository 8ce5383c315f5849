"""Unpack what is wanted of a published archive, and nothing that could harm this disk.

An archive is what a stranger says it is. Names, sizes and links are judged before the first byte is written, and the
sizes again while writing, because tables of contents lie. Links, devices, owners, modes and times are never taken over.
"""

import bz2
import errno
import gzip
import lzma
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from loaders.acquire.archives.formats import (
    ArchiveFormat,
    BadArchiveError,
    Member,
    TarFormat,
    ZipFormat,
    length_fault,
    name_fault,
    name_parts,
)
from loaders.core.errors import EoPvError, ReadError, SourceError
from loaders.core.file_formats import ARCHIVE_SUFFIXES
from loaders.formats.beginnings import ARCHIVE_MAGIC, describe_start

ARCHIVE_FORMATS: dict[str, ArchiveFormat] = {
    ".zip": ZipFormat(),
    ".tar": TarFormat(open),
    **dict.fromkeys((".tar.gz", ".tgz"), TarFormat(gzip.open)),
    **dict.fromkeys((".tar.bz2", ".tbz2"), TarFormat(bz2.open)),
    **dict.fromkeys((".tar.xz", ".txz"), TarFormat(lzma.open)),
}
SEVEN_ZIP = ".7z"
HEAD_BYTES = 4096
DAMAGED_MESSAGE = "is damaged or cut short, or is not what its ending says"
ASK_THE_PUBLISHER = (
    "Ask the publisher; or download it yourself, look at it, and give the good file as `source: {path: …}`."
)
MAX_MEMBERS = 1_000_000
RATIO_MATTERS_FROM_MB = 100.0  # small tables of zeros shrink a thousandfold, and any disk has room for them


@dataclass(frozen=True, slots=True)
class Limits:
    """How large the wanted members may be together [MB], and how many times the size of their archive."""

    max_unpacked_mb: float
    max_ratio: float


@dataclass(frozen=True, slots=True)
class _UnpackJob:
    archive: Path
    name: str
    folder: Path
    limits: Limits
    key: str

    def error(self, fault: str, remedy: str = "") -> ReadError:
        return ReadError(f"{self.key}: {self.name} {fault}. Nothing was unpacked. {remedy or ASK_THE_PUBLISHER}")

    def size_error(self, fault: str, setting: str) -> ReadError:
        alternative = f"narrow datasets.{self.key}.source.include"
        return self.error(fault, f"If that is right, raise download.{setting} in params.yaml, or {alternative}.")


def require_safe_name(name: str, origin: str, key: str) -> None:
    r"""Refuse a name that must not become a path on this disk; `a\b` is read as `a/b`.

    Args:
        name: as a publisher states it.
        origin: what states it, for the message: "the file list of Zenodo record 5005868".
        key: the dataset.

    Raises:
        SourceError: the name is empty or absolute, leads out of its folder, is too long, or holds control
            characters.
    """
    if fault := name_fault(name) or length_fault(name):
        raise SourceError(
            f"{key}: {origin} names a file {name!r}, which {fault}. Expected a name inside of a folder. "
            "Nothing was written. Ask the publisher; or download the file yourself and say `source: {path: …}`."
        )


def unpack(  # noqa: PLR0913 (each says what no other does)
    archive: Path,
    name: str,
    folder: Path,
    select: Callable[[Sequence[str]], Collection[str]],
    limits: Limits,
    key: str,
) -> list[Path]:
    r"""Write the wanted members of an archive below a folder, their folders kept.

    Archives inside are members like others. A member that the archive calls `.\a//b` is `a/b`.

    Args:
        archive: the file on this disk, whatever it is called here.
        name: what its publisher calls it; the ending tells the format.
        folder: where to; on any error, nothing of this archive stays there.
        select: takes the names of all members but folders and returns those to unpack.
        limits: what it may become.
        key: the dataset, for messages.

    Returns:
        The files written, sorted.

    Raises:
        ReadError: the archive is damaged, encrypted or too large, or holds what no dataset needs.
    """
    job = _UnpackJob(archive, name, folder, limits, key)
    archive_format = _format(job)
    with _readable_errors(job):
        _require_magic(job)
        members = _members(job, archive_format)
    selected_names = set(select([member.name for member in members if member.kind != "folder"]))
    selected = {
        index: member
        for index, member in enumerate(members)
        if member.kind != "folder" and member.name in selected_names
    }
    _require_plain_files(job, list(selected.values()))
    _require_within_limits(job, sum(member.bytes for member in selected.values()))
    paths = sorted(folder / member.name for member in selected.values())
    with _readable_errors(job):
        if existing := [path.name for path in paths if path.exists()]:
            raise job.error(f"holds {existing[0]}, which is in {folder} already")
    try:
        with _readable_errors(job):
            archive_format.copy(archive, selected, folder)
            if missing := [path for path in paths if not path.is_file()]:
                raise job.error(f"lists {missing[0].relative_to(folder)}, but does not hold it")
    except BaseException:
        _remove_files(paths, folder)
        raise
    return paths


def _format(job: _UnpackJob) -> ArchiveFormat:
    if job.name.lower().endswith(SEVEN_ZIP):
        from loaders.acquire.archives.sevenzip import SevenZipFormat  # noqa: PLC0415 (few archives are worth the time of its import)

        return SevenZipFormat()
    for suffix, archive_format in ARCHIVE_FORMATS.items():
        if job.name.lower().endswith(suffix):
            return archive_format
    raise job.error(f"is not an archive that can be unpacked; expected one of {', '.join(ARCHIVE_SUFFIXES)}")


def _require_magic(job: _UnpackJob) -> None:
    """Compare the first bytes with the ending: a page that asks for a login is no archive."""
    with job.archive.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for suffix, magic in ARCHIVE_MAGIC.items():
        if job.name.lower().endswith(suffix) and not head.startswith(magic):
            raise job.error(f"{DAMAGED_MESSAGE}: {describe_start(head)}, expected a {suffix} archive")


def _members(job: _UnpackJob, archive_format: ArchiveFormat) -> list[Member]:
    """All members, none of which leads out of the folder."""
    members: list[Member] = []
    passed_bytes = 0
    for member in archive_format.members(job.archive, job.folder):
        _require_inside(job, member)
        members.append(member)
        if len(members) > MAX_MEMBERS:
            raise job.error(f"holds more than {MAX_MEMBERS:,} members")
        passed_bytes += member.bytes
        if archive_format.is_sequential:
            _require_ratio(job, passed_bytes)
    return members


@contextmanager
def _readable_errors(job: _UnpackJob) -> Iterator[None]:
    """Say in a sentence what the libraries raise, which on damaged data is any exception there is."""
    try:
        yield
    except (EoPvError, MemoryError):  # of ours, of this machine
        raise
    except BadArchiveError as error:
        raise job.error(str(error)) from error
    except NotImplementedError as error:
        raise job.error(f"is packed in a way that this version cannot read ({error})") from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # that is a seek to a false place
            remedy = f"Make room for it there, or narrow datasets.{job.key}.source.include."
            raise job.error(f"cannot be unpacked on this disk ({error.strerror})", remedy) from error
        raise job.error(f"{DAMAGED_MESSAGE} ({error})" if str(error) else DAMAGED_MESSAGE) from error


def _require_inside(job: _UnpackJob, member: Member) -> None:
    """Refuse the whole archive for a member or link that leads out of the folder, wanted or not."""
    fault = name_fault(member.stated_name)
    if fault and not (member.kind == "folder" and fault == "is empty"):  # "./", which many a tar begins with
        raise job.error(f"holds a member {member.stated_name!r}, whose name {fault}")
    if member.bytes < 0:
        raise job.error(f"says that {member.stated_name!r} has {member.bytes} bytes")
    depth, lowest = 0, 0
    for part in name_parts(member.target):
        depth += -1 if part == ".." else 1
        lowest = min(lowest, depth)
    if PureWindowsPath(member.target).anchor or lowest < 0:
        raise job.error(f"holds a link {member.stated_name!r} to {member.target!r}, outside of its folder")


def _require_plain_files(job: _UnpackJob, selected: list[Member]) -> None:
    """Refuse what is wanted but is no file of its own, on disks that ignore case or accents' spelling too."""
    files: dict[str, Member] = {}
    for member in selected:
        if member.kind != "file":
            raise job.error(f"holds {member.stated_name!r} as a {member.kind}; expected a file with data")
        if member.encrypted:
            raise job.error(f"holds {member.stated_name!r} encrypted; expected data without a password")
        other = files.setdefault(case_folded(member.name), member)
        if other is not member:
            raise job.error(
                f"holds both {other.stated_name!r} and {member.stated_name!r}, which are one file on many disks"
            )
    for member in selected:
        parts = member.parts
        for depth in range(1, len(parts)):
            if file := files.get(case_folded("/".join(parts[:depth]))):
                raise job.error(
                    f"holds both a file {file.stated_name!r} and {member.stated_name!r} in a folder of that name"
                )


def case_folded(name: str) -> str:
    """A name as disks see it that ignore case, or how accents are spelt."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _require_within_limits(job: _UnpackJob, total_bytes: int) -> None:
    total_mb = total_bytes / 1e6
    if total_mb > job.limits.max_unpacked_mb:
        allowed = f"download.max_unpacked_mb allows {job.limits.max_unpacked_mb:,.0f} MB"
        raise job.size_error(f"would unpack to {total_mb:,.0f} MB, but {allowed}", "max_unpacked_mb")
    _require_ratio(job, total_bytes)


def _require_ratio(job: _UnpackJob, total_bytes: int) -> None:
    ratio = total_bytes / max(job.archive.stat().st_size, 1)
    if total_bytes / 1e6 > RATIO_MATTERS_FROM_MB and ratio > job.limits.max_ratio:
        fault = f"would unpack to {total_bytes / 1e6:,.0f} MB, which is {ratio:,.0f} times its own size"
        raise job.size_error(f"{fault}, but download.max_ratio allows {job.limits.max_ratio:,.0f}", "max_ratio")


def _remove_files(paths: list[Path], folder: Path) -> None:
    """Remove files as far as they came to be, and the folders that this empties."""
    for path in paths:
        path.unlink(missing_ok=True)
        for parent in path.parents[: len(path.parents) - len(folder.parents) - 1]:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
