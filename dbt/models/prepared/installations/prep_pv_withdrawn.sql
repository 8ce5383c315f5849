-- Of an inventory whose newest edition is loaded, and has the installation no longer.
with editions as (

    select
        installation_id,
        inventory,
        max(edition) as edition
    from {{ ref('prep_pv_statements') }}
    group by installation_id, inventory

)

select distinct editions.installation_id
from editions
inner join {{ ref('prep_pv_newest_editions') }} as newest on editions.inventory = newest.inventory
where editions.edition < newest.edition
