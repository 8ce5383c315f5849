-- The outlines, else the position, of the first dataset by priority that has any; its blocks are joined.
with members as (

    select
        members.installation_id,
        members.is_repeat,
        records.*
    from {{ ref('prep_pv_members') }} as members
    inner join {{ ref('prep_pv_datasets_unified') }} as records on members.record_number = records.record_number

),

ranked as (

    select
        *,
        dense_rank() over (partition by installation_id order by geometry_kind desc, priority asc) as place
    from members

),

shapes as (

    select
        *,
        row_number() over (partition by installation_id order by area_m2 desc nulls last, record_number asc) as nth,
        count(*) over (partition by installation_id) as shapes
    from ranked
    where place = 1 and not is_repeat

),

largest as (

    select * from shapes
    where nth = 1

),

unions as (

    select
        installation_id,
        st_setcrs(st_union_agg(geometry order by record_number), 'EPSG:4326') as geometry
    from shapes
    where shapes > 1 and geometry_kind = 'polygon'
    group by installation_id

)

select
    largest.installation_id,
    largest.dataset_key as geometry_dataset,
    largest.geometry_kind,
    coalesce(unions.geometry, largest.geometry) as geometry,
    coalesce(st_xmax(unions.geometry) - st_xmin(unions.geometry) < 180, false) as is_joined,
    case
        when unions.geometry is null then largest.area_m2 else {{ ellipsoidal_m2('unions.geometry') }}
    end as area_m2,
    case when is_joined then round(st_x(st_centroid(unions.geometry)), 7) else largest.centroid_lon end as centroid_lon,
    case when is_joined then round(st_y(st_centroid(unions.geometry)), 7) else largest.centroid_lat end as centroid_lat,
    largest.country,
    largest.region,
    largest.admin_method,
    largest.admin_distance_m,
    largest.admin_flags
from largest
left join unions on largest.installation_id = unions.installation_id
