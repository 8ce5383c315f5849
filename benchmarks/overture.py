"""How much of a release of Overture Maps is read for a box as large as a country.

    python -m benchmarks.overture

The release is made up and served on this machine: 150 countries of 20,000 corners and 8,000 localities, sorted by place
as Overture's files are, in row groups of 100.
"""

import logging
import time

from rich.console import Console

from loaders.boundaries.overture.bounding_boxes import Box
from loaders.boundaries.overture.release import open_release
from loaders.http.client import HttpClient
from loaders.settings.build import Boundaries
from loaders.settings.download import Download
from tests.overture import area, bucket, encoded

RELEASE = "2026-09-23.1"
BOXES = {
    "Germany": Box(5.8, 47.2, 15.1, 55.1),
    "Chile": Box(-75.7, -55.9, -66.4, -17.5),
    "Fiji": Box(177.0, -19.2, 180.0, -16.1),
}


def areas() -> list[dict[str, object]]:
    """The world in a grid of 150 countries, with localities here and there."""
    countries = [
        area(
            f"{chr(97 + n // 26)}{chr(97 + n % 26)}",
            (n % 18 * 20 - 180, n // 18 * 15 - 60, n % 18 * 20 - 162, n // 18 * 15 - 46),
            corners=20_000,
        )
        for n in range(150)
    ]
    west = [(n * 7919 % 3600) * 0.1 - 180 for n in range(8000)]
    south = [(n * 104729 % 1200) * 0.1 - 60 for n in range(8000)]
    localities = [
        area(f"l{n}", (x, y, x + 0.1, y + 0.1), "locality", corners=600)
        for n, (x, y) in enumerate(zip(west, south, strict=True))
    ]
    return [*countries, *localities]


def main() -> None:
    """Print a line for each box."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    files, out = encoded(areas(), files=4, rows_of_a_group=100), Console(highlight=False)
    with bucket() as served:
        served.publish(RELEASE, files)
        size = served.sizes[RELEASE]
        for name, box in BOXES.items():
            served.forget()
            start = time.perf_counter()
            with open_release(
                Boundaries(release=RELEASE, s3_endpoint=served.address), HttpClient(Download())
            ) as release:
                found = release.areas(box)
            out.print(
                f"{name}: {len(found)} areas; {served.sent:,} of {size:,} bytes ({served.sent / size:.1%}), "
                f"{len(served.asked)} requests, {time.perf_counter() - start:.1f} s"
            )


if __name__ == "__main__":
    main()
