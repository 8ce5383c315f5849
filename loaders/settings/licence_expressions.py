"""SPDX licence expressions such as `CC-BY-4.0 AND ODbL-1.0`; license-expression knows the names and the grammar."""

import difflib
import re
from functools import lru_cache
from importlib import import_module
from typing import Any

OWN_PREFIX = "LicenseRef-"  # SPDX's way to name a licence that it does not list
OPERATORS = frozenset({"AND", "OR", "WITH"})
NAME = re.compile(r"[A-Za-z0-9.+-]+")
LONGEST, MOST_OPERATORS = 200, 8  # characters, and words; the choices of an expression grow exponentially
LIKENESS = 0.75


def is_expression(text: str) -> bool:
    """Whether a text has the form of an expression: one name, or names with operators between them."""
    words = text.replace("(", " ").replace(")", " ").split()
    if not all(map(NAME.fullmatch, words)) or not text.isascii() or len(text) > LONGEST:
        return False
    operators = sum(word in OPERATORS for word in words)
    return len(words) == 1 or 1 <= operators <= MOST_OPERATORS


def alternatives(text: str) -> list[list[str]]:
    """The names in an expression: any one list applies, and all licences in it; empty if it is none."""
    if not is_expression(text):
        return []
    licensing = _licensing()
    try:
        tree = licensing.dnf(licensing.parse(text))
    except _library().ExpressionError:
        return []
    choices = tree.args if isinstance(tree, licensing.OR) else [tree]
    return [sorted(map(str, each.args)) if isinstance(each, licensing.AND) else [str(each)] for each in choices]


def spdx_name(name: str) -> str | None:
    """The name of a licence as SPDX writes it; null if SPDX does not list it."""
    listed = _listed_names().get(name.casefold())
    return listed or (name if name.startswith(OWN_PREFIX) else None)


def nearest_name(name: str) -> str | None:
    """The name that SPDX lists and that is most like this one."""
    names = _listed_names()
    close = difflib.get_close_matches(name.casefold(), list(names), n=1, cutoff=LIKENESS)
    return names[close[0]] if close else None


def _library() -> Any:
    return import_module("license_expression")  # only when a name needs it: its index takes its time


@lru_cache(maxsize=1)
def _licensing() -> Any:
    return _library().get_spdx_licensing()


@lru_cache(maxsize=1)
def _listed_names() -> dict[str, str]:
    names = (name for name, symbol in _licensing().known_symbols.items() if not symbol.is_exception)
    return {name.casefold(): name for name in names if not name.startswith(OWN_PREFIX)}
