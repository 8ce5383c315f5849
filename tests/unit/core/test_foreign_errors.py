"""What the world does to a command is a sentence that says what to type; a bug of ours keeps its traceback."""

import errno
import logging
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from loaders.cli.dvc_run import DvcMessageFilter, filter_dvc
from loaders.core import memory
from loaders.core.errors import BuildError, ReadError
from loaders.core.foreign_errors import STOPPED_MESSAGE, killed_message, message_for, translate_error
from loaders.db.connection import connect
from loaders.warehouse.dbt_results import explain_failure
from tests.unit.conftest import Run

ROOT = Path(__file__).resolve().parents[3]
FULL = "The disk that holds data/sample is full (0 bytes left)."


class Disk:
    """What is left on every disk."""

    def __init__(self, free: int) -> None:
        self.free = free


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project below the working directory, on a disk that is full."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("loaders.core.foreign_errors.shutil.disk_usage", lambda _: Disk(0))
    (tmp_path / "data/sample/.work/build").mkdir(parents=True)
    return tmp_path / "data/sample"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device"),
        duckdb.IOException('IO Error: Could not write file "x.duckdb": No space left on device'),
        duckdb.TransactionException("TransactionContext Error: Failed to commit: No space left on device"),
    ],
)
def test_a_full_disk_is_named_whoever_found_it(error: Exception, full_disk: Path) -> None:
    assert str(translate_error(error, (full_disk,))).startswith(FULL)


def test_a_full_disk_under_a_named_file_is_the_disk_of_that_file(full_disk: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "data/sample/x.json")
    assert str(translate_error(error)).startswith(FULL)


def test_a_limit_on_a_disk_with_room_is_not_called_a_full_disk(tmp_path: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "x"))
    assert str(translate_error(error)) == (
        f"{tmp_path / 'x'}: No space left on device. Check who may read and write there, and whether the disk is full."
    )


WORLD: dict[str, tuple[BaseException, str]] = {
    "memory": (MemoryError(), "Memory runs out: "),
    "memory of Arrow": (pa.ArrowMemoryError("malloc of size 128 failed"), "Memory runs out: "),
    "memory of DuckDB": (duckdb.OutOfMemoryException("Out of Memory Error: failed to pin block"), "Memory runs out: "),
    "memory for a library": (ImportError("libgdal.so: failed to map segment from shared object"), "Memory runs out: "),
    "files": (OSError(errno.EMFILE, "Too many open files"), "Too many files are open at the same time. Allow more"),
    "a long name": (OSError(errno.ENAMETOOLONG, "x", "y" * 300), "A file cannot be made, because its name"),
    "read-only": (OSError(errno.EROFS, "x"), "A file cannot be read or written: Read-only file system."),
    "rights": (PermissionError(errno.EACCES, "x", "/etc/shadow"), "/etc/shadow: Permission denied. Check who may"),
    "depth": (RecursionError("maximum recursion depth exceeded"), "A file or an answer is nested more deeply"),
    "bytes": (UnicodeDecodeError("utf-8", b"Stra\xdfe", 4, 5, "x"), "A text is not in UTF-8: byte 0xdf at position 4"),
    "a name": (UnicodeEncodeError("utf-8", "a\udcff", 1, 2, "x"), r"'a\udcff' cannot be written in UTF-8."),
    "a worker": (BrokenProcessPool("abruptly"), "A process was killed (Killed), as happens when memory runs out: "),
    "a lock": (
        duckdb.IOException(
            'IO Error: Could not set lock on file "/p/w.duckdb": Conflicting lock is held in x (PID 42)'
        ),
        "/p/w.duckdb is open in process 42. Close that program (see it with `ps -p 42`)",
    ),
    "damage": (pa.ArrowInvalid("Parquet magic bytes not found in footer."), "A Parquet file is damaged."),
}


@pytest.mark.parametrize("name", WORLD)
def test_what_the_world_does_is_one_sentence(name: str) -> None:
    error, beginning = WORLD[name]
    translated = translate_error(error)
    assert isinstance(translated, BuildError)
    assert str(translated).startswith(beginning)
    assert "\n" not in str(translated)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("column"),
        ValueError("No space left on device"),
        AssertionError(),
        pa.ArrowInvalid("Could not convert 'a' with type str"),
        duckdb.BinderException("Binder Error: no such column"),
        ImportError("cannot import name 'x'"),
        ReadError("ours already"),
    ],
)
def test_a_bug_of_ours_stays_one(error: Exception) -> None:
    assert translate_error(error) is None


def test_words_of_a_library_that_tell_nothing_of_the_world_are_not_explained() -> None:
    assert message_for("Binder Error: Referenced column not found") is None


def test_a_killed_process_says_how_much_memory_there_is_and_what_lowers_the_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "limit_mb", lambda: 367.0)
    words = ("Killed", "300 MB were in use, 367 MB may be", "machine: {memory_mb: 300}", "--sequential")
    assert [word for word in words if word not in killed_message(signal.SIGKILL, 300)] == []
    assert killed_message(signal.SIGINT) == STOPPED_MESSAGE
    assert killed_message(signal.SIGTERM) == "A process was killed (Terminated). Run the same command again."


@pytest.mark.parametrize(
    ("membership", "file", "stated", "expected"),
    [
        ("0::/", "memory.max", "367001600", 367.0),
        ("0::/app/inner", "app/memory.max", "500000000", 500.0),
        ("4:cpu,memory:/docker/abc", "memory/docker/abc/memory.limit_in_bytes", "400000000", 400.0),
        ("4:memory:/docker/abc", "memory/memory.limit_in_bytes", "450000000", 450.0),
        ("0::/", "memory.max", "max", None),
        ("4:memory:/", "memory/memory.limit_in_bytes", "9223372036854771712", None),
        ("nonsense", "memory.max", "1", None),
    ],
)
def test_the_limit_of_a_container_is_the_limit(
    membership: str, file: str, stated: str, expected: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "self").write_text(f"{membership}\n")
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(f"{stated}\n")
    monkeypatch.setattr(memory, "CGROUP_ROOT", tmp_path)
    monkeypatch.setattr(memory, "CGROUP_MEMBERSHIP", tmp_path / "self")
    complete = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    assert round(memory.limit_mb()) == round(expected or complete)


def test_a_full_disk_in_a_build_is_one_sentence_instead_of_nine_failed_models(full_disk: Path) -> None:
    (full_disk / "run_results.json").write_text(
        '{"results": [{"status": "error", "unique_id": "model.a", "message": "IO Error: No space left on device"}]}'
    )
    database = full_disk / ".work/build/eo_pv_data.duckdb"
    assert explain_failure(full_disk / "run_results.json", "", database) == (
        f"{FULL} Make room on it, then run the same command again. The tables of the last good build stay."
    )


def test_a_database_that_is_open_elsewhere_says_where(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    hold = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(BuildError, match=rf"cannot be opened\. .*is open in process {holder.pid}\. Close"):
            connect(path)
        holder.communicate()


@pytest.mark.parametrize("stated", ["0", "-1", "2GB", "1e9"])
def test_a_memory_that_is_no_number_is_refused(stated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EO_PV_MEMORY_MB", stated)
    with pytest.raises(BuildError, match=f"EO_PV_MEMORY_MB is '{stated}'; expected megabytes"):
        connect(tmp_path / "w.duckdb")


def test_an_error_of_the_world_ends_a_command_with_a_paragraph(eo_pv: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("loaders.cli.ingest.open_dataset", no_more_memory)
    code, out, err = eo_pv("load", "north")
    assert (code, out, err.startswith("Error: Memory runs out: ")) == (1, "", True)


def test_ctrl_c_in_a_command_is_one_line(eo_pv: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("loaders.cli.ingest.open_dataset", interrupted)
    assert eo_pv("load", "north") == (130, "", "Stopped. `make all` goes on from here.\n")


def _ended(code: str, limit: Callable[[], None] | None = None) -> tuple[int, str]:
    program = (
        "import os, signal, sys, time\nfrom loaders.cli.supervision import run_supervised\n\n\ndef main():\n    "
        f"{code}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n\nrun_supervised(main)"],
        cwd=ROOT,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_command_that_is_killed_is_explained_by_what_is_left() -> None:
    code, err = _ended("os.kill(os.getpid(), signal.SIGKILL)")
    assert (code, err.startswith("Error: A process was killed (Killed), as happens when memory runs out: ")) == (
        1,
        True,
    )


def test_a_command_keeps_its_exit_code_and_hears_the_signals_of_its_parent() -> None:
    assert _ended("sys.exit(7)") == (7, "")
    assert _ended("os.kill(os.getppid(), signal.SIGTERM); time.sleep(20)")[0] == 143
    code, err = _ended(
        "signal.signal(signal.SIGINT, signal.SIG_DFL); os.kill(os.getppid(), signal.SIGINT); time.sleep(20)"
    )
    assert (code, err) == (130, f"{STOPPED_MESSAGE}\n")


def test_the_last_words_of_the_cpp_library_are_left_out_where_addresses_are_few() -> None:
    def few() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    message = r"""sys.stderr.write("terminate called after throwing\nmine\n"); sys.stderr.flush(); os.abort()"""
    code, err = _ended(message, few)
    assert (code, "terminate called" in err, err.startswith("mine\nError: A process was killed (Aborted)")) == (
        1,
        False,
        True,
    )


def test_errors_may_go_to_a_file_where_addresses_are_few(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("datasets:\n  farms: {source: {path: farms.csv}}\n")
    with (tmp_path / "errors").open("wb") as errors:
        subprocess.run(
            ["sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh", sys.executable, "-m", "loaders", "load", "nothing"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=errors,
            stderr=errors,
            check=False,
        )
    assert (tmp_path / "errors").read_text().startswith("Error: params.yaml: there is no dataset 'nothing'")


def _record(message: str, error: Exception | KeyboardInterrupt | None = None) -> logging.LogRecord:
    translated = (type(error), error, None) if error else None
    return logging.LogRecord("dvc", logging.ERROR, "", 0, message, None, translated)


def test_dvc_interrupted_in_a_step_is_an_interruption() -> None:
    words = DvcMessageFilter()
    failed = RuntimeError("failed to reproduce 'build'")
    failed.__cause__ = RuntimeError("failed to run: python -m loaders warehouse, exited with 130")
    with pytest.raises(KeyboardInterrupt):
        words.filter(_record("", failed))
    assert (words.filter(_record("interrupted by the user", KeyboardInterrupt())), words.was_interrupted) == (
        False,
        True,
    )


def test_dvc_that_is_busy_names_the_other_run() -> None:
    busy = RuntimeError(
        "'/p/data/x.json' is busy, it is being blocked by:\n  (PID 4711): python -m loaders repro\n\nIf there are no "
        "processes with such PIDs, you can manually remove '/p/.dvc/tmp/rwlock' and try again."
    )
    with pytest.raises(BuildError, match=r"^Another run is working here \(PID 4711\)\. Wait for it, then run the same"):
        DvcMessageFilter().filter(_record("", busy))


def test_what_dvc_itself_cannot_write_is_one_sentence(full_disk: Path) -> None:
    sentences = {
        OSError(errno.EROFS, "Read-only file system", "data/x"): "^data/x: Read-only file system. Check",
        PermissionError(errno.EACCES, "Permission denied", "data/x"): "^data/x: Permission denied. Check",
        sqlite3.OperationalError("database or disk is full"): "^The disk that holds .* is full",
        sqlite3.OperationalError("attempt to write a readonly database"): "cannot be read or written: Read-only file",
    }
    for error, sentence in sentences.items():
        with pytest.raises(BuildError, match=sentence):
            DvcMessageFilter().filter(_record("failed to reproduce 'load@x'", error))


def test_a_full_disk_under_dvc_itself_is_one_sentence(full_disk: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", str(full_disk / "dvc.lock"))
    with pytest.raises(BuildError, match=r"^The disk that holds .* is full"):
        DvcMessageFilter().filter(_record("failed to reproduce", error))


def test_what_else_dvc_says_is_shown() -> None:
    words = DvcMessageFilter()
    assert words.filter(_record("failed to reproduce 'load@x': failed to run: x, exited with 1"))
    assert words.filter(_record("Stage 'x' is cached - skipping run")) is not words.was_interrupted


def test_what_dvc_says_is_shown_once_and_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = logging.StreamHandler(sys.stdout)  # as that of our own logs
    logging.getLogger().addHandler(handler)
    for name in ("dvc", "dvc_data", "dvc_objects"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    try:
        filter_dvc()
        logging.getLogger("dvc").error("failed", exc_info=RuntimeError("x"))
    finally:
        logging.getLogger().removeHandler(handler)
    assert "failed" not in capsys.readouterr().out
