"""How long the map takes to its first picture, and how smoothly it moves, in headless Chromium that draws in software.

python -m benchmarks.map_paint FOLDER [--times 3]       FOLDER is a report, such as data/sample/report
"""

import argparse
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.tables import table
from loaders.core.terminal import out
from tests.browser.chromium import WIDE, Page, chromium

SLOW_FRAME_MS = 100
ZOOMS = {"hexagons": 3, "points": 7, "outlines": 13}
DENSEST = """
    const hexagons = eoPvMap.map().getSource("hexagons").serialize().data.features;
    const densest = hexagons.reduce((a, b) => (b.properties.count > a.properties.count ? b : a));
    return densest.geometry.coordinates[0][0];
"""
# There and back by three quarters of the window, and the time between the frames meanwhile [ms].
PAN = """
    const finish = arguments[arguments.length - 1];
    const map = eoPvMap.map(), frames = [];
    const step = x => new Promise(resolve => { map.once("moveend", resolve); map.panBy([x, 0], {duration: 1500}); });
    let last = performance.now(), isOver = false;
    requestAnimationFrame(function frame(now) {
        frames.push(now - last);
        last = now;
        if (!isOver) requestAnimationFrame(frame);
    });
    step(700).then(() => step(-700)).then(() => { isOver = true; finish(frames.slice(1)); });
"""


@dataclass(frozen=True, slots=True)
class Frames:
    """Times between frames while the map moves [ms]."""

    zoom: int
    milliseconds: list[float]

    @property
    def slow(self) -> int:
        """How many took longer than a tenth of a second."""
        return sum(each > SLOW_FRAME_MS for each in self.milliseconds)


def first_paints(page: Page, times: int) -> list[float]:
    """Seconds from the start of the page to the first complete picture, opened afresh each time."""
    seconds = []
    for _ in range(times):
        page.show("map.html")
        seconds.append(float(page.value("eoPvMap.painted")) / 1000)
    return seconds


def panned(page: Page, zoom: int, place: tuple[float, float]) -> Frames:
    """Move over the densest place, once what is in view is drawn."""
    page.run("eoPvMap.map().jumpTo({zoom: arguments[0], center: arguments[1]})", zoom, place)
    page.wait("eoPvMap.map().loaded()", seconds=60)
    page.driver.set_script_timeout(60)
    return Frames(zoom, page.driver.execute_async_script(PAN))


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    with chromium() as browser:
        page = Page(browser, f"{arguments.folder.resolve().as_uri()}/", arguments.folder)
        page.resize(WIDE)
        seconds = first_paints(page, arguments.times)
        place = tuple(page.run(DENSEST))
        frames = {name: panned(page, zoom, place) for name, zoom in ZOOMS.items()}
        count = page.value("document.getElementById('shown').dataset.count")
    out.print(f"{int(count):,} installations: first picture after {min(seconds):.2f} to {max(seconds):.2f} s")
    titles = ("drawn", "zoom", "frames", "median [ms]", "longest [ms]", f"over {SLOW_FRAME_MS} ms")
    rows = [
        (
            name,
            each.zoom,
            len(each.milliseconds),
            round(statistics.median(each.milliseconds)),
            round(max(each.milliseconds)),
            each.slow,
        )
        for name, each in frames.items()
    ]
    out.print(table(titles, rows))


if __name__ == "__main__":
    main()
