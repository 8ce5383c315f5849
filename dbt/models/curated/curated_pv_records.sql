with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

placed as (

    select * from {{ ref('prep_pv_record_installations') }}

)

select
    records.dataset_key,
    records.record_id,
    placed.installation_id,
    placed.left_out,
    records.source_id,
    records.group_id,
    records.name,
    records.operator,
    records.identifiers,
    records.status,
    records.technology,
    records.mounting,
    records.geometry,
    records.geometry_kind,
    records.centroid_lon,
    records.centroid_lat,
    records.area_m2,
    records.source_area_m2,
    records.stated_area_ratio,
    records.capacity_mw,
    records.capacity_basis,
    records.power_density_w_per_m2,
    records.installed_from,
    records.installed_to,
    records.h3_cell,
    records.source_file,
    records.source_row,
    records.source_attributes,
    records.quality_flags,
    records.unrepaired_area_m2,
    records.doi,
    records.licence,
    records.licence_verified,
    records.is_synthetic,
    records.country,
    records.region,
    records.admin_method,
    records.admin_distance_m
from records
inner join placed on records.record_id = placed.record_id
