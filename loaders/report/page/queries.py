"""The figures of the report page, out of the curated tables by DuckDB; sums are exact, so that they do not vary."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.read.published import published_files

Row = dict[str, Any]
TABLES = ("installations", "records", "yield", "by_country", "dataset_summary", "overlap")
EXAMPLES = 3  # installations shown of each flag

HEADLINE = """
    select
        count(*) as installations,
        count(*) filter (where geometry_kind = 'polygon') as outlines,
        count(*) filter (where independent_inventories >= 2) as confirmed,
        count(*) filter (where confidence = 'high') as high_confidence,
        count(distinct country) as countries,
        count(*) filter (where country is null) as without_country,
        sum(area_m2::decimal(38, 2))::double / 1e6 as area_km2,
        count(capacity_mw) as with_capacity,
        sum(capacity_mw::decimal(38, 6))::double as capacity_mw,
        sum(panel_capacity_mw::decimal(38, 6))::double as panel_capacity_mw,
        count(*) filter (where panel_capacity_method = 'area') as estimated_from_area,
        count(*) filter (where is_synthetic) as synthetic,
        count(*) filter (where not licence_verified) as licence_not_verified
    from curated_pv_installations
    left join (from curated_pv_yield select installation_id, panel_capacity_mw, panel_capacity_method)
        using (installation_id)
"""
LICENCES = """
    select licences, count(*) as installations
    from curated_pv_installations
    group by licences
    order by licences
"""
INVENTORIES = """
    select independent_inventories as inventories, count(*) as installations
    from curated_pv_installations
    group by inventories
    order by inventories
"""
COUNTRIES = """
    select
        country, installations, high_confidence, area_km2, panel_capacity_mw, energy_mwh, licence, is_synthetic
    from curated_pv_by_country
    order by installations desc, country
"""
DATASETS = "from curated_pv_dataset_summary order by dataset_key"
SYNTHETIC_RECORDS = """
    select dataset_key, count(*) as records, count(*) filter (where is_synthetic) as synthetic
    from curated_pv_records
    group by dataset_key
    order by dataset_key
"""
OVERLAP = "from curated_pv_overlap order by dataset_a, dataset_b"
# bins of 1, 2 and 5 times a power of ten [MW]
SIZES = """
    with sizes as (
        select
            panel_capacity_mw as mw,
            panel_capacity_method = 'area' as is_estimated,
            floor(log10(mw) + 1e-9) as decade
        from curated_pv_yield
        where panel_capacity_mw > 0
    ),
    binned as (
        select *, case when mw >= 5 * 10 ** decade then 5 when mw >= 2 * 10 ** decade then 2 else 1 end as step
        from sizes
    )
    select
        decade::int as decade, step, is_estimated, count(*) as installations,
        sum(mw::decimal(38, 6))::double as panel_capacity_mw
    from binned
    group by all
    order by all
"""
YEARS = """
    select
        year(installed_to) as year,
        coalesce(year(installed_from) = year(installed_to), false) as is_exact,
        count(*) as installations,
        sum(panel_capacity_mw::decimal(38, 6))::double as panel_capacity_mw
    from curated_pv_installations
    left join (from curated_pv_yield select installation_id, panel_capacity_mw) using (installation_id)
    where installed_to is not null
    group by all
    order by all
"""
# capacity over the outline's area [W/m²], in bins of 10; the last one holds all above
DENSITY = """
    select
        least(floor(capacity_mw * 1e6 / area_m2 / 10) * 10, 300)::int as from_w_per_m2,
        capacity_basis as basis,
        count(*) as installations
    from curated_pv_installations
    where capacity_mw is not null and area_m2 > 0
    group by all
    order by all
"""
FLAGS = f"""
    with flagged as (
        select 'installation' as kind, unnest(quality_flags) as flag, installation_id, 1 as weight
        from curated_pv_installations
        union all
        select 'record', unnest(quality_flags), installation_id, 1
        from curated_pv_records
    ),
    counted as (
        select kind, flag, sum(weight)::bigint as number, list(distinct installation_id order by installation_id) as ids
        from flagged
        group by kind, flag
    )
    select
        kind, flag, number,
        list({{id: installation_id, name: name, lon: centroid_lon, lat: centroid_lat}} order by installation_id)
            filter (where installation_id is not null) as examples
    from counted
    left join curated_pv_installations on list_contains(ids[:{EXAMPLES}], installation_id)
    group by all
    order by kind, number desc, flag
"""  # noqa: S608 (a number of ours)


@contextmanager
def opened_tables(paths: ProjectPaths) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the curated tables as views, `curated_pv_…`.

    Raises:
        BuildError: one is missing.
    """
    for file in (*(paths.curated / f"curated_pv_{name}.parquet" for name in TABLES), paths.boundaries):
        if not file.exists():
            raise BuildError(f"{file.relative_to(paths.root)} is missing, which the report is made of. Run `make all`.")
    with published_files(paths) as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    """The rows of a query as dictionaries."""
    found: list[Row] = connection.sql(query).to_arrow_table().to_pylist()
    return found
