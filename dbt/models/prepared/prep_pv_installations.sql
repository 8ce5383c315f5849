with statements as (

    select * from {{ ref('prep_pv_statements') }}

),

capacities as (

    select * from statements
    where capacity_mw is not null
    qualify row_number() over (partition by installation_id order by is_whole_capacity desc, priority asc) = 1

),

dates as (

    select * from statements
    where installed_from is not null or installed_to is not null
    qualify row_number() over (partition by installation_id order by priority) = 1

),

parts as (

    select
        members.installation_id,
        list(records.record_id order by records.record_id) as record_ids,
        list(distinct records.dataset_key order by records.dataset_key) as dataset_keys,
        first(records.licence order by records.strictness desc, records.licence asc) as licence,
        first(records.licence_kind order by records.strictness desc) as licence_kind,
        max(records.strictness) as strictness,
        coalesce(
            list(distinct records.licence order by records.licence) filter (where records.licence is not null), []
        ) as licences,
        bool_and(records.licence_verified) as licence_verified,
        bool_or(records.is_synthetic) as is_synthetic
    from {{ ref('prep_pv_members') }} as members
    inner join {{ ref('prep_pv_datasets_unified') }} as records on members.record_number = records.record_number
    group by members.installation_id

)

select
    shapes.installation_id,
    shapes.geometry_dataset,
    shapes.geometry_kind,
    shapes.geometry,
    shapes.area_m2,
    shapes.centroid_lon,
    shapes.centroid_lat,
    shapes.country,
    shapes.region,
    shapes.admin_method,
    shapes.admin_distance_m,
    h3_cell_of(shapes.centroid_lon, shapes.centroid_lat, settings.h3_resolution) as h3_cell,
    h3_cell_of(shapes.centroid_lon, shapes.centroid_lat, 5) as h3_cell_5,
    capacities.capacity_mw,
    capacities.capacity_basis,
    capacities.dataset_key as capacity_dataset,
    capacities.is_whole_capacity,
    dates.installed_from,
    dates.installed_to,
    dates.dataset_key as installed_dataset,
    agreement.dataset_count,
    {{ confidence() }} as confidence,
    {{ installation_flags() }} as flags,
    parts.record_ids,
    parts.dataset_keys,
    parts.licence,
    parts.licence_kind,
    parts.strictness,
    parts.licences,
    parts.licence_verified,
    parts.is_synthetic
from {{ ref('prep_pv_installation_shapes') }} as shapes
cross join {{ ref('stg_settings') }} as settings
inner join {{ ref('prep_pv_agreement') }} as agreement on shapes.installation_id = agreement.installation_id
inner join parts on shapes.installation_id = parts.installation_id
left join capacities on shapes.installation_id = capacities.installation_id
left join dates on shapes.installation_id = dates.installation_id
