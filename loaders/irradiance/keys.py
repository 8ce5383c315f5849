"""Keys of providers: from the environment, and shown to nobody."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import quote, quote_plus

from loaders.errors import SourceError

# they repeat addresses, with their queries
WEB_LOGS = ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.response", "urllib3.util.retry")


def required(names: Sequence[str], environment: Mapping[str, str], where: str) -> list[str]:
    """The keys that a provider needs.

    Raises:
        SourceError: one is not in the environment, or cannot be one.
    """
    found = {name: environment.get(name, "").strip() for name in names}
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise SourceError(f"{' and '.join(missing)} must be in the environment. {where}")
    odd = [name for name, value in found.items() if not re.fullmatch(r"[!-~]{4,}", value)]
    if odd:  # a header cannot carry it, and the error would show it
        raise SourceError(f"{' and '.join(odd)} in the environment is not what such a thing looks like. {where}")
    return list(found.values())


def without(secrets: Sequence[str], text: str) -> str:
    """A text that shows no secret, however it is quoted."""
    for secret in secrets:
        for form in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret)):
            text = re.sub(re.escape(form), "…", text, flags=re.IGNORECASE)
    return text


def without_in(secrets: Sequence[str], body: bytes) -> bytes:
    """As `without`; what shows none stays as it is, byte for byte."""
    text = body.decode(errors="replace")
    clean = without(secrets, text)
    return body if clean == text else clean.encode()


@contextmanager
def silent_about(secrets: Sequence[str]) -> Iterator[None]:
    """While it lasts, the log of requests shows no secret: see WEB_LOGS."""

    def cleaned(record: logging.LogRecord) -> bool:
        record.msg, record.args = without(secrets, record.getMessage()), ()
        return True

    loggers = [logging.getLogger(name) for name in WEB_LOGS]
    for logger in loggers:
        logger.addFilter(cleaned)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(cleaned)
