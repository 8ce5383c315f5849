"""What to draw, and into which file."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from loaders.core.errors import SelectionError
from loaders.core.paths import ProjectPaths

ENDINGS = (".png", ".svg", ".pdf")  # those of `loaders.report.figure_file`, which loads matplotlib


class Chart(StrEnum):
    """Kinds of pictures."""

    MAP = "map"
    SIZES = "sizes"
    YEARS = "years"
    COUNTRIES = "countries"
    DATASETS = "datasets"


class ColourBy(StrEnum):
    """What the colours of a map stand for."""

    SIZE = "size"
    DATASETS = "datasets"
    CONFIDENCE = "confidence"
    YEAR = "year"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Request:
    """A picture.

    Attributes:
        path: of the file; its ending is the format.
        chart: its kind.
        colour_by: what the colours of a map stand for.
        country: ISO 3166-1 alpha-2, or a name; None for the world.
        dataset: key or alias of a dataset; None for all of them.
        title: above the picture; none if empty.
        width_mm: of the picture.
        dpi: dots per inch, in SVG and PDF those of rasterised dots.
        is_dark: whether it is for a dark background.
    """

    path: Path
    chart: Chart = Chart.MAP
    colour_by: ColourBy = ColourBy.SIZE
    country: str | None = None
    dataset: str | None = None
    title: str = ""
    width_mm: float = 180
    dpi: int = 300
    is_dark: bool = False

    def require_map_for_colours(self) -> None:
        """Refuse a colour for a chart, which has none of its own.

        Raises:
            SelectionError: see above.
        """
        if self.chart is not Chart.MAP and self.colour_by is not ColourBy.SIZE:
            raise SelectionError(
                f"--colour-by {self.colour_by} is for a map, and --chart {self.chart} has bars of one colour. Leave "
                f"out one of the two."
            )


def require_path(path: Path, paths: ProjectPaths) -> None:
    """Refuse an unknown ending, a missing folder, and the places where the workflow keeps its own files.

    Raises:
        SelectionError: see above.
    """
    if path.suffix.lower() not in ENDINGS:
        raise SelectionError(f"{path.name}: its ending names no format. Expected one of: {', '.join(ENDINGS)}.")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise SelectionError(f"{path}: the folder {folder} does not exist. Create it: `mkdir -p {path.parent}`.")
    if path.absolute().resolve().is_relative_to((paths.root / "data").resolve()):
        raise SelectionError(f"{path}: below data/ are the files of the workflow. Write to another folder.")
