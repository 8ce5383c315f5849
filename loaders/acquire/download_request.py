"""A file to download: its size limit, and the errors for answers without the locked file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.acquire.lock import LockedFile, Record
from loaders.core.errors import ChecksumMismatchError, SourceError
from loaders.core.redact import redacted_url
from loaders.http.status import describe_status

if TYPE_CHECKING:
    import requests

BYTES_PER_MB = 1e6


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A file to download.

    Attributes:
        key: the dataset, for messages.
        record: its record.
        file: as locked.
        limit_mb: the size limit [MB].
        limit_name: the setting or option that raises the limit.
        known_sha256: of an earlier download, if there was one.
    """

    key: str
    record: Record
    file: LockedFile
    limit_mb: float
    limit_name: str
    known_sha256: str | None = None

    @property
    def limit_bytes(self) -> float:
        """The size limit [bytes]."""
        return self.limit_mb * BYTES_PER_MB

    def require_within_limit(self, size: int | None) -> None:
        """Refuse a size over the limit.

        Raises:
            SourceError: the size is over the limit; both remedies are named.
        """
        if size is not None and size > self.limit_bytes:
            raise SourceError(
                f"{self.key}: {self.file.name} has {size / BYTES_PER_MB:,.1f} MB, more than the limit of "
                f"{self.limit_mb:g} MB. Raise {self.limit_name}, or leave the file out with "
                f"datasets.{self.key}.source.include or exclude."
            )


def web_page_error(request: DownloadRequest, location: str) -> SourceError:
    """The error for a web page in the place of a data file."""
    return SourceError(
        f"{request.key}: {location} sent a web page instead of {request.file.name}. The publisher may be down, or "
        f"refuse scripts: try again later, or download the file yourself and say `source: {{path: …}}`."
    )


def refused_error(request: DownloadRequest, response: "requests.Response") -> SourceError:
    """The error for a status without a file."""
    is_gone = response.status_code in {404, 410}
    advice = (
        f"The publisher may have moved it: ask again with `make update KEY={request.key}`."
        if is_gone
        else "It may refuse scripts: download it yourself and say `source: {path: …}` in params.yaml."
    )
    outcome = "gone" if is_gone else "refused" if response.status_code >= 400 else "not sent"
    return SourceError(
        f"{request.key}: {request.file.name} is {outcome}: {redacted_url(str(response.url))} answered "
        f"{describe_status(response)}. {advice}"
    )


def changed_file_error(request: DownloadRequest, difference: str) -> ChecksumMismatchError:
    """The error for a file that differs from the locked one."""
    return ChecksumMismatchError(
        f"{request.key}: {request.file.name} has {difference}. The publisher has replaced it, or something on the way "
        f"changes it; nothing of it is kept. See what changed with `make update KEY={request.key}`, then `make all`."
    )
