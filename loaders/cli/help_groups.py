"""The groups of commands in `eo-pv --help`, in their order, with an example of each command."""

from collections.abc import Iterable, Mapping

OTHERS = "Other commands"
GROUPS: Mapping[str, Mapping[str, str]] = {
    "Everyday": {
        "all": "eo-pv all",
        "init": "eo-pv init my-farms",
        "check": "eo-pv check",
        "plan": "eo-pv plan uspvdb",
        "summary": "eo-pv summary",
        "view": "eo-pv view",
        "why": "eo-pv why pv_0123456789abcdef",
        "compare": "eo-pv compare uspvdb gmseus",
        "export": "eo-pv export installations.gpkg",
        "picture": "eo-pv picture map.png --country DE",
    },
    "Data": {
        "add": "eo-pv add farms.geojson",
        "update": "eo-pv update uspvdb",
        "verify": "eo-pv verify uspvdb",
        "releases": "eo-pv releases",
        "upgrade": "eo-pv upgrade",
        "docs": "eo-pv docs",
        "dag": "eo-pv dag uspvdb --output pictures",
    },
    "Steps of the workflow, which `make all` runs": {
        "settings": "eo-pv settings",
        "resolve": "eo-pv resolve uspvdb",
        "prefetch": "eo-pv prefetch",
        "fetch": "eo-pv fetch uspvdb --force",
        "load": "eo-pv load uspvdb",
        "cells": "eo-pv cells",
        "boundaries": "eo-pv boundaries",
        "irradiance": "eo-pv irradiance",
        "warehouse": "eo-pv warehouse --if-stale",
        "report": "eo-pv report",
        "repro": "eo-pv repro load@usa_uspvdb_2026",
        "ingest": "eo-pv ingest uspvdb --database warehouse.duckdb",
        "sources": "eo-pv sources",
    },
}


def grouped(names: Iterable[str]) -> dict[str, list[str]]:
    """The commands of each group that has any, in the order of the groups; those of no group come last."""
    known = {name for commands in GROUPS.values() for name in commands}
    groups = {title: [name for name in commands if name in {*names}] for title, commands in GROUPS.items()}
    groups[OTHERS] = [name for name in names if name not in known]
    return {title: commands for title, commands in groups.items() if commands}


def epilog(name: str) -> str | None:
    """The last line of the help of a command."""
    example = next((commands[name] for commands in GROUPS.values() if name in commands), None)
    return example and f"Example: {example}"
