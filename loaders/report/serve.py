"""Web server for the report folder, on this machine alone."""

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from loaders.core.errors import ServerError
from loaders.report.web.security import header_policy

LOOPBACK = "127.0.0.1"
HOST_NAMES = r"(127\.0\.0\.1|localhost)"  # any other name is a page elsewhere that resolves to this machine
TEXT_TYPE = "text/plain; charset=utf-8"
UNKNOWN_TYPE = "application/octet-stream"
# by ending, since the tables of the operating system differ
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".md": TEXT_TYPE,
    ".txt": TEXT_TYPE,
    ".dot": TEXT_TYPE,
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".woff2": "font/woff2",
    ".pmtiles": UNKNOWN_TYPE,
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # ask again by ETag: a build replaces these files
}


class _ReportFile(web.StaticFileHandler):
    """A file of the folder: whole, in ranges, or unchanged by its ETag; nothing outside of it, by no link either."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def set_default_headers(self) -> None:
        """Also of answers that are errors."""
        self.set_header("Content-Security-Policy", self.settings["policy"])
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:
        """As tornado's, which raises a bare ValueError for the one character that no path can hold."""
        if "\0" in absolute_path:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        return super().validate_absolute_path(root, absolute_path)

    def compute_etag(self) -> str:
        """Of size and time: tornado would hash the content once, and miss that a build replaces it."""
        stat = self._stat()
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'

    def get_content_type(self) -> str:
        """By the ending."""
        return CONTENT_TYPES.get(Path(self.absolute_path or "").suffix.lower(), UNKNOWN_TYPE)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """No line for a request that is refused."""
        if not isinstance(value, web.HTTPError):
            super().log_exception(typ, value, tb)

    def write_error(self, status_code: int, **_: Any) -> None:
        """One line, in which nothing of the request is repeated."""
        self.set_header("Content-Type", TEXT_TYPE)
        self.finish(f"{status_code} {HTTPStatus(status_code).phrase}\n")


class _WrongHost(_ReportFile):
    """The answer to a request for another host, so that no page elsewhere can read this folder."""

    def prepare(self) -> None:
        """Refuse."""
        raise web.HTTPError(HTTPStatus.MISDIRECTED_REQUEST)


def application(folder: Path, tile_server: str | None = None) -> web.Application:
    """The folder as a site; addresses of a folder show its `index.html`."""
    policy = header_policy(tile_server)
    files = {"path": str(folder), "default_filename": "index.html"}
    site = web.Application(
        [(r"/(.*)", _WrongHost, files)],
        default_handler_class=_WrongHost,
        default_handler_args=files,
        log_function=_no_log,
        policy=policy,
    )
    site.add_handlers(f"^{HOST_NAMES}$", [(r"/(.*)", _ReportFile, files)])
    return site


def _no_log(_: web.RequestHandler) -> None:
    """No line for each request."""


def listen(port: int) -> socket.socket:
    """A socket that only this machine reaches; port 0 is any free one.

    Raises:
        ServerError: the port is taken, or needs rights that this user does not have.
    """
    try:
        return bind_sockets(port, LOOPBACK, socket.AF_INET)[0]
    except OSError as error:
        raise ServerError(
            f"Port {port} of {LOOPBACK} cannot be used ({error.strerror}). Another program, such as a second `eo-pv "
            f"view`, may have it. Leave out --port to get a free one."
        ) from error


def address(listener: socket.socket) -> str:
    """Where the report is found."""
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}/"


async def serve(
    folder: Path, listener: socket.socket, when_ready: Callable[[], None], tile_server: str | None = None
) -> None:
    """Serve the folder until this task is cancelled.

    Args:
        folder: of the report.
        listener: from `listen`.
        when_ready: called once requests are answered.
        tile_server: address of the tile server in the settings, which pages may then ask.
    """
    server = HTTPServer(application(folder, tile_server))
    server.add_sockets([listener])
    try:
        when_ready()
        await asyncio.Event().wait()
    finally:
        server.stop()
        await server.close_all_connections()
