with records as (

    select * from {{ ref('prep_pv_installation_records') }}

)

select
    dataset_key,
    record_id,
    installation_id,
    source_id,
    group_id,
    name,
    operator,
    identifiers,
    geometry,
    geometry_kind,
    centroid_lon,
    centroid_lat,
    area_m2,
    source_area_m2,
    stated_area_ratio,
    capacity_mw,
    capacity_basis,
    power_density_w_per_m2,
    installed_from,
    installed_to,
    h3_cell,
    source_file,
    source_row,
    source_attributes,
    quality_flags,
    unrepaired_area_m2,
    doi,
    licence,
    licence_verified,
    is_synthetic,
    country,
    region,
    admin_method,
    admin_distance_m
from records
