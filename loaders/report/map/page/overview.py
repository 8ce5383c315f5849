"""The map as a static picture: land, and hexagons by the megawatts in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loaders.report.map.page.map_files import MapFiles
from loaders.report.map.ragged import Array
from loaders.report.web.templates import templates

TEMPLATES = templates(Path(__file__).parent)
WIDTH = 1200  # of the picture [px]
ASPECT = (0.4, 0.75)  # least and greatest height over width
MARGIN = 0.08  # around the installations, as a share of their extent
LEAST_DEG = 10.0  # of an extent
CLASSES = 5
LEAST_PX = 9.0  # across a hexagon; smaller ones are drawn at this size, so that they are seen


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the world the picture shows, as an equirectangular map that is true in its middle.

    Attributes:
        west, north: of its upper left corner [°].
        scale_x, scale_y: pixels per degree.
        height: of the picture [px].
    """

    west: float
    north: float
    scale_x: float
    scale_y: float
    height: int

    @classmethod
    def around(cls, bounds: Sequence[float]) -> "Frame":
        """A frame around west, south, east and north [°]."""
        west, south, east, north = bounds
        middle_lon, middle_lat = (west + east) / 2, (south + north) / 2
        wide, high = (max((end - start) * (1 + 2 * MARGIN), LEAST_DEG) for start, end in ((west, east), (south, north)))
        stretch = float(np.cos(np.radians(np.clip(middle_lat, -60, 60))))
        aspect = float(np.clip(high / (wide * stretch), *ASPECT))
        wide = min(max(wide, high / (aspect * stretch)), 360.0)
        scale_x = WIDTH / wide
        high = WIDTH * aspect * stretch / scale_x
        scale_y = scale_x / stretch
        return cls(middle_lon - wide / 2, middle_lat + high / 2, scale_x, scale_y, round(WIDTH * aspect))

    def pixels(self, lonlat: Array) -> Array:
        """Positions as pixels."""
        xy: Array = (lonlat - [self.west, self.north]) * [self.scale_x, -self.scale_y]
        return xy


def overview_svg(files: MapFiles) -> str:
    """The picture as SVG, in light and dark."""
    frame = Frame.around(files.meta()["bounds"])
    return TEMPLATES.get_template("overview.svg.j2").render(
        width=WIDTH, height=frame.height, land=_land(files, frame), classes=_hexagon_classes(files, frame)
    )


def _land(files: MapFiles, frame: Frame) -> str:
    """Countries as one path; what lies outside of the frame is left out."""
    countries = [each for each in files.json("land")["features"] if each["properties"]["kind"] == "country"]
    rings = (ring for each in countries for part in each["geometry"]["coordinates"] for ring in part)
    return _path((frame.pixels(np.array(ring)) for ring in rings), frame)


def _hexagon_classes(files: MapFiles, frame: Frame) -> list[str]:
    """A path for each class of hexagons, by their capacity."""
    resolutions = [level["resolution"] for level in files.meta()["hexagons"]]
    large_enough = [each for each in resolutions if _across(_corners(files, each), frame) >= LEAST_PX]
    drawn_at = max(large_enough, default=resolutions[0])
    corners = _corners(files, drawn_at)
    cell = files.column("hex")
    for finer in sorted((each for each in resolutions if each > drawn_at), reverse=True):
        cell = files.array(f"hexagons/{finer}_parent", "u32")[cell]
    weight = np.bincount(cell, np.nan_to_num(files.column("size_mw")), minlength=len(corners))
    rank = np.argsort(np.argsort(weight, kind="stable"), kind="stable") * CLASSES // max(len(weight), 1)
    drawn = _enlarged(frame.pixels(corners))
    return [_path(drawn[rank == each], frame) for each in range(CLASSES)]


def _across(corners: Array, frame: Frame) -> float:
    """Median width of hexagons [px]."""
    pixels = frame.pixels(corners)
    return float(np.median(np.ptp(pixels[:, :, 0], axis=1))) if len(pixels) else 0.0


def _corners(files: MapFiles, resolution: int) -> Array:
    return files.array(f"hexagons/{resolution}", "f32").astype(np.float64).reshape(-1, 6, 2)


def _enlarged(hexagons: Array) -> Array:
    """Hexagons of at least the least size, each around its middle."""
    middle = hexagons.mean(axis=1, keepdims=True)
    across = np.ptp(hexagons[:, :, 0], axis=1)
    factor = np.maximum(LEAST_PX / np.maximum(across, 1e-9), 1.0)
    enlarged: Array = middle + (hexagons - middle) * factor[:, None, None]
    return enlarged


def _path(rings: Iterable[Array], frame: Frame) -> str:
    """Rings as the commands of an SVG path, rounded to a tenth of a pixel."""
    return "".join(_ring(ring) for ring in rings if _is_inside(ring, frame))


def _ring(ring: Array) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ring.tolist())
    return f"M{points}Z"


def _is_inside(ring: Array, frame: Frame) -> bool:
    """Whether a ring reaches into the frame."""
    (left, top), (right, bottom) = ring.min(axis=0), ring.max(axis=0)
    return bool(right > 0 and left < WIDTH and bottom > 0 and top < frame.height)
