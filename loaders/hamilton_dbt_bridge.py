"""Tell dbt what Hamilton has stored: one file of sources a pipeline, written from the tables themselves."""

from pathlib import Path

import duckdb

from loaders.core.errors import BuildError
from loaders.db.database import Database
from loaders.pipelines import pipeline
from loaders.settings.project import read_project
from loaders.warehouse.dbt_sources import advice, write_sources


class HamiltonDbtBridge:
    """Between what Hamilton's pipelines store and what dbt knows of it.

    Args:
        dbt_project_root: the folder with `dbt_project.yml`; `params.yaml` is beside it.
    """

    def __init__(self, dbt_project_root: Path | str) -> None:
        self.root = Path(dbt_project_root).resolve()

    def update_sources_from_hamilton(self, name: str, connection: duckdb.DuckDBPyConnection | None = None) -> Path:
        """Write `sources/<name>_sources.yml`: tables, columns, rows, and where they come from.

        It follows from what is stored, from the settings and from the locks alone: as long as they stay the same, so do
        its bytes.

        Args:
            name: of the pipeline: doi_datasets, overture_maps or solar_irradiance.
            connection: to the warehouse, where it is open already; by default that of the settings' origin.

        Returns:
            The file.

        Raises:
            SettingsError: there is no such pipeline.
            BuildError: it has stored nothing, or the warehouse is open elsewhere.
        """
        pipeline(name)
        settings, paths = read_project(self.root.parent / "params.yaml")
        database = Database(settings, paths, connection=connection)
        if connection is None and settings.warehouse == "duckdb" and not database.file.exists():
            raise BuildError(f"{database.file} is not there, and {name} has stored nothing in it. {advice(name)}")
        with database.opened() as opened:
            return write_sources(name, opened, settings, paths, self.root)
