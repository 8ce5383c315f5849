"""Option `--scheduler` of commands that build."""

import os
from typing import Annotated

import typer

from loaders.core.errors import SettingsError
from loaders.settings.params import Settings

SCHEDULER_VARIABLE = "DASK_SCHEDULER_ADDRESS"  # Dask's own; steps inherit it
Scheduler = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler for the shards of a large build: tcp://host:8786."),
]


def use_scheduler(address: str | None, settings: Settings) -> None:
    """Let this process, and the steps that it starts, compute shards on the workers of a scheduler.

    Args:
        address: of the scheduler; null leaves it to Dask's own settings.
        settings: of the project.

    Raises:
        SettingsError: the settings have another executor.
    """
    if address is None:
        return
    if settings.executor != "dask":
        raise SettingsError(
            f"A scheduler ({address}) is for the executor dask, not for {settings.executor}. Write `executor: dask` in "
            "params.yaml, which changes no table."
        )
    os.environ[SCHEDULER_VARIABLE] = address
