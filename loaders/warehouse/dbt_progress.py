"""Runs dbt and reports how many of its models and tests are done, from its structured log."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from threading import Lock
from typing import Any

from loaders.core.progress import report

STARTED = "LogStartLine"
ERROR_LEVELS = frozenset({"warn", "error"})


@dataclass(frozen=True, slots=True)
class WaitingProcess:
    """A process that works as lines of its standard input say.

    Attributes:
        process: with pipes to its standard input and from its output.
        lock: of its standard input.
    """

    process: "subprocess.Popen[str]"
    lock: Lock = field(default_factory=Lock)

    def prepare(self, arguments: Sequence[str]) -> None:
        """Let it do what can be done ahead, with these arguments; it must not print. Returns at once."""
        self._write(list(arguments))

    def __call__(self, more: Mapping[str, str]) -> tuple[int, str]:
        """Let it work, with more variables of its environment.

        Returns:
            Its exit code, and its messages about errors and warnings as text.
        """
        self._write(dict(more))
        output = self.process.stdout
        assert output is not None  # noqa: S101 (a pipe)
        try:
            messages = list(error_messages(output))
        except KeyboardInterrupt:
            self.process.wait()  # Ctrl-C reaches dbt too, which cancels its queries
            raise
        return self.process.wait(), "\n".join(messages)

    def _write(self, line: object) -> None:
        stdin = self.process.stdin
        assert stdin is not None  # noqa: S101 (a pipe)
        text = json.dumps(line) + "\n"
        with self.lock:
            try:
                stdin.write(text)
                stdin.flush()
            except (BrokenPipeError, ValueError):  # it has ended already, or is ended: its messages say why
                with suppress(BrokenPipeError):
                    stdin.close()


@contextmanager
def process_on_request(command: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator[WaitingProcess]:
    """Start a process that waits for a line of input before it works, and ends if there is none.

    Its input stays open until it has ended, so that it can notice that this process was killed.

    Args:
        command: to run, with `--log-format json` of dbt.
        folder: to run it in.
        environment: of the process.
    """
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield WaitingProcess(process)


def error_messages(lines: Iterable[str]) -> Iterator[str]:
    """Report the progress that each line states; the messages about errors, and lines of other programs as they are."""
    for line in lines:
        event = _parse(line)
        if event is None:
            yield line.rstrip("\n")
        elif event["info"]["level"] in ERROR_LEVELS:
            yield event["info"]["msg"]
        elif event["info"]["name"] == STARTED:
            report(f"dbt {event['data']['index']} of {event['data']['total']}")


def _parse(line: str) -> dict[str, Any] | None:
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "info" in event else None
