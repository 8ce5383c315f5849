"""Client of the fork server: runs this command in a process that has imported everything already.

Only modules of the standard library: their import is what a step costs.
"""

import json
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Sequence

SERVER_VARIABLE = "EO_PV_FORK_SERVER"  # path of the socket, set by `eo-pv all` for the steps that it runs
STANDARD_STREAMS = (0, 1, 2)
HEADER = struct.Struct("!I")
SENT_BY_KERNEL = 0x80  # SI_KERNEL: the terminal sends Ctrl-C to all of its processes
WATCHED_SIGNALS = (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# of a process that watches a step, and would have said why that one ended
KILLED_MESSAGE = "Error: The process of a step was killed. Run the same command again."


def run_on_server() -> None:
    """Run this command on the server and exit with its code; return where there is none, or it does not answer."""
    address = os.environ.get(SERVER_VARIABLE)
    if not address:
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED_SIGNALS)
    with socket.socket(socket.AF_UNIX) as connection:
        process = request(connection, address, sys.argv, STANDARD_STREAMS)
        if process is not None:
            sys.exit(_wait(connection, process))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED_SIGNALS)


def read_number(connection: socket.socket) -> int | None:
    """A number from the other end; null if that has gone."""
    try:
        data = connection.recv(HEADER.size, socket.MSG_WAITALL)
    except OSError:
        return None
    return HEADER.unpack(data)[0] if len(data) == HEADER.size else None


def request(
    connection: socket.socket,
    address: str,
    arguments: list[str],
    streams: Sequence[int],
    environment: dict[str, str] | None = None,
    folder: str = "",
) -> int | None:
    """Send a command to the server.

    Args:
        connection: to use.
        address: of the server.
        arguments: of the command, the name of the program first.
        streams: its standard streams.
        environment: by default that of this process.
        folder: its working directory; by default that of this process.

    Returns:
        The id of the process that runs it; null if the server does not answer.
    """
    command = {
        "argv": arguments,
        "cwd": folder or os.getcwd(),  # noqa: PTH109 (imports pathlib)
        "environment": environment or dict(os.environ),
        "umask": _umask(),
    }
    data = json.dumps(command).encode()
    try:
        connection.connect(address)
        socket.send_fds(connection, [HEADER.pack(len(data))], list(streams))
        connection.sendall(data)
    except OSError:
        return None
    return read_number(connection)


def _wait(connection: socket.socket, process: int) -> int:
    """Wait for the exit code, and forward signals."""
    codes: list[int | None] = []

    def receive() -> None:
        codes.append(read_number(connection))
        os.kill(os.getpid(), signal.SIGCHLD)

    threading.Thread(target=receive, daemon=True).start()
    while not codes:
        received = signal.sigwaitinfo(WATCHED_SIGNALS)
        if received.si_signo != signal.SIGCHLD and received.si_code != SENT_BY_KERNEL:
            os.kill(process, received.si_signo)
    if codes[0] is not None:
        return codes[0]
    print(KILLED_MESSAGE, file=sys.stderr)  # noqa: T201 (the last words)
    return 1


def _umask() -> int:
    """The umask, which can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
