"""A pipeline's function as a command line: its parameters are the options, its docstring is the help."""

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from loaders.core.foreign_errors import known_error
from loaders.core.redact import redact
from loaders.core.redacted_output import redact_process

NOT_AN_OPTION = {"connection"}


def run_as_script(
    run: Callable[..., dict[str, str]], arguments: Sequence[str] | None = None, place: str | None = None
) -> None:
    """Run a pipeline as `python -m <module>` does, and print the tables that it has stored.

    Args:
        run: the pipeline; its optional parameters become options, described by the section `Args` of its docstring.
        arguments: by default those of the process.
        place: the module, for the help; by default that of the process.
    """
    redact_process()
    parser = _parser(run, place or _module())
    options = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    try:
        stored = run(**options)
    except Exception as error:
        found = known_error(error, (Path("data"),))
        if found is None:
            raise
        sys.exit(f"Error: {redact(str(found))}")
    for name, table in stored.items():
        sys.stdout.write(f"{name}: {table}\n")


def _parser(run: Callable[..., Any], module: str) -> argparse.ArgumentParser:
    text = inspect.getdoc(run) or ""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=text.partition("\n")[0])
    for name, parameter in inspect.signature(run).parameters.items():
        if name in NOT_AN_OPTION:
            continue
        option, about = f"--{name.replace('_', '-')}", _about(name, text)
        if isinstance(parameter.default, bool):
            parser.add_argument(option, action=argparse.BooleanOptionalAction, default=parameter.default, help=about)
        elif isinstance(parameter.default, tuple):
            parser.add_argument(option, nargs="*", metavar="KEY", help=about)
        else:
            parser.add_argument(option, type=float if "float" in str(parameter.annotation) else str, help=about)
    return parser


def _about(name: str, text: str) -> str:
    """What a docstring in Google's style states about a parameter."""
    found = re.search(rf"^    {name}: (.*?)(?=^    \w+: |^\w|\Z)", text, re.DOTALL | re.MULTILINE)
    return " ".join(found[1].split()).replace("%", "%%") if found else ""


def _module() -> str:
    spec = sys.modules["__main__"].__spec__
    return spec.name if spec else "loaders"
