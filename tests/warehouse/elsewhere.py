"""Records of the worlds that are placed in degrees: at the antimeridian, at a centroid, and on all land."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely
from shapely import Point, box

from benchmarks.land_grid import land_positions

NATURAL_EARTH = Path(__file__).resolve().parents[2] / "data" / "samples" / "admin_boundaries" / "division_area.parquet"
LICENCES = {
    "a_free_2020": "CC0-1.0",
    "b_shared_2021": "ODbL-1.0",
    "c_research_2022": "CC-BY-NC-4.0",
    "d_silent_2023": None,
}
A, B, C, D = LICENCES


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one dataset has: a shape by units of 111 m, a capacity [MW], the publisher's group, a published status."""

    dataset: str
    shape: shapely.Geometry
    mw: float | None = None
    group: str | None = None
    status: str | None = None


CENTRE = Point(95.25, 0)  # of the country BB [°]
# records whose place is told in degrees
AT_THE_EDGE = {"edge/1": Receipt(A, box(179.999, 0, 180, 0.001)), "edge/2": Receipt(D, Point(-179.9998, 0.0005))}
CENTRES = {
    "centre/w": Receipt(A, box(95.2495, -0.0005, 95.2505, 0.0005)),
    "centre/1": Receipt(D, CENTRE, mw=2),
    "centre/2": Receipt(D, Point(95.2518, 0), mw=2),
    "centre/3": Receipt(D, Point(95.2518, 0), mw=3),
    "centre/4": Receipt(D, Point(95.25, 0.0026), mw=3),
    "known/1": Receipt(D, CENTRE, mw=5),
    "known/2": Receipt(A, box(96, 0, 96.001, 0.001)),
}
STATUS = {
    "column": "state",
    "operating": ["built"],
    "construction": ["building"],
    "retired": ["closed"],
    "rejected": ["refused"],
}
PLANTS = [box(east, 0, east + 0.001, 0.001) for east in range(61, 66)]
STATUSES = {
    # the nearest point was refused
    "refused/1": Receipt(A, Point(60, 0), status="Built"),
    "refused/2": Receipt(D, Point(60.0002, 0), status="Refused"),
    "refused/3": Receipt(D, Point(60.0003, 0), status="Built"),
    # the later dataset says otherwise
    "closed/1": Receipt(A, PLANTS[0], status="Built"),
    "closed/2": Receipt(B, PLANTS[0], status="Closed"),
    "reopened/1": Receipt(A, PLANTS[1], status="Closed"),
    "reopened/2": Receipt(C, PLANTS[1], status="Built"),
    # the later dataset says nothing
    "silent/1": Receipt(A, PLANTS[2], status="Built"),
    "silent/2": Receipt(C, PLANTS[2]),
    # a farm, and its extension under construction
    "extended/1": Receipt(A, PLANTS[3], mw=5, status="Built"),
    "extended/2": Receipt(A, box(64.00045, 0, 64.00145, 0.001), mw=7, status="Building"),
}
EXTREMES = {
    "lhasa": Point(92.0, 29.48),
    "karakoram": Point(81.125, 35.375),
    "altiplano": Point(-67.6, -22.9),
    "dead_sea": Point(35.45, 31.3),
    "fiji": Point(180, -16.5),
    "north_pole": Point(0, 90),
    "south_pole": Point(0, -90),
}


def is_far(country: shapely.Geometry) -> bool:
    """Whether a country is far from the worlds."""
    return bool(shapely.disjoint(country, box(-11, -6, 180, 6)))


@cache
def elsewhere() -> dict[str, Receipt]:
    """Records by name, in degrees: also one in the middle of each large H3 cell of land."""
    countries = shapely.make_valid(shapely.from_wkb(np.array(pq.read_table(NATURAL_EARTH)["geometry"].to_pylist())))
    land = shapely.STRtree([country for country in countries if is_far(country)])
    middles = np.asarray(shapely.points(land_positions(1).round(7)))
    numbers = np.unique(land.query(middles, "within")[0])
    on_land = {f"land/{number}": middles[number] for number in numbers}
    points = on_land | {f"land/{name}": point for name, point in EXTREMES.items()}
    return AT_THE_EDGE | CENTRES | STATUSES | {name: Receipt(D, point, mw=1) for name, point in points.items()}
