with features as (

    select * from {{ ref('prep_pv_features') }}

),

tiles as (

    select * from {{ ref('prep_admin_tiles') }}

),

met as (

    select
        features.record_id,
        tiles.boundary_id,
        tiles.west_deg,
        tiles.south_deg,
        tiles.subtype,
        tiles.country,
        tiles.region,
        tiles.claimant
    from features
    inner join tiles on st_intersects(features.geometry, tiles.geometry)
    where not {{ is_placeholder('features') }}

)

select
    *,
    min(claimant) over claims != max(claimant) over claims as is_contested
from met
window claims as (partition by record_id, subtype)
