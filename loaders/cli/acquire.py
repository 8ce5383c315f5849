"""Commands `check`, `plan`, `resolve`, `update`, `prefetch`, `fetch` and `verify`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from loaders.cli.boundaries import boundaries_line, lock_boundaries, update_boundaries
from loaders.cli.console import (
    AsJson,
    Key,
    Keys,
    app,
    display_path,
    open_dataset,
    open_project,
    print_errors,
    print_json,
)
from loaders.core.errors import EoPvError, NoNetworkError
from loaders.core.paths import OVERTURE, ProjectPaths
from loaders.core.redact import redacted_url
from loaders.core.terminal import err, out
from loaders.settings.params import Dataset, Settings

if TYPE_CHECKING:
    from loaders.acquire.lock import Lock


@app.command()
def check(
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Exit with 0 if only single datasets fail.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the settings, and report what later steps will miss."""
    from loaders.cli.json_documents import check_document
    from loaders.cli.preflight import all_errors, missing_column_warnings
    from loaders.settings.project import require_usable_folder

    settings, paths = open_project()
    require_usable_folder(paths.root)
    errors = all_errors(settings, paths)
    warnings = list(missing_column_warnings(settings, paths))
    if as_json:
        print_json(check_document(settings, errors, warnings))
    else:
        print_errors(error for _, error in errors)
        for key, warning in warnings:
            err.warn(f"{key}: {warning}.")
    if any(not keep_going or key is None for key, _ in errors):
        raise typer.Exit(1)


@app.command()
def plan(keys: Keys = None, as_json: AsJson = False) -> None:
    """Show what would be downloaded and which steps would run, without running them."""
    from loaders.acquire import plan as planning
    from loaders.acquire.downloader import Downloader
    from loaders.cli.json_documents import plan_document
    from loaders.cli.pending_steps import pending_steps
    from loaders.cli.preflight import all_errors

    settings, paths = open_project()
    downloads = Downloader(settings)
    plans = downloads.for_each(settings.select_datasets(keys), lambda dataset: planning.plan(dataset, paths, downloads))
    errors: list[tuple[str | None, EoPvError]] = [
        (key, each) for key, each in plans.items() if isinstance(each, EoPvError)
    ]
    errors += all_errors(settings, paths, plans)
    if as_json:
        print_json(plan_document(plans, errors, pending_steps(settings, paths)))
    else:
        if not all(isinstance(each, NoNetworkError) for each in plans.values()):
            out.print(planning.plan_table(plans))
        out.print(planning.plan_summary(plans.values()))
        if line := boundaries_line(settings, paths):
            out.print(line)
        print_errors(_with_one_network_error([error for _, error in errors]))
        for line in pending_steps(settings, paths).lines():
            out.print(line)
    if errors or not all(each.is_possible for each in plans.values() if isinstance(each, planning.DownloadPlan)):
        raise typer.Exit(1)


@app.command()
def resolve(key: Key) -> None:
    """Resolve a source (or `overture`) and write its lock, unless it is locked already."""
    from loaders.acquire.resolve import current_lock
    from loaders.acquire.resolve import update as write_lock

    if key == OVERTURE:
        from loaders.http.client import HttpClient

        settings, paths = open_project()
        lock_boundaries(settings, paths, HttpClient(settings.download))
        return
    dataset, settings, paths = open_dataset(key)
    with paths.timed(dataset.key, "resolve"):
        if (lock := current_lock(dataset, paths)) is None:
            from loaders.http.client import HttpClient  # takes longer to import than the rest of this command

            lock = write_lock(dataset, paths, HttpClient(settings.download))
    size = sum(file.bytes or 0 for file in lock.files)
    out.info(f"{dataset.key}: {len(lock.files)} file(s), {size:,} bytes, from {_lock_origin(lock)}")
    _report_licence(dataset, lock)


@app.command()
def update(keys: Keys = None) -> None:
    """Resolve sources again, rewrite their locks, and report the changes; `overture` is the boundaries."""
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import confirm
    from loaders.acquire.lock import read_lock_if_valid
    from loaders.acquire.lock_diff import changes
    from loaders.acquire.resolve import update as update_lock

    settings, paths = open_project()
    downloads = Downloader(settings)
    names = [name for name in keys or () if name != OVERTURE]
    datasets = settings.select_datasets(names) if names or not keys else []
    boundary_errors = update_boundaries(settings, paths, downloads.client, keys or [])
    before = {dataset.key: read_lock_if_valid(paths.lock(dataset.key)) for dataset in datasets}
    after = downloads.for_each(datasets, lambda dataset: update_lock(dataset, paths, downloads.client))
    for key, lock in after.items():
        if isinstance(lock, EoPvError):
            continue
        out.print(f"{key}: {'; '.join(changes(before[key], lock)) or 'nothing changed'}")
        _report_licence(settings.datasets[key], lock)
    locked = {key: lock for key, lock in after.items() if not isinstance(lock, EoPvError)}
    resolved = [dataset for dataset in datasets if dataset.key in locked]
    confirmed = downloads.for_each(resolved, lambda dataset: confirm(dataset, locked[dataset.key], paths, downloads))
    failed = [each for each in (*after.values(), *confirmed.values()) if isinstance(each, EoPvError)]
    failed += boundary_errors
    print_errors(failed)
    if failed:
        raise typer.Exit(1)


@app.command()
def prefetch() -> None:
    """Download missing files into the cache for `fetch`, several datasets at a time."""
    prefetch_all(*open_project())


def prefetch_all(settings: Settings, paths: ProjectPaths) -> list[str]:
    """Download missing files into the cache; the datasets whose files could not be downloaded.

    Raises:
        NoNetworkError: there is no network, and files are missing.
    """
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import prefetch as run

    downloads = Downloader(settings)
    if settings.boundary_source == OVERTURE:
        lock_boundaries(settings, paths, downloads.client)
    results = downloads.for_each(settings.datasets.values(), lambda dataset: run(dataset, paths, downloads))
    offline = [error for error in results.values() if isinstance(error, NoNetworkError)]
    if offline:  # every step of these datasets would fail the same way
        raise offline[0]
    unreachable = [key for key, error in results.items() if isinstance(error, EoPvError)]
    for key in unreachable:  # its own stages report the error
        err.warn(f"{key}: not fetched ahead; its own steps will try again.")
    return unreachable


@app.command()
def fetch(
    key: Key,
    force: Annotated[bool, typer.Option("--force", help="Download again, even if the files are there.")] = False,
) -> None:
    """Download the files that the lock names, and verify them."""
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import fetch as run
    from loaders.acquire.resolve import required_lock

    dataset, settings, paths = open_dataset(key)
    downloads = Downloader(settings, force=force)
    with paths.timed(dataset.key, "fetch"), downloads.shown():
        folder = run(dataset, required_lock(dataset, paths), paths, downloads)
    out.info(f"{dataset.key}: {display_path(folder, paths)}")


@app.command()
def verify(keys: Keys = None, as_json: AsJson = False) -> None:
    """Hash the fetched files again and compare them with the locks."""
    from loaders.acquire.fetch import differences, proofs
    from loaders.acquire.receipt import read_receipt
    from loaders.acquire.resolve import required_lock
    from loaders.cli.json_documents import verify_document

    settings, paths = open_project()
    differing: dict[str, list[str]] = {}
    proven: dict[str, list[str]] = {}
    for dataset in settings.select_datasets(keys):
        lock, receipt = required_lock(dataset, paths), read_receipt(paths.receipt(dataset.key))
        differing[dataset.key] = list(differences(lock, receipt, paths))
        proven[dataset.key] = [] if differing[dataset.key] else list(proofs(lock, receipt))
        if not as_json:
            _print_verification(dataset.key, differing[dataset.key], proven[dataset.key])
    if as_json:
        print_json(verify_document(differing, proven))
    if count := sum(map(len, differing.values())):
        if not as_json:
            err.print(f"Error: {count} file(s) differ. Get them again with `make all`.", style="red")
        raise typer.Exit(1)


def _print_verification(key: str, differences: Iterable[str], proofs: Iterable[str]) -> None:
    for sentence in differences:
        err.print(f"{key}: {sentence}", style="red")
    for sentence in proofs:
        out.print(f"{key}: {sentence}")


def _with_one_network_error(errors: list[EoPvError]) -> list[EoPvError]:
    """The errors, of those about a missing network only the last, which is about all that needs one."""
    offline = [error for error in errors if isinstance(error, NoNetworkError)]
    return [error for error in errors if not isinstance(error, NoNetworkError)] + offline[-1:]


def _lock_origin(lock: "Lock") -> str:
    """The origin of a lock, for display."""
    if lock.record is None:
        return lock.origin
    record_id = lock.record.id
    return f"{lock.record.repository} {redacted_url(record_id) if '://' in record_id else record_id}"


def _report_licence(dataset: Dataset, lock: "Lock") -> None:
    """Report a conflict between the licence in the settings and the publisher's."""
    if lock.record is None:
        return
    from loaders.settings.licences import disagreement

    if conflict := disagreement(dataset.licence.of_other_records, lock.record.licence):
        err.warn(f"{dataset.key}: {conflict}")
