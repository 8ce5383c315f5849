-- A join then goes through the corners of a cell, not through those of a whole coast. First strips, then cells: the
-- whole outline is cut once a strip only.
with boundaries as (

    select * from {{ ref('stg_admin_boundaries') }}
    where subtype in ('country', 'region')

),

strips as (

    select
        *,
        {{ edges_of_5_deg('st_xmin(geometry)', 'st_xmax(geometry)') }} as west_deg
    from boundaries

),

cut_strips as (

    select
        * exclude (geometry),
        st_intersection(geometry, st_makeenvelope(west_deg, -90, west_deg + 5, 90)) as geometry
    from strips

),

cells as (

    select
        *,
        {{ edges_of_5_deg('st_ymin(geometry)', 'st_ymax(geometry)') }} as south_deg
    from cut_strips
    where not st_isempty(geometry)

),

cut_cells as (

    select
        * exclude (geometry),
        st_collectionextract(
            st_intersection(geometry, st_makeenvelope(west_deg, south_deg, west_deg + 5, south_deg + 5)), 3
        ) as geometry
    from cells

)

select
    boundary_id,
    west_deg,
    south_deg,
    subtype,
    country,
    region,
    coalesce(case when subtype = 'region' then region else country end, boundary_id) as claimant,
    st_setcrs(geometry, 'EPSG:4326') as geometry
from cut_cells
where not st_isempty(geometry)
