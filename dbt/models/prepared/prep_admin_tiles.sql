-- Cut by a grid of 5°, so that no record is compared with an outline of a hundred thousand corners.
with boundaries as (

    select * from {{ ref('stg_admin_boundaries') }}
    where subtype in ('country', 'region')

),

grid as (

    select st_setcrs(st_makeenvelope(west, south, west + 5, south + 5), 'EPSG:4326') as cell
    from
        (select unnest(range(-180, 180, 5)) as west),
        (select unnest(range(-90, 90, 5)) as south)

)

select
    row_number() over (order by boundaries.boundary_id, st_xmin(grid.cell), st_ymin(grid.cell)) as tile_number,
    boundaries.boundary_id,
    boundaries.subtype,
    boundaries.country,
    boundaries.region,
    st_setcrs(
        case
            when st_covers(boundaries.geometry, grid.cell) then grid.cell
            else st_collectionextract(st_intersection(boundaries.geometry, grid.cell), 3)
        end,
        'EPSG:4326'
    ) as geometry
from boundaries
inner join grid on st_intersects(boundaries.geometry, grid.cell)
