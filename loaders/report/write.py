"""Writes the report of a build: the page, the map, the same in Markdown, and the plots of DVC."""

from pathlib import Path

from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.report.map.page.page import write_map_page
from loaders.report.map.write import write_map_data
from loaders.report.page.content import read_content
from loaders.report.page.page import write_page
from loaders.report.page.plots import write_plots
from loaders.report.summary_table import as_markdown
from loaders.report.web.assets import write_assets
from loaders.settings.params import Settings


def write_report(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """Write `data/<origin>/report`: the same bytes for the same tables.

    Returns:
        The pages, the report first.

    Raises:
        BuildError: nothing is built, or a table is missing.
    """
    content = read_content(settings, paths)
    write_text(as_markdown(content.summaries, content.build, f"eo-pv: origin {settings.origin}"), paths.report())
    write_map_data(settings, paths)
    write_assets(paths.report_folder / "assets")
    map_page, *_ = write_map_page(settings, paths)
    page = write_page(content, settings, paths)
    write_plots(content, paths)
    return [page, map_page, paths.report()]
