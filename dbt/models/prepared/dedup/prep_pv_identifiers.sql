-- Identifiers that one record of a dataset has alone. Editions of an inventory share the publisher's own ones.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

repeats as (

    select * from {{ ref('prep_pv_repeats') }}

),

terms as (

    select * from {{ ref('stg_dataset_terms') }}

),

stated as (

    select
        records.record_number,
        records.dataset_key,
        unnest(map_keys(records.identifiers)) as namespace,
        unnest(map_values(records.identifiers)) as identifier
    from records
    where records.identifiers is not null
    union all
    select
        records.record_number,
        records.dataset_key,
        'edition of ' || terms.inventory as namespace,
        records.source_id as identifier
    from records
    inner join terms on records.dataset_key = terms.dataset_key
    where records.source_id is not null
    qualify count(distinct records.dataset_key) over (partition by terms.inventory) > 1

)

select stated.*
from stated
inner join repeats on stated.record_number = repeats.record_number and stated.record_number = repeats.first_number
qualify count(*) over (partition by stated.dataset_key, stated.namespace, stated.identifier) = 1
