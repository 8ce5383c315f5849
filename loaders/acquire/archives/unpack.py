"""Unpack the selected members of a published archive, and nothing that could harm this disk.

Archives are untrusted. Names, sizes and links are checked before the first byte is written, and sizes again while
writing, because tables of contents lie. Links, devices, owners, modes and times are never applied.
"""

import bz2
import errno
import gzip
import lzma
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from loaders.acquire.archives.formats import (
    ArchiveFormat,
    BadArchiveError,
    Member,
    TarFormat,
    ZipFormat,
    length_fault,
    name_fault,
)
from loaders.acquire.archives.unpack_checks import (
    Limits,
    UnpackJob,
    require_inside,
    require_plain_files,
    require_ratio,
    require_within_limits,
)
from loaders.core.errors import EoPvError, SourceError
from loaders.core.file_formats import ARCHIVE_SUFFIXES
from loaders.formats.magic_bytes import ARCHIVE_MAGIC, describe_start

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
MAX_MEMBERS = 1_000_000


def require_safe_name(name: str, origin: str, key: str) -> None:
    r"""Refuse a name that cannot become a path on this disk; `a\b` is read as `a/b`.

    Args:
        name: as a publisher states it.
        origin: its origin, for the message: "the file list of Zenodo record 5005868".
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
    r"""Write the selected members of an archive below a folder, keeping their folders.

    Archives inside are members like others. A member that the archive calls `.\a//b` is `a/b`.

    Args:
        archive: the file on this disk, under any name.
        name: its published name, whose ending names the format.
        folder: the target; on any error, nothing of this archive stays there.
        select: selects from the names of all members but folders.
        limits: of the unpacked size.
        key: the dataset, for messages.

    Returns:
        The files written, sorted.

    Raises:
        ReadError: the archive is damaged, encrypted or too large, or holds links or special files.
    """
    job = UnpackJob(archive, name, folder, limits, key)
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
    require_plain_files(job, list(selected.values()))
    require_within_limits(job, sum(member.bytes for member in selected.values()))
    paths = sorted(folder / member.name for member in selected.values())
    _write(job, archive_format, selected, paths)
    return paths


def _write(job: UnpackJob, archive_format: ArchiveFormat, selected: Mapping[int, Member], paths: list[Path]) -> None:
    """Write the selected members, all of them or none."""
    with _readable_errors(job):
        if existing_names := [path.name for path in paths if path.exists()]:
            raise job.error(f"holds {existing_names[0]}, which is in {job.folder} already")
    try:
        with _readable_errors(job):
            archive_format.copy(job.archive, selected, job.folder)
            if missing_paths := [path for path in paths if not path.is_file()]:
                raise job.error(f"lists {missing_paths[0].relative_to(job.folder)}, but does not hold it")
    except BaseException:
        _remove_files(paths, job.folder)
        raise


def _format(job: UnpackJob) -> ArchiveFormat:
    if job.name.lower().endswith(SEVEN_ZIP):
        from loaders.acquire.archives.sevenzip import SevenZipFormat  # noqa: PLC0415 (slow to import, rarely needed)

        return SevenZipFormat()
    for suffix, archive_format in ARCHIVE_FORMATS.items():
        if job.name.lower().endswith(suffix):
            return archive_format
    raise job.error(f"is not an archive that can be unpacked; expected one of {', '.join(ARCHIVE_SUFFIXES)}")


def _require_magic(job: UnpackJob) -> None:
    """Compare the first bytes with the ending: a login page is not an archive."""
    with job.archive.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for suffix, magic in ARCHIVE_MAGIC.items():
        if job.name.lower().endswith(suffix) and not head.startswith(magic):
            raise job.error(f"{DAMAGED_MESSAGE}: {describe_start(head)}, expected a {suffix} archive")


def _members(job: UnpackJob, archive_format: ArchiveFormat) -> list[Member]:
    """All members, each checked to stay inside the folder."""
    members: list[Member] = []
    passed_bytes = 0
    for member in archive_format.members(job.archive, job.folder):
        require_inside(job, member)
        members.append(member)
        if len(members) > MAX_MEMBERS:
            raise job.error(f"holds more than {MAX_MEMBERS:,} members")
        passed_bytes += member.bytes
        if archive_format.is_sequential:
            require_ratio(job, passed_bytes)
    return members


@contextmanager
def _readable_errors(job: UnpackJob) -> Iterator[None]:
    """Turn errors of the libraries, which on damaged data can be any exception, into messages."""
    try:
        yield
    except (EoPvError, MemoryError):  # ours, or this machine's
        raise
    except BadArchiveError as error:
        raise job.error(str(error)) from error
    except NotImplementedError as error:
        raise job.error(f"is packed in a way that this version cannot read ({error})") from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # EINVAL: a bad offset
            remedy = f"Make room for it there, or narrow datasets.{job.key}.source.include."
            raise job.error(f"cannot be unpacked on this disk ({error.strerror})", remedy) from error
        raise job.error(DAMAGED_MESSAGE) from error


def _remove_files(paths: list[Path], folder: Path) -> None:
    """Remove the files written so far, and the folders that this empties."""
    for path in paths:
        path.unlink(missing_ok=True)
        for parent in path.parents[: len(path.parents) - len(folder.parents) - 1]:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
