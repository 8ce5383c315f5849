"""Which published rows count, by the values of columns."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from heapq import nlargest

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from loaders.core.arrays import Flags
from loaders.core.errors import ReadError
from loaders.harmonise.values.columns import plain, published_text, spellings

SHOWN = 12  # values in an error

Where = Mapping[str, Sequence[str | int | float | bool]]


def wanted_rows(attributes: pa.Table, where: Where, key: str) -> tuple[Flags, dict[str, set[str]]]:
    """The rows that fulfil every condition, and which wanted values there are.

    Args:
        attributes: published columns.
        where: the wanted values of columns. They are compared as trimmed text, so that 1 is also 1.0 and "1", and true
            is "true", but not "True"; null is never wanted.
        key: of the dataset.

    Returns:
        Whether each row is wanted; and for each column of `where` the wanted values, as `columns.plain` writes them,
        that occur in it, whatever the other columns hold.

    Raises:
        ReadError: there is no such column, or it holds no text, numbers, dates or truth values.
    """
    wanted: Flags = np.ones(len(attributes), dtype=bool)
    found: dict[str, set[str]] = {}
    for name, values in where.items():
        text = published_text(attributes, name, key, "where")
        spelt = sorted({spelling for value in values for spelling in spellings(value)})
        hit = pc.is_in(text, value_set=pa.array(spelt, pa.string()))
        present = set(pc.unique(text.filter(hit)).to_pylist())
        found[name] = {plain(value) for value in values if spellings(value) & present}
        wanted &= hit.to_numpy(zero_copy_only=False).astype(bool)
    return wanted, found


def require_found(where: Where, found: Mapping[str, set[str]], seen: Mapping[str, Sequence[str]], key: str) -> None:
    """Nothing may be wanted that does not exist: it is a typing error, or the publisher renamed it.

    Args:
        where: the wanted values of columns.
        found: those that occurred, as `wanted_rows` tells for each batch.
        seen: all values of these columns.
        key: of the dataset.

    Raises:
        ReadError: a wanted value never occurred.
    """
    for name, values in where.items():
        missing = [value for value in values if plain(value) not in found.get(name, set())]
        if missing:
            raise ReadError(
                f"{key}: where {name} is {' or '.join(_quoted(value) for value in missing)}: no record has it; "
                f"the column holds {_nearest(missing, seen.get(name, ()))}. "
                f"Correct datasets.{key}.where in params.yaml."
            )


def _quoted(value: str | float) -> str:
    return repr(value) if isinstance(value, str) else plain(value)


def _nearest(missing: Sequence[str | float], seen: Sequence[str]) -> str:
    """The values that are there, first those that are most like a missing one."""
    if not seen:
        return "nothing"
    sought = [plain(value).casefold() for value in missing]
    shown = nlargest(SHOWN, seen, key=lambda text: max(_likeness(text.casefold(), value) for value in sought))
    rest = f" and {len(seen) - SHOWN} more" if len(seen) > SHOWN else ""
    return ", ".join(repr(text) for text in shown) + rest


def _likeness(text: str, value: str) -> float:
    return SequenceMatcher(None, text, value).ratio()
