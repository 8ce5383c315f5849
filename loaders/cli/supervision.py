"""Process supervision: runs a command in a child process, and explains why it was killed.

The kernel kills a process that runs out of memory without a message.
"""

import atexit
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from loaders.core.memory import has_address_space_limit

BYTES_PER_KB, BYTES_PER_MB = 1024, 1e6
SENT_BY_KERNEL = 0x80  # SI_KERNEL: the terminal sends Ctrl-C to all of its processes
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
WATCHED_SIGNALS = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CPP_ABORT_PREFIXES = (b"terminate called ", b"  what():  ")
RELAY_TIMEOUT_S = 2  # a process that outlives the command may hold its stderr open
# for a small address space: memory pools reserve a gigabyte, or 64 MB per thread
LOW_MEMORY_ENVIRONMENT = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}


def run_supervised(main: Callable[[], None]) -> None:
    """Run a command and exit with its code, or with one for the signal that ended it."""
    if has_address_space_limit():
        _restart_with_low_memory()
    if not hasattr(signal, "sigwaitinfo"):  # not Linux
        main()
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED_SIGNALS)
    errors = os.pipe() if has_address_space_limit() else None
    child = os.fork()
    if child == 0:
        if errors:
            _redirect_stderr(errors[1])
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED_SIGNALS)
        exit_without_teardown(_call(main))
    relay = _start_relay(*errors) if errors else None
    status, used_mb = _wait(child)
    if relay:
        relay.join(RELAY_TIMEOUT_S)
    sys.exit(_exit_code(status, used_mb))


def exit_without_teardown(code: int) -> NoReturn:
    """Wait for threads, run the exit handlers, flush the standard streams, and leave the memory to the kernel.

    Python would visit every object of every module first, which takes longer than a short command.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # as Python itself does first
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # closed by the user
                stream.flush()
    except OSError:  # which Python reports by an exit code of its own
        sys.exit(code)
    os._exit(code)


def _call(main: Callable[[], None]) -> int:
    """The exit code of a command that has one; every other end is Python's to report."""
    try:
        main()
    except SystemExit as left:
        if left.code is not None and not isinstance(left.code, int):
            raise
        return left.code or 0
    return 0


def _restart_with_low_memory() -> None:
    """Restart with other settings for the libraries, some of which are read only at start-up."""
    missing = {name: value for name, value in LOW_MEMORY_ENVIRONMENT.items() if name not in os.environ}
    if missing:
        os.execve(sys.executable, sys.orig_argv, os.environ | missing)  # noqa: S606 (the same command)


def _redirect_stderr(end: int) -> None:
    """Redirect stderr into a pipe, as a new stream: the old one may treat it as a seekable file."""
    stream = sys.stderr
    os.dup2(end, stream.fileno())
    sys.stderr = open(  # noqa: SIM115 (open until the process ends)
        stream.fileno(), "w", encoding=stream.encoding, errors=stream.errors, buffering=1, closefd=False
    )


def _start_relay(source: int, end: int) -> threading.Thread:
    """Copy the stderr of a command, without the abort messages of the C++ library, which do not help users."""
    os.close(end)

    def copy_lines() -> None:
        with os.fdopen(source, "rb") as lines:
            for line in lines:
                if not line.startswith(CPP_ABORT_PREFIXES):
                    sys.stderr.buffer.write(line)
                    sys.stderr.buffer.flush()

    thread = threading.Thread(target=copy_lines, daemon=True)
    thread.start()
    return thread


def _wait(child: int) -> tuple[int, float]:
    """Wait for the child and forward signals; its status, and its peak memory [MB]."""
    while True:
        signal_info = signal.sigwaitinfo(WATCHED_SIGNALS)
        if signal_info.si_signo != signal.SIGCHLD:
            if signal_info.si_code != SENT_BY_KERNEL:
                os.kill(child, signal_info.si_signo)
            continue
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage.ru_maxrss * BYTES_PER_KB / BYTES_PER_MB


def _exit_code(status: int, used_mb: float) -> int:
    """The exit code; prints a message if a signal ended the command."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    from loaders.core.foreign_errors import STOPPED_EXIT_CODE, killed_message

    text = killed_message(-code, used_mb)
    print(text if -code == signal.SIGINT else f"Error: {text}", file=sys.stderr)  # noqa: T201 (the last words)
    return STOPPED_EXIT_CODE if -code == signal.SIGINT else 128 - code if -code == signal.SIGTERM else 1
