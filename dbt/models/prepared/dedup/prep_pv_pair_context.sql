-- What a match rule asks of a pair besides its comparison features: manual decisions, the publisher's groups, the other
-- pairs of the two records.
select
    evidence.number_a,
    evidence.number_b,
    overrides.verdict,
    overrides.reason || ' (' || overrides.who || ')' as overruled_by,
    a.group_id = b.group_id and evidence.dataset_key_a = evidence.dataset_key_b as is_same_group,
    first_a.first_number = first_b.first_number as is_same_shape,
    wholes.parts,
    wholes.filled,
    wholes.drawn_apart_by,
    wholes.drawn_whole_by,
    coalesce(wholes.is_several, false) as is_several,
    coalesce(placed.is_innermost, false) as is_innermost,
    near_pairs.near_rule,
    neighbours.cost,
    coalesce(decided.is_taken, false) as is_taken,
    coalesce(decided.is_placed_apart, false) as is_placed_apart,
    elsewhere.number_a is not null as is_named_elsewhere,
    sums.number_a is not null as is_part_of_sum,
    same_identifiers.shared_identifiers
from {{ ref('prep_pv_evidence') }} as evidence
inner join {{ ref('prep_pv_match_records') }} as a on evidence.number_a = a.record_number
inner join {{ ref('prep_pv_match_records') }} as b on evidence.number_b = b.record_number
inner join {{ ref('prep_pv_repeats') }} as first_a on evidence.number_a = first_a.record_number
inner join {{ ref('prep_pv_repeats') }} as first_b on evidence.number_b = first_b.record_number
left join {{ ref('stg_overrides') }} as overrides
    on evidence.record_id_a = overrides.record_id_a and evidence.record_id_b = overrides.record_id_b
left join {{ ref('prep_pv_wholes') }} as wholes
    on evidence.larger_number = wholes.whole_number
left join {{ ref('prep_pv_near_pairs') }} as near_pairs
    on evidence.number_a = near_pairs.number_a and evidence.number_b = near_pairs.number_b
left join {{ ref('prep_pv_neighbours') }} as neighbours
    on evidence.number_a = neighbours.number_a and evidence.number_b = neighbours.number_b
left join {{ ref('prep_pv_decided') }} as decided
    on evidence.number_a = decided.number_a and evidence.number_b = decided.number_b
left join {{ ref('prep_pv_placed') }} as placed
    on evidence.number_a = placed.number_a and evidence.number_b = placed.number_b
left join {{ ref('prep_pv_named_elsewhere') }} as elsewhere
    on evidence.number_a = elsewhere.number_a and evidence.number_b = elsewhere.number_b
left join {{ ref('prep_pv_same_identifiers') }} as same_identifiers
    on evidence.number_a = same_identifiers.number_a and evidence.number_b = same_identifiers.number_b
left join {{ ref('prep_pv_sums_of_parts') }} as sums
    on evidence.number_a = sums.number_a and evidence.number_b = sums.number_b
