"""Publisher session: the requests for one dataset, each made once."""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import requests

from loaders.acquire.lock import LockedFile, Record
from loaders.core.errors import NoNetworkError, SourceError
from loaders.core.json_text import parse_json
from loaders.core.redact import redacted_url
from loaders.http.client import HttpClient
from loaders.http.status import OK, describe_status, parse_byte_count

DIGEST_DIGITS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}


class Listing(NamedTuple):
    """A record and all its files."""

    record: Record
    files: tuple[LockedFile, ...]


class PublisherSession:
    """Requests addresses for one dataset, and caches the responses.

    Attributes:
        key: the dataset, for messages.
        verify_head: whether to confirm the headers of HEAD by GET, since a file could not be downloaded before.
    """

    def __init__(self, client: HttpClient, key: str, *, verify_head: bool = False) -> None:
        self.key = key
        self.verify_head = verify_head
        self._client = client
        self._answers: dict[tuple[str, str], requests.Response] = {}

    def get(self, url: str, **options: Any) -> requests.Response:
        """The whole response, whatever its status."""
        return self._request_once("GET", url, self._client.get, options)

    def head(self, url: str, **options: Any) -> requests.Response:
        """The headers of a file, without compression."""
        return self._request_once("HEAD", url, self._client.head, {"allow_redirects": True, **options})

    def get_headers(self, url: str, *, with_retries: bool = True, **options: Any) -> requests.Response:
        """The headers of a GET request."""
        return self._request_once(
            "PEEK", url, (self._client if with_retries else self._client.without_retries()).get_headers, options
        )

    def require_found(self, response: requests.Response, label: str) -> requests.Response:
        """The response, if its status is 200.

        Raises:
            SourceError: it has another status.
        """
        if response.status_code == OK:
            return response
        reason = f"{redacted_url(str(response.url))} answered {describe_status(response)}"
        if response.status_code < 400:
            raise self.unclear_answer(f"{label} is not sent: {reason}")
        is_gone = response.status_code in {404, 410}
        advice = "Look whether it is written right" if is_gone else "It may refuse scripts, or need an account; look"
        raise SourceError(
            f"{self.key}: {label} {'is not there' if is_gone else 'is refused'}: {reason}. {advice} in a browser, and "
            f"correct datasets.{self.key}.source in params.yaml."
        )

    def json(self, url: str, label: str) -> dict[str, Any]:
        """The JSON object at an address.

        Raises:
            SourceError: there is none.
        """
        response = self.require_found(self.get(url), label)
        document = json_document(response)
        if isinstance(document, dict):
            return document
        kind = response.headers.get("Content-Type", "nothing known").partition(";")[0]
        content = f"{kind} instead of JSON" if document is None else "another form of JSON than was expected"
        raise self.unclear_answer(f"{redacted_url(url)} answered with {content} ({_excerpt(response)})")

    def optional_json(self, url: str, **options: Any) -> dict[str, Any] | str:
        """The JSON object at an address, or else the reason why there is none; requested without retries."""
        try:
            response = self._request_once("GET", url, self._client.without_retries().get, options)
        except SourceError as error:
            return str(error).removeprefix(f"{self.key}: ")
        if response.status_code != 200:
            return f"{redacted_url(url)} answered {response.status_code} {response.reason}".rstrip()
        document = json_document(response)
        return document if isinstance(document, dict) else f"{redacted_url(url)} answered with something else than JSON"

    def unclear_answer(self, reason: str) -> SourceError:
        """The error for a response of an unexpected form."""
        return SourceError(
            f"{self.key}: {reason}. The publisher may have changed its interface, or be down: try again "
            f"later, or download the files yourself and say `source: {{path: …}}` in params.yaml."
        )

    def _request_once(
        self, method: str, url: str, send: Callable[..., requests.Response], options: dict[str, Any]
    ) -> requests.Response:
        if (method, url) not in self._answers:
            try:
                self._answers[method, url] = send(url, **options)
            except NoNetworkError:
                raise  # the same for all datasets
            except SourceError as error:
                raise SourceError(f"{self.key}: {error}") from error
        return self._answers[method, url]


def json_document(response: requests.Response) -> Any:
    """The JSON document of a response; null for a response in another format."""
    try:
        return parse_json(response.content)
    except ValueError:
        return None


def checksum(algorithm: object, value: object) -> str | None:
    """A checksum in the notation of locks; null for an invalid one."""
    name, digits = str(algorithm or "").lower().replace("-", ""), str(value or "").lower()
    is_valid = len(digits) == DIGEST_DIGITS.get(name) and re.fullmatch(r"[0-9a-f]+", digits)
    return f"{name}:{digits}" if is_valid else None


def size(value: object) -> int | None:
    """A number of bytes; null for an invalid one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if isinstance(value, bool) else parse_byte_count(str(value))


def text(value: object) -> str | None:
    """Text on one line; null for an empty one or another type."""
    if not isinstance(value, str | int | float):
        return None
    return " ".join(str(value).encode(errors="replace").decode().split()) or None  # JSON can hold lone surrogates


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """The texts among values."""
    return tuple(word for value in values if (word := text(value)))


def year(value: object) -> int | None:
    """The year that a date begins with; null without one."""
    match = re.match(r"\s*(\d{4})\b", str(value or ""))
    return int(match.group(1)) if match else None


def _excerpt(response: requests.Response) -> str:
    start = response.content[:5000].decode(errors="replace")  # `text` would guess the encoding of the whole body
    title = re.search(r"<title[^>]*>([^<]*)", start, re.IGNORECASE)
    return f"“{' '.join((title.group(1) if title else start)[:60].split())}”"
