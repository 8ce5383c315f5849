-- Parts and phases add up. Of a whole that is stated besides its parts, only the whole counts: it is their sum within
-- 2 %, and not the value of a single one.
with statements as (

    select * from {{ ref('prep_pv_capacity_statements') }}

),

totals as (

    select
        installation_id,
        dataset_key,
        count(*) as statements,
        max(capacity_mw) as largest_mw,
        max(capacity_mw, 2)[2] as second_mw,
        {{ exact_sum('capacity_mw', 6) }} as total_mw,
        arg_max(capacity_basis, capacity_mw) as largest_basis,
        case
            when min(capacity_basis) = max(capacity_basis) then min(capacity_basis) else 'unknown'
        end as common_basis
    from statements
    group by installation_id, dataset_key

)

select
    installation_id,
    dataset_key,
    statements,
    statements > 2 and abs(total_mw - 2 * largest_mw) <= 0.02 * largest_mw and second_mw < 0.98 * largest_mw
        as is_whole_beside_parts,
    case when is_whole_beside_parts then largest_mw else total_mw end as capacity_mw,
    case when is_whole_beside_parts then largest_basis else common_basis end as capacity_basis
from totals
