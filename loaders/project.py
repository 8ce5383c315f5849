"""The project that a command or a pipeline works for: its settings and its folders."""

from pathlib import Path

from loaders.catalog import Catalog, read_catalog
from loaders.workspace import Workspace, find_root


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
