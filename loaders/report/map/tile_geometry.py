"""Geometry of vector tiles: outlines and points of the world in units of a tile, as commands of the format."""

from dataclasses import dataclass

import numpy as np
import shapely

from loaders.report.map.ragged import Array, Ragged, spans, starts_of
from loaders.report.map.vector_tile import zigzag
from loaders.report.map.world import WORLD_BITS, Outlines, Pieces

POINT, POLYGON = 1, 3
_MOVE, _LINE, _CLOSE = 1, 2, 7
BUFFER_SHARE = 1 / 64  # of a tile: its outlines go on beyond its sides, or the sides would be drawn
LARGEST_TILES = 4096  # an outline that covers more tiles of a zoom is drawn as a point there


@dataclass(frozen=True, slots=True)
class Zoom:
    """A zoom of tiles.

    Attributes:
        level: 0 is the whole world in one tile.
        extent: units of a side of a tile, a power of 2.
    """

    level: int
    extent: int

    @property
    def tile_bits(self) -> int:
        """Bits of a unit of the world within a tile."""
        return WORLD_BITS - self.level

    @property
    def unit_bits(self) -> int:
        """Bits of a unit of the world that a unit of a tile leaves out."""
        return self.tile_bits - (self.extent.bit_length() - 1)

    @property
    def tile_units(self) -> int:
        """Units of the world in a side of a tile."""
        return 1 << self.tile_bits


@dataclass(frozen=True, slots=True)
class Reach:
    """Which tiles outlines reach into, one entry a piece and tile.

    Attributes:
        outlines: all pieces.
        cut: pieces that are much larger than a tile, cut to one.
        piece: position among the pieces, then among the cut ones.
        feature: that it belongs to.
        tile_x, tile_y: the tile.
    """

    outlines: Outlines
    cut: Outlines | None
    piece: Array
    feature: Array
    tile_x: Array
    tile_y: Array

    def take(self, pieces: Array) -> tuple[Outlines, Array]:
        """Pieces by their position, whole ones first, and which of those asked for each is."""
        whole = len(self.outlines)
        order = np.argsort(pieces >= whole, kind="stable")
        count = int((pieces < whole).sum())
        taken = self.outlines.take(pieces[order[:count]])
        if self.cut is None or count == len(pieces):
            return taken, order
        both = Pieces()
        both.add(taken)
        both.add(self.cut.take(pieces[order[count:]] - whole))
        return both.joined() or taken, order


def reach(outlines: Outlines, pieces: Array, zoom: Zoom) -> Reach:
    """The tiles that some pieces reach into; none where a piece reaches into more than `LARGEST_TILES`."""
    margin = int(zoom.tile_units * BUFFER_SHARE)
    last = (1 << zoom.level) - 1
    west, north, east, south = (bound[pieces] for bound in outlines.bounds())
    x0, y0 = ((low - margin >> zoom.tile_bits).clip(0, last) for low in (west, north))
    x1, y1 = ((high + margin >> zoom.tile_bits).clip(0, last) for high in (east, south))
    across, down = x1 - x0 + 1, y1 - y0 + 1
    counts = np.where(across * down > LARGEST_TILES, 0, across * down)
    rows = np.repeat(np.arange(len(pieces), dtype=np.int32), counts)
    nth = spans(np.zeros(len(counts), np.int64), counts).astype(np.int32)
    tile_x, tile_y = x0[rows] + nth % across[rows], y0[rows] + nth // across[rows]
    piece = pieces[rows]
    is_large = (np.maximum(across, down) > 2)[rows]
    cut = None
    if is_large.any():
        cut, kept = _cut(outlines.take(piece[is_large]), tile_x[is_large], tile_y[is_large], zoom, margin)
        order = np.concatenate([np.flatnonzero(~is_large), np.flatnonzero(is_large)[kept]])
        piece, tile_x, tile_y = piece[order], tile_x[order], tile_y[order]
        feature = outlines.feature[piece]
        piece[int((~is_large).sum()) :] = len(outlines) + np.arange(len(kept))
        return Reach(outlines, cut, piece, feature, tile_x, tile_y)
    return Reach(outlines, None, piece, outlines.feature[piece], tile_x, tile_y)


def _cut(pieces: Outlines, tile_x: Array, tile_y: Array, zoom: Zoom, margin: int) -> tuple[Outlines, Array]:
    """Each piece within its tile, and which of them are there."""
    shapes, feature = pieces.as_shapes(), pieces.feature
    side, parts = zoom.tile_units, []
    for shape, x, y in zip(shapes, tile_x.tolist(), tile_y.tolist(), strict=True):
        box = (x * side - margin, y * side - margin, (x + 1) * side + margin, (y + 1) * side + margin)
        parts.append(_polygons(shapely.clip_by_rect(shape, *box)))
    kept = np.flatnonzero([not part.is_empty for part in parts])
    cut = np.array([parts[row] for row in kept.tolist()], dtype=np.object_)
    return Outlines.from_shapes(cut, feature[kept]), kept


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon) and not part.is_empty]
    return shapely.MultiPolygon(parts)


def polygon_commands(pieces: Outlines, tile_x: Array, tile_y: Array, zoom: Zoom) -> Ragged:
    """The commands of each piece in its tile; none where nothing of it is left at this zoom.

    Vertices that fall on the one before are left out, and rings without an area.
    """
    piece_of_ring, lengths = pieces.rings.row_of, np.diff(pieces.offsets)
    half = (1 << zoom.unit_bits) >> 1
    x, y = (
        (places.astype(np.int64) + half >> zoom.unit_bits) - np.repeat((tile * zoom.extent)[piece_of_ring], lengths)
        for places, tile in ((pieces.x, tile_x), (pieces.y, tile_y))
    )
    first = pieces.offsets[:-1][lengths > 0]
    last = pieces.offsets[1:][lengths > 0] - 1
    moves = (x != _shifted(x, first, last)) | (y != _shifted(y, first, last))
    ring = np.repeat(np.arange(len(piece_of_ring)), lengths)
    x, y, ring = x[moves], y[moves], ring[moves]
    x, y, ring, is_kept = _valid_rings(x, y, ring, pieces.rings.values, len(piece_of_ring))
    return _ring_commands(x, y, ring, is_kept, pieces.rings)


def _shifted(values: Array, first: Array, last: Array) -> Array:
    """Each value's predecessor in its ring; that of the first one is the last one."""
    previous = np.empty_like(values)
    previous[1:] = values[:-1]
    previous[first] = values[last]
    return previous


def _valid_rings(x: Array, y: Array, ring: Array, is_hole: Array, count: int) -> tuple[Array, Array, Array, Array]:
    """Vertices of the rings that enclose an area, shells clockwise on the screen and holes not, and which these are."""
    offsets = starts_of(np.bincount(ring, minlength=count))
    lengths = np.diff(offsets)
    first, last = offsets[:-1][lengths > 0], offsets[1:][lengths > 0] - 1
    doubled = _shifted(x, first, last) * y - x * _shifted(y, first, last)
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(doubled)])
    area = total[offsets[1:]] - total[offsets[:-1]]
    shell = np.maximum.accumulate(np.where(is_hole, 0, np.arange(count)))
    is_kept = (area != 0) & (area[shell] != 0)
    backwards = (area > 0) == is_hole
    rings = np.flatnonzero(is_kept)
    within = spans(np.zeros(len(rings), np.int64), lengths[rings])
    owner = np.repeat(rings, lengths[rings])
    rows = np.where(backwards[owner], offsets[1:][owner] - 1 - within, offsets[:-1][owner] + within)
    return x[rows], y[rows], owner, is_kept


def _ring_commands(x: Array, y: Array, ring: Array, is_kept: Array, rings: Ragged) -> Ragged:
    """Commands of each piece: of each of its rings move, line and close."""
    piece_of_ring = rings.row_of
    lengths = np.bincount(ring, minlength=len(piece_of_ring))[is_kept]
    piece = piece_of_ring[ring]
    is_first = np.concatenate([np.ones(1, np.bool_), piece[1:] != piece[:-1]])[: len(piece)]
    starts = starts_of(2 * lengths + 3)  # a command, a step, a command, the other steps, a command
    places = spans(starts[:-1], 2 * lengths)
    commands = np.empty(int(starts[-1]), np.uint32)
    steps = np.stack([_steps(x, is_first), _steps(y, is_first)], axis=1).ravel()
    later = np.ones(len(steps), np.int64) * 2
    first = 2 * starts_of(lengths)[:-1]
    later[first], later[first + 1] = 1, 1
    commands[places + later] = steps
    commands[starts[:-1]] = _command(_MOVE, 1)
    commands[starts[:-1] + 3] = (lengths - 1) << 3 | _LINE
    commands[starts[1:] - 1] = _command(_CLOSE, 1)
    kept_rings = np.bincount(piece_of_ring[is_kept], minlength=len(rings))
    return Ragged(commands, starts).grouped(starts_of(kept_rings))


def point_commands(x: Array, y: Array, tile_x: Array, tile_y: Array, zoom: Zoom) -> Ragged:
    """The commands of points in their tiles."""
    places = [
        (np.right_shift(each, zoom.unit_bits) - tile * zoom.extent).astype(np.int64)
        for each, tile in ((x, tile_x), (y, tile_y))
    ]
    numbers = np.stack([np.full(len(x), _command(_MOVE, 1), np.uint32), *map(zigzag, places)], axis=1)
    return Ragged.of(numbers.ravel(), np.full(len(x), 3))


def _steps(values: Array, is_first: Array) -> Array:
    """Each value from the one before it; the first of a piece from 0."""
    before = np.concatenate([np.zeros(1, values.dtype), values[:-1]])[: len(values)]
    return zigzag(values - np.where(is_first, 0, before))


def _command(number: int, count: int) -> int:
    return number | count << 3
