"""Draws the pictures of the Hamilton graphs into a folder."""

from collections.abc import Iterable
from pathlib import Path

from loaders.acquire.lock import read_lock_if_valid
from loaders.core.paths import ProjectPaths
from loaders.pipelines import GRAPHS
from loaders.report.docs.dataset_path import dataset_picture
from loaders.report.docs.graphs import pipeline_picture
from loaders.report.docs.names import OVERVIEW, dataset_file
from loaders.report.docs.overview import overview
from loaders.report.docs.svg import write_svg
from loaders.settings.params import Dataset


def draw_pipelines(folder: Path) -> list[Path]:
    """Draw the overview of all pipelines, and a picture of each.

    Raises:
        BuildError: `dot` is not installed.
    """
    pictures = {OVERVIEW: overview()} | {name: pipeline_picture(name) for name in GRAPHS}
    for name, picture in pictures.items():
        write_svg(picture, folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in pictures]


def draw_datasets(datasets: Iterable[Dataset], paths: ProjectPaths, folder: Path) -> list[Path]:
    """Draw the path of each dataset.

    Raises:
        BuildError: `dot` is not installed.
        SettingsError: a dataset's own module has an unused function.
    """
    files = []
    for dataset in datasets:
        files.append(folder / dataset_file(dataset.key))
        write_svg(dataset_picture(dataset, read_lock_if_valid(paths.lock(dataset.key))), files[-1])
    return files
