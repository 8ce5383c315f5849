"""Add an entry to `params.yaml` and leave every other byte of it as it is."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node

from loaders.add.draft import Draft
from loaders.add.render_yaml import render
from loaders.core.errors import SettingsError
from loaders.settings.params import read_settings

PASTE = "Nothing was changed. Paste the entry yourself below `datasets:`"


def add_entry(path: Path, draft: Draft) -> int:
    """Write an entry at the end of `datasets`; the file is replaced as one step, or not at all.

    Args:
        path: of `params.yaml`.
        draft: the entry.

    Returns:
        The line that the entry's key stands in.

    Raises:
        SettingsError: the settings with the entry would be refused, or mean something else than before.
    """
    path = path.resolve()
    before = path.read_bytes()
    text = before.decode("utf-8")
    place, indent = _end_of_datasets(text, path.name)
    added = _block(text, place, indent, render(draft))
    after = text[:place] + added + text[place:]
    aside = path.with_name(f".{path.name}.partial")
    try:
        aside.write_bytes(after.encode("utf-8"))
        _require_only_added(aside, path.name, before, draft)
        shutil.copymode(path, aside)
        if path.read_bytes() != before:
            raise SettingsError(f"{path.name} was changed by somebody else meanwhile. Nothing was written; try again.")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return after[: place + added.index(f"{draft.key}:")].count("\n") + 1


def _require_only_added(aside: Path, name: str, before: bytes, draft: Draft) -> None:
    """Raises a SettingsError where the settings would mean anything else than before, apart from the new entry."""
    expected: dict[str, Any] = yaml.safe_load(before.decode("utf-8"))
    expected["datasets"][draft.key] = draft.plain
    try:
        read_settings(aside)
    except SettingsError as error:
        raise SettingsError(str(error).replace(aside.name, name)) from error
    if yaml.safe_load(aside.read_text(encoding="utf-8")) != expected:
        raise SettingsError(f"The settings would mean something else with {draft.key} among them. {PASTE}.")


def _end_of_datasets(text: str, name: str) -> tuple[int, int]:
    """Where a further entry begins (a position in the text), and how far entries are indented."""
    datasets = _datasets(YAML(pure=True).compose(io.StringIO(text, newline="")))
    if not isinstance(datasets, MappingNode) or datasets.flow_style or not datasets.value:
        raise SettingsError(f"{name}: expected datasets: with one entry below the other. {PASTE}.")
    indent: int = datasets.value[0][0].start_mark.column
    place = _line_end(text, _last_content(datasets, text))
    return _after_comments(text, place, indent), indent


def _after_comments(text: str, place: int, indent: int) -> int:
    """Behind the comments at the end of the last entry, which are indented as it is."""
    while found := re.match(rf"(?:[ \t]*\r?\n)* {{{indent},}}#[^\n]*(?:\n|\Z)", text[place:]):
        place += found.end()
    return place


def _datasets(document: Node | None) -> Node | None:
    if not isinstance(document, MappingNode):
        return None
    return next((value for key, value in document.value if key.value == "datasets"), None)


def _last_content(node: Node, text: str) -> int:
    """Where the last value below a node ends; its mark would be behind the comments that follow."""
    if not isinstance(node, CollectionNode):
        return len(text[: node.end_mark.index].rstrip()) if node.value else 0  # the mark of nothing is anywhere
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    key, value = last if isinstance(last, tuple) else (None, last)
    return max(_last_content(value, text), key.end_mark.index if key is not None else 0)


def _line_end(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found + 1


def _block(text: str, place: int, indent: int, entry: str) -> str:
    """The entry, indented, a blank line before it, with the line ends of the file."""
    newline = "\r\n" if "\r\n" in text[:place] else "\n"
    opening = "" if text[:place].endswith("\n") else newline
    lines = [f"{' ' * indent}{line}" if line else "" for line in entry.removesuffix("\n").split("\n")]
    return f"{opening}{newline}{newline.join(lines)}{newline}"
