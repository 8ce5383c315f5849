"""API keys of providers: read from the environment, hidden everywhere else."""

import re
from collections.abc import Mapping, Sequence

from loaders.core.errors import SourceError
from loaders.core.known_secrets import hide_secrets, register_secrets


def required(names: Sequence[str], environment: Mapping[str, str], where: str) -> list[str]:
    """The keys that a provider needs; no message and no log shows them from now on.

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
    register_secrets(found.values())
    return list(found.values())


def without_in(body: bytes, secrets: Sequence[str]) -> bytes:
    """An answer without these secrets, which it may repeat; one that shows none stays as it is, byte for byte."""
    text = body.decode(errors="replace")
    clean = hide_secrets(text, secrets)
    return body if clean == text else clean.encode()
