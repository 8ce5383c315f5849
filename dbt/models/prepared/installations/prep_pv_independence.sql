-- An inventory whose origin is there does not count; of two that come from each other, or from the same third one that
-- is not there, the first by key does.
with origins as (

    select distinct
        installation_id,
        inventory,
        origin
    from {{ ref('prep_pv_origins') }}

),

judged as (

    select
        origins.installation_id,
        origins.inventory,
        bool_or(
            origins.origin != origins.inventory and (reverse.origin is null or origins.origin < origins.inventory)
        ) as is_dependent
    from origins
    left join origins as reverse
        on
            origins.installation_id = reverse.installation_id
            and origins.origin = reverse.inventory
            and origins.inventory = reverse.origin
    group by origins.installation_id, origins.inventory

)

select
    installation_id,
    greatest(count(*) filter (where not is_dependent), 1) as independent_inventories
from judged
group by installation_id
