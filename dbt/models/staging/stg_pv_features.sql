-- depends_on: {{ ref('raw_doi_datasets') }}
with features as (

    select * from {{ source('raw_data', 'doi_pv_features') }}

)

select
    dataset_key,
    record_id,
    source_id,
    group_id,
    name,
    operator,
    identifiers,
    status,
    technology,
    mounting,
    st_setcrs(geometry, 'EPSG:4326') as geometry,
    geometry_kind,
    centroid_lon,
    centroid_lat,
    area_m2,
    source_area_m2,
    capacity_mw,
    capacity_basis,
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
    is_synthetic
from features
