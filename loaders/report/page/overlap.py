"""The overlap matrix: for each pair of datasets the installations that both have, and how well they agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loaders.report.page.queries import Row

SHADES = 5  # steps of colour in the style sheet, from 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What two datasets have in common; null where nothing is comparable.

    Attributes:
        matched: installations that both have; on the diagonal, all of the dataset.
        share: of the row's installations that the column's dataset has, too.
        iou: median intersection over union of their outlines.
        area_bias: by how much the column's dataset draws larger areas, as a share.
        capacity_bias: by how much it states larger capacities, as a share.
        is_diagonal: whether the two are the same.
    """

    matched: int
    share: float
    iou: float | None = None
    area_bias: float | None = None
    capacity_bias: float | None = None
    is_diagonal: bool = False

    @property
    def shade(self) -> int:
        """How dark the cell is by the share."""
        return 0 if self.is_diagonal else shade(self.share)

    @property
    def iou_shade(self) -> int:
        """How dark the cell is by IoU, from 0.5 to 1."""
        return 0 if self.iou is None else shade(max(self.iou - 0.5, 0) * 2)

    @property
    def area_shade(self) -> int:
        """How dark the cell is by the bias of areas, whatever its sign."""
        return bias_shade(self.area_bias)

    @property
    def capacity_shade(self) -> int:
        """How dark the cell is by the bias of capacities, whatever its sign."""
        return bias_shade(self.capacity_bias)


def shade(share: float) -> int:
    """The step of colour of a share from 0 to 1; none only of 0."""
    return min(int(share * SHADES) + 1, SHADES) if share > 0 else 0


def bias_shade(bias: float | None) -> int:
    """The step of colour of a bias: 50 % and more is the darkest, less than 1 % is none."""
    return 0 if bias is None or abs(bias) < 0.01 else shade(min(abs(bias) * 2, 1))


def overlap_matrix(overlap: Sequence[Row], installations: Mapping[str, int]) -> list[list[Cell]]:
    """The matrix, in the order of the datasets.

    Args:
        overlap: rows of `curated_pv_overlap`.
        installations: of each dataset.
    """
    pairs = {(row["dataset_a"], row["dataset_b"]): row for row in overlap}
    return [[_cell(pairs.get((a, b)), a == b, installations[a]) for b in installations] for a in installations]


def _cell(row: Row | None, is_diagonal: bool, installations: int) -> Cell:
    if is_diagonal:
        return Cell(installations, float(installations > 0), is_diagonal=True)
    if row is None:
        return Cell(0, 0.0)
    share = row["installations"] / installations if installations else 0.0
    return Cell(row["installations"], share, row["iou_median"], row["area_bias"], row["capacity_bias"])
