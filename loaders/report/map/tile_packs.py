"""Packs of vector tiles: a few files in place of one for each tile.

A tile has the number (4^z - 1) / 3 + m, where m has the bits of x and y in turn, that of x lowest. All numbers here
are unsigned, 32 bits, little-endian.

`map/tiles/index`: the number of the first tile in each pack, ascending. A tile is in the last pack whose first tile has
its number or a lower one, or nowhere.
`map/tiles/<pack>`: how many tiles there are (n), their n numbers, ascending, n + 1 offsets, then the tiles. Tile k is
the bytes from offset k to offset k + 1, counted from the byte after the offsets.
"""

from collections.abc import Callable

import numpy as np

from loaders.report.map.ragged import Array, Ragged, concatenated

PACK_BYTES = 256 << 10
NUMBER = np.dtype("<u4")
Write = Callable[[str, bytes], None]


class TilePacks:
    """Writes tiles into packs, in the order of their numbers.

    Args:
        write: writes a file by its name.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._numbers: Array = np.zeros(0, np.int64)
        self._tiles = Ragged(np.zeros(0, np.uint8), np.zeros(1, np.int64))
        self._first: list[int] = []

    def add(self, numbers: Array, tiles: Ragged) -> None:
        """Append tiles."""
        self._numbers = np.concatenate([self._numbers, numbers])
        self._tiles = concatenated([self._tiles, tiles])
        start = 0
        while (full := self._end_of_pack(start)) <= len(self._numbers):
            self._write_pack(start, full)
            start = full
        rest = np.arange(start, len(self._numbers))
        self._numbers, self._tiles = self._numbers[rest], self._tiles.take(rest)

    def close(self) -> None:
        """Write the last pack and the index."""
        if len(self._numbers):
            self._write_pack(0, len(self._numbers))
        self._write("map/tiles/index", np.array(self._first, NUMBER).tobytes())

    def _end_of_pack(self, start: int) -> int:
        """The tile after the one that fills a pack; beyond all tiles where they do not fill it."""
        filled = self._tiles.offsets[start] + PACK_BYTES
        return int(np.searchsorted(self._tiles.offsets[1:], filled)) + 1

    def _write_pack(self, start: int, end: int) -> None:
        offsets = self._tiles.offsets[start : end + 1]
        numbers = self._numbers[start:end]
        content = self._tiles.values[offsets[0] : offsets[-1]].tobytes()
        header = np.concatenate([[end - start], numbers, offsets - offsets[0]]).astype(NUMBER)
        self._write(f"map/tiles/{len(self._first)}", header.tobytes() + content)
        self._first.append(int(numbers[0]))
