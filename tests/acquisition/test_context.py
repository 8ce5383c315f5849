"""Boundaries and irradiance of published records come from the web, each once: the whole program, unmodified."""

import json

import pyarrow.parquet as pq

from tests.acquisition.conftest import CONCEPT, NAME, RECORD, Checkout, farms, zenodo_farms
from tests.overture import Amazon, area, encoded, publish_catalogue
from tests.publishers.irradiance import PVGIS, SEA, Sun

RELEASE = "2026-09-23.1"


def run(checkout: Checkout, *commands: str) -> list[str]:
    """Run commands that go well; returns what they say."""
    message = []
    for command in commands:
        done = checkout.eo_pv(*command.split(), REQUESTS_CA_BUNDLE=checkout.web.environment()["REQUESTS_CA_BUNDLE"])
        assert done.code == 0, done.output
        message.append(done.output)
    return message


def test_a_new_record_asks_for_what_is_around_it_and_for_nothing_else(checkout: Checkout) -> None:
    amazon = Amazon(RELEASE, encoded([area("de", (5, 45, 15, 55)), area("us", (-120, 30, -80, 50))]))
    sun = Sun()
    for site in (amazon, sun):
        checkout.web.join(site)
    publish_catalogue(checkout.web.plain, RELEASE)
    # every request is counted: none may be repeated because this machine is busy, as the impatient settings would
    checkout.settings({"farms": zenodo_farms()}, boundaries={}, irradiance={"provider": "pvgis"}, download={})
    *_, boundary, sky = run(checkout, "ingest farms", "cells", "boundaries", "irradiance")
    assert "boundaries: 1 of countries, 0 of regions" in boundary
    assert "irradiance: 2 of 2 cells, from pvgis" in sky
    requests = [len(checkout.web.asked(host)) for host in (*amazon.hosts, PVGIS)]
    assert (requests[0] > 0, requests[1]) == (True, 2)

    run(checkout, "boundaries", "irradiance")
    assert [len(checkout.web.asked(host)) for host in (*amazon.hosts, PVGIS)] == requests

    sun.at_sea = 50
    shapes = json.loads(farms(1, 2))
    shapes["features"].append(shapes["features"][0] | {"properties": {"id": 9}, "geometry": moved(shapes, 80.0)})
    checkout.web.zenodo.publish(
        RECORD + 1, concept=CONCEPT, files={NAME: json.dumps(shapes).encode()}, title="Farms", licence="cc-by-4.0"
    )
    checkout.web.forget()
    *_, sky = run(checkout, "update farms", "ingest farms", "cells", "boundaries", "irradiance")
    assert "irradiance: 2 of 3 cells, from pvgis" in sky
    assert f"irradiance: none for 1 cells: {SEA}" in sky
    assert len(checkout.web.asked(PVGIS)) == 1
    assert pq.read_table(checkout.paths.refused_irradiance)["reason"].to_pylist() == [SEA]


def moved(shapes: dict[str, list[dict[str, object]]], lon: float) -> dict[str, object]:
    """The first shape, elsewhere on its parallel."""
    geometry = shapes["features"][0]["geometry"]
    assert isinstance(geometry, dict)
    return geometry | {"coordinates": [[[x + lon, y] for x, y in ring] for ring in geometry["coordinates"]]}
