"""Runs DVC in this process, with our own messages for interruptions, busy locks, full and read-only disks."""

import errno
import logging
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loaders.cli.dvc_git import git_index_kept_in_memory
from loaders.cli.dvc_rwlock import paths_locked_once, remove_locks_of_killed_processes
from loaders.cli.dvc_steps import steps_on_server
from loaders.cli.dvc_yaml import yaml_kept_in_memory
from loaders.core.errors import BuildError
from loaders.core.foreign_errors import RUN_VARIABLE, STOPPED_EXIT_CODE, translate_error

DVC_FOLDER = Path(".dvc", "tmp")
INTERRUPTED = re.compile(rf"exited with (-2|{STOPPED_EXIT_CODE})\b")
BUSY = re.compile(r"is busy, it is being blocked by|Unable to acquire lock")
# errors of DVC itself after which every further step would fail too; its state is in SQLite
FINAL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.EROFS, errno.EACCES, errno.EPERM}
HOLDER = re.compile(r"\(PID (\d+)\)")
STARTED = re.compile(r"Running stage '([^']+)'")
FAILED_STAGES = re.compile(r"failed to reproduce(?: stages:)? ('.+)")
# what a step that failed has said in its own words, and what follows from it
REPEATED = re.compile(
    "failed to run: .*, exited with|failed to reproduce|will be skipped due to this failure|"
    r"had been killed. Auto removed|^\[Errno 2\] No such file or directory"
)
ANOTHER_RUN_MESSAGE = "Another run is working here{process}. Wait for it, then run the same command again."


@dataclass(frozen=True, slots=True)
class DvcResult:
    """The exit code of DVC, and the stages that failed."""

    code: int
    failed: tuple[str, ...]


def run_dvc(arguments: list[str], on_start: Callable[[str], None] | None = None) -> DvcResult:
    """Run `dvc repro`.

    Args:
        arguments: passed on.
        on_start: called with each stage before it runs; then DVC itself prints nothing but warnings and errors that
            no step has reported.

    Raises:
        KeyboardInterrupt: the run was interrupted.
        BuildError: another run is working here, the disk is full, or a folder cannot be written.
    """
    from dvc.cli import main as dvc

    message_filter = filter_dvc(on_start)
    remove_locks_of_killed_processes(DVC_FOLDER)
    os.environ[RUN_VARIABLE] = "1"
    try:
        with _faster_dvc() if on_start else steps_on_server():
            code = dvc(["repro", *arguments])
    finally:
        del os.environ[RUN_VARIABLE]
    if message_filter.was_interrupted:
        raise KeyboardInterrupt
    return DvcResult(code, message_filter.failed)


@contextmanager
def _faster_dvc() -> Iterator[None]:
    with yaml_kept_in_memory(), paths_locked_once(), git_index_kept_in_memory(), steps_on_server():
        yield


def filter_dvc(on_start: Callable[[str], None] | None = None) -> "DvcMessageFilter":
    """Leave logging to DVC's own handlers, filtered for errors that have a message of ours."""
    message_filter = DvcMessageFilter(on_start)
    for name in ("dvc", "dvc_data", "dvc_objects"):
        logger = logging.getLogger(name)
        logger.propagate = False  # the root handler would repeat each line, with tracebacks
        for handler in logger.handlers:
            handler.addFilter(message_filter)
    return message_filter


class DvcMessageFilter(logging.Filter):
    """Raises an error or interruption of ours in place of DVC's message."""

    def __init__(self, on_start: Callable[[str], None] | None = None) -> None:
        super().__init__()
        self.on_start = on_start
        self.was_interrupted = False
        self.failed: tuple[str, ...] = ()

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
            raise another_run(holder[1] if holder else None)
        for error in _error_chain(record):
            is_final = isinstance(error, sqlite3.Error) or (isinstance(error, OSError) and error.errno in FINAL_ERRORS)
            if is_final and (found := translate_error(error, (Path("data"),))):
                raise found
        return self._is_shown(record, text)

    def _is_shown(self, record: logging.LogRecord, text: str) -> bool:
        """Remember what ran and what failed; without a listener, DVC shows everything."""
        if failed := FAILED_STAGES.search(text):
            self.failed = tuple(re.findall(r"'([^']+)'", failed[1]))
        if self.on_start is None:
            return True
        if started := STARTED.search(text):
            self.on_start(started[1])
        return record.levelno >= logging.WARNING and not REPEATED.search(text)


def another_run(process: str | None) -> BuildError:
    """The error for a project in which another run is working."""
    return BuildError(ANOTHER_RUN_MESSAGE.format(process=f" (PID {process})" if process else ""))


def _causes(record: logging.LogRecord) -> Iterator[str]:
    yield from map(str, _error_chain(record))


def _error_chain(record: logging.LogRecord) -> Iterator[BaseException]:
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
