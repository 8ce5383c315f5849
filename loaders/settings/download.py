"""Settings of downloads: parallel requests, timeouts and retries."""

from typing import Annotated

from pydantic import Field, StringConstraints

from loaders.settings.base import Count, Seconds, SettingsModel


class Download(SettingsModel):
    """How files are downloaded; no setting here changes their content."""

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
