"""Output to the terminal: untrusted text cannot control or format it, and credentials are redacted."""

import io
import logging
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import Progress, ProgressColumn, Task
from rich.segment import Segment
from rich.status import Status
from rich.text import Text

from loaders.core.escape import terminal
from loaders.core.redact import redact


class Terminal(Console):
    """Prints plain text in tables, bars and paragraphs: no escape sequences, markup or emoji codes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Escape before the layout, so that escapes count in the width."""
        return super().render_str(terminal(redact(text)), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Escape renderables of other packages; rich's own control sequences pass."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(terminal(segment.text), segment.style)

    def status(self, status: RenderableType, **options: Any) -> Status:
        """A status line, without markup."""
        return super().status(Text(terminal(redact(status))) if isinstance(status, str) else status, **options)


class _DescriptionColumn(ProgressColumn):
    """The description of a progress bar, without markup."""

    def render(self, task: Task) -> Text:
        return Text(terminal(redact(task.description)))


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return terminal(super().format(record))


def progress(*columns: ProgressColumn) -> Progress:
    """Progress bars, each with its description; none without a terminal."""
    console = Terminal(stderr=True)
    return Progress(_DescriptionColumn(), *columns, console=console, disable=not console.is_terminal)


def protect_terminal() -> None:
    """Send logs and warnings, GDAL's too, as plain text; escape characters that the terminal cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.captureWarnings(capture=True)
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter())
    logging.basicConfig(handlers=[handler])


NON_TERMINAL_WIDTH = 165  # columns of a bar or picture in output that is not a terminal


# what a program reads is never wrapped: one sentence, one row of a table is one line
out = Terminal(width=None if sys.stdout.isatty() else NON_TERMINAL_WIDTH, soft_wrap=not sys.stdout.isatty())


err = Terminal(stderr=True, soft_wrap=True)
