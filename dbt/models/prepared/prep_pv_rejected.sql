with rejected as (

    select * from {{ ref('stg_rejected_records') }}

),

features as (

    select * from {{ ref('stg_pv_features') }}

),

licences as (

    select * from {{ ref('stg_licence_terms') }}

)

select
    dataset_key,
    record_id,
    source_id,
    name,
    operator,
    source_file,
    source_row,
    reason
from rejected
union all
select
    features.dataset_key,
    features.record_id,
    features.source_id,
    features.name,
    features.operator,
    features.source_file,
    features.source_row,
    'licence_not_allowed' as reason
from features
inner join licences on features.dataset_key = licences.dataset_key and features.licence = licences.licence
where not licences.is_allowed
