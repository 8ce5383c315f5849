"""Inspections of made-up columns."""

from collections.abc import Sequence

import numpy as np

from loaders.add.inspection import NOT_STATED, Inspection


def made_inspection(area_m2: list[float] | None = None, /, **columns: Sequence[str | None]) -> Inspection:
    """An inspection of these columns, with shapes of these areas [m²]; without, of points."""
    rows = len(next(iter(columns.values())))
    areas_m2 = np.array(area_m2 if area_m2 else [np.nan] * rows, dtype=float)
    return Inspection("GeoJSON", (), rows, NOT_STATED, {}, columns, dict.fromkeys(columns, "text"), areas_m2)
