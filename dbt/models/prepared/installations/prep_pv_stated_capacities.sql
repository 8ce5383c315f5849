-- What a record states that another one of its dataset covers counts only where that one states nothing; a capacity
-- that is stated again for the same part, or the same shape, is stated once.
with stated as (

    select distinct
        installation_id,
        dataset_key,
        part_id,
        capacity_mw,
        capacity_basis,
        is_covered
    from {{ ref('prep_pv_installation_records') }}
    where capacity_mw is not null
    qualify is_covered = bool_and(is_covered) over (partition by installation_id, dataset_key)

)

select
    installation_id,
    dataset_key,
    {{ exact_sum('capacity_mw', 6) }} as capacity_mw,
    case
        when min(capacity_basis) = max(capacity_basis) then min(capacity_basis) else 'unknown'
    end as capacity_basis,
    count(distinct part_id) filter (where not is_covered) as parts_with_capacity
from stated
group by all
