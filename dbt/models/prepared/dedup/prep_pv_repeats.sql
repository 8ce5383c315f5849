-- Exact duplicates. Only the first record of each shape is compared with other records: a thousand points at one spot
-- are a star of links then, not half a million pairs. Records at a stand-in for a position that is not known have
-- nothing in common.
with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

)

select
    records.record_number,
    {{ is_placeholder('records') }} as is_placeholder,
    min(records.record_number) over (
        partition by
            records.dataset_key,
            st_aswkb(st_normalize(records.geometry)),
            case when {{ is_placeholder('records') }} then records.record_number end
    ) as first_number
from records
