"""Adds an entry to `params.yaml` and leaves every other byte unchanged."""

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from loaders.add.draft import Draft
from loaders.add.render_yaml import render
from loaders.core.errors import SettingsError
from loaders.settings.documents import LOCAL_SETTINGS, own_datasets
from loaders.settings.params import read_settings

ENTRY_INDENT = 2
LOCAL_HEADER = """\
# Your own datasets. Git ignores this file; DVC and `make all` treat its entries as those of ../params.yaml, which
# explains them.
datasets:
"""
PASTE_ADVICE = "Nothing was changed. Paste the entry yourself below `datasets:`"


def add_entry(path: Path, draft: Draft, check: Callable[[Path], object] = read_settings) -> int:
    """Write an entry at the end of `datasets`; the file is replaced atomically.

    Args:
        path: of `params.yaml`.
        draft: the entry.
        check: of the new file; raises a SettingsError if it cannot be used.

    Returns:
        The line number of the entry's key.

    Raises:
        SettingsError: the settings with the entry are invalid, or another setting would change.
    """
    path = path.resolve()
    original = path.read_bytes()
    text = original.decode("utf-8")
    text = _without_empty_braces(text)
    position, indent = _end_of_datasets(text, path.name)
    block = _indented_block(text, position, indent, render(draft))
    updated = text[:position] + block + text[position:]
    temporary = path.with_name(f".{path.name}.partial")
    try:
        temporary.write_bytes(updated.encode("utf-8"))
        _require_only_added(temporary, path.name, original, draft, check)
        shutil.copymode(path, temporary)
        if path.read_bytes() != original:
            raise SettingsError(
                f"{path.name} was changed by another program meanwhile. Nothing was written; try again."
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return updated[: position + block.index(f"{draft.key}:")].count("\n") + 1


def add_local_entry(root: Path, draft: Draft) -> int:
    """Write an entry into the file of the user's own datasets, which is made where there is none.

    Args:
        root: of the project.
        draft: the entry.

    Returns:
        The line number of the entry's key.

    Raises:
        SettingsError: the settings with the entry are invalid, or another setting would change.
    """

    def check(temporary: Path) -> None:
        read_settings(root / "params.yaml", own_datasets(temporary))

    path = root / LOCAL_SETTINGS
    if path.exists() and own_datasets(path):
        return add_entry(path, draft, check)
    header = _header(path)
    text = _indented_block(header, len(header), ENTRY_INDENT, render(draft))
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.partial")
    try:
        temporary.write_text(header + text, encoding="utf-8")
        check(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return f"{header}{text[: text.index(f'{draft.key}:')]}".count("\n") + 1


def _header(path: Path) -> str:
    """The text above the first own dataset; comments of a file without entries stay."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    comments = re.sub(r"(?m)^datasets:[^\n]*$", "", text).strip()
    return f"{comments}\ndatasets:\n" if comments else LOCAL_HEADER


def _require_only_added(
    temporary: Path, name: str, original: bytes, draft: Draft, check: Callable[[Path], object]
) -> None:
    """Raise a SettingsError if any setting other than the new entry would change."""
    expected: dict[str, Any] = yaml.safe_load(original.decode("utf-8"))
    expected["datasets"][draft.key] = draft.entry
    try:
        check(temporary)
    except SettingsError as error:
        raise SettingsError(str(error).replace(temporary.name, name)) from error
    if yaml.safe_load(temporary.read_text(encoding="utf-8")) != expected:
        raise SettingsError(f"The settings would mean something else with {draft.key} among them. {PASTE_ADVICE}.")


def _without_empty_braces(text: str) -> str:
    """The text with `datasets:` for `datasets: {}`, as `eo-pv init` writes it: entries stand below it."""
    return re.sub(r"(?m)^datasets: *\{\}(?= *(#|\r?$))", "datasets:", text)


def _end_of_datasets(text: str, name: str) -> tuple[int, int]:
    """Position in the text for a new entry, and the indentation of entries."""
    datasets = _datasets_node(YAML(pure=True).compose(io.StringIO(text, newline="")))
    if match := re.search(r"(?m)^datasets: *(#[^\n]*)?\r?(\n|\Z)", text) if _is_blank(datasets) else None:
        return match.end(), ENTRY_INDENT
    if not isinstance(datasets, MappingNode) or datasets.flow_style or not datasets.value:
        raise SettingsError(f"{name}: expected datasets: with one entry below the other. {PASTE_ADVICE}.")
    indent: int = datasets.value[0][0].start_mark.column
    position = _line_end(text, _last_content(datasets, text))
    return _after_comments(text, position, indent), indent


def _after_comments(text: str, position: int, indent: int) -> int:
    """The position behind the comments of the last entry, which share its indentation."""
    while match := re.match(rf"(?:[ \t]*\r?\n)* {{{indent},}}#[^\n]*(?:\n|\Z)", text[position:]):
        position += match.end()
    return position


def _is_blank(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and not node.value


def _datasets_node(document: Node | None) -> Node | None:
    if not isinstance(document, MappingNode):
        return None
    return next((value for key, value in document.value if key.value == "datasets"), None)


def _last_content(node: Node, text: str) -> int:
    """Position at which the last value of a node ends; its own end mark is behind later comments."""
    if not isinstance(node, CollectionNode):
        return len(text[: node.end_mark.index].rstrip()) if node.value else 0  # an empty value has an arbitrary mark
    if node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    key, value = last if isinstance(last, tuple) else (None, last)
    return max(_last_content(value, text), key.end_mark.index if key is not None else 0)


def _line_end(text: str, position: int) -> int:
    newline = text.find("\n", position)
    return len(text) if newline < 0 else newline + 1


def _indented_block(text: str, position: int, indent: int, entry: str) -> str:
    """The entry, indented, after a blank line, with the line endings of the file."""
    newline = "\r\n" if "\r\n" in text[:position] else "\n"
    prefix = "" if text[:position].endswith("\n") else newline
    lines = [f"{' ' * indent}{line}" if line else "" for line in entry.removesuffix("\n").split("\n")]
    return f"{prefix}{newline}{newline.join(lines)}{newline}"
