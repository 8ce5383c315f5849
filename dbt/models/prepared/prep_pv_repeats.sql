-- Only the first record of each shape is compared with other records: a thousand points at one spot are a star of
-- links then, not half a million pairs. Records at a stand-in for a position that is not known have nothing in common.
with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

)

select
    record_number,
    {{ is_placeholder('records') }} as is_placeholder,
    min(record_number) over (
        partition by
            dataset_key, st_aswkb(st_normalize(geometry)), case when is_placeholder then record_number end
    ) as first_number
from records
