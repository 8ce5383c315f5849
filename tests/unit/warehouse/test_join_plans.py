"""Joins of the models that a small change would turn into comparisons of all rows with all others."""

from pathlib import Path

import duckdb
from jinja2 import Environment

DBT = Path(__file__).resolve().parents[3] / "dbt"
TABLES = """
    create macro h3_cell_of(lon, lat, resolution) as cast(lon as varchar);
    create table prep_pv_installation_shapes as
        select n as installation_id, n as record_lon, n as record_lat, n = 3 as is_placeholder from range(100) as t (n);
    create table prep_pv_installations as
        select n as installation_id, n as capacity_mw, 'ac' as capacity_basis, n as area_m2 from range(100) as t (n);
    create table stg_settings as select 4 as irradiance_h3_resolution, 1.2 as dc_per_ac, 50 as mw_per_km2;
    create table stg_irradiance_refused as select '-1' as h3_cell, 'pvgis' as provider, 'sea' as reason;
    create table stg_solar_irradiance as
        select cast(n as varchar) as h3_cell, 'pvgis' as provider, null as month, 1.0 as ghi_kwh_per_m2,
            1.0 as poa_kwh_per_m2, 1.0 as specific_yield_kwh_per_kwp, 1 as tilt_deg, 1 as azimuth_deg, 0.1 as losses,
            'chain' as model_chain, false as is_upper_bound
        from range(100) as t (n)
"""


def test_the_irradiance_of_an_installation_is_found_by_its_cell() -> None:
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        query = _rendered("prepared/yield/prep_pv_yield.sql", "panel_capacity.sql")
        plan = "\n".join(text for _, text in connection.execute(f"explain {query}").fetchall())
        connection.execute(f"create view yields as {query}")
        missing = connection.execute("select installation_id, no_energy from yields where energy_mwh is null")
        assert missing.fetchall() == [(3, "placeholder position")]
    assert plan.count("HASH_JOIN") == 3
    assert "NL_JOIN" not in plan


def _rendered(model: str, macros: str) -> str:
    text = (DBT / "macros" / macros).read_text() + (DBT / "models" / model).read_text()
    return Environment().from_string(text).render(ref=lambda name: name)  # noqa: S701 (SQL)
