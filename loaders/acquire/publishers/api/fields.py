"""Fields of a JSON response, read by name and type; the error for a missing or mistyped field names it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from loaders.acquire.publishers.api.session import PublisherSession, json_document, text
from loaders.core.errors import SourceError
from loaders.core.redact import redacted_url

MAX_VALUE_LENGTH = 60
IDENTIFIER = re.compile(r"[a-z0-9][\w.:~-]{0,199}", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fields:
    """An object of a response.

    Attributes:
        values: its fields.
        label: its name in errors: "item 6671c479 of ScienceBase".
        session: the publisher session.
    """

    values: dict[str, Any]
    label: str
    session: PublisherSession

    def text(self, name: str) -> str | None:
        """Text on one line; null if it is missing."""
        return text(self.values.get(name))

    def path(self, name: str) -> str:
        """A published path, without slashes around it; empty if it is missing.

        Raises:
            SourceError: it is no text.
        """
        value = self.values.get(name)
        if value is not None and not _is_text(value):
            raise self._type_error(name, "a path")
        return str(value or "").strip("/")

    def name(self, name: str) -> str:
        """A required name, as published.

        Raises:
            SourceError: it is missing, blank or no text.
        """
        value = self.values.get(name)
        if not _is_text(value) or not str(value).strip():
            raise self._type_error(name, "a name")
        return str(value)

    def identifier(self, name: str) -> str:
        """A required number or word that is safe in an address.

        Raises:
            SourceError: it is missing, or something else.
        """
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | str) or not IDENTIFIER.fullmatch(str(value)):
            raise self._type_error(name, "an identifier")
        return str(value)

    def number(self, name: str) -> int | None:
        """A count; null if it is missing.

        Raises:
            SourceError: it is no whole number.
        """
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self._type_error(name, "a whole number")
        return value

    def part(self, name: str) -> "Fields":
        """An object in it; one without fields where there is none.

        Raises:
            SourceError: it is no object.
        """
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            raise self._type_error(name, "an object")
        return Fields(value or {}, f"`{name}` of {self.label}", self.session)

    def required_part(self, name: str) -> "Fields":
        """An object that must be there.

        Raises:
            SourceError: it is missing, or no object.
        """
        if self.values.get(name) is None:
            raise self._type_error(name, "an object")
        return self.part(name)

    def parts(self, name: str) -> list["Fields"]:
        """A list of objects in it; empty where there is none.

        Raises:
            SourceError: it is no list, or holds something else.
        """
        value = self.values.get(name)
        if value is not None and not isinstance(value, list):
            raise self._type_error(name, "a list")
        return as_fields(value or [], f"`{name}` of {self.label}", self.session)

    def _type_error(self, name: str, expected: str) -> SourceError:
        value = abbreviate(self.values[name]) if name in self.values else "nothing"
        return self.session.unclear_answer(f"expected {expected} as `{name}` of {self.label}, found {value}")


def as_fields(values: Iterable[object], label: str, session: PublisherSession) -> list[Fields]:
    """A list of objects, as fields.

    Raises:
        SourceError: one of them is something else.
    """
    fields = []
    for position, value in enumerate(values, start=1):
        if not isinstance(value, dict):
            raise session.unclear_answer(
                f"expected an object as entry {position} of {label}, found {abbreviate(value)}"
            )
        fields.append(Fields(value, f"entry {position} of {label}", session))
    return fields


def get_object(url: str, label: str, session: PublisherSession) -> Fields:
    """The JSON object at an address.

    Raises:
        SourceError: there is none.
    """
    return Fields(session.json(url, label), label, session)


def get_list(url: str, label: str, session: PublisherSession) -> list[Fields]:
    """The JSON list of objects at an address.

    Raises:
        SourceError: there is none.
    """
    document = json_document(session.require_found(session.get(url), label))
    if not isinstance(document, list):
        raise session.unclear_answer(f"{redacted_url(url)} did not answer with a list in JSON")
    return as_fields(document, label, session)


def _is_text(value: object) -> bool:
    """Whether it is text that UTF-8 can encode; JSON can hold lone surrogates."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def abbreviate(value: object) -> str:
    """A value as abbreviated JSON, for an error message."""
    try:
        text = json.dumps(value, ensure_ascii=not _is_text(value))
    except (ValueError, TypeError, RecursionError):
        return "what cannot be shown"
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[:MAX_VALUE_LENGTH]}…"
