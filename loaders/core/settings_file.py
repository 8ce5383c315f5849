"""The file in which a dataset stands, for messages: the user's own ones stand in `local/params.yaml`."""

import re
from collections.abc import Iterable

SHARED_FILE, OWN_FILE = "params.yaml", "local/params.yaml"
_own_keys: set[str] = set()
_SENTENCE = re.compile(r"[^.;:]*(?:[.;:](?!\s)[^.;:]*)*[.;:]?\s*")
_SHARED_SETTING = re.compile(
    r"\b(?:download|licences|boundaries|irradiance|dedup|energy|ducklake)\b|\binclude_(?:status|technology)\b|^max_mb\b"
)
_BARE_FILE = re.compile(rf"(?<![\w/]){re.escape(SHARED_FILE)}")


def register_own_datasets(keys: Iterable[str]) -> None:
    """Note which datasets stand in the user's own file."""
    _own_keys.clear()
    _own_keys.update(keys)


def with_settings_file(message: str) -> str:
    """A message about one of the user's own datasets, with the file in which that stands."""
    if SHARED_FILE not in message or not any(_is_about(key, message) for key in _own_keys):
        return message
    return "".join(map(_with_own_file, _SENTENCE.findall(message)))


def _is_about(key: str, message: str) -> bool:
    return message.startswith(f"{key}: ") or re.search(rf"\bdatasets\.{re.escape(key)}\b", message) is not None


def _with_own_file(sentence: str) -> str:
    return sentence if _SHARED_SETTING.search(sentence) else _BARE_FILE.sub(OWN_FILE, sentence)
