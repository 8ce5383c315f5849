-- A whole stated besides its parts: within a dataset, or by one dataset where another one states the parts.
with statements as (

    select * from {{ ref('prep_pv_statements') }}
    where is_newest_capacity

)

select installation_id
from statements
where is_whole_beside_parts
union
select whole.installation_id
from statements as whole
inner join statements as parts on whole.installation_id = parts.installation_id
where
    whole.statements = 1
    and parts.statements > 1
    and not parts.is_whole_beside_parts
    and abs(whole.capacity_mw - parts.capacity_mw) <= 0.02 * whole.capacity_mw
