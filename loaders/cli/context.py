"""The commands of what is around the records: the cells that hold them, boundaries, and solar irradiance."""

import sys

import typer

from loaders.cli.console import app, list_files, settings
from loaders.core.terminal import err, out

COARSE = (
    "boundaries: at 1:110 million, what lies near a border may be counted to the wrong side. Overture Maps' are finer: "
    "`source: overture` under boundaries in params.yaml."
)


@app.command()
def cells() -> None:
    """Find the H3 cells that hold records: boundaries and irradiance are needed there."""
    from loaders.core.prune import prune
    from loaders.geo.record_cells import write_cells

    catalog, workspace = settings()
    prune(list(catalog.datasets), workspace)
    found = write_cells(catalog, workspace)
    out.print(f"cells: {found['irradiance']:,} for the irradiance, {found['boundaries']:,} for the boundaries")
    list_files([workspace.cells(name) for name in found], workspace)


@app.command()
def boundaries() -> None:
    """Load the boundaries of countries and regions."""
    catalog, workspace = settings()
    with workspace.timed("boundaries", "load"):
        from loaders.lineage.emit import hamilton_adapters, pipeline_events
        from loaders.lineage.steps import boundary_steps
        from loaders.overture_maps_loader import load_boundaries, published_boundaries

        source = published_boundaries(catalog, workspace)
        with pipeline_events("boundaries", workspace, lambda: boundary_steps(source, workspace)) as run:
            counts = load_boundaries(source, workspace.boundaries, hamilton_adapters("boundaries", workspace, run))
    without = f"; {counts.without_country} of them of no country that is agreed on" if counts.without_country else ""
    out.print(f"boundaries: {counts.countries:,} of countries, {counts.regions:,} of regions{without}")
    if catalog.origin != "sample" and catalog.boundary_source != "overture":
        err.print(COARSE, style="yellow")
    list_files([workspace.boundaries], workspace)


@app.command()
def releases() -> None:
    """Ask Overture Maps which releases of its boundaries there are."""
    from loaders.boundaries.overture.releases import live_releases
    from loaders.http.client import Web

    catalog, _ = settings()
    for name in live_releases(Web(catalog.download)):
        used = "  (boundaries.release in params.yaml)" if name == catalog.boundaries.release else ""
        out.print(f"{name}{used}")


@app.command()
def irradiance() -> None:
    """Load the solar irradiance of the cells that hold records, and what panels make of it."""
    catalog, workspace = settings()
    with workspace.timed("irradiance", "load"):
        from loaders.lineage.emit import hamilton_adapters, pipeline_events
        from loaders.lineage.steps import irradiance_steps
        from loaders.solar_irradiance_loader import asking, load_irradiance

        with pipeline_events("irradiance", workspace, lambda: irradiance_steps(workspace)) as run:
            adapters = hamilton_adapters("irradiance", workspace, run)
            counts = load_irradiance(catalog.irradiance, workspace, asking(catalog, _agreed), adapters)
    out.print(f"irradiance: {counts.kept:,} of {counts.read:,} cells, from {catalog.irradiance.provider}")
    for reason, refused in counts.refused.items():
        err.print(f"irradiance: none for {refused:,} cells: {reason}", style="yellow")
    list_files([workspace.irradiance], workspace)


def _agreed(requests: int) -> bool:
    """Ask whoever sits there; where nobody does, nobody agrees."""
    return sys.stdin.isatty() and typer.confirm(f"This makes {requests:,} requests that will be billed. Go on?")
