"""Settings of downloads: parallel requests, timeouts and retries."""

from typing import Annotated

from pydantic import Field, StringConstraints

from loaders.settings.base import Count, Seconds, SettingsModel


class Download(SettingsModel):
    """How files are downloaded; no setting here changes their content.

    Attributes:
        datasets_at_once: number of datasets that are downloaded at the same time.
        connections_per_host: number of requests to one host at the same time.
        attempts: in a row with next to no data; then it is an error, and the next run resumes.
        timeout_s: time to connect, and between two pieces of an answer [s].
        backoff_s: wait before the second attempt [s]; doubled for each further one, give or take a half.
        longest_wait_s: longest Retry-After that is waited for [s]; a longer one is an error.
        slowest_bytes_per_s: a slower transfer counts as interrupted [bytes/s].
        max_unpacked_mb: largest size of the selected files of one archive, unpacked [MB].
        max_ratio: the same as a multiple of the size of the archive [1].
        contact: web page or e-mail address that publishers get in the User-Agent.
    """

    datasets_at_once: Count = 4
    connections_per_host: Count = 2
    attempts: Count = 5
    timeout_s: Seconds = 30.0
    backoff_s: Annotated[float, Field(ge=0, le=3600)] = 1.0
    longest_wait_s: Seconds = 120.0
    slowest_bytes_per_s: Annotated[float, Field(ge=0, le=1e12)] = 1000.0
    max_unpacked_mb: Annotated[float, Field(gt=0, le=1e9)] = 10_000.0
    max_ratio: Annotated[float, Field(gt=1, le=1e6)] = 200.0
    contact: Annotated[str, StringConstraints(pattern=r"^[!-~ ]+$")] | None = None
