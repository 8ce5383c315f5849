"""Command `all`: the whole workflow in one process, as `make all` runs it."""

import time
from collections.abc import Callable, Mapping

import typer

from loaders.cli.acquire import prefetch_all
from loaders.cli.console import app, open_project, print_errors
from loaders.cli.dvc_run import DvcResult, run_dvc
from loaders.cli.exclusive_run import exclusive_run
from loaders.cli.fork_server import fork_server_on_demand
from loaders.cli.load_ahead import FORCE, loaded_ahead
from loaders.cli.partial_run import build_without, failed_datasets
from loaders.cli.pending_steps import SETTINGS_STEP
from loaders.cli.report import show_results
from loaders.cli.repro import CONTEXT_SETTINGS
from loaders.cli.run_display import RunDisplay
from loaders.cli.scheduler import Scheduler, use_scheduler
from loaders.cli.warehouse import warehouse
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import clock
from loaders.core.terminal import err
from loaders.settings.params import Settings
from loaders.settings.project import require_usable_folder
from loaders.warehouse.staleness import is_stale

KEEP_GOING = frozenset({"--keep-going", "-k"})
# with these, what DVC prints is what is asked for
SHOWN_BY_DVC = frozenset({"-n", "--dry", "-v", "-vv", "--verbose", "-i", "--interactive", "-h", "--help"})


@app.command("all", context_settings=CONTEXT_SETTINGS)
def run_all(context: typer.Context, scheduler: Scheduler = None) -> None:
    """Run the whole workflow, then show its table; further arguments are passed on to `dvc repro`."""
    from loaders.report.page.run_facts import write_run_facts

    start = time.monotonic()
    settings, paths = open_project()
    use_scheduler(scheduler, settings)
    require_usable_folder(paths.root)
    with exclusive_run(paths.root), fork_server_on_demand() as start_server:
        if _will_load(context.args, settings, paths):
            start_server()  # it imports while the publishers are asked
        found = _check(settings, paths)
        unreachable = prefetch_all(settings, paths)
        if SHOWN_BY_DVC.intersection(context.args):
            start_server()
            raise typer.Exit(run_dvc(context.args).code)
        with loaded_ahead(context.args, settings, paths, unreachable, start_server):
            missing = _run_steps(context.args, settings, paths, start, found, start_server)
        write_run_facts(settings, paths)
    show_results(settings, paths)
    if missing:
        raise BuildError(_missing_message(list(missing), settings))


def _will_load(arguments: list[str], settings: Settings, paths: ProjectPaths) -> bool:
    """Whether it is certain that steps will run."""
    return not FORCE.isdisjoint(arguments) or not all(paths.loaded(key).exists() for key in settings.datasets)


def _check(settings: Settings, paths: ProjectPaths) -> dict[str, str]:
    """Print what will fail, and stop if there would be no table; returns the datasets that will, with the reason.

    What loads have missed is in the summary.
    """
    from loaders.cli.preflight import all_errors

    errors = all_errors(settings, paths)
    print_errors(error for _, error in errors)
    if any(key is None for key, _ in errors):
        raise typer.Exit(1)
    return {key: str(error) for key, error in errors if key}


def _run_steps(
    arguments: list[str],
    settings: Settings,
    paths: ProjectPaths,
    start: float,
    found: Mapping[str, str],
    start_server: Callable[[], None],
) -> dict[str, str]:
    """Run what has changed; returns the datasets that are missing, each with the reason."""
    from loaders.report.summary import read_figures, summarise
    from loaders.report.summary_sentences import sentences

    missing: dict[str, str] = {}
    with RunDisplay(list(settings.datasets)) as display:

        def on_start(step: str) -> None:
            display.start(step)
            if step != SETTINGS_STEP:  # which imports less than a server does
                start_server()

        result = run_dvc(arguments, on_start)
        if result.code and KEEP_GOING.intersection(arguments):
            missing = failed_datasets(result.failed, display.errors, settings, found)
        if missing:
            build_without(missing, settings, paths, display.start)
        elif not result.code and is_stale(settings, paths):
            display.start("build")
            warehouse()
    has_table = missing or not result.code
    repeated = sentences(summarise(settings, paths), read_figures(paths)) if has_table else []
    for warning in dict.fromkeys(display.warnings):
        if warning not in repeated:
            err.warn(warning)
    if not has_table:
        _report_failure(result)
    err.info(_format_steps(display.steps, time.monotonic() - start))
    return missing


def _report_failure(result: DvcResult) -> None:
    """Name the steps that failed, each of which has reported why; the tables stay as they were."""
    if result.failed:
        names = ", ".join(name.replace("@", " of ") for name in result.failed)
        err.print(f"Failed: {names}. Nothing was built; the tables of the last good build stay.")
    raise typer.Exit(result.code)


def _format_steps(steps: list[str], seconds: float) -> str:
    """What ran, and how long it took with everything before it."""
    counts: dict[str, int] = {}
    for verb in (step.partition("@")[0] for step in steps if step != SETTINGS_STEP):
        counts[verb] = counts.get(verb, 0) + 1
    if not counts:
        return "Nothing changed since the last run."
    names = [f"{verb} ({count} datasets)" if count > 1 else verb for verb, count in counts.items()]
    return f"Ran in {clock(seconds)}: {', '.join(names)}."


def _missing_message(keys: list[str], settings: Settings) -> str:
    verb = "is" if len(keys) == 1 else "are"
    return (
        f"{len(keys)} of {len(settings.datasets)} datasets {verb} missing from every table: {', '.join(keys)}. "
        "The reasons are above; `make all` tries them again."
    )
