"""Length, width and orientation of outlines, as a Hamilton graph: SQL would need a projection for each.

Each outline is measured in a plane of its own: metres east and north of its middle, by the lengths that a degree has
there on the WGS 84 ellipsoid. At 5 km, which few installations are long, that plane is off by less than 0.1 %.
"""

import numpy as np
import pyarrow as pa
import shapely

from loaders.core.arrays import Numbers, Shapes
from loaders.core.node_tags import node
from loaders.geo import earth

CORNERS = 5  # of a rectangle, the first once more at the end


@node(data_source="warehouse", processing_stage="prepare", data_type="shapes")
def outlines(outline_rows: pa.Table) -> Shapes:
    """The outlines, EPSG:4326."""
    shapes: Shapes = shapely.from_wkb(outline_rows["wkb"].to_numpy(zero_copy_only=False))
    return shapes


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def middles(outlines: Shapes) -> Numbers:
    """The middle of the box around each [°], lon and lat, in two columns."""
    bounds = shapely.bounds(outlines)
    return np.asarray((bounds[:, :2] + bounds[:, 2:]) / 2)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def metres_per_degree(middles: Numbers) -> Numbers:
    """How long a degree of longitude and one of latitude are at each middle [m/°], in two columns."""
    return np.column_stack(earth.metres_per_degree(middles[:, 1]))


@node(data_source="warehouse", processing_stage="prepare", data_type="shapes")
def planes(outlines: Shapes, middles: Numbers, metres_per_degree: Numbers) -> Shapes:
    """The outlines in metres east and north of their middles."""
    coordinates, owners = shapely.get_coordinates(outlines, return_index=True)
    metres = (coordinates - middles[owners]) * metres_per_degree[owners]
    return np.asarray(shapely.set_coordinates(outlines.copy(), metres))


@node(data_source="warehouse", processing_stage="prepare", data_type="shapes")
def rectangles(planes: Shapes) -> Shapes:
    """The smallest rectangle around each [m]; of one that is as thin as a line, the box."""
    smallest: Shapes = shapely.minimum_rotated_rectangle(planes)
    is_line = shapely.get_num_coordinates(smallest) != CORNERS
    smallest[is_line] = shapely.box(*shapely.bounds(planes[is_line]).T)
    return smallest


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def sides(rectangles: Shapes) -> Numbers:
    """Two neighbouring sides of each rectangle as vectors [m]: east and north of the first, of the second."""
    corners = shapely.get_coordinates(rectangles).reshape(-1, CORNERS, 2)
    return np.concatenate([corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]], axis=1)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def lengths(sides: Numbers) -> Numbers:
    """The longer and the shorter side [m], in two columns."""
    both_sides = np.column_stack([np.hypot(sides[:, 0], sides[:, 1]), np.hypot(sides[:, 2], sides[:, 3])])
    return np.sort(both_sides, axis=1)[:, ::-1]


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def axis_azimuth_deg(sides: Numbers) -> Numbers:
    """Direction of the longer side [°], clockwise from north, 0 to 180."""
    first_is_longer = np.hypot(sides[:, 0], sides[:, 1]) >= np.hypot(sides[:, 2], sides[:, 3])
    east, north = np.where(first_is_longer[:, None], sides[:, :2], sides[:, 2:]).T
    return np.asarray(np.degrees(np.arctan2(east, north)) % 180)


@node(data_source="warehouse", processing_stage="prepare", data_type="array")
def compactness(planes: Shapes) -> Numbers:
    """Similarity to a circle [1]: 4π area / perimeter² (Polsby and Popper, 1991); a square has 0.785."""
    ratio = 4 * np.pi * shapely.area(planes) / shapely.length(planes) ** 2
    return np.minimum(ratio, 1)  # a circle of a million corners is one but for the last digits


@node(data_source="warehouse", processing_stage="prepare", data_type="arrow")
def shape_metrics(  # noqa: PLR0913 (the parameters of a node are what it is made of)
    outline_rows: pa.Table,
    rectangles: Shapes,
    middles: Numbers,
    metres_per_degree: Numbers,
    lengths: Numbers,
    axis_azimuth_deg: Numbers,
    compactness: Numbers,
) -> pa.Table:
    """One row per outline, with its rectangle as WKB in EPSG:4326."""
    corners, owners = shapely.get_coordinates(rectangles, return_index=True)
    back = shapely.set_coordinates(rectangles.copy(), corners / metres_per_degree[owners] + middles[owners])
    columns = {
        "record_id": outline_rows["record_id"],
        "length_m": lengths[:, 0],
        "width_m": lengths[:, 1],
        "axis_azimuth_deg": axis_azimuth_deg,
        "compactness": compactness,
        "geometry": pa.array(shapely.to_wkb(back), pa.binary()),
    }
    return pa.table(columns)
