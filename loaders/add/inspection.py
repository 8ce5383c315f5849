"""What a look into a file finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np

from loaders.add.draft import Guess
from loaders.add.values import PLAIN, Marks, Texts
from loaders.core.arrays import Numbers

ROWS = 5000  # of a file that are looked at
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is, how many records it has, and what some of them say: of a table any, else the first.

    Attributes:
        format: what it is.
        layers: those with shapes, where it has any.
        features: how many records it has, all of them counted.
        crs: as it is called; `not stated` where the file does not say.
        shapes: how many of the records that were looked at have a shape of each type.
        columns: the values of those records as text, by column; None where blank.
        types: what the file says that each column holds.
        area_m2: of the shapes [m²]; NaN for points, and where the CRS is not known.
        marks: how numbers are written.
        reading: settings under `read` that the file needs.
        open_questions: what nobody but a reader can answer.
        planar_area: of the shapes in the plane of the CRS [its unit, squared], as a GIS writes it; NaN for points.
    """

    format: str
    layers: tuple[str, ...]
    features: int
    crs: str
    shapes: dict[str, int]
    columns: Mapping[str, Texts]
    types: dict[str, str]
    area_m2: Numbers
    marks: Marks = PLAIN
    reading: dict[str, Guess] = field(default_factory=dict)
    open_questions: tuple[str, ...] = ()
    planar_area: Numbers = field(default_factory=lambda: np.empty(0))

    @property
    def has_polygons(self) -> bool:
        """Whether there are areas to compare with what is stated."""
        return bool(np.isfinite(self.area_m2).any())

    def only(self, rows: Sequence[bool]) -> "Look":
        """The same with some of the records that were looked at."""
        columns = {name: list(compress(column, rows)) for name, column in self.columns.items()}
        kept = np.array(rows, dtype=np.bool_)
        planar = self.planar_area[kept] if self.planar_area.size else self.planar_area
        return replace(self, columns=columns, area_m2=self.area_m2[kept], planar_area=planar)
