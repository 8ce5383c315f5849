"""Errors of requests without a response: their cause, and whether to retry."""

import re
from typing import NoReturn
from urllib.parse import urlsplit

import requests

from loaders.core.errors import SourceError
from loaders.core.redact import redact, redacted_url
from loaders.http.causes import AddressError, cause, is_timeout
from loaders.http.proxy import proxy_fault, proxy_of
from loaders.http.retry import InterruptedTransfer, SlowTransfer
from loaders.http.status import is_transient

PROXY_AUTHENTICATION_REQUIRED = 407
MAX_REASON_LENGTH = 150
TUNNEL_STATUS = re.compile(r"Tunnel connection failed: (\d{3})")
CERTIFICATE_FILE = re.compile(r"CA certificate bundle|\[X509", re.IGNORECASE)
LIBRARY_PREFIX = re.compile(r"^(?:<[^>]*>|\w+\([^)]*\)): ")  # the repr of a urllib3 object before the message
CONNECTION_ERRORS = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.InvalidHeader,
)


def raise_request_error(url: str, prefix: str, error: Exception) -> NoReturn:
    """Raise the error for a request without a response.

    Args:
        url: the requested address.
        prefix: of the message.
        error: of `requests`, or of a library below it.

    Raises:
        InterruptedTransfer: another try may go better.
        SourceError: it cannot.
    """
    target, detail, reason = f"{prefix}{redacted_url(url)}", root_cause(error), cause(error)
    if fault := proxy_fault(url):
        raise SourceError(f"{target}: {fault}")
    if "CERTIFICATE_VERIFY_FAILED" in detail:
        raise SourceError(
            f"{target}: its certificate is not trusted here. Behind a proxy with an authority of its own, "
            f"name its file in the environment: REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt."
        )
    if CERTIFICATE_FILE.search(detail):
        raise SourceError(
            f"{target}: the file of certificates that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names cannot be used. "
            f"Name a file in PEM, such as /etc/ssl/certs/ca-certificates.crt, or unset both."
        )
    if isinstance(error, requests.TooManyRedirects):
        raise SourceError(f"{target} redirects in circles. Only the publisher can correct that.")
    if tunnel := TUNNEL_STATUS.search(detail):
        _raise_tunnel_error(url, prefix, int(tunnel[1]), error)
    if isinstance(error, requests.exceptions.ProxyError):
        raise InterruptedTransfer(f"no answer of the proxy {_proxy_host(url)} that the environment names ({reason})")
    if isinstance(error, CONNECTION_ERRORS) or not isinstance(error, ValueError):
        kind = SlowTransfer if is_timeout(error) else InterruptedTransfer
        raise kind(f"no answer ({reason})")
    if getattr(error, "response", None) is not None:
        raise SourceError(
            f"{target}: {reason}. Only the publisher can correct that: try again later, or download the file yourself "
            f"and say `source: {{path: …}}` in params.yaml."
        )
    raise SourceError(f"{target} is no address that can be asked ({reason}). Correct the source in params.yaml.")


def require_valid_host(url: str) -> None:
    """Refuse an address without a possible host, before a proxy or a resolver is asked for it.

    Raises:
        AddressError: there is no host, or its port or a part of its name is out of range.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError as error:
        raise AddressError("its port is no number from 1 to 65535") from error
    if not parts.hostname or port == 0:
        raise AddressError("it names no host, or port 0")
    try:
        parts.hostname.removesuffix(".").encode("idna")
    except UnicodeError as error:
        raise AddressError("a part of the host's name is empty, or longer than 63 characters") from error


def proxy_login_error(url: str, prefix: str) -> SourceError:
    """The error for a proxy that requires authentication."""
    return SourceError(
        f"{prefix}{redacted_url(url)}: the proxy {_proxy_host(url)} asks for a user name and a password, or does not "
        "accept those that it was given. State both in the address of the proxy in HTTPS_PROXY or HTTP_PROXY, with "
        "special characters percent-encoded (@ is %40)."
    )


def root_cause(error: BaseException) -> str:
    """The text of the innermost cause, to recognise it by; messages say `cause` instead."""
    while causes := [part for part in error.args if isinstance(part, Exception)]:
        error = causes[-1]
    nested = getattr(error, "reason", None)
    if isinstance(nested, Exception):
        return root_cause(nested)
    text = redact(" ".join(str(error).split()))  # before it is truncated, which could leave a part of a secret
    message = LIBRARY_PREFIX.sub("", text.split("(Caused by")[0]) or type(error).__name__
    return message if len(message) <= MAX_REASON_LENGTH else f"{message[:MAX_REASON_LENGTH]}…"


def unresolved_host(url: str, error: Exception) -> str:
    """The host that cannot be resolved: of a redirect, of the proxy, or of the request."""
    match = re.search(r"Failed to resolve '([^']+)'", str(error))
    return match[1] if match else _proxy_host(url) or urlsplit(url).hostname or redacted_url(url)


def _raise_tunnel_error(url: str, prefix: str, status: int, error: Exception) -> NoReturn:
    """Raise for a proxy that did not connect to the host: at the moment, or as a rule."""
    if status == PROXY_AUTHENTICATION_REQUIRED:
        raise proxy_login_error(url, prefix)
    proxy = _proxy_host(url)
    if is_transient(status):
        raise InterruptedTransfer(f"no answer (the proxy {proxy} answered {status})")
    raise SourceError(
        f"{prefix}{redacted_url(url)}: the proxy {proxy} refuses to connect to it ({status}). Ask the operator of the "
        f"proxy to allow this host, or download the file yourself and say `source: {{path: …}}` in params.yaml."
    )


def _proxy_host(url: str) -> str:
    proxy = proxy_of(url)
    return proxy.host if proxy else ""
