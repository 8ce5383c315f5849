{% set farthest_m, share_of_radius = 300, 0.01 %}

-- How near a point must be to be taken for a stand-in: {{ farthest_m }} m, or, of a small region, a hundredth of its
-- radius, so that at most a ten-thousandth of any ground is taken for its centroid.
with boundaries as (

    select
        boundary_id,
        st_x(st_centroid(geometry)) as lon,
        st_y(st_centroid(geometry)) as lat,
        least({{ farthest_m }}, {{ share_of_radius }} * sqrt({{ ellipsoidal_m2('geometry') }} / pi())) as reach_m
    from {{ ref('stg_admin_boundaries') }}

)

select
    *,
    {{ box_around('lon', 'lat', 'greatest(reach_m, 20)') }} as reach
from boundaries
