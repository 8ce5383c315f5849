with installations as (

    select * from {{ ref('prep_pv_installations') }}

)

select
    installation_id,
    name,
    name_dataset,
    operator,
    operator_dataset,
    identifiers,
    status,
    status_dataset,
    technology,
    mounting,
    geometry,
    geometry_kind,
    geometry_dataset,
    centroid_lon,
    centroid_lat,
    area_m2,
    capacity_mw,
    capacity_basis,
    capacity_dataset,
    installed_from,
    installed_to,
    installed_dataset,
    country,
    region,
    admin_method,
    admin_distance_m,
    h3_cell,
    h3_cell_5,
    record_ids,
    dataset_keys,
    dataset_count,
    independent_inventories,
    confidence,
    quality_flags,
    licence,
    licence_kind,
    licences,
    licence_verified,
    is_synthetic
from installations
