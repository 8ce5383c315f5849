with land as (

    select * from {{ ref('prep_pv_land') }}

),

features as (

    select * from {{ ref('stg_pv_features') }}

),

tiles as (

    select * from {{ ref('prep_admin_tiles') }}

),

parts as (

    select
        land.*,
        features.area_m2,
        st_intersection(features.geometry, tiles.geometry) as geometry,
        st_touches(features.geometry, tiles.geometry) as is_touched
    from land
    inner join features on land.record_id = features.record_id
    inner join tiles
        on
            land.boundary_id = tiles.boundary_id
            and land.west_deg = tiles.west_deg
            and land.south_deg = tiles.south_deg
    where land.is_contested

)

select
    *,
    case
        when is_touched then 0
        when area_m2 is null then 1
        else least(round({{ ellipsoidal_m2('geometry') }} / area_m2, 6), 1)
    end as share
from parts
