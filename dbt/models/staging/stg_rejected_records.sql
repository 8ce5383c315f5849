-- depends_on: {{ ref('raw_doi_datasets') }}
with rejected as (

    select * from {{ source('raw_meta', 'rejected_records') }}

)

select
    dataset_key,
    record_id,
    source_id,
    name,
    operator,
    source_file,
    source_row,
    source_attributes,
    reason
from rejected
