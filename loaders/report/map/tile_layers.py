"""Layers of vector tiles: which features each tile has, with every feature at every zoom of its layer.

Outlines that are smaller than two pixels at a zoom are points there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from loaders.report.map.ragged import Array, Ragged, side_by_side, starts_of
from loaders.report.map.tile_geometry import (
    POINT,
    POLYGON,
    Reach,
    Zoom,
    point_commands,
    polygon_commands,
    reach,
)
from loaders.report.map.vector_tile import Property, TileFeatures, layer
from loaders.report.map.world import Outlines

ROWS_AT_A_TIME = 10_000  # so few that their arrays stay in the processor's cache
LEAST_PIXELS = 2
PIXELS = 512  # of a side of a tile, as MapLibre draws it
_ODD_BITS = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a layer, in their order within each tile.

    Attributes:
        name: of the layer.
        ids: of the features.
        x, y: where each lies [units of the world].
        properties: by name.
        outlines: of those that have one.
    """

    name: str
    ids: Array
    x: Array
    y: Array
    properties: Mapping[str, Property]
    outlines: Outlines | None = None


@dataclass(frozen=True, slots=True)
class LayerRows:
    """What the tiles of a zoom have of a layer, sorted by tile and feature.

    Attributes:
        features: of the layer.
        zoom: of the tiles.
        feature: of each row.
        tile_x, tile_y, number: its tile.
        piece: its outline, by position in `pieces`; -1 for a point.
        pieces: pieces of outlines, and those cut to a tile.
    """

    features: Features
    zoom: Zoom
    feature: Array
    tile_x: Array
    tile_y: Array
    number: Array
    piece: Array
    pieces: Reach | None = field(default=None)

    def tiles(self, first: int, last: int) -> tuple[Array, Ragged]:
        """The numbers of the tiles of some rows, and the layer of each."""
        rows = slice(first, last)
        geometry, kinds = self._geometry(rows)
        kept = np.flatnonzero(geometry.lengths)
        feature, number = self.feature[rows][kept], self.number[rows][kept]
        distinct, starts = np.unique(number, return_index=True)
        offsets = np.append(starts, len(number)).astype(np.int64)
        properties = {name: each.take(feature) for name, each in self.features.properties.items()}
        features = TileFeatures(offsets, self.features.ids[feature], kinds[kept], geometry.take(kept), properties)
        content = layer(self.features.name, self.zoom.extent, features)
        return distinct, content

    def _geometry(self, rows: slice) -> tuple[Ragged, Array]:
        """Commands and kind of each row; without commands, nothing of the feature is in the tile."""
        feature, tile_x, tile_y, piece = (each[rows] for each in (self.feature, self.tile_x, self.tile_y, self.piece))
        kinds = np.full(len(feature), POINT)
        is_point = self._is_home(feature, tile_x, tile_y)
        polygons = Ragged.of(np.zeros(0, np.uint32), np.zeros(len(feature), np.int64))
        if self.pieces is not None and (piece >= 0).any():
            drawn, order = self.pieces.take(piece[piece >= 0])
            places = np.flatnonzero(piece >= 0)[order]
            commands = polygon_commands(drawn, tile_x[places], tile_y[places], self.zoom)
            polygons = _spread(commands, places, len(feature))
            kinds[polygons.lengths > 0] = POLYGON
            is_point &= polygons.lengths == 0
        at = np.flatnonzero(is_point)
        x, y = self.features.x[feature[at]], self.features.y[feature[at]]
        points = _spread(point_commands(x, y, tile_x[at], tile_y[at], self.zoom), at, len(feature))
        return side_by_side([polygons, points]), kinds

    def _is_home(self, feature: Array, tile_x: Array, tile_y: Array) -> Array:
        """Whether a row's tile is the one that its feature lies in."""
        home_x, home_y = _home(self.features, feature, self.zoom)
        is_home: Array = (home_x == tile_x) & (home_y == tile_y)
        return is_home


def layer_rows(features: Features, zoom: Zoom) -> LayerRows:
    """What the tiles of a zoom have of a layer."""
    count = len(features.ids)
    pieces, piece_rows = None, np.zeros(0, np.int64)
    owner, tile_x, tile_y = piece_rows, piece_rows, piece_rows
    is_drawn = np.zeros(count, np.bool_)
    if features.outlines is not None and len(features.outlines):
        large_enough = _are_large(features.outlines, count, zoom)
        pieces = reach(features.outlines, np.flatnonzero(large_enough[features.outlines.feature]), zoom)
        piece_rows, owner, tile_x, tile_y = pieces.piece, pieces.feature, pieces.tile_x, pieces.tile_y
        is_drawn[owner] = True
    points = np.flatnonzero(~is_drawn)
    home_x, home_y = _home(features, points, zoom)
    feature = np.concatenate([owner, points])
    tile_x, tile_y = np.concatenate([tile_x, home_x]), np.concatenate([tile_y, home_y])
    piece = np.concatenate([piece_rows, np.full(len(points), -1)])
    number = tile_numbers(tile_x, tile_y, zoom.level)
    order = np.lexsort((feature, number))
    return LayerRows(features, zoom, feature[order], tile_x[order], tile_y[order], number[order], piece[order], pieces)


def zoom_tiles(layers: Sequence[LayerRows]) -> Iterator[tuple[Array, Ragged]]:
    """The tiles of a zoom with these layers, some at a time in the order of their numbers."""
    everything = np.sort(np.concatenate([each.number for each in layers]))
    ends = np.unique(np.append(everything[ROWS_AT_A_TIME::ROWS_AT_A_TIME], everything[-1:] + 1))
    first = [0] * len(layers)
    for end in ends.tolist():
        last = [int(np.searchsorted(each.number, end)) for each in layers]
        parts = [each.tiles(*span) for each, *span in zip(layers, first, last, strict=True) if span[0] < span[1]]
        first = last
        if parts:
            yield _merged(parts)


def tile_numbers(x: Array, y: Array, level: int) -> Array:
    """The number of each tile: those of lower zooms first, then along the Z-order curve (Morton code)."""
    before = ((1 << 2 * level) - 1) // 3
    numbers: Array = before + (_apart(x) | _apart(y) << 1)
    return numbers


def _apart(values: Array) -> Array:
    """Whole numbers of 16 bits with a zero bit between all bits."""
    spread = values.astype(np.int64)
    for shift, mask in _ODD_BITS:
        spread = (spread | spread << shift) & mask
    return spread


def _home(features: Features, rows: Array, zoom: Zoom) -> tuple[Array, Array]:
    """The tile that each feature lies in."""
    x, y = (each[rows] >> zoom.tile_bits for each in (features.x, features.y))
    return x, y


def _are_large(outlines: Outlines, count: int, zoom: Zoom) -> Array:
    """Which features have an outline of two pixels or more."""
    west, north, east, south = outlines.bounds()
    least = LEAST_PIXELS * zoom.tile_units // PIXELS
    is_large = np.zeros(count, np.bool_)
    is_large[outlines.feature[np.maximum(east - west, south - north) >= least]] = True
    return is_large


def _spread(rows: Ragged, places: Array, count: int) -> Ragged:
    """Rows at their places among empty ones."""
    lengths = np.zeros(count, np.int64)
    lengths[places] = rows.lengths
    ordered = rows.take(np.argsort(places, kind="stable"))
    return Ragged(ordered.values, starts_of(lengths))


def _merged(parts: Sequence[tuple[Array, Ragged]]) -> tuple[Array, Ragged]:
    """Tiles with the layers of all parts."""
    if len(parts) == 1:
        return parts[0]
    numbers = np.unique(np.concatenate([number for number, _ in parts]))
    spread = [_spread(content, np.searchsorted(numbers, number), len(numbers)) for number, content in parts]
    return numbers, side_by_side(spread)
