"""Writes the report page `index.html`: the same bytes for the same tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loaders.core.escape import script_json
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.report.page.charts import Chart
from loaders.report.page.content import Content
from loaders.report.page.datasets import Entry
from loaders.report.page.flags import flags
from loaders.report.page.formats import FILTERS
from loaders.report.page.overlap import overlap_matrix
from loaders.report.page.quality import matching_quality
from loaders.report.page.settings_shown import settings_shown
from loaders.report.page.verdict import licence_verdict
from loaders.report.summary_sentences import missing, notes, warnings
from loaders.report.web.script_files import as_json_bytes
from loaders.report.web.security import content_security_policy
from loaders.report.web.templates import templates
from loaders.settings.params import Settings

TEMPLATES = templates(Path(__file__).parent)
TEMPLATES.filters |= FILTERS


def write_page(content: Content, settings: Settings, paths: ProjectPaths) -> Path:
    """Write `index.html` of the report folder.

    Returns:
        The page.
    """
    write_text(as_html(content, settings, _curated(paths)), paths.report_page)
    return paths.report_page


def as_html(content: Content, settings: Settings, curated: Mapping[str, Any]) -> str:
    """The page as HTML 5.

    Args:
        content: what it tells.
        settings: of the project.
        curated: `folder` and `tables`, where the published tables are.
    """
    figures = content.figures
    return TEMPLATES.get_template("index.html.j2").render(
        policy=content_security_policy(),
        home="",
        here="Report",
        origin=settings.origin,
        figures=figures,
        headline=figures.headline,
        build=content.build,
        steps=content.steps,
        datasets=content.datasets,
        keys=_overlapping(content.datasets),
        matrix=overlap_matrix(figures.overlap, _overlapping(content.datasets)),
        charts=content.charts,
        specs=_specs(content.charts),
        flags=flags(figures),
        quality=matching_quality(),
        settings_shown=settings_shown(settings),
        licence_verdict=licence_verdict(figures, settings),
        problems=[*missing(content.build), *warnings(content.summaries, content.build)],
        notes=notes(content.summaries, content.build),
        synthetic_keys=[row["dataset_key"] for row in figures.synthetic if row["synthetic"]],
        curated=curated,
    )


def _overlapping(datasets: list[Entry]) -> dict[str, int]:
    """Installations of the datasets that have any."""
    return {each.key: each.summary.installations for each in datasets if each.summary.installations}


def _specs(drawn: Mapping[str, Chart]) -> dict[str, str]:
    """The specifications of the charts as JSON for script elements."""
    return {name: script_json(as_json_bytes(chart.spec).decode("utf-8")) for name, chart in drawn.items()}


def _curated(paths: ProjectPaths) -> dict[str, Any]:
    """Where the published tables are, and which there are."""
    folder = paths.curated.relative_to(paths.root).as_posix()
    return {"folder": folder, "tables": sorted(path.name for path in paths.curated.glob("*.parquet"))}
