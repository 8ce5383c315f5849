"""Runs dbt and reports how many of its models and tests are done, from its structured log."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from loaders.core.progress import report

STARTED = "LogStartLine"
ERROR_LEVELS = frozenset({"warn", "error"})


def run_with_progress(command: list[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Run dbt with `--log-format json`.

    Args:
        command: to run.
        folder: to run it in.
        environment: of the process.

    Returns:
        Its exit code, and its messages about errors and warnings as text.
    """
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 (a pipe)
        try:
            messages = list(error_messages(process.stdout))
        except KeyboardInterrupt:
            process.wait()  # Ctrl-C reaches dbt too, which cancels its queries
            raise
    return process.returncode, "\n".join(messages)


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
