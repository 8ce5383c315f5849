"""Writes the output of `make docs`: dbt's documentation, the site of `docs/`, the pictures, and the index page."""

import shutil
from dataclasses import replace
from pathlib import Path

from loaders.core.errors import BuildError
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.report.docs.dbt_docs import generate, read_manifest, standalone_page
from loaders.report.docs.first_page import page_content
from loaders.report.docs.lineage import Model, lineage_picture, read_models
from loaders.report.docs.names import DBT_PAGE, INDEX, LINEAGE, docs_folder, hamilton_folder
from loaders.report.docs.page import as_html
from loaders.report.docs.pictures import draw_datasets, draw_pipelines
from loaders.report.docs.site import has_site, write_site
from loaders.report.docs.svg import write_svg
from loaders.report.web.assets import write_assets
from loaders.settings.params import Settings


def write_docs(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """Write `data/<origin>/report/docs`.

    Returns:
        The files, the index page first.

    Raises:
        BuildError: nothing is built yet, or dbt failed: nothing is written. Or `dot` is not installed: the pages are
            written without pictures and state the reason.
    """
    content = page_content(settings, paths)
    target = generate(paths)
    models = read_models(read_manifest(target))
    folder = docs_folder(paths)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(standalone_page(target), folder / DBT_PAGE)
    if not (assets := paths.report_folder / "assets").is_dir():
        write_assets(assets)
    site = [write_site(paths, folder)] if has_site(paths) else []
    pictures, graphviz_error = _draw_pictures(settings, paths, models)
    picture_names = frozenset(path.relative_to(folder).as_posix() for path in pictures)
    content = replace(
        content,
        models=models,
        pictures=picture_names,
        missing_pictures=str(graphviz_error or ""),
        has_site=bool(site),
    )
    write_text(as_html(content), folder / INDEX)
    if graphviz_error:
        raise BuildError(f"{graphviz_error} The pages are written without them: {folder / INDEX}.") from graphviz_error
    return [folder / INDEX, folder / DBT_PAGE, *site, *pictures]


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
