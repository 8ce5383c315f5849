"""Bridge from Hamilton to dbt: one file of dbt sources a pipeline, written from the tables that it has stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import yaml

from loaders.core.errors import SettingsError
from loaders.core.paths import ProjectPaths
from loaders.db.database import Database
from loaders.pipelines import DOI_DATASETS, pipeline, run_pipeline
from loaders.settings.params import Settings
from loaders.settings.project import read_project
from loaders.warehouse.dbt_sources import write_sources

PROJECT_FILE = "dbt_project.yml"


class HamiltonDbtBridge:
    """Bridge between what Hamilton's pipelines store and what dbt knows about it.

    Args:
        dbt_project_root: the folder with `dbt_project.yml`, or the project's folder, in which that one is `dbt`.

    Raises:
        SettingsError: neither is there.
    """

    def __init__(self, dbt_project_root: Path | str = ".") -> None:
        self.dbt_root = _dbt_folder(Path(dbt_project_root).resolve())
        self.sources_dir = self.dbt_root / "sources"

    def update_sources_from_hamilton(
        self, pipeline_name: str, connection: duckdb.DuckDBPyConnection | None = None
    ) -> dict[str, Any]:
        """Run what is missing or stale of a pipeline, and write `sources/<pipeline>_sources.yml`.

        The file follows from what is stored, from the settings and from the locks alone: as long as they stay the same,
        so do its bytes.

        Args:
            pipeline_name: doi_datasets, overture_maps or solar_irradiance.
            connection: to the warehouse, where it is open already; by default that of the settings' origin.

        Returns:
            The file's content: `result["sources"][0]["tables"]` has an entry for each table.

        Raises:
            SettingsError: there is no such pipeline.
            BuildError: the warehouse is open elsewhere.
            EoPvError: the pipeline failed.
        """
        pipeline(pipeline_name)
        params = self.dbt_root.parent / "params.yaml"
        settings, paths = read_project(params)
        with _connected(settings, paths, connection) as opened:
            run_pipeline(pipeline_name, opened, params, only_stale=True)
            with Database(settings, paths, connection=opened).opened() as cursor:
                path = write_sources(pipeline_name, cursor, settings, paths, self.dbt_root)
        document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return document


def generate_dbt_sources_from_hamilton(
    pipeline_name: str = DOI_DATASETS.name, dbt_project_root: Path | str = "."
) -> dict[str, Any]:
    """Run what is stale of a pipeline and describe what it has stored, as `HamiltonDbtBridge` does."""
    return HamiltonDbtBridge(dbt_project_root).update_sources_from_hamilton(pipeline_name)


def _dbt_folder(folder: Path) -> Path:
    for candidate in (folder, folder / "dbt"):
        if (candidate / PROJECT_FILE).is_file():
            return candidate
    raise SettingsError(
        f"There is no {PROJECT_FILE} in {folder} or in its folder dbt. Give the folder of the dbt project, or "
        f"run this in the project's folder."
    )


@contextmanager
def _connected(
    settings: Settings, paths: ProjectPaths, connection: duckdb.DuckDBPyConnection | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    if connection is not None:
        yield connection
    else:
        with Database(settings, paths).connected() as opened:
            yield opened
