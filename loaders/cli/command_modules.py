"""The module of each command: a command imports its own one only, since every step of a run would wait for the rest."""

from collections.abc import Mapping, Sequence
from importlib import import_module

MODULES: Mapping[str, tuple[str, ...]] = {
    "acquire": ("check", "plan", "resolve", "update", "prefetch", "fetch", "verify"),
    "add": ("add",),
    "compare": ("compare",),
    "context": ("settings", "cells", "boundaries", "releases", "irradiance"),
    "docs": ("dag", "docs"),
    "export": ("export",),
    "ingest": ("load", "ingest"),
    "init": ("init",),
    "picture": ("picture",),
    "report": ("report", "summary"),
    "repro": ("repro",),
    "run_all": ("all",),
    "upgrade": ("upgrade",),
    "view": ("view",),
    "warehouse": ("warehouse", "sources"),
    "why": ("why",),
}


def register_commands(arguments: Sequence[str] = ()) -> None:
    """Import the modules that register commands with the app.

    Args:
        arguments: of the command line; if its first one is a command, only that one's module is imported.
    """
    for module in modules_of(arguments):
        import_module(f"loaders.cli.{module}")


def modules_of(arguments: Sequence[str]) -> list[str]:
    """The modules of the command in the arguments; all of them for help, a misspelt command and leading options."""
    return [module for module, names in MODULES.items() if arguments[:1] and arguments[0] in names] or [*MODULES]
