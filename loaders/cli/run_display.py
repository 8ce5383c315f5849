"""Display of `eo-pv all`: one line for the step that runs; its warnings are kept, its errors are shown at once."""

import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self, TextIO

from loaders.core.progress import CHANNEL_VARIABLE, Activity
from loaders.core.terminal import Terminal

ERROR_PREFIX = "Error: "
MESSAGE_BYTES = 1024
JOIN_TIMEOUT_S = 2  # a process that outlives its step may hold the pipe open
VERBS = {
    "settings": "checking the settings",
    "resolve": "resolving the source of",
    "fetch": "fetching",
    "load": "loading",
    "cells": "finding the cells that hold records",
    "boundaries": "loading the boundaries of countries",
    "irradiance": "loading the solar irradiance",
    "build": "building the tables",
    "report": "writing the report",
}


class RunDisplay:
    """Shows the steps of a run; in this context, standard output is dropped and standard error is read.

    Attributes:
        steps: the steps that ran, in their order.
        errors: what the failed ones reported, by step.
        warnings: the other lines that steps wrote.
    """

    def __init__(self, keys: list[str]) -> None:
        """Prepare; nothing is shown yet.

        Args:
            keys: the datasets, in the order in which they are loaded.
        """
        self._keys = keys
        self.steps: list[str] = []
        self.errors: dict[str, list[str]] = {}
        self.warnings: list[str] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Begin to show steps."""
        self._stack.__enter__()
        kept = os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace")
        self._console = Terminal(file=self._stack.enter_context(kept), soft_wrap=True)
        self._activity = self._stack.enter_context(Activity("checking what has changed", self._console))
        self._stack.enter_context(_without_stdout())
        self._stack.enter_context(_read_stderr(self._show_line))
        self._stack.enter_context(self._channel())
        return self

    def __exit__(self, *error: object) -> None:
        """Restore the standard streams."""
        self._stack.close()

    def start(self, step: str) -> None:
        """Show that a step has started.

        Args:
            step: as DVC names it, such as `load@<key>`.
        """
        self.steps.append(step)
        verb, _, key = step.partition("@")
        position = f" ({self._keys.index(key) + 1} of {len(self._keys)})" if key in self._keys else ""
        self._activity.label = f"{VERBS.get(verb, verb)}{f' {key}' if key else ''}{position}"
        self._activity.detail = ""

    def _show_line(self, line: str) -> None:
        """Show errors and what follows them in the same step, keep the rest."""
        step = self.steps[-1] if self.steps else ""
        if line.startswith(ERROR_PREFIX) or step in self.errors:
            self.errors.setdefault(step, []).append(line.removeprefix(ERROR_PREFIX))
            self._console.print(line, style="red")
        elif line:
            self.warnings.append(line)

    @contextmanager
    def _channel(self) -> Iterator[None]:
        """Receive what steps report of their progress."""
        with tempfile.TemporaryDirectory(prefix="eo-pv-") as folder:
            address = str(Path(folder) / "progress")
            receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            receiver.bind(address)

            def receive() -> None:
                while True:
                    self._activity.detail = receiver.recv(MESSAGE_BYTES).decode(errors="replace")

            threading.Thread(target=receive, daemon=True).start()
            os.environ[CHANNEL_VARIABLE] = address
            try:
                yield
            finally:
                del os.environ[CHANNEL_VARIABLE]
                receiver.close()


@contextmanager
def _without_stdout() -> Iterator[None]:
    """Drop standard output, of child processes too."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    with _redirected(sys.stdout, nothing):
        yield


@contextmanager
def _read_stderr(show: Callable[[str], None]) -> Iterator[None]:
    """Read standard error, of child processes too, line by line."""
    end, entrance = os.pipe()

    def read() -> None:
        with os.fdopen(end, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                show(line.rstrip("\n"))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    with _redirected(sys.stderr, entrance):
        yield
    thread.join(JOIN_TIMEOUT_S)


@contextmanager
def _redirected(stream: TextIO, descriptor: int) -> Iterator[None]:
    """Redirect a standard stream to a descriptor, which is closed."""
    number = stream.fileno()
    stream.flush()
    kept = os.dup(number)
    os.dup2(descriptor, number)
    os.close(descriptor)
    try:
        yield
    finally:
        stream.flush()
        os.dup2(kept, number)
        os.close(kept)
