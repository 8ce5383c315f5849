-- Comparison features. Each area is rounded by itself: of a few square centimetres, the shared one may be the largest.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

measured as (

    select
        candidates.number_a,
        candidates.number_b,
        a.record_id as record_id_a,
        b.record_id as record_id_b,
        a.dataset_key as dataset_key_a,
        b.dataset_key as dataset_key_b,
        a.area_m2 as area_a_m2,
        b.area_m2 as area_b_m2,
        a.geometry_kind = 'polygon' and b.geometry_kind = 'polygon' as is_outlines,
        case
            when is_outlines then 'outlines' when a.geometry_kind = b.geometry_kind then 'points'
            else 'point_and_outline'
        end as pair_kind,
        case when is_outlines then {{ is_nested('a', 'b') }} end as is_nested,
        case when is_outlines then {{ shared_ground('a', 'b') }} end as shared_ground,
        case
            when is_nested then least(a.area_m2, b.area_m2) else {{ ellipsoidal_m2('shared_ground') }}
        end as shared_area_m2,
        shared_area_m2 + least(area_a_m2 - shared_area_m2, area_b_m2 - shared_area_m2, 0) as shared_m2,
        case
            when not is_outlines then {{ ground_distance_m('a.geometry', 'b.geometry', 'a.centroid_lat') }}
        end as distance_m,
        round(st_distance_spheroid(
            st_point2d(a.centroid_lon, a.centroid_lat), st_point2d(b.centroid_lon, b.centroid_lat)
        ), 2) as centroid_distance_m,
        {{ smaller_over_larger('a.area_m2', 'b.area_m2') }} as area_ratio
    from {{ ref('prep_pv_candidates') }} as candidates
    inner join records as a on candidates.number_a = a.record_number
    inner join records as b on candidates.number_b = b.record_number

)

select
    measured.* exclude (measured.is_outlines, measured.area_a_m2, measured.area_b_m2, measured.shared_m2),
    case
        when measured.area_a_m2 >= coalesce(measured.area_b_m2, 0) then measured.number_a else measured.number_b
    end as larger_number,
    round(measured.shared_m2 / nullif(measured.area_a_m2 + measured.area_b_m2 - measured.shared_m2, 0), 6) as iou,
    round(measured.shared_m2 / nullif(least(measured.area_a_m2, measured.area_b_m2), 0), 6) as share_of_smaller,
    likeness.* exclude (likeness.number_a, likeness.number_b)
from measured
inner join {{ ref('prep_pv_likeness') }} as likeness
    on measured.number_a = likeness.number_a and measured.number_b = likeness.number_b
