"""Runs dbt and reports how many of its models and tests are done, from its structured log."""

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any

from loaders.core.progress import report

Run = Callable[[Mapping[str, str]], tuple[int, str]]

STARTED = "LogStartLine"
ERROR_LEVELS = frozenset({"warn", "error"})


@contextmanager
def process_on_request(command: list[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Run]:
    """Start a process that waits for a line of input before it works, and ends if there is none.

    Its input stays open until it has ended, so that it can notice that this process was killed.

    Args:
        command: to run, with `--log-format json` of dbt.
        folder: to run it in.
        environment: of the process.

    Yields:
        Lets it work, with more variables of its environment; returns its exit code, and its messages about errors and
        warnings as text.
    """
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield lambda more: _run(process, more)


def _run(process: "subprocess.Popen[str]", more: Mapping[str, str]) -> tuple[int, str]:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 (pipes)
    try:
        process.stdin.write(json.dumps(dict(more)) + "\n")
        process.stdin.flush()
    except BrokenPipeError:  # it has ended already: its messages say why
        with suppress(BrokenPipeError):
            process.stdin.close()
    try:
        messages = list(error_messages(process.stdout))
    except KeyboardInterrupt:
        process.wait()  # Ctrl-C reaches dbt too, which cancels its queries
        raise
    return process.wait(), "\n".join(messages)


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
