"""Ragged arrays: rows of different lengths in one flat array, without a Python object per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of different lengths.

    Attributes:
        values: of all rows, one row after the other.
        offsets: where each row starts in `values`, and the end; one more than there are rows.
    """

    values: Array
    offsets: Array

    @classmethod
    def of(cls, values: Array, lengths: Array) -> Self:
        """From the lengths of the rows."""
        return cls(values, starts_of(lengths))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Array:
        """Of the rows."""
        return np.diff(self.offsets)

    @property
    def row_of(self) -> Array:
        """The row of each value."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def take(self, rows: Array) -> Self:
        """These rows, in this order."""
        return type(self)._from_arrow(self._as_arrow().take(pa.array(rows)), self.values.dtype)

    def grouped(self, offsets: Array) -> Self:
        """Neighbouring rows joined into longer ones: new row `g` is rows `offsets[g]` to `offsets[g + 1]`."""
        return type(self)(self.values, self.offsets[offsets])

    def _as_arrow(self) -> pa.LargeBinaryArray:
        """The bytes of each row, not copied: Arrow moves whole rows, where NumPy needs an index for each value."""
        offsets = np.ascontiguousarray(self.offsets) * self.values.dtype.itemsize
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(self.values))]
        return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(self), buffers)

    @classmethod
    def _from_arrow(cls, rows: pa.LargeBinaryArray, kind: np.dtype[Any]) -> Self:
        _, ends, data = rows.buffers()
        offsets = np.frombuffer(ends, np.int64, len(rows) + 1, rows.offset * 8) // kind.itemsize
        return cls(np.frombuffer(data or b"", kind), offsets)


def starts_of(lengths: Array) -> Array:
    """Where rows of these lengths start, and the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def spans(starts: Array, lengths: Array) -> Array:
    """The indices `start … start + length - 1` of each span, one span after the other."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def repeated(row: bytes, count: int) -> Ragged:
    """The same bytes as each of some rows."""
    return Ragged.of(np.tile(np.frombuffer(row, np.uint8), count), np.full(count, len(row)))


def side_by_side(parts: Sequence[Ragged]) -> Ragged:
    """Rows that consist of the same row of each part, one behind the other."""
    columns = [part._as_arrow() for part in parts]
    joined = pc.binary_join_element_wise(*columns, pa.scalar(b"", pa.large_binary()))
    return Ragged._from_arrow(joined, parts[0].values.dtype)


def concatenated(parts: Sequence[Ragged]) -> Ragged:
    """The rows of all parts."""
    return Ragged.of(
        np.concatenate([part.values[part.offsets[0] : part.offsets[-1]] for part in parts]),
        np.concatenate([part.lengths for part in parts]),
    )


def text_bytes(texts: pa.StringArray) -> Ragged:
    """The UTF-8 bytes of each text; there is no null."""
    binary = texts.cast(pa.large_binary())
    _, offsets, data = binary.buffers()
    ends = np.frombuffer(offsets, np.int64)[binary.offset : binary.offset + len(binary) + 1]
    return Ragged(np.frombuffer(data or b"", np.uint8), ends)
