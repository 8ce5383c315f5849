"""Progress of long work: a live line on a terminal, elsewhere a plain line every ten seconds."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext, suppress
from typing import Any, Self, TypeVar

from rich.live import Live
from rich.text import Text

from loaders.core.escape import terminal
from loaders.core.redact import redact
from loaders.core.terminal import Terminal, err

Item = TypeVar("Item")
ProgressWrapper = Callable[[Iterable[Any], str, int], Iterator[Any]]  # the type of `with_progress`

CHANNEL_VARIABLE = "EO_PV_PROGRESS"  # socket of `eo-pv all`, which shows what its steps report
LIVE_INTERVAL_S = 0.25
PLAIN_INTERVAL_S = 10.0
SEPARATOR = " · "


class Activity:
    """Work that takes long: shows its label, what is done of it, and how long it has taken."""

    current: "Activity | None" = None  # of this process

    def __init__(self, label: str, console: Terminal = err) -> None:
        """Describe the work.

        Args:
            label: what it is, in a few words.
            console: where to show it.
        """
        self.label, self.detail, self.console = label, "", console
        self._started = time.monotonic()
        self._has_ended = threading.Event()
        self._live: Live | None = None
        self._channel: str | None = None
        self._thread = threading.Thread(target=self._repeat, daemon=True)

    def __enter__(self) -> Self:
        """Begin to show it."""
        Activity.current = self
        self._channel = os.environ.get(CHANNEL_VARIABLE)
        if not self._channel and self.console.is_terminal:
            is_shared = self.console is err  # with whatever else this process prints
            self._live = Live(
                console=self.console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=is_shared,
                redirect_stderr=is_shared,
            )
            self._live.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the live line."""
        Activity.current = None
        self._has_ended.set()
        self._thread.join()
        if self._live:
            self._live.stop()

    @property
    def line(self) -> str:
        """What is shown: label, details and the time so far."""
        return SEPARATOR.join([*filter(None, (self.label, self.detail)), clock(time.monotonic() - self._started)])

    def _repeat(self) -> None:
        interval_s = LIVE_INTERVAL_S if self._channel or self._live else PLAIN_INTERVAL_S
        while not self._has_ended.wait(interval_s):
            if self._channel:
                _send(self._channel, self.detail)
            elif self._live:
                text = Text(terminal(redact(self.line)), no_wrap=True, overflow="ellipsis")
                self._live.update(text, refresh=True)
            else:
                self.console.print(self.line)


def report(detail: str) -> None:
    """Show what is done of the current activity, such as `12,000 rows`; nothing is shown outside of one."""
    if Activity.current:
        Activity.current.detail = detail


def with_progress(items: Iterable[Item], label: str, total: int) -> Iterator[Item]:
    """Yield the same items while a line shows how many are done.

    Args:
        items: each is done when the next one is requested.
        label: what they are, in one word.
        total: how many there are.
    """
    with nullcontext() if Activity.current else Activity(label):
        for done, item in enumerate(items):
            report(f"{done:,} of {total:,}")
            yield item


def clock(seconds: float) -> str:
    """A duration as `0:41` or `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _send(channel: str, detail: str) -> None:
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.connect(channel)
        end.send(detail.encode())
