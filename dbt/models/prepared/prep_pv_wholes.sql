-- Two farms must not become one because somebody drew one large outline around both: the parts of a whole fill it.
with evidence as (

    select * from {{ ref('prep_pv_evidence') }}
    where pair_kind = 'outlines'

),

records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

),

settings as (

    select * from {{ ref('stg_settings') }}

),

parts as (

    select
        case when a.area_m2 >= b.area_m2 then a.record_number else b.record_number end as whole_number,
        case when a.area_m2 >= b.area_m2 then b.record_number else a.record_number end as part_number,
        st_intersection(a.geometry, b.geometry) as shared
    from evidence
    inner join records as a on evidence.number_a = a.record_number
    inner join records as b on evidence.number_b = b.record_number
    cross join settings
    where evidence.share_of_smaller >= settings.shared_of_smaller

)

select
    parts.whole_number,
    count(*) as parts,
    round(
        {{ ellipsoidal_m2('st_union_agg(parts.shared order by parts.part_number)') }} / any_value(records.area_m2), 4
    ) as filled
from parts
inner join records on parts.whole_number = records.record_number
group by parts.whole_number
