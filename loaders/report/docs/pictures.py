"""Every picture of Hamilton's graphs, drawn into a folder."""

from collections.abc import Iterable
from pathlib import Path

from loaders.acquire.lock import read_lock_if_valid
from loaders.core.paths import ProjectPaths
from loaders.pipelines import GRAPHS
from loaders.report.docs.dataset_path import dataset_picture
from loaders.report.docs.graphs import pipeline_picture
from loaders.report.docs.overview import overview
from loaders.report.docs.svg import write_svg
from loaders.settings.params import Dataset

OVERVIEW = "overview"


def docs_folder(paths: ProjectPaths) -> Path:
    """`data/<origin>/report/docs`: what people look at."""
    return paths.report().with_name("docs")


def hamilton_folder(paths: ProjectPaths) -> Path:
    """Where the pictures of Hamilton's graphs are."""
    return docs_folder(paths) / "hamilton"


def draw_pipelines(folder: Path) -> list[Path]:
    """All pipelines in one picture, and each of them in its own.

    Raises:
        BuildError: `dot` is not installed.
    """
    drawn = {OVERVIEW: overview()} | {name: pipeline_picture(name) for name in GRAPHS}
    for name, picture in drawn.items():
        write_svg(picture, folder / f"{name}.svg")
    return [folder / f"{name}.svg" for name in drawn]


def draw_datasets(datasets: Iterable[Dataset], paths: ProjectPaths, folder: Path) -> list[Path]:
    """The way of each dataset.

    Raises:
        BuildError: `dot` is not installed.
        SettingsError: the own module of one has a function that takes no part.
    """
    files = []
    for dataset in datasets:
        files.append(folder / dataset_file(dataset.key))
        write_svg(dataset_picture(dataset, read_lock_if_valid(paths.lock(dataset.key))), files[-1])
    return files


def dataset_file(key: str) -> str:
    """What the picture of a dataset is called; no pipeline is called like that."""
    return f"dataset_{key}.svg"
