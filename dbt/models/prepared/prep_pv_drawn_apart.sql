-- A publisher who draws an outline and lists a point beside it means two installations.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

drawn as (

    select evidence.number_a as outline_number, evidence.dataset_key_b as dataset_key
    from evidence
    cross join settings
    where evidence.share_of_smaller >= settings.shared_of_smaller
    union
    select evidence.number_b as outline_number, evidence.dataset_key_a as dataset_key
    from evidence
    cross join settings
    where evidence.share_of_smaller >= settings.shared_of_smaller

)

select
    evidence.number_a,
    evidence.number_b
from evidence
inner join records as a on evidence.number_a = a.record_number
inner join drawn
    on case when a.geometry_kind = 'point' then evidence.number_b else evidence.number_a end = drawn.outline_number
    and case when a.geometry_kind = 'point' then evidence.dataset_key_a else evidence.dataset_key_b end
    = drawn.dataset_key
where evidence.pair_kind = 'point_and_outline' and evidence.distance_m > 0
