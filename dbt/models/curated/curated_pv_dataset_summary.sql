with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

accounting as (

    select * from {{ ref('stg_dataset_accounting') }}

),

terms as (

    select * from {{ ref('stg_dataset_terms') }}

),

held as (

    select
        statements.dataset_key,
        count(*) as installations,
        count(*) filter (where agreement.dataset_count = 1) as only_here
    from {{ ref('prep_pv_statements') }} as statements
    inner join {{ ref('prep_pv_agreement') }} as agreement on statements.installation_id = agreement.installation_id
    group by statements.dataset_key

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
    coalesce(totals.polygons, 0) as polygons,
    coalesce(totals.points, 0) as points,
    totals.area_km2,
    totals.source_area_km2,
    totals.capacity_mw,
    coalesce(totals.records_with_capacity, 0) as records_with_capacity,
    totals.first_installed_from,
    totals.last_installed_to,
    totals.west_lon,
    totals.south_lat,
    totals.east_lon,
    totals.north_lat,
    totals.doi,
    terms.licence,
    terms.licence_verified,
    totals.is_synthetic,
    terms.licence_kind,
    terms.is_allowed,
    coalesce(held.installations, 0) as installations,
    coalesce(held.only_here, 0) as only_here
from accounting
inner join terms on accounting.dataset_key = terms.dataset_key
left join totals on accounting.dataset_key = totals.dataset_key
left join held on accounting.dataset_key = held.dataset_key
