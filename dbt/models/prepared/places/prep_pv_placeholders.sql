{% set decimals_deg = 0.00005 %}

-- Points at the centroid of a country, region or county: the centroid itself to four decimals, or a position near it
-- that several installations of the dataset share.
with centroids as (

    select * from {{ ref('prep_admin_centroids') }}

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
