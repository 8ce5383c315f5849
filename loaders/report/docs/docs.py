"""Writes the output of `make docs`: dbt's documentation, the site of `docs/`, the pictures, and the index page."""

import shutil
from pathlib import Path

from loaders.core.errors import BuildError
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.read.published import INSTALLATIONS, RECORDS
from loaders.report.docs.dbt_docs import generate, read_manifest, standalone_page
from loaders.report.docs.flow import flow
from loaders.report.docs.lineage import PAGE, Model, lineage_picture, read_models
from loaders.report.docs.page import Page, as_html, entries
from loaders.report.docs.pictures import docs_folder, draw_datasets, draw_pipelines, hamilton_folder
from loaders.report.docs.site import has_site, write_site
from loaders.report.docs.svg import write_svg
from loaders.report.reference_docs import curated_tables
from loaders.report.summary import read_figures, summarise
from loaders.report.summary_sentences import sentences as summary_sentences
from loaders.report.web.assets import write_assets
from loaders.settings.params import Settings
from loaders.warehouse.data_dictionary import TableEntry

INDEX, LINEAGE = "index.html", "lineage.svg"


def write_docs(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """Write `data/<origin>/report/docs`.

    Returns:
        The files, the index page first.

    Raises:
        BuildError: nothing is built yet, or dbt failed: nothing is written. Or `dot` is not installed: the pages are
            written without pictures and state the reason.
    """
    rows, figures = summarise(settings, paths), read_figures(paths)
    target = generate(paths)
    models = read_models(read_manifest(target))
    folder = docs_folder(paths)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(standalone_page(target), folder / PAGE)
    if not (assets := paths.report_folder / "assets").is_dir():
        write_assets(assets)
    site = [write_site(paths, folder)] if has_site(paths) else []
    pictures, graphviz_error = _draw_pictures(settings, paths, models)
    picture_names = frozenset(path.relative_to(folder).as_posix() for path in pictures)
    sentences = tuple(summary_sentences(rows, figures))
    datasets = entries(rows, settings, paths)
    write_text(
        as_html(
            Page(
                settings.origin,
                sentences,
                datasets,
                models,
                picture_names,
                str(graphviz_error or ""),
                bool(site),
                flow(rows, figures),
                published_tables(),
            )
        ),
        folder / INDEX,
    )
    if graphviz_error:
        raise BuildError(f"{graphviz_error} The pages are written without them: {folder / INDEX}.") from graphviz_error
    return [folder / INDEX, folder / PAGE, *site, *pictures]


def published_tables() -> list[TableEntry]:
    """The published tables with their columns; the installations and the records come first."""
    first = (INSTALLATIONS, RECORDS)
    return sorted(
        curated_tables(), key=lambda table: (first.index(table.name) if table.name in first else len(first), table.name)
    )


def _draw_pictures(
    settings: Settings, paths: ProjectPaths, models: list[Model]
) -> tuple[list[Path], BuildError | None]:
    """Draw every picture, after deleting those of earlier runs; or the error that prevented it."""
    folder = hamilton_folder(paths)
    lineage = docs_folder(paths) / LINEAGE
    shutil.rmtree(folder, ignore_errors=True)
    lineage.unlink(missing_ok=True)
    try:
        write_svg(lineage_picture(models), lineage)
        pictures = [*draw_pipelines(folder), *draw_datasets(settings.datasets.values(), paths, folder)]
    except BuildError as error:
        return [], error
    return [lineage, *pictures], None
