with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

accounting as (

    select * from {{ ref('stg_dataset_accounting') }}

),

totals as (

    select
        dataset_key,
        count(*) filter (where geometry_kind = 'polygon') as polygons,
        count(*) filter (where geometry_kind = 'point') as points,
        {{ exact_sum('area_m2', 2) }} / 1e6 as area_km2,
        {{ exact_sum('source_area_m2', 2) }} / 1e6 as source_area_km2,
        {{ exact_sum('capacity_mw', 6) }} as capacity_mw,
        count(capacity_mw) as records_with_capacity,
        min(installed_from) as first_installed_from,
        max(installed_to) as last_installed_to,
        min(centroid_lon) as west_lon,
        min(centroid_lat) as south_lat,
        max(centroid_lon) as east_lon,
        max(centroid_lat) as north_lat,
        any_value(doi) as doi,
        any_value(licence) as licence,
        bool_and(licence_verified) as licence_verified,
        bool_or(is_synthetic) as is_synthetic
    from records
    group by dataset_key

)

select
    accounting.dataset_key,
    accounting.records_read,
    accounting.records_kept,
    accounting.records_rejected,
    accounting.records_repaired,
    totals.polygons,
    totals.points,
    totals.area_km2,
    totals.source_area_km2,
    totals.capacity_mw,
    totals.records_with_capacity,
    totals.first_installed_from,
    totals.last_installed_to,
    totals.west_lon,
    totals.south_lat,
    totals.east_lon,
    totals.north_lat,
    totals.doi,
    totals.licence,
    totals.licence_verified,
    totals.is_synthetic
from accounting
left join totals on accounting.dataset_key = totals.dataset_key
