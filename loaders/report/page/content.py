"""What the report page and the plots of DVC are made of, read once."""

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.core.paths import ProjectPaths
from loaders.harmonise.row_accounting import read_accounting
from loaders.report.page.chart_list import charts
from loaders.report.page.charts import Chart
from loaders.report.page.datasets import Entry, entries
from loaders.report.page.figures import Figures, read_figures
from loaders.report.page.funnel import Step, funnel
from loaders.report.summary import DatasetSummary, summarise
from loaders.report.summary import read_figures as read_build
from loaders.settings.params import Settings
from loaders.warehouse.build_metrics import BuildMetrics


@dataclass(frozen=True, slots=True)
class Content:
    """The content of the page.

    Attributes:
        summaries: the counts of each dataset, as in `summary.md`.
        build: the metrics of the build.
        figures: of the curated tables.
        steps: of the funnel.
        datasets: in the order of the settings.
        charts: by name.
    """

    summaries: list[DatasetSummary]
    build: BuildMetrics
    figures: Figures
    steps: list[Step]
    datasets: list[Entry]
    charts: Mapping[str, Chart]


def read_content(settings: Settings, paths: ProjectPaths) -> Content:
    """Read it.

    Raises:
        BuildError: nothing is built, or a table is missing.
    """
    summaries, build, figures = summarise(settings, paths), read_build(paths), read_figures(paths)
    metrics = [read_accounting(paths.metrics(each.name)) for each in summaries if not each.is_missing]
    steps = funnel(figures, metrics, build)
    datasets = entries(summaries, figures, settings, paths)
    return Content(summaries, build, figures, steps, datasets, charts(figures, steps, datasets))
