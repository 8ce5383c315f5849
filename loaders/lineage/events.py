"""Events as OpenLineage defines them, appended to a file: a line each, no secrets in it, no folders of this machine."""

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
from loaders.lineage.run import FILE, Parent
from loaders.lineage.steps import Data, Step

NAMESPACE = "eo-pv"  # of our jobs


class LineageFile(FileTransport):
    """A file that several processes and threads append to: one system call a line, which the system keeps apart."""

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
        line = json.dumps(_Folders(self._root).hidden_in(redact_all(document)), sort_keys=True, default=str) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab", buffering=0) as stream:
                written = stream.write(line.encode())
        except OSError as error:
            raise BuildError(
                f"{self._path}: cannot be written ({error.strerror}). Mend that, or unset {FILE}."
            ) from error
        if written < len(line):
            raise BuildError(f"{self._path}: the disk is full. Mend that, or unset {FILE}.")


class _Folders:
    """The folders of this machine, which an event does not name."""

    def __init__(self, root: Path) -> None:
        code = Path(__file__).resolve().parents[2]
        folders = {str(Path.home()): "~", sys.prefix: "…"} | {str(each): "." for each in (code, root, root.resolve())}
        longest_first = sorted(folders.items(), key=lambda pair: -len(pair[0]))
        self._folders = [(re.compile(rf"{re.escape(folder)}(?![\w.-])"), instead) for folder, instead in longest_first]

    def hidden_in(self, value: Any) -> Any:
        """A document without them."""
        if isinstance(value, dict):
            return {key: self.hidden_in(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.hidden_in(each) for each in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        for folder, instead in self._folders:
            text = folder.sub(instead, text)
        return text


class Runs:
    """A run and its steps, each a run of its own."""

    def __init__(self, job: str, description: str, path: Path, root: Path) -> None:
        self.parent = Parent(job, _new_id())
        self._description = description
        self._top, self._inner = client(path, root), client(path, root, self.parent)
        self._ids: dict[str, str] = {}

    def start(self, steps: Sequence[Step]) -> None:
        """Tell that they start."""
        self._tell_top(RunState.START)
        for step in steps:
            self._tell(step, RunState.START)

    def end(self, steps: Sequence[Step], error: BaseException | None = None) -> None:
        """Tell how they end; of datasets that have failed, each by itself, the others have not."""
        for step in steps:
            if step.name not in self._ids:
                self._tell(step, RunState.START)
            why = _why(step, error)
            self._tell(step, _state(why), why)
        self._tell_top(_state(error), error)

    def _tell_top(self, state: RunState, error: BaseException | None = None) -> None:
        job = Job(NAMESPACE, self.parent.job, _job_facets("PIPELINE", self._description))
        self._top.emit(_event(state, Run(self.parent.run_id, _error_facets(error)), job))

    def _tell(self, step: Step, state: RunState, error: BaseException | None = None) -> None:
        run = Run(self._ids.setdefault(step.name, _new_id()), _error_facets(error))
        job = Job(NAMESPACE, f"{self.parent.job}.{step.name}", _job_facets("TASK"))
        reads = [InputDataset(each.namespace, each.name, facets=_facets(each)) for each in step.reads]
        writes = [OutputDataset(each.namespace, each.name, facets=_facets(each)) for each in step.writes]
        self._inner.emit(_event(state, run, job, reads, [] if error else writes))


def client(path: Path, root: Path, parent: Parent | None = None) -> OpenLineageClient:
    """What appends events to a file; those of runs that have no parent get this one."""
    return OpenLineageClient(transport=LineageFile(path, root, parent))


def _event(state: RunState, run: Run, job: Job, reads: Sequence[Any] = (), writes: Sequence[Any] = ()) -> RunEvent:
    now = datetime.now(UTC).isoformat()
    return RunEvent(eventTime=now, eventType=state, run=run, job=job, inputs=list(reads), outputs=list(writes))


def _why(step: Step, error: BaseException | None) -> BaseException | None:
    """Why a step has failed; null if it has not."""
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


def _facets(data: Data) -> dict[str, Any]:
    """What is known of it, in the facets that OpenLineage defines; it has none for a licence, which is a tag."""
    facets: dict[str, Any] = {}
    if data.description:
        facets["documentation"] = documentation_dataset.DocumentationDatasetFacet(description=data.description)
    if data.columns:
        fields = [schema_dataset.SchemaDatasetFacetFields(*column) for column in data.columns]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=fields)
    if data.version:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=data.version)
    if data.address or data.namespace.startswith("duckdb:"):
        address = data.address or data.namespace
        facets["dataSource"] = datasource_dataset.DatasourceDatasetFacet(name=data.namespace, uri=address)
    if data.creators:
        owners = [ownership_dataset.Owner(name=name, type="CREATOR") for name in data.creators]
        facets["ownership"] = ownership_dataset.OwnershipDatasetFacet(owners=owners)
    if data.tags:
        tags = [tags_dataset.TagsDatasetFacetFields(key, text, "EO_PV") for key, text in sorted(data.tags.items())]
        facets["tags"] = tags_dataset.TagsDatasetFacet(tags=tags)
    return facets


def _new_id() -> str:
    return str(generate_new_uuid())
