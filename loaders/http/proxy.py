"""The proxy of an address in the environment, as `requests` finds it: HTTPS_PROXY, ALL_PROXY, NO_PROXY."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

EXPECTED_FORM = (
    "expected http://host:port, or with a user's name and password before the host, percent-encoded (@ is %40)"
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy of the environment.

    Attributes:
        scheme: of the proxy itself: http, https, socks5, …
        host: its name.
        port: its port.
        user: for authentication; empty without.
        password: of the user; secret.
    """

    scheme: str
    host: str
    port: int
    user: str
    password: str


def proxy_of(url: str) -> Proxy | None:
    """The proxy of an address; null without one, or if the environment names an invalid one."""
    try:
        parts = _split(_environment_proxy(url))
        if not parts.hostname:
            return None
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return Proxy(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))


def proxy_fault(url: str) -> str | None:
    """What is wrong with the proxy of an address; null if nothing is, or without one."""
    if not _environment_proxy(url):
        return None
    proxy = proxy_of(url)
    if proxy is None:
        return f"the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names is no address: {EXPECTED_FORM}."
    if proxy.scheme.startswith("socks"):
        return (
            f"the environment names a SOCKS proxy ({proxy.host}), and only HTTP proxies can be used: {EXPECTED_FORM}."
        )
    return None


def duckdb_proxy(url: str) -> dict[str, str]:
    """DuckDB's settings for the same proxy; it reads HTTP_PROXY itself, for every host, and badly.

    Raises:
        ValueError: DuckDB cannot use it; the message gives the reason, without the password.
    """
    if fault := proxy_fault(url):
        raise ValueError(fault)
    proxy = proxy_of(url)
    if proxy is None:
        return {"http_proxy": "", "http_proxy_username": "", "http_proxy_password": ""}
    if proxy.scheme != "http":
        raise ValueError(
            f"DuckDB cannot use the {proxy.scheme} proxy {proxy.host} that the environment names: {EXPECTED_FORM}."
        )
    return {
        "http_proxy": f"{proxy.host}:{proxy.port}",
        "http_proxy_username": proxy.user,
        "http_proxy_password": proxy.password,
    }


def _environment_proxy(url: str) -> str:
    """The proxy's address as stated in the environment; empty without one."""
    try:
        return select_proxy(url, get_environ_proxies(url, no_proxy=None)) or ""
    except ValueError:  # an invalid address
        return ""


def _split(address: str) -> SplitResult:
    return urlsplit(address if "://" in address else f"http://{address}")
