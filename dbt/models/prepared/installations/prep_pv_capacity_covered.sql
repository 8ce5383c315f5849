-- A larger outline of the same dataset covers nine tenths of theirs, and states a capacity itself.
with records as (

    select * from {{ ref('prep_pv_installation_records') }}

),

pairs as (

    select * from {{ ref('prep_pv_pairs') }}
    where is_match and dataset_key_a = dataset_key_b and share_of_smaller >= 0.9

),

covers as (

    select
        a.installation_id,
        case when a.area_m2 < b.area_m2 then a.first_number else b.first_number end as inner_number,
        case when a.area_m2 < b.area_m2 then b.first_number else a.first_number end as outer_number
    from pairs
    inner join records as a on pairs.number_a = a.record_number
    inner join records as b on pairs.number_b = b.record_number and a.installation_id = b.installation_id
    where a.first_number != b.first_number

)

select distinct inners.record_number
from covers
inner join records as inners
    on covers.installation_id = inners.installation_id and covers.inner_number = inners.first_number
inner join records as outers
    on covers.installation_id = outers.installation_id and covers.outer_number = outers.first_number
where outers.capacity_mw is not null
