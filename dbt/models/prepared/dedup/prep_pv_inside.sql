with evidence as (

    select * from {{ ref('prep_pv_evidence') }}
    where pair_kind = 'outlines'

),

records as (

    select * from {{ ref('prep_pv_match_records') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

)

select
    case when a.area_m2 >= b.area_m2 then evidence.number_a else evidence.number_b end as whole_number,
    case when a.area_m2 >= b.area_m2 then evidence.number_b else evidence.number_a end as inner_number,
    case when a.area_m2 >= b.area_m2 then evidence.dataset_key_a else evidence.dataset_key_b end as whole_dataset,
    case when a.area_m2 >= b.area_m2 then evidence.dataset_key_b else evidence.dataset_key_a end as inner_dataset,
    evidence.area_ratio < settings.part_area_ratio as is_part,
    evidence.is_nested
from evidence
inner join records as a on evidence.number_a = a.record_number
inner join records as b on evidence.number_b = b.record_number
cross join settings
where evidence.share_of_smaller >= settings.shared_of_smaller
