"""API keys of providers: read from the environment, hidden everywhere else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loaders.core.errors import SourceError
from loaders.core.known_secrets import hide_secrets, register_secrets


@dataclass(frozen=True, slots=True)
class RequiredKeys:
    """The variables with the keys of a provider, and where to get one."""

    names: tuple[str, ...] = ()
    advice: str = ""


REQUIRED_KEYS: Mapping[str, RequiredKeys] = {
    "nsrdb": RequiredKeys(
        ("NSRDB_API_KEY", "NSRDB_EMAIL"), "The NSRDB gives a key to everybody: https://developer.nlr.gov/signup/."
    ),
    "google_solar": RequiredKeys(
        ("GOOGLE_SOLAR_API_KEY",),
        "Google gives keys out: https://developers.google.com/maps/documentation/solar/get-api-key.",
    ),
}


def require_api_keys(provider: str, environment: Mapping[str, str]) -> list[str]:
    """Read the keys of a provider, if it needs any, and register them for redaction from messages and logs.

    Raises:
        SourceError: a key is missing from the environment, or malformed.
    """
    required = REQUIRED_KEYS.get(provider, RequiredKeys())
    names, where = required.names, required.advice
    keys = {name: environment.get(name, "").strip() for name in names}
    missing = [name for name, value in keys.items() if not value]
    if missing:
        raise SourceError(f"{' and '.join(missing)} must be in the environment. {where}")
    malformed = [name for name, value in keys.items() if not re.fullmatch(r"[!-~]{4,}", value)]
    if malformed:  # not valid in a header, and the error would show it
        raise SourceError(f"{' and '.join(malformed)} in the environment is not what such a thing looks like. {where}")
    register_secrets(keys.values())
    return list(keys.values())


def redact_body(body: bytes, secrets: Sequence[str]) -> bytes:
    """A response body without secrets that it echoes; unchanged, byte for byte, if it has none."""
    text = body.decode(errors="replace")
    clean = hide_secrets(text, secrets)
    return body if clean == text else clean.encode()
