"""Retry policy: attempts, backoff, Retry-After, and bodies that arrive too slowly."""

import random
import time
from typing import NoReturn

from tenacity import RetryCallState

from loaders.core.errors import SourceError
from loaders.settings.download import Download

PROGRESS_BYTES = 1 << 20  # an attempt that received this much does not count
STALL_WINDOWS = 2  # timeouts over which the speed of a body is measured


class InterruptedTransfer(Exception):  # noqa: N818 (no error until the attempts are exhausted)
    """A failed request that is worth a retry.

    Attributes:
        retry_after_s: the server's Retry-After [s]; null without one.
        received_bytes: the size received before [bytes].
        max_attempts: a lower limit of attempts than in the settings; null without one.
        status: of the response, if there was one.
    """

    def __init__(
        self,
        reason: str,
        retry_after_s: float | None = None,
        received_bytes: int = 0,
        max_attempts: int | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
        self.received_bytes = received_bytes
        self.max_attempts = max_attempts
        self.status = status


class SlowTransfer(InterruptedTransfer):
    """A failed request that ran out of time."""


class RetryPolicy:
    """How often to retry, and how long to wait before each attempt."""

    def __init__(self, settings: Download) -> None:
        self._settings = settings
        self._failed_attempts = 0
        self._attempts = 0

    def is_exhausted(self, state: RetryCallState) -> bool:
        """Whether the last attempt was the final one."""
        error = _interruption(state)
        self._attempts += 1
        self._failed_attempts = 0 if error.received_bytes >= PROGRESS_BYTES else self._failed_attempts + 1
        is_wait_too_long = (error.retry_after_s or 0) > self._settings.longest_wait_s
        return is_wait_too_long or self._failed_attempts >= min(
            self._settings.attempts, error.max_attempts or self._settings.attempts
        )

    def pause_s(self, state: RetryCallState) -> float:
        """The pause before the next attempt [s]: at least what the server asks for."""
        backoff_s = self._settings.backoff_s * 2.0 ** max(self._failed_attempts - 1, 0)
        jittered_s = backoff_s * random.uniform(0.5, 1.5)  # noqa: S311 (spreads requests, guards nothing)
        return min(max(jittered_s, _interruption(state).retry_after_s or 0), self._settings.longest_wait_s)

    def give_up(self, label: str, error: InterruptedTransfer) -> NoReturn:
        """Raise the final error.

        Raises:
            SourceError: always.
        """
        if (error.retry_after_s or 0) > self._settings.longest_wait_s:
            raise SourceError(
                f"{label}: {error} and asks us to wait {error.retry_after_s:,.0f} s, longer than "
                f"download.longest_wait_s in params.yaml ({self._settings.longest_wait_s:g} s). Try again later."
            ) from error
        if error.max_attempts is not None:
            raise SourceError(f"{label}: {error}.") from error
        advice = (
            " A slow line needs a larger download.timeout_s in params.yaml." if isinstance(error, SlowTransfer) else ""
        )
        raise SourceError(
            f"{label}: {error}, after {self._attempts} attempts. What has come so far is kept: run the same command "
            f"again later.{advice}"
        ) from error


class TooSlowError(Exception):
    """A body that arrives too slowly."""


class SpeedMonitor:
    """Measures the speed of a body over a recent period, so that a trickle is treated as silence."""

    def __init__(self, settings: Download) -> None:
        self._span_s = STALL_WINDOWS * settings.timeout_s
        self._minimum_bytes = settings.slowest_bytes_per_s * self._span_s
        self._start, self._bytes = time.monotonic(), 0

    def add(self, count: int) -> None:
        """Count received bytes.

        Raises:
            TooSlowError: too few arrived over the period.
        """
        self._bytes += count
        elapsed_s = time.monotonic() - self._start
        if elapsed_s < self._span_s:
            return
        if self._bytes < self._minimum_bytes:
            raise TooSlowError(f"only {self._bytes:,} bytes in {elapsed_s:.0f} s")
        self._start, self._bytes = time.monotonic(), 0


def last_status(error: BaseException | None) -> int | None:
    """The status of the last response before an error; null without a response."""
    while error is not None and not isinstance(error, InterruptedTransfer):
        error = error.__cause__
    return error.status if error else None


def _interruption(state: RetryCallState) -> InterruptedTransfer:
    error = state.outcome.exception() if state.outcome else None
    return error if isinstance(error, InterruptedTransfer) else InterruptedTransfer("")
