"""The whole workflow on published datasets: DVC, Hamilton and dbt, with the stand-in for the world."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.acquisition.conftest import Checkout, farms, zipped
from tests.overture import Amazon, area, encoded, publish_catalogue
from tests.publishers import Fault, Publishers

COMMIT = "fbd4e0bc243ce1fa09bf851cd8d26d37835bf95b"
COLUMNS = {"source_id": "id"}
DIVISIONS = encoded([area("de", (5, 45, 15, 55))])
SOURCES: dict[str, dict[str, Any]] = {
    "zenodo_farms": {"doi": "10.5281/zenodo.5005867"},
    "figshare_farms": {"doi": "10.6084/m9.figshare.11310269.v6", "include": ["global_solar.geojson"]},
    "github_farms": {"github": f"some-org/solar-farms@{COMMIT}:data/farms.geojson"},
    "url_farms": {"url": "https://files.example.org/farms.zip"},
}


@pytest.fixture
def published(workflow: Checkout, web: Publishers) -> Checkout:
    """Four datasets, one farm each."""
    web.zenodo.publish(5005868, concept=5005867, files={"a.geojson": farms(1)}, title="Z", creators=("Doe, Jane",))
    archive = zipped(**{"solar/global_solar__geojson": farms(2), "wind/global_wind__geojson": farms(9)})
    web.figshare.publish(11310269, version=6, files={"all.zip": archive}, title="F", licence="CC0")
    web.github.publish("some-org/solar-farms", commit=COMMIT, files={"data/farms.geojson": farms(3)})
    web.plain.publish("files.example.org", "/farms.zip", zipped(farms__geojson=farms(4)))
    workflow.settings({key: {"source": source, "columns": COLUMNS} for key, source in SOURCES.items()})
    return workflow


def test_published_datasets_become_one_table_and_a_second_run_asks_nobody(
    published: Checkout, web: Publishers, tmp_path: Path
) -> None:
    amazon = Amazon("2026-10-21.0", DIVISIONS)
    web.join(amazon)
    publish_catalogue(web.plain, "2026-10-21.0", schema="2.0.0")
    published.settings({key: {"source": source, "columns": COLUMNS} for key, source in SOURCES.items()}, boundaries={})
    run = published.run("make", "all")
    assert run.code == 0, run.output
    assert "overture: release 2026-10-21.0 is locked" in run.output
    lock = published.lock("overture")
    assert (lock["release"], lock["schema"], len(lock["files"])) == ("2026-10-21.0", "2.0.0", 1)
    with duckdb.connect(published.paths.database, read_only=True) as connection:
        rows = connection.sql(
            "SELECT dataset_key, source_id, source_file, doi, is_synthetic FROM curated.curated_pv_records ORDER BY 2"
        ).fetchall()
    assert rows == [
        ("zenodo_farms", "1", "a.geojson", "10.5281/zenodo.5005868", False),
        ("figshare_farms", "2", "all.zip/solar/global_solar.geojson", "10.6084/m9.figshare.11310269.v6", False),
        ("github_farms", "3", "farms.geojson", None, False),
        ("url_farms", "4", "farms.zip/farms.geojson", None, False),
    ]
    published_files = [each for each in web.requests if "overturemaps" not in each.host]
    downloads = [each.path for each in published_files if each.method == "GET" and each.body_bytes_sent > 0]
    assert len(downloads) == len(set(downloads))  # prefetched once, and found in the cache by its stage

    assert "figshare_farms: the settings state no licence, the repository says CC0-1.0; add it." in run.output
    attribution = (published.paths.curated / "ATTRIBUTION.md").read_text()
    citation = (published.paths.curated / "CITATION.bib").read_text()
    assert "[Z](https://zenodo.org/records/5005868)" in attribution
    assert "divisions, release 2026-10-21.0 (ODbL-1.0)" in attribution
    assert "doi = {10.5281/zenodo.5005868}" in citation
    assert "author = {Doe, Jane}" in citation

    amazon.replace("2026-11-18.0", DIVISIONS)  # the locked one is gone
    publish_catalogue(web.plain, "2026-11-18.0", schema="2.0.0")
    web.forget()
    again = published.run("make", "all")
    assert (again.code, again.stages, web.requests) == (0, set(), [])

    _add_a_farm(published, web, tmp_path)
    _move_the_release(published, tmp_path)


def _move_the_release(published: Checkout, folder: Path) -> None:
    """An update moves the lock and says so; then the boundaries are read again, and the tables follow."""
    update = published.run("make", "update", "KEY=overture")
    assert "overture: release 2026-10-21.0 → 2026-11-18.0, schema 2.0.0 (1 file(s), " in update.output
    run = published.repro_without_build(folder)
    assert (run.code, run.stages) == (0, {"boundaries", "build"}), run.output


def _add_a_farm(published: Checkout, web: Publishers, folder: Path) -> None:
    """Another version of one dataset: nobody else is asked, and each of its files once."""
    web.zenodo.publish(5005900, concept=5005890, files={"a.geojson": farms(1, 5)}, title="Z2")
    changed = {**SOURCES, "zenodo_farms": {"doi": "10.5281/zenodo.5005890"}}
    published.settings({key: {"source": source, "columns": COLUMNS} for key, source in changed.items()}, boundaries={})
    run = published.repro_without_build(folder)
    assert run.code == 0, run.output
    steps = {f"{step}@zenodo_farms" for step in ("resolve", "fetch", "load")}
    assert run.stages == {"settings", *steps, "cells", "build"}
    assert web.hosts() == {"doi.org", "zenodo.org"}
    assert len(web.asked("zenodo.org", "/api/records/5005900/files/")) == 1
    assert len(web.asked("zenodo.org", "/api/records/", method="GET")) == 3  # the record, its list, its file


def test_with_keep_going_a_publisher_that_is_down_is_missing_from_the_table(
    published: Checkout, web: Publishers, tmp_path: Path
) -> None:
    web.fault("files.example.org", "/", Fault.status(503, times=None))
    run = published.run("make", "all", "ARGS=--keep-going")
    assert run.code != 0
    assert "url_farms: not fetched ahead" in run.output
    assert "Error: url_farms: https://files.example.org/farms.zip: it answered 503" in run.output
    assert {key for key in SOURCES if published.paths.loaded(key).exists()} == set(SOURCES) - {"url_farms"}
    with duckdb.connect(published.paths.database, read_only=True) as connection:
        rows = connection.sql("SELECT dataset_key FROM curated.curated_pv_records").fetchall()
    assert {key for (key,) in rows} == set(SOURCES) - {"url_farms"}
    reason = json.loads(published.paths.build_metrics.read_text())["missing_datasets"]["url_farms"]
    assert reason.startswith("https://files.example.org/farms.zip: it answered 503")
    assert f"url_farms is missing: {reason}" in " ".join(run.output.split())  # the lines are wrapped
    assert "url_farms is missing: " in published.paths.report().read_text()
    assert "1 of 4 datasets is missing from every table: url_farms." in run.output

    web.heal()
    again = published.repro_without_build(tmp_path)
    assert (again.code, published.paths.loaded("url_farms").exists()) == (0, True), again.output
    assert {f"{step}@url_farms" for step in ("resolve", "fetch", "load")} | {"build"} <= again.stages


def test_several_datasets_are_downloaded_at_the_same_time(published: Checkout, web: Publishers) -> None:
    for host, path in (("files.example.org", "/farms.zip"), ("raw.githubusercontent.com", "/some-org")):
        web.fault(host, path, Fault.stall(after=0, seconds=60, method="GET", times=1))
    published.settings(
        {key: {"source": SOURCES[key], "columns": COLUMNS} for key in ("github_farms", "url_farms")},
        download={"timeout_s": 2.0, "backoff_s": 0.0},
    )
    assert published.eo_pv("prefetch").code == 0
    requests = [each.host for each in web.requests if each.method == "GET" and each.host != "api.github.com"]
    assert set(requests[:2]) == {"files.example.org", "raw.githubusercontent.com"}  # before either is asked again
