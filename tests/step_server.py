"""One process for each of pytest's workers that has imported the libraries; the commands that tests type fork from it.

It is the server of `eo-pv all`: a command runs in a process, an environment and a folder of its own, as ever, and only
does not import the libraries again.
"""

import os
from collections.abc import Iterator

import pytest

from loaders.cli.fork_client import SERVER_VARIABLE
from loaders.cli.fork_server import fork_server

WITHOUT_SERVER = {SERVER_VARIABLE: ""}  # for a command that imports for itself, as a user's does
_server: dict[str, str] = {}


def server_variable() -> dict[str, str]:
    """The variable by which a command finds the server; empty where none runs."""
    return dict(_server)


@pytest.fixture(scope="session", autouse=True)
def step_server() -> Iterator[None]:
    """Run the server until the worker has done all its tests; only processes that get the variable use it.

    For pytest, this is another fixture in each folder whose `conftest.py` imports it: the first one starts the server.
    """
    if _server:
        yield
        return
    with fork_server():
        _server.update({SERVER_VARIABLE: os.environ.pop(SERVER_VARIABLE, "")})
        yield
        os.environ.update(_server)
