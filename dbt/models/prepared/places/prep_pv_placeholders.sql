{% set farthest_m, share_of_radius, decimals_deg = 300, 0.01, 0.00005 %}

-- Points at the centroid of a country, region or county: the centroid itself to four decimals, or a position within
-- {{ farthest_m }} m of it that several installations of the dataset share. Of a small region, the distance is a
-- hundredth of its radius, so that at most a ten-thousandth of any ground is taken for its centroid.
with boundaries as (

    select
        boundary_id,
        st_x(st_centroid(geometry)) as lon,
        st_y(st_centroid(geometry)) as lat,
        least({{ farthest_m }}, {{ share_of_radius }} * sqrt({{ ellipsoidal_m2('geometry') }} / pi())) as reach_m
    from {{ ref('stg_admin_boundaries') }}

),

centroids as (

    select
        *,
        {{ box_around('lon', 'lat', 'greatest(reach_m, 20)') }} as reach
    from boundaries

),

points as (

    select * from {{ ref('stg_pv_features') }}
    where geometry_kind = 'point'

),

near as (

    select
        points.dataset_key,
        points.record_id,
        points.centroid_lon as lon,
        points.centroid_lat as lat,
        coalesce(points.group_id, points.source_id, 'row ' || points.source_row) as described,
        bool_or(
            abs(points.centroid_lon - centroids.lon) <= {{ decimals_deg }}
            and abs(points.centroid_lat - centroids.lat) <= {{ decimals_deg }}
        ) as is_centroid,
        bool_or(st_distance_spheroid(
            st_point2d(points.centroid_lon, points.centroid_lat), st_point2d(centroids.lon, centroids.lat)
        ) <= centroids.reach_m) as is_near
    from points
    inner join centroids on st_intersects(points.geometry, centroids.reach)
    group by all

)

select record_id
from near
qualify is_centroid or (is_near and count(distinct described) over (partition by dataset_key, lon, lat) > 1)
