"""What installations may give in a year follows from the sun over them, and from what is known of their panels."""

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.elsewhere import B


def test_every_installation_has_an_energy_or_a_reason(warehouse: Warehouse) -> None:
    published = warehouse.rows("select installation_id from curated.curated_pv_installations order by all")
    assert warehouse.rows("select installation_id from curated.curated_pv_yield order by all") == published
    both = "select count(*) from curated.curated_pv_yield where (energy_mwh is null) = (no_energy is null)"
    assert warehouse.value(both) == 0


def test_energy_is_the_capacity_times_the_yield_of_the_cell_of_a_record(warehouse: Warehouse) -> None:
    """Three blocks of dataset B state 15 MW of panels in all."""
    ((capacity, method, energy, factor, cell, country),) = warehouse.rows(
        "select panel_capacity_mw, panel_capacity_method, energy_mwh, capacity_factor, irradiance_cell, yields.country "
        "from curated.curated_pv_yield as yields join curated.curated_pv_records as records using (installation_id) "
        "where record_id = $id",
        {"id": f"{B}:blocks/0"},
    )
    assert (capacity, method, country) == (15, "stated_dc", "AA")
    ((specific, tilt, azimuth),) = warehouse.rows(
        "select specific_yield_kwh_per_kwp, tilt_deg, azimuth_deg from raw_data.solar_irradiance "
        "where h3_cell = $cell and month is null",
        {"cell": cell},
    )
    assert energy == round(15 * specific, 3)
    assert factor == pytest.approx(energy / (15 * 8760), rel=1e-6)
    assert (tilt < 1, azimuth in {0, 180}) == (True, True)  # the worlds lie at the equator


def test_countries_add_up_their_installations(warehouse: Warehouse) -> None:
    summed = warehouse.rows(
        "select country, count(energy_mwh), round(sum(energy_mwh), 3), round(sum(panel_capacity_mw), 6) "
        "from curated.curated_pv_yield where energy_mwh is not null and country is not null group by 1 order by 1"
    )
    found = warehouse.rows(
        "select country, installations_with_energy, round(energy_mwh, 3), round(panel_capacity_mw, 6) "
        "from curated.curated_pv_by_country where country is not null order by 1"
    )
    assert found == summed
    factors = (
        "select energy_mwh / panel_capacity_mw / 8760, capacity_factor from curated.curated_pv_by_country "
        "where panel_capacity_mw > 0 and country in ('AA', 'BB')"
    )
    for expected, factor in warehouse.rows(factors):
        assert factor == pytest.approx(expected)
        assert 0.08 < factor < 0.30


def test_the_table_says_what_was_assumed(warehouse: Warehouse) -> None:
    """Clear sky is an upper bound; where no capacity is stated, it follows from the outline."""
    assert warehouse.rows(
        "select distinct irradiance_provider, is_upper_bound, losses from curated.curated_pv_yield "
        "where no_energy is distinct from 'placeholder position'"
    ) == [("clearsky", True, 0.14)]
    of_area = (
        "select count(*), max(abs(yields.panel_capacity_mw - area_m2 / 1e6 * 56)) "
        "from curated.curated_pv_yield as yields join curated.curated_pv_installations using (installation_id) "
        "where panel_capacity_method = 'area'"
    )
    ((count, difference),) = warehouse.rows(of_area)
    assert (count > 0, difference < 1e-6) == (True, True)
