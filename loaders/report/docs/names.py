"""Files and folders of the documentation."""

from pathlib import Path

from loaders.core.paths import ProjectPaths

INDEX, DBT_PAGE, LINEAGE, OVERVIEW = "index.html", "dbt.html", "lineage.svg", "overview"


def docs_folder(paths: ProjectPaths) -> Path:
    """The folder of the documentation, `data/<origin>/report/docs`."""
    return paths.report_folder / "docs"


def hamilton_folder(paths: ProjectPaths) -> Path:
    """The folder of the pictures of the Hamilton graphs."""
    return docs_folder(paths) / "hamilton"


def dataset_file(key: str) -> str:
    """File name of a dataset's picture; it cannot collide with a pipeline's."""
    return f"dataset_{key}.svg"
