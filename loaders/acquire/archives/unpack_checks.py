"""Checks of an archive and its selected members before a byte is written: paths, links, kinds, sizes."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from loaders.acquire.archives.formats import Member, name_fault, name_parts
from loaders.core.errors import ReadError

ASK_THE_PUBLISHER = (
    "Ask the publisher; or download it yourself, look at it, and give the good file as `source: {path: …}`."
)
RATIO_MATTERS_FROM_MB = 100.0  # small tables of zeros shrink a thousandfold, and any disk has room for them


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest total size of the selected members [MB], and the largest ratio to the size of their archive."""

    max_unpacked_mb: float
    max_ratio: float


@dataclass(frozen=True, slots=True)
class UnpackJob:
    """An archive to unpack, and the errors that name it."""

    archive: Path
    name: str
    folder: Path
    limits: Limits
    key: str

    def error(self, fault: str, remedy: str = "") -> ReadError:
        """The error for a fault of the archive."""
        return ReadError(f"{self.key}: {self.name} {fault}. Nothing was unpacked. {remedy or ASK_THE_PUBLISHER}")

    def size_error(self, fault: str, setting: str) -> ReadError:
        """The error for an archive over a limit of the settings."""
        alternative = f"narrow datasets.{self.key}.source.include"
        return self.error(fault, f"If that is right, raise download.{setting} in params.yaml, or {alternative}.")


def require_inside(job: UnpackJob, member: Member) -> None:
    """Refuse the whole archive for any member or link that leads out of the folder."""
    fault = name_fault(member.stated_name)
    if fault and not (member.kind == "folder" and fault == "is empty"):  # "./", the first member of many tars
        raise job.error(f"holds a member {member.stated_name!r}, whose name {fault}")
    if member.bytes < 0:
        raise job.error(f"says that {member.stated_name!r} has {member.bytes} bytes")
    depth, lowest = 0, 0
    for part in name_parts(member.target):
        depth += -1 if part == ".." else 1
        lowest = min(lowest, depth)
    if PureWindowsPath(member.target).anchor or lowest < 0:
        raise job.error(f"holds a link {member.stated_name!r} to {member.target!r}, outside of its folder")


def require_plain_files(job: UnpackJob, selected: list[Member]) -> None:
    """Refuse selected members that are not plain files, or that disks ignoring case or accents would merge."""
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
    """A name as seen by disks that ignore case and the encoding of accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def require_within_limits(job: UnpackJob, total_bytes: int) -> None:
    """Refuse selected members that are too large together."""
    total_mb = total_bytes / 1e6
    if total_mb > job.limits.max_unpacked_mb:
        limit = f"download.max_unpacked_mb allows {job.limits.max_unpacked_mb:,.0f} MB"
        raise job.size_error(f"would unpack to {total_mb:,.0f} MB, but {limit}", "max_unpacked_mb")
    require_ratio(job, total_bytes)


def require_ratio(job: UnpackJob, total_bytes: int) -> None:
    """Refuse members that unpack to many times the size of their archive."""
    ratio = total_bytes / max(job.archive.stat().st_size, 1)
    if total_bytes / 1e6 > RATIO_MATTERS_FROM_MB and ratio > job.limits.max_ratio:
        fault = f"would unpack to {total_bytes / 1e6:,.0f} MB, which is {ratio:,.0f} times its own size"
        raise job.size_error(f"{fault}, but download.max_ratio allows {job.limits.max_ratio:,.0f}", "max_ratio")
