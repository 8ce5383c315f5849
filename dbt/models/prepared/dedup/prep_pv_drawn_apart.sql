-- A publisher who draws an outline and lists a point next to it means two installations.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

sides as (

    {{ both_sides('evidence', ['share_of_smaller']) }}

),

drawn as (

    select distinct
        sides.record_number as outline_number,
        sides.other_dataset as dataset_key
    from sides
    cross join settings
    where sides.share_of_smaller >= settings.shared_of_smaller

),

next_to as (

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
    next_to.number_a,
    next_to.number_b
from next_to
inner join drawn on next_to.outline_number = drawn.outline_number and next_to.dataset_key = drawn.dataset_key
