"""Polite HTTP client: User-Agent, timeouts, per-host concurrency, retries that honour Retry-After."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, NoReturn, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception_type

from loaders.core.errors import NoNetworkError, SourceError
from loaders.core.redact import redacted_url
from loaders.core.redacted_output import redact_web_logs
from loaders.core.version import program_version
from loaders.http.causes import RedirectError, cause, is_timeout
from loaders.http.errors import (
    PROXY_AUTHENTICATION_REQUIRED,
    proxy_login_error,
    raise_request_error,
    require_valid_host,
    unresolved_host,
)
from loaders.http.network import is_connected, is_unresolved, no_network_error
from loaders.http.retry import InterruptedTransfer, RetryPolicy, SlowTransfer, SpeedMonitor, TooSlowError
from loaders.http.status import describe_status, is_transient, retry_after_s
from loaders.settings.download import Download

log = logging.getLogger(__name__)
Result = TypeVar("Result")

CHUNK_BYTES = 1 << 18
MAX_RESPONSE_BYTES = 50_000_000  # of a list of files or a page, not of data files
MAX_REDIRECTS = 10
NAME_LOOKUP_ATTEMPTS = 2
UNRESOLVED_MESSAGE = (
    "{host} cannot be found by name, though others can. Correct the address in params.yaml; if a publisher's own link "
    "leads there, download the file yourself and say `source: {{path: …}}`"
)
MAX_HOSTS = 64  # with open connections at the same time


class HttpClient:
    """A `requests` session with the retry policy of the settings. Threads may share it."""

    def __init__(self, settings: Download) -> None:
        redact_web_logs()
        self.settings = settings
        self._has_response = False  # from any host
        self._network_error: NoNetworkError | None = None
        self._lock = threading.Lock()
        self._session = _StrictSession()
        contact = f" (+{settings.contact})" if settings.contact else ""
        self._session.headers["User-Agent"] = f"eo-pv/{program_version()}{contact}"
        # per host a pool of connections; further requests wait
        adapter = HTTPAdapter(pool_connections=MAX_HOSTS, pool_maxsize=settings.connections_per_host, pool_block=True)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def without_retries(self) -> "HttpClient":
        """A client that tries once and waits for no busy server: for optional requests."""
        return HttpClient(self.settings.model_copy(update={"attempts": 1, "longest_wait_s": 0.0}))

    def get(self, url: str, **options: Any) -> requests.Response:
        """The whole response, whatever its status unless the server is busy.

        Raises:
            SourceError: no answer after all attempts.
        """
        return self._full_response("GET", url, options)

    def get_headers(self, url: str, **options: Any) -> requests.Response:
        """The headers of a GET request, for servers that do not answer HEAD."""

        def attempt() -> requests.Response:
            with self.stream("GET", url, **options) as response:
                return response

        return self.with_retries(redacted_url(url), attempt)

    def head(self, url: str, **options: Any) -> requests.Response:
        """As `get`, without a body."""
        return self._full_response("HEAD", url, options)

    def with_retries(self, label: str, attempt: Callable[[], Result]) -> Result:
        """Try until it succeeds; an attempt that received much does not count.

        Args:
            label: the requested file, for the error message.
            attempt: raises `InterruptedTransfer` for a retry.

        Raises:
            SourceError: the attempts are exhausted, or the server requires too long a wait.
        """
        policy = RetryPolicy(self.settings)
        retrying = Retrying(
            retry=retry_if_exception_type(InterruptedTransfer),
            stop=policy.is_exhausted,
            wait=policy.pause_s,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except InterruptedTransfer as error:
            policy.give_up(label, error)

    @contextmanager
    def stream(self, method: str, url: str, prefix: str = "", **options: Any) -> Iterator[requests.Response]:
        """One attempt: the headers, and the body on demand. `prefix` begins every error message.

        Raises:
            InterruptedTransfer: another try may go better.
            SourceError: it cannot.
            NoNetworkError: this machine has no network.
        """
        if self._network_error:
            raise self._network_error
        start = time.perf_counter()
        result = self._request(method, url, options)
        log.info("%s %s: %s, %.1f s", method, redacted_url(url), _outcome(result), time.perf_counter() - start)
        if not isinstance(result, requests.Response):
            self._raise_error(url, prefix, result)
        self._has_response = True
        with result as response:
            if response.status_code == PROXY_AUTHENTICATION_REQUIRED:
                raise proxy_login_error(url, prefix)
            if is_transient(response.status_code, response.headers):
                reason = f"it answered {describe_status(response)}"
                raise InterruptedTransfer(reason, retry_after_s(response.headers), status=response.status_code)
            yield response

    def chunks(self, response: requests.Response) -> Iterator[bytes]:
        """The body in chunks, as they arrive.

        Raises:
            InterruptedTransfer: the connection broke, stalled, or is slower than the settings allow.
        """
        received_bytes, window = 0, SpeedMonitor(self.settings)
        try:
            while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
                yield chunk
                received_bytes += len(chunk)
                window.add(len(chunk))
        except (urllib3.exceptions.HTTPError, OSError, TooSlowError) as error:
            kind = SlowTransfer if is_timeout(error) else InterruptedTransfer
            raise kind(f"the connection broke ({cause(error)})", received_bytes=received_bytes) from error

    def _full_response(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        def attempt() -> requests.Response:
            with self.stream(method, url, **options) as response:
                if response.is_redirect:  # not to be followed; its body is read already
                    return response
                body = BytesIO()
                for chunk in self.chunks(response):
                    body.write(chunk)
                    if body.tell() > MAX_RESPONSE_BYTES:
                        raise SourceError(
                            f"{redacted_url(url)} answered with more than {MAX_RESPONSE_BYTES / 1e6:.0f} MB."
                        )
                return _with_body(response, body.getvalue())

        return self.with_retries(redacted_url(url), attempt)

    def _request(self, method: str, url: str, options: dict[str, Any]) -> requests.Response | Exception:
        """The response, or the error; raised here, it would show addresses with their queries."""
        timeouts = (self.settings.timeout_s, self.settings.timeout_s)
        try:
            require_valid_host(url)
            return self._session.request(method, url, **options, timeout=timeouts, stream=True)
        except (OSError, urllib3.exceptions.HTTPError, ValueError) as error:  # exceptions of requests are OSErrors
            return error

    def _raise_error(self, url: str, prefix: str, error: Exception) -> NoReturn:
        """Raise for a request without a response; a missing network is found once, for all later requests.

        Raises:
            InterruptedTransfer: another try may go better.
            SourceError: it cannot.
            NoNetworkError: nothing can.
        """
        response = getattr(error, "response", None)
        if response is not None:
            response.close()  # or its connection would never return to the pool
        if not is_unresolved(error):
            raise_request_error(url, prefix, error)
        host = unresolved_host(url, error)
        with self._lock:
            is_offline = self._network_error is not None or not is_connected()
            if is_offline and not self._has_response and self._network_error is None:
                self._network_error = no_network_error(host)
        if self._network_error:
            raise self._network_error
        if is_offline:
            raise InterruptedTransfer(f"{host} cannot be found by name any longer: the network of this machine is gone")
        raise InterruptedTransfer(UNRESOLVED_MESSAGE.format(host=host), max_attempts=NAME_LOOKUP_ATTEMPTS)


def _outcome(result: requests.Response | Exception) -> str:
    return describe_status(result) if isinstance(result, requests.Response) else "no answer"


def _with_body(response: requests.Response, body: bytes) -> requests.Response:
    """The response in the state in which `requests` leaves it after it has read the body."""
    response.raw = BytesIO(body)
    assert response.content == body  # noqa: S101 (reads the body before the connection is closed)
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
            if target and scheme in {"", "http", "https"}:
                require_valid_host(urljoin(str(resp.url), target))
        except ValueError as error:
            raise RedirectError("it redirects to what is no address", response=resp) from error
        is_secure = urlsplit(str(resp.url)).scheme == "https"
        if scheme not in ({"", "https"} if is_secure else {"", "https", "http"}):
            reason = f"it redirects from {'https' if is_secure else 'http'} to {scheme}, which is not safe"
            raise RedirectError(reason, response=resp)
        if target:
            resp.close()  # requests would read its body, which may never end
        return target
