"""What dbt's artifacts tell, as OpenLineage's own reader of them has it."""

from pathlib import Path
from typing import Any

from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor
from openlineage.common.provider.dbt.utils import PRODUCER

from loaders.core.paths import ProjectPaths
from loaders.lineage.events import NAMESPACE
from loaders.lineage.steps import warehouse


class _Artifacts(DbtLocalArtifactProcessor):
    """Names tables by the warehouse that is published, not by the one aside in which dbt has built them."""

    def __init__(self, project: Path, namespace: str) -> None:
        super().__init__(
            project_dir=str(project),
            dbt_command_line=["--profiles-dir", str(project)],
            producer=PRODUCER,
            job_namespace=NAMESPACE,
            skip_errors=True,  # a node whose status it does not know
        )
        self._namespace = namespace

    def get_dbt_metadata(self) -> tuple[Any, Any, Any, Any]:
        """What dbt has written down; without the tests that were skipped, which the library takes for failed ones."""
        manifest, run, profile, settings = super().get_dbt_metadata()
        run["results"] = [result for result in run["results"] if result["status"] != "skipped"]
        return manifest, run, profile, settings

    def extract_namespace(self, profile: dict[str, Any]) -> str:
        """Of all tables."""
        return self._namespace

    def get_column_lineage(self, namespace: str, compiled_sql: str) -> None:
        """None: its parser takes the common table expressions, with which our models begin, for tables."""


def told_by_dbt(project: Path, paths: ProjectPaths) -> list[Any]:
    """The events of the last dbt run: of each model, of its tests, and of each test that is a file."""
    events: list[Any] = _Artifacts(project, warehouse(paths.database, paths)).parse().events()
    return events
