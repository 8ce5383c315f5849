-- depends_on: {{ ref('raw_doi_datasets') }}
with settings as (

    select * from {{ source('raw_meta', 'settings') }}

)

select
    shared_of_smaller,
    identical_iou,
    part_area_ratio,
    least_filled,
    smallest_part,
    alike_m,
    alike_area_ratio,
    near_m,
    near_with_capacity_m,
    reach_radii,
    roof_mw,
    same_name_m,
    name_similarity,
    largest_misfit,
    shifted_share,
    identifier_km,
    capacity_ratio,
    capacity_ratio_inside,
    largest_spread,
    h3_resolution,
    nearest_land_m,
    irradiance_h3_resolution,
    mw_per_km2,
    dc_per_ac,
    include_status,
    include_technology
from settings
