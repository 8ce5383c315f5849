"""Whether a downloaded file begins and ends as its name promises: a look at both ends, without reading the records."""

import re

from loaders.errors import ReadError
from loaders.formats import FORMATS, GEOJSON, PARQUET
from loaders.signatures import require_content
from loaders.wanted import SourceFile

EDGE_BYTES = 1 << 16
CLOSED_JSON = re.compile(rb"""[}\]][^{\[":,0-9A-Za-z]*\Z""")


def require_readable(file: SourceFile, key: str) -> None:
    """Refuse a file that cannot be what its ending says, or that was cut short.

    Args:
        file: one of any ending; an empty one is left to its reader, which says so.
        key: the dataset, for the message.

    Raises:
        ReadError: it begins or ends otherwise.
    """
    if file.suffix not in FORMATS or not file.path.stat().st_size:
        return
    require_content(file, key)
    if expected := _expected_end(file):
        raise ReadError(
            f"{key}: {file.name} was cut short: {expected}. The download was damaged, or the publisher sent something "
            f"else; it is not kept. Download it again with `eo-pv fetch {key}` or `make all`, or download it yourself "
            f"and say `source: {{path: …}}` in params.yaml."
        )


def _expected_end(file: SourceFile) -> str:
    """What a file should end with, and does not; empty where it does."""
    found = FORMATS[file.suffix]
    if found not in {GEOJSON, PARQUET}:
        return ""
    with file.path.open("rb") as stream:
        stream.seek(max(file.path.stat().st_size - EDGE_BYTES, 0))
        end = stream.read()
    if found is PARQUET:
        return "" if end.endswith(PARQUET.magic) else f"it does not end with {PARQUET.magic.decode()}"
    return "" if not end.strip() or CLOSED_JSON.search(end) else "it is JSON that does not end with } or ]"
