"""Requests with manners: who we are, time-outs, few at a time to one host, and retries that listen to the server."""

import re
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
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception_type

from loaders.catalog_source import Download
from loaders.errors import SourceError
from loaders.patience import InterruptedTransfer, Patience, TooSlowError, Window

Answer = TypeVar("Answer")

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
PIECE_BYTES = 1 << 18
LARGEST_ANSWER_BYTES = 50_000_000  # of an answer that is no data file: a list of files, a page
MAX_REDIRECTS = 10
MOST_HOSTS = 64  # that are spoken to at the same time


class Web:
    """What `requests` is to others, with the settings' patience. It may be shared by threads."""

    def __init__(self, settings: Download) -> None:
        self.settings = settings
        self._session = _StrictSession()
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._session.headers["User-Agent"] = f"eo-pv/{_version()}{contact}"
        # for each host a pool that lends out so many connections, and lets the others wait
        pools = HTTPAdapter(pool_connections=MOST_HOSTS, pool_maxsize=settings.connections_per_host, pool_block=True)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, pools)

    def impatient(self) -> "Web":
        """One that asks once and waits for no busy server: for what is not needed."""
        return Web(self.settings.model_copy(update={"attempts": 1, "longest_wait_s": 0.0}))

    def get(self, url: str, **options: Any) -> requests.Response:
        """A whole answer, whatever its status unless the server is busy.

        Raises:
            SourceError: no answer after all attempts.
        """
        return self._whole("GET", url, options)

    def peek(self, url: str, **options: Any) -> requests.Response:
        """The headers of what GET would bring, for servers that do not answer HEAD."""

        def attempt() -> requests.Response:
            with self.stream("GET", url, **options) as response:
                return response

        return self.retried(shown(url), attempt)

    def head(self, url: str, **options: Any) -> requests.Response:
        """As `get`, without a body."""
        return self._whole("HEAD", url, options)

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
        try:
            response = self._session.request(method, url, **options, timeout=waits, stream=True)
        except requests.RequestException as error:
            if error.response is not None:
                error.response.close()  # or its connection would never be lent out again
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
                yield piece
                brought += len(piece)
                window.add(len(piece))
        except (urllib3.exceptions.HTTPError, OSError, TooSlowError) as error:
            raise InterruptedTransfer(f"the connection broke ({_reason(error)})", brought_bytes=brought) from error

    def _whole(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        def attempt() -> requests.Response:
            with self.stream(method, url, **options) as response:
                if response.is_redirect:  # that is not to be followed; requests has read it
                    return response
                body = BytesIO()
                for piece in self.pieces(response):
                    body.write(piece)
                    if body.tell() > LARGEST_ANSWER_BYTES:
                        raise SourceError(f"{shown(url)} answered with more than {LARGEST_ANSWER_BYTES / 1e6:.0f} MB.")
                return _with_body(response, body.getvalue())

        return self.retried(shown(url), attempt)


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

    def __init__(self) -> None:
        super().__init__()
        self.max_redirects = MAX_REDIRECTS

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        try:
            target = super().get_redirect_target(resp)
            scheme = urlsplit(target).scheme if target else ""
        except ValueError as error:
            raise requests.exceptions.InvalidURL("it redirects to what is no address", response=resp) from error
        is_secure = urlsplit(str(resp.url)).scheme == "https"
        if scheme not in ({"", "https"} if is_secure else {"", "https", "http"}):
            reason = f"it redirects from {'https' if is_secure else 'http'} to {scheme}, which is not safe"
            raise requests.exceptions.InvalidSchema(reason, response=resp)
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
    said = re.sub(r"(://[^\s?'\"]*)\?[^\s'\")]*", r"\1", str(error))  # a query may hold a signature
    return " ".join(said.split()).split("(Caused by")[0].rpartition(">: ")[2] or type(error).__name__


def _retry_after_s(response: requests.Response) -> float | None:
    """What Retry-After asks for [s]: a number of seconds, or a date."""
    stated = response.headers.get("Retry-After", "").strip()
    try:
        if re.fullmatch(r"[0-9]+", stated):
            return float(stated)
        return max((parsedate_to_datetime(stated) - datetime.now(UTC)).total_seconds(), 0.0)
    except (OverflowError, TypeError, ValueError):
        return None


def _version() -> str:
    try:
        return version("eo-pv")
    except PackageNotFoundError:  # in the image, which runs the sources as they are
        return "0"
