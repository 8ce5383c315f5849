"""`eo-pv add` against the stand-in: what a publisher holds becomes an entry, and comes only once."""

from pathlib import Path
from typing import Any

import yaml

from tests.acquisition.conftest import RECORD, Checkout, farms, zipped
from tests.publishers import Publishers

COMMIT = "fbd4e0bc243ce1fa09bf851cd8d26d37835bf95b"
EVIL = "Farms of the\nworld: {x: 1}\n  injected: {source: {path: /}}"


def _settings(checkout: Checkout) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((checkout.root / "params.yaml").read_text())
    return found


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_doi_becomes_an_entry_whose_file_is_fetched_from_the_cache(checkout: Checkout, web: Publishers) -> None:
    number = RECORD + 10
    archive = zipped(solar_farms__geojson=farms(1, 2, 3), wind_farms__geojson=farms(4), readme__txt=b"x")
    files = {"all.zip": archive, "training.geojson": farms(9)}
    web.zenodo.publish(number, concept=number - 1, files=files, title=EVIL, licence="cc-by-4.0", date="2023-02-01")
    previous = (checkout.root / "params.yaml").read_text()
    run = checkout.eo_pv("add", f"https://doi.org/10.5281/zenodo.{number - 1}", "--file", "solar_*", "--yes")
    assert run.code == 0, run.output
    assert (checkout.root / "params.yaml").read_text().startswith(previous)
    entries = _settings(checkout)["datasets"]
    key = next(name for name in entries if name != "farms")
    assert key == "farms_world_injected_source_path_2023"
    assert entries[key] == {
        "source": {"doi": f"10.5281/zenodo.{number - 1}", "include": ["solar_farms.geojson"]},
        "columns": {"source_id": "id"},
        "expected_features": 3,
        "licence": "CC-BY-4.0",
    }
    assert f"means 10.5281/zenodo.{number} now" in run.output
    assert not checkout.paths.lock(key).exists()
    assert not checkout.paths.raw(key).exists()
    assert _files(checkout.root / "data") == set()
    requests = len([request for request in web.requests if "all.zip" in request.path])
    for step in ("resolve", "fetch"):
        assert checkout.eo_pv(step, key).code == 0
    assert len([request for request in web.requests if "all.zip" in request.path]) == requests
    assert "all.zip.unpacked/solar_farms.geojson" in checkout.raw(key)


def test_a_branch_is_pinned_to_the_commit_that_it_means(checkout: Checkout, web: Publishers) -> None:
    web.github.publish("o/r", commit=COMMIT, tags=("main",), files={"data/solar 2021.geojson": farms(1, 2)})
    url = "https://github.com/o/r/blob/main/data/solar%202021.geojson"
    run = checkout.eo_pv("add", url, "--yes")
    assert run.code == 0, run.output
    entry = _settings(checkout)["datasets"]["solar_2021"]
    assert entry["source"] == {"github": f"o/r@{COMMIT}:data/solar 2021.geojson"}
    assert "'main' is a tag or a branch, not a commit, and may move" in (checkout.root / "params.yaml").read_text()


def test_a_file_above_the_limit_is_not_downloaded(checkout: Checkout, web: Publishers) -> None:
    number = RECORD + 10
    web.zenodo.publish(number, files={"solar.geojson": farms(1, padding=1_200_000)})
    checkout.settings(_settings(checkout)["datasets"], max_mb=1)
    previous = (checkout.root / "params.yaml").read_bytes()
    run = checkout.eo_pv("add", f"10.5281/zenodo.{number}", "--yes")
    assert run.code == 1
    assert "solar.geojson has 1.2 MB, more than the limit of 1 MB. If you want it, say --max-mb 2" in run.output
    assert (checkout.root / "params.yaml").read_bytes() == previous
    assert not [request for request in web.requests if "solar.geojson" in request.path]
