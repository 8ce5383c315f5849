"""What `make docs` makes: dbt's documentation, the pictures, and the page that holds them together."""

import shutil
from pathlib import Path

from loaders.core.errors import BuildError
from loaders.core.files import write_text
from loaders.core.paths import ProjectPaths
from loaders.report.docs.dbt_docs import generate, page, read_manifest
from loaders.report.docs.lineage import PAGE, Model, lineage_picture, read_models
from loaders.report.docs.page import Page, as_html, entries
from loaders.report.docs.pictures import docs_folder, draw_datasets, draw_pipelines, hamilton_folder
from loaders.report.docs.svg import write_svg
from loaders.report.summary import findings, notes, read_figures, summarise
from loaders.settings.params import Settings

INDEX, LINEAGE = "index.html", "lineage.svg"


def write_docs(settings: Settings, paths: ProjectPaths) -> list[Path]:
    """Write `data/<origin>/report/docs`.

    Returns:
        The files: the page first.

    Raises:
        BuildError: nothing is built yet, or dbt failed: nothing is written. Or `dot` is not installed: the pages are
            written without pictures, and say so.
    """
    rows, figures = summarise(settings, paths), read_figures(paths)
    target = generate(paths)
    models = read_models(read_manifest(target))
    folder = docs_folder(paths)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(page(target), folder / PAGE)
    drawn, missing = _draw(settings, paths, models)
    names = frozenset(path.relative_to(folder).as_posix() for path in drawn)
    said = (*notes(rows), *findings(figures))
    datasets = entries(rows, settings, paths)
    write_text(as_html(Page(settings.origin, said, datasets, models, names, str(missing or ""))), folder / INDEX)
    if missing:
        raise BuildError(f"{missing} The pages are written without them: {folder / INDEX}.") from missing
    return [folder / INDEX, folder / PAGE, *drawn]


def _draw(settings: Settings, paths: ProjectPaths, models: list[Model]) -> tuple[list[Path], BuildError | None]:
    """Every picture, none of a run before; or why there are none."""
    folder = hamilton_folder(paths)
    lineage = docs_folder(paths) / LINEAGE
    shutil.rmtree(folder, ignore_errors=True)
    lineage.unlink(missing_ok=True)
    try:
        write_svg(lineage_picture(models), lineage)
        drawn = [*draw_pipelines(folder), *draw_datasets(settings.datasets.values(), paths, folder)]
    except BuildError as error:
        return [], error
    return [lineage, *drawn], None
