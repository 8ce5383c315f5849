-- Of an inventory whose newest edition is loaded, and has the installation no longer.
with editions as (

    select
        installation_id,
        max(edition) as edition,
        max(max(edition)) over (partition by inventory) as newest_edition
    from {{ ref('prep_pv_statements') }}
    group by installation_id, inventory

)

select distinct installation_id
from editions
where edition < newest_edition
