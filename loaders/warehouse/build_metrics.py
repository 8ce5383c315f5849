"""Metrics of a build, for `dvc metrics diff` and the report."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from loaders.warehouse.overrides import Override

BuildMetrics = dict[str, Any]

INSTALLATIONS = """
    select
        count(*) as installations,
        count(*) filter (where confidence = 'high') as high_confidence,
        count(*) filter (where independent_inventories >= 2) as confirmed,
        sum(area_m2::decimal(38, 2))::double / 1e6 as area_km2,
        sum(panel_capacity_mw::decimal(38, 6))::double as panel_capacity_mw,
        count(distinct installations.country) as countries,
        count(*) filter (where installations.country is null) as without_country
    from curated.curated_pv_installations as installations
    left join curated.curated_pv_yield using (installation_id)
"""
DATASETS = """
    select
        dataset_key, installations, only_here, records_not_allowed, is_allowed,
        records_kept - records_not_allowed as kept,
        area_km2,
        capacity_mw
    from curated.curated_pv_dataset_summary
    order by dataset_key
"""
LICENCES = """
    select dataset_key, licence, licence_kind, is_allowed, records
    from prepared.prep_pv_dataset_licences
    order by dataset_key, licence
"""
FLAGGED = """
    select dataset_key, count(*) as records
    from curated.curated_pv_records
    where len(quality_flags) > 0
    group by dataset_key
"""
ENERGY = """
    select
        count(energy_mwh) as installations,
        sum(energy_mwh::decimal(38, 3))::double / 1000 as energy_gwh,
        coalesce(list(distinct irradiance_provider order by 1) filter (where energy_mwh is not null), []) as providers,
        coalesce(bool_or(is_upper_bound), false) as is_upper_bound
    from curated.curated_pv_yield
"""
NO_ENERGY = "select no_energy, count(*) from curated.curated_pv_yield where no_energy is not null group by no_energy"
FLAGS = """
    select flag, count(*) as installations
    from (select unnest(quality_flags) as flag from curated.curated_pv_installations)
    group by flag
"""
PLACEHOLDERS = """
    select dataset_key, count(*) as records
    from curated.curated_pv_records
    where list_contains(quality_flags, 'placeholder_position')
    group by dataset_key
"""
LEFT_OUT_RECORDS = """
    select
        dataset_key,
        records_left_out as records,
        polygons + points as all_records,
        capacity_left_out_mw as capacity_mw,
        capacity_mw as all_capacity_mw,
        map_entries(left_out) as reasons
    from curated.curated_pv_dataset_summary
    where records_left_out > 0
    order by dataset_key
"""
LEFT_OUT_INSTALLATIONS = """
    select status, count(*) as installations
    from prepared.prep_pv_installation_categories
    where not is_included
    group by status
"""
RULES = "select match_rule, count(*) as pairs from prepared.prep_pv_pairs where is_match group by match_rule"
NAMED_RECORDS = """
    select features.record_id, licences.is_allowed
    from staging.stg_pv_features as features
    join staging.stg_licence_terms as licences
        on features.dataset_key = licences.dataset_key and features.licence = licences.licence
    where features.record_id in (select unnest($ids))
"""


def build_metrics(connection: duckdb.DuckDBPyConnection, overrides: Sequence[Override]) -> BuildMetrics:
    """The metrics of a finished build.

    Args:
        connection: to its database.
        overrides: manual match and non-match decisions.

    Returns:
        `records`, `installations`, `high_confidence`, `confirmed` (by two independent inventories or more), `area_km2`,
        `panel_capacity_mw` (stated or estimated), `countries`, `without_country`, `flags` and `rules` (counts),
        `placeholders` (records at a placeholder position, by dataset), `energy` (installations with a yield, annual
        energy, irradiance providers, and reasons for no yield), `datasets` (installations, and those in no other
        dataset; of those that are left out in part, also flagged records, area and capacity of the rest), `licences`
        (records by dataset and licence), `left_out` (the same of records whose licence is not allowed, with its kind),
        `left_out_records` (records and capacity that status or technology leaves out, by dataset, with those of the
        whole dataset and the number by reason), `left_out_installations` (number by status) and `overrides` (number
        applied, lines that name a record that is left out, and lines that name an unknown record).
    """
    datasets = [row for row in _rows(connection, DATASETS) if row["is_allowed"]]
    licences = _rows(connection, LICENCES)
    flagged = _counts(connection, FLAGGED)
    return {
        "records": sum(row["kept"] for row in datasets),
        **_rows(connection, INSTALLATIONS)[0],
        "flags": _counts(connection, FLAGS),
        "placeholders": _counts(connection, PLACEHOLDERS),
        "rules": _counts(connection, RULES),
        "energy": _rows(connection, ENERGY)[0] | {"missing": _counts(connection, NO_ENERGY)},
        "datasets": {row["dataset_key"]: _dataset_metrics(row, flagged) for row in datasets},
        "licences": _by_dataset((row, row["records"]) for row in licences if row["is_allowed"]),
        "left_out": _by_dataset(
            (row, {name: row[name] for name in ("records", "licence_kind")})
            for row in licences
            if not row["is_allowed"]
        ),
        "left_out_records": _left_out_records(connection),
        "left_out_installations": _counts(connection, LEFT_OUT_INSTALLATIONS),
        "overrides": _overrides(connection, overrides),
    }


def _dataset_metrics(row: Mapping[str, Any], flagged: Mapping[str, int]) -> BuildMetrics:
    """Of a dataset that is published in part, also what the published part holds."""
    metrics = {name: row[name] for name in ("installations", "only_here")}
    if not row["records_not_allowed"]:
        return metrics
    totals = {name: row[name] for name in ("area_km2", "capacity_mw")}
    return metrics | totals | {"flagged": flagged.get(row["dataset_key"], 0)}


def _by_dataset(values: Iterable[tuple[Mapping[str, Any], Any]]) -> dict[str, dict[str, Any]]:
    """Values by dataset and licence."""
    by_dataset: dict[str, dict[str, Any]] = {}
    for row, value in values:
        by_dataset.setdefault(row["dataset_key"], {})[row["licence"]] = value
    return by_dataset


def _left_out_records(connection: duckdb.DuckDBPyConnection) -> BuildMetrics:
    return {
        row["dataset_key"]: {
            **{name: row[name] for name in ("records", "all_records", "capacity_mw", "all_capacity_mw")},
            "reasons": {reason["key"]: reason["value"] for reason in row["reasons"]},
        }
        for row in _rows(connection, LEFT_OUT_RECORDS)
    }


def _overrides(connection: duckdb.DuckDBPyConnection, overrides: Sequence[Override]) -> BuildMetrics:
    named_records = {record for override in overrides for record in override.pair}
    allowed_by_record = dict(connection.execute(NAMED_RECORDS, {"ids": sorted(named_records)}).fetchall())
    stale = [
        {"line": override.line, "gone": missing_records}
        for override in overrides
        if (missing_records := [name for name in override.pair if name not in allowed_by_record])
    ]
    left_out_lines = [
        override.line for override in overrides if not all(allowed_by_record.get(name, True) for name in override.pair)
    ]
    applied = len(overrides) - len({entry["line"] for entry in stale} | set(left_out_lines))
    return {"applied": applied, "left_out_lines": left_out_lines, "stale": stale}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = connection.sql(query).to_arrow_table().to_pylist()
    return rows


def _counts(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return dict(sorted(connection.sql(query).fetchall()))
