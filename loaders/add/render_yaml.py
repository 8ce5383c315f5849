"""Renders a draft as YAML, with the reason of each guess as a comment above it."""

import io
import json
import textwrap
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from loaders.add.draft import Draft, Guess
from loaders.core.errors import SettingsError
from loaders.core.escape import one_line

INDENT, COMMENT_WIDTH = 2, 96
CITE_NOTE = "cite: the DOI of the paper, say 10.1038/sdata.2016.106"


def render(draft: Draft) -> str:
    """The entry in YAML, not indented, with a newline at the end.

    Raises:
        SettingsError: the text does not parse back to the draft.
    """
    entry = CommentedMap()
    for name, branch in draft.settings.items():
        if isinstance(branch, Guess):
            _put_guess(entry, name, branch, INDENT)
        else:
            entry[name] = CommentedMap()
            for part, guess in branch.items():
                _put_guess(entry[name], part, guess, 2 * INDENT)
    document = CommentedMap({draft.key: entry})
    comments = [*draft.notes, *([] if "cite" in draft.settings else [CITE_NOTE])]
    text = "".join(f"{line}\n" for comment in comments for line in _comment(comment)) + _dump(document)
    if not _is_text(draft.entry) or yaml.safe_load(text) != {draft.key: draft.entry}:
        raise SettingsError(
            f"{draft.key}: its entry cannot be written as YAML. Nothing was changed; write it yourself."
        )
    return text


def _put_guess(branch: CommentedMap, name: str, guess: Guess, indent: int) -> None:
    branch[name] = _node(guess.value)
    if guess.reason:
        lines = [line.removeprefix("# ") for line in _comment(guess.reason)]
        branch.yaml_set_comment_before_after_key(name, before="\n".join(lines), indent=indent)


def _comment(text: str) -> list[str]:
    """Comment lines, from which foreign text cannot break out."""
    return [f"# {line}" for line in textwrap.wrap(one_line(text), COMMENT_WIDTH, break_long_words=True)]


def _node(value: Any) -> Any:
    """A value for ruamel: mappings and lists on one line, text quoted wherever YAML could misread it."""
    if isinstance(value, dict):
        mapping = CommentedMap({_node(name): _node(part) for name, part in value.items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        sequence = CommentedSeq(_node(part) for part in value)
        sequence.fa.set_flow_style()
        return sequence
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not _is_plain(value) else value


def _is_plain(text: str) -> bool:
    """Whether unquoted text parses as itself in YAML 1.1, where `No` is false."""
    try:
        return text.isprintable() and bool(yaml.safe_load(f"[{text}]") == [text])
    except (yaml.YAMLError, ValueError, RecursionError):  # an impossible date, a thousand brackets
        return False


def _is_text(values: Any) -> bool:
    """Whether all text in a value can be encoded: a lone surrogate cannot."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _dump(document: CommentedMap) -> str:
    """YAML without control characters: they occur in quoted text only, and are escaped."""
    writer = YAML()
    writer.indent(mapping=INDENT)
    writer.width = 1 << 20
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(document, stream)
    return "".join(_escape(character) for character in stream.getvalue())


def _escape(character: str) -> str:
    return character if character.isprintable() or character == "\n" else f"\\U{ord(character):08x}"
