"""Commands `cells`, `boundaries`, `releases` and `irradiance`."""

import sys

import typer

from loaders.cli.console import app, display_path, list_files, open_project
from loaders.core.terminal import err, out

COARSE_BOUNDARIES = (
    "boundaries: at 1:110 million, what lies near a border may be counted to the wrong side. Overture Maps' are "
    "finer: `source: overture` under boundaries in params.yaml."
)


@app.command("settings")
def write_settings() -> None:
    """Write the effective settings, defaults included, from which DVC sees what has changed."""
    from loaders.settings.effective import write_effective_settings

    settings, paths = open_project()
    write_effective_settings(settings, paths)
    list_files([paths.settings], paths)


@app.command()
def cells() -> None:
    """Find the H3 cells that hold records: boundaries and irradiance are needed there."""
    from loaders.core.prune import prune
    from loaders.geo.record_cells import write_cells

    settings, paths = open_project()
    prune(list(settings.datasets), paths)
    cell_counts = write_cells(settings, paths)
    out.info(
        f"cells: {cell_counts['irradiance']:,} for the irradiance, {cell_counts['boundaries']:,} for the boundaries"
    )
    list_files([paths.cells(name) for name in cell_counts], paths)


@app.command()
def boundaries() -> None:
    """Load the boundaries of countries and regions."""
    settings, paths = open_project()
    with paths.timed("boundaries", "load"):
        from loaders.lineage.emit import hamilton_adapters, pipeline_events
        from loaders.lineage.steps import boundary_steps
        from loaders.overture_maps_loader import load_boundaries, published_boundaries

        source = published_boundaries(settings, paths)
        with pipeline_events("boundaries", paths, lambda: boundary_steps(source, paths)) as run:
            counts = load_boundaries(source, paths.boundaries, hamilton_adapters("boundaries", paths, run))
    countryless = (
        f"; {counts.without_country} of them of no country that is agreed on" if counts.without_country else ""
    )
    out.info(f"boundaries: {counts.countries:,} of countries, {counts.regions:,} of regions{countryless}")
    if settings.origin != "sample" and settings.boundary_source != "overture":
        err.warn(COARSE_BOUNDARIES)
    list_files([paths.boundaries], paths)


@app.command()
def releases() -> None:
    """List the releases of Overture Maps' boundaries."""
    from loaders.boundaries.overture.lock import read_release_lock
    from loaders.boundaries.overture.releases import live_releases
    from loaders.http.client import HttpClient

    settings, paths = open_project()
    lock = read_release_lock(paths.release_lock)
    for name in live_releases(HttpClient(settings.download)):
        mark = f"  ({display_path(paths.release_lock, paths)})" if lock and name == lock.release else ""
        out.print(f"{name}{mark}")


@app.command()
def irradiance() -> None:
    """Load the solar irradiance of the cells that hold records, and the specific yield there."""
    settings, paths = open_project()
    with paths.timed("irradiance", "load"):
        from loaders.lineage.emit import hamilton_adapters, pipeline_events
        from loaders.lineage.steps import irradiance_steps
        from loaders.solar_irradiance_loader import load_irradiance, provider_context

        with pipeline_events("irradiance", paths, lambda: irradiance_steps(paths)) as run:
            adapters = hamilton_adapters("irradiance", paths, run)
            counts = load_irradiance(settings.irradiance, paths, provider_context(settings, _confirm_billing), adapters)
    out.info(f"irradiance: {counts.kept:,} of {counts.read:,} cells, from {settings.irradiance.provider}")
    for reason, refused in counts.refused.items():
        err.warn(f"irradiance: none for {refused:,} cells: {reason}")
    list_files([paths.irradiance], paths)


def _confirm_billing(requests: int) -> bool:
    """Ask for consent to billed requests; without a terminal, decline."""
    return sys.stdin.isatty() and typer.confirm(f"This makes {requests:,} requests that will be billed. Go on?")
