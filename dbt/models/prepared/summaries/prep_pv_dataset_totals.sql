with accounting as (

    select * from {{ ref('stg_dataset_accounting') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

included as (

    select * from {{ ref('prep_pv_installation_categories') }}
    where is_included

),

installations as (

    select
        statements.dataset_key,
        count(*) as installations,
        count(*) filter (where agreement.dataset_count = 1) as only_here
    from {{ ref('prep_pv_statements') }} as statements
    inner join {{ ref('prep_pv_agreement') }} as agreement on statements.installation_id = agreement.installation_id
    semi join included on statements.installation_id = included.installation_id
    group by statements.dataset_key

)

select
    accounting.dataset_key,
    count(*) filter (where records.geometry_kind = 'polygon') as polygons,
    count(*) filter (where records.geometry_kind = 'point') as points,
    {{ exact_sum('records.area_m2', 2) }} / 1e6 as area_km2,
    {{ exact_sum('records.source_area_m2', 2) }} / 1e6 as source_area_km2,
    {{ exact_sum('records.capacity_mw', 6) }} as capacity_mw,
    count(records.capacity_mw) as records_with_capacity,
    min(records.installed_from) as first_installed_from,
    max(records.installed_to) as last_installed_to,
    min(records.centroid_lon) filter (where not {{ is_placeholder('records') }}) as west_lon,
    min(records.centroid_lat) filter (where not {{ is_placeholder('records') }}) as south_lat,
    max(records.centroid_lon) filter (where not {{ is_placeholder('records') }}) as east_lon,
    max(records.centroid_lat) filter (where not {{ is_placeholder('records') }}) as north_lat,
    any_value(records.doi) as doi,
    bool_or(records.is_synthetic) as is_synthetic,
    coalesce(any_value(installations.installations), 0) as installations,
    coalesce(any_value(installations.only_here), 0) as only_here
from accounting
left join records on accounting.dataset_key = records.dataset_key
left join installations on accounting.dataset_key = installations.dataset_key
group by accounting.dataset_key
