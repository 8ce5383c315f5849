"""Requests with manners: who we are, time-outs, few at a time to one host, and retries that listen to the server."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import requests
import urllib3
from tenacity import Retrying, retry_if_exception_type

from loaders.catalog_source import Download
from loaders.errors import SourceError
from loaders.patience import InterruptedTransfer, Patience, TooSlowError, Window

Answer = TypeVar("Answer")

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
PIECE_BYTES = 1 << 18
LARGEST_ANSWER_BYTES = 50_000_000  # of an answer that is no data file: a list of files, a page
MAX_REDIRECTS = 10


class Web:
    """What `requests` is to others, with the settings' patience. It may be shared by threads."""

    def __init__(self, settings: Download) -> None:
        self.settings = settings
        self._local = threading.local()
        self._guard = threading.Lock()
        self._stopped = threading.Event()
        self._slots: dict[str, threading.Semaphore] = defaultdict(
            lambda: threading.Semaphore(settings.connections_per_host)
        )

    def get(self, url: str, **options: Any) -> requests.Response:
        """A whole answer, whatever its status unless the server is busy.

        Raises:
            SourceError: no answer after all attempts.
        """
        return self._whole("GET", url, options)

    def head(self, url: str, **options: Any) -> requests.Response:
        """As `get`, without a body."""
        return self._whole("HEAD", url, options)

    def stop(self) -> None:
        """Let every thread end at its next step."""
        self._stopped.set()

    def retried(self, what: str, attempt: Callable[[], Answer]) -> Answer:
        """Try until it goes well; an attempt that brought much does not count.

        Args:
            what: what is asked for, for the error message.
            attempt: raises `InterruptedTransfer` where another try makes sense.

        Raises:
            SourceError: the attempts are used up, or the server asks us to wait too long.
        """
        patience = Patience(self.settings)
        retrying = Retrying(
            retry=retry_if_exception_type(InterruptedTransfer),
            stop=patience.is_over,
            wait=patience.pause_s,
            sleep=self._pause,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except InterruptedTransfer as error:
            patience.give_up(what, error)

    @contextmanager
    def stream(self, method: str, url: str, about: str = "", **options: Any) -> Iterator[requests.Response]:
        """One attempt: the headers, and the body on demand. `about` begins every error message.

        Raises:
            InterruptedTransfer: another try may go better.
            SourceError: it cannot.
        """
        waits = (self.settings.timeout_s, self.settings.timeout_s)
        with self._slot(url):
            try:
                response = self._session.request(method, url, **options, timeout=waits, stream=True)
            except requests.RequestException as error:
                _explain(f"{about}{shown(url)}", error)
            with response:
                if response.status_code in BUSY:
                    reason = f"it answered {response.status_code} {response.reason}"
                    raise InterruptedTransfer(reason, _retry_after_s(response))
                yield response

    def pieces(self, response: requests.Response) -> Iterator[bytes]:
        """The body as it comes.

        Raises:
            InterruptedTransfer: the connection broke, went silent, or is slower than the settings bear.
        """
        brought, window = 0, Window(self.settings)
        try:
            while piece := response.raw.read1(PIECE_BYTES, decode_content=True):
                self._require_going_on()
                yield piece
                brought += len(piece)
                window.add(len(piece))
        except (urllib3.exceptions.HTTPError, OSError, TooSlowError) as error:
            raise InterruptedTransfer(f"the connection broke ({_reason(error)})", brought_bytes=brought) from error

    def _whole(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        def attempt() -> requests.Response:
            with self.stream(method, url, **options) as response:
                body = BytesIO()
                for piece in self.pieces(response):
                    body.write(piece)
                    if body.tell() > LARGEST_ANSWER_BYTES:
                        raise SourceError(f"{shown(url)} answered with more than {LARGEST_ANSWER_BYTES / 1e6:.0f} MB.")
                return _with_body(response, body.getvalue())

        return self.retried(shown(url), attempt)

    def _pause(self, seconds: float) -> None:
        self._stopped.wait(seconds)
        self._require_going_on()

    def _require_going_on(self) -> None:
        if self._stopped.is_set():
            raise SourceError("stopped; what has come so far is kept")

    @contextmanager
    def _slot(self, url: str) -> Iterator[None]:
        with self._guard:
            slot = self._slots[urlsplit(url).netloc]
        with slot:
            yield

    @property
    def _session(self) -> requests.Session:
        """One for each thread: its cookies and connections are not made to be shared."""
        if not hasattr(self._local, "session"):
            session = _StrictSession()
            session.max_redirects = MAX_REDIRECTS
            contact = f" (+{self.settings.contact})" if self.settings.contact else ""
            session.headers["User-Agent"] = f"eo-pv/{_version()}{contact}"
            self._local.session = session
        found: requests.Session = self._local.session
        return found


def shown(url: str) -> str:
    """A URL as messages and logs may repeat it: without its query, which may hold a signature."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{parts.path}"


def _with_body(response: requests.Response, body: bytes) -> requests.Response:
    """The response as `requests` hands it out when it has read the body itself."""
    response.raw = BytesIO(body)
    assert response.content == body  # noqa: S101 (reading it makes it last after the connection is closed)
    return response


class _StrictSession(requests.Session):
    """Follows redirects, but never from https to http."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and urlsplit(str(resp.url)).scheme == "https" and urlsplit(target).scheme == "http":
            raise requests.exceptions.InvalidSchema(f"it redirects from https to {shown(target)}, which is not safe")
        return target


def _explain(what: str, error: requests.RequestException) -> NoReturn:
    reason = _reason(error)
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        raise SourceError(
            f"{what}: its certificate is not trusted here. Behind a proxy with an authority of its own, "
            f"name its file in the environment: REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt."
        ) from error
    if isinstance(error, requests.TooManyRedirects):
        raise SourceError(f"{what} redirects in circles. The publisher must mend that.") from error
    if isinstance(error, requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError):
        raise InterruptedTransfer(f"no answer ({reason})") from error
    raise SourceError(f"{what}: {reason}. Correct the source in params.yaml.") from error


def _reason(error: BaseException) -> str:
    """The innermost cause, in one line: what wraps it repeats addresses, with their queries."""
    while causes := [part for part in error.args if isinstance(part, Exception)]:
        error = causes[-1]
    reason = getattr(error, "reason", None)
    if isinstance(reason, Exception):
        return _reason(reason)
    return " ".join(str(error).split()).split("(Caused by")[0].rpartition(">: ")[2] or type(error).__name__


def _retry_after_s(response: requests.Response) -> float | None:
    """What Retry-After asks for [s]: a number of seconds, or a date."""
    stated = response.headers.get("Retry-After", "").strip()
    if stated.isdigit():
        return float(stated)
    try:
        return max((parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _version() -> str:
    try:
        return version("eo-pv")
    except PackageNotFoundError:  # in the image, which runs the sources as they are
        return "0"
