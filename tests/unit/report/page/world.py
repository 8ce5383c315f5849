"""A project with the curated tables of four installations, which can be counted by hand."""

import json
from pathlib import Path
from typing import Any

import duckdb

from loaders.core.escape import sql_text
from loaders.core.paths import ProjectPaths

HOSTILE = '</script><img src=x onerror="alert(1)">'
TABLES = {
    "installations": """
        select * from (values
            ('pv_1', 'Farm ' || $hostile, 9.0, 51.0, 1e6, 50.0, 'dc', date '2019-01-01', date '2019-12-31', 'DE', 2,
             2, 'high', ['divided'], ['CC-BY-4.0'], 'CC-BY-4.0', true, false, 'polygon'),
            ('pv_2', null, 9.1, 51.1, 2e4, 1.0, 'ac', null, date '2020-12-31', 'DE', 1,
             1, 'low', [], ['CC-BY-NC-4.0', 'not stated'], 'CC-BY-NC-4.0', false, true, 'polygon'),
            ('pv_3', '   ', 2.0, 48.0, null, null, null, null, null, 'FR', 1,
             1, 'low', ['divided'], ['CC-BY-4.0'], 'CC-BY-4.0', true, false, 'point'),
            ('pv_4', 'Isle', 179.9, -17.0, 1e4, null, null, date '2018-01-01', date '2020-06-30', null, 2,
             2, 'medium', [], ['CC-BY-4.0', 'ODbL-1.0'], 'ODbL-1.0', true, false, 'polygon')
        ) as t(installation_id, name, centroid_lon, centroid_lat, area_m2, capacity_mw, capacity_basis, installed_from,
               installed_to, country, dataset_count, independent_inventories, confidence, quality_flags, licences,
               licence, licence_verified, is_synthetic, geometry_kind)""",
    "yield": """
        select * from (values ('pv_1', 50.0, 'stated_dc'), ('pv_2', 1.3, 'stated_ac'), ('pv_3', null, null),
            ('pv_4', 0.56, 'area')) as t(installation_id, panel_capacity_mw, panel_capacity_method)""",
    "records": """
        select * from (values ('a_north_2020', 'pv_1', [], false), ('a_north_2020', 'pv_3', ['repaired'], false),
            ('a_north_2020', 'pv_4', [], false), ('b_south_2021', 'pv_1', [], true), ('b_south_2021', 'pv_2', [], true),
            ('b_south_2021', 'pv_4', ['repaired'], true), ('b_south_2021', null, [], true)
        ) as t(dataset_key, installation_id, quality_flags, is_synthetic)""",
    "by_country": """
        select * from (values ('DE', 2, 1, 102e-2, 513e-1, 5e4, 'CC-BY-NC-4.0', true),
            ('FR', 1, 0, null, null, null, 'CC-BY-4.0', false), (null, 1, 0, 1e-2, 56e-2, 6e2, 'CC-BY-4.0', false)
        ) as t(country, installations, high_confidence, area_km2, panel_capacity_mw, energy_mwh, licence,
               is_synthetic)""",
    "dataset_summary": """
        select * from (values ('a_north_2020', 5, 3, 2, 0, 0), ('b_south_2021', 6, 6, 0, 2, 1)) as t(dataset_key,
            records_read, records_kept, records_rejected, records_not_allowed, records_left_out)""",
    "overlap": """
        select * from (values ('a_north_2020', 'b_south_2021', 2, 8e-1, 25e-2, null::double),
            ('b_south_2021', 'a_north_2020', 2, 8e-1, -2e-1, null)) as t(dataset_a, dataset_b, installations,
            iou_median, area_bias, capacity_bias)""",
}
BUILD: dict[str, Any] = {
    "records": 7,
    "installations": 4,
    "high_confidence": 1,
    "confirmed": 2,
    "area_km2": 1.03,
    "panel_capacity_mw": 51.86,
    "countries": 2,
    "datasets": {
        "a_north_2020": {"installations": 3, "only_here": 1},
        "b_south_2021": {"installations": 3, "only_here": 1},
    },
    "left_out": {"b_south_2021": {"CC-BY-ND-4.0": {"records": 2, "licence_kind": "no_derivatives"}}},
    "left_out_records": {
        "b_south_2021": {
            "records": 1,
            "all_records": 4,
            "capacity_mw": None,
            "all_capacity_mw": None,
            "reasons": {"status planned": 1},
        }
    },
    "energy": {"installations": 0, "missing": {}, "providers": [], "energy_gwh": None, "is_upper_bound": False},
    "overrides": {"applied": 0, "left_out_lines": [], "stale": []},
}


def write_world(paths: ProjectPaths) -> None:
    """Write its curated tables, boundaries and build metrics."""
    paths.curated.mkdir(parents=True)
    paths.boundaries.parent.mkdir(parents=True)
    with duckdb.connect() as connection:
        for name, query in TABLES.items():
            _write(connection, query, paths.curated / f"curated_pv_{name}.parquet")
        boundaries = "select 'country' as subtype, 'DE' as country, 'Germany' as name"
        _write(connection, boundaries, paths.boundaries)
    paths.build_metrics.write_text(json.dumps(BUILD), encoding="utf-8")


def _write(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    query = query.replace("$hostile", sql_text(HOSTILE))
    connection.execute(f"copy ({query}) to {sql_text(str(file))} (format parquet)")
