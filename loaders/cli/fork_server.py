"""Fork server: imports the libraries once, then forks a process for each step that `eo-pv all` runs.

An import takes most of the time of a short step: thirty steps would import GDAL, pandas and Hamilton again and again.
The server starts no thread and opens no database, since neither survives a fork.
"""

import ctypes
import fcntl
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from loaders.cli.fork_client import HEADER, SERVER_VARIABLE, STANDARD_STREAMS
from loaders.cli.supervision import exit_without_teardown
from loaders.core.memory import has_address_space_limit

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
BACKLOG = 8
SINGLE_THREADED = {"OPENBLAS_NUM_THREADS": "1"}  # NumPy starts its threads when it is imported
PRELOADED = (  # in the order in which steps need them; none imports DuckDB, which starts a thread
    "loaders.__main__",
    "loaders.acquire.fetch",
    "loaders.acquire.download",
    "loaders.acquire.publishers.github",
    "geopandas",
    "loaders.harmonise.batches",
    "loaders.geo.record_cells",
    "loaders.lineage.emit",
    "loaders.lineage.steps",
    "loaders.boundaries.admin_boundaries",
    "loaders.irradiance.solar_irradiance",
)


@contextmanager
def fork_server() -> Iterator[None]:
    """Run a server for the steps that are started in this context; without one, they import for themselves.

    A run that was itself forked from a server uses that one.
    """
    if os.environ.get(SERVER_VARIABLE) or not sys.platform.startswith("linux") or has_address_space_limit():
        yield
        return
    with tempfile.TemporaryDirectory(prefix="eo-pv-") as folder, socket.socket(socket.AF_UNIX) as listener:
        address = str(Path(folder) / "socket")
        listener.bind(address)
        listener.listen(BACKLOG)
        server = _start(listener)
        listener.close()  # with the only copy in the server, a step notices at once that it has gone
        os.environ[SERVER_VARIABLE] = address
        try:
            yield
        finally:
            del os.environ[SERVER_VARIABLE]
            server.kill()
            server.wait()


@contextmanager
def fork_server_on_demand() -> Iterator[Callable[[], None]]:
    """A function that starts the server once: a run with nothing to do needs none."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(fork_server()))


def _start(listener: socket.socket) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "loaders.cli.fork_server", str(listener.fileno())],
        pass_fds=[listener.fileno()],
        env=os.environ | SINGLE_THREADED,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,  # not /dev/null: a stream that could seek stays one after its redirection
        stderr=subprocess.PIPE,
    )


def serve(listener: socket.socket) -> socket.socket:
    """Wait for commands and fork for each; returns in the child alone, with its connection."""
    while True:
        connection, _ = listener.accept()
        _reap()
        if os.fork() == 0:
            listener.close()
            return connection
        connection.close()


def _reap() -> None:
    """Collect the children that have ended; their time counts as the server's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def become(connection: socket.socket) -> None:
    """Take over the client's arguments, environment, folder and standard streams."""
    _die_with_parent()
    header, descriptors, _, _ = socket.recv_fds(connection, HEADER.size, len(STANDARD_STREAMS))
    command: dict[str, Any] = json.loads(_receive(connection, HEADER.unpack(header)[0]))
    for stream, descriptor in zip(STANDARD_STREAMS, descriptors, strict=True):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    sys.argv = command["argv"]
    sys.modules["__main__"] = import_module("loaders.__main__")  # what messages of usage name
    os.environ.clear()
    os.environ.update(command["environment"])
    os.chdir(command["cwd"])
    os.umask(command["umask"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _die_with_client(connection)
    connection.sendall(HEADER.pack(os.getpid()))


def _receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            sys.exit(1)
        data += part
    return data


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)


def _die_with_client(connection: socket.socket) -> None:
    """Let the kernel end this process by SIGIO when the client has gone: nothing else is written to the connection."""
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETFL, fcntl.fcntl(connection, fcntl.F_GETFL) | os.O_ASYNC)


def main() -> None:
    """Import everything, then serve; a child runs its command and reports the exit code."""
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a step handles Ctrl-C itself
    listener = socket.socket(fileno=int(sys.argv[1]))
    for name in PRELOADED:
        import_module(name)
    if "duckdb" in sys.modules:  # a step would wait for its thread for ever: without a server, it imports for itself
        sys.exit(1)
    gc.freeze()  # or each step would copy the pages of all objects when it looks for garbage among them
    connection = serve(listener)
    become(connection)
    handler, code = os.getpid(), 1
    try:
        import_module("loaders.__main__").command()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    finally:
        if os.getpid() == handler:  # not the process that the handler has forked
            sys.stdout.flush()
            connection.sendall(HEADER.pack(code))
    exit_without_teardown(code)


if __name__ == "__main__":
    main()
