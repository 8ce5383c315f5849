-- Only the first record of each shape is compared with other records: a thousand points at one spot are a star of
-- links then, not half a million pairs.
with records as (

    select * from {{ ref('prep_pv_datasets_unified') }}

)

select
    record_number,
    min(record_number) over (partition by dataset_key, st_aswkb(st_normalize(geometry))) as first_number
from records
