"""The report of the bundled samples with hostile text in it, in a real browser: from disk, and from a web server."""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from selenium import webdriver

from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.report.serve import address, listen, serve
from tests.browser.chromium import IS_STILL, MAP_SIZE, NO_CHROMIUM, WIDE, Page, chromium, missing_programs
from tests.browser.hostile import make_hostile
from tests.pipeline.conftest import Project, Run, made_all
from tests.step_server import step_server

__all__ = ["made_all", "step_server"]

SCREENSHOTS = "EO_PV_SCREENSHOTS"  # a folder for the pictures; by default pytest's own
CURATED = "curated_pv_"
Windows = Callable[[str], Page]
ROOF = """
    SELECT installation_id, centroid_lon, centroid_lat, record_ids FROM installations
    WHERE geometry_kind <> 'point' AND len(record_ids) > 2 AND abs(centroid_lat) < 60
      AND ST_Contains(geometry, ST_Point(centroid_lon, centroid_lat))
    ORDER BY area_m2 DESC LIMIT 1
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a browser where there is none."""
    if missing_programs():
        for item in items:
            if "browser" in item.path.parts:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


@pytest.fixture(scope="session")
def reported(made_all: tuple[Project, Run], made_once: Callable[..., Path]) -> ProjectPaths:
    """The project of the samples, with hostile text in every field, and the report of that; made once."""

    def make(root: Path) -> None:
        shutil.copytree(made_all[0].root, root / "project", symlinks=True)
        project = Project(root / "project")
        make_hostile(ProjectPaths(project.root, "sample"))
        run = project.run(sys.executable, "-m", "loaders", "report")
        assert run.code == 0, run.output

    return ProjectPaths(made_once("browser", make) / "project", "sample")


@pytest.fixture(scope="session")
def folder(reported: ProjectPaths) -> Path:
    """The folder of the report."""
    return reported.home / "report"


@pytest.fixture(scope="session")
def tables(reported: ProjectPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables by their short names, `installations` and so on, from the Parquet files."""
    with connect(Path(":memory:")) as connection:
        for path in sorted(reported.curated.glob("*.parquet")):
            name = path.stem.removeprefix(CURATED)
            connection.execute(f"CREATE TABLE {name} AS FROM read_parquet($path)", {"path": str(path)})
        yield connection


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[str]:
    """The address of the folder on a web server, the one of `eo-pv view`."""
    listener, ready, loop = listen(0), threading.Event(), asyncio.new_event_loop()
    task = loop.create_task(serve(folder, listener, ready.set))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    assert ready.wait(10)
    yield address(listener)
    loop.call_soon_threadsafe(task.cancel)
    loop.call_soon_threadsafe(lambda: loop.call_later(0.1, loop.stop))
    thread.join(5)
    loop.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """One browser for all tests; each page that is shown is loaded afresh."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go."""
    return Path(os.environ.get(SCREENSHOTS) or tmp_path_factory.mktemp("screenshots")).absolute()


@pytest.fixture(scope="module")
def windows(browser: webdriver.Chrome, pictures: Path) -> Windows:
    """Makes a window for a folder's address: wide, light, and with nothing on its console."""

    def window(base: str) -> Page:
        page = Page(browser, base, pictures)
        page.resize(WIDE)
        page.emulate(prefers_color_scheme="light")
        return page

    return window


@pytest.fixture
def page(windows: Windows, folder: Path) -> Page:
    """A window of its own on the folder, from disk."""
    return windows(f"{folder.as_uri()}/")


@pytest.fixture(scope="module")
def opened_map(windows: Windows, folder: Path) -> Page:
    """The map, opened once for the tests of a file."""
    page = windows(f"{folder.as_uri()}/")
    page.resize(MAP_SIZE)
    page.show("map.html")
    return page


@pytest.fixture
def map_page(opened_map: Page, tables: duckdb.DuckDBPyConnection) -> Page:
    """The map of the whole world without filters, opened once: an address undoes what a test has done."""
    if not opened_map.value("location.pathname").endswith("map.html") or opened_map.value("eoPvMap.open() !== null"):
        opened_map.show("map.html")
    opened_map.run(
        "location.hash = '#0/20/0'; document.getElementById('search').value = ''; document.activeElement.blur()"
    )
    (count,) = tables.execute("SELECT count(*) FROM installations").fetchone() or (0,)
    opened_map.wait(f"document.getElementById('shown').dataset.count === '{count}'")
    opened_map.wait(IS_STILL)
    return opened_map


@pytest.fixture
def map_window(page: Page) -> Page:
    """A window of its own for an address of the map."""
    page.resize(MAP_SIZE)
    return page


@pytest.fixture(scope="module")
def roof(tables: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """A large installation of three records or more."""
    found = tables.execute(ROOF).fetchone()
    assert found
    return dict(zip(("id", "lon", "lat", "records"), found, strict=True))
