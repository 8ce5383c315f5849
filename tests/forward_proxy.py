"""A proxy as companies have one: it forwards what it is asked for, to whoever says user and password."""

import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, urlsplit

TICK_S = 0.05


@dataclass(slots=True)
class ForwardProxy:
    """What the proxy is, and what it has done.

    Attributes:
        port: where it listens, on this machine.
        user: who may use it.
        password: of the user.
        forwarded: the methods and addresses of requests that it passed on.
        refused: how many requests came without the right password.
    """

    user: str
    password: str
    port: int = 0
    forwarded: list[str] = field(default_factory=list)
    refused: int = 0

    def address(self, password: str | None = None) -> str:
        """As HTTPS_PROXY names it."""
        return f"http://{quote(self.user, safe='')}:{quote(password or self.password, safe='')}@127.0.0.1:{self.port}"

    @property
    def login(self) -> str:
        """What a request must say."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()


@contextmanager
def forward_proxy(user: str, password: str) -> Iterator[ForwardProxy]:
    """A running proxy."""
    proxy = ForwardProxy(user, password)

    class Handler(_Handler):
        pass

    Handler.proxy = proxy
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(TICK_S,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    proxy: ForwardProxy
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        if not self._may_pass():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=10) as other:
            self.send_response_only(200, "Connection established")
            self.end_headers()
            back = threading.Thread(target=_copy, args=(other, self.connection), daemon=True)
            back.start()
            _copy(self.connection, other)
            back.join()
        self.close_connection = True

    def do_GET(self) -> None:
        if not self._may_pass():
            return
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {name: text for name, text in self.headers.items() if not name.lower().startswith("proxy-")}
        other = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=10)
        other.request(self.command, target, body, headers)
        answer = other.getresponse()
        content = answer.read()
        self.send_response(answer.status, answer.reason)
        for name, text in answer.getheaders():
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}:
                self.send_header(name, text)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(content)
        other.close()

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def _may_pass(self) -> bool:
        if self.headers.get("Proxy-Authorization") == self.proxy.login:
            self.proxy.forwarded.append(f"{self.command} {self.path}")
            return True
        self.proxy.refused += 1
        self.send_response(407, "Proxy Authentication Required")
        self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False


def _copy(source: socket.socket, target: socket.socket) -> None:
    """All that comes, until it ends."""
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
