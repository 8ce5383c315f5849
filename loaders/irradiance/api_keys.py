"""API keys of providers: read from the environment, hidden everywhere else."""

import re
from collections.abc import Mapping, Sequence

from loaders.core.errors import SourceError
from loaders.core.redact import remember, without


def require_api_keys(names: Sequence[str], environment: Mapping[str, str], where: str) -> list[str]:
    """The keys that a provider needs; no message and no log shows them from now on.

    Raises:
        SourceError: one is not in the environment, or cannot be one.
    """
    keys = {name: environment.get(name, "").strip() for name in names}
    missing = [name for name, value in keys.items() if not value]
    if missing:
        raise SourceError(f"{' and '.join(missing)} must be in the environment. {where}")
    malformed = [name for name, value in keys.items() if not re.fullmatch(r"[!-~]{4,}", value)]
    if malformed:  # a header cannot carry it, and the error would show it
        raise SourceError(f"{' and '.join(malformed)} in the environment is not what such a thing looks like. {where}")
    remember(keys.values())
    return list(keys.values())


def redact_body(body: bytes, secrets: Sequence[str]) -> bytes:
    """An answer without these secrets, which it may repeat; one that shows none stays as it is, byte for byte."""
    text = body.decode(errors="replace")
    clean = without(text, secrets)
    return body if clean == text else clean.encode()
