"""The Typer app of `eo-pv`: help in groups, and the options that every command has."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from loaders.cli.help_groups import epilog, grouped
from loaders.core.terminal import Verbosity, err, set_verbosity

PROGRAM = "eo-pv"
JSON_OPTION = "--json"
WHOLE_SENTENCE = 10_000  # characters; click cuts the summary of a command at the width of the terminal
_last_command: dict[str, bool] = {"prints_json": False}


class Command(TyperCommand):
    """A command with an example, `--quiet` and `--verbose`."""

    def __init__(self, name: str | None, **options: Any) -> None:
        options["epilog"] = options.get("epilog") or epilog(name or "")
        super().__init__(name, **options)
        self.params = [*self.params, *_verbosity_params()]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse options and arguments."""
        with _suggestions():
            return super().parse_args(ctx, args)

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
        with _suggestions():
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


@contextmanager
def _suggestions() -> Iterator[None]:
    """Suggest the nearest option for an unknown one, as for an unknown command."""
    try:
        yield
    except Exception as error:
        option, known = getattr(error, "option_name", ""), getattr(error, "possibilities", None)
        if known and hasattr(error, "message"):
            nearest = get_close_matches(option, known, n=1, cutoff=0)[0]
            error.message, error.possibilities = f"{error.message}. Did you mean {nearest}?", None  # type: ignore[attr-defined]
        raise


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


def _verbosity_params() -> list[Any]:
    """The two options, for a command whose function does not have them."""
    donor = typer.Typer(add_completion=False)

    @donor.command()
    def options(quiet: Quiet = False, verbose: Verbose = False) -> None:
        del quiet, verbose  # their callbacks have used them

    return list(typer.main.get_command(donor).params)
