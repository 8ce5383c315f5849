"""Messages for files that are not YAML: what is wrong, the lines around it, and a mark under the column."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

LINES_BEFORE = 2  # shown above a line with an error
# by a part of PyYAML's own words, which speak of its parser
FAULTS = {
    "cannot start any token": "a tab, or a mark such as @ or `, that YAML does not allow here. Indent with spaces, and "
    "put such a text in quotation marks",
    "while scanning a quoted scalar": "a quotation mark is never closed",
    "mapping values are not allowed": "a colon that YAML does not allow here. Put the text in quotation marks, or "
    "correct the indentation",
    "could not find expected ':'": "a name without its colon",
    "flow sequence": "a list in [ ] is not closed, or a comma is missing",
    "flow mapping": "a list in { } is not closed, or a comma is missing",
    "block mapping": "the indentation does not fit the lines above, or a colon is missing",
    "block collection": "the indentation does not fit the lines above, or a dash is missing",
    "undefined alias": "an alias (`*name`) without its `&name`. Put a text that begins with * in quotation marks",
    "expected alphabetic": "a text that begins with * or &. Put it in quotation marks",
    "expected a single document": "a line `---` that begins another document. Remove it",
}
MAX_LINE = 100  # characters that are shown of a line
TOO_DEEP = "it is nested too deep, or a branch contains itself (an alias such as `*name` below its own `&name`)."


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text; both numbers count from 0."""

    line: int
    column: int


def decode(content: bytes) -> str:
    """The text of a file.

    Raises:
        ValueError: it is not UTF-8; the message names the line.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"is not text in UTF-8 (line {line}). Save it as UTF-8") from error


def yaml_problem(error: Exception, text: str) -> str:
    """Why a text is not YAML."""
    if isinstance(error, RecursionError):
        return TOO_DEEP
    if isinstance(error, ReaderError):
        code = ord(error.character) if isinstance(error.character, str) else error.character
        line = text.count("\n", 0, error.position) + 1
        return f"line {line} holds the character U+{code:04X}, which no text has. Remove it."
    if isinstance(error, ConstructorError) and error.problem_mark and "tag" in str(error.problem):
        return _with_lines("a tag (`!name`) that settings cannot have", _place(error.problem_mark), text)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        said = f"{error.context or ''} {error.problem}"
        what = next((words for part, words in FAULTS.items() if part in said), "something is wrong here or just above")
        return _with_lines(what, _place(error.problem_mark), text)
    node = next(_impossible_values(yaml.compose(text, yaml.SafeLoader)), None)
    if node is None:
        return "a value in it cannot be read."
    kind = "date" if node.tag.endswith(":timestamp") else "number"
    what = f"{node.value[:MAX_LINE]!r} is no {kind} that exists. Correct it, or put it in quotation marks"
    return _with_lines(what, _place(node.start_mark), text)


def _place(mark: yaml.Mark) -> Place:
    return Place(mark.line, mark.column)


def _with_lines(what: str, place: Place, text: str) -> str:
    """The error with its line, those before it, and a mark under the column."""
    lines = [*text.splitlines(), ""]  # the end of the file may be where something is missing
    longest_start = max(0, len(lines[place.line]) - MAX_LINE)
    start = min(longest_start, max(0, place.column - MAX_LINE // 2))
    first = max(0, place.line - LINES_BEFORE)
    shown = [f"  {line[start : start + MAX_LINE]}" for line in lines[first : place.line + 1]]
    mark = f"  {' ' * (place.column - start)}^"
    return "\n".join([f"line {place.line + 1}, column {place.column + 1}: {what}.", *shown, mark])


def _impossible_values(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """The values that look like a date or a number, and are none."""
    if isinstance(node, yaml.ScalarNode):
        try:
            yaml.SafeLoader("").construct_object(node)
        except ValueError:
            yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _impossible_values(item)
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            for part in pair:
                yield from _impossible_values(part)
