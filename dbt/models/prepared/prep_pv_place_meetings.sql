-- Most records meet one country: only where there are several is it worth measuring what lies in which.
with features as (

    select * from {{ ref('stg_pv_features') }}

),

tiles as (

    select * from {{ ref('prep_admin_tiles') }}

),

met as (

    select
        features.record_id,
        tiles.tile_number,
        tiles.subtype,
        tiles.boundary_id
    from features
    inner join tiles on st_intersects(features.geometry, tiles.geometry)

)

select
    *,
    min(boundary_id) over (partition by record_id, subtype) != max(boundary_id) over (partition by record_id, subtype)
        as is_one_of_several
from met
