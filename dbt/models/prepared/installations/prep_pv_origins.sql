-- A record that carries an identifier of a namespace that it derives from comes from the other records that carry one.
with records as (

    select * from {{ ref('prep_pv_installation_records') }}

),

present as (

    select
        installation_id,
        dataset_key,
        any_value(inventory) as inventory,
        list_distinct(flatten(list(map_keys(identifiers)) filter (where identifiers is not null))) as namespaces
    from records
    group by installation_id, dataset_key

)

select distinct
    present.installation_id,
    present.dataset_key,
    present.inventory,
    others.inventory as origin
from present
inner join present as others on present.installation_id = others.installation_id
left join {{ ref('prep_pv_descent') }} as descent
    on
        present.inventory = descent.inventory
        and (
            others.inventory = descent.origin
            or (list_contains(present.namespaces, descent.origin) and list_contains(others.namespaces, descent.origin))
        )
where present.inventory = others.inventory or descent.origin is not null
