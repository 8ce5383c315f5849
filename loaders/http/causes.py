"""Why a request had no response, in words: an exception's own text is for programmers."""

import http.client
import os
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions as urllib3_errors

from loaders.http.retry import TooSlowError

TIMEOUTS = (TimeoutError, requests.Timeout, urllib3_errors.TimeoutError)
# the first kind that is in the chain of causes; narrower ones come first
SENTENCES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((http.client.RemoteDisconnected,), "it closed the connection without an answer"),
    ((urllib3_errors.IncompleteRead, http.client.IncompleteRead), "it ended before the last byte"),
    ((urllib3_errors.DecodeError, requests.exceptions.ContentDecodingError), "its compressed content is damaged"),
    (
        (http.client.HTTPException, urllib3_errors.InvalidHeader, requests.exceptions.InvalidHeader),
        "what it sent is no HTTP",
    ),
    ((UnicodeError,), "a part of the host's name is empty, or longer than 63 characters"),
    (
        (requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema),
        "it does not begin with https:// or http://",
    ),
    ((requests.exceptions.InvalidURL, urllib3_errors.LocationParseError, ValueError), "its form is invalid"),
)


class AddressError(ValueError):
    """An address that cannot be asked; its text is ours."""


class RedirectError(requests.exceptions.InvalidURL):
    """A redirect that is not followed; its text is ours."""


OWN_ERRORS = (AddressError, RedirectError, TooSlowError)


def cause(error: BaseException) -> str:
    """The cause of a failed request, in words."""
    chain = list(_chain(error))
    if own := next((each for each in reversed(chain) if isinstance(each, OWN_ERRORS)), None):
        return str(own)
    if tls := next((each for each in chain if isinstance(each, ssl.SSLError)), None):
        return f"no encrypted connection: {(getattr(tls, 'reason', None) or 'TLS failed').replace('_', ' ').lower()}"
    if any(map(_ran_out_of_time, chain)):
        return "it stayed silent for too long"
    numbers = (each.errno for each in chain if isinstance(each, OSError) and not isinstance(each, socket.gaierror))
    if number := next((number for number in numbers if number), None):
        return os.strerror(number).lower()
    found = (sentence for kinds, sentence in SENTENCES if any(isinstance(each, kinds) for each in chain))
    return next(found, "the connection failed")


def is_timeout(error: BaseException) -> bool:
    """Whether time ran out."""
    return any(_ran_out_of_time(each) or isinstance(each, TooSlowError) for each in _chain(error))


def _ran_out_of_time(error: BaseException) -> bool:
    return isinstance(error, TIMEOUTS) and not isinstance(error, urllib3_errors.NewConnectionError)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and its causes, the innermost first."""
    visited: list[BaseException] = []
    todo = [error]
    while todo:
        each = todo.pop()
        if each in visited:
            continue
        visited.append(each)
        nested = (*each.args, getattr(each, "reason", None), each.__cause__, each.__context__)
        todo += [part for part in nested if isinstance(part, BaseException)]
    return reversed(visited)
