"""Writes the report page `index.html`: the same bytes for the same tables."""

from pathlib import Path
from typing import Any

from loaders.core.escape import script_json
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.harmonise.row_accounting import read_accounting
from loaders.report.page.chart_list import charts
from loaders.report.page.charts import Chart
from loaders.report.page.datasets import Entry, entries
from loaders.report.page.figures import Figures, read_figures
from loaders.report.page.flags import flags
from loaders.report.page.formats import FILTERS
from loaders.report.page.funnel import funnel
from loaders.report.page.overlap import overlap_matrix
from loaders.report.page.quality import matching_quality
from loaders.report.page.settings_shown import settings_shown
from loaders.report.page.verdict import licence_verdict
from loaders.report.summary import read_figures as read_build
from loaders.report.summary import summarise
from loaders.report.summary_sentences import missing, notes, warnings
from loaders.report.web.script_files import as_json_bytes
from loaders.report.web.security import content_security_policy
from loaders.report.web.templates import templates
from loaders.settings.params import Settings

TEMPLATES = templates(Path(__file__).parent)
TEMPLATES.filters |= FILTERS


def write_page(settings: Settings, paths: ProjectPaths) -> Path:
    """Write `index.html` of the report folder.

    Returns:
        The page.

    Raises:
        BuildError: nothing is built, or a table is missing.
    """
    write_text(as_html(settings, paths), paths.report_page)
    return paths.report_page


def as_html(settings: Settings, paths: ProjectPaths) -> str:
    """The page as HTML 5."""
    summaries, build = summarise(settings, paths), read_build(paths)
    figures = read_figures(paths)
    metrics = [read_accounting(paths.metrics(each.name)) for each in summaries if not each.is_missing]
    steps = funnel(figures, metrics, build)
    datasets = entries(summaries, figures, settings, paths)
    drawn = charts(figures, steps, datasets)
    return TEMPLATES.get_template("index.html.j2").render(
        policy=content_security_policy(),
        home="",
        here="Report",
        origin=settings.origin,
        figures=figures,
        headline=figures.headline,
        build=build,
        steps=steps,
        datasets=datasets,
        keys=_overlapping(datasets),
        matrix=overlap_matrix(figures.overlap, _overlapping(datasets)),
        charts=drawn,
        specs=_specs(drawn),
        flags=flags(figures),
        quality=matching_quality(),
        settings_shown=settings_shown(settings),
        licence_verdict=licence_verdict(figures),
        problems=[*missing(build), *warnings(summaries, build)],
        notes=notes(summaries, build),
        synthetic_keys=_synthetic_keys(figures),
        curated=_curated(paths),
    )


def _overlapping(datasets: list[Entry]) -> dict[str, int]:
    """Installations of the datasets that have any."""
    return {each.key: each.summary.installations for each in datasets if each.summary.installations}


def _specs(drawn: dict[str, Chart]) -> dict[str, str]:
    """The specifications of the charts as JSON for script elements."""
    return {name: script_json(as_json_bytes(chart.spec).decode("utf-8")) for name, chart in drawn.items()}


def _synthetic_keys(figures: Figures) -> list[str]:
    return [row["dataset_key"] for row in figures.synthetic if row["synthetic"]]


def _curated(paths: ProjectPaths) -> dict[str, Any]:
    """Where the tables are, and which files there are."""
    names = sorted(path.name for path in paths.curated.iterdir())
    folder = paths.curated.relative_to(paths.root).as_posix()
    return {"folder": folder, "tables": [name for name in names if name.endswith(".parquet")], "names": names}
