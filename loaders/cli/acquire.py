"""The commands of acquisition: what is published, what of it is here, and how it gets here."""

from typing import TYPE_CHECKING, Annotated

import typer

from loaders.cli.console import Key, Keys, app, open_dataset, open_project, print_errors, shown
from loaders.core.errors import EoPvError, NoNetworkError
from loaders.core.redact import redacted_url
from loaders.core.terminal import err, out
from loaders.settings.params import Dataset

if TYPE_CHECKING:
    from loaders.acquire.lock import Lock


NO_RELEASE = (
    "Error: boundaries.release in params.yaml names no release of Overture Maps, and no table is built without "
    "boundaries. `eo-pv releases` lists those that there are; `source: naturalearth` needs none."
)


@app.command()
def check(
    keep_going: Annotated[bool, typer.Option("--keep-going", help="Exit with 0 if only single datasets fail.")] = False,
) -> None:
    """Check the settings, and say what is missing that a step will need."""
    from loaders.cli.preflight import problems
    from loaders.settings.project import require_usable_folder

    settings, paths = open_project()
    require_usable_folder(paths.root)
    # the stage of such a dataset will fail; those of the others need not
    found = [problem for dataset in settings.datasets.values() for problem in problems(dataset, paths)]
    for problem in found:
        err.print(f"Error: {problem}", style="red")
    if settings.boundary_source == "overture" and settings.boundaries.release is None:
        err.print(NO_RELEASE, style="red")
    if found and not keep_going:
        raise typer.Exit(1)


@app.command()
def plan(keys: Keys = None) -> None:
    """Say what would be downloaded and which steps would run, and do nothing."""
    from loaders.acquire import plan as planning
    from loaders.acquire.downloader import Downloader

    settings, paths = open_project()
    downloads = Downloader(settings)
    planned = downloads.for_each(
        settings.select_datasets(keys), lambda dataset: planning.plan(dataset, paths, downloads)
    )
    out.print(planning.plan_table(planned))
    out.print(planning.plan_summary(planned.values()))
    failed = [each for each in planned.values() if isinstance(each, EoPvError)]
    print_errors(failed)
    for line in planning.pending_steps(paths):
        out.print(line)
    if failed or not all(each.is_possible for each in planned.values() if isinstance(each, planning.DownloadPlan)):
        raise typer.Exit(1)


@app.command()
def resolve(key: Key) -> None:
    """Ask a source what it holds and write the lock, unless there is one for this source already."""
    from loaders.acquire.resolve import resolve as run
    from loaders.http.client import HttpClient

    dataset, settings, paths = open_dataset(key)
    with paths.timed(dataset.key, "resolve"):
        lock = run(dataset, paths, HttpClient(settings.download))
    size = sum(file.bytes or 0 for file in lock.files)
    out.print(f"{dataset.key}: {len(lock.files)} file(s), {size:,} bytes, from {_place(lock)}")
    _report_licence(dataset, lock)


@app.command()
def update(keys: Keys = None) -> None:
    """Ask sources again, rewrite their locks, and say what changed."""
    from loaders.acquire import resolve as source
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import confirm
    from loaders.acquire.lock import read_lock_if_valid
    from loaders.acquire.lock_diff import changes

    settings, paths = open_project()
    downloads = Downloader(settings)
    datasets = settings.select_datasets(keys)
    before = {dataset.key: read_lock_if_valid(paths.lock(dataset.key)) for dataset in datasets}
    after = downloads.for_each(datasets, lambda dataset: source.update(dataset, paths, downloads.client))
    for key, lock in after.items():
        if isinstance(lock, EoPvError):
            continue
        out.print(f"{key}: {'; '.join(changes(before[key], lock)) or 'nothing changed'}")
        _report_licence(settings.datasets[key], lock)
    locked = {key: lock for key, lock in after.items() if not isinstance(lock, EoPvError)}
    asked = [dataset for dataset in datasets if dataset.key in locked]
    confirmed = downloads.for_each(asked, lambda dataset: confirm(dataset, locked[dataset.key], paths, downloads))
    failed = [each for each in (*after.values(), *confirmed.values()) if isinstance(each, EoPvError)]
    print_errors(failed)
    if failed:
        raise typer.Exit(1)


@app.command()
def prefetch() -> None:
    """Download what is missing into the cache, several datasets at a time, so that `fetch` finds it there."""
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import prefetch as run

    settings, paths = open_project()
    downloads = Downloader(settings)
    brought = downloads.for_each(settings.datasets.values(), lambda dataset: run(dataset, paths, downloads))
    offline = [error for error in brought.values() if isinstance(error, NoNetworkError)]
    if offline:  # the steps of these datasets would each find that out again
        raise offline[0]
    for key, error in brought.items():
        if isinstance(error, EoPvError):  # its stages say why, and those of the other datasets need not fail
            err.print(f"{key}: not fetched ahead; its own steps will try again.", style="yellow")


@app.command()
def fetch(
    key: Key,
    force: Annotated[bool, typer.Option("--force", help="Download again, whatever is there.")] = False,
) -> None:
    """Bring the files that the lock names, verified."""
    from loaders.acquire.downloader import Downloader
    from loaders.acquire.fetch import fetch as run
    from loaders.acquire.resolve import required_lock

    dataset, settings, paths = open_dataset(key)
    downloads = Downloader(settings, force=force)
    with paths.timed(dataset.key, "fetch"), downloads.bars:
        folder = run(dataset, required_lock(dataset, paths), paths, downloads)
    out.print(f"{dataset.key}: {shown(folder, paths)}")


@app.command()
def verify(keys: Keys = None) -> None:
    """Hash the fetched files again and compare them with the locks."""
    from loaders.acquire.fetch import differences, proofs
    from loaders.acquire.receipt import read_receipt
    from loaders.acquire.resolve import required_lock

    settings, paths = open_project()
    found = 0
    for dataset in settings.select_datasets(keys):
        lock, receipt = required_lock(dataset, paths), read_receipt(paths.receipt(dataset.key))
        wrong = list(differences(lock, receipt, paths))
        found += len(wrong)
        for sentence in wrong:
            err.print(f"{dataset.key}: {sentence}", style="red")
        for sentence in [] if wrong else proofs(lock, receipt):
            out.print(f"{dataset.key}: {sentence}")
    if found:
        err.print(f"Error: {found} file(s) differ. Get them again with `make all`.", style="red")
        raise typer.Exit(1)


def _place(lock: "Lock") -> str:
    """Where a lock comes from, for people."""
    if lock.record is None:
        return lock.origin
    place = lock.record.id
    return f"{lock.record.repository} {redacted_url(place) if '://' in place else place}"


def _report_licence(dataset: Dataset, lock: "Lock") -> None:
    """Say where the settings and the publisher disagree on what the data may be used for."""
    if lock.record is None:
        return
    from loaders.settings.licences import disagreement

    if found := disagreement(dataset.licence, lock.record.licence):
        err.print(f"{dataset.key}: {found}", style="yellow")
