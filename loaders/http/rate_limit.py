"""Rate limit of a provider, shared by all processes.

pyrate-limiter 4.5 would need as much code around it: a damaged file of its SQLiteBucket is an error (`file is not a
database`), times ahead of a clock that was set back keep counting, and it says nothing while it waits.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from loaders.core.files import write_text

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A number of requests per period, counted in a file.

    Attributes:
        file: the times of the last requests.
        max_requests: the limit.
        period_s: the period [s].
        now, sleep: the clock, for tests.
    """

    file: Path
    max_requests: int
    period_s: float
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Wait until another request is allowed, and count it."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.file.with_suffix(".lock")):
            while len(times := self._times()) >= self.max_requests:
                resume_at = times[-self.max_requests] + self.period_s
                resume_time = datetime.fromtimestamp(resume_at, UTC).isoformat(" ", "minutes")
                log.warning(
                    "%d requests in %.0f s is the limit: going on at %s", self.max_requests, self.period_s, resume_time
                )
                self.sleep(max(resume_at - self.now(), 0))
            write_text(json.dumps([*times, self.now()]), self.file)

    def exhaust(self) -> None:
        """Count all requests of the period as made, when the provider says that none is left."""
        with FileLock(self.file.with_suffix(".lock")):
            times = self._times()
            write_text(json.dumps([*times, *[self.now()] * (self.max_requests - len(times))]), self.file)

    def _times(self) -> list[float]:
        """The times of requests within the period."""
        try:
            times = [float(timestamp) for timestamp in json.loads(self.file.read_text(encoding="utf-8"))]
        except (FileNotFoundError, TypeError, ValueError):
            return []  # the provider refuses requests over its limit
        now = self.now()
        return sorted(timestamp for timestamp in times if now - self.period_s < timestamp <= now)
