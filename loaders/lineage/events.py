"""OpenLineage events in a file, one JSON document per line, without secrets and local folders."""

import json
import re
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    dataset_version_dataset,
    datasource_dataset,
    documentation_dataset,
    documentation_job,
    error_message_run,
    job_type_job,
    ownership_dataset,
    parent_run,
    schema_dataset,
    tags_dataset,
)
from openlineage.client.serde import Serde
from openlineage.client.transport.file import FileConfig, FileTransport
from openlineage.client.uuid import generate_new_uuid

from loaders.core.errors import BuildError, EoPvError, PipelineError
from loaders.core.redact import redact_all
from loaders.lineage.run import Parent
from loaders.lineage.steps import LineageDataset, Step
from loaders.settings.machine import LINEAGE_VARIABLE

WITHOUT_LINEAGE = f"name another file as machine.lineage in params.yaml (or in {LINEAGE_VARIABLE})"

NAMESPACE = "eo-pv"  # of our jobs


class LineageFile(FileTransport):
    """A file that several processes and threads append to; one system call per line keeps lines intact."""

    def __init__(self, path: Path, root: Path, parent: Parent | None) -> None:
        super().__init__(FileConfig(log_file_path=str(path), append=True))
        self._path, self._root, self._parent = path, root, parent  # the configuration does not survive pickling

    def emit(self, event: Any) -> None:
        """Append an event.

        Raises:
            BuildError: the file cannot be written.
        """
        document: dict[str, Any] = Serde.to_dict(event)
        if self._parent:
            document["run"].setdefault("facets", {}).setdefault("parent", Serde.to_dict(_parent(self._parent)))
        line = json.dumps(_FolderRedactor(self._root).redact(redact_all(document)), sort_keys=True, default=str) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as stream:
                written = stream.write(line.encode())
        except OSError as error:
            raise BuildError(
                f"{self._path}: cannot be written ({error.strerror}). Fix that, or {WITHOUT_LINEAGE}."
            ) from error
        if written < len(line):
            raise BuildError(f"{self._path}: the disk is full. Free some space, or {WITHOUT_LINEAGE}.")


class _FolderRedactor:
    """Replaces local folders in events, which must not identify this machine."""

    def __init__(self, root: Path) -> None:
        code_folder = Path(__file__).resolve().parents[2]
        replacements = {str(Path.home()): "~", sys.prefix: "…"} | {
            str(folder): "." for folder in (code_folder, root, root.resolve())
        }
        longest_first = sorted(replacements.items(), key=lambda pair: -len(pair[0]))
        self._folders = [
            (re.compile(rf"{re.escape(folder)}(?![\w.-])"), replacement) for folder, replacement in longest_first
        ]

    def redact(self, value: Any) -> Any:
        """A document without local folders."""
        if isinstance(value, dict):
            return {key: self.redact(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.redact(part) for part in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        for folder, replacement in self._folders:
            text = folder.sub(replacement, text)
        return text


class RunEvents:
    """Emits the events of a run and its steps, each a run of its own."""

    def __init__(self, job: str, description: str, path: Path, root: Path) -> None:
        self.parent = Parent(job, _new_id())
        self._description = description
        self._run_client, self._step_client = client(path, root), client(path, root, self.parent)
        self._step_run_ids: dict[str, str] = {}

    def start(self, steps: Sequence[Step]) -> None:
        """Emit the start events."""
        self._emit_run(RunState.START)
        for step in steps:
            self._emit_step(step, RunState.START)

    def end(self, steps: Sequence[Step], error: BaseException | None = None) -> None:
        """Emit the end events; a failed dataset fails its own step only."""
        for step in steps:
            if step.name not in self._step_run_ids:
                self._emit_step(step, RunState.START)
            step_error = _step_error(step, error)
            self._emit_step(step, _state(step_error), step_error)
        self._emit_run(_state(error), error)

    def _emit_run(self, state: RunState, error: BaseException | None = None) -> None:
        job = Job(NAMESPACE, self.parent.job, _job_facets("PIPELINE", self._description))
        self._run_client.emit(_event(state, Run(self.parent.run_id, _error_facets(error)), job))

    def _emit_step(self, step: Step, state: RunState, error: BaseException | None = None) -> None:
        run = Run(self._step_run_ids.setdefault(step.name, _new_id()), _error_facets(error))
        job = Job(NAMESPACE, f"{self.parent.job}.{step.name}", _job_facets("TASK"))
        reads = [InputDataset(dataset.namespace, dataset.name, facets=_facets(dataset)) for dataset in step.reads]
        writes = [OutputDataset(dataset.namespace, dataset.name, facets=_facets(dataset)) for dataset in step.writes]
        self._step_client.emit(_event(state, run, job, reads, [] if error else writes))


def client(path: Path, root: Path, parent: Parent | None = None) -> OpenLineageClient:
    """A client that appends events to a file; `parent` becomes the parent of runs without one."""
    return OpenLineageClient(transport=LineageFile(path, root, parent))


def _event(state: RunState, run: Run, job: Job, reads: Sequence[Any] = (), writes: Sequence[Any] = ()) -> RunEvent:
    now = datetime.now(UTC).isoformat()
    return RunEvent(eventTime=now, eventType=state, run=run, job=job, inputs=list(reads), outputs=list(writes))


def _step_error(step: Step, error: BaseException | None) -> BaseException | None:
    """The error of a step; null if it succeeded."""
    if not isinstance(error, PipelineError):
        return error
    return error.errors.get(step.name) or (None if error.tables else error)


def _state(error: BaseException | None) -> RunState:
    if error is None:
        return RunState.COMPLETE
    return RunState.FAIL if isinstance(error, Exception) else RunState.ABORT


def _parent(parent: Parent) -> parent_run.ParentRunFacet:
    return parent_run.ParentRunFacet(
        run=parent_run.Run(runId=parent.run_id), job=parent_run.Job(namespace=NAMESPACE, name=parent.job)
    )


def _job_facets(kind: str, description: str = "") -> dict[str, Any]:
    facets: dict[str, Any] = {
        "jobType": job_type_job.JobTypeJobFacet(processingType="BATCH", integration="EO_PV", jobType=kind)
    }
    if description:
        facets["documentation"] = documentation_job.DocumentationJobFacet(description=description)
    return facets


def _error_facets(error: BaseException | None) -> dict[str, Any]:
    if error is None:
        return {}
    trace = None if isinstance(error, EoPvError) else "".join(traceback.format_exception(error))
    message = str(error) or type(error).__name__
    return {"errorMessage": error_message_run.ErrorMessageRunFacet(message, "python", stackTrace=trace)}


def _facets(dataset: LineageDataset) -> dict[str, Any]:
    """The facets of a dataset; the licence is a tag, since OpenLineage has no facet for it."""
    facets: dict[str, Any] = {}
    if dataset.description:
        facets["documentation"] = documentation_dataset.DocumentationDatasetFacet(description=dataset.description)
    if dataset.columns:
        fields = [schema_dataset.SchemaDatasetFacetFields(*column) for column in dataset.columns]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    if dataset.version:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=dataset.version)
    if dataset.address or dataset.namespace.startswith("duckdb:"):
        address = dataset.address or dataset.namespace
        facets["dataSource"] = datasource_dataset.DatasourceDatasetFacet(name=dataset.namespace, uri=address)
    if dataset.creators:
        owners = [ownership_dataset.Owner(name=name, type="CREATOR") for name in dataset.creators]
        facets["ownership"] = ownership_dataset.OwnershipDatasetFacet(owners=owners)
    if dataset.tags:
        tags = [tags_dataset.TagsDatasetFacetFields(key, text, "EO_PV") for key, text in sorted(dataset.tags.items())]
        facets["tags"] = tags_dataset.TagsDatasetFacet(tags=tags)
    return facets


def _new_id() -> str:
    return str(generate_new_uuid())
