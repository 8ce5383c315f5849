"""Settings of this machine: memory, folders and services. None of them changes a byte of a table."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from loaders.settings.addresses import require_folder_or_bucket
from loaders.settings.base import SettingsModel, Text

CACHE_VARIABLE = "EO_PV_CACHE"
LINEAGE_VARIABLE = "EO_PV_LINEAGE"
UI_PROJECT_VARIABLE = "HAMILTON_UI_PROJECT"
UI_USER_VARIABLE = "HAMILTON_UI_USER"


class Machine(SettingsModel):
    """Settings of this machine, in `params.yaml` or `local/params.yaml`; an environment variable overrules each.

    Attributes:
        memory_mb: memory of DuckDB [MB]; null follows the machine, its container and `ulimit -v`.
        shard_records: the most records that are matched at a time, by place; null is 50,000, and all of up to 100,000.
        shard_files: folder, or address of one in a bucket (`s3://bucket/prefix`), through which the workers of a Dask
            cluster get what they match and return the results, which are kept there; one for each project. Null is the
            project itself, which all workers must see.
        cache: folder of the downloaded files, which all checkouts share; null is the user's cache folder.
        lineage: file to which each run appends its OpenLineage events, relative to the project; null is none.
        hamilton_ui_project: number of a project of Hamilton's UI, to which runs are sent; null is none.
        hamilton_ui_user: name of the user there.
    """

    memory_mb: Annotated[int, Field(ge=1, le=999_999_999)] | None = None
    shard_records: Annotated[int, Field(ge=1)] | None = None
    shard_files: Text | None = None
    cache: Text | None = None
    lineage: Text | None = None
    hamilton_ui_project: Annotated[int, Field(ge=0)] | None = None
    hamilton_ui_user: Text | None = None

    @field_validator("shard_files")
    @classmethod
    def _require_folder_or_bucket(cls, address: str | None) -> str | None:
        return require_folder_or_bucket("machine.shard_files", address)


_current: list[Machine] = [Machine()]


def use_machine(settings: Machine) -> None:
    """Use these settings in this process, as the environment holds for the whole process, too."""
    _current[:] = [settings]


def machine() -> Machine:
    """The settings of the project that was read last."""
    return _current[0]


def cache_folder() -> Path | None:
    """The folder of downloaded files; null is the user's cache folder."""
    name = os.environ.get(CACHE_VARIABLE) or machine().cache
    return Path(name).expanduser().absolute() if name else None


def lineage_name() -> str | None:
    """The file of OpenLineage events, relative to the project; null without one."""
    return os.environ.get(LINEAGE_VARIABLE) or machine().lineage


def hamilton_ui() -> tuple[str, str]:
    """The project and the user of Hamilton's UI; empty without them."""
    project, user = machine().hamilton_ui_project, machine().hamilton_ui_user
    stated = "" if project is None else str(project)
    return os.environ.get(UI_PROJECT_VARIABLE) or stated, os.environ.get(UI_USER_VARIABLE) or user or ""
