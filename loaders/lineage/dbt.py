"""OpenLineage events of a dbt run, from dbt's artifacts."""

from pathlib import Path
from typing import Any

from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor
from openlineage.common.provider.dbt.utils import PRODUCER

from loaders.core.paths import ProjectPaths
from loaders.lineage.events import NAMESPACE
from loaders.lineage.steps import warehouse_namespace


class _Artifacts(DbtLocalArtifactProcessor):
    """Names tables by the published warehouse instead of the temporary one that dbt builds."""

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
        """The artifacts of dbt without skipped tests, which the library would count as failed."""
        manifest, run, profile, settings = super().get_dbt_metadata()
        run["results"] = [result for result in run["results"] if result["status"] != "skipped"]
        return manifest, run, profile, settings

    def extract_namespace(self, profile: dict[str, Any]) -> str:
        """The namespace of all tables."""
        return self._namespace

    def get_column_lineage(self, namespace: str, compiled_sql: str) -> None:
        """Disabled: the parser takes the common table expressions of our models for tables."""


def dbt_events(project: Path, paths: ProjectPaths) -> list[Any]:
    """Events of the last dbt run: each model, its tests, and each singular test."""
    events: list[Any] = _Artifacts(project, warehouse_namespace(paths.database, paths)).parse().events()
    return events
