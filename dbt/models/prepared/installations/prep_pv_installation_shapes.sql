-- The outlines, else the position, of the first inventory by priority that has any, in its newest edition that does;
-- its blocks are joined.
with records as (

    select * from {{ ref('prep_pv_installation_records') }}

),

outlines as (

    select * from {{ ref('prep_pv_outlines') }}

),

largest as (

    select
        records.*,
        {{ is_placeholder('records') }} as is_placeholder
    from records
    where not records.is_repeat
    qualify row_number() over (
        partition by records.installation_id
        order by
            records.geometry_kind desc,
            {{ is_placeholder('records') }} asc,
            records.inventory_priority asc,
            records.edition desc,
            records.area_m2 desc nulls last,
            records.record_number asc
    ) = 1

)

select
    largest.installation_id,
    largest.dataset_key as geometry_dataset,
    largest.geometry_kind,
    coalesce(outlines.geometry, shapes.geometry) as geometry,
    coalesce(
        outlines.outlines > 1 and st_xmax(outlines.geometry) - st_xmin(outlines.geometry) < 180, false
    ) as is_joined,
    outlines.area_m2,
    case  -- + 0 makes -0 to 0, so that every file and database has the same bytes
        when is_joined then round(st_x(st_centroid(outlines.geometry)), 7) + 0 else largest.centroid_lon
    end as centroid_lon,
    case
        when is_joined then round(st_y(st_centroid(outlines.geometry)), 7) + 0 else largest.centroid_lat
    end as centroid_lat,
    largest.centroid_lon as record_lon,
    largest.centroid_lat as record_lat,
    largest.country,
    largest.region,
    largest.admin_method,
    largest.admin_distance_m,
    largest.admin_flags,
    largest.is_placeholder
from largest
inner join {{ ref('prep_pv_match_records') }} as shapes on largest.record_number = shapes.record_number
left join outlines on largest.installation_id = outlines.installation_id and largest.dataset_key = outlines.dataset_key
