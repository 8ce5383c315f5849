with features as (

    select * from {{ ref('stg_pv_features') }}

),

licences as (

    select * from {{ ref('stg_licence_terms') }}

)

select
    features.dataset_key,
    features.licence,
    licences.licence_kind,
    licences.is_allowed,
    count(*) as records
from features
inner join licences on features.dataset_key = licences.dataset_key and features.licence = licences.licence
group by all
