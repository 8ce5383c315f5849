"""Make the published tables of a made-up world without a build: what the report and its map are measured on.

    python -m benchmarks.report_world FOLDER [--installations 400000] [--seed 1]

Each plant is an installation with the records that show it. Everything in it is made up.
"""

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from benchmarks.world import BOUNDARIES, DBT, RECORDS_PER_PLANT, record_table, sighting_chunks, write_settings
from benchmarks.world_views import VIEWS
from loaders.acquire.lock import Lock, LockedFile, write_lock
from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.settings.params import read_settings
from loaders.warehouse.curated_files import export_curated

RESOLUTION = 8
MODELS = DBT / "models" / "curated"
LOADED = """
    CREATE TABLE records AS
    SELECT
        *, ST_GeomFromWKB(shape) AS geometry,
        'pv_' || md5(if(plant < 0, record_id, plant::VARCHAR))[:16] AS installation_id,
        ['DE', 'US', 'CN', 'IN', 'BR', 'ZA', 'AU', 'ES', 'FR', 'JP'][
            1 + (hash(floor(centroid_lon / 8), floor(centroid_lat / 8)) % 10)::INTEGER] AS country
    FROM incoming
"""
INSERTED = {
    "records": "SELECT * EXCLUDE (plant, shape) FROM records",
    "installations": """
        SELECT
            installation_id,
            if(hash(installation_id) % 5 = 0, 'Solar farm ' || installation_id[4:9], NULL) AS name,
            'operating' AS status, 'pv' AS technology, 'unknown' AS mounting, geometry, geometry_kind,
            dataset_key AS geometry_dataset, centroid_lon, centroid_lat, area_m2, capacity AS capacity_mw,
            if(capacity IS NULL, NULL, 'unknown') AS capacity_basis, installed_from, installed_to, country, h3_cell,
            h3_cell AS h3_cell_5, record_ids, dataset_keys, len(dataset_keys) AS dataset_count,
            len(dataset_keys) AS independent_inventories, if(len(dataset_keys) > 1, 'high', 'low') AS confidence,
            []::VARCHAR[] AS quality_flags, licences[1] AS licence, 'share_alike' AS licence_kind, licences,
            true AS licence_verified, true AS is_synthetic
        FROM (
            SELECT
                installation_id, max(capacity_mw) AS capacity, list(record_id ORDER BY record_id) AS record_ids,
                list(DISTINCT dataset_key ORDER BY dataset_key) AS dataset_keys,
                list(DISTINCT licence ORDER BY licence) AS licences, min(record_id) AS record_id
            FROM records GROUP BY installation_id
        )
        INNER JOIN records USING (installation_id, record_id)
    """,
    "yield": """
        SELECT
            installation_id, country, h3_cell_5 AS irradiance_cell, coalesce(capacity_mw, area_m2 * 5e-5) AS
            panel_capacity_mw, 'stated' AS panel_capacity_method, 1500 * capacity_mw AS energy_mwh, licence,
            licence_kind, is_synthetic
        FROM curated.curated_pv_installations
    """,
    "pairs": """
        SELECT
            a.record_id AS record_id_a, b.record_id AS record_id_b, a.dataset_key AS dataset_key_a,
            b.dataset_key AS dataset_key_b, a.installation_id AS installation_id_a,
            b.installation_id AS installation_id_b, true AS is_joined, 'overlap' AS match_rule, 'outlines' AS pair_kind,
            'the outlines share half of the smaller one' AS reason, 0.5 + (hash(a.record_id) % 5000) / 1e4 AS iou,
            0.7 AS share_of_smaller, 0.0 AS distance_m, 3.5 AS centroid_distance_m,
            0.6 + (hash(b.record_id) % 4000) / 1e4 AS area_ratio, true AS is_synthetic
        FROM records AS a INNER JOIN records AS b
            ON a.installation_id = b.installation_id AND a.record_id < b.record_id
    """,
    "dataset_summary": """
        SELECT
            dataset_key, count(*) AS records_read, count(*) AS records_kept, 0 AS records_rejected,
            0 AS records_repaired, count(area_m2) AS polygons, count(*) - count(area_m2) AS points,
            sum(area_m2) / 1e6 AS area_km2, sum(capacity_mw) AS capacity_mw,
            count(capacity_mw) AS records_with_capacity, min(centroid_lon) AS west_lon, min(centroid_lat) AS south_lat,
            max(centroid_lon) AS east_lon, max(centroid_lat) AS north_lat, min(licence) AS licence,
            true AS licence_verified, true AS is_synthetic, 'share_alike' AS licence_kind, true AS is_allowed,
            count(DISTINCT installation_id) AS installations, 0 AS only_here,
            map([min(licence)], [count(*)]) AS records_by_licence, 0 AS records_not_allowed, 0 AS records_left_out,
            map([]::VARCHAR[], []::BIGINT[]) AS left_out
        FROM records GROUP BY dataset_key
    """,
    "by_country": """
        SELECT
            country, count(*) AS installations, count(area_m2) AS outlines, 0 AS high_confidence,
            sum(area_m2) / 1e6 AS area_km2, count(capacity_mw) AS installations_with_capacity,
            sum(panel_capacity_mw) AS panel_capacity_mw, 'ODbL-1.0' AS licence, 'share_alike' AS licence_kind,
            true AS is_synthetic, 0 AS installations_with_energy, sum(energy_mwh) AS energy_mwh
        FROM curated.curated_pv_installations
        INNER JOIN (FROM curated.curated_pv_yield SELECT installation_id, panel_capacity_mw, energy_mwh)
            USING (installation_id)
        GROUP BY country
    """,
    "overlap": """
        SELECT
            dataset_key_a AS dataset_a, dataset_key_b AS dataset_b, count(*) AS installations, count(*) AS records_a,
            count(*) AS records_b, count(*) AS installations_with_outlines, median(iou) AS iou_median,
            0.1 AS area_bias, 0 AS installations_with_capacity, true AS is_synthetic
        FROM curated.curated_pv_pairs GROUP BY dataset_key_a, dataset_key_b
    """,
}
METRICS = """
    SELECT dataset_key, records_kept, area_km2, capacity_mw, installations FROM curated.curated_pv_dataset_summary
"""
BUILD = {
    "records": 0, "installations": 0, "high_confidence": 0, "confirmed": 0, "area_km2": 1.0, "panel_capacity_mw": 1.0,
    "countries": 10, "left_out": {}, "energy": {"installations": 0, "missing": {}, "providers": [], "energy_gwh": None,
    "is_upper_bound": False}, "overrides": {"applied": 0, "left_out_lines": [], "stale": []},
}  # fmt: skip


def make_report_world(folder: Path, installations: int, seed: int) -> ProjectPaths:
    """Make the project: settings, locks and the published tables that the map is made of."""
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder)
    settings = read_settings(folder / "params.yaml")
    paths = ProjectPaths(folder, settings.origin)
    paths.home.mkdir(parents=True, exist_ok=True)
    for key in VIEWS:
        file = LockedFile(f"{key}.geojson", checksum=f"md5:{0:032}")
        write_lock(Lock(key, "path", settings.datasets[key].source.as_stated, (file,)), paths.lock(key))
    paths.database.unlink(missing_ok=True)
    with connect(paths.database) as connection:
        _create_tables(connection, installations, seed)
        _write_metrics(connection, paths)
        export_curated(connection, paths.curated)
    shutil.copytree(BOUNDARIES, folder / "data" / "samples" / BOUNDARIES.name, dirs_exist_ok=True)
    return paths


def _write_metrics(connection: duckdb.DuckDBPyConnection, paths: ProjectPaths) -> None:
    """What the loads and the build would have counted, as far as the report needs it."""
    datasets = {}
    for key, records, area_km2, capacity_mw, count in connection.execute(METRICS).fetchall():
        counts = {"read": records, "kept": records, "rejected": 0, "flagged": 0}
        metrics = {"records": counts, "rejected": {}, "area_km2": area_km2, "capacity_mw": capacity_mw,
                   "is_synthetic": True, "area_stated": 0, "flags": {}}  # fmt: skip
        write_json(metrics, paths.metrics(key))
        datasets[key] = {"installations": count, "only_here": 0}
    write_json(BUILD | {"datasets": datasets}, paths.build_metrics)


def _create_tables(connection: duckdb.DuckDBPyConnection, installations: int, seed: int) -> None:
    first, *others = _records(installations, seed)
    connection.register("incoming", first)
    connection.execute(LOADED)
    for other in others:
        connection.register("incoming", other)
        connection.execute(LOADED.replace("CREATE TABLE records AS", "INSERT INTO records"))
    connection.execute("CREATE SCHEMA curated")
    columns_of = contracts()
    for name, query in INSERTED.items():
        table = f"curated.curated_pv_{name}"
        columns = ", ".join(f'"{column}" {kind}' for column, kind in columns_of[f"curated_pv_{name}"].items())
        connection.execute(f"CREATE TABLE {table} ({columns}); INSERT INTO {table} BY NAME {query}")
    connection.execute("DROP TABLE records")


def _records(installations: int, seed: int) -> Iterator[pa.Table]:
    """The records of all datasets, with the plant that each shows."""
    written = dict.fromkeys(VIEWS, 0)
    for chunk in sighting_chunks(round(installations * RECORDS_PER_PLANT), seed):
        tables = []
        for key, found in chunk.items():
            table = record_table(key, found, np.zeros(len(found.plant), np.bool_), written[key], RESOLUTION)
            written[key] += len(table)
            renamed = table.rename_columns(["shape" if name == "geometry" else name for name in table.column_names])
            tables.append(renamed.append_column("plant", pa.array(found.plant)))
        yield pa.concat_tables(tables)


def contracts() -> dict[str, dict[str, str]]:
    """The columns of the curated tables, as dbt enforces them."""
    documents = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(MODELS.glob("*.yml")))
    models = [model for document in documents for model in document.get("models", ())]
    return {model["name"]: {each["name"]: each["data_type"] for each in model["columns"]} for model in models}


def main() -> None:
    """Make one."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--installations", type=int, default=400_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    make_report_world(chosen.folder.resolve(), chosen.installations, chosen.seed)


if __name__ == "__main__":
    main()
