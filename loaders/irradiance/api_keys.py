"""API keys of providers: read from the environment, hidden everywhere else."""

import re
from collections.abc import Mapping, Sequence

from loaders.core.errors import SourceError
from loaders.core.known_secrets import hide_secrets, register_secrets


def require_api_keys(names: Sequence[str], environment: Mapping[str, str], where: str) -> list[str]:
    """Read the keys of a provider and register them for redaction from messages and logs.

    Raises:
        SourceError: a key is missing from the environment, or malformed.
    """
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
