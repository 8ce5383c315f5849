"""Meanings of settings, as the docstrings of their models state them."""

import inspect
import re

from pydantic import BaseModel

ENTRY = re.compile(r"^ {4}(\w+(?:, \w+)*): (.*)$")


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """The meaning of each setting of a model, inherited ones included."""
    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        if issubclass(parent, BaseModel) and parent is not BaseModel:
            found |= _attributes(inspect.cleandoc(parent.__doc__ or ""))
    return {name: found[name] for name in model.model_fields if name in found}


def summary(model: type[BaseModel]) -> str:
    """The first paragraph of the docstring of a model."""
    return " ".join(inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0].split())


def _attributes(docstring: str) -> dict[str, str]:
    """The section Attributes; names that share a line share their meaning."""
    found: dict[str, str] = {}
    names: tuple[str, ...] = ()
    for line in docstring.partition("\nAttributes:\n")[2].splitlines():
        if entry := ENTRY.match(line):
            names = tuple(entry[1].split(", "))
            found |= dict.fromkeys(names, entry[2])
        else:
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
    return found
