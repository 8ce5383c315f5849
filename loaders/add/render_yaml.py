"""An entry as text, with the reason of each guess as a comment above it."""

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
CITE = "cite: the DOI of the paper, say 10.1038/sdata.2016.106"


def render(draft: Draft) -> str:
    """The entry in YAML, not indented, with a newline at the end.

    Raises:
        SettingsError: what was written does not read back as what was meant.
    """
    entry = CommentedMap()
    for name, branch in draft.settings.items():
        if isinstance(branch, Guess):
            _put(entry, name, branch, INDENT)
        else:
            entry[name] = CommentedMap()
            for part, guess in branch.items():
                _put(entry[name], part, guess, 2 * INDENT)
    document = CommentedMap({draft.key: entry})
    comments = [*draft.notes, *([] if "cite" in draft.settings else [CITE])]
    text = "".join(f"{line}\n" for comment in comments for line in _comment(comment)) + _dumped(document)
    if not _is_text(draft.plain) or yaml.safe_load(text) != {draft.key: draft.plain}:
        raise SettingsError(
            f"{draft.key}: its entry cannot be written as YAML. Nothing was changed; write it yourself."
        )
    return text


def _put(branch: CommentedMap, name: str, guess: Guess, indent: int) -> None:
    branch[name] = _node(guess.value)
    if guess.reason:
        lines = [line.removeprefix("# ") for line in _comment(guess.reason)]
        branch.yaml_set_comment_before_after_key(name, before="\n".join(lines), indent=indent)


def _comment(text: str) -> list[str]:
    """Comment lines: text from outside cannot leave them."""
    return [f"# {line}" for line in textwrap.wrap(one_line(text), COMMENT_WIDTH, break_long_words=True)]


def _node(value: Any) -> Any:
    """A value as ruamel writes it: mappings and lists on one line, text quoted wherever it could mean anything else."""
    if isinstance(value, dict):
        found = CommentedMap({_node(name): _node(part) for name, part in value.items()})
        found.fa.set_flow_style()
        return found
    if isinstance(value, list | tuple):
        items = CommentedSeq(_node(part) for part in value)
        items.fa.set_flow_style()
        return items
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not _is_plain(value) else value


def _is_plain(text: str) -> bool:
    """Whether text is itself without quotes, for the reader of the settings: YAML 1.1, where `No` is false."""
    try:
        return text.isprintable() and bool(yaml.safe_load(f"[{text}]") == [text])
    except (yaml.YAMLError, ValueError, RecursionError):  # an impossible date, a thousand brackets
        return False


def _is_text(values: Any) -> bool:
    """Whether all text in a value can be written to a file: half of a surrogate pair cannot."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _dumped(document: CommentedMap) -> str:
    """As YAML, without anything that a terminal would obey: such characters stand in quoted text only, escaped."""
    writer = YAML()
    writer.indent(mapping=INDENT)
    writer.width = 1 << 20
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(document, stream)
    return "".join(_escaped(character) for character in stream.getvalue())


def _escaped(character: str) -> str:
    return character if character.isprintable() or character == "\n" else f"\\U{ord(character):08x}"
