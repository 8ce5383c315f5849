"""Messages about invalid settings: the file, the key, the value, and the nearest valid one."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from loaders.core.escape import yaml_line
from loaders.core.redact import redact
from loaders.settings.expected import KEY_MARK, Expected

SettingPath = Sequence[str | int]
UNION_MEMBERS = frozenset({("str",), ("int",), ("float",), ("bool",)})
MAX_VALUE_CHARACTERS = 100
PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
NUMBER = re.compile(r"[+-]?[\d.,]+")


def unknown_name_message(name: str, known: Iterable[str], kind: str, file: str) -> str:
    """The message for an unknown name."""
    return f"{file}: there is no {kind} {name!r}. {_suggestion(name, sorted(known))}"


def invalid_settings_message(
    error: ValidationError, model: type[BaseModel], file_of: Callable[[SettingPath, str], str]
) -> str:
    """The message for all invalid settings, one per line.

    Args:
        error: with all problems.
        model: the settings.
        file_of: the name of the file in which a setting stands, by its path (empty if unknown) and its message.
    """
    # a value that may be of several types has one error for each of them
    problems = {problem["loc"]: problem for problem in map(_without_union_member, error.errors())}
    lines = {path: problem_message(problem, model) for path, problem in problems.items()}
    files = {path: file_of(path, line) for path, line in lines.items()}
    if len(lines) == 1:
        return "".join(f"{files[path]}: {line}" for path, line in lines.items())
    count = f"{len(lines)} settings cannot be used:"
    if len(set(files.values())) == 1:
        return "\n".join([f"{next(iter(files.values()))}: {count}", *(f"  {line}" for line in lines.values())])
    return "\n".join([count, *(f"  {files[path]}: {line}" for path, line in lines.items())])


def _without_union_member(problem: Any) -> dict[str, Any]:
    """The problem of a value that may be of several types, without the type that it is not."""
    if problem["loc"][-1:] not in UNION_MEMBERS or not problem["type"].endswith("_type"):
        return dict(problem)
    return {**problem, "loc": problem["loc"][:-1]}


def misplaced_entry(tree: yaml.Node | None) -> str:
    """The message for a dataset's entry below `not_loaded`; empty if there is none."""
    branches = {name.value: value for name, value in tree.value} if isinstance(tree, yaml.MappingNode) else {}
    not_loaded = branches.get("not_loaded")
    for name, entry in not_loaded.value if isinstance(not_loaded, yaml.MappingNode) else ():
        names = [setting.value for setting, _ in entry.value] if isinstance(entry, yaml.MappingNode) else []
        if "source" in names:
            line = name.start_mark.line + 1
            return f"{name.value} stands below `not_loaded:` (line {line}). Move it below `datasets:`."
    return ""


def duplicate_key(node: yaml.Node | None, path: str = "") -> str:
    """The first duplicate key of a YAML mapping, dotted; empty without one. YAML itself keeps the last value."""
    if not isinstance(node, yaml.MappingNode):
        return ""
    names: set[str] = set()
    for name, value in node.value:
        dotted_name = f"{path}.{name.value}".lstrip(".")
        if name.value in names:
            return dotted_name
        names.add(name.value)
        if nested := duplicate_key(value, dotted_name):
            return nested
    return ""


def problem_message(problem: Any, model: type[BaseModel]) -> str:
    """The message for one invalid setting: its path, its value, and what is expected."""
    path, value = problem["loc"], problem["input"]
    if problem["type"] == "value_error":
        text = str(problem["ctx"]["error"])
        found = f"; found {quoted(value)}" if text.startswith("give ") else ""
        return f"{dotted_name(path)}: {text}{found}.".removeprefix(": ")
    if path[-1:] == (KEY_MARK,):
        expected = _expected(model, path[:-2]).key()
        return f"{dotted_name(path[:-2])}: the name {quoted(value)} cannot be used; expected {expected.words()}."
    name = dotted_name(path) or "the file"
    if problem["type"] == "extra_forbidden":
        return f"{name} is not a setting. {_suggestion(str(path[-1]), _expected(model, path[:-1]).setting_names)}"
    expected = _expected(model, path)
    if problem["type"] == "missing":
        return f"{name} is missing; expected {expected.words()}."
    shown = _quoted_address(value) if expected.name == "url" and isinstance(value, str) else quoted(value)
    if expected.choices and isinstance(value, str):
        return f"{name} is {shown}. {_suggestion(value, expected.choices)}"
    return f"{name} is {shown}; expected {expected.words()}{_hint(value, expected)}."


def _expected(model: type[BaseModel], path: SettingPath) -> Expected:
    """What is expected at a path below the settings."""
    expected = Expected(model)
    for part in path:
        expected = expected.below(part)
    return expected


def dotted_name(path: SettingPath) -> str:
    """The path of a setting; parts that are no plain words are quoted."""
    parts = [str(part) for part in path if part != KEY_MARK]
    return ".".join(part if PLAIN_NAME.fullmatch(part) else quoted(part) for part in parts)


def quoted(value: object) -> str:
    """A value of the settings as YAML writes it, cut if long, without credentials."""
    if value is None or value == "":
        return "empty"
    text = repr(value) if isinstance(value, str) else yaml_line(value)
    return redact(text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…")


def _quoted_address(value: str) -> str:
    """A quoted address; its user is hidden even without `https://`."""
    return quoted(value) if "://" in value or not value else quoted(redact(f"//{value}").removeprefix("//"))


def _hint(value: object, expected: Expected) -> str:
    """How to write the value, where YAML takes it for another type."""
    if isinstance(value, bool) and expected.takes_text:
        return ". YAML takes a bare yes, no, on or off for true or false: put it in quotation marks"
    if isinstance(value, int | float | date) and expected.takes_text:
        return f". YAML takes it for {'a date' if isinstance(value, date) else 'a number'}: put it in quotation marks"
    if isinstance(value, str) and NUMBER.fullmatch(value) and not expected.takes_text:
        return ", without quotation marks"
    return ""


def _suggestion(name: str, known: Sequence[str]) -> str:
    if not known:
        return "There is no other."
    close_names = difflib.get_close_matches(name.lower(), [word.lower() for word in known], n=1, cutoff=0.5)
    nearest = next((word for word in known if close_names and word.lower() == close_names[0]), "")
    listing = ", ".join(known)
    return f"Did you mean {nearest}? Known: {listing}." if nearest else f"Known: {listing}."
