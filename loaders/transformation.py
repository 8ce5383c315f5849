"""From the publisher's coordinate reference system to longitude and latitude, and how well that is known."""

import warnings
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from pyproj.transformer import TransformerGroup

from loaders.arrays import Shapes

LONLAT = pyproj.CRS.from_epsg(4326)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far off positions may be after the transformation to EPSG:4326.

    Attributes:
        metres: as the EPSG registry states it; None where it does not.
        missing_grid: the grid that the best transformation needs and PROJ does not have here; None if it has all.
    """

    metres: float | None
    missing_grid: str | None


def accuracy(crs: pyproj.CRS) -> Accuracy:
    """Of the transformation that PROJ prefers in the area of use of a CRS; for parts of it there may be better ones.

    Source: https://proj.org/operations/operations_computation.html
    """
    if _is_lonlat(crs):
        return Accuracy(0.0, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the best is missing, which is what we ask
        group = TransformerGroup(crs, LONLAT, always_xy=True)
    metres = group.transformers[0].accuracy if group.transformers else -1  # which stands for unknown
    return Accuracy(metres if metres >= 0 else None, None if group.best_available else _missing_grid(group))


def missing_grid(crs: pyproj.CRS) -> str | None:
    """The grid that the best transformation to EPSG:4326 needs and PROJ does not have here; None if it has all."""
    return accuracy(crs).missing_grid


def to_lonlat(shapes: Shapes, crs: pyproj.CRS) -> Shapes:
    """Transform to EPSG:4326 in (lon, lat) order by the best transformation that PROJ has here."""
    if _is_lonlat(crs):
        return shapes.copy()
    return transformed(shapes, pyproj.Transformer.from_crs(crs, LONLAT, always_xy=True))


def transformed(shapes: Shapes, transformer: pyproj.Transformer) -> Shapes:
    """Each vertex by itself; infinite where the transformation does not reach."""
    moved: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])).astype(float)
    )
    return moved


def _is_lonlat(crs: pyproj.CRS) -> bool:
    return bool(crs.equals(LONLAT, ignore_axis_order=True))


def _missing_grid(group: TransformerGroup) -> str | None:
    missing = [grid for step in group.unavailable_operations[:1] for grid in step.grids if not grid.available]
    return missing[0].short_name if missing else None
