"""Draws a picture: reads the installations, composes a map or a chart, and writes the file."""

from dataclasses import dataclass

from matplotlib.figure import Figure

from loaders.core.escape import one_line
from loaders.read.published import Published
from loaders.report.figure_file import write_figure
from loaders.report.picture.chart_figure import chart_figure
from loaders.report.picture.content import Content
from loaders.report.picture.credit import licence_line
from loaders.report.picture.land import Land, country_names, find_country, read_land
from loaders.report.picture.map_figure import map_figure
from loaders.report.picture.plants import read_plants, selection
from loaders.report.picture.request import Chart, Request, require_path

WORLD_DETAIL_DEG = 0.02
COUNTRY_DETAIL_DEG = 0.002


@dataclass(frozen=True, slots=True)
class Picture:
    """What was drawn.

    Attributes:
        installations: their number.
        synthetic: number of those that are made up.
        licence_line: whose data it shows.
    """

    installations: int
    synthetic: int
    licence_line: str


def draw_picture(request: Request, tables: Published) -> Picture:
    """Write a picture, the same bytes for the same tables.

    Raises:
        BuildError: nothing is built yet.
        SelectionError: there is no such country, no installation, or the path cannot be written.
        SettingsError: there is no such dataset.
    """
    require_path(request.path, tables.paths)
    dataset = tables.settings.dataset(request.dataset).key if request.dataset else None
    detail_deg = COUNTRY_DETAIL_DEG if request.country else WORLD_DETAIL_DEG
    land = read_land(tables.paths, None, detail_deg)
    names = country_names(land)
    country = find_country(request.country, names) if request.country else None
    chosen = selection(country, dataset)
    plants = read_plants(tables, chosen)
    credit = licence_line(tables, chosen, has_borders=request.chart is Chart.MAP)
    content = Content(request, tables, chosen, plants, country, one_line(credit))

    def figure() -> Figure:
        if request.chart is not Chart.MAP:
            return chart_figure(content, names)
        regions = read_land(tables.paths, country, detail_deg) if country else Land.none()
        return map_figure(content, land, regions)

    write_figure(figure, request.path, request.dpi)
    return Picture(len(plants), int(plants.is_synthetic.sum()), content.licence_line)
