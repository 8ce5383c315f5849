"""Output to the terminal: untrusted text cannot control or format it, and credentials are redacted."""

import io
import logging
import os
import sys
from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from loaders.core.escape import terminal
from loaders.core.redact import redact

if TYPE_CHECKING:
    from rich.status import Status


class Verbosity(IntEnum):
    """How much is printed."""

    QUIET = -1
    NORMAL = 0
    VERBOSE = 1


LOG_LEVELS = {Verbosity.QUIET: logging.ERROR, Verbosity.NORMAL: logging.WARNING, Verbosity.VERBOSE: logging.INFO}
VERBOSITY_VARIABLE = "EO_PV_VERBOSITY"  # set by --quiet and --verbose for the steps that DVC starts
OWN_LOGGER = "loaders"


def verbosity() -> Verbosity:
    """How much this command prints."""
    name = os.environ.get(VERBOSITY_VARIABLE, "")
    return Verbosity[name] if name in Verbosity.__members__ else Verbosity.NORMAL


def set_verbosity(level: Verbosity) -> None:
    """Print less or more, in this process and in those that it starts."""
    os.environ[VERBOSITY_VARIABLE] = level.name
    if level is Verbosity.NORMAL:
        del os.environ[VERBOSITY_VARIABLE]
    apply_verbosity()


def apply_verbosity() -> None:
    """Set the levels of the loggers; details are logged by our own ones."""
    logging.getLogger().setLevel(max(LOG_LEVELS[verbosity()], logging.WARNING))
    logging.getLogger(OWN_LOGGER).setLevel(LOG_LEVELS[verbosity()])


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

    def info(self, *objects: Any, **options: Any) -> None:
        """Print what a command did; nothing with `--quiet`."""
        if verbosity() is not Verbosity.QUIET:
            self.print(*objects, **options)

    def detail(self, text: str) -> None:
        """Print only with `--verbose`."""
        if verbosity() is Verbosity.VERBOSE:
            self.print(text)

    def warn(self, text: str) -> None:
        """Print a warning; nothing with `--quiet`."""
        self.info(text, style="yellow")

    def status(self, status: RenderableType, **options: Any) -> "Status":
        """A status line, without markup; none with `--quiet`, nor with `--verbose`, whose lines would break it."""
        from rich.status import Status  # noqa: PLC0415 (most commands show none)

        text = Text(terminal(redact(status))) if isinstance(status, str) else status
        console = Terminal(stderr=self.stderr, quiet=True) if verbosity() is not Verbosity.NORMAL else self
        return Status(text, console=console, **options)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return terminal(super().format(record))


def protect_terminal() -> None:
    """Send logs and warnings, GDAL's too, as plain text; escape characters that the terminal cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.captureWarnings(capture=True)
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter())
    logging.basicConfig(handlers=[handler])
    apply_verbosity()


NON_TERMINAL_WIDTH = 165  # columns of a bar or picture in output that is not a terminal


# what a program reads is never wrapped: one sentence, one row of a table is one line
out = Terminal(width=None if sys.stdout.isatty() else NON_TERMINAL_WIDTH, soft_wrap=not sys.stdout.isatty())


err = Terminal(stderr=True, soft_wrap=True)
