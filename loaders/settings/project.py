"""The project of a command or a pipeline: its settings and its paths."""

import logging
from pathlib import Path

from loaders.core.errors import SettingsError
from loaders.core.paths import ProjectPaths, find_root
from loaders.core.settings_file import register_own_datasets
from loaders.settings.documents import read_own_datasets, read_own_machine
from loaders.settings.machine import use_machine
from loaders.settings.params import Settings, read_settings

log = logging.getLogger(__name__)
UNUSABLE_CHARACTERS = {"{": "DVC", "}": "DVC", "?": "DuckDB"}  # and the tool that interprets it


def require_usable_folder(root: Path) -> None:
    """Refuse a project folder that a tool of the workflow cannot handle.

    Raises:
        SettingsError: its path holds a character that one of the tools interprets.
    """
    for character, tool in UNUSABLE_CHARACTERS.items():
        if character in str(root):
            raise SettingsError(
                f"The project is in {root}, and {tool} cannot work below a folder with {character!r} in its name. "
                f"Rename that folder, or move the project."
            )


def read_project(params: Path | str | None = None, *, may_be_empty: bool = False) -> tuple[Settings, ProjectPaths]:
    """Read the settings of a project, the user's own datasets included, and find its paths.

    Args:
        params: its `params.yaml`; by default that of the project around the working directory.
        may_be_empty: whether there may be no dataset yet.

    Raises:
        SettingsError: `params.yaml` is missing, or it or the file with own datasets is invalid.
    """
    path = Path(params).resolve() if params else find_root() / "params.yaml"
    log.info("settings: %s", path)
    own = read_own_datasets(path.parent)
    settings = read_settings(path, own, read_own_machine(path.parent), may_be_empty=may_be_empty)
    register_own_datasets(own)
    use_machine(settings.machine)
    return settings, ProjectPaths(path.parent, settings.origin)
