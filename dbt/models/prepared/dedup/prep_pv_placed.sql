-- A point in an outline stands there, whatever else is near: so exact are outlines.
select
    case when evidence.larger_number = evidence.number_a then evidence.number_b else evidence.number_a end
        as point_number,
    evidence.larger_number as outline_number,
    evidence.number_a,
    evidence.number_b,
    evidence.dataset_key_a,
    evidence.dataset_key_b,
    row_number() over (
        partition by point_number order by evidence.centroid_distance_m, evidence.number_a, evidence.number_b
    ) = 1 as is_innermost
from {{ ref('prep_pv_evidence') }} as evidence
cross join {{ ref('stg_settings') }} as settings
left join {{ ref('prep_pv_wholes') }} as wholes on evidence.larger_number = wholes.whole_number
left join {{ ref('prep_pv_named_elsewhere') }} as elsewhere
    on evidence.number_a = elsewhere.number_a and evidence.number_b = elsewhere.number_b
where
    evidence.pair_kind = 'point_and_outline'
    and evidence.distance_m = 0
    and coalesce(evidence.capacity_ratio, 1) >= settings.capacity_ratio_inside
    and not coalesce(wholes.is_several, false)
    and elsewhere.number_a is null
