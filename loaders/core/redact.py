"""Redaction of credentials in messages, logs, tracebacks, lineage events and files.

Hidden are user and password of an address, a query that may give access, a named parameter (`token=…`), a header
(`Authorization: …`), and every secret in the environment. Host and path stay.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from loaders.core.known_secrets import HIDDEN, KEY_LENGTH, NAME_WORDS, WORD_LENGTH, hide_secrets, known_secrets

SECRET_NAME = re.compile(NAME_WORDS, re.IGNORECASE)
# whole names in queries, with another meaning in prose
_IN_QUERIES = frozenset({"key", "sig", "sign", "auth", "policy", "pass", "sas", "hdnts", "hdnea"})
# whole names that are secret with a long value only: an Azure function's code, not a country's code
_NAMES_OF_LONG_VALUES = frozenset({"code", "expires", "ticket", "hash", "k", "sid", "se"})
_MINIMUM_LENGTHS = {"expires": 9, "se": 10}  # timestamps; for others, the length of a key

# credentials with a recognisable form
_KEY_SHAPES = (
    r"eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"  # JSON Web Token, RFC 7519
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\b(?:gh[opsur]|hf|npm|[sr]k_(?:live|test))_(?=[a-z]*\d|[a-z]*[A-Z])[A-Za-z0-9]{16,}"  # hf_farms_2020 is no key
    r"|\b(?:github_pat_|glpat-|pypi-AgE|xox[abprs]-)[\w-]{10,}"
    r"|\bAIza[\w-]{35}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)"
)
_KEY_SHAPE = re.compile(_KEY_SHAPES)

_HEADER = r"(?:x|private|ocp)-[\w-]{0,40}(?:key|token)"
_SCHEME = r"(?:Bearer|Basic|Digest|Negotiate|Token|OAuth|ApiKey|AWS)"
# also followed by a colon in prose: hidden only before a value that looks like a key
_PROSE_NAME = r"(?<![\w.-])(?:token|passw(?:or)?d|secret|(?:api|access|secret)[ _-]?key)"
_NAME = rf"(?<![\w.-])[\w.-]{{0,40}}?(?:{NAME_WORDS})[\w.-]{{0,40}}"
_VALUE = r"(?!\d{1,5}(?![\w.%-]))(?:'[^']*'|\"[^\"]*\"|(?:(?!%(?:25)*26)[^\s&;,'\"<>)\]}])+)"  # a count is no secret
_EQUALS = r"(?:=|%(?:25)*3D)"
_PATTERNS = (
    # user:password@host, also in an address within another one
    (
        re.compile(r"((?<![\w/.)%-])//)(?:[^\s/?#'\"<>]*|[^\s/@:'\"<>]{0,100}:(?!\d+/)[^\s,<>]{0,300})@"),
        rf"\1{HIDDEN}@",
    ),
    (
        re.compile(r"(%(?:25)*3A%(?:25)*2F%(?:25)*2F)(?:(?!%(?:25)*2F)[^\s/&?#'\"])*?%(?:25)*40", re.IGNORECASE),
        rf"\1{HIDDEN}%40",
    ),
    # a header
    (re.compile(rf"({_HEADER}['\"]?\s*:\s*)[^\r\n]+", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(
            rf"((?:authorization|cookie)['\"]?\s*:\s*)(?=[^\r\n]{{0,200}}[\d=]|\W*{_SCHEME}\b)[^\r\n]+", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(rf"({_PROSE_NAME}['\"]?\s*:\s*)(?=\S*\d)(?=\S*[a-z])[\w+/=.~-]{{8,}}", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(r"\b((?:Bearer|Basic|Digest|Negotiate|Token)\s+)(?=\S*[\d=])[\w+/.~=-]{8,}", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # name=value, and "name": "value"
    (re.compile(rf"({_NAME}['\"]?\s*{_EQUALS}\s*){_VALUE}", re.IGNORECASE), rf"\1{HIDDEN}"),
    (
        re.compile(rf"((?:[?&;]|%(?:25)*(?:3F|26))(?:sig|sign|policy|sas|pass){_EQUALS}){_VALUE}", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(rf"({_NAME}\\*['\"]\s*:\s*(\\*['\"]))(?:(?!\2)(?:\\.|[^\\\r\n])){{0,500}}\2", re.IGNORECASE),
        rf"\1{HIDDEN}\2",
    ),
    # DuckDB's CREATE SECRET
    (re.compile(r"\b((?:SECRET|SESSION_TOKEN|KEY_ID|PASSWORD|TOKEN)\s+)'(?:[^']|'')*'"), rf"\1'{HIDDEN}'"),
    (_KEY_SHAPE, HIDDEN),
)
_ADDRESS = re.compile(r"((?:\b[a-z][a-z0-9+.-]{1,20}:/)?/[^\s?#'\"<>]{0,1000})([?#])([^\s'\"<>]+)", re.IGNORECASE)
# values too short for a key (download=1), or of words: application/json
_WORD = r"(?:[A-Z]{1,8}|\d{1,8}|[A-Z]?[a-z]{1,20}(?:[A-Z][a-z]{1,20}){0,4})"
_HARMLESS = re.compile(rf"[\w.,:-]{{0,12}}|[/$]{{0,2}}{_WORD}(?:[ /.:,_-]\$?{_WORD}){{0,11}}")


def redact(text: str) -> str:
    """A text without credentials."""
    text = hide_secrets(text, known_secrets())
    text = _ADDRESS.sub(_without_query, text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_all(value: Any) -> Any:
    """Redact every text in nested lists and dictionaries; the value under a secret's name is hidden whole."""
    if isinstance(value, dict):
        return {key: HIDDEN if _is_secret(key, item) else redact_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_all(item) for item in value]
    return redact(value) if isinstance(value, str) else value


def redacted_url(url: str) -> str:
    """An address for messages and logs: scheme, host and path."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return redact(url)
    return redact(f"{parts.scheme}://{host}{parts.path}") if host else redact(url)


def credential_in(url: str) -> str | None:
    """What kind of credential an address holds, without its value; null without one."""
    address, _, fragment = url.partition("#")
    base, _, query = address.partition("?")
    if "@" in re.sub(r"^\w+:", "", base).removeprefix("//").partition("/")[0] and "//" in base:
        return "a user name or password"
    parameters = [pair for part in (query, fragment, base.partition(";")[2]) for pair in _parameters(part)]
    names = [name for name, value in parameters if _gives_access(name, value)]
    if names:
        return min(name.lower() for name in names)
    if _KEY_SHAPE.search(unquote(url)):
        return "what looks like a key or a token"
    long_secrets = (secret for secret in known_secrets() if len(secret) >= WORD_LENGTH)
    return "a secret of the environment" if hide_secrets(url, long_secrets) != url else None


def without_credential(url: str) -> str:
    """An address without its user, query and fragment if one of them is a credential; else unchanged."""
    if credential_in(url) is None:
        return url
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().partition(";")[0]
    return bare if credential_in(bare) is None else redacted_url(bare)


def _parameters(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text.replace(";", "&"), keep_blank_values=True)


def _gives_access(name: str, value: str) -> bool:
    name = name.lower()
    if SECRET_NAME.search(name) or name in _IN_QUERIES:
        return True
    return name in _NAMES_OF_LONG_VALUES and len(value) >= _MINIMUM_LENGTHS.get(name, KEY_LENGTH)


def _is_secret(name: object, value: object) -> bool:
    return isinstance(value, str) and isinstance(name, str) and bool(SECRET_NAME.search(name))


def _without_query(match: re.Match[str]) -> str:
    """Redact the query of an address in a text, unless every parameter is harmless."""
    address, separator, tail = match.groups()
    query = tail.rstrip(".,;:)]}")
    pairs = _parameters(query.replace("#", "&"))
    is_harmless = all(not _gives_access(name, value) and _HARMLESS.fullmatch(value or name) for name, value in pairs)
    is_of_a_file = "://" not in address and (separator == "#" or "=" not in query)  # a folder called C#
    if query == HIDDEN or not query or (pairs and is_harmless) or is_of_a_file:
        return match.group()
    return f"{address}{separator}{HIDDEN}{tail[len(query) :]}"
