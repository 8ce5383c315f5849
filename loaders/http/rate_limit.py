"""No more requests in a while than a provider allows, whatever process makes them.

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
    """So many requests within so long, counted in a file.

    Attributes:
        file: when the last requests were made.
        max_requests: how many.
        period_s: in how long [s].
        now, sleep: the clock.
    """

    file: Path
    max_requests: int
    period_s: float
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Until another request may be made; it counts from then on."""
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
        """As if all requests were made by now: the provider says that none is left."""
        with FileLock(self.file.with_suffix(".lock")):
            times = self._times()
            write_text(json.dumps([*times, *[self.now()] * (self.max_requests - len(times))]), self.file)

    def _times(self) -> list[float]:
        """Those that still count."""
        try:
            times = [float(timestamp) for timestamp in json.loads(self.file.read_text(encoding="utf-8"))]
        except (FileNotFoundError, TypeError, ValueError):
            return []  # where too many are made then, the provider says so
        now = self.now()
        return sorted(timestamp for timestamp in times if now - self.period_s < timestamp <= now)
