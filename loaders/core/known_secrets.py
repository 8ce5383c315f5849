"""Secrets of this process: from the environment or registered, matched in every form in which a text may quote them."""

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

from loaders.core.escape import sql_text

HIDDEN = "***"

# words in the names of secret parameters and variables
NAME_WORDS = (
    r"token|secret|passw|passphrase|pwd|signature|credential|jwt|cookie|hmac|bearer|authorization|session[_-]?id"
    r"|(?:api|access|auth|account|private|shared|subscription|signing|encryption|license)[_-]?key|key[_-]?pair[_-]?id"
    r"|access[_-]?id"
)
KEY_LENGTH = 16

_USER = r"([^\s/:@]*:(?!\d+/)\S+|[^\s/:@]+)"  # a password may hold / and @; a port is followed by a path

_NAMED_VALUE = re.compile(rf"(?:{NAME_WORDS})[\w-]{{0,40}}\s*=\s*([^\s;&'\"]+)", re.IGNORECASE)

_MIN_SECRET_LENGTH = 4  # characters; shorter secrets occur in other words by chance
WORD_LENGTH = 8  # shorter secrets are hidden as whole words only
_COMMON_WORDS = frozenset({"true", "false", "none", "null", "auto", "always", "never"})
# KEY alone is a dataset's key, which make passes on: make update KEY=farms
_VARIABLE = re.compile(rf"{NAME_WORDS}|(?:^|_)(?:pass|auth|sas|sig|pat)(?:_|$)|\wkey(?:s|_id)?$", re.IGNORECASE)
_NO_VARIABLE = re.compile(r"^(?:OLD)?PWD$|_(?:FILE|PATH|DIR|SOCK)$|^PATH$", re.IGNORECASE)
_registered_secrets: set[str] = set()


def hide_secrets(text: str, secrets: Iterable[str]) -> str:
    """Replace these secrets in a text, however they are quoted in it."""
    forms = _secrets_pattern(tuple(secrets))
    return forms.sub(HIDDEN, text) if forms else text


def register_secrets(secrets: Iterable[str]) -> None:
    """Make `redact` hide these too: secrets that this process received in another way."""
    _registered_secrets.update(secrets)


def known_secrets() -> tuple[str, ...]:
    """The secrets of the environment, and those that were registered."""
    return (*_environment_secrets(tuple(os.environ.items())), *sorted(_registered_secrets))


@lru_cache(maxsize=8)
def _environment_secrets(environment: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """The secrets in an environment: variables called so, and passwords in addresses and in connection strings."""
    secrets: set[str] = set()
    for name, value in environment:
        if _VARIABLE.search(name) and not _NO_VARIABLE.search(name) and not _is_file(value):
            secrets |= {value, value.strip(), *(line for line in value.splitlines() if len(line) > KEY_LENGTH)}
        secrets |= _user_info(value, is_proxy="proxy" in name.lower())
        secrets |= set(_NAMED_VALUE.findall(value))
    return tuple(sorted(secrets))


def _is_file(value: str) -> bool:
    """Whether a variable names a file that holds the secret, rather than the secret."""
    try:
        return Path(value).exists()
    except OSError:  # too long for a file name
        return False


def _user_info(value: str, *, is_proxy: bool) -> set[str]:
    """What an address tells of a user: the password, or the name where that is all."""
    match = re.search(rf"://{_USER}@", value) or (re.match(rf"{_USER}@", value) if is_proxy else None)
    if match is None:
        return set()
    user, colon, password = match[1].partition(":")
    secret = password if colon else user
    plain = f"{unquote(user)}:{unquote(password)}"
    return {secret, unquote(secret), b64encode(plain.encode()).decode()}


@lru_cache(maxsize=64)
def _secrets_pattern(secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    """Finds secrets in every form in which a text may quote them, the longest first."""
    forms = {form for secret in secrets if _is_worth_hiding(secret) for form in _quoted_forms(secret)}
    parts = (
        re.escape(form) if len(form) >= WORD_LENGTH else rf"(?<!\w){re.escape(form)}(?!\w)"
        for form in sorted(forms, key=lambda form: (-len(form), form))
    )
    return re.compile("|".join(parts), re.IGNORECASE) if forms else None


def _is_worth_hiding(secret: str) -> bool:
    is_number = secret.isdecimal() and len(secret) < _MIN_SECRET_LENGTH + 2
    return len(secret) >= _MIN_SECRET_LENGTH and secret.lower() not in _COMMON_WORDS and not is_number


def _quoted_forms(secret: str) -> set[str]:
    plain = {secret, repr(secret)[1:-1], sql_text(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return plain | {quote(secret, safe=""), quote(secret), quote_plus(secret), " ".join(secret.split())}
