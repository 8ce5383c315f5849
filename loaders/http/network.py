"""Detection of a missing network, as opposed to a single host that cannot be resolved."""

import errno
import socket
from contextlib import suppress

from loaders.core.errors import NoNetworkError

WELL_KNOWN_HOSTS = ("doi.org", "zenodo.org")  # only resolved: nothing is sent to them
# RFC 5737, RFC 3849: documentation addresses; connecting a datagram socket needs a route, and sends nothing
UNROUTED_ADDRESSES = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
NO_ROUTE = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


def is_connected() -> bool:
    """Whether this machine has a route to the internet, and can resolve names."""
    return any(_has_route(family, address) for family, address in UNROUTED_ADDRESSES) and any(
        map(_resolves, WELL_KNOWN_HOSTS)
    )


def is_unresolved(error: BaseException) -> bool:
    """Whether a request failed before anything was sent: an unresolved name, or no route."""
    cause: BaseException | None = error
    visited: list[BaseException] = []
    while cause is not None and cause not in visited:
        if isinstance(cause, socket.gaierror) or (isinstance(cause, OSError) and cause.errno in NO_ROUTE):
            return True
        visited.append(cause)
        causes = [part for part in (*cause.args, getattr(cause, "reason", None)) if isinstance(part, BaseException)]
        cause = causes[-1] if causes else cause.__cause__ or cause.__context__
    return False


def no_network_error(host: str) -> NoNetworkError:
    """The error of all requests without a network: neither the requested host nor a well-known one resolves."""
    hosts = " and ".join(dict.fromkeys((WELL_KNOWN_HOSTS[0], host)))
    return NoNetworkError(
        f"No network: {hosts} cannot be found by name. Nothing was downloaded. Check the connection of this machine "
        f"(and HTTPS_PROXY, if it needs a proxy), then run the same command again."
    )


def _resolves(name: str) -> bool:
    with suppress(OSError, UnicodeError):
        return bool(socket.getaddrinfo(name, 443))
    return False


def _has_route(family: int, address: str) -> bool:
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((address, 443))
        return True
    return False
