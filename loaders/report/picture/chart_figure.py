"""A chart as a figure: axes with room for their labels, legend and notes."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from loaders.report.picture import charts
from loaders.report.picture.content import Content
from loaders.report.picture.request import Chart
from loaders.report.picture.sheet import POINT_MM, Key, Sheet, points

ASPECT = 0.5  # height of a chart of columns as a share of its width
BAR_EM = 1.75  # height of a bar with its distance


def chart_figure(content: Content, names: Mapping[str, str]) -> Figure:
    """A chart of sizes, years, countries or datasets.

    Args:
        content: of the picture.
        names: of the countries by code.
    """
    match content.request.chart:
        case Chart.COUNTRIES:
            bars = charts.country_bars(content.plants, names)
            return _bars(content, bars, charts.country_keys(content.theme), "")
        case Chart.DATASETS:
            labels = {key: dataset.alias or key for key, dataset in content.tables.settings.datasets.items()}
            note = "An installation counts in each dataset that has it."
            bars = charts.dataset_bars(content.plants, labels)
            return _bars(content, bars, charts.dataset_keys(content.theme), note)
        case Chart.YEARS:
            figure, axes = _columns(content, [], charts.unknown_note(content.plants.year, "year"))
            charts.draw_years(axes, content.plants, content.theme, points(content.request.width_mm))
            return figure
        case _:
            note = charts.unknown_note(content.plants.size_mw, "capacity")
            figure, axes = _columns(content, charts.size_keys(content.theme), note)
            charts.draw_sizes(axes, content.plants, content.theme, points(content.request.width_mm))
            return figure


def _columns(content: Content, keys: list[Key], note: str) -> tuple[Figure, Axes]:
    height = content.request.width_mm * ASPECT
    figure, axes = _sheet(content, keys, height, note).figure()
    em = points(content.request.width_mm) * POINT_MM
    _inset(axes, left_mm=5 * em, bottom_mm=4 * em, content=content, height_mm=height)
    return figure, axes


def _bars(content: Content, bars: charts.Bars, keys: list[Key], note: str) -> Figure:
    size = points(content.request.width_mm)
    em = size * POINT_MM
    height = len(bars) * BAR_EM * em + 4 * em
    figure, axes = _sheet(content, keys, height, note).figure()
    left = charts.left_label_mm(bars, size) + em
    _inset(axes, left_mm=left, bottom_mm=4 * em, content=content, height_mm=height)
    charts.draw_bars(axes, bars, content.theme, size)
    return figure


def _sheet(content: Content, keys: list[Key], height_mm: float, note: str) -> Sheet:
    count = f"{len(content.plants):,} solar installations."
    return Sheet(
        width_mm=content.request.width_mm,
        theme=content.theme,
        plot_height_mm=height_mm,
        title=content.title,
        warning=content.warning,
        keys=keys,
        notes=[f"{count} {note}".strip(), content.licence_line],
    )


def _inset(axes: Axes, left_mm: float, bottom_mm: float, content: Content, height_mm: float) -> None:
    """Shrink the axes, so that their labels have room at the left and below."""
    place = axes.get_position()
    width = content.request.width_mm
    left, right = left_mm / width, 2 * points(width) * POINT_MM / width  # at the right: half of the last label
    bottom = place.height * bottom_mm / height_mm
    top = place.height * 0.02
    axes.set_position((place.x0 + left, place.y0 + bottom, place.width - left - right, place.height - bottom - top))
