with circumstances as (

    select
        evidence.*,
        context.* exclude (context.number_a, context.number_b),
        parts.match_probability,
        parts.match_parts,
        settings.* exclude (settings.capacity_ratio, settings.name_similarity),
        settings.capacity_ratio as least_capacity_ratio
    from {{ ref('prep_pv_evidence') }} as evidence
    inner join {{ ref('prep_pv_pair_context') }} as context
        on evidence.number_a = context.number_a and evidence.number_b = context.number_b
    left join {{ ref('prep_pv_match_parts') }} as parts
        on evidence.number_a = parts.number_a and evidence.number_b = parts.number_b
    cross join {{ ref('stg_settings') }} as settings

),

judged as (

    select
        *,
        {{ identifier_contradiction() }} as contradiction,
        {{ match_rule() }} as match_rule,
        {{ refused_because() }} as refused_because
    from circumstances

)

select
    number_a,
    number_b,
    record_id_a,
    record_id_b,
    dataset_key_a,
    dataset_key_b,
    pair_kind,
    shared_area_m2,
    iou,
    share_of_smaller,
    centroid_distance_m,
    distance_m,
    area_ratio,
    capacity_ratio,
    reach_m,
    name_similarity,
    match_probability,
    match_parts,
    shared_identifiers,
    match_rule,
    match_rule is not null as is_match,
    case when match_rule is null then refused_because end as refused_because,
    overruled_by,
    case when match_rule = 'same_identifier' then contradiction end as contradiction,
    {{ link_strength() }} as strength
from judged
