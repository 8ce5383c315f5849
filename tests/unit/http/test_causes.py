"""A failed request is told in words; no text of an exception is in a message."""

import errno
import http.client
import ssl
from typing import Any

import pytest
import requests
import urllib3.exceptions

from loaders.http.causes import AddressError, cause, is_timeout
from loaders.http.errors import raise_request_error, require_valid_host
from loaders.http.retry import InterruptedTransfer, RetryPolicy, SlowTransfer, TooSlowError
from loaders.settings.download import Download

POOL: Any = None
REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
CAUSES = {
    "refused": (requests.ConnectionError(urllib3.exceptions.NewConnectionError(POOL, "x")), "the connection failed"),
    "refused, with its number": (requests.ConnectionError(REFUSED), "connection refused"),
    "reset": (
        requests.ConnectionError(
            urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "x"))
        ),
        "connection reset by peer",
    ),
    "hung up": (
        requests.ConnectionError(urllib3.exceptions.ProtocolError("x", http.client.RemoteDisconnected("Remote end"))),
        "it closed the connection without an answer",
    ),
    "silent": (requests.ReadTimeout("HTTPSConnectionPool(host='x'): Read timed out."), "it stayed silent for too long"),
    "silent socket": (TimeoutError("timed out"), "it stayed silent for too long"),
    "cut": (urllib3.exceptions.IncompleteRead(5, 10), "it ended before the last byte"),
    "TLS": (
        requests.exceptions.SSLError(ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")),
        "no encrypted connection",
    ),
    "trickle": (TooSlowError("only 12 bytes in 60 s"), "only 12 bytes in 60 s"),
    "unknown": (OSError("(5, 'nodename nor servname')"), "the connection failed"),
    "no scheme": (requests.exceptions.MissingSchema("Invalid URL 'x'"), "it does not begin with https:// or http://"),
    "no HTTP": (urllib3.exceptions.ProtocolError("x", http.client.BadStatusLine("SSH-2.0")), "what it sent is no HTTP"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_is_told_in_our_words(name: str) -> None:
    error, words = CAUSES[name]
    assert cause(error).startswith(words)
    assert [text for text in ("Errno", "_ssl", "Pool", "Error", "(") if text in cause(error)] == []


def test_only_a_slow_line_is_advised_a_longer_timeout() -> None:
    policy = RetryPolicy(Download())
    for kind, is_advised in ((InterruptedTransfer, False), (SlowTransfer, True)):
        with pytest.raises(Exception, match="no answer") as given_up:
            policy.give_up("https://x.org/a", kind("no answer (x)"))
        assert ("timeout_s" in str(given_up.value)) is is_advised
    assert (is_timeout(TimeoutError()), is_timeout(REFUSED)) == (True, False)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://", "it names no host, or port 0"),
        ("https://a.org:0/b", "it names no host, or port 0"),
        ("https://a.org:99999/b", "its port is no number from 1 to 65535"),
        (f"https://{'a' * 64}.org/b", "a part of the host's name is empty, or longer than 63 characters"),
    ],
)
def test_an_address_that_cannot_be_asked_says_why(address: str, reason: str) -> None:
    with pytest.raises(AddressError) as refused:
        require_valid_host(address)
    with pytest.raises(Exception, match="is no address that can be asked") as error:
        raise_request_error(address, "", refused.value)
    assert f"({reason})" in str(error.value)
