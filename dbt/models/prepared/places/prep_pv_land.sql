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

),

contested as (

    select
        record_id,
        subtype
    from met
    group by record_id, subtype
    having min(claimant) != max(claimant)

)

select
    met.*,
    contested.record_id is not null as is_contested
from met
left join contested on met.record_id = contested.record_id and met.subtype = contested.subtype
