-- Of these, each record keeps at most one in each other dataset (prep_pv_near_pairs). Outlines lie side by side: of all
-- those near a point, only the one that fits best may be its own.
with evidence as (

    select
        *,
        case when larger_number = number_a then number_b else number_a end as smaller_number,
        coalesce(distance_m, centroid_distance_m) as apart_m
    from {{ ref('prep_pv_evidence') }}
    where dataset_key_a != dataset_key_b

),

same_names as (

    select * from {{ ref('prep_pv_same_names') }}

),

decided as (

    select * from {{ ref('prep_pv_decided') }}

)

select
    evidence.number_a,
    evidence.number_b,
    evidence.dataset_key_a,
    evidence.dataset_key_b,
    evidence.pair_kind = 'outlines' as is_outlines,
    {{ near_rule() }} as near_rule,
    round({{ match_cost() }}, 4) as cost
from evidence
cross join {{ ref('stg_settings') }} as settings
left join same_names on evidence.number_a = same_names.number_a and evidence.number_b = same_names.number_b
left join {{ ref('prep_pv_only_neighbours') }} as only_ones
    on evidence.number_a = only_ones.number_a and evidence.number_b = only_ones.number_b
left join decided on evidence.number_a = decided.number_a and evidence.number_b = decided.number_b
where not coalesce(decided.is_taken, false) and near_rule is not null
qualify
    evidence.pair_kind != 'point_and_outline'
    or row_number() over (
        partition by evidence.pair_kind, evidence.smaller_number order by cost, evidence.larger_number
    ) = 1
