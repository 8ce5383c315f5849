"""Messages for errors of the operating system and of libraries, with what to type next.

A full disk, little memory, a locked database, too many open files, text in an unknown encoding: each library reports
them in its own way.
"""

import errno
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

from loaders.core import memory
from loaders.core.errors import BuildError, EoPvError

STOPPED_MESSAGE = "Stopped. `make all` goes on from here."
STOPPED_EXIT_CODE = 130
RUN_VARIABLE = "EO_PV_RUN"  # set in the steps of `eo-pv repro`, which reports for all of them that they were stopped
BYTES_PER_MB = 1e6
FULL_DISK_BYTES = 1 << 20  # a disk with less free space counts as full
LIBRARIES = frozenset(
    {"_duckdb", "duckdb", "pyarrow", "pyogrio", "shapely", "sqlite3", "filelock", "h5py", "numpy", "pandas", "pyproj"}
)
POOL_ERRORS = frozenset({"BrokenProcessPool", "KilledWorker"})
CONTEXT_BYTES = 20
TOO_DEEP_MESSAGE = (
    "A file or an answer is nested more deeply than can be read. If it is a published file, download it again with "
    "`eo-pv fetch KEY --force`; if it is so at its publisher, it cannot be used."
)

# error texts of libraries and dbt
ERROR_PATTERNS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (number, re.compile(pattern, re.IGNORECASE))
    for number, pattern in (
        (errno.ENOSPC, r"no space left on device|disk is full|not enough space on (the )?(disk|device)"),
        (errno.EDQUOT, r"disk quota exceeded"),
        (errno.ENOMEM, r"out of memory error|std::bad_alloc|bad allocation|cannot allocate memory|malloc of size"),
        (errno.EMFILE, r"too many open files"),
        (errno.EROFS, r"read-only file ?system|write a readonly database"),
        (errno.ENAMETOOLONG, r"file ?name too long"),
        (errno.EAGAIN, r"could not set lock on file|database is locked|conflicting lock is held"),
        (errno.EACCES, r"permission denied"),
    )
)
LOCK_HOLDER = re.compile(r"PID (\d+)")
LOCKED_FILE = re.compile(r"lock on file \"([^\"]+)\"")
NO_MEMORY = re.compile(r"failed to map segment|cannot allocate memory", re.IGNORECASE)
DAMAGED_FILE = re.compile(r"parquet|thrift|magic bytes", re.IGNORECASE)


def translate_error(error: BaseException, folders: tuple[Path, ...] = ()) -> EoPvError | None:
    """The error to show in the place of a library's; null for our own errors, and for a bug of ours.

    Args:
        error: the exception.
        folders: where the command writes, in case the error does not name the full disk.
    """
    if isinstance(error, EoPvError):
        return None
    if message := _message(error, folders):
        return BuildError(message)
    return None


def known_error(error: BaseException, folders: tuple[Path, ...] = ()) -> EoPvError | None:
    """Our own error as it is, a library's as `translate_error` returns it; null for a bug of ours."""
    return error if isinstance(error, EoPvError) else translate_error(error, folders)


def message_for(text: str, folders: tuple[Path, ...] = ()) -> str | None:
    """Our message for a library's text about a full disk, memory, locks and the like; null for other texts."""
    number = next((number for number, pattern in ERROR_PATTERNS if pattern.search(text)), None)
    if number == errno.EAGAIN:
        return _locked_message(text)
    if number == errno.ENOSPC:
        return _full_disk_message(None, folders, is_certain=True)
    return None if number is None else _system_message(number, None, folders)


def killed_message(signal_number: int, used_mb: float | None = None) -> str:
    """The message for a process of ours that a signal killed."""
    if signal_number == signal.SIGINT:
        return STOPPED_MESSAGE
    if signal_number in {signal.SIGKILL, signal.SIGABRT, signal.SIGBUS, signal.SIGSEGV}:
        return (
            f"A process was killed ({signal.strsignal(signal_number)}), as happens when "
            f"{out_of_memory_message(used_mb)}"
        )
    return f"A process was killed ({signal.strsignal(signal_number)}). Run the same command again."


def out_of_memory_message(used_mb: float | None = None) -> str:
    """The message for exhausted memory: how much there is, and how to need less."""
    used = memory.used_mb() if used_mb is None else used_mb
    return (
        f"memory runs out: {used:,.0f} MB were in use, {memory.limit_mb():,.0f} MB may be (the least of this machine, "
        f"its container and `ulimit -v`). Allow it more: of 100,000 records, a load needs about 500 MB and a build "
        f"800 MB. To use less, write `machine: {{memory_mb: 300}}` in params.yaml (what DuckDB may hold), and load "
        f"one dataset at a time (`make all` does; `eo-pv ingest --sequential`)."
    )


def _message(error: BaseException, folders: tuple[Path, ...]) -> str | None:
    if isinstance(error, MemoryError):
        return _system_message(errno.ENOMEM, None, folders)
    if isinstance(error, RecursionError):
        return TOO_DEEP_MESSAGE
    if isinstance(error, OSError) and error.errno is not None:
        return _system_message(error.errno, error.filename, folders)
    library = type(error).__module__.partition(".")[0]
    if isinstance(error, OSError) or library in LIBRARIES:
        return message_for(str(error), folders) or _damaged_message(library, str(error))
    if isinstance(error, ImportError) and NO_MEMORY.search(str(error)):  # no address space for a library
        return _system_message(errno.ENOMEM, None, folders)
    return killed_message(signal.SIGKILL) if type(error).__name__ in POOL_ERRORS else _encoding_message(error)


def _system_message(number: int, name: object, folders: tuple[Path, ...]) -> str:
    """The message for an error of the operating system, by its number."""
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        is_certain = number == errno.ENOSPC and name is None
        if message := _full_disk_message(name, folders, is_certain=is_certain):
            return message
    if number == errno.ENOMEM:
        reason = out_of_memory_message()
        return reason[0].upper() + reason[1:]
    if number in {errno.EMFILE, errno.ENFILE}:
        return "Too many files are open at the same time. Allow more with `ulimit -n 4096`, then run the command again."
    if number == errno.ENAMETOOLONG:
        return (
            f"A file cannot be made, because its name or the path to it is too long{_parenthesised(name)}. Move the "
            "project to a folder with a shorter path, or shorten the dataset's key in params.yaml."
        )
    subject = f"{os.fsdecode(name)}: " if isinstance(name, str | bytes) else "A file cannot be read or written: "
    if number == errno.ENOENT:
        return f"{subject}{os.strerror(number)}. If `make all` makes it, type that."
    return f"{subject}{os.strerror(number)}. Check who may read and write there, and whether the disk is full."


def _full_disk_message(name: object, folders: tuple[Path, ...], *, is_certain: bool = False) -> str | None:
    """The message that names the full disk; null if all disks have room, as under a quota, unless one must be full."""
    free_bytes = {folder: shutil.disk_usage(folder).free for folder in _candidate_folders(name, folders)}
    full_folder = next((folder for folder in free_bytes if free_bytes[folder] < FULL_DISK_BYTES), None)
    if full_folder is None and not is_certain:
        return None
    folder = full_folder or next(iter(free_bytes))
    return (
        f"The disk that holds {_display_path(folder)} is full ({free_bytes[folder]:,} bytes left). Make room on it, "
        "then run the same command again."
    )


def _display_path(folder: Path) -> str:
    """A path relative to the working folder, if it is below it."""
    working_folder = Path.cwd()
    return (
        str(folder.relative_to(working_folder))
        if folder != working_folder and folder.is_relative_to(working_folder)
        else str(folder)
    )


def _candidate_folders(name: object, folders: tuple[Path, ...]) -> Iterator[Path]:
    """Existing folders on the disks in question."""
    parents = [Path(os.fsdecode(name)).absolute().parent] if isinstance(name, str | bytes) else []
    for folder in (*parents, *(path.absolute() for path in folders), Path.cwd(), Path(tempfile.gettempdir())):
        yield next((path for path in (folder, *folder.parents) if path.is_dir()), Path("/"))


def _locked_message(text: str) -> str:
    holder, file = LOCK_HOLDER.search(text), LOCKED_FILE.search(text)
    owner = f"process {holder[1]}" if holder else "another program"
    advice = f"Close that program (see it with `ps -p {holder[1]}`)" if holder else "Close that program"
    return f"{file[1] if file else 'The database'} is open in {owner}. {advice}, then run the same command again."


def _encoding_message(error: BaseException) -> str | None:
    if isinstance(error, UnicodeDecodeError):
        excerpt = bytes(error.object[max(error.start - CONTEXT_BYTES, 0) : error.start + CONTEXT_BYTES])
        return (
            f"A text is not in {error.encoding.upper()}: byte {error.object[error.start]:#04x} at position "
            f"{error.start:,}, in {excerpt!r}. Save the file as UTF-8; for a published table, state `read.encoding` in "
            f"params.yaml."
        )
    if isinstance(error, UnicodeEncodeError):
        characters = error.object[max(error.start - CONTEXT_BYTES, 0) : error.start + CONTEXT_BYTES]
        return (
            f"{characters!r} cannot be written in {error.encoding.upper()}. If it is the name of a file, rename it; "
            "if the terminal is meant, set PYTHONIOENCODING=utf-8."
        )
    return None


def _damaged_message(library: str, text: str) -> str | None:
    if library != "pyarrow" or not DAMAGED_FILE.search(text):
        return None
    return (
        "A Parquet file is damaged. What is below data/ is made again by `make all`; a published file is downloaded "
        "again by `eo-pv fetch KEY --force`."
    )


def _parenthesised(name: object) -> str:
    return f" ({os.fsdecode(name)[:80]}…)" if isinstance(name, str | bytes) else ""
