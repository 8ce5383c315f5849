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

    select
        evidence.number_a as outline_number,
        evidence.dataset_key_b as dataset_key
    from evidence
    cross join settings
    where evidence.share_of_smaller >= settings.shared_of_smaller
    union
    select
        evidence.number_b as outline_number,
        evidence.dataset_key_a as dataset_key
    from evidence
    cross join settings
    where evidence.share_of_smaller >= settings.shared_of_smaller

),

beside as (

    select
        evidence.number_a,
        evidence.number_b,
        case when a.geometry_kind = 'point' then evidence.number_b else evidence.number_a end as outline_number,
        case when a.geometry_kind = 'point' then evidence.dataset_key_a else evidence.dataset_key_b end as dataset_key
    from evidence
    inner join records as a on evidence.number_a = a.record_number
    where evidence.pair_kind = 'point_and_outline' and evidence.distance_m > 0

)

select
    beside.number_a,
    beside.number_b
from beside
inner join drawn on beside.outline_number = drawn.outline_number and beside.dataset_key = drawn.dataset_key
