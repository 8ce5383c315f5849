"""`eo-pv repro`: the workflow by DVC, whose errors about an interruption or another run are told in our words."""

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

PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
INTERRUPTED = re.compile(rf"exited with (-2|{STOPPED_EXIT_CODE})\b")
BUSY = re.compile(r"is busy, it is being blocked by|Unable to acquire lock")
FULL = {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM}  # no further step can work either
HOLDER = re.compile(r"\(PID (\d+)\)")


@app.command(context_settings=PASSED_ON)
def repro(context: typer.Context) -> None:
    """Run what has changed with DVC; what is typed behind it is passed on to `dvc repro`."""
    from dvc.cli import main as dvc

    filtered = filter_dvc()
    os.environ[RUN_VARIABLE] = "1"
    try:
        code = dvc(["repro", *context.args])
    finally:
        del os.environ[RUN_VARIABLE]
    if filtered.was_interrupted:
        raise KeyboardInterrupt
    raise typer.Exit(code)


def filter_dvc() -> "OwnWords":
    """Let DVC's own handlers, and no other, show what it says, but for what has words of ours."""
    filtered = OwnWords()
    for name in ("dvc", "dvc_data", "dvc_objects"):
        logger = logging.getLogger(name)
        logger.propagate = False  # the handler of all else would show each line again, and tracebacks
        for handler in logger.handlers:
            handler.addFilter(filtered)
    return filtered


class OwnWords(logging.Filter):
    """Raises what DVC reports and has an error, or an end, of ours."""

    was_interrupted = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether DVC's words are to be shown."""
        if record.exc_info and record.exc_info[0] is KeyboardInterrupt:
            self.was_interrupted = True
            return False
        told = "\n".join([record.getMessage(), *_causes(record)])
        if INTERRUPTED.search(told):
            self.was_interrupted = True
            raise KeyboardInterrupt
        if BUSY.search(told):
            holder = HOLDER.search(told)
            who = f" (PID {holder[1]})" if holder else ""
            raise BuildError(f"Another run is working here{who}. Wait for it, then run the same command again.")
        for error in _errors(record):
            is_full = isinstance(error, OSError) and error.errno in FULL
            if is_full and (found := translate_error(error, (Path("data"),))):
                raise found
        return True


def _causes(record: logging.LogRecord) -> "Iterator[str]":
    yield from map(str, _errors(record))


def _errors(record: logging.LogRecord) -> "Iterator[BaseException]":
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
