"""Turns GDAL warnings about changed values into errors."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

# the words with which GDAL announces that a value is not what the file holds
LOSS = re.compile(
    r"invalid content|invalid value|overflow|clamp|truncat|out of range|parsed incompletely|couldn't be converted"
    r"|cannot be converted|could not be (?:parsed|converted)|64bit integer range",
    re.IGNORECASE,
)
# of a GeoPackage: a column that is of none of its types, and not of a geometry's
DROPPED_COLUMN = re.compile(
    r"geometry column '(.*)' of type '(?!(?:MULTI|COMPOUND)?(?:POINT|LINE|POLY|CURVE|SURF|GEOM))(.*)' ignored"
)
HARMLESS = re.compile("successfully parsed|Deleted features at end of file", re.IGNORECASE)
WARNINGS_LOCK = Lock()  # warnings are caught for the whole process


@contextmanager
def losses_as_errors(*known: str) -> Iterator[list[str]]:
    """Collect warnings while GDAL reads, and re-issue those without a loss.

    Args:
        known: prefixes of warnings that the caller handles.

    Yields:
        A list, filled at the end with the warnings of these prefixes.

    Raises:
        ValueError: a value was changed, or a column dropped.
    """
    expected: list[str] = []
    with WARNINGS_LOCK, warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        yield expected
    for warning in recorded:
        message = str(warning.message)
        if message.startswith(known):
            expected.append(message)
        elif column := DROPPED_COLUMN.search(message):
            raise ValueError(
                f"column {column[1]!r} has the type {column[2]}, which no GeoPackage has, and would be left out; save "
                f"it as INTEGER, REAL or TEXT"
            )
        elif LOSS.search(message) and not HARMLESS.search(message):
            raise ValueError(f"a value would change when it is read: {message}")
        else:
            warnings.warn(message, warning.category, stacklevel=3)
