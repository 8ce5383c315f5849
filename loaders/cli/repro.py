"""Command `repro`: run DVC, with our own messages for interruptions, busy locks and full disks."""

import errno
import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from loaders.cli.console import app
from loaders.core.errors import BuildError
from loaders.core.foreign_errors import RUN_VARIABLE, STOPPED_EXIT_CODE, translate_error

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT_SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True}
INTERRUPTED = re.compile(rf"exited with (-2|{STOPPED_EXIT_CODE})\b")
BUSY = re.compile(r"is busy, it is being blocked by|Unable to acquire lock")
OUT_OF_RESOURCES = {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM}  # every further step would fail too
HOLDER = re.compile(r"\(PID (\d+)\)")


@app.command(context_settings=CONTEXT_SETTINGS)
def repro(context: typer.Context) -> None:
    """Run what has changed with DVC; further arguments are passed on to `dvc repro`."""
    from dvc.cli import main as dvc

    message_filter = filter_dvc()
    os.environ[RUN_VARIABLE] = "1"
    try:
        code = dvc(["repro", *context.args])
    finally:
        del os.environ[RUN_VARIABLE]
    if message_filter.was_interrupted:
        raise KeyboardInterrupt
    raise typer.Exit(code)


def filter_dvc() -> "DvcMessageFilter":
    """Leave logging to DVC's own handlers, filtered for errors that have a message of ours."""
    message_filter = DvcMessageFilter()
    for name in ("dvc", "dvc_data", "dvc_objects"):
        logger = logging.getLogger(name)
        logger.propagate = False  # the root handler would repeat each line, with tracebacks
        for handler in logger.handlers:
            handler.addFilter(message_filter)
    return message_filter


class DvcMessageFilter(logging.Filter):
    """Raises an error or interruption of ours in place of DVC's message."""

    was_interrupted = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to show DVC's message."""
        if record.exc_info and record.exc_info[0] is KeyboardInterrupt:
            self.was_interrupted = True
            return False
        text = "\n".join([record.getMessage(), *_causes(record)])
        if INTERRUPTED.search(text):
            self.was_interrupted = True
            raise KeyboardInterrupt
        if BUSY.search(text):
            holder = HOLDER.search(text)
            process = f" (PID {holder[1]})" if holder else ""
            raise BuildError(f"Another run is working here{process}. Wait for it, then run the same command again.")
        for error in _error_chain(record):
            is_full = isinstance(error, OSError) and error.errno in OUT_OF_RESOURCES
            if is_full and (found := translate_error(error, (Path("data"),))):
                raise found
        return True


def _causes(record: logging.LogRecord) -> "Iterator[str]":
    yield from map(str, _error_chain(record))


def _error_chain(record: logging.LogRecord) -> "Iterator[BaseException]":
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
