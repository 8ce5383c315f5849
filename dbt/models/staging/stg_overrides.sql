-- depends_on: {{ ref('raw_doi_datasets') }}
with overrides as (

    select * from {{ source('raw_meta', 'overrides') }}

)

select
    record_id_a,
    record_id_b,
    verdict,
    reason,
    who,
    line
from overrides
