"""Quality flags: doubts about a record that stays in the table."""

from collections.abc import Mapping

import numpy as np
import shapely

from loaders.core.arrays import Flags, Numbers, Shapes
from loaders.geo import earth

Positions = tuple[Numbers, Numbers]  # longitudes and latitudes [°]

FAR_FROM_STATED_M = 1000.0
AREA_FACTOR = 2.0
# 1,000 W/m² of sunlight and the best modules, which turn about a quarter of it into power, leave nothing above 300;
# farms with rows apart have some tens. A unit that is a thousand times wrong falls out on either side.
LEAST_W_PER_M2, MOST_W_PER_M2 = 5.0, 300.0

FLAGS = {
    "repaired": "Its outline was invalid, and is the nearest valid one.",
    "repair_changed_area": "Repairing the outline changed its area by more than 5 %.",
    "incomplete": "Lines, points or broken parts beside its polygons were left out.",
    "linearised": "Its outline had arcs, which are drawn as straight lines of at most 4° each.",
    "cut_at_antimeridian": "Its outline crossed the antimeridian, and was cut there.",
    "outside_extent": "It lies outside of the `extent` that the settings declare.",
    "placeholder_position": "It is a point at 0, 0; at a position of whole hundredths of a degree, or whole "
    "kilometres, that five or more installations of the dataset share; at any position that five or more of different "
    "names share, of which no word is common to half of them; or at the centroid of a country, region or "
    "county (to four decimals, or within 300 m if several installations share the position): a placeholder for a "
    "position that is not known.",
    "duplicate_geometry": "Another record of the dataset has the same shape, wherever its corners begin.",
    "stated_area_disagrees": "The stated area is more than twice, or less than half, what the outline encloses.",
    "far_from_stated_position": "The stated position is more than 1 km from the centroid, and lies outside of the "
    "outline by as much, or further away than the installation is large.",
    "unusable_date": "What it states as its date of installation is no date from 1950 to 2100, or ends before it "
    "begins; it counts as unknown.",
    "implausible_power_density": "Capacity over area of the outline is below 5 or above 300 W/m².",
}


def stated_area_disagrees(area_m2: Numbers, source_area_m2: Numbers) -> Flags:
    """Whether stated and drawn area [m²] are more than a factor of two apart; not where either is unknown (NaN)."""
    larger, smaller = np.fmax(area_m2, source_area_m2), np.fmin(area_m2, source_area_m2)
    both_known = ~(np.isnan(area_m2) | np.isnan(source_area_m2))
    disagrees: Flags = both_known & (larger > AREA_FACTOR * smaller)
    return disagrees


def implausible_power_density(capacity_mw: Numbers, area_m2: Numbers) -> Flags:
    """Whether capacity [MW] over drawn area [m²] is outside the plausible range; not where either is unknown."""
    known = ~np.isnan(capacity_mw) & (area_m2 > 0)
    density = 1e6 * capacity_mw[known] / area_m2[known]
    implausible = np.zeros(len(known), dtype=np.bool_)
    implausible[known] = (density < LEAST_W_PER_M2) | (density > MOST_W_PER_M2)
    return implausible


def far_from_stated_position(shapes: Shapes, centroid: Positions, stated: Positions, area_m2: Numbers) -> Flags:
    """Whether a stated position is far from the shape; not where either is missing.

    It is more than 1 km from the centroid, and either from the outline too, or further than the installation is large
    (twice the radius of a circle of its area): so much for a record whose parts are scattered over the country.

    Args:
        shapes: EPSG:4326 as (lon, lat); None where rejected.
        centroid: of each [°].
        stated: as the publisher states it [°]; a position that is not on Earth is far.
        area_m2: of each outline [m²]; NaN for points.
    """
    lon, lat = stated
    both_known = ~(shapely.is_missing(shapes) | np.isnan(lon) | np.isnan(lat))
    on_earth = (np.abs(lon) <= 360) & (np.abs(lat) <= 90)
    far: Flags = both_known & ~on_earth
    rows = np.flatnonzero(both_known & on_earth)
    distance_m = earth.distance_m((centroid[0][rows], centroid[1][rows]), (lon[rows], lat[rows]))
    rows, distance_m = rows[distance_m > FAR_FROM_STATED_M], distance_m[distance_m > FAR_FROM_STATED_M]
    positions = np.where(lon[rows] > 180, lon[rows] - 360, lon[rows]), lat[rows]
    is_outside = earth.distance_m(_nearest_points(shapes[rows], positions), positions) > FAR_FROM_STATED_M
    far[rows] = is_outside | (distance_m > 2 * np.sqrt(area_m2[rows] / np.pi))
    return far


def flag_lists(holds: Mapping[str, Flags]) -> list[list[str]]:
    """The names of each row's flags, in the order of `FLAGS`."""
    names = [name for name in FLAGS if name in holds]
    if not names:
        return []
    table = np.column_stack([holds[name] for name in names])
    row_flags: list[list[str]] = [[] for _ in range(len(table))]
    for row, column in zip(*np.nonzero(table), strict=True):
        row_flags[row].append(names[column])
    return row_flags


def _nearest_points(shapes: Shapes, stated: Positions) -> Positions:
    """The point of each shape nearest to a position [°], on a plane scaled for its latitude."""
    lon, lat = stated
    degree_ratio = np.cos(np.radians(lat))  # degree of longitude over degree of latitude
    coordinates, rows = shapely.get_coordinates(shapes, return_index=True)
    planes = shapely.set_coordinates(
        shapes.copy(), coordinates * np.column_stack((degree_ratio, np.ones_like(lat)))[rows]
    )
    lines = shapely.shortest_line(planes, shapely.points(lon * degree_ratio, lat))
    nearest = shapely.get_coordinates(lines)[::2]
    return nearest[:, 0] / degree_ratio, nearest[:, 1]
