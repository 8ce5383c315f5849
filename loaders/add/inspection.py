"""The result of inspecting a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np

from loaders.add.draft import Guess
from loaders.add.values import PLAIN_MARKS, Marks, Texts
from loaders.core.arrays import Numbers

SAMPLE_ROWS = 5000  # that an inspection samples
NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Inspection:
    """Format, size and sampled records of a file: a sample from all of a CSV or a sheet, else the first records.

    Attributes:
        format: name of the format.
        layers: names of the layers or sheets; empty where the format has none.
        features: number of records in the file.
        crs: its name; `not stated` where the file states none.
        shapes: number of sampled shapes by geometry type.
        columns: the sampled values as text, by column; None where blank.
        types: of the columns, as the file declares them.
        area_m2: of the shapes [m²]; NaN for points, and where the CRS is unknown.
        marks: decimal and thousands marks of numbers in text.
        reading: the settings under `read` that the file needs.
        open_questions: that need an answer from the user.
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
    marks: Marks = PLAIN_MARKS
    reading: dict[str, Guess] = field(default_factory=dict)
    open_questions: tuple[str, ...] = ()
    planar_area: Numbers = field(default_factory=lambda: np.empty(0))

    @property
    def has_polygons(self) -> bool:
        """Whether any sampled shape has an area."""
        return bool(np.isfinite(self.area_m2).any())

    def select(self, mask: Sequence[bool]) -> "Inspection":
        """The same inspection for some of the sampled records."""
        columns = {name: list(compress(column, mask)) for name, column in self.columns.items()}
        mask_array = np.array(mask, dtype=np.bool_)
        planar_areas = self.planar_area[mask_array] if self.planar_area.size else self.planar_area
        return replace(self, columns=columns, area_m2=self.area_m2[mask_array], planar_area=planar_areas)
