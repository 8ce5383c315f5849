with accounting as (

    select * from {{ ref('stg_dataset_accounting') }}

),

terms as (

    select * from {{ ref('stg_dataset_terms') }}

),

totals as (

    select * from {{ ref('prep_pv_dataset_totals') }}

),

left_out as (

    select * from {{ ref('prep_pv_left_out') }}

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
    terms.licence,
    terms.licence_verified,
    totals.is_synthetic,
    terms.licence_kind,
    terms.is_allowed,
    totals.installations,
    totals.only_here,
    left_out.records_left_out,
    left_out.capacity_left_out_mw,
    left_out.left_out
from accounting
inner join terms on accounting.dataset_key = terms.dataset_key
inner join totals on accounting.dataset_key = totals.dataset_key
inner join left_out on accounting.dataset_key = left_out.dataset_key
