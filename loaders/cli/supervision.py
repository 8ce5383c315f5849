"""A command in a process of its own, watched by one that can say why it was killed.

The system ends a process that takes more memory than there is without a word.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

from loaders.core.memory import has_address_space_limit

BYTES_PER_KB, BYTES_PER_MB = 1024, 1e6
FROM_THE_TERMINAL = 0x80  # SI_KERNEL: Ctrl-C goes to all processes of the terminal anyway
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
WATCHED = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LAST_WORDS = (b"terminate called ", b"  what():  ")
RELAY_S = 2  # what a command leaves behind may hold its errors open
# with few addresses: memory pools that reserve a gigabyte, or 64 MB a thread, leave nothing to the others
FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}


def supervised(main: Callable[[], None]) -> None:
    """Run a command; the exit code is its own, or says which signal ended it."""
    if has_address_space_limit():
        _be_frugal()
    if not hasattr(signal, "sigwaitinfo"):  # not Linux
        main()
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    errors = os.pipe() if has_address_space_limit() else None
    child = os.fork()
    if child == 0:
        if errors:
            _write_errors_to(errors[1])
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        main()
        return
    relay = _relay(*errors) if errors else None
    status, used_mb = _awaited(child)
    if relay:
        relay.join(RELAY_S)
    sys.exit(_ended(status, used_mb))


def _be_frugal() -> None:
    """Start again with other settings of the libraries: some are read only then."""
    missing = {name: value for name, value in FRUGAL.items() if name not in os.environ}
    if missing:
        os.execve(sys.executable, sys.orig_argv, os.environ | missing)  # noqa: S606 (the same command)


def _write_errors_to(end: int) -> None:
    """Errors go into a pipe from here on; the stream is made anew, for it may remember a file that it could seek in."""
    old = sys.stderr
    os.dup2(end, old.fileno())
    sys.stderr = open(  # noqa: SIM115 (open until the process ends)
        old.fileno(), "w", encoding=old.encoding, errors=old.errors, buffering=1, closefd=False
    )


def _relay(source: int, end: int) -> threading.Thread:
    """Pass on what a command writes, but for the last words of the C++ library, which say nothing to its user."""
    os.close(end)

    def work() -> None:
        with os.fdopen(source, "rb") as lines:
            for line in lines:
                if not line.startswith(LAST_WORDS):
                    sys.stderr.buffer.write(line)
                    sys.stderr.buffer.flush()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _awaited(child: int) -> tuple[int, float]:
    """Wait, and pass signals on; the status, and the most memory that was used [MB]."""
    while True:
        heard = signal.sigwaitinfo(WATCHED)
        if heard.si_signo != signal.SIGCHLD:
            if heard.si_code != FROM_THE_TERMINAL:
                os.kill(child, heard.si_signo)
            continue
        found, status, usage = os.wait4(child, os.WNOHANG)
        if found:
            return status, usage.ru_maxrss * BYTES_PER_KB / BYTES_PER_MB


def _ended(status: int, used_mb: float) -> int:
    """The exit code; said in a sentence if the command could not."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return code
    from loaders.core.foreign_errors import STOPPED_EXIT_CODE, killed_message

    text = killed_message(-code, used_mb)
    print(text if -code == signal.SIGINT else f"Error: {text}", file=sys.stderr)  # noqa: T201 (the last words)
    return STOPPED_EXIT_CODE if -code == signal.SIGINT else 128 - code if -code == signal.SIGTERM else 1
