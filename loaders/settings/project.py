"""The project that a command or a pipeline works for: its settings and its folders."""

from pathlib import Path

from loaders.core.errors import CatalogError
from loaders.core.paths import Workspace, find_root
from loaders.settings.params import Catalog, read_catalog

NOT_IN_A_FOLDER = {"{": "DVC", "}": "DVC", "?": "DuckDB"}  # and who takes it for something else


def require_usable_folder(root: Path) -> None:
    """The tools of the workflow can work in the project's folder.

    Raises:
        CatalogError: its path holds a character that one of them takes for something else.
    """
    for character, tool in NOT_IN_A_FOLDER.items():
        if character in str(root):
            raise CatalogError(
                f"The project is in {root}, and {tool} cannot work below a folder with {character!r} in its name. "
                f"Rename that folder, or move the project."
            )


def read_project(params: Path | str | None = None) -> tuple[Catalog, Workspace]:
    """The settings of a project, and its folders.

    Args:
        params: its `params.yaml`; by default that of the project around the working directory.

    Raises:
        CatalogError: there is none, or it says something that cannot be meant.
    """
    path = Path(params).resolve() if params else find_root() / "params.yaml"
    catalog = read_catalog(path)
    return catalog, Workspace(path.parent, catalog.origin)
