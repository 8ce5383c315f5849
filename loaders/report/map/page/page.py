"""Writes `map.html` and its static picture, out of the map's own data: the same bytes for the same data."""

from pathlib import Path
from typing import Any

import numpy as np

from loaders.core.escape import web_address
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.report.map.page.map_files import MapFiles
from loaders.report.map.page.overview import overview_svg
from loaders.report.page.formats import quantity
from loaders.report.web.security import content_security_policy
from loaders.report.web.templates import templates
from loaders.settings.licences import NOT_STATED
from loaders.settings.params import Settings
from loaders.settings.report import TileServer

TEMPLATES = templates(Path(__file__).parent)
PAGE, OVERVIEW = "map.html", "assets/overview.svg"
# in the order in which each needs those before it
SCRIPTS = (
    *(f"map-{name}.js" for name in ("text", "data", "palette", "state", "filters", "hexagons", "tiles", "labels")),
    *(f"map-{name}.js" for name in ("layers", "legend", "evidence", "details", "search", "table", "camera", "view")),
    "map.js",
)
FILTERS = (
    ("country", "Country"),
    ("dataset", "Dataset"),
    ("status", "Status"),
    ("confidence", "Confidence"),
    ("licence", "Licence"),
)
BANNERS = {
    "all": "Synthetic: these are the bundled samples. No installation here is real.",
    "some": "Partly synthetic: some records here are of the bundled samples. Each such installation says so.",
    "none": "",
}
MW_PER_GW = 1000


def write_map_page(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """Write the page and its picture; the data of the map and the folder `assets` are there already.

    Returns:
        The files.

    Raises:
        BuildError: the data of the map is missing.
    """
    folder = paths.report().parent
    files = MapFiles(folder)
    write_text(map_html(files, settings.report.tile_server), folder / PAGE)
    write_text(overview_svg(files), folder / OVERVIEW)
    return [folder / PAGE, folder / OVERVIEW]


def map_html(files: MapFiles, tile_server: TileServer | None = None) -> str:
    """The page as HTML 5; it finds all data in the script files next to it."""
    meta = files.meta()
    return TEMPLATES.get_template("map.html.j2").render(
        policy=content_security_policy(tile_server.url if tile_server else None),
        home="",
        here="Map",
        count=f"{meta['count']:,}",
        capacity=_capacity(files),
        datasets=[_described(each) for each in meta["datasets"]],
        no_licence=NOT_STATED,
        is_synthetic=meta["is_synthetic"],
        banner=BANNERS[meta["is_synthetic"]],
        scripts=SCRIPTS,
        lists=FILTERS,
        attribution=_attribution(meta, tile_server),
        tile_server=tile_server,
    )


def _capacity(files: MapFiles) -> str:
    """Capacity of all panels, in the unit that suits it."""
    megawatts = float(np.nansum(files.column("size_mw").astype(np.float64)))
    return f"{quantity(megawatts / MW_PER_GW)} GW" if megawatts >= MW_PER_GW else f"{quantity(megawatts)} MW"


def _described(dataset: dict[str, Any]) -> dict[str, Any]:
    """A dataset with its licence, stated or not, and with its web page if it has one."""
    return dataset | {"licence": dataset["licence"] or NOT_STATED, "address": web_address(dataset["url"])}


def _attribution(meta: dict[str, Any], tile_server: TileServer | None) -> str:
    """The licences of the data on one line, and whose tiles lie behind it."""
    licences = sorted({each["licence"] or NOT_STATED for each in meta["datasets"]})
    behind = f" · {tile_server.attribution}" if tile_server else ""
    return f"Data: {len(meta['datasets'])} inventories ({', '.join(licences)}){behind}"
