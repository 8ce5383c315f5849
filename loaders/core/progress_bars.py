"""Progress bars on the terminal; a module of its own, since most commands show none."""

from rich.progress import Progress, ProgressColumn, Task
from rich.text import Text

from loaders.core.escape import terminal
from loaders.core.redact import redact
from loaders.core.terminal import Terminal, Verbosity, verbosity


class _DescriptionColumn(ProgressColumn):
    """The description of a progress bar, without markup."""

    def render(self, task: Task) -> Text:
        return Text(terminal(redact(task.description)))


def progress(*columns: ProgressColumn) -> Progress:
    """Progress bars, each with its description; none without a terminal, and as for a status line."""
    console = Terminal(stderr=True)
    is_shown = console.is_terminal and verbosity() is Verbosity.NORMAL
    return Progress(_DescriptionColumn(), *columns, console=console, disable=not is_shown)
