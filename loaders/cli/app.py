"""The Typer app of `eo-pv`: help in groups, and the options that every command has."""

import re
import time
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from loaders.cli.help_groups import epilog, grouped
from loaders.cli.usage_errors import explained_usage_errors
from loaders.core.terminal import Verbosity, err, set_verbosity

PROGRAM = "eo-pv"
JSON_OPTION = "--json"
WHOLE_SENTENCE = 10_000  # characters; click cuts the summary of a command at the width of the terminal
PYTHON_TYPE = re.compile(r" <(?:list\[)?(\w+)\]?>")
VALUE_NAMES = {"str": " TEXT", "path": " PATH", "float": " NUMBER", "int": " NUMBER"}
_last_command: dict[str, bool] = {"prints_json": False}


class Command(TyperCommand):
    """A command with an example, `--quiet` and `--verbose`."""

    def __init__(self, name: str | None, **options: Any) -> None:
        options["epilog"] = options.get("epilog") or epilog(name or "")
        super().__init__(name, **options)
        passes_on = self.context_settings.get("ignore_unknown_options", False)
        self.params = [*self.params, *_verbosity_params(passes_on=passes_on)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse options and arguments."""
        with explained_usage_errors():
            return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, without Python's names of types."""
        rows: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for param in self.get_params(ctx):
            if record := param.get_help_record(ctx):
                rows[param.param_type_name].append(record)
        arguments = [(PYTHON_TYPE.sub("", name), text) for name, text in rows["argument"]]
        options = [(PYTHON_TYPE.sub(_value_name, name), text) for name, text in rows["option"]]
        for title, records in (("Arguments", arguments), ("Options", options)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and report how long it took if asked."""
        start = time.perf_counter()
        is_json = any(ctx.params.get(param.name) for param in self.params if JSON_OPTION in param.opts)
        _last_command["prints_json"] = is_json
        try:
            return super().invoke(ctx)
        finally:
            err.detail(f"{PROGRAM} {self.name}: {time.perf_counter() - start:.1f} s")


class Group(TyperGroup):
    """All commands, listed in groups with whole sentences; without a command, prints its help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Show the help where nothing was asked for."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            ctx.exit()
        with explained_usage_errors():
            return super().parse_args(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands in groups."""
        visible = {name: command for name, command in self.commands.items() if not command.hidden}
        width = max(map(len, visible))
        for title, names in grouped(visible).items():
            rows = [(name.ljust(width), visible[name].get_short_help_str(WHOLE_SENTENCE)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)


class App(typer.Typer):
    """A Typer app whose commands are of the kind above."""

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """As `Typer.command`."""
        return super().command(name, **{"cls": Command, **options})


def _value_name(python_type: re.Match[str]) -> str:
    return VALUE_NAMES.get(python_type[1], python_type[0])


def prints_json() -> bool:
    """Whether the last command was asked for JSON, in which its errors belong, too."""
    return _last_command["prints_json"]


def _verbosity_callback(level: Verbosity) -> Callable[[typer.Context, bool], None]:
    def callback(context: typer.Context, value: bool) -> None:
        if not value or context.resilient_parsing:
            return
        root = context.find_root()
        if root.meta.setdefault(PROGRAM, level) is not level:
            raise typer.BadParameter("give either --quiet or --verbose")
        set_verbosity(level)

    return callback


Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="Print only results and errors: no progress, remarks and warnings.",
        callback=_verbosity_callback(Verbosity.QUIET),
        expose_value=False,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Also print each request, the files that are used, and the time taken.",
        callback=_verbosity_callback(Verbosity.VERBOSE),
        expose_value=False,
    ),
]


@cache
def _verbosity_params(*, passes_on: bool) -> list[Any]:
    """The two options, for a command whose function does not have them.

    Args:
        passes_on: whether it passes unknown options on, as to DVC, whose `--verbose` is then left to it.
    """
    donor = typer.Typer(add_completion=False)

    @donor.command()
    def options(quiet: Quiet = False, verbose: Verbose = False) -> None:
        del quiet, verbose  # their callbacks have used them

    return [param for param in typer.main.get_command(donor).params if not (passes_on and param.name == "verbose")]
