"""Plots and metrics for DVC: the figures of the page as small tables, for `dvc plots show` and `dvc metrics diff`."""

import csv
import io
from pathlib import Path

from loaders.core.escape import one_line
from loaders.core.files import write_json, write_text
from loaders.core.paths import ProjectPaths
from loaders.report.page.chart_list import INSTALLATIONS
from loaders.report.page.charts import Chart
from loaders.report.page.content import Content

FOLDER, METRICS = "plots", "figures.json"
PLOTS = ("funnel", "datasets", "countries", "sizes", "years")  # charts of the page that DVC shows, too
METRIC_NAMES = (
    *("installations", "confirmed", "high_confidence", "countries", "area_km2", "capacity_mw", "panel_capacity_mw"),
    *("outlines", "with_capacity", "synthetic"),
)


def write_plots(content: Content, paths: ProjectPaths) -> list[Path]:
    """Write `plots/<chart>.csv`, one row per bar, and `figures.json` of the report folder.

    Returns:
        The files.
    """
    metrics = paths.report_folder / METRICS
    write_json({name: content.figures.headline[name] for name in METRIC_NAMES}, metrics)
    files = {paths.report_folder / FOLDER / f"{name}.csv": as_csv(content.charts[name]) for name in PLOTS}
    for path, text in files.items():
        write_text(text, path)
    return [metrics, *files]


def as_csv(chart: Chart) -> str:
    """The table of a chart as CSV; stacked bars get their sum as the column `installations`."""
    is_stacked = len(chart.headings) > 2
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*chart.headings, INSTALLATIONS] if is_stacked else chart.headings)
    for category, *values in chart.rows:
        writer.writerow([one_line(str(category)), *values, *([sum(values)] if is_stacked else [])])
    return stream.getvalue()
