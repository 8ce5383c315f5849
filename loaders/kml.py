"""What GDAL leaves out of a KML without a word: times that are only a year or a month."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

# https://docs.ogc.org/is/12-007r2/12-007r2.html#kml:TimePrimitive: a year, a month, a day or a moment
SHORT_TIME = re.compile(rb"<(?:[\w.-]+:)?(when|begin|end)>\s*([0-9]{4}(?:-[0-9]{2})?)\s*<")


def require_whole_times(path: Path) -> None:
    """Refuse times that would be read as none, or as the first day of a month.

    Raises:
        ValueError: a time is only a year or a month.
        zipfile.BadZipFile: it is no KMZ.
    """
    for content in _documents(path):
        if found := SHORT_TIME.search(content):
            name, time = (part.decode() for part in found.groups())
            raise ValueError(
                f"the time <{name}> of a placemark is {time}, and only whole days can be read; write it as one, "
                "or as <Data> of the placemark"
            )


def _documents(path: Path) -> Iterator[bytes]:
    if path.suffix == ".kml":
        yield path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.lower().endswith(".kml"):
                yield archive.read(name)
