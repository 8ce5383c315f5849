"""The documentation page before `make docs`: data flow, columns and datasets, so that the link to it is never dead."""

from pathlib import Path

from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.read.published import INSTALLATIONS, RECORDS
from loaders.report.docs.flow import flow
from loaders.report.docs.names import DBT_PAGE, INDEX, docs_folder
from loaders.report.docs.page import Page, as_html, entries
from loaders.report.reference_docs import curated_tables
from loaders.report.summary import read_figures, summarise
from loaders.report.summary_sentences import sentences
from loaders.settings.params import Settings
from loaders.warehouse.data_dictionary import TableEntry

MORE = "Pictures of the pipelines and models, their tests and the guide: type `make docs`."


def write_first_page(settings: Settings, paths: ProjectPaths) -> Path | None:
    """Write the page, unless `make docs` has written the whole documentation.

    Returns:
        The page; null where there is the whole documentation.
    """
    folder = docs_folder(paths)
    if (folder / DBT_PAGE).is_file():
        return None
    write_text(as_html(page_content(settings, paths)), folder / INDEX)
    return folder / INDEX


def page_content(settings: Settings, paths: ProjectPaths) -> Page:
    """The page without models and pictures."""
    rows, figures = summarise(settings, paths), read_figures(paths)
    return Page(
        origin=settings.origin,
        notes=tuple(sentences(rows, figures)),
        entries=entries(rows, settings, paths),
        models=(),
        pictures=frozenset(),
        missing_pictures=MORE,
        flow=flow(rows, figures),
        tables=published_tables(),
    )


def published_tables() -> list[TableEntry]:
    """The published tables with their columns; the installations and the records come first."""
    first = (INSTALLATIONS, RECORDS)
    return sorted(
        curated_tables(), key=lambda table: (first.index(table.name) if table.name in first else len(first), table.name)
    )
