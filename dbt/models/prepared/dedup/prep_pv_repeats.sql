-- Exact duplicates: outlines that are equal, and points that are equal in all that is stated of them; two points at one
-- spot with identifiers of their own are two plants. Only the first record of them is compared with other records.
-- Records at a stand-in for a position that is not known have nothing in common.
with records as (

    select * from {{ ref('prep_pv_match_records') }}

),

duplicates as (

    select
        {{ is_placeholder('records') }} as is_placeholder,
        list(records.record_number) as record_numbers,
        min(records.record_number) as first_number
    from records
    group by
        records.dataset_key,
        st_aswkb(st_normalize(records.geometry)),
        case when records.geometry_kind = 'point' then md5(records.source_attributes) end,
        case when {{ is_placeholder('records') }} then records.record_number end,
        is_placeholder

)

select
    unnest(record_numbers) as record_number,
    is_placeholder,
    first_number
from duplicates
