"""The command line: `eo-pv`, or `python -m loaders`. Each command is what one step of the workflow runs."""

import os
import sys

if __name__ == "__main__":  # a step of `eo-pv all`: before the imports, which take longer than the step
    from loaders.cli.fork_client import run_on_server

    run_on_server()

try:
    import typer  # noqa: F401 (whether it is there)
except ModuleNotFoundError:
    sys.exit("Error: the environment of eo-pv is not active. Type `make all`, or `. .venv/bin/activate` first.")

from pathlib import Path

from loaders.cli.app import PROGRAM, prints_json
from loaders.cli.command_modules import register_commands
from loaders.cli.console import app, print_json
from loaders.cli.supervision import run_supervised
from loaders.core.foreign_errors import RUN_VARIABLE, STOPPED_EXIT_CODE, STOPPED_MESSAGE, known_error
from loaders.core.redacted_output import redact_process, redact_traceback
from loaders.core.terminal import err, protect_terminal, set_verbosity, verbosity

__all__ = ["app", "command", "main"]

IS_PROGRAM = __name__ == "__main__" or Path(sys.argv[0]).name == PROGRAM
register_commands(sys.argv[1:] if IS_PROGRAM else ())


def main() -> None:
    """Run a command; an error that its reader can correct is one paragraph and exit code 1."""
    protect_terminal()
    redact_process()
    level = verbosity()
    try:
        app(prog_name=PROGRAM)
    except SystemExit as left:
        if left.code == STOPPED_EXIT_CODE and RUN_VARIABLE not in os.environ:
            err.print(STOPPED_MESSAGE)
        raise
    except Exception as error:
        found = known_error(error, (Path("data"),))
        if found is None:
            redact_traceback()  # here, for typer sets its own before it runs a command
            raise
        if prints_json():
            print_json({"ok": False, "errors": [{"dataset": None, "message": str(found)}]})
        else:
            err.print(f"Error: {found}", style="red")
        sys.exit(1)
    finally:
        set_verbosity(level)


def command() -> None:
    """`eo-pv`: run a command in a process of its own."""
    run_supervised(main)


if __name__ == "__main__":
    command()
