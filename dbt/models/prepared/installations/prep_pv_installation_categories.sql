-- The status is the newest that is stated: in an inventory by its newest edition, of several inventories by the one of
-- the latest year, else by the first one by priority. Of several records there, some of which operate, it operates.
with records as (

    select
        *,
        {{ precedence_in_installation() }} as nth,
        max(edition) filter (where status != 'unknown') over (partition by installation_id, inventory) as newest_edition
    from {{ ref('prep_pv_installation_records') }}

),

newest as (

    select
        installation_id,
        status,
        dataset_key as status_dataset
    from records
    where status != 'unknown' and edition = newest_edition
    qualify row_number() over (
        partition by installation_id
        order by
            year desc nulls last,
            inventory_priority asc,
            list_position(['operating', 'construction', 'retired', 'planned', 'rejected'], status) asc,
            nth asc
    ) = 1

),

kinds as (

    select
        installation_id,
        coalesce(arg_min(technology, nth) filter (where technology != 'unknown'), 'unknown') as technology,
        coalesce(arg_min(mounting, nth) filter (where mounting != 'unknown'), 'unknown') as mounting
    from records
    group by installation_id

)

select
    kinds.*,
    coalesce(newest.status, 'unknown') as status,
    newest.status_dataset,
    list_contains(settings.include_status, coalesce(newest.status, 'unknown')) as is_included
from kinds
cross join {{ ref('stg_settings') }} as settings
left join newest on kinds.installation_id = newest.installation_id
