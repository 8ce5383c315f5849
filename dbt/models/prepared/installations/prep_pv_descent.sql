-- Of inventories, not of their editions: what one edition contains, the others are taken to contain as well.
with recursive terms as (

    select * from {{ ref('stg_dataset_terms') }}

),

named as (

    select distinct
        inventory,
        unnest(derived_from) as name
    from terms

),

parents as (

    select
        inventory,
        name as origin
    from named
    union
    select
        named.inventory,
        terms.inventory as origin
    from named
    inner join terms on named.name = terms.dataset_key

),

descent as (

    select * from parents
    union
    select
        descent.inventory,
        parents.origin
    from descent
    inner join parents on descent.origin = parents.inventory

)

select
    inventory,
    origin
from descent
