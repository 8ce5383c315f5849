"""Records whose position is a placeholder, and records on all kinds of land."""

import json

import pytest

from loaders.report.summary import findings
from tests.warehouse.conftest import Warehouse
from tests.warehouse.elsewhere import A, D, elsewhere
from tests.warehouse.test_worlds import groups, installation


def test_a_point_at_the_centroid_of_a_country_is_a_stand_in(warehouse: Warehouse) -> None:
    """At it to four decimals, or near it if another one of the dataset is there too."""
    query = (
        "select source_id from curated.curated_pv_records where list_contains(quality_flags, 'placeholder_position') "
        "and not starts_with(source_id, 'nowhere/') order by all"
    )
    assert [name for (name,) in warehouse.rows(query)] == ["centre/1", "centre/2", "centre/3", "known/1"]
    assert groups(warehouse, "centre") == ["1", "2", "3", "4", "w"]
    found = installation(warehouse, f"{D}:centre/2")
    assert (found["country"], found["admin_method"], found["quality_flags"]) == (None, None, ["placeholder_position"])


def test_a_stand_in_takes_the_outline_and_the_place_of_the_record_with_its_identifier(warehouse: Warehouse) -> None:
    found = installation(warehouse, f"{D}:known/1")
    assert found["record_ids"] == [f"{A}:known/2", f"{D}:known/1"]
    assert (found["geometry_dataset"], found["country"], found["capacity_mw"]) == (A, "BB", 5)
    assert (found["centroid_lon"], found["centroid_lat"]) == pytest.approx((96.0005, 0.0005))
    assert "placeholder_position" not in str(found["quality_flags"])
    query = "select energy_mwh > 0, no_energy from curated.curated_pv_yield where installation_id = $id"
    assert warehouse.rows(query, {"id": found["installation_id"]}) == [(True, None)]


def test_stand_ins_and_rows_that_a_test_warns_of_are_counted(warehouse: Warehouse) -> None:
    figures = json.loads(warehouse.paths.build_metrics.read_text())
    assert figures["placeholders"] == {D: 5 + 4}
    assert figures["flags"]["placeholder_position"] == 5 + 3
    assert figures["warnings"].keys() == {"no_cell_has_more_sun_than_usual"}
    said = findings(figures)
    assert any(sentence.startswith(f"At a placeholder position: 9 records ({D}: 9).") for sentence in said)


def test_no_land_stops_a_build(warehouse: Warehouse) -> None:
    """High plateaus, both poles, the Dead Sea, the antimeridian: every record there has an energy."""
    names = [name for name in elsewhere() if name.startswith("land/")]
    query = (
        "select count(*), count(energy_mwh), max(dni_kwh_per_m2) > 5000, count(yields.country) "
        "from curated.curated_pv_records as records "
        "join curated.curated_pv_yield as yields using (installation_id) "
        "join staging.stg_solar_irradiance as sun on sun.h3_cell = irradiance_cell and month is null "
        "where starts_with(source_id, 'land/')"
    )
    assert len(names) > 150
    assert warehouse.rows(query) == [(len(names), len(names), True, len(names) - 1)]
