"""The proxy: it is every host that it knows, with a certificate for each."""

import select
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme
from requests.structures import CaseInsensitiveDict

from tests.publishers.answers import BEFORE_HEADERS, Answer, Asked, Delivery
from tests.publishers.log import Entry, Log

SLICE_BYTES = 1 << 16
TICK_S = 0.05


class Proxy(ThreadingHTTPServer):
    """Answers for hosts.

    Attributes:
        refused: hosts that somebody asked for and that nobody is.
        errors: what went wrong in the stand-in itself.
        stopping: set when everything should end.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, knows: Callable[[str], bool], answer: Callable[[Asked], Answer], log: Log) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.knows = knows
        self.answer = answer
        self.log = log
        self.refused: set[str] = set()
        self.errors: list[BaseException] = []
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        self._ca = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(TICK_S,), daemon=True)

    def start(self, ca_pem: Path) -> None:
        """Listen, and write down whom to trust."""
        self._ca.cert_pem.write_to_path(ca_pem)
        self._thread.start()

    def stop(self) -> None:
        """End everything that is under way."""
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection in list(self.connections):
            with suppress(OSError):  # past TLS, whose state belongs to the thread that uses the connection
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def tls(self, host: str) -> ssl.SSLContext:
        """With a certificate for a host."""
        with self._guard:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.set_alpn_protocols(["http/1.1"])
                self._ca.issue_cert(host).configure_cert(context)
                self._contexts[host] = context
            return self._contexts[host]

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep it for the test, instead of printing it."""
        error = sys.exc_info()[1]
        if error and not self.stopping.is_set():
            self.errors.append(error)


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: Proxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self._tunnel: str | None = None
        self.server.connections.add(self.connection)

    def handle(self) -> None:
        with suppress(OSError):  # the client is gone
            super().handle()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            self._end_tls()
        with suppress(OSError):
            super().finish()
        self.connection.close()
        self.server.connections.discard(self.connection)

    def do_CONNECT(self) -> None:
        host, _, port = self.path.lower().rpartition(":")
        if port != "443" or not self.server.knows(host):
            self._refuse(host if port == "443" else self.path.lower())
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self._start_tls(host)
        self.close_connection = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host, target = self._tunnel or (parts.hostname or "").lower(), self.path
        if not self._tunnel:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            if parts.scheme != "http" or not self.server.knows(host):
                self._refuse(host)
                return
        asked = Asked(self.command, host, target, CaseInsensitiveDict(self.headers.items()))
        entry = self.server.log.begin(asked)
        self._send(self.server.answer(asked), entry)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing: the log is for tests."""

    def _refuse(self, host: str) -> None:
        if host:
            self.server.refused.add(host)
        self.send_error(502, "Bad Gateway", f"nobody here is {host}")

    def _start_tls(self, host: str) -> None:
        raw = self.connection
        self.connection = self.server.tls(host).wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        self.server.connections.discard(raw)
        self.server.connections.add(self.connection)
        self.connection.do_handshake()
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self._tunnel = host

    def _end_tls(self) -> None:
        """Say that all was said; a connection that was broken has nothing left to say it with."""
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.settimeout(1)
            self.connection.unwrap()

    def _send(self, answer: Answer, entry: Entry) -> None:
        if answer.delivery.ends_after == BEFORE_HEADERS:
            self._break(answer.delivery)
            return
        entry.status = answer.status
        self.send_response(answer.status)
        for name, value in answer.all_headers().items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        if self.command != "HEAD":
            self._send_body(answer, entry)

    def _send_body(self, answer: Answer, entry: Entry) -> None:
        is_chunked = answer.framing == "chunked"
        for piece in self._paced(answer):
            entry.sent += len(piece)  # before, so that a client that has it finds it counted
            try:
                self.connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
            except OSError:
                entry.sent -= len(piece)
                raise
        if answer.delivery.ends_after is not None:
            self._break(answer.delivery)
        elif is_chunked:
            self.connection.sendall(b"0\r\n\r\n")

    def _paced(self, answer: Answer) -> Iterator[bytes]:
        speed = answer.delivery.bytes_per_s
        step = SLICE_BYTES if speed is None else max(min(int(speed * TICK_S), SLICE_BYTES), 1)
        for block in answer.content.pieces(0, answer.delivery.ends_after):
            for start in range(0, len(block), step):
                piece = block[start : start + step]
                if speed and self.server.stopping.wait(len(piece) / speed):
                    return
                yield piece

    def _break(self, delivery: Delivery) -> None:
        """Close without a word, after the silence."""
        end = time.monotonic() + delivery.stalls_s
        while time.monotonic() < end and not self.server.stopping.is_set():
            is_gone, _, _ = select.select([self.connection], [], [], TICK_S)
            if is_gone:
                break
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
