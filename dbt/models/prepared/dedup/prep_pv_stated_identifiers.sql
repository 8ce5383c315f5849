-- Editions of an inventory share the publisher's own identifiers.
with features as (

    select * from {{ ref('stg_pv_features') }}

),

terms as (

    select
        *,
        count(*) over (partition by inventory) > 1 as has_editions
    from {{ ref('stg_dataset_terms') }}

)

select
    record_id,
    dataset_key,
    unnest(map_keys(identifiers)) as namespace,
    unnest(map_values(identifiers)) as identifier
from features
where identifiers is not null
union all
select
    features.record_id,
    features.dataset_key,
    'edition of ' || terms.inventory as namespace,
    features.source_id as identifier
from features
inner join terms on features.dataset_key = terms.dataset_key
where terms.has_editions and features.source_id is not null
