"""Lineage on request: which run has read what and written what, as OpenLineage events in a file, or in Hamilton's UI.

EO_PV_LINEAGE names the file (relative to the project): each run appends one JSON document a line. A run of DVC's
stages passes the variable on, so that all stages write to one file. HAMILTON_UI_PROJECT asks for Hamilton's UI.
Where nobody asks, nothing is imported, and nothing happens.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.lineage.run import FILE, Parent
from loaders.lineage.steps import Step

UI_PROJECT = "HAMILTON_UI_PROJECT"
UI_USER = "HAMILTON_UI_USER"
ADVICE = (
    "Start the UI with `hamilton ui`, make a project at http://localhost:8241, and give its number as "
    f"{UI_PROJECT} and your user name there as {UI_USER}; or unset {UI_PROJECT}"
)


def lineage_file(paths: ProjectPaths) -> Path | None:
    """Where events go; null where nobody asks for them."""
    name = os.environ.get(FILE)
    return paths.root / Path(name).expanduser() if name else None


def hamilton_adapters(job: str, paths: ProjectPaths, parent: Parent | None = None) -> list[Any]:
    """What a Hamilton driver needs for its runs to be told; nothing where nobody asks.

    They go with every executor: they can be sent to other processes, where they have nothing to tell.

    Args:
        job: the pipeline. Hamilton's own events are of the job `<job>.hamilton`: the graph, with what its functions
            say, but not what they read and write, which `pipeline_events` tells.
        paths: whose file it is.
        parent: the run that the graph is a part of.

    Raises:
        BuildError: the UI is asked for, and is not installed or does not answer; or the file cannot be written.
    """
    adapters = []
    file = lineage_file(paths)
    if file is not None:
        from hamilton.plugins.h_openlineage import OpenLineageAdapter  # noqa: PLC0415 (start-up time)

        from loaders.lineage.events import NAMESPACE, client  # noqa: PLC0415

        adapters.append(OpenLineageAdapter(client(file, paths.root, parent), NAMESPACE, f"{job}.hamilton"))
    if os.environ.get(UI_PROJECT):
        adapters.append(_tracker(job, paths))
    return adapters


@contextmanager
def pipeline_events(
    job: str, paths: ProjectPaths, steps: Callable[[], Sequence[Step]], description: str = ""
) -> Iterator[Parent | None]:
    """Tell of a run and of its steps that they start, and how they end; nothing where nobody asks.

    Each step is a run of its own, of the job `<job>.<step>`, so that a DOI leads to its table and to no other.

    Args:
        job: what is run.
        paths: whose file it is.
        steps: what is read and written; asked at the start, and again at the end, when more is known.
        description: of the job, in a sentence.

    Yields:
        The run, for what is a part of it; null where nobody asks.

    Raises:
        BuildError: the file cannot be written.
    """
    file = lineage_file(paths)
    if file is None:
        yield None
        return
    from loaders.lineage.events import Runs  # noqa: PLC0415 (start-up time)

    runs = Runs(job, description, file, paths.root)
    runs.start(steps())
    try:
        yield runs.parent
    except BaseException as error:
        runs.end(steps(), error)
        raise
    runs.end(steps())


def dbt_events(project: Path, paths: ProjectPaths, parent: Parent | None = None) -> int:
    """Tell what the last dbt run has read, written and tested, as `manifest.json` and `run_results.json` have it.

    Args:
        project: the folder with `dbt_project.yml`.
        paths: whose file it is, and whose warehouse the tables are in once the build is published.
        parent: the run that dbt was a part of.

    Returns:
        How many events there were; 0 where nobody asks, or where dbt has not got as far as to run anything.

    Raises:
        BuildError: the file cannot be written.
    """
    file = lineage_file(paths)
    if file is None or not (project / "target" / "run_results.json").exists():
        return 0
    from loaders.lineage.dbt import told_by_dbt  # noqa: PLC0415 (start-up time)
    from loaders.lineage.events import client  # noqa: PLC0415

    out = client(file, paths.root, parent)
    events = told_by_dbt(project, paths)
    for event in events:
        out.emit(event)
    return len(events)


def _tracker(job: str, paths: ProjectPaths) -> Any:
    """What sends Hamilton's runs to its UI."""
    project, user = os.environ[UI_PROJECT], os.environ.get(UI_USER)
    if not project.isdecimal() or not user:
        raise BuildError(f"{UI_PROJECT} is {project!r} and {UI_USER} is {user!r}. {ADVICE}.")
    try:
        from hamilton_sdk.adapters import HamiltonTracker  # noqa: PLC0415 (not installed with eo-pv)
        from hamilton_sdk.api.clients import ResourceDoesNotExistException, UnauthorizedException  # noqa: PLC0415
    except ImportError as error:
        what = "`.venv/bin/uv pip install --python .venv --editable '.[ui]'`"
        raise BuildError(f"{UI_PROJECT} asks for Hamilton's UI, which needs {what}. {ADVICE}.") from error
    try:
        return HamiltonTracker(int(project), user, job, tags={"origin": paths.origin})
    except (OSError, ResourceDoesNotExistException, UnauthorizedException) as error:  # requests' errors are OSErrors
        raise BuildError(f"Hamilton's UI has no project {project} for {user}, or does not run. {ADVICE}.") from error
