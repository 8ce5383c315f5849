"""Optional lineage: OpenLineage events of every run in a file, and runs in Hamilton's UI.

`machine.lineage` (or EO_PV_LINEAGE) names the file; each run appends one JSON document per line.
`machine.hamilton_ui_project` (or HAMILTON_UI_PROJECT) enables Hamilton's UI. Without these settings, nothing is
imported and nothing is emitted.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.lineage.run import Parent
from loaders.lineage.steps import Step
from loaders.settings.machine import UI_PROJECT_VARIABLE, UI_USER_VARIABLE, hamilton_ui, lineage_name

ADVICE = (
    "Start the UI with `hamilton ui`, make a project at http://localhost:8241, and write in params.yaml `machine: "
    "{hamilton_ui_project: NUMBER, hamilton_ui_user: NAME}`; or leave both out, and unset both variables"
)


def lineage_file(paths: ProjectPaths) -> Path | None:
    """The file for lineage events; null if lineage is off."""
    name = lineage_name()
    return paths.root / Path(name).expanduser() if name else None


def hamilton_adapters(job: str, paths: ProjectPaths, parent: Parent | None = None) -> list[Any]:
    """Lineage adapters for a Hamilton driver; none if lineage is off.

    They work with every executor: they can be pickled to other processes, where they emit nothing.

    Args:
        job: name of the pipeline. Hamilton's own events belong to the job `<job>.hamilton`: the graph with its
            docstrings, without inputs and outputs, which `pipeline_events` emits.
        paths: of the project.
        parent: the run that the graph is part of.

    Raises:
        BuildError: the UI is enabled, and is not installed or does not answer; or the file cannot be written.
    """
    adapters = []
    file = lineage_file(paths)
    if file is not None:
        from hamilton.plugins.h_openlineage import OpenLineageAdapter  # noqa: PLC0415 (start-up time)

        from loaders.lineage.events import NAMESPACE, client  # noqa: PLC0415

        adapters.append(OpenLineageAdapter(client(file, paths.root, parent), NAMESPACE, f"{job}.hamilton"))
    if hamilton_ui()[0]:
        adapters.append(_tracker(job, paths))
    return adapters


@contextmanager
def pipeline_events(
    job: str, paths: ProjectPaths, steps: Callable[[], Sequence[Step]], description: str = ""
) -> Iterator[Parent | None]:
    """Emit start and end events of a run and its steps; nothing if lineage is off.

    Each step is a run of its own, of the job `<job>.<step>`, so that a DOI leads to its own table only.

    Args:
        job: name of the job.
        paths: of the project.
        steps: the inputs and outputs; called at the start, and again at the end, when more is known.
        description: one sentence on the job.

    Yields:
        The run, as the parent of runs inside it; null if lineage is off.

    Raises:
        BuildError: the file cannot be written.
    """
    file = lineage_file(paths)
    if file is None:
        yield None
        return
    from loaders.lineage.events import RunEvents  # noqa: PLC0415 (start-up time)

    runs = RunEvents(job, description, file, paths.root)
    runs.start(steps())
    try:
        yield runs.parent
    except BaseException as error:
        runs.end(steps(), error)
        raise
    runs.end(steps())


def emit_dbt_events(project: Path, paths: ProjectPaths, parent: Parent | None = None) -> int:
    """Emit events of the last dbt run: inputs, outputs and tests, from `manifest.json` and `run_results.json`.

    Args:
        project: the folder with `dbt_project.yml`.
        paths: of the project; events name its published warehouse.
        parent: the run that dbt was part of.

    Returns:
        The number of events; 0 if lineage is off, or if dbt ran no node.

    Raises:
        BuildError: the file cannot be written.
    """
    file = lineage_file(paths)
    if file is None or not (project / "target" / "run_results.json").exists():
        return 0
    from loaders.lineage.dbt import dbt_events  # noqa: PLC0415 (start-up time)
    from loaders.lineage.events import client  # noqa: PLC0415

    lineage_client = client(file, paths.root, parent)
    events = dbt_events(project, paths)
    for event in events:
        lineage_client.emit(event)
    return len(events)


def _tracker(job: str, paths: ProjectPaths) -> Any:
    """The adapter that sends Hamilton runs to its UI."""
    project, user = hamilton_ui()
    if not project.isdecimal() or not user:
        raise BuildError(f"{UI_PROJECT_VARIABLE} is {project!r} and {UI_USER_VARIABLE} is {user!r}. {ADVICE}.")
    try:
        from hamilton_sdk.adapters import HamiltonTracker  # noqa: PLC0415 (not installed with eo-pv)
        from hamilton_sdk.api.clients import ResourceDoesNotExistException, UnauthorizedException  # noqa: PLC0415
    except ImportError as error:
        packages = "`.venv/bin/uv pip install --python .venv --editable '.[ui]'`"
        raise BuildError(f"{UI_PROJECT_VARIABLE} asks for Hamilton's UI, which needs {packages}. {ADVICE}.") from error
    try:
        return HamiltonTracker(int(project), user, job, tags={"origin": paths.origin})
    except (OSError, ResourceDoesNotExistException, UnauthorizedException) as error:  # requests' errors are OSErrors
        raise BuildError(f"Hamilton's UI has no project {project} for {user}, or does not run. {ADVICE}.") from error
