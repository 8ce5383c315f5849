-- Outlines that another one of their dataset covers or repeats would count their ground twice.
with members as (

    select * from {{ ref('prep_pv_members') }}
    where not is_covered and not is_repeat

),

pairs as (

    {{ both_sides(ref('prep_pv_pairs'), ['shared_area_m2']) }}

)

select
    a.installation_id,
    a.dataset_key as dataset_a,
    b.dataset_key as dataset_b,
    {{ exact_sum('pairs.shared_area_m2', 2) }} as shared_m2
from pairs
inner join members as a on pairs.record_number = a.record_number
inner join members as b on pairs.other_number = b.record_number
where a.installation_id = b.installation_id and a.dataset_key != b.dataset_key
group by all
