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
        installation_id,
        list(record_id order by record_id) as record_ids,
        list(distinct dataset_key order by dataset_key) as dataset_keys,
        first(licence order by strictness desc, licence asc) as licence,
        first(licence_kind order by strictness desc) as licence_kind,
        max(strictness) as strictness,
        coalesce(
            list(distinct licence order by licence) filter (where licence is not null), []
        ) as licences,
        bool_and(licence_verified) as licence_verified,
        bool_or(is_synthetic) as is_synthetic
    from {{ ref('prep_pv_installation_records') }}
    group by installation_id

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
